"""Jupyter notebooks: the source and the text output of each cell, with the cell's number."""

import re
from dataclasses import replace
from typing import Annotated, Any

import msgspec

from corpus.errors import LoadError
from corpus.formats.decoding import decode
from corpus.formats.html.loader import parse_html
from corpus.formats.joining import join
from corpus.formats.plain.markdown import parse_markdown
from corpus.types import Heading, Metadata, Parsed, Place

__all__ = ["parse_notebook"]

# Colours, and what a progress bar has overwritten.
TERMINAL = re.compile(r"\x1b\[[\d;]*[A-Za-z]|^[^\n]*\r(?!\n)", re.MULTILINE)

Lines = str | list[str]


class _CellOutput(msgspec.Struct):
    """What a cell printed; before version 4 the representations are fields of the output."""

    output_type: str = ""
    text: Lines = ""
    html: Lines = ""
    png: Lines = ""
    data: dict[str, Any] = {}
    ename: str = ""
    evalue: str = ""


class _NotebookCell(msgspec.Struct):
    """A cell; before version 4 the source of a code cell is called its input."""

    cell_type: str
    source: Lines = ""
    input: Lines = ""
    level: Annotated[int, msgspec.Meta(ge=1, le=6)] = 1
    outputs: list[_CellOutput] = []


class _NotebookAuthor(msgspec.Struct):
    name: str = ""


class _NotebookSaid(msgspec.Struct):
    title: str = ""
    authors: list[_NotebookAuthor | str] = []


class _NotebookSheet(msgspec.Struct):
    cells: list[_NotebookCell] = []


class _Notebook(msgspec.Struct):
    """A notebook; before version 4 its cells stand in worksheets."""

    nbformat: int
    cells: list[_NotebookCell] = []
    worksheets: list[_NotebookSheet] = []
    metadata: _NotebookSaid = msgspec.field(default_factory=_NotebookSaid)


def parse_notebook(data: bytes) -> Parsed:
    """Return the cells in their order, each with its output below; images are left out.

    Raises:
        LoadError: the file is no notebook.
    """
    try:
        notebook = msgspec.json.decode(decode(data), type=_Notebook)
    except (msgspec.DecodeError, RecursionError) as error:
        raise LoadError(f"the file is no notebook of Jupyter: {error}") from error
    cells = [*notebook.cells, *(c for sheet in notebook.worksheets for c in sheet.cells)]
    parts = [
        replace(_parse_cell(cell), places=(Place(0, f"cell {number}"),))
        for number, cell in enumerate(cells, 1)
    ]
    whole = join(parts, "\n\n")
    title = next((h.title for h in whole.headings if h.level == 1), "")
    said = notebook.metadata
    names = [author if isinstance(author, str) else author.name for author in said.authors]
    author = ", ".join(filter(None, names))
    return replace(whole, title=said.title or title, metadata=Metadata(author=author))


def _parse_cell(cell: _NotebookCell) -> Parsed:
    source = _join(cell.source or cell.input).rstrip()
    if cell.cell_type == "markdown":
        return parse_markdown(source.encode())
    if cell.cell_type == "heading":
        heading = Heading(0, len(source), cell.level, " ".join(source.split()))
        return Parsed(source, headings=(heading,) if heading.title else ())
    outputs = (TERMINAL.sub("", _shown(output)).rstrip() for output in cell.outputs)
    return Parsed("\n".join(filter(None, (source, *outputs))))


def _shown(output: _CellOutput) -> str:
    """Return the text that an output shows; a picture's is only a name for it."""
    if output.ename:
        return f"{output.ename}: {output.evalue}"
    if output.png or any(kind.startswith("image/") for kind in output.data):
        return ""
    plain = _join(output.data.get("text/plain", output.text))
    page = _join(output.data.get("text/html", output.html))
    return plain or (parse_html(page.encode()).text if page else "")


def _join(lines: object) -> str:
    """Return text that may stand as a list of its lines."""
    if isinstance(lines, list):
        return "".join(line for line in lines if isinstance(line, str))
    return lines if isinstance(lines, str) else ""
