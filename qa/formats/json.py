"""Answers as JSON, the contract of ``pincite ask --json``, and back."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from corpus import InputError
from qa.types import Answer, Citation
from qa.validation import validate

__all__ = [
    "answer_from_dict",
    "answer_to_dict",
    "answer_to_json",
    "citations_from_json",
    "citations_of",
    "fingerprint",
]

NO_ANSWER = "This is not an answer saved by `pincite ask --json`"


@dataclass(frozen=True, slots=True)
class _Cited:
    """What is needed of a saved answer to verify it."""

    citations: tuple[Citation, ...]


def answer_to_json(answer: Answer, id_: str | None = None) -> str:
    """Return ``answer`` as one line of JSON, the contract of ``pincite ask --json``.

    Args:
        answer: what to write.
        id_: of the question, where several are asked at once.
    """
    first = {} if id_ is None else {"id": id_}
    return json.dumps(first | answer_to_dict(answer), ensure_ascii=False)


def answer_to_dict(answer: Answer) -> dict[str, Any]:
    """Return ``answer`` as plain data; the same contract."""
    return {
        "question": answer.question,
        "understood_as": answer.understood_as,
        "verdict": answer.verdict,
        "found": answer.found,
        "form": answer.form,
        "confidence": round(answer.confidence, 4),
        "answerability": round(answer.answerability, 4),
        "fitted_on": answer.fitted_on,
        "risk": answer.false_answer_rate,
        "text": answer.text,
        "citations": [asdict(citation) for citation in answer.citations],
        "parts": answer.parts,
        "conflicting": list(answer.conflicting),
        "nearest": [asdict(citation) for citation in answer.nearest],
        "searched": asdict(answer.searched),
        "hits": [
            {
                "document": hit.passage.document,
                "start": hit.passage.start,
                "end": hit.passage.end,
                "score": round(hit.score, 4),
            }
            for hit in answer.hits
        ],
        "timings_ms": dict(answer.timings_ms),
    }


def citations_from_json(text: str) -> list[Citation]:
    """Return the citations of saved answers, one or many (a line each), each before its copies.

    Raises:
        InputError: if the text is not what ``pincite ask --json`` writes.
    """
    try:
        return citations_of(_json_values(text))
    except ValueError as error:
        raise InputError(f"{NO_ANSWER} ({error}).") from error


def citations_of(answers: Sequence[Any]) -> list[Citation]:
    """Return the citations of answers as plain data, each before its copies.

    Raises:
        InputError: if they are not what `answer_to_dict` returns.
    """
    try:
        saved = validate(list[_Cited], list(answers))
    except ValueError as error:
        raise InputError(f"{NO_ANSWER} ({error}).") from error
    cited = [one for answer in saved for c in answer.citations for one in (c, *c.also)]
    return [replace(citation, also=()) for citation in cited]


def answer_from_dict(saved: Any) -> Answer:  # noqa: ANN401 - it may be anything
    """Return the answer that `answer_to_dict` wrote, but for its hits.

    Raises:
        InputError: if it is not what `answer_to_dict` returns.
    """
    try:
        answer = validate(Answer, _as_earlier(saved) | saved | {"hits": ()})
    except (TypeError, AttributeError, ValueError) as error:
        raise InputError(f"{NO_ANSWER} ({error}).") from error
    if {answer.found, bool(answer.citations)} != {saved.get("found")}:
        raise InputError(f"{NO_ANSWER}: it is found without a citation, or the other way round.")
    if answer.found and not 1 <= answer.parts <= len(answer.citations):
        raise InputError(
            f"{NO_ANSWER}: it has {answer.parts} parts of {len(answer.citations)} citations."
        )
    return answer


def _as_earlier(saved: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is called otherwise in JSON, or was not there when browsers first kept it."""
    return {
        "verdict": "answered" if saved.get("found") else "not_in_documents",
        "form": "span",
        "answerability": saved.get("confidence"),
        "parts": 1,
        "conflicting": saved.get("differing"),
        "false_answer_rate": saved.get("risk"),
        "fitted_on": "",
    }


def fingerprint(answer: Answer) -> str:
    """Return 16 hexadecimal digits that stay the same as long as the same words are quoted.

    And as long as they are an answer, or perhaps one.
    """
    quoted: list[object] = [
        (c.document, c.sha256, c.start, c.end, c.answer_start, c.answer_end)
        for c in answer.citations
    ]
    # Links that were copied before there were labels keep their fingerprints.
    quoted += [(label.role, label.start, label.end) for c in answer.citations for label in c.labels]
    if answer.verdict == "perhaps":
        quoted.append(answer.verdict)
    return hashlib.sha256(json.dumps(quoted).encode()).hexdigest()[:16]


def _json_values(text: str) -> list[Any]:
    """Return the values in ``text``, which follow each other with white space between them."""
    values: list[Any] = []
    decoder, at = json.JSONDecoder(), 0
    text = text.strip()
    while at < len(text) or not values:
        value, at = decoder.raw_decode(text, at)
        values.append(value)
        while at < len(text) and text[at].isspace():
            at += 1
    return values
