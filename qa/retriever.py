"""The passages that may answer a question: searched and fused."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from index import Ids, PassageIndex, Vectors
from qa.question import Question
from qa.types import Hit

__all__ = ["Retriever", "fuse"]

# Chosen on questions of SQuAD 1.1's training set; success@1 changes by under 0.01 from 1.6 to 3.
SIMILARITY_WEIGHT = 2.2


def fuse(similarities: Vectors, bm25: Vectors, weight: float = SIMILARITY_WEIGHT) -> Vectors:
    """Return one score for each candidate passage of a question, higher is better.

    The score is ``weight * similarity + bm25 / max(bm25)``: a convex combination up to a factor,
    after dividing each score by its largest possible value, a cosine by 1 (after TM2C2 of Bruch,
    Gai and Ingber 2023, "An analysis of fusion functions for hybrid retrieval"). Unlike reciprocal
    rank fusion it keeps how much better the best passage is; unlike min-max scaling it does not
    depend on how many candidates were looked at.

    Args:
        similarities: cosines of the candidates, shape ``(n,)``.
        bm25: BM25 scores of the candidates, shape ``(n,)``; 0 where terms did not find one.
        weight: how much a cosine of 1 counts against the best BM25 score.

    Raises:
        ValueError: if the shapes differ.
    """
    if similarities.shape != bm25.shape:
        raise ValueError(f"{similarities.shape} similarities for {bm25.shape} BM25 scores")
    best = float(bm25.max(initial=0.0)) or 1.0
    return np.asarray(weight * similarities + bm25 / best, np.float32)


# How many passages each of the two searches hands to the fusion.
CANDIDATES = 100
# The same words have the same vector, but products of vectors differ in their last digits.
SAME_SIMILARITY = 1e-5


class Retriever:
    """Hybrid retrieval: candidates by vector similarity and by BM25, ranked by the fused score.

    Args:
        index: an open index; calls belong inside its snapshot.
    """

    def __init__(self, index: PassageIndex) -> None:
        self._index = index

    def retrieve(self, question: Question, k: int, only: Ids | None = None) -> list[Hit]:
        """Return at most ``k`` different passages, best first; equal scores in document order.

        Args:
            question: what was asked.
            k: how many to find.
            only: ids of the passages to choose from; None for all.
        """
        if not question.terms:
            return []
        vector = self._index.encoder.encode_question(question.text)
        near, similarities = self._index.search_vectors(vector, CANDIDATES, only)
        matching, bm25 = self._index.search_terms(question.terms, CANDIDATES, only)
        near_ranks = {int(id_): rank for rank, id_ in enumerate(near, 1)}
        match_ranks = {int(id_): rank for rank, id_ in enumerate(matching, 1)}

        ids = sorted(near_ranks.keys() | match_ranks.keys())
        cosine = dict(zip(near_ranks, map(float, similarities), strict=True))
        # BM25 candidates that are far by vector: their exact similarity, not a guess.
        far = [id_ for id_ in ids if id_ not in cosine]
        if far:
            cosine |= zip(far, map(float, self._index.vectors(far) @ vector), strict=True)
        matches = dict(zip(match_ranks, map(float, bm25), strict=True))
        scores = fuse(
            np.array([cosine[id_] for id_ in ids], np.float32),
            np.array([matches.get(id_, 0.0) for id_ in ids], np.float32),
        )
        passages = self._index.passages(ids)
        hits = [
            Hit(
                passage=passages[id_],
                score=float(score),
                similarity=cosine[id_],
                similarity_rank=near_ranks.get(id_),
                bm25=matches.get(id_, 0.0),
                bm25_rank=match_ranks.get(id_),
            )
            for id_, score in zip(ids, scores, strict=True)
        ]
        hits.sort(key=lambda hit: (-hit.score, hit.passage.document, hit.passage.start))
        return self._distinct(hits, k)

    def _distinct(self, hits: Sequence[Hit], k: int) -> list[Hit]:
        """Return the best ``k`` of different text; the copies of a passage join it.

        Without this, ten copies of one page would be all that is read.
        """
        kept: list[Hit] = []
        for hit in hits:
            copied = next((at for at, other in enumerate(kept) if self._same(hit, other)), None)
            if copied is not None:
                kept[copied] = replace(kept[copied], copies=(*kept[copied].copies, hit.passage))
            elif len(kept) < k:
                kept.append(hit)
        return kept

    def _same(self, hit: Hit, other: Hit) -> bool:
        alike = abs(hit.similarity - other.similarity) < SAME_SIMILARITY
        return alike and self._text(hit) == self._text(other)

    def _text(self, hit: Hit) -> str:
        passage = hit.passage
        return self._index.document(passage.document).text[passage.start : passage.end]
