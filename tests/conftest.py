"""What every test may use: a folder of six documents, its index, and no network."""

import ipaddress
import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

from index import BuildReport, Encoder, HashEncoder, build
from tests.building import load_in_process
from tests.chat_site import CHROMIUM, SWITCHES, TEXT, Site, serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SOURCE = Path(__file__).parent / "data" / "documents"

# Examples are drawn afresh on every run; how long one takes depends on the machine.
settings.register_profile(
    "pincite", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("pincite")


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    """Refuse every connection that leaves the machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:  # noqa: ANN401 - as in socket
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(address[0]):
            raise PermissionError(f"a test tried to reach {address}")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


def _is_loopback(host: str) -> bool:
    return host == "localhost" or ipaddress.ip_address(host.partition("%")[0]).is_loopback


@pytest.fixture(scope="session", autouse=True)
def _clean_environment() -> Iterator[None]:
    """Hide the settings of whoever runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ:
            if name.startswith(("PINCITE_", "HF_")):
                patch.delenv(name)
        yield


@pytest.fixture
def encoder() -> Encoder:
    """Return an encoder whose vectors are similar when texts share words."""
    return HashEncoder()


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    """Return a folder of six documents in six formats, to be changed at will."""
    return shutil.copytree(SOURCE, tmp_path / "documents")


@pytest.fixture
def index_folder(documents: Path) -> Path:
    """Return where the index of ``documents`` is kept; nothing is there yet."""
    return documents / ".pincite"


@pytest.fixture
def built(documents: Path, encoder: Encoder) -> BuildReport:
    """Build the index of ``documents`` and return the report."""
    with pytest.MonkeyPatch.context() as patch:
        load_in_process(patch)
        return build(documents, encoder)


@pytest.fixture
def browser() -> Iterator["Browser"]:
    """Return a browser; skips the test where there is none."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("there is no Chromium on this machine")
    with sync_api.sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Return a running chat over two documents."""
    (tmp_path / "bridges.md").write_text(TEXT, "utf-8")
    (tmp_path / "towers.txt").write_text("The tower has 217 steps.\nIt is closed.\n", "utf-8")
    with serving(tmp_path, "Bridges & towers", ["When was the bridge built?"]) as site:
        yield site
