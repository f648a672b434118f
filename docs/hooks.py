"""Puts the help that each command prints into the command reference.

A line ``<!-- help: build -->`` becomes the output of ``pincite build --help``.
"""

import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["help_of", "on_page_markdown"]

ROOT = Path(__file__).resolve().parent.parent
MARK = re.compile(r"^<!-- help:(?: (\w+))? -->$", re.MULTILINE)


def on_page_markdown(markdown: str, **_: Any) -> str:  # noqa: ANN401 - as MkDocs calls it
    """Return a page with the marks replaced by what the commands print."""
    return MARK.sub(lambda mark: f"```text\n{help_of(mark[1] or '')}```", markdown)


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
