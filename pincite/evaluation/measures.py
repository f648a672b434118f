"""The measures: of answers, of retrieval, and of how well a probability tells right from wrong."""

import re
import string
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = [
    "DEPTH",
    "RANKED",
    "Flags",
    "Floats",
    "ReliabilityBin",
    "area_under_roc",
    "calibration_error",
    "exact_match",
    "f1",
    "holds",
    "normalised",
    "ranking_scores",
    "reliability",
    "risk_coverage",
    "same_cell",
    "share_held",
]

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

BINS = 15
ARTICLES = re.compile(r"\b(a|an|the)\b")
# A figure as tables write it: in brackets or with any minus below nought, with signs and commas.
FIGURE = re.compile(
    r"(?P<bracket>\()?\s*(?P<minus>[-−–])?\s*[$€£¥]?\s*(?P<inner>[-−–])?"
    r"(?P<whole>\d{1,3}(?:,\d{3})+|\d+)?(?P<part>\.\d+)?\s*%?\s*\)?",
    re.ASCII,
)
PUNCTUATION = str.maketrans("", "", string.punctuation)
# What trec_eval calls each measure.
RANKED = {
    "success@1": "success_1",
    "success@5": "success_5",
    "success@20": "success_20",
    "MRR@10": "recip_rank",
    "nDCG@10": "ndcg_cut_10",
}
DEPTH = 20


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """The answers whose probability lies in one interval.

    Args:
        count: how many there are.
        probability: their mean probability.
        right: the share of them that are right.
    """

    count: int
    probability: float
    right: float


def normalised(text: str) -> str:
    """Return ``text`` in lower case, without ASCII punctuation, articles and surplus space."""
    return " ".join(ARTICLES.sub(" ", text.lower().translate(PUNCTUATION)).split())


def exact_match(answer: str, gold: Sequence[str]) -> bool:
    """Return whether ``answer`` equals one of ``gold`` when both are `normalised`.

    This and `f1` are as SQuAD defines them (Rajpurkar et al. 2016).
    """
    return normalised(answer) in map(normalised, gold)


def same_cell(cell: str, expected: Sequence[str]) -> bool:
    """Return whether ``cell`` is one of ``expected``, however its figure is written.

    ``$ 1,577``, ``1577`` and ``1,577`` are the same, and so are ``(12)`` and ``−12``; ``1.5`` and
    ``15`` or ``12`` and ``(12)`` are not, though `exact_match` says so. Of all else, case and white
    space do not count, nor a full stop at the end.
    """
    return _cell(cell) in map(_cell, expected)


def _cell(text: str) -> str:
    figure = FIGURE.fullmatch(text.strip())
    if figure is None or not (figure["whole"] or figure["part"]):
        return _folded(text).rstrip(".")
    below = any(figure[name] for name in ("bracket", "minus", "inner"))
    whole = (figure["whole"] or "0").replace(",", "")
    return f"{'-' if below else ''}{whole}{figure['part'] or ''}"


def f1(answer: str, gold: Sequence[str]) -> float:
    """Return the best overlap in words, 0 to 1, of ``answer`` with one of ``gold``."""
    return max((_overlap(normalised(answer), normalised(text)) for text in gold), default=0.0)


def holds(text: str, answers: Sequence[str]) -> bool:
    """Return whether one of ``answers`` stands in ``text``, as whole words, whatever its case."""
    said = _folded(text)
    return any(re.search(rf"(?<!\w){re.escape(_folded(a))}(?!\w)", said) for a in answers)


def share_held(text: str, items: Sequence[str]) -> float:
    """Return which share of ``items``, 0 to 1, stands in ``text``, as `holds` says."""
    return sum(holds(text, [item]) for item in items) / len(items)


def ranking_scores(right: Sequence[Sequence[bool]], known: Sequence[int]) -> dict[str, Floats]:
    """Return the scores of several rankings by the names in `RANKED`, each of shape ``(n,)``.

    Computed by trec_eval. Success at k is whether a right passage is among the first k, which
    question answering also calls recall (Karpukhin et al. 2020).

    Args:
        right: of each ranking, best first, whether the passage at each rank is right.
        known: how many right passages there are for each, found or not; at least one.
    """
    from pytrec_eval import RelevanceEvaluator

    judged, runs = {}, {}
    for number, (flags, count) in enumerate(zip(right, known, strict=True)):
        found = [rank for rank, is_right in enumerate(flags) if is_right]
        missing = range(len(flags), len(flags) + count - len(found))
        judged[str(number)] = {str(rank): 1 for rank in (*found, *missing)}
        runs[str(number)] = {str(rank): float(-rank) for rank in range(len(flags))}
    evaluator = RelevanceEvaluator(judged, {"success.1,5,20", "recip_rank", "ndcg_cut.10"})
    scores = evaluator.evaluate(runs)
    values = {
        ours: np.array([scores[name][theirs] for name in runs], np.float64)
        for ours, theirs in RANKED.items()
    }
    values["MRR@10"][values["MRR@10"] < 1 / 10] = 0  # trec_eval looks at all ranks
    return values


def area_under_roc(probabilities: Floats, right: Flags) -> float:
    """Return the chance that a right answer has a higher probability than a wrong one, 0 to 1."""
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(right, probabilities))


def reliability(probabilities: Floats, right: Flags, bins: int = BINS) -> list[ReliabilityBin]:
    """Return the share that is right in each of ``bins`` equal intervals, but for empty ones."""
    numbers = np.minimum((probabilities * bins).astype(np.int64), bins - 1)
    found = []
    for number in np.unique(numbers):
        inside = numbers == number
        confidence, accuracy = float(probabilities[inside].mean()), float(right[inside].mean())
        found.append(ReliabilityBin(int(inside.sum()), confidence, accuracy))
    return found


def calibration_error(probabilities: Floats, right: Flags, bins: int = BINS) -> float:
    """Return the expected calibration error (Guo et al. 2017), 0 to 1."""
    found = reliability(probabilities, right, bins)
    return sum(b.count * abs(b.probability - b.right) for b in found) / len(probabilities)


def risk_coverage(probabilities: Floats, right: Flags) -> Sequence[tuple[float, float]]:
    """Return points (share answered, share of those that are wrong), the most confident first.

    The curve of selective prediction (El-Yaniv and Wiener 2010).
    """
    order = np.argsort(-probabilities, kind="stable")
    answered = np.arange(1, len(order) + 1)
    wrong = np.cumsum(~right[order]) / answered
    return [(float(n / len(order)), float(w)) for n, w in zip(answered, wrong, strict=True)]


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def _overlap(answer: str, gold: str) -> float:
    a, b = answer.split(), gold.split()
    if not a or not b:
        return float(a == b)
    shared = sum((Counter(a) & Counter(b)).values())
    return 2 * shared / (len(a) + len(b))
