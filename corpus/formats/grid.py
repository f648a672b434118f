"""A grid of cells, as a format's structure gives it, into tables: which cell is of what.

Formats know where a cell stands; which cells are heads of which is decided here, for all of them.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from corpus.formats.amounts import (
    Kind,
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
NUMERIC = frozenset({Kind.AMOUNT, Kind.YEAR, Kind.NOTHING})


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
class _Cell:
    """A cell with what its text is; its slots are the columns it covers, of those in use."""

    place: GridCell
    kind: Kind
    text: str
    slots: range = range(0)

    @property
    def span(self) -> Span:
        return self.place.span


@dataclass(frozen=True, slots=True)
class _Row:
    """A row: the cell in each slot that is not empty, also those that begin in a row above."""

    number: int
    slots: Mapping[int, _Cell]

    @property
    def cells(self) -> list[_Cell]:
        """Its cells from left to right, each once."""
        return list({id(cell): cell for cell in self.slots.values()}.values())

    @property
    def own(self) -> list[_Cell]:
        """Its cells that do not begin above it."""
        return [cell for cell in self.cells if cell.place.row == self.number]

    @property
    def values(self) -> list[_Cell]:
        """Its cells but for the one in the first column."""
        return [cell for cell in self.cells if cell.slots.start > 0]

    @property
    def is_label(self) -> bool:
        """Whether it has one cell only, at its beginning: a title, a group, a note."""
        return len(self.slots) > 0 and len(self.cells) == 1 and not self.values


@dataclass(frozen=True, slots=True)
class _Block:
    """Rows under the same column heads."""

    heads: Sequence[_Row]
    body: Sequence[_Row]

    @property
    def has_amounts(self) -> bool:
        """Whether there are numbers beside the first column."""
        return any(cell.kind is Kind.AMOUNT for row in self.body for cell in row.values)


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


def _rows(cells: Sequence[GridCell], text: str) -> list[_Row]:
    """Return the rows that are not empty; numbers and the marks beside them are made one."""
    starting: dict[int, list[_Cell]] = {}
    for place in sorted(cells, key=lambda cell: (cell.row, cell.column)):
        starting.setdefault(place.row, []).append(_read(place, text))
    folded = {number: _fold(row) for number, row in starting.items()}
    places = [cell.place for row in folded.values() for cell in row]
    edges = {edge for p in places for edge in (p.column, p.column + p.columns)}
    if len(edges) > MOST_COLUMNS or len(folded) * len(edges) > MOST_SLOTS:
        return []
    slots = {edge: slot for slot, edge in enumerate(sorted(edges))}
    return list(_filled(folded, slots))


def _read(place: GridCell, text: str) -> _Cell:
    """Return a cell with its text; the mark of a note is no part of a number."""
    start, end = place.span
    source = text[start:end] if place.head else without_note(text[start:end])
    span = Span(start, start + len(source))
    return _Cell(replace(place, span=span), kind_of(source), source)


def _fold(cells: Sequence[_Cell]) -> list[_Cell]:
    """Give a number the places of the ``$`` before it and the ``)`` or ``%`` behind it."""
    folded: list[_Cell] = []
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


def _filled(rows: Mapping[int, Sequence[_Cell]], slots: Mapping[int, int]) -> Iterator[_Row]:
    """Yield the rows, with the cells from above that reach into them."""
    above: dict[int, _Cell] = {}
    for number, cells in rows.items():
        filled = {s: c for s, c in above.items() if c.place.row + c.place.rows > number}
        for cell in cells:
            place = cell.place
            covered = range(slots[place.column], slots[place.column + place.columns])
            cell = replace(cell, slots=covered)
            for slot in covered:
                filled.setdefault(slot, cell)
        yield _Row(number, dict(sorted(filled.items())))
        above = filled


def _is_table(rows: Sequence[_Row]) -> bool:
    cells = [cell for row in rows for cell in row.own]
    long = sum(len(cell.text) > LONG_CELL for cell in cells)
    several = sum(len(row.cells) > 1 for row in rows)
    return len(rows) > 1 and several > 0 and long <= LONG_SHARE * len(cells)


# Rows into blocks


def _blocks(rows: Sequence[_Row]) -> list[_Block]:
    """Cut the rows where column heads are given again."""
    blocks: list[_Block] = []
    count = _head_count(rows)
    heads, body = list(rows[:count]), list[_Row]()
    whole = _Block(heads, rows[count:])
    for at in range(count, len(rows)):
        row = rows[at]
        if not _is_head_again(whole, at - count):
            body.append(row)
            continue
        if any(not line.is_label for line in body):
            led = list(takewhile(lambda line: line.is_label, reversed(body)))[::-1]
            blocks.append(_Block(heads, body[: len(body) - len(led)]))
            heads, body = [], led
        heads.append(row)
    return [*blocks, _Block(heads, body)]


def _head_count(rows: Sequence[_Row]) -> int:
    """Return how many of the first rows are heads of columns."""
    marked = len(list(takewhile(_is_marked, rows)))
    if marked == len(rows):
        return 1
    while marked and rows[marked - 1].is_label:
        marked -= 1
    has_amounts = _Block((), rows[1:]).has_amounts
    if not marked and not _begins_with_heads(rows[0], has_amounts):
        return 0
    count = max(marked, 1)
    while count < len(rows) - 1 and _heads_go_on(rows[count - 1], rows[count]):
        if marked and not (has_amounts and _is_dated(rows[count])):
            break
        count += 1
    return count


def _is_marked(row: _Row) -> bool:
    return all(cell.place.head for cell in row.cells)


def _begins_with_heads(row: _Row, has_amounts: bool) -> bool:
    """Return whether the first row, which is not marked, is one of heads."""
    first = row.cells[0]
    if first.place.head or first.text.endswith(":"):
        return False  # the row's own head
    return _may_head(row) and (has_amounts or not _is_dated(row))


def _is_dated(row: _Row) -> bool:
    return any(cell.kind is Kind.YEAR for cell in row.values)


def _may_head(row: _Row) -> bool:
    """Return whether no cell beside the first one is a number; years may be heads."""
    kinds = {cell.kind for cell in row.values}
    return bool(kinds) and kinds <= {Kind.TEXT, Kind.YEAR}


def _heads_go_on(above: _Row, row: _Row) -> bool:
    """Return whether ``row`` is one more level of heads, below ``above``."""
    if not _may_head(row):
        return False
    corner = row.slots.get(0)
    if corner is None or corner.place.row < row.number:
        return True
    wide = 0 not in above.slots or any(len(cell.slots) > 1 for cell in above.values)
    return wide and len(above.values) < len(row.values)


def _is_head_again(block: _Block, at: int) -> bool:
    """Return whether the body's row ``at`` begins or goes on with column heads of its own."""
    row = block.body[at]
    texts = [cell.text for cell in row.own]
    if len(texts) > 1 and any(texts == [c.text for c in head.own] for head in block.heads):
        return True
    if any(_is_marked(head) for head in block.heads):
        return len(texts) > 1 and _is_marked(row)
    if 0 in row.slots or not _may_head(row) or not block.has_amounts:
        return False
    return len(texts) > 1 or (at + 1 < len(block.body) and _is_head_again(block, at + 1))


def _units(block: _Block, text: str) -> Iterator[Span]:
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


def _table(block: _Block, caption: tuple[Span, ...], units: tuple[Span, ...]) -> Table | None:
    columns = _columns(block)
    if len(columns) < 2:
        return None
    lines = [_placed(row, columns) for row in block.body if not row.is_label]
    count = _head_columns(lines, block.has_amounts)
    rows = list(_table_rows(block, columns, count, frozenset(units)))
    used = [j for j in range(len(columns) - count) if any(_filled_at(row, j) for row in rows)]
    if not used:
        return None
    heads = tuple(_column_heads(block, columns, count + j, frozenset(units)) for j in used)
    picked = (TableRow(row.heads, tuple(row.cells[j] for j in used)) for row in rows)
    return Table(heads, tuple(picked), caption, units)


def _filled_at(row: TableRow, column: int) -> bool:
    return row.cells[column].start < row.cells[column].end


def _columns(block: _Block) -> list[list[int]]:
    """Return the slots of each column: number and mark may begin in different ones."""
    body = [row for row in block.body if len(row.cells) > 1]
    used = sorted({slot for row in (*block.heads, *body) for slot in row.slots})
    columns: list[list[int]] = []
    for slot in used:
        if columns and _are_one(block.heads, body, columns, slot):
            columns[-1].append(slot)
        else:
            columns.append([slot])
    return columns


def _are_one(
    heads: Sequence[_Row], body: Sequence[_Row], columns: Sequence[Sequence[int]], slot: int
) -> bool:
    """Return whether ``slot`` belongs to the last column: nothing tells them apart."""
    column = columns[-1]
    shared = False
    for row in body:
        cell = row.slots.get(slot)
        others = [row.slots[s] for s in column if s in row.slots] if cell else []
        if any(other is not cell for other in others):
            return False
        shared = shared or bool(others)
    above = _lowest_head(heads, [slot])
    before = _lowest_head(heads, column)
    if above and before:
        return above is before and (shared or _is_empty(body, column) or _is_empty(body, [slot]))
    if shared or _is_empty(body, column):
        return True
    return _is_empty(body, [slot]) and (above is None or len(columns) > 1)


def _lowest_head(heads: Sequence[_Row], slots: Sequence[int]) -> _Cell | None:
    cells = (row.slots.get(slot) for row in reversed(heads) for slot in slots)
    return next((cell for cell in cells if cell is not None), None)


def _is_empty(body: Sequence[_Row], slots: Sequence[int]) -> bool:
    return not any(slot in row.slots for row in body for slot in slots)


def _placed(row: _Row, columns: Sequence[Sequence[int]]) -> list[_Cell | None]:
    """Return the cell of each column; what covers several stands in the first."""
    placed: list[_Cell | None] = []
    last: _Cell | None = None
    for slots in columns:
        cell = next((row.slots[slot] for slot in slots if slot in row.slots), None)
        placed.append(None if cell is last else cell)
        last = cell or last
    return placed


def _head_columns(lines: Sequence[Sequence[_Cell | None]], has_amounts: bool) -> int:
    """Return how many of the first columns are heads of rows, at least one."""
    most = len(lines[0]) - 1 if lines else 1
    columns = [[line[j] for line in lines] for j in range(most)]
    marked = [_mostly(column, lambda cell: cell.place.head) for column in columns]
    if True in marked:
        first = marked.index(True)
        return first + len(list(takewhile(bool, marked[first:])))
    count = 1
    while count < most and _mostly(columns[count], lambda cell: cell.kind is Kind.TEXT):
        numbered = not any(_mostly(c, lambda cell: cell.kind is Kind.TEXT) for c in columns[:count])
        if not numbered and _tell_rows_apart(columns[:count], has_amounts):
            break
        count += 1
    return count


def _mostly(column: Sequence[_Cell | None], test: Callable[[_Cell], bool]) -> bool:
    cells = [cell for cell in column if cell is not None]
    return 2 * sum(map(test, cells)) > len(cells)


def _tell_rows_apart(columns: Sequence[Sequence[_Cell | None]], has_amounts: bool) -> bool:
    """Return whether each row has a head of its own; the same words again count with numbers."""
    lines = list(zip(*columns, strict=True))
    if any(not any(line) for line in lines):
        return False
    if has_amounts:
        keys = [tuple(cell and cell.text for cell in line) for line in lines]
        return len(set(keys)) == len(keys)
    return len({tuple(map(id, line)) for line in lines}) == len(lines)


@dataclass(frozen=True, slots=True)
class _Group:
    """The head of a group of rows; ``kind`` is how it looks: over all columns or not, marked."""

    cell: _Cell
    kind: tuple[bool, bool]


def _table_rows(
    block: _Block, columns: Sequence[Sequence[int]], count: int, units: frozenset[Span]
) -> Iterator[TableRow]:
    """Yield the rows with values, each below the groups that it belongs to."""
    groups: list[_Group] = []
    above: list[_Cell | None] = [None] * count
    begun = False
    for row in block.body:
        line = _placed(row, columns)
        if row.is_label:
            wide = columns[count][0] in row.slots
            if (wide or block.has_amounts) and row.cells[0].span not in units:
                group = _Group(row.cells[0], (wide, row.cells[0].place.head))
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


def _regrouped(groups: Sequence[_Group], new: _Group, begun: bool) -> list[_Group]:
    """Return the groups with ``new``, which ends those that look like it and have rows."""
    looks = [group.kind for group in groups]
    kept = looks.index(new.kind) if begun and new.kind in looks else len(groups)
    return [*groups[:kept], new]


def _inherited(heads: Sequence[_Cell | None], above: Sequence[_Cell | None]) -> list[_Cell | None]:
    """Return a row's heads; one that is left empty before another is that of the row above."""
    first = next((at for at, cell in enumerate(heads) if cell is not None), 0)
    return [*above[:first], *heads[first:]]


def _span_of(cell: _Cell | None) -> Span:
    return Span(0, 0) if cell is None else cell.span


def _column_heads(
    block: _Block, columns: Sequence[Sequence[int]], at: int, units: frozenset[Span]
) -> tuple[Span, ...]:
    """Return the heads over a column, outermost first, those over the row heads left out."""
    filled = Counter(slot for row in block.body for slot in columns[at] if slot in row.slots)
    slots = sorted(columns[at], key=lambda slot: -filled[slot])
    heads: dict[Span, None] = {}
    for row in block.heads:
        cell = next((row.slots[slot] for slot in slots if slot in row.slots), None)
        if cell is not None and cell.slots.start > 0 and cell.span not in units:
            heads[cell.span] = None
    return tuple(heads)
