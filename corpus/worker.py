"""Parsing in a process of its own, so that no file can take the build down with it.

Parsers meet damaged and hostile files. The child process has a memory limit, every file a time
limit; a child that crashes or hangs is replaced, and its file is skipped with the reason.
"""

import json
import logging
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from resource import RLIMIT_AS, setrlimit
from subprocess import DEVNULL
from typing import Any, Self

from corpus.codec import decode_document, decode_view, encode
from corpus.errors import LoadError
from corpus.formats import parse
from corpus.types import Document, PageView, Skipped, Span

__all__ = ["LARGEST_FILE", "FileLoader"]

logger = logging.getLogger(__name__)

LARGEST_FILE = 1 << 29
MEMORY_LIMIT = 1 << 32
COMMAND = (sys.executable, "-P", "-c", "from corpus.worker import serve; serve()")


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise LoadError(f"it is larger than {LARGEST_FILE >> 20} MB; split it into parts")
        return path.read_bytes()
    except FileNotFoundError as error:
        raise LoadError("the file vanished while being read") from error
    except OSError as error:
        raise LoadError(f"the file cannot be read: {error.strerror}") from error


class FileLoader:
    """Loads files and draws pages in a child process; a context manager; for one thread at a time.

    Args:
        seconds: how long one file may take.
    """

    def __init__(self, seconds: float = 120.0) -> None:
        self._seconds = seconds
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> int:
        """End the child process and return its status; the next call starts another."""
        if self._child is None:
            return 0
        child, self._child = self._child, None
        child.kill()
        with suppress(OSError):  # a request that was never read
            self._pipe.close()
        return child.wait()

    def load(self, path: Path, document_id: str) -> Document | Skipped:
        """Return the file as a document, or why it is skipped; nothing about a file raises."""
        try:
            document = decode_document(self._ask({"path": os.fspath(path), "id": document_id}))
        except LoadError as error:
            logger.info("%s is skipped: %s", document_id, error)
            return Skipped(document_id, str(error))
        logger.debug("%s was read", document_id)
        return document

    def view(
        self, path: Path, number: int, spans: Sequence[Span], width: int
    ) -> tuple[PageView, str]:
        """Draw a page of a PDF, with boxes (see `view_page`), or of an image (see `view_image`).

        Returns:
            The page, and the SHA-256 of the file that it is from.

        Raises:
            LoadError: with the reason, if it cannot be drawn.
        """
        wanted = {"path": os.fspath(path), "page": number, "spans": list(spans), "width": width}
        return decode_view(self._ask(wanted))

    def _ask(self, request: dict[str, Any]) -> str:
        """Return the child's answer; LoadError if it refuses, or with what became of it."""
        if self._child and self._child.poll() is not None:
            self.close()  # it died while it waited, and no file is to blame
        if self._child is None:
            self._start()
        answer, late = "", False
        try:
            print(json.dumps(request), file=self._pipe, flush=True)
            answer = self._pipe.readline()
        except TimeoutError:
            late = True
        except OSError:
            pass  # the child has died, and its status says of what
        if answer.endswith("\n"):  # else it died while it answered
            if answer.startswith("+"):
                return answer[1:]
            raise LoadError(json.loads(answer[1:]))
        status = _describe_exit(self.close())
        logger.info("the child process has ended (%s) and is replaced", status)
        if late:
            raise LoadError(f"parsing it took longer than {self._seconds:g} seconds")
        raise LoadError(f"the parser crashed on it ({status})")

    def _start(self) -> None:
        here, there = socket.socketpair()
        with here, there:
            here.settimeout(self._seconds)
            self._pipe = here.makefile("rw", encoding="utf-8", newline="\n")
            self._child = subprocess.Popen(
                COMMAND, stdin=there.fileno(), stdout=DEVNULL, stderr=DEVNULL
            )


def _describe_exit(status: int) -> str:
    return signal.Signals(-status).name if status < 0 else f"exit status {status}"


def serve() -> None:
    """Answer one line per request on the socket that is standard input; runs in the child."""
    setrlimit(RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    with open(os.dup(0), "w", encoding="utf-8", newline="\n") as answers:
        for request in sys.stdin:
            print(_answer(json.loads(request)), file=answers, flush=True)


def _answer(request: dict[str, Any]) -> str:
    path = Path(request["path"])
    try:
        if "id" in request:
            return "+" + encode(parse(_read(path), request["id"]))
        data = _read(path)
        return "+" + encode([_draw(path, data, request), sha256(data).hexdigest()])
    except LoadError as error:
        reason = str(error)
    except MemoryError:
        reason = f"it needs more than {MEMORY_LIMIT >> 30} GB of memory"
    except Exception as error:  # noqa: BLE001 - the boundary where any parser's failure is a reason
        reason = f"the parser failed: {type(error).__name__}: {error}"[:300]
    return "-" + json.dumps(reason)


def _draw(path: Path, data: bytes, request: dict[str, Any]) -> PageView:
    number, width = request["page"], request["width"]
    if path.suffix.lower() == ".pdf":
        from corpus.formats.pdf_page import view_page

        return view_page(data, number, [Span(*span) for span in request["spans"]], width)
    from corpus.formats.image_page import view_image

    return view_image(data, number, width)
