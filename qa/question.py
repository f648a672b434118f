"""What a question asks for: its terms, the kind of its answer, and candidates for one in a text."""

import re
from dataclasses import dataclass
from enum import Enum

from corpus import Span, plain
from index import terms

__all__ = ["TYPED", "AnswerType", "Question", "candidates", "understand"]

# Longer questions are noise or pasted text; what follows is ignored, as the answer shows.
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


# The kinds that can be recognised from a text alone.
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

# The words that ask, by the kind of answer that they ask for.
NOUN = r"(?:what|which)\s+(?:of\s+(?:the|these|those)\s+)?(?:\w+\s+)?"
OF_WHAT = r"what(?:\s+(?:is|was|are|were)|['’]s)\s+the\s+(?:\w+\s+)?"
ASKING = (
    r"\b(?:(?P<number>how\s+(?:many|much|old|long|far|large|big|tall|high|often|wide|deep|fast|heavy)"
    rf"|(?:{NOUN}|{OF_WHAT})(?:number|percentage|percent|proportion|share|amount|age|population|"
    r"price|cost|rate|distance|temperature|size|total))"
    rf"|(?P<date>when|(?:{NOUN}|{OF_WHAT})(?:year|date|day|month|decade|century))"
    r"|(?P<name>who|whom|whose|where"
    rf"|{NOUN}(?:person|cit(?:y|ies)|countr(?:y|ies)|state|compan(?:y|ies)|organi[sz]ation|universit(?:y|ies)|"
    rf"team|place|airport|firm)s?|(?:{NOUN}|{OF_WHAT})names?)"
    r"|(?P<other>what|which|why|how))\b"
)
AUXILIARY = (
    "(?:is|are|was|were|am|do|does|did|can|could|has|have|had|will|would|shall|should|may|might|"
    "must)"
)
PREPOSITION = (
    "(?:in|on|at|by|to|from|for|of|with|under|during|about|since|until|after|before|into|against|"
    "through|over|between|among|near|within|as)"
)
# "When the bridge opened" says of what time something is asked; "when was it opened" asks.
CLAUSE = rf"(?:when|where)\s+(?!(?:{AUXILIARY}|{PREPOSITION})\b)(?=\w)"
REQUEST = (
    r"(?:please\s+)?(?:(?:can|could|would|will)\s+you\s+(?:please\s+)?tell\s+(?:me|us)|tell\s+(?:me|us)|"
    r"do\s+you\s+know|i\s+(?:want|would\s+like)\s+to\s+know)"
)
PHRASE = re.compile(ASKING, re.IGNORECASE)
OPENING_PHRASE = re.compile(
    rf"(?:(?:and|but|or|so|then)\s+)?(?:{REQUEST}\s+(?:{PREPOSITION}\s+)?"
    rf"|(?:{PREPOSITION}\s+)?(?!{CLAUSE})){ASKING}",
    re.IGNORECASE,
)
STATEMENT = re.compile(
    rf"(?:{AUXILIARY}(?:n?['’]t)?|won['’]t|explain|describe|list|summari[sz]e|tell)\b",
    re.IGNORECASE,
)
# "Will Smith was born …" begins with a name: a verb follows that no auxiliary can have.
FINITE = (
    "(?:is|are|was|were|has|had|does|did|became|began|bought|built|found|gave|got|held|knew|led|left|"
    r"made|met|said|sang|saw|sold|spoke|taught|took|went|won|wrote|\w+(?<!e)ed|\w+[^\Ws]s)"
)
NAMED = re.compile(
    r"(?:Will|May|Can)\s+(?:[^\W\d_a-z]|\d)\S*"
    rf"(?:\s+(?!(?i:who|what|which|when|where|why|how))\S+){{0,4}}?\s+{FINITE}\b.*(?i:{ASKING})"
)
# After these a question begins anew; after a comma only if what comes before it is an adverbial.
BREAK = re.compile(r"(?<=[.:;!?])\s+(?=\w)")
BREAK_OR_COMMA = re.compile(r"(?<=[.:;!?,])\s+(?=\w)")
ADVERBIAL = re.compile(
    rf"(?:{CLAUSE}|(?:{PREPOSITION}|while|if|although|though|because|once|according|besides|given)\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Question:
    """A question, understood.

    Args:
        text: as it is searched for: white space collapsed, compatibility characters folded.
        terms: its search terms in order, each once, without words such as "what" or "did" unless it
            has no others; empty if it has no word.
        names: those of its terms that come from names and numbers.
        answer_type: the kind of words that can answer it.
    """

    text: str
    terms: tuple[str, ...]
    names: frozenset[str]
    answer_type: AnswerType


def understand(question: str) -> Question:
    """Return what ``question`` asks for; works for any text, of any length."""
    text = plain(question)[:LONGEST_QUESTION].strip()
    found = dict.fromkeys(terms(text))
    telling = [term for term in found if term not in ASKING_WORDS]
    named = " ".join(NAME_OR_NUMBER.findall(text))
    names = frozenset(terms(named)) - ASKING_WORDS
    return Question(text, tuple(telling or found), names, _answer_type(text))


def _answer_type(text: str) -> AnswerType:
    """Return the kind of answer asked for by the word that governs the question ``text``."""
    breaks = BREAK_OR_COMMA if ADVERBIAL.match(text) else BREAK
    for start in (0, *(found.end() for found in breaks.finditer(text))):
        if phrase := OPENING_PHRASE.match(text, start):
            return AnswerType(phrase.lastgroup)
        if STATEMENT.match(text, start) and not NAMED.match(text, start):
            return AnswerType.STATEMENT
    return _asked_in_place(text)


def _asked_in_place(text: str) -> AnswerType:
    """Return what is asked for by a question in the order of a statement: "built in what year?"."""
    every = list(PHRASE.finditer(text))
    # A lone "who" or "which" can begin a relative clause; "which year" and "how many" hardly can.
    lone = [phrase for phrase in every if not re.search(r"\s", phrase.group())]
    telling = [phrase for phrase in every if phrase not in lone]
    last = [phrase for phrase in lone[-1:] if not re.search(r"\w", text[phrase.end() :])]
    clause = re.compile(CLAUSE, re.IGNORECASE)
    asking = [phrase for phrase in lone if not clause.match(text, phrase.start())]
    governing = next(iter((*telling, *last, *asking, *lone)), None)
    return AnswerType(governing.lastgroup) if governing else AnswerType.OTHER


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
