"""How telling the terms of a question are in the documents that were indexed."""

from collections.abc import Iterable
from math import log

from index import PassageIndex
from qa.question import Question

__all__ = ["Idf"]


class Idf:
    """Weights of terms: ``ln(1 + (N - n + 0.5) / (n + 0.5))``, as BM25 has them, never zero.

    Args:
        index: counts the passages that hold a term.
        question: whose terms are weighed.
    """

    def __init__(self, index: PassageIndex, question: Question) -> None:
        count = len(index)
        found = {t: min(count, index.document_frequency(t)) for t in question.terms}
        self._weights = {t: log(1 + (count - n + 0.5) / (n + 0.5)) for t, n in found.items()}
        self._unknown = {t for t, n in found.items() if n == 0}
        self._names = question.names & self._weights.keys()
        self._most = log(1 + (count + 0.5) / 0.5)
        self._total = sum(self._weights.values()) or 1.0

    def share(self, found: Iterable[str]) -> float:
        """Return which share of the question's weight stands in ``found``."""
        stands = set(found)
        # In the question's order: a sum over a set would differ from process to process.
        return sum(w for t, w in self._weights.items() if t in stands) / self._total

    def share_of_names(self, found: Iterable[str]) -> float:
        """Return which share of the weight of names and numbers stands in ``found``; 1 if none."""
        stands = set(found)
        names = [(t, w) for t, w in self._weights.items() if t in self._names]
        total = sum(w for _, w in names)
        return sum(w for t, w in names if t in stands) / total if total else 1.0

    def share_of_unknown_names(self) -> float:
        """Return which share of the names and numbers stands in no document of the index."""
        return len(self._names & self._unknown) / max(1, len(self._names))

    def rarest_missing(self, found: Iterable[str]) -> float:
        """Return the weight of the rarest question term not in ``found``, at most 1."""
        missing = self._weights.keys() - set(found)
        return max((self._weights[t] for t in missing), default=0.0) / self._most
