"""Documents with tables, made by hand: rows of text with tabs, and the maps onto them."""

from collections.abc import Sequence

from corpus import Document, Span, Table, TableRow

__all__ = ["table_document"]

ViewRow = tuple[Sequence[str], Sequence[str]]


def table_document(
    rows: Sequence[ViewRow],
    *,
    columns: Sequence[str],
    caption: str = "",
    units: str = "",
    before: str = "",
    after: str = "",
    name: str = "report.html",
    title: str = "",
) -> Document:
    """Return a document with one table, a row a line.

    Args:
        rows: heads (all but the last are of groups, on lines of their own) and values.
        columns: the head of each column.
        caption: the line above the heads.
        units: behind the caption.
        before: prose above the table.
        after: prose below it.
        name: of the file.
        title: of the document.
    """
    text = ""

    def put(part: str, end: str = "") -> Span:
        nonlocal text
        span = Span(len(text), len(text) + len(part))
        text += part + end
        return span

    put(before, "\n" if before else "")
    captions = [put(caption, "\n" if not units else " ")] if caption else []
    counted = [put(units, "\n")] if units else []
    heads = [(put(column, "\t"),) for column in columns]
    put("", "\n")
    groups: dict[str, Span] = {}
    made = []
    for (*above, own), values in rows:
        for group in above:
            if group not in groups:
                groups[group] = put(group, "\n")
        named = (*(groups[group] for group in above), put(own, "\t"))
        cells = tuple(put(value, "\t") if value else Span(0, 0) for value in values)
        put("", "\n")
        made.append(TableRow(named, cells))
    put(after)
    table = Table(tuple(heads), tuple(made), tuple(captions), tuple(counted))
    return Document(name, title, "text/html", "0" * 64, text, tables=(table,))
