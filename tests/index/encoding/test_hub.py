"""Models by name: found on this machine, or fetched from a hub when that is asked; else not."""

import hashlib
import json
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import unquote, urlsplit

import huggingface_hub
import pytest

from corpus import ModelUnavailable
from index import open_encoder
from index.encoding.hub import fetch_model, find_model, is_model_name
from tests.models import make_model

NAME = "someone/tiny-model"
COMMIT = "0123456789abcdef0123456789abcdef01234567"


class FakeHub(BaseHTTPRequestHandler):
    """Speaks of the hub's interface what a download needs, for the one model in ``folder``."""

    protocol_version = "HTTP/1.1"
    broken = "no path"

    def __init__(self, folder: Path, asked: list[str], *rest: object) -> None:
        self.folder = folder
        self.asked = asked
        super().__init__(*rest)  # type: ignore[arg-type]

    def do_HEAD(self) -> None:
        """Answer as to GET, without the body."""
        self.do_GET()

    def do_GET(self) -> None:
        """Tell the revision, the list of files, or a file."""
        path = unquote(urlsplit(self.path).path)
        self.asked.append(f"{self.command} {path}")
        files = {
            file.relative_to(self.folder).as_posix(): file.read_bytes()
            for file in sorted(self.folder.rglob("*"))
            if file.is_file()
        }
        tree = f"/api/models/{NAME}/tree/"  # of a commit or, formerly, a branch
        resolved = f"/{NAME}/resolve/{COMMIT}/"
        if path.startswith(f"/api/models/{NAME}/revision/") or path == f"/api/models/{NAME}":
            self._send(json.dumps({"id": NAME, "sha": COMMIT}).encode())
        elif path.startswith(tree):
            entries = [
                {"type": "file", "path": name, "size": len(data), "oid": _digest(data)}
                for name, data in files.items()
            ]
            self._send(json.dumps(entries).encode())
        elif path.startswith(resolved) and path.removeprefix(resolved) in files:
            self._send(files[path.removeprefix(resolved)])
        else:
            self._send(b"{}", 404)

    def _send(self, data: bytes, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("ETag", f'"{_digest(data)}"')
        self.send_header("X-Repo-Commit", COMMIT)
        if status == 404:
            self.send_header("X-Error-Code", "RepoNotFound")
        self.end_headers()
        if self.command == "GET" and self.broken in self.path:
            self.close_connection = True
        elif self.command == "GET":
            self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Keep the tests' output clean."""


def _digest(data: bytes) -> str:
    return hashlib.sha1(data, usedforsecurity=False).hexdigest()


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Serve a hub with one model, and return what it is asked; the cache is empty."""
    folder = make_model(tmp_path, prompts={"query": "query : "})
    (folder / "onnx").mkdir()
    (folder / "onnx" / "config.json").write_text("{}", "utf-8")
    (folder / "pytorch_model.bin").write_bytes(b"a pickle")
    asked: list[str] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(FakeHub, folder, asked))
    server.daemon_threads = True
    Thread(target=server.serve_forever, daemon=True).start()
    at = f"http://127.0.0.1:{server.server_port}"
    constants = huggingface_hub.constants
    monkeypatch.setattr(constants, "ENDPOINT", at)
    template = at + "/{repo_id}/resolve/{revision}/{filename}"
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    yield asked
    server.shutdown()
    server.server_close()


def test_a_name_is_fetched_only_when_that_is_asked(asked: list[str], tmp_path: Path) -> None:
    """Catches a connection without the word, weights fetched before their size is told, pickles."""
    with pytest.raises(ModelUnavailable, match=r"is not on this machine; .* --download` tells its"):
        open_encoder(NAME)
    assert asked == []
    told: list[tuple[str, int, list[str]]] = []

    def on_download(name: str, size: int) -> None:
        told.append((name, size, [line for line in asked if line.startswith("GET /someone")]))

    encoder = open_encoder(NAME, download=True, on_download=on_download)
    assert encoder.name == NAME
    wanted = [path for path in (tmp_path / "tiny").rglob("*") if path.suffix in (".safetensors",)]
    wanted += [p for p in (tmp_path / "tiny").rglob("*.json") if p.parent.name != "onnx"]
    assert told == [(NAME, sum(path.stat().st_size for path in wanted), [])]
    assert not any("onnx" in line or line.endswith(".bin") for line in asked)

    asked.clear()
    again = open_encoder(NAME)
    assert again.fingerprint == encoder.fingerprint
    assert again.encode(["the lamp"]).shape == (1, 32)
    assert open_encoder(NAME, download=True).name == NAME
    assert asked == []


def test_a_model_that_the_hub_does_not_have_is_named(asked: list[str]) -> None:
    """Catches a stack trace of the hub's library, and the word given for something misspelt."""
    with pytest.raises(ModelUnavailable, match="'someone/other' cannot be fetched"):
        open_encoder("someone/other", download=True)


def test_a_hub_that_cannot_be_reached_is_named(
    asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches a stack trace where there is no network."""
    monkeypatch.setattr(huggingface_hub.constants, "ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(ModelUnavailable, match="cannot be fetched from the Hugging Face Hub"):
        open_encoder(NAME, download=True)


@pytest.mark.parametrize("broken", ["/tree/", "/model.safetensors"])
def test_a_connection_that_breaks_is_named(
    asked: list[str], monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    """Catches a stack trace of the hub's client, whose errors are none of the system's."""
    monkeypatch.setattr(FakeHub, "broken", broken)
    monkeypatch.setattr("time.sleep", lambda _: None)
    with pytest.raises(ModelUnavailable, match=r"cannot be fetched .* \(.+\); check its name and"):
        open_encoder(NAME, download=True)


@pytest.mark.parametrize("missing", ["modules.json", "model.safetensors"])
def test_a_model_of_another_kind_is_refused_before_it_is_fetched(
    asked: list[str], tmp_path: Path, missing: str
) -> None:
    """Catches gigabytes fetched for a model that is then refused."""
    (tmp_path / "tiny" / missing).unlink()
    told: list[int] = []
    with pytest.raises(ModelUnavailable, match="is no model of sentence-transformers with"):
        fetch_model(NAME, lambda _, size: told.append(size))
    assert told == []
    assert find_model(NAME) is None


@pytest.mark.parametrize(
    ("name", "named"),
    [
        ("someone/tiny-model", True),
        ("a/b.c_1", True),
        ("tiny-model", False),
        ("./model", False),
        ("../model", False),
        ("/srv/model", False),
        ("a/b/c", False),
        ("a/b\n", False),
    ],
)
def test_paths_are_no_names_of_models(name: str, named: bool) -> None:
    """Catches a misspelt path that is asked of a hub."""
    assert is_model_name(name) is named
