"""A grid of cells, as a format's structure gives it, into tables: which cell is of what.

Formats know where a cell stands; which cells are heads of which is decided here, for all of them.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from corpus.formats.amounts import (
    CellKind,
    is_closing,
    is_opening,
    is_total,
    kind_of,
    units_in,
    without_note,
)
from corpus.types import Span, Table, TableRow

__all__ = ["GridCell", "tables_of"]

# Rows times columns; what is larger nobody reads as a table.
MOST_SLOTS = 4_000_000
MOST_COLUMNS = 1_000
# Cells longer than this hold paragraphs, and a grid with such a share of them lays out a page.
LONG_CELL = 600
LONG_SHARE = 0.2
# Titles above a table; pictures' descriptions and what else stands there are none.
MOST_TITLES = 3
LONGEST_TITLE = 200
# Rows of column heads in one place.
MOST_HEADS = 8
# Groups in groups.
MOST_GROUPS = 4
NUMERIC = frozenset({CellKind.AMOUNT, CellKind.YEAR, CellKind.NOTHING})


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell that is not empty, where the format's structure puts it.

    Args:
        row: from 0; rows that are covered from above count too.
        column: from 0, likewise.
        span: its visible text, without outer white space.
        rows: how many rows it covers.
        columns: how many columns it covers.
        head: whether the source says that it is a head.
    """

    row: int
    column: int
    span: Span
    rows: int = 1
    columns: int = 1
    head: bool = False


@dataclass(frozen=True, slots=True)
class _ReadCell:
    """A cell with what its text is; its slots are the columns it covers, of those in use."""

    place: GridCell
    kind: CellKind
    text: str
    slots: range = range(0)

    @property
    def span(self) -> Span:
        return self.place.span


@dataclass(frozen=True, slots=True)
class _GridRow:
    """A row: its cells from left to right, and in which slots; some begin in a row above."""

    number: int
    cells: Sequence[_ReadCell]
    slots: Mapping[int, _ReadCell]

    @property
    def own(self) -> list[_ReadCell]:
        """Its cells that do not begin above it."""
        return [cell for cell in self.cells if cell.place.row == self.number]

    @property
    def values(self) -> list[_ReadCell]:
        """Its cells but for the one in the first column."""
        return [cell for cell in self.cells if cell.slots.start > 0]

    @property
    def is_label(self) -> bool:
        """Whether it has one cell only, at its beginning: a title, a group, a note."""
        return len(self.cells) == 1 and self.cells[0].slots.start == 0


@dataclass(frozen=True, slots=True)
class _GridBlock:
    """Rows under the same column heads; ``has_amounts``: beside the first column."""

    heads: Sequence[_GridRow]
    body: Sequence[_GridRow]
    has_amounts: bool


def tables_of(
    cells: Sequence[GridCell],
    text: str,
    caption: Sequence[Span] = (),
    units: Sequence[Span] = (),
) -> tuple[Table, ...]:
    """Return the tables that a grid holds: one for each time that its heads are given.

    Column heads are the rows that are marked so, or else the first ones above the numbers; the
    first row where there are no numbers. Row heads are the columns that are marked so, or else the
    first ones that together tell the rows apart. A row with nothing but a head is a group's: it
    heads the rows below it, down to the next of its kind or to its total. A title above the heads
    is the caption; what the numbers are counted in is looked for in it, too. A value that covers
    several rows stands in each of them.

    Args:
        cells: in any order.
        text: what their spans point into.
        caption: what else names the table.
        units: what else says in which units it counts.

    Returns:
        Tables in text order; none where the grid lays out a page, or has no two rows and columns.
    """
    rows = _rows(cells, text)
    if not _is_table(rows):
        return ()
    titles = list(takewhile(lambda row: row.is_label, rows))
    blocks = _blocks(rows[len(titles) :])
    above = [row.cells[0] for row in titles[:MOST_TITLES]]
    named = [*caption, *(cell.span for cell in above if len(cell.text) <= LONGEST_TITLE)]
    counted = [*units, *(span for title in named for span in units_in(text, title))]
    counted += (span for block in blocks for span in _units(block, text))
    captions = tuple(span for span in named if span not in counted)
    tables = (_table(block, captions, tuple(dict.fromkeys(counted))) for block in blocks)
    return tuple(table for table in tables if table is not None)


# Cells into rows


def _rows(cells: Sequence[GridCell], text: str) -> list[_GridRow]:
    """Return the rows that are not empty; numbers and the marks beside them are made one."""
    starting: dict[int, list[_ReadCell]] = {}
    for place in sorted(cells, key=lambda cell: (cell.row, cell.column)):
        starting.setdefault(place.row, []).append(_read(place, text))
    folded = {number: _fold(row) for number, row in starting.items()}
    places = [cell.place for row in folded.values() for cell in row]
    edges = {edge for p in places for edge in (p.column, p.column + p.columns)}
    if len(edges) > MOST_COLUMNS or len(folded) * len(edges) > MOST_SLOTS:
        return []
    slots = {edge: slot for slot, edge in enumerate(sorted(edges))}
    return list(_filled(folded, slots))


def _read(place: GridCell, text: str) -> _ReadCell:
    """Return a cell with its text; the mark of a note is no part of a number."""
    source = text[place.span.start : place.span.end]
    amount = source if place.head else without_note(source)
    if amount != source:
        place = replace(place, span=Span(place.span.start, place.span.start + len(amount)))
    return _ReadCell(place, kind_of(amount), amount)


def _fold(cells: Sequence[_ReadCell]) -> list[_ReadCell]:
    """Give a number the places of the ``$`` before it and the ``)`` or ``%`` behind it."""
    folded: list[_ReadCell] = []
    for cell in cells:
        last = folded[-1] if folded else None
        if last is None or cell.place.head:
            folded.append(cell)
        elif cell.kind in NUMERIC and is_opening(last.text):
            folded[-1] = replace(cell, place=_widened(cell.place, last.place))
        elif last.kind in NUMERIC and is_closing(cell.text):
            folded[-1] = replace(last, place=_widened(last.place, cell.place))
        else:
            folded.append(cell)
    return folded


def _widened(place: GridCell, other: GridCell) -> GridCell:
    start = min(place.column, other.column)
    end = max(place.column + place.columns, other.column + other.columns)
    return replace(place, column=start, columns=end - start)


def _filled(
    rows: Mapping[int, Sequence[_ReadCell]], slots: Mapping[int, int]
) -> Iterator[_GridRow]:
    """Yield the rows, with the cells from above that reach into them."""
    above: dict[int, _ReadCell] = {}
    for number, cells in rows.items():
        filled = {s: c for s, c in above.items() if c.place.row + c.place.rows > number}
        for cell in cells:
            place = cell.place
            covered = range(slots[place.column], slots[place.column + place.columns])
            placed = _ReadCell(place, cell.kind, cell.text, covered)
            for slot in covered:
                filled.setdefault(slot, placed)
        ordered = dict(sorted(filled.items()))
        different = {id(cell): cell for cell in ordered.values()}
        yield _GridRow(number, list(different.values()), ordered)
        above = filled


def _is_table(rows: Sequence[_GridRow]) -> bool:
    cells = [cell for row in rows for cell in row.own]
    long = sum(len(cell.text) > LONG_CELL for cell in cells)
    several = any(len(row.cells) > 1 for row in rows)
    named = any(map(str.isalnum, "".join(cell.text for cell in cells if cell.slots.start == 0)))
    return len(rows) > 1 and several and named and long <= LONG_SHARE * len(cells)


# Rows into blocks


def _blocks(rows: Sequence[_GridRow]) -> list[_GridBlock]:
    """Cut the rows where column heads are given again."""
    count = _head_count(rows)
    has_amounts = _have_amounts(rows[count:])
    whole = _GridBlock(rows[:count], rows[count:], has_amounts)
    blocks: list[_GridBlock] = []
    heads, body, begun = list(whole.heads), list[_GridRow](), False
    for at, row in enumerate(whole.body):
        if not _is_head_again(whole, at) or (len(heads) == MOST_HEADS and not begun):
            body.append(row)
            begun = begun or not row.is_label
            continue
        if begun:
            led = list(takewhile(lambda line: line.is_label, reversed(body)))[::-1]
            blocks.append(_GridBlock(heads, body[: len(body) - len(led)], has_amounts))
            heads, body, begun = [], led, False
        heads.append(row)
    return [*blocks, _GridBlock(heads, body, has_amounts)]


def _have_amounts(rows: Sequence[_GridRow]) -> bool:
    return any(cell.kind is CellKind.AMOUNT for row in rows for cell in row.values)


def _head_count(rows: Sequence[_GridRow]) -> int:
    """Return how many of the first rows are heads of columns."""
    marked = len(list(takewhile(_is_marked, rows)))
    if marked == len(rows) or marked > MOST_HEADS:
        return 1
    while marked and rows[marked - 1].is_label:
        marked -= 1
    has_amounts = _have_amounts(rows[1:])
    if not marked and not _begins_with_heads(rows[0], has_amounts):
        return 0
    count = max(marked, 1)
    while count < min(len(rows) - 1, MOST_HEADS) and _heads_go_on(rows[count - 1], rows[count]):
        if marked and not (has_amounts and _is_dated(rows[count])):
            break
        count += 1
    return count


def _is_marked(row: _GridRow) -> bool:
    return all(cell.place.head for cell in row.cells)


def _begins_with_heads(row: _GridRow, has_amounts: bool) -> bool:
    """Return whether the first row, which is not marked, is one of heads."""
    first = row.cells[0]
    if first.place.head or first.text.endswith(":"):
        return False  # the row's own head
    return _may_head(row) and (has_amounts or not _is_dated(row))


def _is_dated(row: _GridRow) -> bool:
    return any(cell.kind is CellKind.YEAR for cell in row.values)


def _may_head(row: _GridRow) -> bool:
    """Return whether no cell beside the first one is a number; years may be heads."""
    kinds = {cell.kind for cell in row.values}
    return bool(kinds) and kinds <= {CellKind.TEXT, CellKind.YEAR}


def _heads_go_on(above: _GridRow, row: _GridRow) -> bool:
    """Return whether ``row`` is one more level of heads, below ``above``."""
    if not _may_head(row):
        return False
    corner = row.slots.get(0)
    if corner is None or corner.place.row < row.number:
        return True
    wide = 0 not in above.slots or any(len(cell.slots) > 1 for cell in above.values)
    return wide and len(above.values) < len(row.values)


def _is_head_again(block: _GridBlock, at: int) -> bool:
    """Return whether the body's row ``at`` begins or goes on with column heads of its own."""
    row = block.body[at]
    own = row.own
    if len(own) > 1 and any(_are_alike(own, head.own) for head in block.heads):
        return True
    if any(_is_marked(head) for head in block.heads):
        return len(own) > 1 and _is_marked(row)
    if not block.has_amounts or not _has_only_heads(row):
        return False
    return len(own) > 1 or any(
        _has_only_heads(below) and len(below.own) > 1 for below in block.body[at + 1 : at + 2]
    )


def _are_alike(one: Sequence[_ReadCell], other: Sequence[_ReadCell]) -> bool:
    return [cell.text for cell in one] == [cell.text for cell in other]


def _has_only_heads(row: _GridRow) -> bool:
    """Return whether a row has words or years, but nothing that they are of."""
    return 0 not in row.slots and _may_head(row)


def _units(block: _GridBlock, text: str) -> Iterator[Span]:
    """Yield what says units in the corner, and in rows that say nothing else."""
    for row in block.heads:
        for cell in row.own:
            found = list(units_in(text, cell.span))
            if cell.slots.start == 0 or (len(row.own) == 1 and found == [cell.span]):
                yield from found
    for row in block.body:
        if row.is_label:
            yield from (s for s in units_in(text, row.cells[0].span) if s == row.cells[0].span)


# Blocks into tables


def _table(block: _GridBlock, caption: tuple[Span, ...], units: tuple[Span, ...]) -> Table | None:
    columns = _columns(block)
    if len(columns) < 2:
        return None
    lines = [_placed(row, columns) for row in block.body]
    facts = [line for row, line in zip(block.body, lines, strict=True) if not row.is_label]
    count = _head_columns(facts, block.has_amounts)
    rows = list(_table_rows(block, lines, count, columns[count][0], frozenset(units)))
    used = [j for j in range(len(columns) - count) if any(_is_filled(row.cells[j]) for row in rows)]
    if not used:
        return None
    heads = tuple(_column_heads(block, columns[count + j], frozenset(units)) for j in used)
    picked = (TableRow(row.heads, tuple(row.cells[j] for j in used)) for row in rows)
    return Table(heads, tuple(picked), caption, units)


def _is_filled(span: Span) -> bool:
    return span.start < span.end


def _columns(block: _GridBlock) -> list[list[int]]:
    """Return the slots of each column: number and mark may begin in different ones."""
    filled: dict[int, dict[int, _ReadCell]] = {}
    for row in block.body:
        if len(row.cells) > 1:
            for slot, cell in row.slots.items():
                filled.setdefault(slot, {})[row.number] = cell
    columns: list[list[int]] = []
    cells: dict[int, _ReadCell] = {}
    for slot in sorted({*filled, *(slot for head in block.heads for slot in head.slots)}):
        more = filled.get(slot, {})
        if columns and _are_one(block.heads, columns, cells, slot, more):
            columns[-1].append(slot)
            cells |= more
        else:
            columns.append([slot])
            cells = dict(more)
    return columns


def _are_one(
    heads: Sequence[_GridRow],
    columns: Sequence[Sequence[int]],
    cells: Mapping[int, _ReadCell],
    slot: int,
    more: Mapping[int, _ReadCell],
) -> bool:
    """Return whether a slot belongs to the last column: nothing tells them apart.

    Args:
        heads: the rows of heads.
        columns: the columns up to here.
        cells: those of the last column, by row.
        slot: the next one.
        more: its cells, by row.
    """
    both = cells.keys() & more.keys()
    if any(cells[row] is not more[row] for row in both):
        return False
    above = _lowest_head(heads, [slot])
    before = _lowest_head(heads, columns[-1])
    if above and before:
        return above is before and (bool(both) or not cells or not more)
    if both or not cells:
        return True
    return not more and (above is None or len(columns) > 1)


def _lowest_head(heads: Sequence[_GridRow], slots: Sequence[int]) -> _ReadCell | None:
    cells = (row.slots.get(slot) for row in reversed(heads) for slot in slots)
    return next((cell for cell in cells if cell is not None), None)


def _placed(row: _GridRow, columns: Sequence[Sequence[int]]) -> list[_ReadCell | None]:
    """Return the cell of each column; what covers several stands in the first."""
    placed: list[_ReadCell | None] = []
    seen: set[int] = set()
    for slots in columns:
        cells = (row.slots[slot] for slot in slots if slot in row.slots)
        cell = next((cell for cell in cells if id(cell) not in seen), None)
        seen.add(id(cell))
        placed.append(cell)
    return placed


def _head_columns(lines: Sequence[Sequence[_ReadCell | None]], has_amounts: bool) -> int:
    """Return how many of the first columns are heads of rows, at least one."""
    most = len(lines[0]) - 1 if lines else 1
    columns = [[line[j] for line in lines] for j in range(most)]
    marked = [_mostly(column, lambda cell: cell.place.head) for column in columns]
    if True in marked:
        first = marked.index(True)
        return first + len(list(takewhile(bool, marked[first:])))
    count = 1
    while count < most and _mostly(columns[count], lambda cell: cell.kind is CellKind.TEXT):
        numbered = not any(
            _mostly(c, lambda cell: cell.kind is CellKind.TEXT) for c in columns[:count]
        )
        if not numbered and _tell_rows_apart(columns[:count], has_amounts):
            break
        count += 1
    return count


def _mostly(column: Sequence[_ReadCell | None], test: Callable[[_ReadCell], bool]) -> bool:
    cells = [cell for cell in column if cell is not None]
    return 2 * sum(map(test, cells)) > len(cells)


def _tell_rows_apart(columns: Sequence[Sequence[_ReadCell | None]], has_amounts: bool) -> bool:
    """Return whether each row has a head of its own; the same words again count with numbers."""
    lines = list(zip(*columns, strict=True))
    if any(not any(line) for line in lines):
        return False
    if has_amounts:
        keys = [tuple(cell and cell.text for cell in line) for line in lines]
        return len(set(keys)) == len(keys)
    return len({tuple(map(id, line)) for line in lines}) == len(lines)


@dataclass(frozen=True, slots=True)
class _RowGroup:
    """The head of a group of rows; ``kind`` is how it looks: over all columns or not, marked."""

    cell: _ReadCell
    kind: tuple[bool, bool]


def _table_rows(
    block: _GridBlock,
    lines: Sequence[Sequence[_ReadCell | None]],
    count: int,
    beyond: int,
    units: frozenset[Span],
) -> Iterator[TableRow]:
    """Yield the rows with values, each below the groups that it belongs to.

    Args:
        block: the rows.
        lines: the cell of each column, row by row.
        count: how many columns are heads.
        beyond: the first slot of the others.
        units: what heads nothing.
    """
    groups: list[_RowGroup] = []
    above: list[_ReadCell | None] = [None] * count
    begun = False
    grouped = _begins_with_group(block, units)
    for row, line in zip(block.body, lines, strict=True):
        if row.is_label:
            label, wide = row.cells[0], beyond in row.slots
            if label.span not in units and (wide or grouped or label.text.endswith(":")):
                group = _RowGroup(label, (wide, label.place.head))
                groups = _regrouped(groups, group, begun)
                begun = False
                above = [None] * count
        elif any(line[count:]):
            above = _inherited(line[:count], above)
            heads = [cell for cell in above if cell is not None]
            over = [group.cell for group in groups] if heads else []
            spans = dict.fromkeys(cell.span for cell in (*over, *heads))
            yield TableRow(tuple(spans), tuple(_span_of(cell) for cell in line[count:]))
            begun = True
            if groups and heads and is_total(heads[-1].text):
                groups = groups[:-1]


def _begins_with_group(block: _GridBlock, units: frozenset[Span]) -> bool:
    """Return whether a head alone, in the first column, is a group's; else its values are missing.

    Where rows stand in groups, the first one does; without column heads it may be the caption.
    """
    body = (row for row in block.body if row.cells[0].span not in units)
    first = next(body, None)
    return block.has_amounts and (not block.heads or (first is not None and first.is_label))


def _regrouped(groups: Sequence[_RowGroup], new: _RowGroup, begun: bool) -> list[_RowGroup]:
    """Return the groups with ``new``, which ends those that look like it and have rows."""
    looks = [group.kind for group in groups]
    kept = looks.index(new.kind) if begun and new.kind in looks else len(groups)
    return [*groups[:kept], new][-MOST_GROUPS:]


def _inherited(
    heads: Sequence[_ReadCell | None], above: Sequence[_ReadCell | None]
) -> list[_ReadCell | None]:
    """Return a row's heads; one that is left empty before another is that of the row above."""
    first = next((at for at, cell in enumerate(heads) if cell is not None), 0)
    return [*above[:first], *heads[first:]]


def _span_of(cell: _ReadCell | None) -> Span:
    return Span(0, 0) if cell is None else cell.span


def _column_heads(
    block: _GridBlock, column: Sequence[int], units: frozenset[Span]
) -> tuple[Span, ...]:
    """Return the heads over a column, outermost first; the slot with most values decides."""
    filled = Counter(slot for row in block.body for slot in column if slot in row.slots)
    slots = sorted(column, key=lambda slot: -filled[slot])
    heads: dict[Span, None] = {}
    for row in block.heads:
        cell = next((row.slots[slot] for slot in slots if slot in row.slots), None)
        if cell is not None and not row.is_label and cell.span not in units:
            heads[cell.span] = None
    return tuple(heads)
