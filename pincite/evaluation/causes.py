"""Why a question went wrong, and which went worst."""

from collections.abc import Sequence

from pincite.evaluation.measures import DEPTH
from pincite.evaluation.records import Record
from qa.reading import PASSAGES_READ

__all__ = ["cause_of", "losses", "worst"]


def worst(records: Sequence[Record], count: int) -> list[Record]:
    """Return the questions that went wrong: wrong answers, most confident first, then refusals.

    Args:
        records: of all questions.
        count: at most how many to return.
    """
    wrong = [record for record in records if cause_of(record)]
    wrong.sort(key=lambda r: (not r.given, -r.confidence, r.expected.line))
    return wrong[:count]


def cause_of(record: Record) -> str:
    """Return in words what went wrong with a question; empty if nothing is known to have."""
    if record.given and record.right is False:
        if record.expected.answerable is False:
            return "answered, although the documents do not say"
        return f"answered wrongly: {_reason(record)}"
    if not record.given and record.expected.answerable:
        told = "perhaps" if record.verdict == "perhaps" else "refused"
        if record.right:
            return f"{told}: the best answer was right, but not sure enough"
        return f"{told}: {_reason(record)}"
    return ""


def losses(records: Sequence[Record]) -> list[tuple[str, int]]:
    """Return how many answerable questions are left after each stage; empty if unknown.

    Only questions with expected documents and answers are counted.
    """
    known = [r for r in records if r.expected.documents and r.expected.answers]
    if not known:
        return []
    ranks = [r.first_right for r in known]
    return [
        ("answerable questions", len(known)),
        (f"a right passage among the first {DEPTH}", sum(rank is not None for rank in ranks)),
        (
            f"among the {PASSAGES_READ} that are read",
            sum(rank is not None and rank <= PASSAGES_READ for rank in ranks),
        ),
        ("the best answer is right", sum(bool(r.right) for r in known)),
        ("and is given", sum(bool(r.right) and r.given for r in known)),
    ]


def _reason(record: Record) -> str:
    if not record.expected.documents:
        return "the best answer is not the expected one"
    if record.first_right is None:
        return f"no right passage was among the first {DEPTH}"
    if record.first_right > PASSAGES_READ:
        return f"the right passage was in place {record.first_right}, and was not read"
    if record.scores.get("right sentence quoted", record.scores.get("right document quoted")):
        return "the right sentence, but other words were taken from it"
    return f"the right passage was in place {record.first_right}; other words were taken"
