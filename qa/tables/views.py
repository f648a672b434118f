"""The tables that hits lead to, with the words of their heads: where a cell is looked for."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile

from corpus import (
    Document,
    Span,
    Table,
    name_words,
    plain,
    subject_of,
)
from index import PassageIndex, terms
from qa.tables.periods import Periods, periods_in
from qa.tables.wording import HeadWords, head_words
from qa.types import Hit

__all__ = [
    "HITS_LOOKED_AT",
    "TableCell",
    "TableView",
    "ViewColumn",
    "ViewRow",
    "is_numeric",
    "own_heads",
    "views_of",
]

HITS_LOOKED_AT = 8
# In characters: how near to a passage a table begins that may be meant by it.
NEAR_BEFORE, NEAR_AFTER = 200, 600
# Rows of one table, before and after those that were hit.
ROWS_AROUND = 60
MOST_COLUMNS = 64
MOST_CELLS = 4000
# In characters: where a document says whose it is.
OPENING = 1500
LONGEST_HEAD, LONGEST_NAMED = 400, 80
NUMERIC = re.compile(
    r"[\s(\[+–—−-]*(?:[A-Z]{3}\s?|[A-Z]{0,2}[$£€¥]\s?)?[(+−–-]?\s*\d[\d\s.,'’]*"
    r"(?:%|[a-z]{1,2}\b|million|billion)?[\s)\]*†‡]*(?:\(\d\))?"
)
BLANK = re.compile(r"[\s$£€¥]*(?:[-–—−.*]+|n/?a|nil|none)?\s*", re.I)
TIMED = re.compile(
    r"\d{1,2}[:.]\d\d(?:\s?[ap]m)?|.*\b(?:19|20)\d\d\b.*|.*\d{1,2}\s+[A-Z][a-z]{2,8}.*"
)


@dataclass(frozen=True, slots=True)
class ViewColumn:
    """A column that is looked at: its number, its heads, and the period that they name."""

    number: int
    words: HeadWords
    periods: Periods
    text: str


@dataclass(frozen=True, slots=True)
class ViewRow:
    """A row that is looked at.

    Args:
        number: in its table.
        own: the words of its own head.
        group: those of the heads above it.
        periods: that its heads name.
        text: caption and heads, as the encoder is given them.
        hit: whether it stands in the passage that was found.
    """

    number: int
    own: HeadWords
    group: HeadWords
    periods: Periods
    text: str
    hit: bool


@dataclass(frozen=True, slots=True)
class TableView:
    """A table, or the rows of it that are near to a hit.

    Args:
        document: that it stands in.
        table: the table.
        rank: of its hit, from 0.
        rows: of the table.
        columns: of the table.
        context: the words of caption, units and headings.
        context_periods: that these name.
        units: what the table's numbers are counted in.
        identity: what the document says of itself: its subject and its file's name.
        identity_periods: that these name.
        opening: the words that the document begins with.
    """

    document: Document
    table: Table
    rank: int
    rows: tuple[ViewRow, ...]
    columns: tuple[ViewColumn, ...]
    context: HeadWords
    context_periods: Periods
    units: str
    identity: HeadWords
    identity_periods: Periods
    opening: frozenset[str]

    def quote(self, span: Span) -> str:
        """Return the document's text in ``span``."""
        return self.document.text[span.start : span.end]


@dataclass(frozen=True, slots=True)
class TableCell:
    """A cell that may be the answer, by its places in ``view.rows`` and ``view.columns``."""

    view: TableView
    row: int
    column: int

    @property
    def span(self) -> Span:
        """Where its value stands."""
        column = self.view.columns[self.column].number
        return self.view.table.rows[self.view.rows[self.row].number].cells[column]

    @property
    def text(self) -> str:
        """Its value."""
        return self.view.quote(self.span)

    @property
    def numeric(self) -> bool:
        """Whether it is a number, maybe with its currency or its unit."""
        return is_numeric(self.text)

    @property
    def blank(self) -> bool:
        """Whether it says that there is nothing."""
        return BLANK.fullmatch(self.text) is not None

    @property
    def timed(self) -> bool:
        """Whether it is a time or a date."""
        return TIMED.fullmatch(self.text) is not None


def is_numeric(text: str) -> bool:
    """Return whether ``text`` is a single number, maybe with its currency or its unit."""
    return NUMERIC.fullmatch(text) is not None


def views_of(index: PassageIndex, hits: Sequence[Hit]) -> list[TableView]:
    """Return the tables at the best of ``hits``, those of the best hit first.

    Args:
        index: where the documents are.
        hits: what was found, best first.
    """
    found: dict[tuple[str, int, int], tuple[int, Table, set[int], set[int]]] = {}
    for rank, hit in enumerate(hits[:HITS_LOOKED_AT]):
        passage = hit.passage
        document = index.document(passage.document)
        start, end = max(0, passage.start - NEAR_BEFORE), passage.end + NEAR_AFTER
        for table in document.tables_in(start, end):
            key = document.id, *table.span
            *_, rows, inside = found.setdefault(key, (rank, table, set(), set()))
            near = table.numbers_in(start, end)
            first, last = near.start - ROWS_AROUND, near.stop + ROWS_AROUND
            rows.update(range(max(0, first), min(len(table.rows), last)))
            inside.update(table.numbers_in(passage.start, passage.end))
    views, left = [], MOST_CELLS
    for (id_, *_), (rank, table, rows, inside) in found.items():
        columns = min(MOST_COLUMNS, len(table.columns))
        kept = sorted(rows)[: left // max(1, columns)]
        left -= len(kept) * columns
        if kept:
            views.append(_view(index.document(id_), table, rank, kept, inside))
    return views


def own_heads(table: Table, number: int) -> tuple[Span, ...]:
    """Return the heads of a row that it does not share with the rows beside it.

    A head that takes several lines is several spans; that of a group stands with each of its rows.
    """
    beside = (n for n in (number - 1, number + 1) if 0 <= n < len(table.rows))
    shared = {head for n in beside for head in table.rows[n].heads}
    heads = table.rows[number].heads
    return tuple(reversed([*takewhile(lambda head: head not in shared, reversed(heads))]))


def _view(
    document: Document, table: Table, rank: int, numbers: Sequence[int], hit: set[int]
) -> TableView:
    headings = [heading.title for heading in document.headings_at(table.span.start)]
    caption, units = _quoted(document, table.caption), _quoted(document, table.units)
    context = " ".join([*headings[-2:], caption, units])
    identity = f"{subject_of(document)} {document.title} {name_words(document.id)}"
    # The digits of a file's name are no words that tell something, but its year does.
    dated = f"{identity} {document.id.replace('_', ' ')} {document.metadata.date[:4]}"
    named = caption or " ".join(headings[-1:])
    columns = enumerate(_quoted(document, spans) for spans in table.columns[:MOST_COLUMNS])
    return TableView(
        document=document,
        table=table,
        rank=rank,
        rows=tuple(_row(document, table, number, named, number in hit) for number in numbers),
        columns=tuple(
            ViewColumn(at, head_words(text), periods_in(text), text) for at, text in columns
        ),
        context=head_words(context),
        context_periods=periods_in(context),
        units=units,
        identity=head_words(identity),
        identity_periods=periods_in(dated),
        opening=frozenset(terms(document.text[:OPENING])),
    )


def _row(document: Document, table: Table, number: int, named: str, hit: bool) -> ViewRow:
    own = own_heads(table, number)
    group = [head for head in table.rows[number].heads if head not in own]
    own_text, group_text = _quoted(document, own), _quoted(document, group)
    return ViewRow(
        number=number,
        own=head_words(own_text),
        group=head_words(group_text),
        periods=periods_in(f"{own_text} {group_text}"),
        text=" > ".join(part for part in (named[:LONGEST_NAMED], group_text, own_text) if part),
        hit=hit,
    )


def _quoted(document: Document, spans: Iterable[Span]) -> str:
    """Return the words of ``spans``, of long ones the first."""
    return plain(" ".join(document.text[s.start : s.end] for s in spans)[:LONGEST_HEAD])
