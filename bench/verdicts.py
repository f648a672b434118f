"""What becomes of questions, from their answers as JSON: of this version and of earlier ones."""

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from bench.measures import shown
from pincite.evaluation.intervals import bootstrap, proportion
from qa import AnswerVerdict

__all__ = [
    "TRULY_NOT",
    "AnswerJson",
    "quoted",
    "summarised",
    "times",
    "verdict_of",
    "verdict_scores",
]

# The JSON of an answer; see docs/reference/answer.md.
AnswerJson = Mapping[str, Any]

TRULY_NOT = 'of those told "not in the documents", truly not'


def verdict_of(answer: AnswerJson) -> AnswerVerdict:
    """Return the verdict; before there were three of them, what was found was an answer."""
    earlier = "answered" if answer["found"] else "not_in_documents"
    verdict: AnswerVerdict = answer.get("verdict", earlier)
    return verdict


def verdict_scores(verdict: AnswerVerdict, *, answerable: bool) -> dict[str, float]:
    """Return what a question counts by its verdict alone, 0 or 1 each.

    Args:
        verdict: of its answer.
        answerable: whether the documents answer it; if not, it is a near miss.
    """
    whose = "answerable" if answerable else "near misses"
    scores = {
        f"{whose}: answered": verdict == "answered",
        f"{whose}: answered or perhaps": verdict != "not_in_documents",
    }
    if verdict == "not_in_documents":
        scores[TRULY_NOT] = not answerable
    return {name: float(value) for name, value in scores.items()}


def quoted(answer: AnswerJson) -> str:
    """Return what all citations quote, each quotation once."""
    return " ".join(dict.fromkeys(citation["quote"] for citation in answer["citations"]))


def summarised(
    scores: Sequence[Mapping[str, float]], graded: Collection[str] = ()
) -> dict[str, dict[str, float]]:
    """Return the mean of each score, with its 95 % interval, over the questions that have it.

    Args:
        scores: of each question.
        graded: names of those that are other numbers than 0 and 1.
    """
    found = {}
    for name in sorted({name for one in scores for name in one}):
        values = np.array([one[name] for one in scores if name in one], np.float64)
        interval = bootstrap(np.mean, values) if name in graded else proportion(values)
        found[name] = shown(interval)
    return found


def times(answers: Sequence[AnswerJson]) -> dict[str, dict[str, float]]:
    """Return the milliseconds of a question, with their 95 % intervals."""
    taken = np.array([answer["timings_ms"]["total"] for answer in answers], np.float64)
    return {
        "milliseconds, median": shown(bootstrap(np.median, taken)),
        "milliseconds, 95th percentile": shown(bootstrap(partial(np.quantile, q=0.95), taken)),
    }
