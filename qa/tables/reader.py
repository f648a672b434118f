"""The composed reader: the single right cell where tables answer, and the text where it does."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace

from corpus import Document, Span, Table
from index import PassageIndex
from qa.question import Question
from qa.reading.reader import Reader
from qa.tables.finding import Found, find_cells
from qa.tables.judging import CellCalibration, cell_calibration
from qa.tables.parts import OF_CHANGE, questions_of_cells
from qa.tables.quoting import quote_cell, quote_row
from qa.tables.views import TableView, is_numeric, views_of
from qa.types import Excerpt, Hit, ReaderOutput

__all__ = ["TableReader"]

logger = logging.getLogger(__name__)

# A cell whose heads leave no more than this of the question unsaid answers a comparison itself.
SAID = 0.15
MOST_EXCERPTS, MOST_ROWS = 5, 3


class TableReader:
    """Answers from the cells of tables, and from the text by another reader.

    A cell answers where it is likelier right than what the text says. Words that the other reader
    marks in the rows of a table are no answer, for they may join what stands in different columns.

    Args:
        index: an open index; calls belong inside its snapshot.
        text: the reader of the text.
        false_answer_rate: share of near misses that may get an answer, 0 to 1.
        fitted: how cells are judged; as it comes with the package by default.
    """

    def __init__(
        self,
        index: PassageIndex,
        text: Reader,
        false_answer_rate: float,
        fitted: CellCalibration | None = None,
    ) -> None:
        self._index = index
        self._text = text
        self._fitted = fitted or cell_calibration()
        self._threshold = self._fitted.threshold(false_answer_rate)

    def read(self, question: Question, hits: Sequence[Hit]) -> ReaderOutput:
        """Return the answer to ``question``, where it may stand, or that there is none."""
        text = self._text.read(question, hits)
        rows = self._rows_joined(text)
        if rows:
            text = replace(text, verdict="perhaps", form="cells", excerpts=rows, parts=len(rows))
        views = views_of(self._index, hits)
        found = find_cells(self._index, question, hits, views, self._fitted)
        if found is None:
            return text
        if not text.ranking:
            text = replace(text, ranking=tuple(range(len(hits))))
        return self._choose(text, self._parts(question, hits, views, found))

    def _parts(
        self, question: Question, hits: Sequence[Hit], views: Sequence[TableView], whole: Found
    ) -> list[Found]:
        """Return what answers together: one cell, or those that the question compares."""
        questions = questions_of_cells(question)
        if not questions or _compares(whole):
            return [whole]
        parts = [find_cells(self._index, one, hits, views, self._fitted) for one in questions]
        known = [part for part in parts if part]
        several = len({part.cells[0].span for part in known}) == len(questions)
        return known if several else [whole]

    def _rows_joined(self, text: ReaderOutput) -> tuple[Excerpt, ...]:
        """Return the rows in which an answer's words stand, unless a single cell says them."""
        if text.verdict != "answered":
            return ()
        rows: list[Excerpt] = []
        for excerpt in text.excerpts[: text.parts]:
            document = self._index.document(excerpt.document)
            answer = Span(excerpt.answer_start, excerpt.answer_end)
            placed = list(_rows_at(document, answer))
            if placed and not _is_said(document, placed, answer):
                rows += (quote_row(document, *row, excerpt.score) for row in placed)
        return tuple(rows[:MOST_ROWS])

    def _choose(self, text: ReaderOutput, parts: Sequence[Found]) -> ReaderOutput:
        right = min(part.right for part in parts)
        near = max(right, min(part.near for part in parts))
        logger.info("best cell: probability %.3f of %.3f needed", right, self._threshold)
        said = text.confidence if text.verdict == "answered" else 0.0
        if right >= max(self._threshold, 0.0 if _agree(text, parts) else said):
            quoted = [quote_cell(part.cells[0], part.right) for part in parts]
            return self._output(text, parts, quoted, (right, near), answered=True)
        may = text.answerability if text.verdict == "perhaps" and text.form != "cells" else 0.0
        if said or near < max(self._fitted.least_near, may):
            return text
        rows = [excerpt for part in parts for excerpt in _where(part)]
        quoted = list({(e.document, e.answer_start): e for e in rows}.values())[:MOST_EXCERPTS]
        return self._output(text, parts, quoted, (right, near), answered=False)

    def _output(
        self,
        text: ReaderOutput,
        parts: Sequence[Found],
        quoted: Sequence[Excerpt],
        odds: tuple[float, float],
        *,
        answered: bool,
    ) -> ReaderOutput:
        first = [part.cells[0].view.rank for part in parts]
        return ReaderOutput(
            excerpts=tuple(quoted),
            verdict="answered" if answered else "perhaps",
            form="cells",
            confidence=odds[0],
            answerability=odds[1],
            parts=len(quoted),
            ranking=tuple(dict.fromkeys([*first, *text.ranking])),
            fitted_on=self._fitted.fitted_on,
        )


def _compares(found: Found) -> bool:
    """Return whether the best cell is itself the change or the ratio that is asked for."""
    cell = found.cells[0]
    names = (cell.view.columns[cell.column].text, cell.view.rows[cell.row].text)
    return any(map(OF_CHANGE.search, names)) and found.nowhere <= SAID


def _rows_at(document: Document, span: Span) -> Iterator[tuple[Table, int]]:
    """Yield the tables and the numbers of their rows in which ``span`` stands."""
    for table in document.tables_in(*span):
        for number in table.numbers_in(*span):
            row = table.rows[number]
            if any(span.overlaps(piece) for piece in (*row.heads[-1:], *row.cells)):
                yield table, number


def _is_said(document: Document, rows: Sequence[tuple[Table, int]], answer: Span) -> bool:
    """Return whether ``answer`` stands in a single head or cell, which is no mere number."""
    here = (table.rows[number] for table, number in rows)
    pieces = (piece for row in here for piece in (*row.heads, *row.cells))
    holding = (p for p in pieces if p.start <= answer.start and answer.end <= p.end)
    return any(not is_numeric(document.text[p.start : p.end]) for p in holding)


def _agree(text: ReaderOutput, parts: Sequence[Found]) -> bool:
    """Return whether the other reader marks words in the same single cell."""
    if text.verdict != "answered":
        return False
    first, cell = text.excerpts[0], parts[0].cells[0]
    same = first.document == cell.view.document.id and len(parts) == text.parts == 1
    return same and Span(first.answer_start, first.answer_end).overlaps(cell.span)


def _where(found: Found) -> list[Excerpt]:
    """Return where the answer may stand: the best cell, or the rows in which several tie."""
    places = [(cell.view.document.id, cell.view.rows[cell.row].number) for cell in found.cells]
    several = {place for place in places if places.count(place) > 1}
    return [
        quote_row(cell.view.document, cell.view.table, place[1], found.near)
        if place in several
        else quote_cell(cell, found.right)
        for cell, place in zip(found.cells, places, strict=True)
    ]
