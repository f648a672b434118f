"""What Word's and PowerPoint's files have in common: related parts, metadata and charts."""

import posixpath
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from math import isfinite
from typing import Literal, NamedTuple

from lxml import etree

from corpus.formats.dates import iso_date
from corpus.formats.office.blocks import Block, TextLine, plain_grid
from corpus.formats.office.number_format import number_format
from corpus.formats.office.runs import clean_description
from corpus.formats.zipped import attribute, local_name, read_part
from corpus.types import Metadata

__all__ = [
    "Chart",
    "ChartTable",
    "Relation",
    "chart_blocks",
    "described",
    "drawing_blocks",
    "find_part",
    "read_chart",
    "read_core",
    "relations",
    "show_number",
]

MOST_CELLS = 100_000  # of a chart: series that share categories multiply
# What libraries put in place of an author.
TEMPLATE_WRITTEN = "2013-12-23T23:15:00Z"  # what python-docx leaves in its files
PROGRAMS = frozenset({"apache poi", "openpyxl", "python-docx", "unknown"})
CATEGORIES = ("cat", "xVal")
VALUES = ("val", "yVal")
CACHES = ("strCache", "numCache", "strLit", "numLit", "lvl")
LONGEST_INDEX = 9


class Relation(NamedTuple):
    """What a part points to: ``kind`` is the last word of the relation's type."""

    id: str
    kind: str
    target: str


def relations(archive: zipfile.ZipFile, source: str) -> tuple[Relation, ...]:
    """Return the relations of the part ``source``, of the whole file if it is ``""``."""
    folder, name = posixpath.split(source)
    root = read_part(archive, posixpath.join(folder, "_rels", f"{name}.rels"))
    inside = (relation for relation in root if relation.get("TargetMode") != "External")
    return tuple(
        Relation(
            relation.get("Id", ""),
            relation.get("Type", "").rpartition("/")[2],
            posixpath.normpath(posixpath.join("/", folder, relation.get("Target", ""))).lstrip("/"),
        )
        for relation in inside
    )


def find_part(found: Iterable[Relation], kind: str, default: str = "") -> str:
    """Return the name of the first part of this kind, or ``default``."""
    return next((relation.target for relation in found if relation.kind == kind), default)


def read_core(core: etree._Element) -> tuple[str, Metadata]:
    """Return the title and the metadata in ``docProps/core.xml``.

    The date is that of the last change, which is what the text is as of.
    """
    dates = (core.findtext(f"{{*}}{name}", "") for name in ("modified", "created"))
    changed = next((date for date in dates if date not in {"", TEMPLATE_WRITTEN}), "")
    author, language, title = (
        " ".join(core.findtext(f"{{*}}{name}", "").split())
        for name in ("creator", "language", "title")
    )
    author = "" if author.casefold() in PROGRAMS else author
    return title, Metadata(author, iso_date(changed), language)


@dataclass(frozen=True, slots=True)
class ChartTable:
    """The series of a chart that share their categories.

    Args:
        rows: of as many cells each: the names of the series, then a row for each category.
        heads: how many cells a row begins with that hold its category, the outermost first.
    """

    rows: tuple[tuple[str, ...], ...]
    heads: int


@dataclass(frozen=True, slots=True)
class Chart:
    """What a chart shows, as numbers.

    Args:
        title: of the chart, or ``""``.
        axes: the titles of the axes that its values are read off, such as ``USD million``.
        tables: the series by their categories; usually one.
    """

    title: str
    axes: tuple[str, ...]
    tables: tuple[ChartTable, ...]


class _Series(NamedTuple):
    name: str
    categories: tuple[dict[int, str], ...]  # outermost level first
    values: dict[int, str]


def read_chart(root: etree._Element) -> Chart:
    """Return what a chart shows, from the values that its part keeps.

    Args:
        root: of a chart part, ``c:chartSpace``.
    """
    series = [_series(element) for element in root.iterfind(".//{*}plotArea//{*}ser")]
    # Series without categories are drawn over those of the series before.
    for at, one in enumerate(series[1:], start=1):
        if not one.categories:
            series[at] = one._replace(categories=series[at - 1].categories)
    axes = [axis for axis in root.iterfind(".//{*}plotArea/*") if local_name(axis).endswith("Ax")]
    # Of a scatter chart, both axes are of values, and the first is that of the categories.
    across = [a for a in axes if local_name(a) in {"catAx", "dateAx"}] or axes[:1]
    titles = (_title(axis) for axis in axes if axis not in across)
    corner = _title(across[0]) if across else ""
    tables = (_table(list(alike), corner) for _, alike in groupby(series, lambda s: s.categories))
    return Chart(
        _title(root.find("{*}chart")),
        tuple(dict.fromkeys(filter(None, titles))),
        tuple(table for table in tables if len(table.rows) > 1),
    )


def chart_blocks(root: etree._Element) -> Iterator[Block]:
    """Yield what a chart shows, as lines and grids: its title names them.

    Args:
        root: of a chart part, ``c:chartSpace``.
    """
    chart = read_chart(root)
    for table in chart.tables:
        yield TextLine(chart.title, role="title")
        # With several axes, which series counts what is not to be told.
        role: Literal["", "units"] = "units" if len(chart.axes) == 1 else ""
        yield from (TextLine(axis, role=role) for axis in chart.axes)
        yield plain_grid(table.rows, table.heads)


def drawing_blocks(root: etree._Element) -> Iterator[Block]:
    """Yield what a chart shows, or the words of a diagram.

    Args:
        root: of a chart's part, or of a diagram's data.
    """
    if local_name(root) == "chartSpace":
        yield from chart_blocks(root)
    elif local_name(root) == "dataModel":
        for paragraph in root.iterfind("{*}ptLst/{*}pt/{*}t/{*}p"):
            yield TextLine("".join(paragraph.itertext("{*}t")))


def described(properties: etree._Element | None, name: str) -> str:
    """Return what a picture shows, in the words of whoever described it.

    Args:
        properties: of the picture.
        name: of the attribute that holds the description.
    """
    if properties is None or _is_decorative(properties):
        return ""
    return clean_description(attribute(properties, name))


def _is_decorative(properties: etree._Element) -> bool:
    mark = properties.find(".//{*}decorative")
    return mark is not None and attribute(mark, "val") not in {"0", "false", "off"}


def _title(owner: etree._Element | None) -> str:
    title = None if owner is None else owner.find("{*}title")
    if title is None:
        return ""
    paragraphs = ("".join(p.itertext("{*}t")) for p in title.iterfind(".//{*}p"))
    cached = title.iterfind("{*}tx/{*}strRef/{*}strCache/{*}pt/{*}v")
    return " ".join(" ".join((*paragraphs, *(v.text or "" for v in cached))).split())


def _series(element: etree._Element) -> _Series:
    name = " ".join(value for level in _levels(element, ("tx",)) for value in level.values())
    values = next(_levels(element, VALUES), {})
    direct = element.findtext("{*}tx/{*}v", "")
    return _Series(name or direct, tuple(_levels(element, CATEGORIES))[::-1], values)


def _levels(series: etree._Element, names: tuple[str, ...]) -> Iterator[dict[int, str]]:
    """Yield the kept values of a part of a series by their indices, the innermost level first."""
    for part in series:
        if local_name(part) in names:
            yield from (_points(cache) for cache in part.iter() if local_name(cache) in CACHES)


def _points(cache: etree._Element) -> dict[int, str]:
    code = cache.findtext("{*}formatCode", "General")
    is_number = local_name(cache).startswith("num")
    points = {}
    for point in cache.iterfind("{*}pt"):
        index, value = point.get("idx", ""), " ".join(point.findtext("{*}v", "").split())
        if index.isascii() and index.isdecimal() and len(index) < LONGEST_INDEX and value:
            own = point.get("formatCode", code)
            points[int(index)] = show_number(value, own) if is_number else value
    return points


def _table(series: list[_Series], corner: str) -> ChartTable:
    """Return series that share their categories as rows; an outer category is said on each."""
    *outer, inner = series[0].categories or ({},)
    indices = sorted({*inner, *(index for one in series for index in one.values)})
    heads = len(outer) + 1
    rows = [("",) * len(outer) + (corner, *(one.name for one in series))]
    above = [""] * len(outer)
    for index in indices[: MOST_CELLS // len(rows[0])]:
        above = [level.get(index, last) for level, last in zip(outer, above, strict=True)]
        own = inner.get(index, "") if inner else str(index + 1)
        rows.append((*above, own, *(one.values.get(index, "") for one in series)))
    return ChartTable(tuple(rows), heads)


def show_number(value: str, code: str) -> str:
    """Return a number as its format shows it, if that is a plain one, or else as it is typed.

    Args:
        value: as it is kept in the file, such as ``4.4000000000000004``.
        code: the format, such as ``0.0%``, ``#,##0`` or ``yyyy-mm-dd``; dates come as ISO 8601.
    """
    try:
        number = float(value)
    except ValueError:
        return value
    return number_format(code).show(number) if isfinite(number) else value
