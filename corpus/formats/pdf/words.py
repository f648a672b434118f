"""The words of a PDF page and the rows in which they stand, in the direction of reading."""

import ctypes
import re
from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import pypdfium2
import pypdfium2.raw as pdfium

from corpus.formats.pdf.text import PageText
from corpus.types import Span

__all__ = [
    "NUMBER",
    "SMALL",
    "Row",
    "Rule",
    "TurnedPage",
    "Word",
    "chunks",
    "has_columns",
    "middle_of",
    "read_page",
    "spans_of",
    "text_of",
]

# Leaders (..... or _____) lead the eye from a head to its value; they are no words.
WORD = re.compile(r"\.{3,}|_{3,}|…+|(?:(?!\.{3}|_{3}|…)[^\s\u200b])+")
LEADER = re.compile(r"[._…·•]+")
NUMBER = re.compile(
    r"""(?P<value> [-–−+]? \(? [-–−]? (?:US|C|A)? [$€£¥]? [(]? [-–−]?
        (?: \d[\d,.'’]*\d | \d | \.\d+ ) \)? [%¢‰x]* \)?)
        (?P<mark> (?: \([a-z\d]{1,2}\) | [*†‡§¹²³⁴⁵⁶⁷⁸⁹⁰] )* )""",
    re.VERBOSE,
)
NUMERIC = re.compile(r"(?<!\S)[-–−+($€£¥]*\.?\d[\d,.]*[)%]*(?!\S)")
RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff]")
# In sizes of type: a wider gap than between words, within which one baseline lies, how small a
# raised mark is.
GAP = 0.9
SAME_LINE = 0.35
SMALL = 0.85
# In points: a path that is lower than this and longer is a rule.
THIN = 3.0
# Probes for the direction in which a page is read.
PROBES = 9
# Numbers among which one that stands above another is looked for.
MOST_COMPARED = 50
# A page with more words is a drawing.
MOST_WORDS = 20_000
MOST_RULES = 2_000


@dataclass(frozen=True, slots=True)
class Word:
    """A word and where it stands, in points.

    Args:
        number: of the word, in the order of the text.
        span: in the text of its page.
        text: its characters.
        left: where it begins, counted in the direction of reading, as is ``right``.
        right: where it ends.
        base: its baseline, counted downwards.
        size: the height of its type.
    """

    number: int
    span: Span
    text: str
    left: float
    right: float
    base: float
    size: float


@dataclass(frozen=True, slots=True)
class Row:
    """Words on one baseline, from the left; ``size`` is that of most of them."""

    words: tuple[Word, ...]
    base: float
    size: float


@dataclass(frozen=True, slots=True)
class Rule:
    """A line drawn along the rows: from where to where, and how far down."""

    left: float
    right: float
    down: float


class TurnedPage:
    """Where the characters of a page stand, turned so that its numbers are read rightwards.

    Args:
        characters: of the page.
        read: its text.
    """

    def __init__(self, characters: pypdfium2.PdfTextPage, read: PageText) -> None:
        self._characters = characters
        self._inserted = read.inserted
        self._box = pdfium.FS_RECTF()
        self._x, self._y = ctypes.c_double(), ctypes.c_double()
        self._turn = 0
        self._turn = self._direction(NUMERIC.finditer(read.text))
        right_to_left = len(RIGHT_TO_LEFT.findall(read.text))
        self._mirror = -1 if 3 * right_to_left > len(read.text) else 1

    def _index(self, offset: int) -> int:
        """Return which of PDFium's characters stands at an offset of the text."""
        return offset - bisect_left(self._inserted, offset)

    def box(self, offset: int) -> tuple[float, float, float]:
        """Return the left and the right edge of a character and its height."""
        box = self._box
        pdfium.FPDFText_GetLooseCharBox(self._characters, self._index(offset), box)
        left, right, top, bottom = self.turned(box.left, box.bottom, box.right, box.top)
        return left, right, bottom - top

    def turned(
        self, left: float, bottom: float, right: float, top: float
    ) -> tuple[float, float, float, float]:
        """Return the left, the right, the upper and the lower edge of a box of the page."""
        x0, y0, x1, y1 = (
            (left, -top, right, -bottom),
            (bottom, left, top, right),
            (-right, bottom, -left, top),
            (-top, -right, -bottom, -left),
        )[self._turn]
        return (x0, x1, y0, y1) if self._mirror > 0 else (-x1, -x0, y0, y1)

    def origin(self, offset: int) -> tuple[float, float]:
        """Return how far along its line a character begins, and its baseline, downwards."""
        x, y = self._x, self._y
        pdfium.FPDFText_GetCharOrigin(self._characters, self._index(offset), x, y)
        across, down = x.value, -y.value
        turned = ((across, down), (-down, across), (-across, -down), (down, -across))
        return turned[self._turn]

    def _direction(self, numbers: Iterable[re.Match[str]]) -> int:
        """Return how many quarter turns, against the clock, most numbers are drawn at."""
        turns: Counter[int] = Counter()
        for number in islice((n for n in numbers if len(n[0]) > 2), PROBES):
            (x0, y0), (x1, y1) = self.origin(number.start()), self.origin(number.end() - 1)
            along, down = x1 - x0, y1 - y0
            level = abs(along) >= abs(down)
            turns[(0 if along >= 0 else 2) if level else (1 if down < 0 else 3)] += 1
        return turns.most_common(1)[0][0] if turns else 0


def has_columns(page: TurnedPage, read: PageText) -> bool:
    """Return whether two numbers that stand apart from words stand above each other."""
    text = read.text
    numbers = [*NUMERIC.finditer(text)]
    if len(numbers) < 2:
        return False
    found: deque[tuple[float, float, float]] = deque(maxlen=MOST_COMPARED)
    for number in numbers:
        start, end = number.span()
        if _is_apart(page, text, start - 1, start) and _is_apart(page, text, end, end - 1):
            left, right, base = page.box(start)[0], page.box(end - 1)[1], page.origin(start)[1]
            if any(left < x1 and x0 < right and abs(base - y) > 1 for x0, x1, y in found):
                return True
            found.append((left, right, base))
    return False


def _is_apart(page: TurnedPage, text: str, index: int, edge: int) -> bool:
    """Return whether the character at ``edge`` has a gap, or its line's end, towards ``index``."""
    step = index - edge
    while 0 <= index < len(text) and text[index] in " \xa0":
        index += step
    if not 0 <= index < len(text) or text[index] in "\r\n$€£¥(%)":
        return True
    left, right = sorted((page.box(index), page.box(edge)))
    return right[0] - left[1] >= GAP * max(right[2], 1.0)


def read_page(
    page: pypdfium2.PdfPage, turned: TurnedPage, read: PageText
) -> tuple[list[Row], list[Rule]]:
    """Return a page's rows from the top and its rules; none if it is a drawing."""
    words: list[Word] = []
    for match in WORD.finditer(read.text):
        if not LEADER.fullmatch(match[0]):
            words.extend(_read_words(turned, match, len(words)))
        if len(words) > MOST_WORDS:
            return [], []
    return _rows(words), _rules(page, turned)


def _rules(page: pypdfium2.PdfPage, turned: TurnedPage) -> list[Rule]:
    """Return the thin paths along the rows; those that touch are one."""
    rules: list[Rule] = []
    edges = tuple(ctypes.c_float() for _ in range(4))
    for index in range(min(pdfium.FPDFPage_CountObjects(page), MOST_WORDS)):
        drawn = pdfium.FPDFPage_GetObject(page, index)
        if pdfium.FPDFPageObj_GetType(drawn) == pdfium.FPDF_PAGEOBJ_PATH:
            pdfium.FPDFPageObj_GetBounds(drawn, *edges)
            left, right, top, bottom = turned.turned(*(edge.value for edge in edges))
            if bottom - top < THIN < right - left:
                rules.append(Rule(left, right, (top + bottom) / 2))
    if len(rules) > MOST_RULES:
        return []
    rules.sort(key=lambda rule: (round(rule.down), rule.left))
    joined: list[Rule] = []
    for rule in rules:
        last = joined[-1] if joined else None
        if last and abs(last.down - rule.down) < 1 and last.left <= rule.left <= last.right + 1:
            joined[-1] = Rule(last.left, max(last.right, rule.right), last.down)
        else:
            joined.append(rule)
    return joined


def _read_words(page: TurnedPage, match: re.Match[str], number: int) -> Iterator[Word]:
    """Yield the word of a match and, apart from it, a smaller mark raised at its end."""
    start, end = match.span()
    (left, right, size), base = page.box(start), page.origin(start)[1]
    last_left, last_right, last_size = page.box(end - 1)
    size, cut = max(size, 1.0), end
    if abs(page.origin(end - 1)[1] - base) > size:
        return  # It is drawn at another angle than the page.
    if last_size < SMALL * size:
        while cut > start + 1 and page.box(cut - 1)[2] < SMALL * size:
            cut -= 1
        right = page.box(cut - 1)[1]
    else:
        left, right = min(left, last_left), max(right, last_right)
    yield Word(number, Span(start, cut), match[0][: cut - start], left, right, base, size)
    if cut < end:
        span, size = Span(cut, end), max(last_size, 1.0)
        mark = match[0][cut - start :]
        left, base = page.box(cut)[0], page.origin(cut)[1]
        yield Word(number + 1, span, mark, left, last_right, base, size)


def _rows(words: Iterable[Word]) -> list[Row]:
    """Return the words by their baselines; what is raised or lowered a little joins its row."""
    rows: list[list[Word]] = []
    base, size = 0.0, 0.0
    for word in sorted(words, key=lambda word: word.base):
        if rows and word.base - base <= SAME_LINE * max(word.size, size):
            rows[-1].append(word)
            if word.size > size:
                base, size = word.base, word.size
        else:
            rows.append([word])
            base, size = word.base, word.size
    return [_row(words) for words in rows]


def _row(words: list[Word]) -> Row:
    sizes = Counter({word.size: 0 for word in words})
    for word in words:
        sizes[word.size] += len(word.text)
    size = max(sizes, key=lambda size: (sizes[size], size))
    base = next(word.base for word in words if word.size == size)
    return Row(tuple(sorted(words, key=lambda word: (word.left, word.number))), base, size)


def chunks(words: Sequence[Word], gap: float) -> list[list[Word]]:
    """Return words of a row, divided where the gap is at least so many sizes of type."""
    found: list[list[Word]] = []
    for word in words:
        if found and word.left - found[-1][-1].right < gap * word.size:
            found[-1].append(word)
        else:
            found.append([word])
    return found


def spans_of(words: Iterable[Word]) -> tuple[Span, ...]:
    """Return where words stand: one span for those that follow each other in the text."""
    spans: list[Span] = []
    last = -1
    for word in sorted(words, key=lambda word: word.number):
        if spans and word.number == last + 1:
            spans[-1] = Span(spans[-1].start, word.span.end)
        else:
            spans.append(word.span)
        last = word.number
    return tuple(spans)


def text_of(words: Iterable[Word]) -> str:
    """Return words, with a space between two."""
    return " ".join(word.text for word in words)


def middle_of(words: Sequence[Word]) -> float:
    """Return the middle between the left edge of the first word and the right one of the last."""
    return (words[0].left + words[-1].right) / 2
