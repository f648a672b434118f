"""BM25 by bm25s, as its documentation shows: English stop words, a Snowball stemmer."""

from collections.abc import Callable
from importlib.metadata import version

import bm25s
import Stemmer
from exchange import rank_all


def make(texts: list[str]) -> Callable[[str, int], list[int]]:
    """Index the texts; return what ranks them."""
    stemmer = Stemmer.Stemmer("english")
    index = bm25s.BM25()
    index.index(bm25s.tokenize(texts, stopwords="en", stemmer=stemmer), show_progress=False)

    def rank(question: str, count: int) -> list[int]:
        asked = bm25s.tokenize(question, stopwords="en", stemmer=stemmer, show_progress=False)
        if not asked.vocab:
            return []
        places, _ = index.retrieve(asked, k=min(count, len(texts)), show_progress=False)
        return [int(place) for place in places[0]]

    return rank


if __name__ == "__main__":
    rank_all(make, f"bm25s {version('bm25s')}")
