"""Asking a folder."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue
from typing import Self, TypeVar

from corpus import Document, Skipped
from index import DocumentSummary, Encoder, Ids, PassageIndex, Settings, index_folder_of
from qa.citations import cite, join_parts
from qa.question import understand
from qa.reading.calibration import calibration_in, parse_false_answer_rate
from qa.reading.model import SpanModel
from qa.reading.reader import NeuralReader, Reader
from qa.retriever import Retriever
from qa.scope import EVERYTHING, Filter, select_documents
from qa.tables import TableReader
from qa.types import Answer, Citation, Excerpt, Hit, Searched
from qa.versions import cite_newest

__all__ = ["HITS", "Assistant", "Pipeline"]

HITS = 10
NEAREST = 3


class Pipeline:
    """Answers from one handle on an index; not safe for two threads at a time.

    Its calls belong inside of the index's snapshot.

    Args:
        index: the open index.
        reader: finds the answer in the passages.
        false_answer_rate: that the reader was made for; None if it was made for none.
        fitted_on: what the reader's probabilities were measured on, in words; empty if unknown.
    """

    def __init__(
        self, index: PassageIndex, reader: Reader, false_answer_rate: float | None, fitted_on: str
    ) -> None:
        self.index = index
        self._fitted_on = fitted_on
        self._false_answer_rate = false_answer_rate
        self._retriever = Retriever(index)
        self._reader = reader

    def answer(
        self, asked: str, only: Sequence[str], where: Filter, on_stage: Callable[[str], None]
    ) -> Answer:
        """Answer a question; see `qa.assistant.Assistant.ask`."""
        on_stage("searching")
        clock = [time.perf_counter()]
        question = understand(asked)
        asked_of = self._asked_of(only, where)
        among, searched = self._among(asked_of)
        hits = tuple(self._retriever.retrieve(question, HITS, among))
        clock.append(time.perf_counter())
        on_stage("reading")
        output = self._reader.read(question, hits)
        clock.append(time.perf_counter())
        on_stage("quoting")
        hits = tuple(hits[rank] for rank in output.ranking) or hits
        citations = self._cite(cite_newest(self.index, output.excerpts, output.parts, asked_of))
        nearest = () if citations else self._cite([_whole(hit) for hit in hits[:NEAREST]])
        return Answer(
            question=asked,
            understood_as=question.text,
            verdict=output.verdict,
            form=output.form,
            text=join_parts(output.form, citations[: output.parts]),
            confidence=output.confidence,
            answerability=output.answerability,
            citations=citations,
            parts=output.parts,
            conflicting=tuple(index + 1 for index in output.conflicting),
            nearest=nearest,
            hits=hits,
            searched=searched,
            false_answer_rate=self._false_answer_rate,
            fitted_on=output.fitted_on or self._fitted_on,
            timings_ms={
                "retrieve": _milliseconds(clock[0], clock[1]),
                "read": _milliseconds(clock[1], clock[2]),
                "total": _milliseconds(clock[0], time.perf_counter()),
            },
        )

    def nearest(
        self, question: str, count: int, only: Sequence[str], where: Filter
    ) -> tuple[Citation, ...]:
        """Quote the passages nearest to a question; see `qa.assistant.Assistant.search`."""
        among, _ = self._among(self._asked_of(only, where))
        hits = self._retriever.retrieve(understand(question), count, among)
        return self._cite(map(_whole, hits))

    def _asked_of(self, only: Sequence[str], where: Filter) -> list[str] | None:
        """Return the documents to ask, None for all."""
        if not only and where == EVERYTHING:
            return None
        return select_documents(self.index.list_origins(), only, where)

    def _among(self, documents: list[str] | None) -> tuple[Ids | None, Searched]:
        """Return the passages to search, None for all, and their number."""
        if documents is None:
            counts = self.index.count()
            return None, Searched(counts["documents"], counts["passages"])
        passages = self.index.passage_ids(documents)
        return passages, Searched(len(documents), len(passages))

    def _cite(self, excerpts: Iterable[Excerpt]) -> tuple[Citation, ...]:
        citations = []
        for number, excerpt in enumerate(excerpts, 1):
            cited, *also = (
                cite(self.index.document(one.document), one, number)
                for one in (excerpt, *excerpt.also)
            )
            citations.append(replace(cited, also=tuple(also)))
        return tuple(citations)


def _whole(hit: Hit) -> Excerpt:
    whole, *copies = (
        Excerpt(p.document, p.start, p.end, p.start, p.end, 0.0) for p in (hit.passage, *hit.copies)
    )
    return replace(whole, also=tuple(copies))


def _milliseconds(start: float, end: float) -> float:
    return round((end - start) * 1000, 1)


Found = TypeVar("Found")

# One is read on all processors while the other is looked for and cited.
AT_ONCE = 2


class Assistant:
    """Answers questions from a folder's index; a context manager; safe to share between threads.

    Who shares it is served in the order of asking, so that nobody waits longer than the others.
    Use `open`; the constructor takes finished parts.

    Args:
        index: the open index.
        reader: finds the answer in the passages.
        false_answer_rate: that the reader was made for; None if it was made for none.
        make_reader: makes a reader for a further handle on the index, so that a second question is
            begun while the first one is read; without it they are answered one after the other.
        fitted_on: what the reader's probabilities were measured on, in words; empty if unknown.
    """

    def __init__(
        self,
        index: PassageIndex,
        reader: Reader,
        false_answer_rate: float | None = None,
        make_reader: Callable[[PassageIndex], Reader] | None = None,
        fitted_on: str = "",
    ) -> None:
        self._fitted_on = fitted_on
        self._false_answer_rate = false_answer_rate
        self._index = index
        self._make_reader = make_reader
        # Used as a stack: the handle that is used last has the most in memory.
        self._free = [Pipeline(index, reader, false_answer_rate, fitted_on)]
        self._in_turn = ThreadPoolExecutor(AT_ONCE if make_reader else 1, "assistant")

    @classmethod
    def open(
        cls,
        folder: str | Path,
        *,
        index: str | Path | None = None,
        encoder: Encoder | None = None,
        false_answer_rate: str | float | None = None,
    ) -> Self:
        """Open the index of ``folder``, made by `build`.

        Args:
            folder: the documents.
            index: where their index is kept; ``folder/.pincite`` by default.
            encoder: instead of the one that the index names.
            false_answer_rate: which share of near misses, questions on what a passage is about
                that it does not answer, may get an answer, from 0 to 1, or ``cautious`` (0.1),
                ``balanced`` (0.35) or ``eager`` (0.6); by default what the settings beside the
                index say.

        Raises:
            SettingsError: if ``false_answer_rate`` is none of these, or the settings or the
                refitted confidence cannot be used.
            IndexMissing: if it has not been built.
            IndexOutdated: if it was built by another version or with another encoder.
            IndexDamaged: if its files are not what they should be.
            ModelUnavailable: if the encoder's weights are missing or wrong.
        """
        where = index_folder_of(folder, index)
        if false_answer_rate is None:
            false_answer_rate = Settings.read(where).false_answer_rate
        rate = parse_false_answer_rate(false_answer_rate)
        judged = calibration_in(where)
        model = SpanModel.shipped()

        def reader(opened: PassageIndex) -> TableReader:
            return TableReader(opened, NeuralReader(opened, rate, model, judged), rate)

        opened = PassageIndex.open(where, encoder)
        return cls(opened, reader(opened), rate, reader, judged.fitted_on)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Finish what was asked, and close the index."""
        self._in_turn.shutdown()
        for pipeline in self._free:
            pipeline.index.close()

    def ask(
        self,
        question: str,
        *,
        only: Sequence[str] = (),
        where: Filter = EVERYTHING,
        on_stage: Callable[[str], None] = lambda _: None,
    ) -> Answer:
        """Answer ``question`` from the newest published state of the index.

        Any text is a question; one that the documents do not answer gets an `Answer` whose verdict
        is ``not_in_documents``, with the nearest passages. On the same state the same question
        gives the same answer, timings apart.

        Args:
            question: what to answer.
            only: the documents, folders or patterns (``*.pdf``) to ask; all by default.
            where: what they must say of themselves: date, author, type.
            on_stage: is called with each stage as it begins: ``searching``, ``reading``,
                ``quoting``.

        Raises:
            UnknownName: if something in ``only`` names no document, or ``where`` leaves none.
            IndexOutdated: if a build has been published since `open` that needs another version of
                Pincite, or another encoder than the one that was given.
            IndexDamaged: if the index's files are missing or damaged.
        """
        return self._serve(
            lambda pipeline: pipeline.answer(question, only, where, on_stage)
        ).result()

    def ask_in_stages(
        self, question: str, *, only: Sequence[str] = (), where: Filter = EVERYTHING
    ) -> Iterator[str | Answer]:
        """Yield the stages of `ask` as they begin (``searching`` and so on), then its answer.

        Args:
            question: what to answer.
            only: as in `ask`.
            where: as in `ask`.

        Raises:
            PinciteError: as `ask` does.
        """
        begun: SimpleQueue[str | None] = SimpleQueue()
        answering = self._serve(lambda pipeline: pipeline.answer(question, only, where, begun.put))
        answering.add_done_callback(lambda _: begun.put(None))
        yield from iter(begun.get, None)
        yield answering.result()

    def search(
        self,
        question: str,
        count: int = HITS,
        *,
        only: Sequence[str] = (),
        where: Filter = EVERYTHING,
    ) -> tuple[Citation, ...]:
        """Return the passages nearest to ``question``, quoted whole, best first.

        Args:
            question: what to look for.
            count: how many at most.
            only: as in `ask`.
            where: as in `ask`.

        Raises:
            PinciteError: as `ask` does.
        """
        return self._serve(lambda pipeline: pipeline.nearest(question, count, only, where)).result()

    def document(self, id_: str) -> Document:
        """Return a document of the newest published state; KeyError if it is not there."""
        return self._serve(lambda pipeline: pipeline.index.document(id_)).result()

    def documents(self) -> list[DocumentSummary]:
        """Return the documents of the newest published state, by path."""
        return self._serve(lambda pipeline: pipeline.index.list_documents()).result()

    def skipped(self) -> list[Skipped]:
        """Return the files that could not be read when that state was built, by path."""
        return self._serve(lambda pipeline: pipeline.index.skipped()).result()

    def _serve(self, find: Callable[[Pipeline], Found]) -> Future[Found]:
        """Call ``find`` on the newest published state when its turn comes."""

        def found() -> Found:
            pipeline = self._pipeline()
            try:
                with pipeline.index.snapshot():
                    return find(pipeline)
            finally:
                self._free.append(pipeline)

        return self._in_turn.submit(found)

    def _pipeline(self) -> Pipeline:
        """Return an idle pipeline, or a new one if all are busy."""
        try:
            return self._free.pop()
        except IndexError:
            if self._make_reader is None:
                raise
            index = self._index.reopen()
            reader = self._make_reader(index)
            return Pipeline(index, reader, self._false_answer_rate, self._fitted_on)
