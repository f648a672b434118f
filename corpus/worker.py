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
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from hashlib import sha256
from pathlib import Path, PurePosixPath
from resource import RLIMIT_AS, setrlimit
from subprocess import DEVNULL
from typing import Any, Self, TypeVar

from corpus.codec import decode_document, decode_recognised, decode_view, encode
from corpus.containers import documents_in, member_bytes
from corpus.errors import LoadError
from corpus.formats import parse
from corpus.scans import RecognisedPage
from corpus.types import Document, LoadedFile, PageView, Parsed, Skipped, Span

__all__ = ["LARGEST_FILE", "FileLoader"]

logger = logging.getLogger(__name__)

LARGEST_FILE = 1 << 29
MEMORY_LIMIT = 1 << 32
# Files inside one file that may crash the child, each with a new one, before it is given up.
MOST_CRASHES = 10
COMMAND = (sys.executable, "-P", "-c", "from corpus.worker import serve; serve()")

T = TypeVar("T")


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
        self._reading = ""

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

    def load(self, path: Path, document_id: str, member: str = "") -> Document | Skipped:
        """Return one document, or why it is skipped; nothing about a file raises.

        Args:
            path: the file.
            document_id: of the document.
            member: the path inside the file, where the document is a file inside it.
        """
        wanted = {"path": os.fspath(path), "id": document_id, "member": member}
        try:
            return decode_document(self._ask({"do": "document", **wanted}))
        except LoadError as error:
            return _skip(document_id, str(error))

    def load_all(self, path: Path, file_id: str) -> LoadedFile | Skipped:
        """Return all documents of a file, or why there are none; nothing about a file raises.

        A file inside it that crashes the child is skipped, and the others are read by the next one.
        """
        crashes: dict[str, str] = {}
        while True:
            try:
                loaded = self._load_all(path, file_id, crashes)
                break
            except LoadError as error:
                culprit, reason = self._reading, str(error)
                if self._child or culprit == file_id or len(crashes) == MOST_CRASHES:
                    return _skip(file_id, reason)
                crashes[culprit] = reason
        for skipped in loaded.skipped:
            logger.info("%s is skipped: %s", skipped.id, skipped.reason)
        if not loaded.documents:
            return _skip(file_id, _explain_nothing_read(loaded.skipped[0], file_id))
        logger.debug("%s was read", file_id)
        return loaded

    def _load_all(self, path: Path, file_id: str, crashes: dict[str, str]) -> LoadedFile:
        """Return what `load_all` does; LoadError if the file, or one inside it, gives no answer."""
        documents: list[Document] = []
        skipped: list[Skipped] = []
        digest = ""
        self._reading = file_id
        wanted = {"path": os.fspath(path), "id": file_id, "crashes": crashes}
        for mark, answer in self._answers({"do": "all", **wanted}):
            if mark == "?":
                self._reading = json.loads(answer)
            elif mark == "+":
                documents.append(decode_document(answer))
            elif mark == "!":
                skipped.append(Skipped(*json.loads(answer)))
            else:
                digest = json.loads(answer)
        return LoadedFile(digest, tuple(documents), tuple(skipped))

    def digest(self, path: Path, member: str) -> str:
        """Return the SHA-256 of a file inside the file ``path``; LoadError if it is not there."""
        wanted = {"path": os.fspath(path), "member": member}
        return str(json.loads(self._ask({"do": "digest", **wanted})))

    def view(
        self, path: Path, number: int, spans: Sequence[Span], width: int, member: str = ""
    ) -> tuple[PageView, str]:
        """Draw a page of a PDF, with boxes (see `view_page`), or of an image (see `view_image`).

        Either may be ``member`` inside a file.

        Returns:
            The page, and the SHA-256 of the PDF or image that it is from.

        Raises:
            LoadError: with the reason, if it cannot be drawn.
        """
        wanted = {"path": os.fspath(path), "member": member, "page": number, "width": width}
        return decode_view(self._ask({"do": "view", "spans": list(spans), **wanted}))

    def recognise(self, path: Path, number: int, member: str = "") -> RecognisedPage:
        """Return what stands on the images of a page; see `recognise_page`.

        Args:
            path: of a PDF or an image, or of the file that holds it.
            number: of the page, from 1.
            member: the path inside the file, where the page is of a file inside it.

        Raises:
            LoadError: with the reason, if it cannot be read.
        """
        wanted = {"path": os.fspath(path), "member": member, "page": number}
        return decode_recognised(self._ask({"do": "recognise", **wanted}))

    def _ask(self, request: dict[str, Any]) -> str:
        """Return the child's result; LoadError if it refuses, or with what became of it."""
        *_, (_, result) = self._answers(request)
        return result

    def _answers(self, request: dict[str, Any]) -> Iterator[tuple[str, str]]:
        """Yield mark and content of the child's answers, the last with the mark of a result."""
        self._send(request)
        while True:
            line = self._read_line()
            if line[0] == "-":
                raise LoadError(json.loads(line[1:]))
            yield line[0], line[1:]
            if line[0] == ".":
                return

    def _send(self, request: dict[str, Any]) -> None:
        if self._child and self._child.poll() is not None:
            self.close()  # it died while it waited, and no file is to blame
        if self._child is None:
            self._start()
        with suppress(OSError):  # the child has died, which reading its answer finds
            print(json.dumps(request), file=self._pipe, flush=True)

    def _read_line(self) -> str:
        """Return the child's next line; LoadError, with what became of it, if there is none."""
        line, late = "", False
        try:
            line = self._pipe.readline()
        except TimeoutError:
            late = True
        except OSError:
            pass  # the child has died, and its status says of what
        if line.endswith("\n"):  # else it died while it answered
            return line
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


def _skip(id_: str, reason: str) -> Skipped:
    logger.info("%s is skipped: %s", id_, reason)
    return Skipped(id_, reason)


def _explain_nothing_read(first: Skipped, file_id: str) -> str:
    if first.id == file_id:
        return first.reason
    inside = first.id.removeprefix(f"{file_id}/")
    return f"nothing in it can be read ({inside}: {first.reason})"


def _describe_exit(status: int) -> str:
    return signal.Signals(-status).name if status < 0 else f"exit status {status}"


def serve() -> None:
    """Answer the requests on the socket that is standard input; runs in the child."""
    setrlimit(RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    with open(os.dup(0), "w", encoding="utf-8", newline="\n") as answers:

        def say(mark: str, content: str) -> None:
            print(mark + content, file=answers, flush=True)

        for line in sys.stdin:
            request = json.loads(line)
            try:
                say(".", _guard(partial(_answer, request, say)))
            except LoadError as error:
                say("-", json.dumps(str(error)))


def _guard(step: Callable[[], T]) -> T:
    """Return what ``step`` returns; LoadError, with the reason, for whatever goes wrong in it."""
    try:
        return step()
    except LoadError:
        raise
    except MemoryError as error:
        raise LoadError(f"it needs more than {MEMORY_LIMIT >> 30} GB of memory") from error
    except Exception as error:  # the boundary where any parser's failure is a reason
        reason = f"the parser failed: {type(error).__name__}: {error}"[:300]
        raise LoadError(reason) from error


Say = Callable[[str, str], None]


def _answer(request: dict[str, Any], say: Say) -> str:
    """Return the result that a request asks for, as JSON."""
    path = Path(request["path"])
    data = _read(path)
    if request["do"] == "all":
        _tell_all(data, request, say)
        return encode(sha256(data).hexdigest())
    data = member_bytes(data, path.name, request["member"])
    if request["do"] == "document":
        return encode(parse(data, request["id"]))
    if request["do"] == "recognise":
        return encode(_recognise(request["member"] or path.name, data, request["page"]))
    digest = sha256(data).hexdigest()
    if request["do"] == "digest":
        return encode(digest)
    return encode([_draw(request["member"] or path.name, data, request), digest])


def _recognise(name: str, data: bytes, number: int) -> RecognisedPage:
    from corpus.formats.scans.page_images import recognise_page

    return recognise_page(data, PurePosixPath(name).suffix.lower(), number)


def _draw(name: str, data: bytes, request: dict[str, Any]) -> PageView:
    number, width = request["page"], request["width"]
    if PurePosixPath(name).suffix.lower() == ".pdf":
        from corpus.formats.pdf.page import view_page

        return view_page(data, number, [Span(*span) for span in request["spans"]], width)
    from corpus.formats.scans.image_page import view_image

    return view_image(data, number, width)


def _tell_all(data: bytes, request: dict[str, Any], say: Say) -> None:
    """Say every document of a file, and what is skipped."""
    crashes: dict[str, str] = request["crashes"]

    def attempt(id_: str, step: Callable[[], tuple[bytes, Parsed]]) -> tuple[bytes, Parsed]:
        if id_ in crashes:
            raise LoadError(crashes[id_])
        say("?", json.dumps(id_))
        return _guard(step)

    for found in documents_in(data, request["id"], attempt):
        if isinstance(found, Skipped):
            say("!", json.dumps([found.id, found.reason]))
            continue
        try:
            say("+", _guard(partial(encode, found)))
        except LoadError as error:
            say("!", json.dumps([found.id, str(error)]))
