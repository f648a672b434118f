"""Asking a folder."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from corpus import Document, Skipped
from index import Encoder, Listed, PassageIndex, index_folder_of
from qa.calibration import risk_of
from qa.desk import HITS, Desk
from qa.neural_reader import NeuralReader
from qa.reader import Reader
from qa.recalibration import calibration_in
from qa.span_model import SpanModel
from qa.types import Answer, Citation

__all__ = ["Assistant"]

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
        risk: that the reader was made for; None if it was made for none.
        make_reader: makes a reader for a further handle on the index, so that a second question is
            begun while the first one is read; without it they are answered one after the other.
    """

    def __init__(
        self,
        index: PassageIndex,
        reader: Reader,
        risk: float | None = None,
        make_reader: Callable[[PassageIndex], Reader] | None = None,
    ) -> None:
        self._risk = risk
        self._index = index
        self._make_reader = make_reader
        # Used as a stack: the handle that is used last has the most in memory.
        self._free = [Desk(index, reader, risk)]
        self._in_turn = ThreadPoolExecutor(AT_ONCE if make_reader else 1, "assistant")

    @classmethod
    def open(
        cls,
        folder: str | Path,
        *,
        index: str | Path | None = None,
        encoder: Encoder | None = None,
        risk: str | float = "balanced",
    ) -> Self:
        """Open the index of ``folder``, made by `build`.

        Args:
            folder: the documents.
            index: where their index is kept; ``folder/.pincite`` by default.
            encoder: instead of the one that the index names.
            risk: which share of the questions that the documents do not answer may get an answer,
                from 0 to 1, or ``cautious`` (0.01), ``balanced`` (0.03) or ``eager`` (0.1).

        Raises:
            SettingsError: if ``risk`` is none of these, or the refitted confidence cannot be used.
            IndexMissing: if it has not been built.
            IndexOutdated: if it was built by another version or with another encoder.
            IndexDamaged: if its files are not what they should be.
            ModelUnavailable: if the encoder's weights are missing or wrong.
        """
        where = index_folder_of(Path(folder), Path(index) if index is not None else None)
        accepted = risk_of(risk)
        judged = calibration_in(where)
        model = SpanModel.shipped()

        def reader(opened: PassageIndex) -> NeuralReader:
            return NeuralReader(opened, accepted, model, judged)

        opened = PassageIndex.open(where, encoder)
        return cls(opened, reader(opened), accepted, reader)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Finish what was asked, and close the index."""
        self._in_turn.shutdown()
        for desk in self._free:
            desk.index.close()

    def ask(
        self,
        question: str,
        *,
        only: Sequence[str] = (),
        on_stage: Callable[[str], None] = lambda _: None,
    ) -> Answer:
        """Answer ``question`` from the newest published state of the index.

        Any text is a question; one that the documents do not answer gets an `Answer` with ``found``
        false and the nearest passages. On the same state the same question gives the same answer,
        timings apart.

        Args:
            question: what to answer.
            only: the documents, folders or patterns (``*.pdf``) to ask; all by default.
            on_stage: is told what is begun: ``searching``, ``reading``, ``quoting``.

        Raises:
            InputError: if something in ``only`` names no document.
            IndexOutdated: if a build has been published since `open` that needs another version of
                Pincite, or another encoder than the one that was given.
            IndexDamaged: if the index's files are missing or damaged.
        """
        return self._served(lambda desk: desk.answer(question, only, on_stage))

    def search(
        self, question: str, count: int = HITS, *, only: Sequence[str] = ()
    ) -> tuple[Citation, ...]:
        """Return the passages nearest to ``question``, quoted whole, best first.

        Args:
            question: what to look for.
            count: how many at most.
            only: as in `ask`.

        Raises:
            PinciteError: as `ask` does.
        """
        return self._served(lambda desk: desk.nearest(question, count, only))

    def document(self, id_: str) -> Document:
        """Return a document of the newest published state; KeyError if it is not there."""
        return self._served(lambda desk: desk.index.document(id_))

    def documents(self) -> list[Listed]:
        """Return the documents of the newest published state, by path."""
        return self._served(lambda desk: desk.index.listing())

    def skipped(self) -> list[Skipped]:
        """Return the files that could not be read when that state was built, by path."""
        return self._served(lambda desk: desk.index.skipped())

    def _served(self, find: Callable[[Desk], Found]) -> Found:
        """Return what ``find`` finds in the newest published state, once it is its turn."""

        def found() -> Found:
            desk = self._desk()
            try:
                with desk.index.snapshot():
                    return find(desk)
            finally:
                self._free.append(desk)

        return self._in_turn.submit(found).result()

    def _desk(self) -> Desk:
        """Return a desk that nobody uses, a new one if all are in use."""
        try:
            return self._free.pop()
        except IndexError:
            if self._make_reader is None:
                raise
            index = self._index.another()
            return Desk(index, self._make_reader(index), self._risk)
