"""Drafts of questions, written to a file and read again."""

import json
from pathlib import Path

import pytest

from index import BuildReport
from pincite.cli import FAILED, run
from pincite.evaluation.questions import read_questions


def test_the_command_writes_drafts_and_reads_them(
    built: BuildReport,
    documents: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Catches drafts that the next command cannot read, and a file that is written over."""
    monkeypatch.chdir(tmp_path)
    command = ["eval", str(documents), "--make-questions", "5"]
    assert run(command) == 0
    assert "drafts are in questions.jsonl" in capsys.readouterr().out
    path = tmp_path / "questions.jsonl"
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert 0 < len(rows) <= 5
    assert all(row["draft"] and row["sentence"] for row in rows)
    assert all(one.draft and one.answerable for one in read_questions(path).asked)
    assert run(command) == FAILED
    assert "is there already" in capsys.readouterr().err
    assert run(["eval", str(documents), "questions.jsonl", "--out", str(tmp_path / "out")]) == 0
    assert "drafts made by rule" in (tmp_path / "out" / "report.html").read_text("utf-8")
