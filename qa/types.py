"""What comes of a question: hits, excerpts, citations, the answer; frozen, offsets half-open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from corpus import Passage, Span

__all__ = [
    "Answer",
    "AnswerForm",
    "AnswerVerdict",
    "Citation",
    "Excerpt",
    "Hit",
    "Label",
    "LabelRole",
    "ReaderOutput",
    "Searched",
    "join_adjacent",
]

# Some words in their sentence; items, each in its sentence; whole sentences; steps or paragraphs in
# the order of the text; cells of tables, each in its row.
AnswerForm = Literal["span", "list", "sentences", "steps", "cells"]
# Of "perhaps", the best sentences are shown although their words are not sure to be right.
AnswerVerdict = Literal["answered", "perhaps", "not_in_documents"]

# What names a cell: heads of its row and column, what it is counted in, the table's name.
LabelRole = Literal["row", "column", "unit", "caption"]


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found for a question; scores compare within that question only.

    Args:
        passage: what was found.
        score: the fused score, higher is better.
        similarity: cosine of the question's vector and the passage's.
        similarity_rank: its rank (from 1) by similarity; None if it was not among those looked at.
        bm25: its BM25 score; 0 if it was not among those looked at.
        bm25_rank: its rank (from 1) by BM25; None if it was not among those looked at.
        copies: passages of other documents, or elsewhere in this one, with the same text.
    """

    passage: Passage
    score: float
    similarity: float
    similarity_rank: int | None
    bm25: float
    bm25_rank: int | None
    copies: tuple[Passage, ...] = ()


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A part of a document that a reader takes for an answer, as offsets; text is quoted later.

    Args:
        document: id of the document.
        start: offset of the quotation's first character.
        end: offset after its last one.
        answer_start: offset of the short answer inside the quotation.
        answer_end: offset after it.
        score: probability that the quotation answers the question, by the reader's estimate.
        also: other occurrences of the same words.
        labels: for a cell of a table, what names it: heads outermost first, in reading order.
    """

    document: str
    start: int
    end: int
    answer_start: int
    answer_end: int
    score: float
    also: tuple["Excerpt", ...] = ()
    labels: tuple[tuple[LabelRole, Span], ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.answer_start < self.answer_end <= self.end:
            raise ValueError(f"the offsets of {self} are not nested")


@dataclass(frozen=True, slots=True)
class ReaderOutput:
    """What a reader made of the hits.

    Args:
        excerpts: best first, those that make up the answer before all others; at least one, but for
            ``not_in_documents``, which has none.
        verdict: whether they answer the question.
        form: of the answer, or of the best one found.
        confidence: probability that the marked words of the best answer found are right.
        answerability: probability that the documents answer, which is to say that the best passage
            answers the question.
        parts: how many of the first excerpts make up the answer; further ones support or contradict
            it. It says nothing where there are none.
        conflicting: indices into ``excerpts`` of those that give different answers to the question;
            empty if none contradicts the first.
        ranking: indices of the hits, the one most likely to hold the answer first; empty if the
            reader does not say.
        fitted_on: what the probabilities were measured on, in words, where that is not what the
            reader's others were.
    """

    excerpts: tuple[Excerpt, ...]
    verdict: AnswerVerdict
    form: AnswerForm
    confidence: float
    answerability: float
    parts: int = 1
    conflicting: tuple[int, ...] = ()
    ranking: tuple[int, ...] = ()
    fitted_on: str = ""

    def __post_init__(self) -> None:
        if bool(self.excerpts) != (self.verdict != "not_in_documents"):
            raise ValueError(f"{len(self.excerpts)} excerpts for the verdict {self.verdict}")
        if self.excerpts and not 1 <= self.parts <= len(self.excerpts):
            raise ValueError(f"{self.parts} parts of {len(self.excerpts)} excerpts")


@dataclass(frozen=True, slots=True)
class Label:
    """Words that name a cell of a table, quoted like the cell.

    Args:
        role: what they say of it.
        start: offset of their first character in the document's text.
        end: offset after their last one.
        quote: the document's text between the two, to the character.
    """

    role: LabelRole
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Citation:
    """A quotation and where it stands: enough to find it again, and to see whether it has changed.

    ``prefix``, ``quote`` and ``suffix`` are the W3C Web Annotation text-quote selector, ``start``
    and ``end`` the text-position selector (https://www.w3.org/TR/annotation-model/#selectors).

    Args:
        number: counts from 1 within an answer.
        document: id of the document.
        title: the document's title, or its file name.
        sha256: of the file; of one inside a file its own.
        page: from 1; None where the format has no pages.
        line: from 1, counted from the top of the page, or of the text where there are no pages.
        heading: headings above the quotation, outermost first, joined by `` > ``.
        start: offset of the quotation's first character in the document's text.
        end: offset after its last one.
        quote: the document's text between ``start`` and ``end``, to the character.
        answer_start: offset of the short answer inside the quotation.
        answer_end: offset after it.
        prefix: the text just before the quotation.
        suffix: the text just after it.
        also: citations of other occurrences of the same words, with the same number.
        place: what people call the part of the document: ``slide 3``, ``sheet Budget, cell C7``;
            empty where page and line say it all.
        labels: for a cell of a table, what names it; empty for all else.
        author: who wrote or sent the document, if it says so.
        date: of the document, as ISO 8601 writes it, if it says so.
        recognised: where the quotation was read off an image, how sure that is, 0 to 1: the mean
            over its words; else None.
    """

    number: int
    document: str
    title: str
    sha256: str
    page: int | None
    line: int
    heading: str
    start: int
    end: int
    quote: str
    answer_start: int
    answer_end: int
    prefix: str
    suffix: str
    also: tuple["Citation", ...] = ()
    place: str = ""
    labels: tuple[Label, ...] = ()
    author: str = ""
    date: str = ""
    recognised: float | None = None

    @property
    def parts(self) -> tuple[str, str, str]:
        """The quotation in three: before the short answer, the short answer, after it."""
        start, end = self.answer_start - self.start, self.answer_end - self.start
        return self.quote[:start], self.quote[start:end], self.quote[end:]

    @property
    def answer(self) -> str:
        """The short answer: the part of the quotation between its offsets."""
        return self.parts[1]

    def adjoins(self, later: "Citation") -> bool:
        """Return whether ``later`` follows in the same document after white space alone."""
        gap = later.start - self.end
        same = (self.document, self.sha256) == (later.document, later.sha256)
        return same and 0 <= gap <= len(self.suffix) and not self.suffix[:gap].strip()


def join_adjacent(parts: Sequence[Citation], texts: Sequence[str]) -> str:
    """Return ``texts``, one for each of ``parts``, with `` … `` where parts are not adjacent."""
    joints = ["", *(" " if one.adjoins(two) else " … " for one, two in pairwise(parts))]
    return "".join(f"{joint}{text}" for joint, text in zip(joints, texts, strict=False))


@dataclass(frozen=True, slots=True)
class Searched:
    """How much was searched for an answer."""

    documents: int
    passages: int


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question, or the statement that the documents do not say.

    The first ``parts`` citations make up the answer, by its form:

    - ``span``: one citation, the words that answer marked in their sentence;
    - ``list``: a citation for each item, the item marked in its sentence; several may quote the
      same sentence;
    - ``sentences``: a citation for each sentence, all of it marked;
    - ``steps``: a citation for each step or paragraph, all of it marked, in the text's order;
    - ``cells``: a citation for each cell of a table that is needed, the cell marked in its row,
      with the heads that name it as `Citation.labels`.

    Where the verdict is ``perhaps``, the citations are the sentences in which it may stand, marked
    whole or the words in them.

    Args:
        question: as it was asked.
        understood_as: the question that was searched for.
        verdict: ``answered``; ``perhaps``, if a passage probably answers but its words are unsure;
            or ``not_in_documents``. But for the last, there is at least one citation.
        form: of the answer, or of the best one found.
        text: the answer in the documents' words: the marked words, the items or cells joined
            by ``; ``, the sentences, with `` … `` between those that are not adjacent, or the
            steps, one a line; empty for a no.
        confidence: probability that the marked words are right; for a no, of the best ones found.
        answerability: probability that the documents answer the question.
        citations: best first, but for the order within an answer of several parts.
        parts: how many of the first citations make up the answer; further ones support or
            contradict it. It says nothing where there are none.
        conflicting: numbers of the citations that give different answers; empty if none contradicts
            the first.
        nearest: for a no, quotations of the passages nearest to the question; else empty.
        hits: the passages that were found, in the reader's order, best first.
        searched: how much was searched.
        false_answer_rate: which share of the questions that documents do not answer gets an answer
            where it is given as here, 0 to 1; None if the reader does not say.
        fitted_on: what the probabilities were measured on, in words, such as ``120 questions about
            this folder``; empty if that is not known.
        timings_ms: milliseconds by stage; all else is the same each time the question is asked.
    """

    question: str
    understood_as: str
    verdict: AnswerVerdict
    form: AnswerForm
    text: str
    confidence: float
    answerability: float
    citations: tuple[Citation, ...]
    parts: int
    conflicting: tuple[int, ...]
    nearest: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    searched: Searched
    false_answer_rate: float | None
    fitted_on: str
    timings_ms: Mapping[str, float]

    @property
    def found(self) -> bool:
        """Whether something is quoted: what answers the question, or perhaps does."""
        return self.verdict != "not_in_documents"
