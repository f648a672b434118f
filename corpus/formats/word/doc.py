"""RTF and old Word (.doc): a line for each paragraph or table row; there are no pages."""

import os
import re
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from corpus.errors import LoadError
from corpus.formats.decoding import decode
from corpus.formats.html.loader import parse_html
from corpus.formats.word.docx import parse_docx
from corpus.formats.word.rtf import parse_rtf
from corpus.formats.zipped import ENCRYPTED, OLE_MAGIC, is_encrypted
from corpus.types import Parsed

__all__ = ["parse_doc"]

SECONDS = 60.0
CELL_END = re.compile(r" *\|")
HTML_STARTS = (b"<!doctype html", b"<html")
# LibreOffice runs no macro and follows no link out of the document.
PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
</oor:items>
"""


def parse_doc(data: bytes) -> Parsed:
    """Read RTF, and Word's old format where LibreOffice or antiword is installed.

    What the bytes are decides, not what the file is called: programs call RTF, HTML and new Word
    files ``.doc``, too.

    Raises:
        LoadError: the file is none of these, encrypted or damaged, or nothing here can convert it.
    """
    if data.startswith(OLE_MAGIC):
        return _parse_old_word(data)
    if data.startswith(b"PK\x03\x04"):
        return parse_docx(data)
    if data.startswith(b"{\\rtf"):
        return parse_rtf(data)
    if data[:512].removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(HTML_STARTS):
        return parse_html(data)
    raise LoadError("the file is neither Word's nor RTF; give it the ending of what it is")


def _parse_old_word(data: bytes) -> Parsed:
    if is_encrypted(data):
        raise LoadError(ENCRYPTED)
    if "WordDocument".encode("utf-16-le") not in data:
        raise LoadError("the file is not a Word document; give it the ending of what it is")
    with tempfile.TemporaryDirectory(prefix="pincite-") as name:
        source = Path(name, "source.doc")
        source.write_bytes(data)
        if program := shutil.which("soffice"):
            return parse_docx(_convert(program, source))
        if program := shutil.which("antiword"):
            printed = _run([program, "-m", "UTF-8.txt", "-w", "0", os.fspath(source)])
            lines = map(_printed_line, decode(printed).splitlines())
            return Parsed("".join(f"{line}\n" for line in lines if line and line != "[pic]"))
    raise LoadError("Word's old format is read where LibreOffice is; install it, or save as .docx")


def _printed_line(line: str) -> str:
    """Return a line that antiword prints; rows of tables stand between bars there."""
    line = line.strip()
    return CELL_END.sub("\t", line[1:-1]).strip(" ") if line.startswith("|") else line


def _convert(program: str, source: Path) -> bytes:
    """Return the document as LibreOffice writes it in Word's new format."""
    profile = source.parent / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(PROFILE, "utf-8")
    options = [f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore"]
    target = ["--convert-to", "docx", "--outdir", os.fspath(source.parent), os.fspath(source)]
    _run([program, *options, *target])
    try:
        return source.with_suffix(".docx").read_bytes()
    except FileNotFoundError as error:
        raise LoadError(
            "LibreOffice cannot convert it; save it as .docx and build again"
        ) from error


def _run(command: list[str]) -> bytes:
    """Return what a program prints; when its time is over, it and all that it started are ended."""
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            printed, _ = process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired as error:
            os.killpg(process.pid, signal.SIGKILL)
            raise LoadError(f"converting it took longer than {SECONDS:g} seconds") from error
    return printed
