"""One question at a time: retrieved, read and cited from one handle on the index."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from index import Ids, PassageIndex
from qa.citations import cite
from qa.question import understand
from qa.reader import Reader
from qa.retriever import Retriever
from qa.scope import documents_in
from qa.types import Answer, Citation, Excerpt, Hit, Searched

__all__ = ["HITS", "Desk"]

HITS = 10
NEAREST = 3


class Desk:
    """Answers from one handle on an index; not safe for two threads at a time.

    Its calls belong inside of the index's snapshot.

    Args:
        index: the open index.
        reader: finds the answer in the passages.
        risk: that the reader was made for; None if it was made for none.
    """

    def __init__(self, index: PassageIndex, reader: Reader, risk: float | None) -> None:
        self.index = index
        self._risk = risk
        self._retriever = Retriever(index)
        self._reader = reader

    def answer(self, asked: str, only: Sequence[str], on_stage: Callable[[str], None]) -> Answer:
        """Answer a question; see `qa.assistant.Assistant.ask`."""
        on_stage("searching")
        clock = [time.perf_counter()]
        question = understand(asked)
        among, searched = self._among(only)
        hits = tuple(self._retriever.retrieve(question, HITS, among))
        clock.append(time.perf_counter())
        on_stage("reading")
        reading = self._reader.read(question, hits)
        clock.append(time.perf_counter())
        on_stage("quoting")
        hits = tuple(hits[place] for place in reading.ranking) or hits
        found = bool(reading.excerpts)
        citations = self._cite(reading.excerpts)
        nearest = () if found else self._cite([_whole(hit) for hit in hits[:NEAREST]])
        return Answer(
            question=asked,
            understood_as=question.text,
            found=found,
            text=citations[0].answer if found else "",
            confidence=reading.confidence,
            citations=citations,
            differing=tuple(place + 1 for place in reading.differing),
            nearest=nearest,
            hits=hits,
            searched=searched,
            risk=self._risk,
            timings_ms={
                "retrieve": _milliseconds(clock[0], clock[1]),
                "read": _milliseconds(clock[1], clock[2]),
                "total": _milliseconds(clock[0], time.perf_counter()),
            },
        )

    def nearest(self, question: str, count: int, only: Sequence[str]) -> tuple[Citation, ...]:
        """Quote the passages nearest to a question; see `qa.assistant.Assistant.search`."""
        among, _ = self._among(only)
        hits = self._retriever.retrieve(understand(question), count, among)
        return self._cite(map(_whole, hits))

    def _among(self, only: Sequence[str]) -> tuple[Ids | None, Searched]:
        """Return the passages to choose from, None for all, and how much that is."""
        if not only:
            counts = self.index.counts()
            return None, Searched(counts["documents"], counts["passages"])
        documents = documents_in(self.index.documents(), only)
        passages = self.index.passage_ids(documents)
        return passages, Searched(len(documents), len(passages))

    def _cite(self, excerpts: Iterable[Excerpt]) -> tuple[Citation, ...]:
        return tuple(
            replace(
                self._cite_one(excerpt, number),
                also=tuple(self._cite_one(copy, number) for copy in excerpt.also),
            )
            for number, excerpt in enumerate(excerpts, 1)
        )

    def _cite_one(self, excerpt: Excerpt, number: int) -> Citation:
        return cite(self.index.document(excerpt.document), excerpt, number)


def _whole(hit: Hit) -> Excerpt:
    whole, *copies = (
        Excerpt(p.document, p.start, p.end, p.start, p.end, 0.0) for p in (hit.passage, *hit.copies)
    )
    return replace(whole, also=tuple(copies))


def _milliseconds(start: float, end: float) -> float:
    return round((end - start) * 1000, 1)
