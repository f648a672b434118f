"""Questions that almost fit: a true question, changed in one point so that its passage is silent.

People who ask about the wrong year, the wrong person or the opposite are the ones whom an answer
misleads most. The kinds follow the table of unanswerable questions of SQuAD 2.0 (Rajpurkar et al.
2018, table 2): another entity, which the passage may know in another role, another number, another
word, an antonym, a negation.
"""

import calendar
import random
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from index import terms
from training.data import Example

__all__ = ["changed_example", "near_miss", "questions_by_article"]

Way = Callable[[str, str, Sequence[str], random.Random], str | None]

# How many of an article's other questions lend their names.
MOST_OTHERS = 20
NAME = re.compile(r"(?<=\s)[A-Z][\w’'-]+(?:\s(?:of\s(?:the\s)?)?[A-Z][\w’'-]+)*")
NUMBER = re.compile(r"\b\d[\d,]*\b")
# A word and the one that follows it.
FOLLOWED = re.compile(r"\b([a-z]+) (?=([a-z]{4,})\b(?!'))")
ENDINGS = ("ed", "ing", "ly", "s", "er", "est")
# After these stands a noun or an adjective, so that another one fits as well.
DETERMINERS = frozenset({"the", "a", "an", "his", "her", "its", "their", "this", "of"})
EMPTY = frozenset({"kind", "name", "number", "same", "term", "type", "used", "called", "other"})
# A name within a sentence of the passage; sentences may begin with any word.
TOLD = re.compile(r"(?<=[a-z,] )[A-Z][\w-]+(?:\s(?:of\s(?:the\s)?)?[A-Z][\w-]+)*")
MONTHS = frozenset(calendar.month_name)
OPPOSITES = """
    first last | largest smallest | biggest smallest | highest lowest | most least | before after
    north south | east west | northern southern | eastern western | increase decrease
    increased decreased | more fewer | oldest youngest | male female | men women | win lose
    won lost | start end | begin end | began ended | maximum minimum | above below | early late
    with without | include exclude | accept reject | accepted rejected | allow forbid
    allowed banned | cause prevent | caused prevented | best worst | longest shortest
    major minor | majority minority | support oppose | supported opposed | success failure
    rich poor | public private | inside outside | upper lower | internal external | gain lose
    gained lost | earliest latest | high low | large small | greatest least | open close
    built destroyed | born died | agree disagree | legal illegal | direct indirect | buy sell
    bought sold | winter summer | left right | common rare | positive negative | import export
    natural artificial | ancient modern | rise fall | rose fell | enter leave | join leave
    joined left | strong weak | strongest weakest | hot cold | wet dry | heavy light | fast slow
"""
NEGATED = {
    "is": "isn't", "are": "aren't", "was": "wasn't", "were": "weren't", "did": "didn't",
    "does": "doesn't", "do": "don't", "can": "can't", "could": "couldn't", "has": "hasn't",
    "had": "hadn't", "will": "won't", "would": "wouldn't", "should": "shouldn't",
}  # fmt: skip


def questions_by_article(examples: Iterable[Example]) -> dict[str, list[str]]:
    """Return the questions about each article, by its title."""
    asked: dict[str, list[str]] = {}
    for example in examples:
        asked.setdefault(example.passage.title, []).append(example.question)
    return asked


def changed_example(
    example: Example, asked: Mapping[str, Sequence[str]], rng: random.Random
) -> Example | None:
    """Return ``example`` with its question changed and no answer; None if nothing fits.

    Args:
        example: one that its passage answers.
        asked: the questions about each article, by its title.
        rng: chooses the point that is changed.
    """
    same = asked[example.passage.title]
    others = rng.sample(same, min(MOST_OTHERS, len(same)))
    question = near_miss(example.question, example.passage.text, others, rng)
    return None if question is None else replace(example, question=question, span=None)


def near_miss(question: str, passage: str, others: Sequence[str], rng: random.Random) -> str | None:
    """Return ``question`` changed so that ``passage`` does not answer it; None if nothing fits.

    Args:
        question: one that the passage answers.
        passage: what it was asked of.
        others: other questions on the same subject; their names replace this question's.
        rng: chooses the point that is changed.
    """
    ways: list[Way] = [
        _other_name, _passage_name, _other_number, _passage_number, _other_word, _opposite,
        _negation,
    ]  # fmt: skip
    rng.shuffle(ways)
    for way in ways:
        changed = way(question, passage, others, rng)
        if changed is not None and changed != question:
            return changed
    return None


def _other_name(
    question: str, passage: str, others: Sequence[str], rng: random.Random
) -> str | None:
    names = list(NAME.finditer(question))
    text = passage.lower()
    found: set[str] = {name for other in others for name in NAME.findall(other)}
    fitting = sorted(name for name in found if name.lower() not in text and name not in question)
    if not names or not fitting:
        return None
    name = rng.choice(names)
    return question[: name.start()] + rng.choice(fitting) + question[name.end() :]


def _passage_name(
    question: str,
    passage: str,
    others: Sequence[str],  # noqa: ARG001 - every way has the same signature
    rng: random.Random,
) -> str | None:
    names = list(NAME.finditer(question))
    own = {*terms(question), *MONTHS}
    told = {
        name
        for name in TOLD.findall(passage)
        if not own.intersection({*terms(name), *name.split()})
    }
    if not names or not told:
        return None
    name = rng.choice(names)
    other: str = rng.choice(sorted(told))
    return question[: name.start()] + other + question[name.end() :]


def _other_word(
    question: str, passage: str, others: Sequence[str], rng: random.Random
) -> str | None:
    """Replace a word by one that follows the same word, and ends alike, in another question."""
    known = {*terms(passage), *terms(question)}
    ways: list[tuple[int, str, str]] = []
    for found in FOLLOWED.finditer(question):
        before, word = found.groups()
        if word in EMPTY or not (before in DETERMINERS or word.endswith("ed")):
            continue
        for other in others:
            ways += [
                (found.end(), word, new)
                for same, new in FOLLOWED.findall(other)
                if same == before
                and new not in EMPTY
                and _ending(new) == _ending(word)
                and not known.intersection(terms(new))
            ]
    if not ways:
        return None
    at, word, new = rng.choice(ways)
    return question[:at] + new + question[at + len(word) :]


def _ending(word: str) -> str:
    return next((ending for ending in ENDINGS if word.endswith(ending)), "")


def _other_number(
    question: str,
    passage: str,
    others: Sequence[str],  # noqa: ARG001 - every way has the same signature
    rng: random.Random,
) -> str | None:
    numbers = list(NUMBER.finditer(question))
    if not numbers:
        return None
    number = rng.choice(numbers)
    value = int(number.group().replace(",", ""))
    near = max(2, value // 50)
    for _ in range(8):
        other = str(max(1, value + rng.choice((-1, 1)) * rng.randint(1, near)))
        if other != number.group() and other not in passage:
            return question[: number.start()] + other + question[number.end() :]
    return None


def _passage_number(
    question: str,
    passage: str,
    others: Sequence[str],  # noqa: ARG001 - every way has the same signature
    rng: random.Random,
) -> str | None:
    """Replace a number by one of the same length that the passage gives for something else."""
    numbers = list(NUMBER.finditer(question))
    asked = {number.group() for number in numbers}
    told: list[str] = sorted(set(NUMBER.findall(passage)) - asked)
    ways = [
        (number, other) for number in numbers for other in told if _alike(number.group(), other)
    ]
    if not ways:
        return None
    number, other = rng.choice(ways)
    return question[: number.start()] + other + question[number.end() :]


def _alike(one: str, other: str) -> bool:
    return len(one) == len(other) and len(one) > 1


def _opposite(
    question: str,
    passage: str,  # noqa: ARG001 - every way has the same signature
    others: Sequence[str],  # noqa: ARG001
    rng: random.Random,
) -> str | None:
    words = question.split(" ")
    indices = [i for i, word in enumerate(words) if word.strip("?,.") in _opposites()]
    if not indices:
        return None
    index = rng.choice(indices)
    bare = words[index].strip("?,.")
    words[index] = words[index].replace(bare, _opposites()[bare])
    return " ".join(words)


def _negation(
    question: str,
    passage: str,  # noqa: ARG001 - every way has the same signature
    others: Sequence[str],  # noqa: ARG001
    rng: random.Random,  # noqa: ARG001
) -> str | None:
    words = question.split(" ")
    for index, word in enumerate(words):
        if word in NEGATED:
            return " ".join([*words[:index], NEGATED[word], *words[index + 1 :]])
    return None


def _opposites() -> dict[str, str]:
    found: dict[str, str] = {}
    for pair in OPPOSITES.replace("\n", "|").split("|"):
        if pair.strip():
            one, other = pair.split()
            found.setdefault(one, other)
            found.setdefault(other, one)
    return found
