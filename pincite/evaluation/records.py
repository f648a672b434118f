"""What is kept of each question that was asked: plain data."""

from dataclasses import dataclass

from pincite.evaluation.questions import Expected
from qa import AnswerForm, AnswerVerdict

__all__ = ["EvaluationRun", "Record", "Retrieved"]


@dataclass(frozen=True, slots=True)
class Retrieved:
    """A passage that was retrieved.

    Args:
        document: the document that it is in.
        start: its first offset.
        end: the offset after it.
        right: whether it answers the question; None if that is not known.
        text: its beginning.
    """

    document: str
    start: int
    end: int
    right: bool | None
    text: str


@dataclass(frozen=True, slots=True)
class Record:
    """What became of one question.

    Args:
        expected: the question and what is known of its answer.
        retrieved: the first passages as they were retrieved, before reading.
        first_right: rank of the first right one, from 1; None if there is none among 20, or none
            is known.
        text: the best answer, whether or not it was sure enough to be given.
        quote: its first quotation.
        place: where that is, in words.
        confidence: probability that its marked words are right.
        verdict: on the answer that is given at the setting.
        form: of that answer.
        right: whether it is right; None if that is not known.
        scores: by measure, for those that a single question has.
        citations: how many there were.
        verified: how many of them the files still bear out; filled in at the end.
        milliseconds: by stage.
    """

    expected: Expected
    retrieved: tuple[Retrieved, ...]
    first_right: int | None
    text: str
    quote: str
    place: str
    confidence: float
    verdict: AnswerVerdict
    form: AnswerForm
    right: bool | None
    scores: dict[str, float]
    citations: int
    verified: int
    milliseconds: dict[str, float]

    @property
    def given(self) -> bool:
        """Whether the question is answered, which is more than perhaps."""
        return self.verdict == "answered"


@dataclass(frozen=True, slots=True)
class EvaluationRun:
    """The records of all questions that could be asked.

    Args:
        records: in the order of the file.
        notes: a sentence for each question that could not be asked or judged as it was given.
        broken: what is wrong with each citation that does not verify.
        threshold: the least confidence of an answer that is given.
        documents: how many documents were asked.
        passages: how many passages these have.
    """

    records: tuple[Record, ...]
    notes: tuple[str, ...]
    broken: tuple[str, ...]
    threshold: float
    documents: int
    passages: int
