"""Puts into the reference what the code says of itself.

A line ``<!-- help: build -->`` becomes the output of ``pincite build --help``, and a line
``<!-- formats -->`` the table of document formats.
"""

import ast
import os
import re
import subprocess
import sys
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from corpus.formats import LOADERS

__all__ = ["format_table", "help_of", "on_page_markdown"]

ROOT = Path(__file__).resolve().parent.parent
MARK = re.compile(r"^<!-- help:(?: (\w+))? -->$", re.MULTILINE)
FORMATS = "<!-- formats -->"


def on_page_markdown(markdown: str, **_: Any) -> str:  # noqa: ANN401 - as MkDocs calls it
    """Return a page with the marks replaced by what the code says of itself."""
    markdown = MARK.sub(lambda mark: f"```text\n{help_of(mark[1] or '')}```", markdown)
    return markdown.replace(FORMATS, format_table()) if FORMATS in markdown else markdown


def format_table() -> str:
    """Return a table of the formats: their endings, and the first lines of their modules."""
    rows = ["| ending | format | what a citation quotes |", "|---|---|---|"]
    for module, endings in groupby(LOADERS, lambda ending: LOADERS[ending].module):
        path = ROOT / "corpus" / "formats" / f"{module.replace('.', '/')}.py"
        source = path.read_text("utf-8")
        first = (ast.get_docstring(ast.parse(source)) or "").partition("\n")[0]
        name, _, cited = first.removesuffix(".").partition(": ")
        rows.append(f"| {' '.join(f'`{ending}`' for ending in endings)} | {name} | {cited} |")
    return "\n".join(rows)


@cache
def help_of(command: str) -> str:
    """Return what ``pincite COMMAND --help`` prints, 90 columns wide; all commands if it is empty.

    Raises:
        CalledProcessError: there is no such command.
    """
    arguments = [sys.executable, "-m", "pincite", *command.split(), "--help"]
    environment = os.environ | {"COLUMNS": "90", "NO_COLOR": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(arguments, env=environment, capture_output=True, text=True, check=True)
    return done.stdout
