"""What a question asks for: its terms, the kind of its answer, and candidates for one in a text."""

import re
from dataclasses import dataclass
from enum import Enum

from corpus import Span, plain
from index import terms

__all__ = ["TYPED", "AnswerType", "Question", "candidates", "understand"]

# Longer questions are noise or pasted text; what follows is ignored, and the answer says so.
LONGEST_QUESTION = 2000

NUMBER_WORD = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|"
    "seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|"
    "thousand|million|billion|dozens?|half|third|quarter"
)
# Words that only say that this is a question; the documents need not hold them.
ASKING_WORDS = frozenset(
    terms("what which who whom whose when where why how is are was were do does did done many much")
)
# A capital letter says nothing at the start, and little about the small words of titles.
NAME_OR_NUMBER = re.compile(r"(?<=\S\s)[^\W\d_a-z]\w*|\b\w*\d\w*")
HOW_MANY = re.compile(r"\bhow\s+many\s+([^\W_]+)", re.IGNORECASE)
MONTH = (
    "January|February|March|April|May|June|July|August|September|October|November|December|"
    "Jan\\.|Feb\\.|Mar\\.|Apr\\.|Jun\\.|Jul\\.|Aug\\.|Sept?\\.|Oct\\.|Nov\\.|Dec\\."
)
YEAR = r"(?:1[0-9]|20)\d\d(?![\d,.]\d)"


class AnswerType(Enum):
    """The kind of words that can answer a question."""

    NUMBER = "number"
    DATE = "date"
    NAME = "name"
    STATEMENT = "statement"
    OTHER = "other"


# The kinds that can be told from a text alone.
TYPED = (AnswerType.NUMBER, AnswerType.DATE, AnswerType.NAME)

CANDIDATE = {
    AnswerType.NUMBER: re.compile(
        rf"[$£€]?(?<![\w.,])\d+(?:[.,]\d+)*(?:\s?%|\s?(?:per\s?cent|percent|{NUMBER_WORD})\b)*"
        rf"|\b(?:{NUMBER_WORD})(?:[\s-](?:{NUMBER_WORD}))*\b",
        re.IGNORECASE,
    ),
    AnswerType.DATE: re.compile(
        rf"\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:{MONTH})(?:,?\s+{YEAR})?"
        rf"|\b(?:{MONTH})(?:\s+\d{{1,2}}(?:st|nd|rd|th)?\b)?(?:,?\s+{YEAR})?"
        rf"|(?<![\w,.$£€]){YEAR}s?(?![\w%])"
    ),
    AnswerType.NAME: re.compile(
        r"(?:[^\W\d_a-z][\w'’.-]*\w|[^\W\d_a-z])(?:\s+(?:(?:of|the|and|for|de|von|van|&)\s+)?"
        r"(?:[^\W\d_a-z][\w'’.-]*\w|[^\W\d_a-z]\.?))*"
    ),
}

ASKS = (
    (
        AnswerType.STATEMENT,
        r"^(?:is|are|was|were|am|do|does|did|can|could|has|have|had|will|would|shall|should|may|"
        r"might|must|explain|describe|list|summari[sz]e|tell)\b",
    ),
    (
        AnswerType.DATE,
        r"\bwhen\b"
        r"|\b(?:what|which)\s+(?:\w+\s+)?(?:year|date|day|month|decade|century)\b",
    ),
    (
        AnswerType.NUMBER,
        r"\bhow\s+(?:many|much|old|long|far|large|big|tall|high|often|wide|deep|fast|heavy)\b"
        r"|\b(?:what|which)\s+(?:\w+\s+)?(?:number|percentage|percent|proportion|share|amount|age|"
        r"population|price|cost|rate|distance|temperature|size|total)\b",
    ),
    (
        AnswerType.NAME,
        r"\b(?:who|whom|whose|where)\b|\b(?:what|which)\s+(?:\w+\s+)?(?:person|city|country|state|"
        r"company|companies|organi[sz]ations?|universit(?:y|ies)|team|name|place|airport|firm)s?\b",
    ),
)
ASKS_COMPILED = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in ASKS)


@dataclass(frozen=True, slots=True)
class Question:
    """A question, understood.

    Args:
        text: as it is searched for: white space collapsed, compatibility characters folded.
        terms: its search terms in order, each once, without words such as "what" or "did" unless it
            has no others; empty if it has no word.
        names: those of its terms that come from names and numbers.
        answer_type: the kind of words that can answer it.
        counted: the term for what "how many" counts; empty if it is not asked.
    """

    text: str
    terms: tuple[str, ...]
    names: frozenset[str]
    answer_type: AnswerType
    counted: str


def understand(question: str) -> Question:
    """Return what ``question`` asks for; works for any text, of any length."""
    text = plain(question)[:LONGEST_QUESTION].strip()
    kind = next((kind for kind, asks in ASKS_COMPILED if asks.search(text)), AnswerType.OTHER)
    found = dict.fromkeys(terms(text))
    telling = [term for term in found if term not in ASKING_WORDS]
    named = " ".join(NAME_OR_NUMBER.findall(text))
    names = frozenset(terms(named)) - ASKING_WORDS
    many = HOW_MANY.search(text)
    counted = terms(many.group(1))[0] if many else ""
    return Question(text, tuple(telling or found), names, kind, counted)


def candidates(sentence: str, question: Question) -> list[Span]:
    """Return where ``sentence`` has words of the answer type that are not in the question.

    Args:
        sentence: a sentence of a document.
        question: what was asked.

    Returns:
        Spans into ``sentence``, in order; none for a question of no particular type.
    """
    pattern = CANDIDATE.get(question.answer_type)
    if pattern is None:
        return []
    asked = set(question.terms)
    spans = (Span(*match.span()) for match in pattern.finditer(sentence))
    return [span for span in spans if not asked.issuperset(terms(sentence[span.start : span.end]))]
