"""What speaks for a cell being the answer: its heads, its period, its kind, where it was found."""

import re
from collections.abc import Sequence
from math import log

import numpy as np

from index import Encoder, Vectors, terms
from qa.question import AnswerType
from qa.reading.features import Floats
from qa.tables.periods import Periods
from qa.tables.views import TableCell, TableView, ViewColumn, ViewRow
from qa.tables.wording import PERIOD_STEMS, HeadWords, Sought
from qa.types import Hit

__all__ = [
    "CELL_FEATURES",
    "LEAD",
    "NEAR",
    "WORTH_FEATURES",
    "add_similarities",
    "cell_features",
    "worth_features",
]

CELL_FEATURES = (
    "question in the row's head",
    "row's head in the question",
    "words of the row's head that are not asked for",
    "question in all heads of row and column",
    "words of the heads above the row that are not asked for",
    "words of the column's heads that are not asked for",
    "heads of the row say nothing of it",
    "question in caption, headings and subject",
    "question found nowhere",
    "names found nowhere",
    "year in the column",
    "year in the row",
    "year of the table or its document",
    "another year",
    "part of a year fits",
    "another part of a year",
    "a part of a year that is not asked for",
    "percent as asked",
    "percent is not asked for",
    "is blank",
    "similarity of the row",
    "similarity of the row below the best",
    "similarity of the passage",
    "rank of the passage, logarithm",
    "stands in the passage",
)
LEAD = "lead over other values"
NEAR, EQUAL = "values nearly as likely", "values as likely"
WORTH_FEATURES = (*CELL_FEATURES, LEAD, NEAR, EQUAL)
# By what the rows are chosen that are compared with the question by the encoder, and how many.
LIKELY = [0, 1, 3, CELL_FEATURES.index("stands in the passage")]
MOST_ENCODED = 60
MOST_UNASKED = 4
# Words of heads that nobody needs to ask for.
NOT_TELLING = PERIOD_STEMS | frozenset(terms("total overall"))
MOST_LEAD = 6.0
# How far below the best score a cell still ties with it.
TIE = 0.5
# How far below it a cell has all but the same score: nothing in the question tells them apart.
SAME = 0.05
MOST_TIES = 6

PERCENT_ASKED = re.compile(r"%|\bper\s?cent|\bpercent|\bmargin\b|\brate\b|\bshare of\b", re.I)
PERCENT = re.compile(r"%|\bper\s?cent|\bpercent", re.I)
COUNT_ASKED = re.compile(r"\bhow (?:many|much)\b", re.I)


def cell_features(
    asked: Sought, view: TableView, hits: Sequence[Hit]
) -> tuple[list[TableCell], Vectors]:
    """Return the cells of ``view`` and what speaks for each, shape ``(n, len(CELL_FEATURES))``.

    The similarities of rows are 0; see `add_similarities`.

    Args:
        asked: what is looked for.
        view: the table.
        hits: the passages that were found, best first.
    """
    identity = asked.explain(view.identity)[0]
    context = asked.explain(view.context)[0] | identity
    # Whose document it is says nothing of the row, though a head may name it again.
    whose = identity & asked.capitals
    columns = [_column(asked, column, view) for column in view.columns]
    cells, values = [], []
    for at, row in enumerate(view.rows):
        own, own_found = asked.explain(row.own)
        group, group_found = asked.explain(row.group)
        of_row = [
            asked.weight(own, whose),
            _share(row.own, own_found, view),
            _unasked(row.own, own_found, view),
        ]
        said_aside = bool((own | group) - whose) or _period_fits(asked, row.periods)
        above = _unasked(row.group, group_found, view)
        found_at = [
            0.0,
            0.0,
            hits[view.rank].similarity,
            log(1 + view.rank),
            row.hit,
        ]
        for number, (column, in_column, unasked) in enumerate(columns):
            cell = TableCell(view, at, number)
            if cell.span.start == cell.span.end:
                continue
            said_above = bool(in_column - whose) or _period_fits(asked, column.periods)
            # Whose heads say nothing of the question is no answer to it, whatever it lacks rivals.
            if not (said_aside or said_above):
                continue
            if not _may_answer(asked, cell, said_aside and said_above):
                continue
            here = own | group | in_column
            missing = asked.weights.keys() - here - context
            cells.append(cell)
            values.append(
                [
                    *of_row,
                    asked.weight(here, whose),
                    above,
                    unasked,
                    not said_aside,
                    asked.weight(context - here, whose),
                    asked.weight(missing, whose),
                    len((asked.names & missing) - view.opening),
                    *_years(asked, view, row, column),
                    *_parts(asked, view, row, column),
                    *_kinds(asked, cell, column, row),
                    *found_at,
                ]
            )
    return cells, np.array(values, np.float32).reshape(-1, len(CELL_FEATURES))


def add_similarities(
    encoder: Encoder, asked: Sought, cells: Sequence[TableCell], values: Vectors
) -> None:
    """Put the cosines of the question and the likeliest rows into ``values``.

    Rows that are not encoded count as much as the least similar one.

    Args:
        encoder: of the index.
        asked: what is looked for.
        cells: from `cell_features`.
        values: of these; is changed.
    """
    texts = [cell.view.rows[cell.row].text for cell in cells]
    order = np.argsort(-values[:, LIKELY].sum(axis=1), kind="stable")
    likely = [*dict.fromkeys(texts[at] for at in order)][:MOST_ENCODED]
    counts = encoder.count_tokens(likely)
    fitting = [t for t, count in zip(likely, counts, strict=True) if count <= encoder.max_tokens]
    if not fitting:
        return
    stems = frozenset().union(*(cell.view.identity.stems for cell in cells))
    cosines = encoder.encode(fitting) @ encoder.encode_question(asked.text_without(stems))
    known = dict(zip(fitting, map(float, cosines), strict=True))
    best, least = max(known.values()), min(known.values())
    at = CELL_FEATURES.index("similarity of the row")
    values[:, at] = [known.get(text, least) for text in texts]
    values[:, at + 1] = values[:, at] - best


def _column(
    asked: Sought, column: ViewColumn, view: TableView
) -> tuple[ViewColumn, frozenset[str], float]:
    found, own = asked.explain(column.words)
    return column, found, _unasked(column.words, own, view)


def _share(head: HeadWords, found: frozenset[str], view: TableView) -> float:
    """Return what share of the words of ``head`` is asked for."""
    telling = (head.stems | found) - view.identity.stems - NOT_TELLING
    return len(found & telling) / len(telling) if telling else 0.0


def _unasked(head: HeadWords, found: frozenset[str], view: TableView) -> float:
    """Return how many words of ``head`` are not asked for; periods are compared elsewhere."""
    left = head.stems - found - view.identity.stems - NOT_TELLING
    return min(MOST_UNASKED, sum(not term.isdigit() for term in left))


def _period_fits(asked: Sought, named: Periods) -> bool:
    years = any(named.year_fits(year) for year in asked.periods.years)
    return years or bool(named.parts & asked.periods.parts)


def _may_answer(asked: Sought, cell: TableCell, said: bool) -> bool:
    """Return whether a cell is of the kind that is asked for; words need both of their heads.

    Args:
        asked: what is looked for.
        cell: that may be it.
        said: whether the heads of its row and those of its column say some of the question.
    """
    kind = asked.question.answer_type
    if kind in (AnswerType.NUMBER, AnswerType.STATEMENT) or COUNT_ASKED.search(asked.question.text):
        return cell.numeric or cell.blank
    if kind is AnswerType.DATE:
        return cell.timed
    if cell.numeric or cell.blank or cell.timed:
        return kind is not AnswerType.NAME
    return said


def _years(asked: Sought, view: TableView, row: ViewRow, column: ViewColumn) -> list[float]:
    """Return where the year that is asked for stands, nearest first, or that another does."""
    heads = (column.periods, row.periods)
    levels = (*heads, view.context_periods, view.identity_periods)
    wanted = asked.periods.years
    fits = [max((level.year_fits(year) for year in wanted), default=0.0) for level in levels]
    nearest = next((at for at, level in enumerate(levels) if level.years), None)
    if nearest is None or not wanted:
        return [0.0, 0.0, 0.0, 0.0]
    in_heads = any(level.years for level in heads)
    above = 0.0 if in_heads else max(fits[2:])
    other = not fits[nearest] and not above
    return [fits[0], fits[1], above, float(other)]


def _parts(asked: Sought, view: TableView, row: ViewRow, column: ViewColumn) -> list[float]:
    """Return whether the quarter, half, length or month that is asked for fits the cell's."""
    wanted = asked.periods.parts
    levels = (column.periods, row.periods, view.context_periods)
    fits = conflicts = False
    for part in wanted:
        named = next((found for level in levels if (found := level.parts_like(part))), None)
        fits |= named is not None and part in named
        conflicts |= named is not None and part not in named
    partial = {p for p in (column.periods.parts | row.periods.parts) if p != "12m"}
    short = any(p[0] in "qh" or (p[0].isdigit() and p != "12m") for p in partial)
    return [float(fits), float(conflicts), float(short and not wanted)]


def _kinds(asked: Sought, cell: TableCell, column: ViewColumn, row: ViewRow) -> list[float]:
    """Return whether the cell is a percentage, as is asked for or not, and whether it is blank."""
    text = asked.question.text
    here = (cell.text, column.text, row.text.rpartition(" > ")[2])
    is_percent = any(PERCENT.search(part) for part in here)
    wants_percent = PERCENT_ASKED.search(text) is not None
    return [
        float(is_percent and wants_percent),
        float(is_percent and not wants_percent),
        float(cell.blank),
    ]


def worth_features(
    cells: Sequence[TableCell], values: Vectors, scores: Floats
) -> tuple[int, Vectors]:
    """Return the best cell's place and `WORTH_FEATURES` of it, shape ``(1, n)``.

    The lead is over cells with another value: the same one may stand in several tables.

    Args:
        cells: from `cell_features`, of all tables, at least one.
        values: of these.
        scores: of the ranking.
    """
    best = int(scores.argmax())
    said = _value(cells[best])
    others = np.array([_value(cell) != said for cell in cells])
    rivals = scores[others]
    top = float(scores[best])
    lead = top - float(np.logaddexp.reduce(rivals)) if len(rivals) else 0.0
    ties = [min(MOST_TIES, int((rivals >= top - reach).sum())) for reach in (TIE, SAME)]
    further = [float(np.clip(lead, -MOST_LEAD, MOST_LEAD)), *map(float, ties)]
    return best, np.array([[*values[best], *further]], np.float32)


def _value(cell: TableCell) -> str:
    return re.sub(r"[\s,$£€%]", "", cell.text)
