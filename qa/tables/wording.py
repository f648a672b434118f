"""Which of a question's words a head stands for: the same words, another name, an abbreviation."""

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise

from index import terms
from qa.question import Question
from qa.tables.periods import PERIOD_WORDS, Periods, periods_in

__all__ = ["HeadWords", "Sought", "ask", "head_words"]

# Words that carry nothing of what a value is of.
SMALL = frozenset(
    terms(
        "the a an of in on at by to for from with and or as is are was were be been it its their "
        "his her our your this that these those there has had have will would can could per during "
        "under over according give me tell please show find s t"
    )
)
# Words of questions that say how a value is counted, or that a value is meant.
SCAFFOLD = frozenset(
    terms(
        "what which who whom whose when where why how many much do does did done million millions "
        "billion billions thousand thousands dollar dollars usd euro euros pounds figure figures "
        "report reports reported amount amounts value values table list listed say says said "
        "company company's make made stand stood book booked record recorded come came"
    )
)
# Standard names of the same thing: each a set of names, each name a set of words.
SYNONYMS = (
    ("revenue", "revenues", "sales", "turnover", "net sales", "net revenue", "top line"),
    ("net income", "net profit", "net earnings", "profit for the year", "profit after tax",
     "bottom line", "profit for the period"),
    ("operating income", "operating profit", "income from operations", "profit from operations",
     "ebit"),
    ("capex", "capital expenditure", "capital spending", "purchases property equipment",
     "purchase property equipment", "additions to property equipment",
     "acquisition property equipment", "payments property equipment", "purchases fixed assets",
     "purchase of tangible assets", "additions to fixed assets"),
    ("cost of sales", "cost of revenue", "cost of goods sold", "cost of products sold"),
    ("headcount", "employees", "staff", "workforce", "people employ", "personnel"),
    ("shareholders equity", "stockholders equity", "shareowners equity", "total equity"),
    ("buyback", "repurchase", "purchase treasury shares", "purchases of treasury stock",
     "repurchases of common stock", "share buybacks", "stock buybacks"),
    ("operating expenses", "opex"),
    ("receivables", "debtors"),
    ("payables", "creditors"),
    ("inventory", "inventories", "stocks"),
    ("operating cash flow", "cash flow from operations", "net cash operating activities",
     "cash generated operating activities", "cash generated from operations"),
    ("tax", "taxes", "taxation", "income taxes"),
    ("borrowings", "debt", "loans"),
    ("earnings per share", "net income per share"),
    ("phone", "telephone"),
    ("email", "e-mail", "mail address"),
    ("cost", "price", "fee", "charge"),
    ("spend", "expense", "expenditure", "spending", "spent", "costs", "expenses"),
)  # fmt: skip
NAMES = tuple(
    tuple(dict.fromkeys(frozenset(terms(name)) - SMALL for name in group)) for group in SYNONYMS
)
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
CAPITAL = re.compile(r"\b[A-Z]\w*")
# A term that is a period: fy2018, 2q18, 2018.
PERIOD = re.compile(r"(?:(?:[fc]y|q[1-4]|[1-4]q|h[12]|[12]h)(?:\d\d)?|(?:19|20))\d\d")
ABBREVIATION = re.compile(
    r"\b(?:[A-Za-z]{1,3}(?:&[A-Za-z]{1,2})+|(?=\w*[A-Z]\w*[A-Z])[A-Za-z]{2,7})\b"
)
CLIPPED = re.compile(r"\b[a-z]{5,8}\b")
# In letters: how much of each of two words a clipped word such as "capex" has.
LEAST_BEGINNING = 2
JOINING = frozenset(["and", "of", "the", "per", "for", "in", "on", "to"])
MOST_WORDS = 24
PERIOD_STEMS = frozenset(terms(PERIOD_WORDS))


@dataclass(frozen=True, slots=True)
class HeadWords:
    """The words of a head.

    Args:
        words: in order, lower case, without small ones.
        stems: as search terms, without small ones and single letters.
        abbreviations: words that may stand for several others, with their terms.
    """

    words: tuple[str, ...]
    stems: frozenset[str]
    abbreviations: tuple[tuple[str, frozenset[str]], ...]


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for in tables.

    Args:
        question: as it was understood.
        words: of the question, as of a head.
        weights: how much each of its terms counts; those that say nothing of a value are not here.
        names: those of its terms that are names, but for numbers.
        capitals: those that have a capital letter, also at the beginning.
        periods: that it asks about.
    """

    question: Question
    words: HeadWords
    weights: Mapping[str, float]
    names: frozenset[str]
    capitals: frozenset[str]
    periods: Periods

    def explain(self, head: HeadWords) -> tuple[frozenset[str], frozenset[str]]:
        """Return which terms of the question ``head`` stands for, and which of its own those are.

        They are the same words, two standard names of one thing, or an abbreviation and what its
        letters begin.
        """
        asked = set(head.stems & self.words.stems)
        own = set(asked)
        for one, other in (*_synonyms(self.words, head), *_abbreviated(self.words, head)):
            asked |= one
            own |= other
        for one, other in _abbreviated(head, self.words):
            asked |= other
            own |= one
        return frozenset(asked & self.weights.keys()), frozenset(own)

    def weight(self, found: Set[str], apart: Set[str]) -> float:
        """Return what share of the question ``found`` is, 0 to 1, those ``apart`` left out."""
        total = sum(weight for term, weight in self.weights.items() if term not in apart)
        return sum(self.weights[term] for term in found - apart) / total if total else 0.0

    def text_without(self, stems: Set[str]) -> str:
        """Return the question without the names among ``stems``: whose it is says not what."""
        names = self.capitals & stems
        kept = [word for word in self.question.text.split() if not names & set(terms(word))]
        return " ".join(kept) or self.question.text


def ask(question: Question, rarity: Mapping[str, float]) -> Sought:
    """Return what ``question`` looks for in tables.

    Args:
        question: what was asked.
        rarity: of its terms, 0 to 1.
    """
    periods = periods_in(question.text)
    words = head_words(question.text)
    every = words.stems.union(*(found for _, found in words.abbreviations))
    told = {t for t in every if PERIOD.fullmatch(t)} | PERIOD_STEMS | SCAFFOLD
    weights = {term: 0.5 + rarity.get(term, 1.0) for term in sorted(every - told)}
    names = frozenset(n for n in question.names if n in weights and not n.isdigit())
    capitals = frozenset(terms(" ".join(CAPITAL.findall(question.text)))) & weights.keys()
    return Sought(question, words, weights, names, capitals, periods)


def head_words(text: str) -> HeadWords:
    """Return the words of ``text``, of a long one the first hundreds of characters."""
    text = text[:400]
    words = tuple(word.lower() for word in WORD.findall(text))[:MOST_WORDS]
    stems = frozenset(t for t in terms(text) if t not in SMALL and (len(t) > 1 or t.isdigit()))
    found = {*ABBREVIATION.findall(text), *CLIPPED.findall(text)}
    return HeadWords(words, stems, tuple((word, frozenset(terms(word))) for word in sorted(found)))


def _synonyms(asked: HeadWords, head: HeadWords) -> list[tuple[frozenset[str], frozenset[str]]]:
    """Return the pairs of standard names of one thing, of which each text has one."""
    pairs = []
    for names in NAMES:
        here = [name for name in names if name <= asked.stems]
        there = [name for name in names if name <= head.stems]
        pairs += [(one, other) for one in here for other in there if one != other]
    return pairs


def _abbreviated(
    short: HeadWords, spelled: HeadWords
) -> list[tuple[frozenset[str], frozenset[str]]]:
    """Return the abbreviations of one text with the terms that they stand for in another."""
    telling = tuple(word for word in spelled.words if word not in JOINING)
    pairs = []
    for word, own in short.abbreviations:
        letters = word.lower().replace("&", "")
        meant = (
            _by_initials(letters, spelled.words)
            or _by_initials(letters, telling)
            or _by_beginnings(letters, telling)
        )
        if meant and word.lower() not in spelled.words:
            pairs.append((own, frozenset(terms(" ".join(meant))) - SMALL))
    return pairs


def _by_initials(letters: str, words: Sequence[str]) -> Sequence[str]:
    """Return the consecutive words of which ``letters`` are the initials."""
    at = "".join(word[0] for word in words).find(letters)
    return words[at : at + len(letters)] if at >= 0 and len(letters) > 1 else ()


def _by_beginnings(letters: str, words: Sequence[str]) -> Sequence[str]:
    """Return the two consecutive words whose beginnings, joined, are ``letters``."""
    for one, two in pairwise(words):
        for cut in range(LEAST_BEGINNING, len(letters) - LEAST_BEGINNING + 1):
            if one.startswith(letters[:cut]) and two.startswith(letters[cut:]):
                return (one, two)
    return ()
