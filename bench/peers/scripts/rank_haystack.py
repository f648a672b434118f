"""Haystack's in-memory hybrid pipeline: BM25 and the same encoder, joined by reciprocal ranks."""

import os
from collections.abc import Callable
from importlib.metadata import version

from exchange import rank_all
from haystack import Document
from haystack.components.joiners import DocumentJoiner
from haystack.components.retrievers.in_memory import (
    InMemoryBM25Retriever,
    InMemoryEmbeddingRetriever,
)
from haystack.document_stores.in_memory import InMemoryDocumentStore
from sentence_transformers import SentenceTransformer


def make(texts: list[str]) -> Callable[[str, int], list[int]]:
    """Index the texts; return what ranks them."""
    encoder = SentenceTransformer(os.environ["ENCODER"], device="cpu")
    store = InMemoryDocumentStore(embedding_similarity_function="dot_product")
    vectors = encoder.encode(texts, normalize_embeddings=True).tolist()
    store.write_documents(
        [
            Document(id=str(place), content=text, embedding=vector)
            for place, (text, vector) in enumerate(zip(texts, vectors, strict=True))
        ]
    )
    words, meaning = InMemoryBM25Retriever(store), InMemoryEmbeddingRetriever(store)
    joiner = DocumentJoiner(join_mode="reciprocal_rank_fusion")

    def rank(question: str, count: int) -> list[int]:
        vector = encoder.encode([question], normalize_embeddings=True)[0].tolist()
        lists = [
            words.run(query=question, top_k=count)["documents"],
            meaning.run(query_embedding=vector, top_k=count)["documents"],
        ]
        joined = joiner.run(documents=lists, top_k=count)["documents"]
        return [int(document.id) for document in joined]

    return rank


if __name__ == "__main__":
    rank_all(make, f"haystack-ai {version('haystack-ai')}")
