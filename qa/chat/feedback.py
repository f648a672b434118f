"""What people thought of answers, kept in a file beside the index."""

import json
from datetime import UTC, datetime
from pathlib import Path

from qa.types import Answer

__all__ = ["FEEDBACK", "keep_feedback"]

FEEDBACK = "feedback.jsonl"
LONGEST_NOTE = 2000


def keep_feedback(index: Path, answer: Answer, *, good: bool, note: str = "") -> None:
    """Add a line to the feedback in the index folder ``index``.

    Args:
        index: where the index is kept.
        answer: what is judged; also a no can be right or wrong.
        good: whether it was right.
        note: in the person's own words; cut after 2,000 characters.
    """
    line = {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "question": answer.understood_as,
        "good": good,
        "note": note[:LONGEST_NOTE],
        "verdict": answer.verdict,
        "found": answer.found,
        "form": answer.form,
        "text": answer.text,
        "answers": [citation.answer for citation in answer.citations[: answer.parts]],
        "confidence": round(answer.confidence, 4),
        "documents": [citation.document for citation in answer.citations],
    }
    with (index / FEEDBACK).open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
