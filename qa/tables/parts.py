"""Questions that need several cells: each cell asked for by a question of its own."""

import re
from collections.abc import Sequence

from qa.question import Question, understand
from qa.tables.periods import periods_in

__all__ = ["OF_CHANGE", "questions_of_cells"]

CHANGE = re.compile(
    r"\b(?:chang\w*|gr[eo]w\w*|increas\w*|decreas\w*|r[io]se\w*|rising|f[ea]ll\w*|dropp?\w*|"
    r"declin\w*|differ\w*|compar\w*|versus|vs|shr[aiu]nk\w*|improv\w*|between|from|to|by|and)\b",
    re.I,
)
# What a column or a row is called that says how much something changed, or its share.
OF_CHANGE = re.compile(
    r"\bchange|\bgrowth|\bincrease|\bdecrease|\bdifference|\bratio\b|%|\bpercent", re.I
)
# "How much did it grow in 2018" needs the year before as well.
GROWTH = re.compile(
    r"\b(?:grow|grew|grown|growth|rise|rose|fall|fell|increased?|decreased?|declined?|changed?|"
    r"drop|dropped)\b",
    re.I,
)
PAIRS = (
    re.compile(
        r"\b(?P<cue>ratio|quotient)\s+of\s+(?P<one>.{3,80}?)\s+to\s+(?P<two>.{3,80}?)"
        r"(?=\s+(?:in|at|for|during|on)\b|[?.,]|$)",
        re.I,
    ),
    re.compile(
        r"\b(?P<cue>sum|total|difference|gap)\s+(?:of|between)\s+(?P<one>.{3,80}?)\s+and\s+"
        r"(?P<two>.{3,80}?)(?=\s+(?:in|at|for|during|on)\b|[?.,]|$)",
        re.I,
    ),
    re.compile(
        r"(?P<one>\b\S.{2,80}?)\s+(?P<cue>as\s+an?\s+(?:percentage|percent|share|proportion|multiple)\s+"
        r"of|divided\s+by|minus|less|plus|relative\s+to)\s+(?P<two>.{3,80}?)"
        r"(?=\s+(?:in|at|for|during|on)\b|[?.,]|$)",
        re.I,
    ),
)
MOST_PARTS = 4


def questions_of_cells(question: Question) -> Sequence[Question]:
    """Return the questions whose answers ``question`` compares; none where one cell answers it.

    A change is between two years, a ratio or a sum is of two rows. Nothing is computed.
    """
    text = question.text
    for pattern in PAIRS:
        if found := pattern.search(text):
            sides = (found["one"], found["two"])
            rests = (text[: found.start()], text[found.end() :])
            return [understand(f"{rests[0]} {side} {rests[1]}") for side in sides]
    years = sorted(periods_in(text).years, key=lambda year: (text.find(year[:4]), year))
    if len(years) == 1 and years[0].isdigit() and GROWTH.search(text):
        before = str(int(years[0]) - 1)
        plain = GROWTH.sub(" ", text)
        return [understand(plain.replace(years[0], before)), understand(plain)]
    if not 2 <= len(years) <= MOST_PARTS:
        return []
    rest = CHANGE.sub(" ", text)
    return [understand(_without(rest, set(years) - {year})) for year in years]


def _without(text: str, years: set[str]) -> str:
    for year in years:
        text = re.sub(rf"(?:\bFY\s?)?{re.escape(year[:4])}\b", " ", text)
    return text
