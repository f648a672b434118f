"""Names in a question, and whether each is a person's: by the words of a name and those around it.

A capital letter is all that marks a name, so what is said here is a guess and has degrees.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from qa.question import AUXILIARY, MONTH, PREPOSITION

__all__ = [
    "NAME",
    "ROLE",
    "Likely",
    "Mention",
    "find_mentions",
    "gender_of",
    "is_described",
    "is_month",
    "people_in",
    "spell_names",
    "split_name",
]

CAPITAL = "A-ZÀ-ÖØ-ÞĀĂĄĆĈĊČĎĐĒĖĘĚĞĢĪĮİĶĹĻĽŁŃŅŇŌŐŒŔŘŚŞŠŢŤŪŮŰŲŸŹŻŽΑ-ΩА-Я"
LINK = (
    r"(?:(?:of|de|du|da|di|del|della|der|den|dos|la|le|van|von|ter|bin|ibn|al|and)"
    r"\s(?:the\s|la\s|der\s)?)?"
)
WORD = rf"[{CAPITAL}][\w’'&-]*(?:\.(?=\s[{CAPITAL}]))?"
NAME = re.compile(rf"(?<=\s)(?!I(?![\w-])){WORD}(?:\s{LINK}{WORD})*")
POSSESSIVE = re.compile(r"[’'](?:s\b)?$")

HE = (
    "boy|brother|duke|emperor|father|grandfather|husband|king|lord|man|mr|nephew|pope|prince|sir|"
    "son|sultan|tsar|uncle|widower"
)
SHE = (
    "actress|aunt|dame|daughter|duchess|empress|girl|grandmother|lady|miss|mother|mrs|ms|niece|"
    "princess|queen|sister|widow|wife|woman"
)
KIN = (
    "ancestors?|aunt|boyfriend|brothers?|child|children|cousins?|daughters?|father|girlfriend|"
    "grandfather|grandmother|husband|mother|nephews?|nieces?|parents?|sisters?|sons?|uncle|widow|"
    "widower|wife|wives"
)
ROLES = (
    f"{HE}|{SHE}|{KIN}|"
    "actor|admiral|ambassador|archbishop|architect|artist|astronaut|author|baron|bishop|captain|"
    "cardinal|chair|chairman|chairperson|chairwoman|chancellor|chief|coach|colonel|commander|"
    "commissioner|composer|conductor|count|dean|designer|director|doctor|editor|employee|engineer|"
    "explorer|founder|general|governor|head|headteacher|heir|inventor|judge|justice|lawyer|leader|"
    "manager|mayor|minister|musician|officer|owner|painter|patient|person|philosopher|physicist|"
    "pilot|player|poet|predecessor|president|priest|professor|prophet|saint|scientist|sculptor|"
    "secretary|senator|singer|soldier|spokesman|spokesperson|spokeswoman|student|successor|"
    "teacher|victim|winner|writer"
)
ROLE = re.compile(rf"\b(?:{ROLES})\b", re.I)
TITLED = re.compile(rf"(?:{ROLES}|dr|prof|rev)\b\.?\s", re.I)
OF_OFFICE = re.compile(rf"\b(?:{ROLES})\s(?:of|for)\s(?:the\s)?$", re.I)
HELD = re.compile(rf"(?:\w+\s)?(?:{ROLES})\sof\s", re.I)
# A person by its description: "the mayor of Chicago", "Chicago’s mayor".
DESCRIBED = re.compile(
    rf"(?<!\S)(?:(?:the|[Tt]he)\s|(?P<whose>{WORD}(?:\s{WORD})*)(?<=[’']s)\s)"
    rf"(?:(?!(?:who|that|which|and|of)\b)[a-z-]+\s){{0,2}}?(?:{ROLES})\b"
    rf"(?:\s(?:of|for|in)\s(?:the\s)?{WORD}(?:\s{LINK}{WORD})*)?"
)
DAY = f"{MONTH}|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|Christmas|Easter"
MONTH_OR_DAY = re.compile(rf"\b(?:{DAY})(?!\w)", re.I)
# Names with one of these words are of places, bodies, works and events.
NOT_OF_PEOPLE = re.compile(
    r"\b(?:academy|act|agency|airlines|airport|airways|alliance|archive|army|association|"
    r"authority|avenue|awards|bank|bay|beach|board|bridge|britain|building|bureau|business|"
    r"canal|castle|cathedral|cemetery|centre|center|championship|channel|charter|church|city|"
    r"club|coast|college|commission|committee|company|conference|congress|convention|"
    r"corporation|corp|council|country|county|court|creek|cup|day|department|desert|district|"
    r"division|dynasty|empire|enterprise|england|europe|festival|foods|force|forces|forest|"
    r"foundation|france|galleries|gallery|gardens|germany|group|gulf|hall|harbour|harbor|"
    r"highway|hill|hills|hospital|hotel|house|inc|india|industries|institute|institution|"
    r"international|investment|island|islands|isle|journal|kingdom|lake|laboratory|"
    r"laboratories|league|library|limited|lines|ltd|magazine|marathon|market|memorial|"
    r"ministry|mission|motors|mount|mountain|mountains|museum|nation|nations|navy|network|"
    r"observatory|ocean|office|olympics|opera|orchestra|organisation|organization|palace|"
    r"park|parliament|party|pass|peninsula|plaza|police|post|press|prize|programme|program|"
    r"project|province|race|railway|region|relations|report|republic|review|revolution|river|"
    r"road|school|schools|science|sciences|sea|senate|service|services|society|square|"
    r"stadium|states|station|street|strait|studies|studio|studios|summit|system|systems|team|"
    r"technologies|technology|temple|theatre|theater|times|tower|town|trade|trail|treaty|"
    r"tribunal|trust|union|united|university|valley|village|war|wars|water|works|world|zone|"
    r"zoo)\b",
    re.I,
)
FIRST_OF_PLACES = re.compile(
    r"(?:battle|bay|cape|east|eastern|fort|great|gulf|isle|lake|los|mount|new|north|northern|"
    r"port|rio|river|saint|san|santa|south|southern|st|upper|west|western)\s",
    re.I,
)
OF_A_NATION = re.compile(r"\w+(?:ish|ese|ean|can|ian)|French|German|Dutch|Greek|Czech|Swiss|Thai")
PLACED = re.compile(
    r"\b(?:in|at|from|near|into|across|within|inside|outside|around|throughout|towards?)"
    r"\s(?:the\s)?$",
    re.I,
)
TOWARDS = re.compile(r"\bto\s(?:the\s)?$", re.I)
GIVING = re.compile(
    r"\b(?:award\w*|belong\w*|gave|give[ns]?|happen\w*|married|said|say|speak|spoke\w*|talk\w*|"
    r"tell|told|wrote|write|written|similar|related|compared)\b",
    re.I,
)
LIVED = re.compile(
    r"\s(?:and\s\S+\s(?:\S+\s)?)?(?:(?:was|were|is|first|ever|originally|finally)\s){0,2}"
    r"(?:born|buried|die|died|dies|divorced?|graduated?|grow\sup|grew\sup|live|lived|married|marry|"
    r"raised|resign|resigned|retired?|stud(?:y|ied)|childhood)\b",
    re.I,
)
LIFE = re.compile(
    rf"\b(?:assassinat\w*|birth\w*|biography|childhood|death|kill(?:ed)?|life|lives|marr(?:y|ied)|"
    rf"murder(?:ed)?|portrait|reign|{KIN})(?:\sof)?\s$",
    re.I,
)
OWN_LIFE = re.compile(
    rf"\s(?:\w+\s)?(?:birth\w*|career|childhood|death|education|job|life|parents|{KIN})\b", re.I
)
WHO_IS = re.compile(r"\s*who(?:[’']s|\s+(?:is|was|are|were))\s+$", re.I)
# "UK companies": what follows is no verb, so the name only says which.
SAYS_WHICH = re.compile(
    r"\s(?:(?!(?:is|was|has|does|as|vs|his|its|this|always)\b)[a-z]+s|airport|area|branch|city|"
    r"company|council|department|district|economy|festival|government|office|police|population|"
    r"project|region|school|staff|team|university|war)\b"
)
LONGEST_NAME = 6
NEAR = 8
JUNIOR = re.compile(r",?\s(?:Jr|Sr|II|III|IV)\b\.?")
LISTED = re.compile(r",\s*(?:and\s+)?|\s+and\s+|\s*&\s*|\s*;\s*")
SENTENCE_START = re.compile(r"(?:[.!?:]\s+|\n\s*)[\"“‘(]?$")
# They have a capital letter at the start of a sentence only.
SMALL = re.compile(
    rf"(?:{AUXILIARY}|{PREPOSITION}|a|all|also|although|an|and|as|because|been|both|but|each|he|her|here|his|how|i|if|it|"
    r"its|many|more|most|much|no|not|one|only|or|other|our|over|she|since|so|some|such|than|"
    r"that|the|their|them|then|there|these|they|this|those|we|what|when|where|which|while|"
    r"who|whom|whose|why|you|your)",
    re.I,
)
WORDS = re.compile(r"[^\W_][\w’'-]*")


class Likely(IntEnum):
    """How likely a name is a person's."""

    NO = 0
    PERHAPS = 1
    PROBABLY = 2
    SURELY = 3


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in a question, or a person's description such as "the mayor of Chicago".

    Args:
        text: without "the" and without a possessive ending.
        start: where it begins.
        end: where it ends, a possessive ending not included.
        definite: whether "the" stands before it.
        person: how likely it is a person.
        place: the preposition before it, if that is one of place, else empty.
        attribute: whether it only says which of its kind the next word is, as in "UK companies".
    """

    text: str
    start: int
    end: int
    definite: bool
    person: Likely
    place: str
    attribute: bool

    @property
    def phrase(self) -> str:
        """The name as it stands in a sentence."""
        return f"the {self.text}" if self.definite else self.text


def find_mentions(question: str) -> list[Mention]:
    """Return the names and described persons of ``question``, in order.

    The mayor of Chicago is one, Chicago another.
    """
    described = [
        Mention(_bare(m.group()), m.start(), m.end(), m["whose"] is None, Likely.SURELY, "", False)
        for m in DESCRIBED.finditer(question)
    ]
    named = [
        _judge(question, start, end)
        for match in NAME.finditer(question)
        for start, end in split_name(match.group(), match.start())
        if not (described and _is_in(question[start:end], start, described))
    ]
    return sorted(described + named, key=lambda mention: (mention.start, -mention.end))


def split_name(name: str, start: int = 0) -> list[tuple[int, int]]:
    """Return where the names joined by "and" in ``name`` stand: two cities, but one department."""
    joined = re.split(r"\s(?:and|&)\s", name)
    alike = len({len(part.split()) for part in joined}) == 1 or all(map(_is_plain, joined))
    if len(joined) == 1 or not alike or HELD.match(name) or not all(map(_may_be_split, joined)):
        return [(start, start + len(POSSESSIVE.sub("", name)))]
    spans: list[tuple[int, int]] = []
    for part in joined:
        at = name.index(part, spans[-1][1] - start if spans else 0)
        spans.append((start + at, start + at + len(POSSESSIVE.sub("", part))))
    return spans


def people_in(answer: str) -> list[str]:
    """Return the persons that an answer to "who" consists of; none if it is anything else."""
    whole = JUNIOR.sub("", answer.strip(" .,;:!?“”\"'’"))
    if HELD.match(whole) and whole[:1].isupper() and len(whole.split()) <= LONGEST_NAME:
        return [whole if whole.startswith("The ") else f"the {whole}"]
    people = []
    for part in LISTED.split(whole):
        described = DESCRIBED.fullmatch(part)
        name = NAME.fullmatch(f" {part}", 1)
        if len(part.split()) > LONGEST_NAME:
            continue
        if described:
            people.append(f"the {part[4:]}" if part.startswith("The ") else part)
        elif name and _by_itself(part) > Likely.NO:
            people.append(part)
    return people


def is_described(name: str) -> bool:
    """Return whether ``name`` is a description, as in "the mayor of Chicago"."""
    return bool(DESCRIBED.fullmatch(name))


def gender_of(name: str) -> str:
    """Return "he" or "she" if a title or a description says so, else an empty string."""
    own = re.sub(r"\S+[’']s?\s", "", name)
    found = re.search(rf"\b(?:(?P<he>{HE})|(?P<she>{SHE}))\b", own, re.I)
    return found.lastgroup or "" if found else ""


def is_month(name: str) -> bool:
    """Return whether ``name`` is of a month or a day."""
    return bool(MONTH_OR_DAY.match(name))


def spell_names(question: str, texts: Sequence[str]) -> str:
    """Return ``question`` with the names that ``texts`` have in it spelled as they are there.

    Nothing moves: only letters change their case.

    Args:
        question: perhaps typed in lower case.
        texts: quotations, in which names have capital letters.
    """
    whole = "".join(f"\n{text}" for text in texts)
    small = {word for word in WORDS.findall(whole) if word[0].islower()}
    spelled: dict[str, str] = {}
    for match in re.finditer(rf"{WORD}(?:\s{LINK}{WORD})*", whole):
        words = [POSSESSIVE.sub("", word) for word in match.group().split()]
        named = [w for w in words if w[:1].isupper() and not SMALL.fullmatch(w)]
        alone = len(words) == 1 and SENTENCE_START.search(
            whole, max(0, match.start() - NEAR), match.start()
        )
        for word in (word for word in named if word.lower() not in small):
            # The first word of a sentence has a capital anyway: any other use tells more.
            if not (alone and word.lower() in spelled):
                spelled[word.lower()] = word

    def spell(match: re.Match[str]) -> str:
        word = match.group()
        stem = POSSESSIVE.sub("", word)
        known = spelled.get(stem) if match.start() else None
        return known + word[len(stem) :] if known and len(known) == len(stem) else word

    return _lower_common(WORDS.sub(spell, question), question)


def _lower_common(spelled: str, question: str) -> str:
    """Return ``spelled`` without capitals for roles and kinds of places that stand alone."""
    result = spelled
    for match in NAME.finditer(spelled):
        words = match.group().split()
        if len(words) == 1 and (NOT_OF_PEOPLE.match(words[0]) or ROLE.fullmatch(words[0])):
            result = (
                result[: match.start()]
                + question[match.start() : match.end()]
                + (result[match.end() :])
            )
    return result


def _is_in(name: str, start: int, described: Sequence[Mention]) -> bool:
    """Return whether ``name`` is only what one of ``described`` is called by."""
    inside = any(d.start <= start < d.end for d in described)
    return inside and bool(ROLE.match(name) or HELD.match(name))


def _judge(question: str, start: int, end: int) -> Mention:
    """Return the mention of the name between ``start`` and ``end``."""
    before, after, text = question[:start], question[end:], question[start:end]
    placed = PLACED.search(before) or TOWARDS.search(before)
    if placed and TOWARDS.match(placed.group()) and GIVING.search(before):
        placed = None
    place = placed.group().split()[0].lower() if placed else ""
    definite = bool(re.search(r"\bthe\s$", before, re.I))
    attribute = bool(SAYS_WHICH.match(after)) or bool(OF_A_NATION.fullmatch(text))
    if _by_itself(text) is Likely.NO:
        person = Likely.NO
    elif _has_a_life(before, after) or TITLED.match(text):
        person = Likely.SURELY
    elif place or definite or attribute or OF_OFFICE.search(before):
        person = Likely.NO
    else:
        person = _by_itself(text)
    return Mention(text, start, end, definite, person, place, attribute)


def _has_a_life(before: str, after: str) -> bool:
    """Return whether the words around a name are said of persons only."""
    own = re.match(r"[’']s?", after)
    if own:
        return bool(OWN_LIFE.match(after, own.end()))
    who_is = WHO_IS.match(before) and not after.strip(" ?!.")
    return bool(LIVED.match(after) or LIFE.search(before) or who_is)


def _by_itself(name: str) -> Likely:
    """Return how likely a name is a person's, as far as its own words say."""
    if HELD.match(name):
        return Likely.SURELY
    acronym = len(name) > 1 and name.isupper()
    if acronym or re.search(r"\d", name) or MONTH_OR_DAY.search(name):
        return Likely.NO
    if NOT_OF_PEOPLE.search(name) or FIRST_OF_PLACES.match(name):
        return Likely.NO
    return Likely.PROBABLY if len(name.split()) > 1 else Likely.PERHAPS


def _is_plain(name: str) -> bool:
    return bool(TITLED.match(name)) or len(name.split()) > 1


def _may_be_split(name: str) -> bool:
    """Return whether ``name`` can be a whole name beside another one."""
    return not NOT_OF_PEOPLE.search(name)


def _bare(phrase: str) -> str:
    return re.sub(r"^[Tt]he\s", "", phrase)
