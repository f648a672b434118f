"""Questions drafted by rule from sentences of the documents, for people to edit."""

import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from corpus import Document, plain, sentence_spans
from pincite.evaluation.questions import Expected

__all__ = ["Draft", "drafts"]

# Shorter sentences are captions, longer ones several facts.
WORDS = range(8, 31)
LOOKED_AT = 200_000
SEED = 20110615
MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
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
    r"employ|employs|include|includes|provide|provides|\w{3,}ed)\b"
)
# What "how many" can count: a plural.
UNIT = r"(?:people|men|women|children|(?!(?:is|was|has|as|its|does|this|ours|hers)\b)[a-z]{2,}s)\b"
NUMBER = (
    r"(?!(?:1[0-9]|20)\d\d\b)(?:\d+(?:,\d{3})*(?:\.\d+)?(?: (?:million|billion|thousand))?|two|"
    r"three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
)
# After these a number is not asked for by "how many" or "what percentage".
BEFORE = "the|a|an|all|first|last|next|other|later|or|to|and|±|no"
NOT_AFTER = r"(?<!\()" + "".join(rf"(?<!\b{word} )" for word in BEFORE.split("|"))
# Patterns with the words that ask for what they match; the first that fits a sentence is used.
ASKED = (
    (re.compile(rf"\b[Oo]n (?P<it>\d{{1,2}} (?:{MONTH}) (?:1[0-9]|20)\d\d)\b"), "on what date"),
    (re.compile(rf"\b[Oo]n (?P<it>(?:{MONTH}) \d{{1,2}}, (?:1[0-9]|20)\d\d)\b"), "on what date"),
    (
        re.compile(rf"\b[Ii]n (?P<it>(?:{MONTH}) (?:1[0-9]|20)\d\d)\b"),
        "in which month and year",
    ),
    (re.compile(r"\b[Ii]n (?P<it>(?:1[0-9]|20)\d\d)(?![\w–/-])"), "in which year"),
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
    """A question made from a sentence.

    Args:
        expected: the question, its document and its answer.
        sentence: what it was made from.
    """

    expected: Expected
    sentence: str


def drafts(documents: Sequence[Document], count: int) -> list[Draft]:
    """Return at most ``count`` drafts, one of each document at first, then a second, and so on.

    The documents come in an order drawn at random, the same each time.

    A date, number or sum of money is replaced by the words that ask for it, in its place ("was
    signed on what date?"); a name at the beginning by "who" or "what". Every answer stands in its
    sentence to the character.
    """
    order = random.Random(SEED).sample(documents, len(documents))  # noqa: S311
    found = islice(_in_turns(order), count)
    return [
        Draft(
            Expected(number, f"draft-{number}", question, (document,), (answer,), True, draft=True),
            sentence,
        )
        for number, (document, question, answer, sentence) in enumerate(found, 1)
    ]


def asked_of(sentence: str) -> tuple[str, str] | None:
    """Return a question that ``sentence`` answers, and the answer; None if no rule fits it."""
    if not _fit(sentence):
        return None
    body = sentence.rstrip(".!")
    for pattern, words in ASKED:
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


def _fit(sentence: str) -> bool:
    """Return whether a sentence can be understood alone and is prose."""
    return (
        len(sentence.split()) in WORDS
        and SENTENCE.match(sentence) is not None
        and VERB.search(sentence) is not None
        and not POINTING.search(sentence)
        and not UNFIT.search(sentence)
        and sentence.count("(") == sentence.count(")")
    )


def _in_turns(documents: Iterable[Document]) -> Iterator[tuple[str, str, str, str]]:
    left = [_of(document) for document in documents]
    seen: set[str] = set()
    while left:
        kept = []
        for found in left:
            if (draft := next((d for d in found if d[1] not in seen), None)) is not None:
                seen.add(draft[1])
                yield draft
                kept.append(found)
        left = kept


def _of(document: Document) -> Iterator[tuple[str, str, str, str]]:
    """Yield document, question, answer and sentence of each sentence that a rule fits."""
    for start, end in sentence_spans(document, 0, min(len(document.text), LOOKED_AT)):
        sentence = plain(document.text[start:end])
        if (made := asked_of(sentence)) is not None and made[1] in document.text[start:end]:
            yield document.id, *made, sentence
