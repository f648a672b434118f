"""What a document is about and who speaks in it, as a few words from its first pages.

A passage of a report says "we employed 798,000"; its document says once, on its cover, who "we" is.
"""

import operator
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import dropwhile, pairwise, takewhile
from pathlib import PurePosixPath

from corpus.searchtext import plain
from corpus.sentences import masked_text
from corpus.types import Document

__all__ = ["name_words", "subject_of", "title_of", "words"]

LONGEST_SUBJECT = 60
# A speaker longer than this is shortened where a title follows.
LONGEST_SPEAKER = 40
LONGEST_TITLE = 200
# In characters: what is looked at, how much of it is the title page, and where a title begins.
OPENING = 10_000
TITLE_PAGE = 2_000
TITLE_START = 500
# In lines that are not blank.
LETTERHEAD_LINES = 12
FIELD_LINES = 40
# In characters. A line as short as this ends its paragraph.
SHORT_LINE = 40
LONGEST_NAME_LINE = 90
# A title that stands above its text without a blank line is so much shorter than the next line.
SHORTER = 0.6
LONGEST_NAME = 10  # words

WORD = re.compile(r"[^\W_]+")
# Where a name such as AnnualReport2019 has its spaces.
PARTS = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[^\W\d_]{3})(?=\d)")
DIGITS = re.compile(r"\d+")
HEXADECIMAL = re.compile(r"[0-9a-f]{7,}|[0-9A-F]{7,}")
MADE_UP = re.compile(r"microsoft (?:word|excel|powerpoint) - ", re.I)
FILE_NAME = re.compile(r"_|\d{4}|\.[a-z]{3,4}$")
NUMBERED = re.compile(
    r"(?:\d{1,2}(?:\.\d+)*[.)]?|[IVX]+\.|(?:chapter|part|item|section)\b.*)\s", re.I
)
MARKS = "#>*_ "
RULE = re.compile(r"[^\w\s]{3,}")

# Words that name no document: what programs and people call files that they have not named.
EMPTY = frozenset({
    "abstract", "anonymous", "appendix", "back", "blad", "chapter", "contents", "copy", "cover",
    "default", "doc", "docs", "document", "documents", "draft", "excel", "feuil", "file", "files",
    "final", "foglio", "foreword", "form", "front", "hoja", "home", "image", "img", "index",
    "introduction", "item", "microsoft", "new", "page", "pages", "part", "passage", "pdf", "pg",
    "powerpoint", "preface", "presentation", "readme", "rev", "revision", "scan", "scanned",
    "section", "sheet", "sheets", "slide", "slides", "src", "tabelle", "table", "text", "title",
    "txt", "unknown", "untitled", "version", "welcome", "word", "workbook",
})  # fmt: skip
SMALL = frozenset({
    "&", "a", "an", "and", "as", "at", "by", "de", "del", "der", "des", "du", "et", "for", "from",
    "in", "of", "on", "or", "the", "to", "und", "van", "von", "with", "y",
})  # fmt: skip
# Words that say what kind of document it is, and not whose or about what.
KINDS = frozenset({
    "accounts", "agenda", "agreement", "and", "annual", "answers", "april", "asked", "august",
    "briefing", "brochure", "catalogue", "conditions", "consolidated", "contract", "december",
    "faq", "february", "financial", "fiscal", "frequently", "guide", "half", "handbook", "held",
    "information", "installation", "instruction", "instructions", "interim", "invoice", "january",
    "july", "june", "letter", "manual", "march", "may", "meeting", "memorandum", "minutes",
    "newsletter", "note", "notes", "notice", "november", "october", "operating", "operation",
    "operator", "owner", "owners", "plan", "policy", "press", "privacy", "prospectus", "proxy",
    "quarter", "quarterly", "questions", "quick", "receipt", "reference", "release", "report",
    "reports", "results", "review", "s", "september", "service", "standalone", "start", "statement",
    "statements", "strategy", "summary", "terms", "use", "user", "users", "year",
})  # fmt: skip
LEGAL = frozenset({
    "ab", "ag", "asa", "bv", "co", "company", "corp", "corporation", "gmbh", "group",
    "holdings", "inc", "incorporated", "kg", "limited", "llc", "llp", "lp", "ltd", "nv", "oy",
    "oyj", "plc", "pte", "pty", "sa", "sarl", "se", "spa", "srl",
})  # fmt: skip
BODIES = LEGAL | frozenset({
    "academy", "agency", "association", "authority", "bank", "board", "bureau", "church", "club",
    "college", "commission", "committee", "council", "department", "federation", "foundation",
    "hospital", "institute", "institution", "laboratory", "library", "ministry", "museum", "office",
    "school", "society", "trust", "union", "university",
})  # fmt: skip
ROLES = BODIES | frozenset({
    "bank", "charity", "firm", "fund", "issuer", "manufacturer", "partnership", "registrant",
})  # fmt: skip
ABBREVIATIONS = LEGAL | frozenset({
    "dr", "mr", "mrs", "ms", "prof", "st",
})  # fmt: skip
# A name does not begin with these, though sentences do.
BEFORE_NAMES = SMALL | frozenset({
    "about", "after", "also", "although", "before", "between", "but", "dear", "during", "he", "her",
    "here", "his", "how", "however", "i", "if", "it", "my", "once", "only", "our", "references",
    "she", "since", "so", "that", "their", "then", "there", "these", "they", "this", "under",
    "unless", "until", "we", "what", "when", "where", "which", "while", "who", "why", "with",
    "within", "you", "your",
})  # fmt: skip

CHARTER = re.compile(r"\((?:exact )?name of (?:the |each )?(?:registrant|issuer)\b", re.I)
FORM = re.compile(r"(?:^|\s)form\s+(\d{1,2}-[a-z]{1,2})\b", re.I)
PERIOD = re.compile(r"\b(?:year|period|quarter) ended:?\s+\w+\s+\d{1,2},?\s+(\d{4})\b", re.I)
FIELD = re.compile(r"(title|subject|re|from|to|date|author|language)\s*:\s*(\S.*)", re.I)
PARENTHESIS = re.compile(r"\(([^()]{1,160})\)")
QUOTED = re.compile(r"[“”\"‘„«]\s?([^“”\"‘’„«»]{1,40}?)[\s,.]*[“”\"’»]")
BARE_PRONOUNS = re.compile(r"(?:(?:we|us|our|ours|or|and)(?:, ?| |$))+")
BARE_ROLE = re.compile(r"(?:hereinafter |hereafter |collectively,? )?(?:the )((?:[A-Z]\w+ ?){1,3})")
PRONOUNS = frozenset(["we", "us", "our", "ours"])
MEANING = re.compile(r"\b(?:refers?|means?|includes?)(?: collectively)?(?: only)?(?: to)? ")
MEANING_REACH = 200
OF_TERMS = re.compile(r"\b(?:terms?|references?)\b")
FAMILY = re.compile(
    r",? (?:and|together with|along with|including) (?:its|our|their|all)\b[^.()]*$"
)
APPOSITION = re.compile(r", an? [^.()]{1,80}$")
PURCHASE = re.compile(
    r"(?:[Tt]hank you for|[Cc]ongratulations on) (?:purchasing|choosing|buying|selecting"
    r"|(?:your|the) purchase of)(?: (?:the|your|our|a|an|this|new))* "
)
PARAGRAPH = "\u00b6"  # stands between paragraphs where a name is looked for


def subject_of(document: Document) -> str:
    """Return who speaks in ``document`` and what it is called, in at most 60 characters.

    Both come from what the document says of itself: its title, the heading or first line of its
    title page, ``Acme plc ("we", "us")``, the registrant of a form, a letterhead. Prose without any
    such sign has no subject.

    Returns:
        ``Amazon.com, Inc.: Annual report 2019``, one of the two, or ``""``.
    """
    title, speaker = _find(*_opening(document))
    rest = _drop(title, words(speaker))
    if words(speaker) - LEGAL <= words(title) and rest:
        speaker = ""
    if not (rest and speaker):
        return shorten(speaker or title, LONGEST_SUBJECT)
    speaker, title = shorten(speaker, LONGEST_SPEAKER), rest
    return f"{speaker}: {shorten(title, LONGEST_SUBJECT - len(speaker) - 2)}"


def title_of(document: Document) -> str:
    """Return the title that ``document`` has, in its metadata or on its first page, or ``""``."""
    return _find(*_opening(document))[0]


def name_words(document_id: str) -> str:
    """Return the words of a file's path that tell something, or ``""``.

    The ending, numbers alone, digests and names such as ``scan0001`` or ``page-12`` tell nothing.

    Args:
        document_id: path relative to the folder, ``/`` as separator.
    """
    path = PurePosixPath(document_id)
    found: list[str] = []
    for part in (*path.parts[:-1], path.stem):
        pieces = [] if _is_digest(part) else WORD.findall(PARTS.sub(" ", plain(part)))
        if _tells(pieces):
            said = words(" ".join(found))
            found += [p for p in pieces if not _is_digest(p) and p.casefold() not in said]
    return " ".join(found)


def words(text: str) -> set[str]:
    """Return the words of ``text``, case-folded."""
    return set(WORD.findall(text.casefold()))


def shorten(text: str, length: int) -> str:
    """Return the first words of ``text``, in at most ``length`` characters."""
    if len(text) <= length:
        return text
    cut = text[: length + 1].rpartition(" ")[0]
    return (cut if len(cut) > length // 2 else text[:length]).rstrip(" ,;:–-(&")


def _tells(pieces: Iterable[str]) -> bool:
    """Return whether one of ``pieces`` is a word or a short name, such as 3M, that tells much."""
    for piece in pieces:
        letters = "".join(filter(str.isalpha, piece))
        short = len(piece) > 1 and (letters.isupper() or (piece[0].isdigit() and letters != ""))
        named = len(letters) > 1 or short
        if named and letters.casefold() not in EMPTY and not _is_digest(piece):
            return True
    return False


def _is_digest(text: str) -> bool:
    """Return whether ``text`` is letters and digits mixed as only machines do."""
    joined = "".join(filter(str.isalnum, text))
    if not any(map(str.isdigit, joined)) or joined.isdigit():
        return False
    mixed = len(joined) > 15 and " " not in text and len(DIGITS.findall(joined)) > 3
    return mixed or HEXADECIMAL.fullmatch(joined) is not None


def _is_usable(title: str) -> bool:
    """Return whether a title says what its document is about, and was not made up by a program."""
    pieces = WORD.findall(title)
    telling = [p for p in pieces if len(p) > 2 or not p.isascii()]
    if MADE_UP.match(title) or (" " not in title and FILE_NAME.search(title)):
        return False
    return len(title) <= LONGEST_TITLE and _tells(filter(_has_letter, telling))


def _has_letter(piece: str) -> bool:
    return any(map(str.isalpha, piece))


def _says_only_its_kind(title: str) -> bool:
    return all(w in KINDS or w in SMALL or w in EMPTY or w.isdigit() for w in words(title))


def _drop(title: str, said: set[str]) -> str:
    """Return ``title`` without the words of ``said``, and without what hangs loose then."""
    left = [token for token in title.split() if not words(token) or words(token) - said]
    while left and (left[0].casefold() in SMALL or not words(left[0])):
        left.pop(0)
    while left and (left[-1].casefold() in SMALL or not words(left[-1])):
        left.pop()
    return " ".join(left)


# ---- what is looked at ----


Headings = tuple[tuple[int, int, str], ...]


def _opening(document: Document) -> tuple[str, str, Headings, int]:
    """Return title, first characters, headings (start, level, title) and where the page ends."""
    if len(document.headings) > 1 and any(place.row for place in document.places[:2]):
        # Of several sheets, none speaks for the others.
        return document.title[: LONGEST_TITLE + 1], "", (), 0
    text = masked_text(document, 0, min(OPENING, len(document.text)))
    inside = takewhile(lambda h: h.start < TITLE_PAGE, document.headings)
    headings = tuple((h.start, h.level, h.title[: LONGEST_TITLE + 1]) for h in inside)
    page = document.page_starts[1] if len(document.page_starts) > 1 else TITLE_PAGE
    return document.title[: LONGEST_TITLE + 1], text, headings, min(page, TITLE_PAGE)


@lru_cache(maxsize=32)
def _find(title: str, text: str, headings: Headings, page: int) -> tuple[str, str]:
    """Return title and speaker; kept, because every passage of a document asks."""
    lines = [plain(line).strip(MARKS) for line in text.splitlines()]
    named = [plain(t) for start, _, t in sorted(headings, key=_rank) if start < page]
    title = plain(title)
    registrant = _registrant(lines)
    if not _is_usable(title):
        title = _form(lines) if registrant else _title_on_page(text, lines, headings, named)
    running = _running_text(lines)
    speaker = registrant or _definition(running) or _meaning(running) or _product(running)
    if not speaker and (not title or _says_only_its_kind(title)):
        others = (name for name in named if _is_usable(name) and not _says_only_its_kind(name))
        speaker = _letterhead(lines) or (next(others, "") if title else "")
    return title, speaker


def _rank(heading: tuple[int, int, str]) -> tuple[int, int]:
    return heading[1], heading[0]


# ---- titles ----


def _title_on_page(text: str, lines: list[str], headings: Headings, named: list[str]) -> str:
    """Return the one heading that is above all others, a field, the first line or first heading."""
    start, top, _ = min(headings, key=_rank, default=(OPENING, 0, ""))
    begins = len(text) - len(text.lstrip())
    heading = named[0] if named and start < begins + TITLE_START else ""
    if not _is_usable(heading) or NUMBERED.match(f"{heading} "):
        heading = ""
    if heading and sum(level == top for _, level, _ in headings) == 1:
        return heading
    return _title_field(lines) or _first_line(lines) or heading


def _title_field(lines: list[str]) -> str:
    """Return the title that the head of a message or book names among other fields."""
    visible = [line for line in lines if line][:FIELD_LINES]
    fields = [found for line in visible if (found := FIELD.fullmatch(line))]
    titles = [f[2] for f in fields if f[1].casefold() in {"title", "subject", "re"}]
    return next((t for t in titles if len(fields) > 1 and _is_usable(t)), "")


def _first_line(lines: list[str]) -> str:
    """Return the first line if it stands above the text like a title."""
    line, *rest = list(dropwhile(operator.not_, lines)) or [""]
    body = next((other for other in rest if other and not RULE.fullmatch(other)), "")
    if not body or not rest or not _looks_like_title(line):
        return ""
    alone = not rest[0] or RULE.fullmatch(rest[0]) is not None
    above = len(line) < SHORTER * len(rest[0]) and _begins_sentence(rest[0])
    block = [line, *takewhile(bool, rest)]
    stacked = 2 <= len(block) <= 3 and len(block) < len(rest) and all(map(_looks_like_title, block))
    return line if alone or above or stacked else ""


def _begins_sentence(line: str) -> bool:
    return line[:1].isalpha() and not line[0].islower()


def _looks_like_title(line: str) -> bool:
    return (
        not line[0].islower()
        and line[0].isalnum()
        and line[-1] not in '.,;:!?-–…"”'
        and not NUMBERED.match(f"{line} ")
        and _is_usable(line)
    )


def _form(lines: list[str]) -> str:
    """Return the number of a form that a company fills in, and the year that it is about."""
    text = " ".join(lines)
    form, period = FORM.search(text), PERIOD.search(text)
    return " ".join(filter(None, (form and f"Form {form[1].upper()}", period and period[1])))


# ---- speakers ----


def _registrant(lines: list[str]) -> str:
    """Return the name above "(Exact name of registrant as specified in its charter)"."""
    for at, line in enumerate(lines):
        if "(" in line and (found := CHARTER.search(line)):
            before = [line[: found.start()], *reversed(lines[max(0, at - 4) : at])]
            name = next((one.strip(" _") for one in before if words(one.strip(" _"))), "")
            return name if len(name) <= LONGEST_NAME_LINE else ""
    return ""


def _running_text(lines: Sequence[str]) -> str:
    """Return the lines as one, with marks where a paragraph ends."""
    parts = []
    for line in lines:
        parts.append(line)
        if len(line) < SHORT_LINE:
            parts.append(PARAGRAPH)
    return " ".join(parts)


def _definition(text: str) -> str:
    """Return the name that a parenthesis calls "we", or else one that it calls "the Company"."""
    second = ""
    for found in PARENTHESIS.finditer(text):
        content = found[1].strip()
        terms = [term.strip() for term in QUOTED.findall(content)]
        ours = BARE_PRONOUNS.fullmatch(content) is not None or any(map(_is_ours, terms))
        bare = BARE_ROLE.fullmatch(content)
        if not (terms or ours or bare):
            continue
        name = _name_before(text[max(0, found.start() - 240) : found.start()])
        if name and ours:
            return name
        own = bare is not None and words(bare[1]) <= words(name) and bool(words(bare[1]) & ROLES)
        if name and not second and (own or any(_is_role(term, name) for term in terms)):
            second = name
    return second


def _is_ours(term: str) -> bool:
    """Return whether ``term`` stands for who speaks; "US" is a country."""
    return term.casefold() in PRONOUNS and term != "US"


def _is_role(term: str, name: str = "") -> bool:
    """Return whether ``term`` is a word such as "the Company", maybe with words of ``name``."""
    rest = words(term) - {"the"}
    return bool(rest & ROLES) and rest <= ROLES | words(name)


def _meaning(text: str) -> str:
    """Return the name that "we" refers to, where a sentence says so."""
    if not any(_is_ours(term) or _is_role(term) for term in QUOTED.findall(text)):
        return ""  # most texts: quicker than to look at each of their verbs
    for found in MEANING.finditer(text):
        sentence = text[max(0, found.start() - MEANING_REACH) : found.start()]
        sentence = sentence.rpartition(PARAGRAPH)[2]
        own = sum(_is_ours(term) or _is_role(term) for term in QUOTED.findall(sentence))
        if own > 1 - bool(OF_TERMS.search(sentence)) and (
            name := _name_after(text[found.end() : found.end() + 160])
        ):
            return name
    return ""


def _product(text: str) -> str:
    """Return the name of what a manual thanks for buying."""
    found = PURCHASE.search(text)
    return _name_after(text[found.end() : found.end() + 160]) if found else ""


def _letterhead(lines: Sequence[str]) -> str:
    """Return the first line of the title page that is nothing but an organisation's name."""
    pairs = [pair for pair in pairwise([*lines, ""]) if pair[0]]
    for line, below in pairs[:LETTERHEAD_LINES]:
        tokens = line.split()
        if (
            not below[:1].islower()
            and 2 <= len(tokens) <= LONGEST_NAME
            and all(map(_is_name_token, tokens))
        ):
            cores = [_core(token) for token in tokens]
            ends = cores[-1] in BODIES and _core(tokens[0]) not in BEFORE_NAMES
            if ends or (cores[0] in BODIES and cores[1] == "of" and line[0].isupper()):
                return line.rstrip(",")
    return ""


# ---- names ----


def _core(token: str) -> str:
    return "".join(c for c in token if c.isalnum() or c == "&").casefold()


def _is_name_token(token: str) -> bool:
    bare = token.strip("“”\"‘’'(),;:")
    if not bare:
        return False
    begins = bare[0].isupper() or (bare[0].isdigit() and _has_letter(bare))
    return begins or _core(bare) in SMALL | LEGAL


def _ends_sentence(token: str) -> bool:
    return token[-1] in ".!?;:" and _core(token) not in ABBREVIATIONS and len(_core(token)) > 1


def _name_before(text: str) -> str:
    """Return the name that ends ``text``, but for "and its subsidiaries" or "a Delaware firm"."""
    text = APPOSITION.sub("", FAMILY.sub("", text.rstrip(" ,")))
    tokens: list[str] = []
    for token in reversed(text.split()):
        if not _is_name_token(token) or (tokens and _ends_sentence(token)):
            break
        if tokens and token.endswith(",") and _core(tokens[0]) not in LEGAL:
            break
        tokens.insert(0, token)
    return _trim(tokens)


def _name_after(text: str) -> str:
    """Return the name that begins ``text``."""
    return _trim(list(_tokens_of_name(text.split())))


def _tokens_of_name(tokens: list[str]) -> Iterator[str]:
    for token, following in zip(tokens, [*tokens[1:], ""], strict=True):
        if not _is_name_token(token):
            return
        yield token
        ends = token.endswith(",") and _core(following) not in LEGAL
        if ends or _ends_sentence(token) or token[-1] in ')”"':
            return


def _trim(tokens: list[str]) -> str:
    """Return a name of ``tokens`` without small words at its ends; empty if it is none."""
    while tokens and _core(tokens[0]) in BEFORE_NAMES:
        tokens = tokens[1:]
    while tokens and _core(tokens[-1]) in SMALL:
        tokens = tokens[:-1]
    name = " ".join(tokens).strip('“”"‘’,;: ')
    if tokens and _core(tokens[-1]) not in ABBREVIATIONS:
        name = name.rstrip(".!?")
    is_name = _tells(WORD.findall(name)) and words(name) - ROLES
    return name if is_name and len(tokens) <= LONGEST_NAME else ""
