"""Questions made by rule from the sentences that answer them."""

import random
import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from corpus import Document, Span, plain, sentence_spans

__all__ = ["Draft", "draft_questions", "find_drafts", "take_turns"]

T = TypeVar("T")
SEED = 20110615

# Longer sentences are several facts; shorter ones say too little to be asked about in place.
MOST_WORDS = 30
FEWEST_IN_PLACE = 8
LOOKED_AT = 200_000
MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
YEAR = r"(?:1[0-9]|20)\d\d"
# What begins so points at something in the sentence before, or makes a clumsy question.
POINTING = re.compile(
    r"^(?:It|He|She|They|We|You|I|This|That|These|Those|There|Here|His|Her|Its|Their|Our|Such|Both|"
    r"However|But|And|Or|So|Then|Also|Instead|Another|Other|Others|One|Later|Meanwhile|When|While|"
    r"Although|Though|If|Since|Because|Given|Unlike|Despite|Ironically|Similarly|Some|Many|Most|"
    r"All|Once|As)\b|\b(?:this|these|those|such|former|latter|above|below|following)\b"
)
SENTENCE = re.compile(r"^(?:[A-Z“\"£$]|\d).*[^.\s]{2}[.!]$")
# A number at the start may be that of a list; marks of tables and code are no prose.
UNFIT = re.compile(r"[|\\{}<>=*_#]|\.\.|https?:|^\d+[.)]|\s[-–—]\s.*\s[-–—]\s.*\s[-–—]|[?:;]")
# A verb that is easy to tell: of a sentence, and not of a heading or a list.
VERB = re.compile(
    r"\b(?:is|are|was|were|has|have|had|will|can|may|must|said|made|held|began|became|took|gave|"
    r"met|left|won|led|built|wrote|found|sent|cost|set|grew|rose|fell|came|went|saw|ran|paid|"
    r"employs?|includes?|provides?|covers?|carry|carries|holds?|serves?|receives?|\w{3,}ed)\b"
)

# ---- turned around, as people ask ----

SUBJECT = (
    r"(?!(?:In|On|At|A|An|No)\b)(?P<subject>(?:The |the )?(?:[A-Z][\w’'-]*|of|and|for|the)"
    r"(?: [\w’'-]+){0,6}?)"
)
WHEN = re.compile(
    rf"^{SUBJECT} (?P<was>was|were) (?P<done>\w+ed|built|made|held|set up|begun|written|bought|"
    r"sold|won|born|known|sent|chosen) (?:in|on) "
    rf"(?P<it>(?:(?!in |by |at |on |to )\w+,? ){{0,4}}?{YEAR})\b(?![–/-])"
)
SMALL = r"(?:in|of|on|at|for|to|from|by|with|and|or|a|each|per|this|that|when|who|which)\b"
HOW_MANY = re.compile(
    rf"^{SUBJECT} (?P<verb>has|have|employs?|covers?|carry|carries|holds?|serves?|receive[ds]?) "
    r"(?:about |more than |over |nearly |some |up to )?(?P<it>\d(?:[\d,.]*\d)?) "
    rf"(?P<what>[a-z][\w-]+(?: (?!{SMALL})[a-z][\w-]+)?)"
)
WHO_IS = re.compile(
    r"^(?P<it>(?:[A-Z][\w’'-]+ ){1,3}[A-Z][\w’'-]+) (?P<is>is|was) "
    r"(?P<role>the [a-z][\w -]{3,40} of (?:the )?[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)*)"
)
BASE = {"has": "have", "carries": "carry", "received": "receive"}
# What follows belongs to the question if it is short and says where, how or for whom.
FURTHER = re.compile(
    r"^ (?:in|at|by|for|of|from|to|with|after|before|on|during|under|near|through)"
    r"(?: [^\s,]+){1,8}$"
)

# ---- asked in place: "was signed on what date?" ----

# What "how many" can count: a plural.
UNIT = r"(?:people|men|women|children|(?!(?:is|was|has|as|its|does|this|ours|hers)\b)[a-z]{2,}s)\b"
NUMBER = (
    rf"(?!{YEAR}\b)(?:\d+(?:,\d{{3}})*(?:\.\d+)?(?: (?:million|billion|thousand))?|two|"
    r"three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
)
# After these a number is not asked for by "how many" or "what percentage".
BEFORE = "The|the|a|an|all|first|last|next|other|later|or|to|and|±|no"
NOT_AFTER = r"(?<!\()" + "".join(rf"(?<!\b{word} )" for word in BEFORE.split("|"))
# Patterns with the words that ask for what they match; the first that fits a sentence is used.
IN_PLACE = (
    (re.compile(rf"\b[Oo]n (?P<it>\d{{1,2}} (?:{MONTH}) {YEAR})\b"), "on what date"),
    (re.compile(rf"\b[Oo]n (?P<it>(?:{MONTH}) \d{{1,2}}, {YEAR})\b"), "on what date"),
    (re.compile(rf"\b[Ii]n (?P<it>(?:{MONTH}) {YEAR})\b"), "in which month and year"),
    (re.compile(rf"\b[Ii]n (?P<it>{YEAR})(?![\w–/-])"), "in which year"),
    (
        re.compile(
            rf"{NOT_AFTER}(?<![\w.–-])(?P<it>\d+(?:\.\d+)?(?:%| per cent| percent))(?= of\b|,|$)"
        ),
        "what percentage",
    ),
    (
        re.compile(
            rf"{NOT_AFTER}(?P<it>[£$€]\d+(?:,\d{{3}})*(?:\.\d+)?(?: ?(?:million|billion|bn|m)\b)?)"
            r"(?![\w–-])"
        ),
        "how much money",
    ),
    (re.compile(rf"{NOT_AFTER}(?<![\w.,£$€–-])(?P<it>{NUMBER}) (?P<of>{UNIT})"), "how many {of}"),
)
# What follows a time at the beginning, where it is a sentence of its own.
WHOLE = re.compile(r",| (?=[A-Z])")
# A person or body that does something at the beginning of the sentence.
WHO = re.compile(
    r"^(?!(?:After|Before|Where|Until|During|Under|With|Each|Every|No|In|On|At|By|For|From) )"
    r"(?P<it>(?:The )?[A-Z][a-z’'-]+(?: (?:of (?:the )?)?[A-Z][\w’'-]+){1,4}) "
    r"(?P<rest>(?:was|is|has|had|will|said|made|held|began|became|took|gave|met|left|won|led|built|"
    r"wrote|found|sent|set|signed|opened|visited|\w{3,}ed)\b.*)$"
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A question and where its answer stands.

    Args:
        question: what to ask.
        natural: whether it is turned around as people ask, not a sentence with words replaced.
        document: id of the document that answers it.
        span: of the answer in the document's text.
        answer: the text there.
        sentence: what the question was made from, white space collapsed.
    """

    question: str
    natural: bool
    document: str
    span: Span
    answer: str
    sentence: str


def draft_questions(documents: Sequence[Document], count: int) -> list[Draft]:
    """Return at most ``count`` drafts, one of each document at first, then a second, and so on.

    The documents come in an order drawn at random, the same each time; no question comes twice.
    """
    order = random.Random(SEED).sample(documents, len(documents))  # noqa: S311
    seen: set[str] = set()
    return list(islice(take_turns([_unseen(document, seen) for document in order]), count))


def _unseen(document: Document, seen: set[str]) -> Iterator[Draft]:
    for draft in find_drafts(document):
        if draft.question not in seen:
            seen.add(draft.question)
            yield draft


def take_turns(series: Iterable[Iterator[T]]) -> Iterator[T]:
    """Yield the first of each series, then the second of each, and so on."""
    left = deque(series)
    while left:
        one = left.popleft()
        for item in islice(one, 1):
            yield item
            left.append(one)


def find_drafts(document: Document) -> Iterator[Draft]:
    """Yield a question for each sentence that a rule fits, in the order of the document.

    Every answer stands in its sentence to the character. A date, number or sum of money that cannot
    be asked for at the beginning is replaced by the words that ask for it, in its place ("was
    signed on what date?"); a name at the beginning by "who" or "what".
    """
    for start, end in sentence_spans(document, 0, min(len(document.text), LOOKED_AT)):
        sentence = plain(document.text[start:end])
        if not _is_fit(sentence):
            continue
        body = sentence.rstrip(".!")
        natural = _turned_around(body)
        if made := natural or _in_place(body):
            question, answer = made
            at = document.text.find(answer, start, end)
            if at >= 0:
                span = Span(at, at + len(answer))
                yield Draft(question, bool(natural), document.id, span, answer, sentence)


def _is_fit(sentence: str) -> bool:
    """Return whether a sentence can be understood alone and is prose."""
    return (
        len(sentence.split()) <= MOST_WORDS
        and SENTENCE.match(sentence) is not None
        and VERB.search(sentence) is not None
        and not POINTING.search(sentence)
        and not UNFIT.search(sentence)
        and sentence.count("(") == sentence.count(")")
    )


def _turned_around(body: str) -> tuple[str, str] | None:
    """Return the question that people would ask for ``body``, and its answer."""
    if found := WHEN.match(body):
        asked = f"When {found['was']} {_inside(found['subject'])} {found['done']}"
    elif found := HOW_MANY.match(body):
        verb = found["verb"]
        base = BASE.get(verb, verb.removesuffix("s"))
        helper = "did" if verb.endswith("ed") else "does" if verb.endswith("s") else "do"
        asked = f"How many {found['what']} {helper} {_inside(found['subject'])} {base}"
    elif found := WHO_IS.match(body):
        asked = f"Who {found['is']} {found['role']}"
    else:
        return None
    further = FURTHER.match(body[found.end() :].split(",")[0])
    return f"{asked}{further.group() if further else ''}?", found["it"]


def _inside(subject: str) -> str:
    """Return a subject as it stands within a sentence."""
    return f"the{subject[3:]}" if subject.startswith("The ") else subject


def _in_place(body: str) -> tuple[str, str] | None:
    """Return ``body`` with the words that ask for its answer in the answer's place."""
    if len(body.split()) < FEWEST_IN_PLACE:
        return None
    for pattern, words in IN_PLACE:
        if match := pattern.search(body):
            said = words.format(**match.groupdict())
            before, after = body[: match.start()], body[match.end() :]
            # A time at the beginning is asked for at the end.
            moved = not before and said.startswith(("in", "on"))
            if moved and (
                POINTING.search(after.lstrip(", ").capitalize()) or not WHOLE.match(after)
            ):
                return None
            question = f"{after.lstrip(', ')} {said}" if moved else f"{before}{said}{after}"
            return f"{question[0].upper()}{question[1:]}?", match["it"]
    if match := WHO.match(body):
        return f"Who or what {match['rest']}?", match["it"]
    return None
