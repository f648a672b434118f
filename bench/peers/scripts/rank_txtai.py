"""txtai's own hybrid index, dense and BM25, over the same encoder, with its default weights."""

import os
from collections.abc import Callable
from importlib.metadata import version

from exchange import rank_all
from txtai import Embeddings


def make(texts: list[str]) -> Callable[[str, int], list[int]]:
    """Index the texts; return what ranks them."""
    index = Embeddings(path=os.environ["ENCODER"], hybrid=True, gpu=False)
    index.index(texts)

    def rank(question: str, count: int) -> list[int]:
        return [int(place) for place, _ in index.search(question, count)]

    return rank


if __name__ == "__main__":
    rank_all(make, f"txtai {version('txtai')}")
