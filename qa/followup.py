"""Follow-up questions completed from what was asked and answered before, by rule.

"And in Birmingham?", "When was that?", "Who signed it?" mean nothing on their own. A question that
is complete is never changed: what it returns must not depend on what was asked before it.
"""

import re
from dataclasses import dataclass

from index import terms
from qa.question import ASKING_WORDS, AnswerType, understand

__all__ = ["Before", "complete"]

JOINED = re.compile(r"^(?:and|but|or|so|then|what about|how about|and what about)\b[\s,]*", re.I)
PREPOSITION = re.compile(r"^(in|for|at|on|from|to|by|with|under|before|after|during|of)\s+", re.I)
ASKS = re.compile(
    r"^(?:what|which|who|whom|whose|when|where|why|how|is|are|was|were|do|does|did|can|could|has|"
    r"have|had|will|would|should|may|must|list|describe|explain)\b",
    re.I,
)
PERSON = re.compile(r"\b(?:he|she|him|her|his|hers)\b", re.I)
THING = re.compile(r"\b(?:it|its|they|them|their)\b", re.I)
# "that" and "this" stand for something said before at the end, or after a form of "be" or "do".
POINTED = re.compile(
    r"(?:\b(?:this|that|these|those)\b(?=\s*\?*$))"
    r"|(?<=\bis )that\b|(?<=\bwas )that\b|(?<=\bdid )that\b|(?<=\bdoes )that\b",
    re.I,
)
THERE = re.compile(r"\bthere\b(?=\s*\?*$)", re.I)
OWN = re.compile(r"^(?:its|their|his|hers)$", re.I)
NAME = re.compile(r"(?<=\s)[A-Z][\w’'-]*(?:\s(?:of\s(?:the\s)?|and\s)?[A-Z][\w’'-]*)*")
DETERMINED_NAME = re.compile(rf"(?<=\s)([Tt]he\s)?({NAME.pattern})")
NUMBER = re.compile(r"\b\d[\d,.]*\b")
PLACED = re.compile(r"\b((?:in|at|to|from)\s+(?:the\s+)?)([A-Z].*?)(?=[?,]|\s[a-z]|$)")
DETERMINED = re.compile(r"\b(?:the|a|an|this|that|their|its|his|her|our)\s+(.+)", re.I)
POINTING_WORDS = frozenset(
    terms("he she him her his hers it its they them their this that these those there")
)
# More content than this, and a question stands on its own whatever pronoun it has.
MOST_TERMS = 2
LONGEST_PHRASE = 6
MARKS = " ?!.,;:"


@dataclass(frozen=True, slots=True)
class Before:
    """What was asked and answered just before.

    Args:
        question: as it was searched for.
        answer: the short answer; empty for a no.
        texts: what was quoted, in which the question's own phrases may be recognised.
    """

    question: str
    answer: str = ""
    texts: tuple[str, ...] = ()


def complete(question: str, before: Before | None) -> str:
    """Return ``question`` with what it takes from ``before`` written out, or as it is."""
    asked = question.strip()
    if before is None or not asked or not before.question.strip():
        return question
    rest = JOINED.sub("", asked)
    if not ASKS.match(rest) and (rest != asked or _is_part(rest)):
        return _in_its_place(rest.strip(MARKS), before.question) or question
    if not ASKS.match(rest) or _stands_alone(rest):
        return question
    meanings = ((PERSON, _person), (THERE, _place), (THING, _thing), (POINTED, _thing))
    for pattern, meaning in meanings:
        found = pattern.search(rest)
        if found and (meant := meaning(before)):
            own = "’s" if OWN.match(found.group()) else ""
            whole = f"{rest[: found.start()]}{meant}{own}{rest[found.end() :]}"
            return whole[0].upper() + whole[1:]
    return question


def _stands_alone(question: str) -> bool:
    """Return whether a question says enough about what it is about."""
    asked = understand(question)
    content = [term for term in asked.terms if term not in ASKING_WORDS | POINTING_WORDS]
    return bool(asked.names) or len(content) > MOST_TERMS


def _is_part(question: str) -> bool:
    """Return whether a question is only a phrase such as "in Birmingham" or "for children"."""
    preposition = PREPOSITION.match(question)
    if preposition is None or len(question.split()) > LONGEST_PHRASE:
        return False
    return not ASKS.match(question[preposition.end() :])


def _in_its_place(part: str, question: str) -> str:
    """Put ``part`` where the question before had something of its kind, else at its end.

    Returns:
        The whole question; empty if ``part`` has no name and no number to put anywhere.
    """
    body = question.rstrip(MARKS)
    preposition = PREPOSITION.match(part)
    bare = part[preposition.end() :] if preposition else part
    kind = NUMBER if NUMBER.fullmatch(bare) else NAME
    if kind is NAME and not NAME.search(f" {bare}"):
        return ""
    matches = list(kind.finditer(body))
    if preposition:
        after = rf"\b{preposition.group(1)}\s+(?:the\s+)?$"
        matches = [m for m in matches if re.search(after, body[: m.start()], re.I)] or (
            matches if kind is NUMBER else []
        )
    if not matches:
        phrase = f"{preposition.group(1).lower()} {bare}" if preposition else bare
        return f"{body} {phrase}?"
    last = matches[-1]
    return f"{body[: last.start()]}{bare}{body[last.end() :]}?"


def _person(before: Before) -> str:
    """Return the person that was asked about, or was the answer."""
    asked = understand(before.question).answer_type
    if before.answer[:1].isupper() and asked is AnswerType.NAME:
        return before.answer
    names = NAME.findall(before.question)
    return names[-1] if names else ""


def _place(before: Before) -> str:
    """Return the place, with its preposition, that was asked about or given as the answer."""
    if before.answer and before.question.lower().startswith("where"):
        return f"in {before.answer}"
    found = PLACED.findall(before.question)
    return "".join(found[-1]) if found else ""


def _thing(before: Before) -> str:
    """Return what was asked about: a phrase that the quoted texts know, else the last name."""
    text = " ".join(before.texts).lower()
    phrases = []
    for found in DETERMINED.finditer(before.question):
        words = found.group(1).rstrip(MARKS).split()[:LONGEST_PHRASE]
        for count in range(len(words), 0, -1):
            phrase = " ".join(words[:count]).rstrip(MARKS)
            if terms(phrase) and re.search(rf"\b{re.escape(phrase.lower())}\b", text):
                phrases.append(f"the {phrase}")
                break
    if phrases:
        return max(phrases, key=len)
    names = [
        ("the " if the else "") + name for the, name in DETERMINED_NAME.findall(before.question)
    ]
    return names[-1] if names else ""
