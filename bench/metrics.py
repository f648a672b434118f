"""The measures of extractive question answering, as SQuAD defines them (Rajpurkar et al. 2016)."""

import re
import string
from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

__all__ = ["exact_match", "f1", "mean", "normalised"]

ARTICLES = re.compile(r"\b(a|an|the)\b")
PUNCTUATION = str.maketrans("", "", string.punctuation)


def normalised(text: str) -> str:
    """Return ``text`` in lower case, without ASCII punctuation, articles and surplus space."""
    return " ".join(ARTICLES.sub(" ", text.lower().translate(PUNCTUATION)).split())


def exact_match(answer: str, gold: Sequence[str]) -> bool:
    """Say whether ``answer`` equals one of ``gold`` when both are `normalised`."""
    return normalised(answer) in map(normalised, gold)


def f1(answer: str, gold: Sequence[str]) -> float:
    """Return the best overlap in words, 0 to 1, of ``answer`` with one of ``gold``."""
    return max((_overlap(normalised(answer), normalised(text)) for text in gold), default=0.0)


def mean(values: Sequence[float] | npt.NDArray[np.bool_]) -> float:
    """Return the mean of ``values`` to four places, as it is published."""
    return round(float(np.mean(values)), 4)


def _overlap(answer: str, gold: str) -> float:
    a, b = answer.split(), gold.split()
    if not a or not b:
        return float(a == b)
    shared = sum((Counter(a) & Counter(b)).values())
    return 2 * shared / (len(a) + len(b))
