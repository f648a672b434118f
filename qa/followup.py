"""Follow-up questions completed from what was asked and answered before, by rule.

"And in Birmingham?", "When was that?", "Who signed it?" mean nothing on their own. A question that
is complete is never changed: what it returns must not depend on what was asked before it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from index import terms
from qa.mentions import (
    NAME,
    ROLE,
    Likely,
    Mention,
    find_mentions,
    gender_of,
    is_described,
    is_month,
    people_in,
    spell_names,
)
from qa.question import ASKING_WORDS, AUXILIARY, PREPOSITION, understand

__all__ = ["Before", "readings"]

JOINED = re.compile(r"^(?:and|but|or|so|then|what about|how about|and what about)\b[\s,]*", re.I)
LEADING = re.compile(r"^(in|for|at|on|from|to|by|with|under|before|after|during|of)\s+", re.I)
ASKS = re.compile(
    rf"^(?:(?:{PREPOSITION})\s+)?(?:what|which|who|whom|whose|when|where|why|how)\b"
    r"|^(?:is|are|was|were|do|does|did|can|could|has|have|had|will|would|should|may|must|list|"
    r"describe|explain|compare|name|summari[sz]e|tell|give)\b",
    re.I,
)
# A pronoun has no capital letter within a question: "Her" is a film there, "IT" a department.
PERSON = re.compile(r"\b(?:he|she|him|her|his|hers)\b|^(?:He|She|His|Her)\b")
THING = re.compile(r"\b(?:it|its|they|them|their)\b|^(?:Its|Their)\b")
# "that" and "this" stand for something said before at the end, or after a form of "be" or "do".
POINTED = re.compile(
    r"(?:\b(?:this|that|these|those)\b(?=\s*\?*$))"
    r"|(?<=\bis )that\b|(?<=\bwas )that\b|(?<=\bdid )that\b|(?<=\bdoes )that\b",
    re.I,
)
THERE = re.compile(r"\bthere\b(?=(?:\s+(?:now|today))?\s*\?*$)", re.I)
QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|‘[^’]*’")
# Nothing that was said before is meant by this "it".
EMPTY_IT = re.compile(
    r"\b(?:takes?|cost|costs|possible|true|legal|safe|allowed)\b.*\b(?:to|that)\b"
    r"|\b(?:time|day|year) (?:is|was) it\b|\bit (?:true|possible|legal|safe|allowed)\b",
    re.I,
)
PLURAL = frozenset(("they", "them", "their"))
WOMAN = frozenset(("she", "her", "hers"))

# "her" is an object before these words, at the end, and after these verbs; else it says whose.
NO_NOUN = re.compile(
    rf"\s*(?:$|[?!.,;:)]|(?:{PREPOSITION}|the|an?|this|that|these|those|some|any|all|"
    r"both|each|every|no|another|and|or|but|if|when|while|where|why|how|because|"
    r"than|not|again|there|here|now|then|today|too|so|alone|away|back|out|off|up|down|instead|"
    r"together|personally|officially|his|their|its|my|your|our)\b"
    r"|(?:first|last|recently|later|once|twice|\w+wards?)\s*\?*$)",
    re.I,
)
TITLE_GIVEN = re.compile(r"\b(?:appoint|crown|declare|elect|make|made|name)(?:ed|d)?\s$", re.I)
THING_GIVEN = re.compile(
    r"\b(?:award|gave|give|given|lend|lent|offer|sell|send|sent|sold|taught|teach)(?:ed)?\s$", re.I
)
MOVED = re.compile(r"\b(?:help|helped|let|made|make|saw|see|watch|watched)\s$", re.I)
DOES = re.compile(
    r"\s*(?:angry|become|change|come|cry|decide|do|famous|feel|get|go|happy|laugh|leave|"
    r"lose|move|popular|quit|resign|rich|sad|stay|stop|successful|think|want|win)\b",
    re.I,
)
GIVEN_ALONE = re.compile(
    r"\s*(?:English|French|German|Latin|mathematics|maths|money|music|two|three|\d+|\w+ing)\b"
)
HAS_SUCCESSOR = re.compile(
    r"\s*(?:successor|predecessor|deputy|heir|child|children|son|daughter)\b"
)

# A person that the question itself has, for whom its pronoun may stand.
SOMEBODY = re.compile(
    r"\b(?:(?:an?|any|each|every|no|some|my|your|our)\s+\w+|someone|somebody|anyone|anybody|"
    r"everyone|everybody|nobody|whoever|people\s+who|those\s+who)\b",
    re.I,
)
MAIN_SUBJECT = re.compile(
    rf"^(?:(?:{PREPOSITION})\s+)?(?:(?:what|which|who|whom|whose|when|where|why|how)\b[^,;:.]*?\s)?"
    rf"(?:{AUXILIARY})(?:n[’']t)?\s$",
    re.I,
)
FRONTED = re.compile(
    rf"^(?:{PREPOSITION}|while|if|although|because)\b|^when\s+(?!{AUXILIARY}\b)", re.I
)
ASKED_FOR = re.compile(
    r"\b(?:the|what|which|many|much|this|that|whose|its|their)\s+(?:[\w-]+)", re.I
)
ANYBODY = frozenset(terms("people others critics historians everyone they we you i"))
WHICH = re.compile(r"^(?:which|what|whose|how\s+many)\s+(?:\w+\s+)?", re.I)
BOUND = re.compile(rf"^(?:who|(?:which|what)\s+(?!{AUXILIARY}\b)\w+)\s+(?!{AUXILIARY}\b)\w", re.I)

ASKS_WHO = re.compile(
    rf"(?:^|\b(?:{PREPOSITION})\s+)(?:who|whom|whose)\b"
    rf"|^(?:which|what)\s+(?:of\s+the\s+)?(?:\w+\s+){{0,2}}?{ROLE.pattern}"
    rf"|\bnames?\s+of\s+(?:the\s+)?(?:\w+\s+)?{ROLE.pattern}|\b(?:who|whom)\s*\?*$",
    re.I,
)
IS_WHO = re.compile(r"^who(?:[’']s|\s+(?:is|was|are|were))\s+", re.I)
ASKS_WHERE = re.compile(
    r"^where\b|^(?:(?:in|at|to|from|on|near)\s+)?(?:which|what)\s+(?:\w+\s+)?(?:airport|area|borough|"
    r"building|capital|city|continent|country|county|district|island|place|region|state|street|"
    r"suburb|town|university|village)\b"
    r"|^what(?:[’']s|\s(?:is|was))\s+the\s+(?:\w+\s+){0,2}(?:capital|city|country|town|village)\b",
    re.I,
)
ASKS_WHICH = re.compile(rf"^(?:which|what)\s+(?!(?:{AUXILIARY})\b)\w+|\bname\s+of\b", re.I)
ASKS_FOR_THING = re.compile(r"^(?:(?:which|what|where|who|whose)\b)|\bname\s+of\b", re.I)
DETERMINED = re.compile(r"\b(?:the|a|an|this|that|their|its|his|her|our)\s+(?=(\S.*))", re.I)
MEASURE = re.compile(
    r"^(?:what|which)\s+(?:colou?r|date|day|decade|century|kind|language|month|number|"
    r"percentage|share|size|sort|time|type|year)\b",
    re.I,
)
MOVES = re.compile(
    r"\b(?:arrive|come|came|drive|flew|fly|get|go|going|went|move|moved|return|sail|send|sent|"
    r"travel|travelled|walk)\b",
    re.I,
)
PREPOSITION_LAST = re.compile(rf"\b(?:{PREPOSITION})\s$", re.I)
EVERY_PREPOSITION = re.compile(rf"\b{PREPOSITION}\b", re.I)
PREPOSITION_FIRST = re.compile(rf"^(?:{PREPOSITION})\s", re.I)
NUMBER = re.compile(r"\b\d[\d,.]*\b")
# "in general" names no place that could stand for another one.
ADVERBIAL = frozenset(
    ("addition", "all", "average", "detail", "fact", "full", "general", "particular", "total")
)
POINTING_WORDS = frozenset(
    terms("he she him her his hers it its they them their this that these those there")
)
SPEAKERS = frozenset(terms("i you we"))
# More content than this, and a question stands on its own whatever pronoun it has.
MOST_TERMS = 2
LONGEST_PHRASE = 6
# Longer than this, in characters, nobody follows up.
LONGEST = 300
MOST_READINGS = 3
MARKS = " ?!.,;:"


@dataclass(frozen=True, slots=True)
class Before:
    """What was asked and answered just before.

    Args:
        question: as it was searched for.
        answer: the short answer; empty for a no.
        texts: what was quoted, in which the question's own phrases and names may be recognised.
    """

    question: str
    answer: str = ""
    texts: tuple[str, ...] = ()


def readings(question: str, before: Before | None) -> tuple[str, ...]:
    """Return what a follow-up may mean, written out.

    Args:
        question: as it was typed.
        before: what it may follow, None at the beginning.

    Returns:
        Whole questions, the likeliest first; none if the question is complete, or nothing fits.
    """
    asked = question.strip()
    if before is None or not asked or not before.question.strip():
        return ()
    if max(len(asked), len(before.question)) > LONGEST:
        return ()
    before = replace(before, question=spell_names(before.question, (*before.texts, before.answer)))
    rest = JOINED.sub("", asked)
    if ASKS.match(rest):
        found = _with_pronoun(rest, before)
    elif rest != asked or _is_part(rest):
        found = _in_its_place(rest.strip(MARKS), before)
    else:
        found = []
    different = dict.fromkeys(reading for reading in found if reading != question)
    return tuple(different)[:MOST_READINGS]


def _with_pronoun(question: str, before: Before) -> list[str]:
    """Return the readings of a question that has a pronoun, for each thing it may stand for."""
    plain = QUOTED.sub(lambda quoted: "_" * len(quoted.group()), question)
    spelled = spell_names(plain, (*before.texts, before.question, before.answer))
    found = PERSON.search(plain)
    if found and not _has_person(spelled, found, before):
        people = [name for name in _people(before, found.group()) if name not in question]
        return [_put(question, found, name) for name in people]
    if _stands_alone(spelled):
        return []
    if (found := THERE.search(plain)) and (places := _places(before)):
        return [_put_place(question, found, *place) for place in places]
    found = THING.search(plain) or POINTED.search(plain)
    if not found or EMPTY_IT.search(plain):
        return []
    return [_put(question, found, thing) for thing in _things(before, found.group().lower())]


def _put(question: str, found: re.Match[str], meant: str) -> str:
    """Return ``question`` with what is ``meant`` in place of a pronoun, its possessive kept."""
    ahead, behind = question[: found.start()], question[found.end() :]
    own = _ending(meant, found.group()) if _says_whose(found.group(), ahead, behind) else ""
    whole = f"{ahead}{meant}{own}{behind}"
    return whole[0].upper() + whole[1:]


def _ending(meant: str, pronoun: str) -> str:
    """Return the possessive ending; only common nouns in the plural have the apostrophe alone."""
    plural = pronoun.lower() == "their" and re.search(r"\b[a-z]+[^s\W]s$", meant)
    return "’" if plural else "’s"


def _says_whose(pronoun: str, ahead: str, behind: str) -> bool:
    """Return whether a pronoun is a possessive; "her" may be one, or an object.

    Args:
        pronoun: as it stands in the question.
        ahead: the question up to it.
        behind: the question after it.
    """
    if pronoun.lower() != "her":
        return pronoun.lower() in {"its", "their", "his", "hers"}
    if NO_NOUN.match(behind):
        return False
    if TITLE_GIVEN.search(ahead) and ROLE.match(behind.strip()):
        return bool(HAS_SUCCESSOR.match(behind))
    if MOVED.search(ahead) and DOES.match(behind):
        return False
    return not (THING_GIVEN.search(ahead) and GIVEN_ALONE.match(behind))


def _put_place(question: str, found: re.Match[str], preposition: str, name: str) -> str:
    """Return ``question`` with a place instead of "there", with the preposition that fits."""
    ahead, behind = question[: found.start()], question[found.end() :]
    if not PREPOSITION_LAST.search(ahead):
        name = f"{'to' if MOVES.search(ahead) else preposition} {name}"
    return f"{ahead[:1].upper()}{ahead[1:]}{name}{behind}"


def _has_person(question: str, found: re.Match[str], before: Before) -> bool:
    """Return whether a pronoun may stand for somebody that its own question speaks of.

    Args:
        question: with its names spelled as they are known.
        found: the pronoun.
        before: tells whether the names of this conversation are typed with capital letters.
    """
    pronoun, ahead = found.group().lower(), question[: found.start()]
    people = [m for m in find_mentions(question) if m.person > Likely.NO]
    owned = _says_whose(pronoun, ahead, question[found.end() :])
    main = pronoun in {"he", "she"} and MAIN_SUBJECT.match(ahead)
    # "Which officer appointed him?": neither is the other.
    told = WHICH.sub("", ahead) if main or (pronoun in {"him", "her"} and not owned) else ahead
    if ROLE.search(told) or SOMEBODY.search(told):
        return True
    if any(mention.start < found.start() for mention in people):
        return True
    fronted = FRONTED.match(question)
    if main:
        return bool(fronted) and len(_bare_terms(ahead)) > 1
    if people and (owned or fronted or "," in question[found.end() :]):
        return True
    if owned and BOUND.match(question) and NAME.search(question):
        return True  # "Who lost his seat in Leeds?"
    typed_small = question[:1].islower() or not NAME.search(before.question)
    return typed_small and len(_bare_terms(ahead)) > 1


def _bare_terms(text: str) -> set[str]:
    """Return the terms of ``text`` that might be a name typed in lower case."""
    telling = EVERY_PREPOSITION.sub("", ASKED_FOR.sub("", text))
    return set(terms(telling)) - ASKING_WORDS - POINTING_WORDS - ANYBODY


def _stands_alone(question: str) -> bool:
    """Return whether a question says enough about what it is about."""
    asked = understand(question)
    unsaid = ASKING_WORDS | POINTING_WORDS | SPEAKERS
    content = [term for term in asked.terms if term not in unsaid]
    named = [name for name in asked.names - SPEAKERS if not name.isdecimal()]
    return bool(named) or len(content) > MOST_TERMS


def _is_part(question: str) -> bool:
    """Return whether a question is only a phrase such as "in Birmingham" or "for children"."""
    return bool(LEADING.match(question)) and len(question.split()) <= LONGEST_PHRASE


def _in_its_place(part: str, before: Before) -> list[str]:
    """Put ``part`` where the question before had something of its kind, else at its end.

    Returns:
        Whole questions; none if ``part`` has no name and no number to put anywhere.
    """
    body = before.question.rstrip(MARKS)
    part = spell_names(f" {part}", before.texts).strip()
    preposition = LEADING.match(part)
    bare = part[preposition.end() :] if preposition else part
    kind = NUMBER if NUMBER.fullmatch(bare) else NAME
    slots = list(kind.finditer(body))
    if preposition:
        after = rf"\b{preposition.group(1)}\s+(?:the\s+)?$"
        same = [slot for slot in slots if re.search(after, body[: slot.start()], re.I)]
        slots = same or (slots if kind is NUMBER else [])
    # Typed in lower case, it can only take the place of another name.
    replaces = preposition and slots and bare.islower() and bare.split()[0] not in ADVERBIAL
    if kind is NAME and not (NAME.search(f" {bare}") or replaces):
        return []
    if not slots:
        phrase = f"{preposition.group(1).lower()} {bare}" if preposition else bare
        return [f"{body} {phrase}?"]
    telling = {m.start for m in find_mentions(body) if not m.attribute}
    slots = [slot for slot in slots[:-1] if slot.start() in telling] + slots[-1:]
    wholes = (f"{body[: slot.start()]}{bare}{body[slot.end() :]}?" for slot in reversed(slots))
    return [whole[0].upper() + whole[1:] for whole in wholes]


def _people(before: Before, pronoun: str) -> list[str]:
    """Return whom ``pronoun`` may stand for: who was the answer to "who", who was asked about."""
    mentions = [m for m in find_mentions(before.question) if m.person > Likely.NO]
    answers = people_in(before.answer) if ASKS_WHO.search(before.question) else []
    asked_for = ""
    if is_who := IS_WHO.match(before.question):
        asked = before.question[is_who.end() :]
        asked_for = gender_of(asked)
        if whole := next((m for m in mentions if terms(m.phrase) == terms(asked)), None):
            # "Who was Alan Turing?" is answered by what he was; "the mayor" by a name.
            named = NAME.fullmatch(f" {whole.text}", 1) and not whole.definite
            answers = [] if named else answers
            mentions = [m for m in mentions if m is not whole or not answers]
    wanted = "she" if pronoun.lower() in WOMAN else "he"
    people = [name for name in answers if (gender_of(name) or asked_for) in {"", wanted}]
    mentions = [m for m in mentions if gender_of(m.text) in {"", wanted}]
    least = Likely.PROBABLY if people else max((m.person for m in mentions), default=Likely.NO)
    likely = [m for m in mentions if m.person >= min(least, Likely.PROBABLY)]
    likely.sort(key=lambda mention: -mention.person)
    return _different([*people, *(mention.phrase for mention in likely)])


def _places(before: Before) -> list[tuple[str, str]]:
    """Return the places that were asked about or given as the answer, with a preposition each."""
    mentions = find_mentions(before.question)
    placed = [("at" if m.place == "at" else "in", m.phrase) for m in mentions if m.place]
    placed.reverse()
    if not (before.answer and ASKS_WHERE.match(before.question)):
        return placed
    given = PREPOSITION_FIRST.match(before.answer)
    preposition = given.group().strip().lower() if given else "in"
    answer = before.answer[given.end() :] if given else before.answer
    sited = [("at", m.phrase) for m in mentions if m.definite and m.person is Likely.NO]
    return [(preposition, answer), *(placed or sited)]


def _things(before: Before, pronoun: str) -> list[str]:
    """Return what ``pronoun`` may stand for: phrases that the quoted texts know, and names."""
    plural = pronoun in PLURAL
    every = find_mentions(before.question)
    mentions = [m for m in every if not m.attribute]
    if not plural:
        mentions = [m for m in mentions if m.person < Likely.SURELY]
    answer = _thing_answered(before, plural=plural)
    several = plural and re.search(r",|\band\b", answer)
    first = answer and (several or ASKS_WHICH.search(before.question))
    if first:
        mentions = [m for m in mentions if m.person < Likely.PROBABLY]
    phrases = [p for p in _known_phrases(before) if plural or not ROLE.search(p)]
    named = [m for m in reversed(mentions) if not any(m.text in p for p in phrases)]
    told = [m for m in named if not m.place] or ([] if phrases else named)
    kinds = [_of_a_kind(m, before.question) for m in every if plural and m.attribute]
    asked = [*phrases, *filter(None, kinds), *(mention.phrase for mention in told)]
    last = 0 if first else 1
    return _different(filter(None, [*asked[:last], answer, *asked[last:]]))


def _of_a_kind(mention: Mention, question: str) -> str:
    """Return the whole of "UK companies", of which a mention is the attribute; else nothing."""
    noun = re.match(r"\s[a-z]+s\b", question[mention.end :])
    return mention.phrase + noun.group() if noun else ""


def _known_phrases(before: Before) -> list[str]:
    """Return the phrases of the question, each with its "the", that the quoted texts have."""
    text = " ".join(before.texts).lower()
    phrases = []
    for found in DETERMINED.finditer(before.question):
        words = found.group(1).rstrip(MARKS).split()[:LONGEST_PHRASE]
        for count in range(len(words), 0, -1):
            phrase = " ".join(words[:count]).rstrip(MARKS)
            if terms(phrase) and re.search(rf"\b{re.escape(phrase.lower())}\b", text):
                phrases.append(f"the {phrase}")
                break
    return phrases


def _thing_answered(before: Before, *, plural: bool) -> str:
    """Return the answer if it is something that a question can be about, else an empty string."""
    answer = before.answer.strip(MARKS)
    words = answer.split()
    if not ASKS_FOR_THING.search(before.question) or MEASURE.match(before.question):
        return ""
    if ASKS_WHO.search(before.question) and people_in(answer):
        *others, last = answer.split("; ")  # the items of a list
        listed = f"{', '.join(others)} and {last}" if others else answer
        return listed if plural else ""
    if not 0 < len(words) <= LONGEST_PHRASE or is_month(answer):
        return ""
    if words[0].lower() in {"the", "a", "an"} and len(words) > 1:
        return f"the {' '.join(words[1:])}"
    return answer if all(NAME.fullmatch(f" {part}", 1) for part in answer.split(", ")) else ""


def _different(names: Iterable[str]) -> list[str]:
    """Return ``names`` without those that only name an earlier one again."""
    kept: list[str] = []
    for name in names:
        if not any(_name_the_same(name, other) for other in kept):
            kept.append(name)
    return kept


def _name_the_same(one: str, other: str) -> bool:
    """Return whether one name holds the other, as in "Turing" but not as in "Turing’s mother"."""
    words, others = set(terms(one)), set(terms(other))
    return is_described(one) == is_described(other) and (words <= others or words >= others)
