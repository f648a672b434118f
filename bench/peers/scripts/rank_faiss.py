"""Plain FAISS over the same encoder: sentence-transformers, inner product of unit vectors."""

import os
from collections.abc import Callable
from importlib.metadata import version

import faiss
from exchange import rank_all
from sentence_transformers import SentenceTransformer


def make(texts: list[str]) -> Callable[[str, int], list[int]]:
    """Index the texts; return what ranks them."""
    encoder = SentenceTransformer(os.environ["ENCODER"], device="cpu")
    index = faiss.IndexFlatIP(encoder.get_embedding_dimension())
    index.add(encoder.encode(texts, normalize_embeddings=True))

    def rank(question: str, count: int) -> list[int]:
        _, places = index.search(encoder.encode([question], normalize_embeddings=True), count)
        return [int(place) for place in places[0] if place >= 0]

    return rank


if __name__ == "__main__":
    rank_all(make, f"faiss-cpu {version('faiss-cpu')}")
