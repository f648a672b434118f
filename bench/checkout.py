"""Any checkout of Pincite, asked by its own command line in processes of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

__all__ = ["HERE", "ask", "build", "index_of", "write_questions"]

HERE = Path(__file__).parent.parent
# Without the hardware's bfloat16 every version encodes in single precision, and vectors are equal.
SINGLE_PRECISION = {"ONEDNN_MAX_CPU_ISA": "AVX2"}


def index_of(documents: Path, version: str) -> Path:
    """Return where a version keeps its index of ``documents``."""
    return documents.with_name(f"{documents.name}-{version}")


def build(checkout: Path, documents: Path, index: Path) -> None:
    """Index ``documents``; an index belongs to one version."""
    done = _run(checkout, "build", documents, "--index", index)
    if done.returncode != 0:
        raise SystemExit(f"{checkout}: {done.stderr}")


def ask(
    checkout: Path, documents: Path, index: Path, questions: Path, *options: str
) -> list[dict[str, Any]]:
    """Return the answers to a file of questions, as ``pincite ask --json`` writes them.

    Args:
        checkout: whose command line is asked; this environment must be able to run it.
        documents: the folder.
        index: where `build` of the same checkout has put its index.
        questions: JSON lines with id and question; see `write_questions`.
        options: of ``pincite ask``.

    Raises:
        SystemExit: if there is not an answer to every question.
    """
    where = (documents, "--index", index, "--json", "--from", questions)
    done = _run(checkout, "ask", *where, *options)
    # Not splitlines(): it also splits at characters that may stand inside of a JSON string.
    answers, asked = (
        [json.loads(line) for line in text.split("\n") if line.strip()]
        for text in (done.stdout, questions.read_text("utf-8"))
    )
    if len(answers) != len(asked):
        raise SystemExit(f"{checkout}: {done.stderr}")
    return answers


def write_questions(path: Path, questions: Sequence[str]) -> None:
    """Write ``questions`` as `ask` reads them, numbered in their order."""
    lines = (json.dumps({"id": str(n), "question": q}) for n, q in enumerate(questions))
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")


def _run(checkout: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run ``pincite`` of that checkout; exit code 1 is a no, but also what a crash leaves."""
    done = subprocess.run(
        [sys.executable, "-m", "pincite", *map(str, arguments)],
        capture_output=True,
        check=False,
        cwd=checkout,
        encoding="utf-8",
        env=os.environ | SINGLE_PRECISION | {"PYTHONPATH": str(checkout)},
    )
    if done.returncode not in (0, 1):
        raise SystemExit(f"{checkout}: {done.stderr}")
    return done
