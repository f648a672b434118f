"""Questions to begin with, taken from the documents and offered only if they are answered."""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from corpus import Document, Span, plain, sentence_spans
from qa.types import Answer

__all__ = ["questions_in", "suggest"]

# A question is offered if its answer is at least so sure, and comes from where it was taken.
SURE = 0.6
# So many questions are tried at most, and so much of a document is looked at.
MOST_TRIED = 24
LOOKED_AT = 20_000
LONGEST = 90

SMALL = r"(?:in|of|on|at|for|to|from|by|with|and|or|a|each|per|this|that|when|who|which)\b"
SUBJECT = (
    r"(?!(?:It|He|She|They|We|You|I|This|That|These|Those|There|Here|In|On|At)\b)"
    r"(?P<subject>(?:The |the )?(?:[A-Z][\w’'-]*|of|and|for|the)(?: [\w’'-]+){0,6}?)"
)
PARTICIPLE = (
    r"(?P<done>\w+ed|built|made|held|set up|begun|written|bought|sold|won|born|known|sent|chosen)"
)
DONE = re.compile(
    rf"^{SUBJECT} (?P<was>was|were) {PARTICIPLE} (?:in|on) (?=[^.]*\b(?:1[0-9]|20)\d\d\b)"
)
HAS = re.compile(
    rf"^{SUBJECT} (?P<verb>has|have|employs|employ|covers|cover|carries|carry|holds|hold|serves|"
    r"serve|received|receives|receive) (?:about |more than |over |nearly |some |up to )?"
    r"(?P<number>\d[\d,.]*) "
    rf"(?P<what>[a-z][\w-]+(?: (?!{SMALL})[a-z][\w-]+)?)"
)
ROLE = re.compile(
    r"^(?P<name>(?:[A-Z][\w’'-]+ ){1,3}[A-Z][\w’'-]+) (?P<is>is|was) "
    r"(?P<role>the [a-z][\w -]{3,40} of (?:the )?[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)*)"
)
BASE = {"has": "have", "carries": "carry", "received": "receive"}


def suggest(documents: Iterable[Document], ask: Callable[[str], Answer], count: int) -> list[str]:
    """Return at most ``count`` questions that the documents answer, one from each at first.

    Args:
        documents: where to look.
        ask: answers a question.
        count: how many are wanted.
    """
    found: list[str] = []
    for document_id, question in islice(_in_turns(documents), MOST_TRIED):
        if len(found) >= count:
            break
        answer = ask(question)
        sources = {citation.document for citation in answer.citations}
        if answer.found and answer.confidence >= SURE and document_id in sources:
            found.append(question)
    return found


def questions_in(document: Document) -> Iterator[str]:
    """Yield questions that sentences and headings of ``document`` seem to answer, each once."""
    seen: set[str] = set()
    headings = (h.title for h in document.headings if h.title.rstrip().endswith("?"))
    spans = sentence_spans(document, 0, min(len(document.text), LOOKED_AT))
    for question in (*headings, *_from_sentences(document, spans)):
        said = plain(question)
        if said not in seen and len(said) <= LONGEST:
            seen.add(said)
            yield said


def _from_sentences(document: Document, spans: Iterable[Span]) -> Iterator[str]:
    for start, end in spans:
        sentence = plain(document.text[start:end])
        if done := DONE.match(sentence):
            yield f"When {done['was']} {_inside(done['subject'])} {done['done']}?"
        elif has := HAS.match(sentence):
            verb = BASE.get(has["verb"], has["verb"].removesuffix("s"))
            helper = "did" if has["verb"] == "received" else _does(has["verb"])
            yield f"How many {has['what']} {helper} {_inside(has['subject'])} {verb}?"
        elif role := ROLE.match(sentence):
            yield f"Who {role['is']} {role['role']}?"


def _does(verb: str) -> str:
    return "does" if verb.endswith("s") else "do"


def _inside(subject: str) -> str:
    """Return a subject as it stands within a sentence."""
    return f"the{subject[3:]}" if subject.startswith("The ") else subject


def _in_turns(documents: Iterable[Document]) -> Iterator[tuple[str, str]]:
    """Yield the first question of each document, then the second of each, and so on."""
    left = [(document.id, questions_in(document)) for document in documents]
    while left:
        kept = []
        for document_id, questions in left:
            if question := next(questions, None):
                yield document_id, question
                kept.append((document_id, questions))
        left = kept
