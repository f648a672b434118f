"""The training data: articles kept apart, questions with their passages, and passages to mistake.

Articles are divided once, by name, so that no step sees another's: most train the reader, a few
watch its training, some fit the calibration and some check it.
"""

import random
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.data import read_lines

__all__ = ["Example", "Paragraph", "Part", "SquadTrain", "parts_of", "unanswerable_examples"]

SEED = 20181108
WATCH, FIT, CHECK = 10, 40, 20


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of an article.

    Args:
        id: of the passage.
        title: of its article.
        text: the paragraph.
    """

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Example:
    """A question, the passage it is about, and the answer's offsets there (None: no answer).

    Args:
        id: of the question.
        question: its words.
        passage: what it was asked of.
        span: half-open character offsets of the answer; None if the passage has none.
        texts: all texts that count as right.
    """

    id: str
    question: str
    passage: Paragraph
    span: tuple[int, int] | None
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """The titles of the articles of one use.

    Args:
        train: for the reader's weights.
        watch: for the scores during training.
        fit: for the calibration.
        check: for the calibration's own check.
    """

    train: frozenset[str]
    watch: frozenset[str]
    fit: frozenset[str]
    check: frozenset[str]


class SquadTrain:
    """SQuAD 1.1's training set (Rajpurkar et al. 2016) as passages and examples.

    Args:
        folder: holds ``corpus.jsonl.gz``, ``questions.jsonl.gz`` and ``hard_negatives.jsonl.gz``.
    """

    def __init__(self, folder: Path) -> None:
        self.passages = _passages(folder)
        self._rows = list(read_lines(folder / "questions.jsonl.gz"))
        self._negatives = folder / "hard_negatives.jsonl.gz"

    @property
    def titles(self) -> list[str]:
        """The titles of all articles, sorted."""
        return sorted({passage.title for passage in self.passages.values()})

    @staticmethod
    def titles_of(folder: Path) -> frozenset[str]:
        """Return the titles in another set's corpus, spelled as here."""
        return frozenset(row["title"] for row in read_lines(folder / "corpus.jsonl.gz"))

    def examples(self, titles: frozenset[str]) -> list[Example]:
        """Return the examples about the articles ``titles``, in the order of the file."""
        return list(_examples(self._rows, self.passages, titles))

    def rows(self, titles: Collection[str]) -> list[dict[str, str]]:
        """Return the passages of the articles ``titles`` as `write_articles` takes them."""
        return [asdict(p) for p in self.passages.values() if p.title in titles]

    def hard_negatives(self) -> dict[str, list[Paragraph]]:
        """Return for each question passages of its article that hold none of its answers."""
        return {
            row["qid"]: [self.passages[id_] for id_ in row["neg_doc_ids"]]
            for row in read_lines(self._negatives)
        }


def parts_of(titles: Sequence[str], always_train: frozenset[str]) -> Part:
    """Divide articles, the same way each time.

    Args:
        titles: of all articles, sorted.
        always_train: titles that go to the training part, because other data holds them too.
    """
    free = [title for title in titles if title not in always_train]
    random.Random(SEED).shuffle(free)
    watch, fit = free[:WATCH], free[WATCH : WATCH + FIT]
    check = free[WATCH + FIT : WATCH + FIT + CHECK]
    train = frozenset(titles) - {*watch, *fit, *check}
    return Part(train, frozenset(watch), frozenset(fit), frozenset(check))


def unanswerable_examples(folder: Path) -> list[Example]:
    """Return the examples of ``folder`` that their passage does not answer."""
    passages = _passages(folder)
    rows = [row for row in read_lines(folder / "questions.jsonl.gz") if not row["answerable"]]
    return [Example(r["id"], r["question"], passages[r["doc_id"]], None, ()) for r in rows]


def _passages(folder: Path) -> dict[str, Paragraph]:
    return {
        row["id"]: Paragraph(row["id"], row["title"], row["text"])
        for row in read_lines(folder / "corpus.jsonl.gz")
    }


def _examples(
    rows: Sequence[dict[str, Any]], passages: dict[str, Paragraph], titles: frozenset[str]
) -> Iterator[Example]:
    for row in rows:
        passage = passages[row["doc_id"]]
        if passage.title in titles:
            first = row["answers"][0]
            span = (first["start"], first["start"] + len(first["text"]))
            texts = tuple(answer["text"] for answer in row["answers"])
            yield Example(row["id"], row["question"], passage, span, texts)
