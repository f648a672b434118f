"""The heads of a table's rows: over several lines, below groups and titles, by indentation."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from corpus.formats.pdf.values import Column, ValueLine, cells_of
from corpus.formats.pdf.words import Word, spans_of, text_of
from corpus.types import Span, TableRow

__all__ = ["table_rows"]

TOTAL = re.compile(r"(?:sub)?total|net (?:cash|increase|decrease|change)", re.IGNORECASE)
UNFINISHED = re.compile(r"(?:[-–,&/]|\b(?:and|or|of|the|in|to|for|from|by|on|with))$")
# In sizes of type: the pitch of lines at most, and the least indentation.
PITCH = 1.9
INDENT = 0.4
MOST_HEADS = 6


@dataclass(frozen=True, slots=True)
class _RowDraft:
    """A row in the making: the words of its head, and its cells unless it has none."""

    words: tuple[Word, ...]
    cells: tuple[Span, ...] | None
    left: float
    top: float
    base: float
    size: float

    @property
    def text(self) -> str:
        return text_of(self.words)


def _draft(line: ValueLine, columns: Sequence[Column]) -> _RowDraft:
    cells, words = cells_of(line, columns)
    left = words[0].left if words else columns[0].left
    return _RowDraft(words, cells, left, line.row.base, line.row.base, line.row.size)


def table_rows(lines: Sequence[ValueLine], columns: Sequence[Column]) -> tuple[TableRow, ...]:
    """Return the rows of a table, each with the heads of its groups.

    Args:
        lines: of the table, from that below the heads of the columns.
        columns: of its values.
    """
    rows: list[TableRow] = []
    groups: list[_HeadGroup] = []
    joined = _outdented(_joined([_draft(line, columns) for line in lines]))
    pitch = median([b.top - a.base for a, b in pairwise(joined)] or [0.0])
    before: _RowDraft | None = None
    for draft in joined:
        blank = before is not None and draft.top - before.base > 1.6 * pitch
        groups = [group for group in groups if group.holds(draft, blank)]
        if draft.cells is None:
            groups = [*groups[-MOST_HEADS:], _HeadGroup(draft, nested=False)]
        else:
            above = [span for group in groups for span in spans_of(group.draft.words)]
            heads = (*above, *spans_of(draft.words)) if draft.words else ()
            rows.append(TableRow(heads, draft.cells))
            groups = [group.with_row(draft) for group in groups]
            if TOTAL.match(draft.text) or not draft.words:
                groups = [group for group in groups if group.nested]
        before = draft
    return tuple(sorted(rows, key=lambda row: row.span))


@dataclass(frozen=True, slots=True)
class _HeadGroup:
    """A row that heads those below it: the indented ones if any is, those up to a blank if not."""

    draft: _RowDraft
    nested: bool

    def holds(self, draft: _RowDraft, blank: bool) -> bool:
        """Return whether a row still belongs to the group."""
        deeper = draft.left - self.draft.left
        slack = INDENT * draft.size
        if self.nested or draft.cells is None:
            return deeper > slack or not draft.words
        return deeper > -slack and not blank

    def with_row(self, draft: _RowDraft) -> "_HeadGroup":
        deeper = draft.left - self.draft.left > INDENT * draft.size
        return replace(self, nested=self.nested or deeper)


def _outdented(drafts: Sequence[_RowDraft]) -> list[_RowDraft]:
    """Return the rows; a title in the middle of the table is the head of all that are below it."""
    lefts = [draft.left for draft in drafts if draft.cells is not None and draft.words]
    if not lefts:
        return list(drafts)
    least, most = min(lefts), max(lefts)
    return [
        replace(draft, left=least - draft.size)
        if draft.cells is None and draft.left > most + 2 * draft.size
        else draft
        for draft in drafts
    ]


def _joined(drafts: Sequence[_RowDraft]) -> list[_RowDraft]:
    """Return the rows, with heads of several lines in one."""
    joined: list[_RowDraft] = []
    rights = sorted((draft.words[-1].right for draft in drafts if draft.words), reverse=True)
    for draft in drafts:
        before = joined[-1] if joined else None
        if before and before.words and _continues(before, draft, rights):
            cells = before.cells if draft.cells is None else draft.cells
            words = (*before.words, *draft.words)
            joined[-1] = _RowDraft(words, cells, before.left, before.top, draft.base, draft.size)
        else:
            joined.append(draft)
    return joined


def _continues(before: _RowDraft, draft: _RowDraft, rights: Sequence[float]) -> bool:
    """Return whether a row's head is the rest of the one above."""
    distance = draft.base - before.base
    if (before.cells and draft.cells) or distance > PITCH * draft.size:
        return False
    if distance < 0.8 * draft.size:
        return True
    if not draft.words or before.text.endswith(":"):
        return False
    if draft.words[0].text[0].islower() or UNFINISHED.search(before.text):
        return True
    if before.cells is not None or draft.cells is None:
        return False
    right, word = before.words[-1].right, draft.words[0]
    widest = rights[1] if len(rights) > 1 and right >= rights[0] else rights[0]
    return right + (word.right - word.left) + 0.25 * word.size > widest
