"""What the reader makes of questions with known answers: what its judgement is fitted to.

Four kinds of folders: articles of SQuAD's training set that trained nothing, indexed by halves, so
that about half of the questions have no answer there; the same with questions changed in one point
(`training.near_misses`); SQuAD 2.0 articles with near misses that people wrote; and questions that
people typed into a search engine, with near misses among them, once with a file for each passage
and once with a titled file for each article. What was read is kept, so that it is read once.
"""

import random
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from bench.data import read_lines, write_articles, write_passages
from corpus import Span
from index import PassageIndex, Vectors, build, index_folder_of, open_encoder
from pincite.evaluation.measures import Flags, exact_match, f1
from qa.question import understand
from qa.reading.features import sentence_features
from qa.reading.model import SpanModel
from qa.reading.reader import PASSAGES_READ
from qa.reading.sentences import ReadSentence, read_sentences
from qa.reading.spans import build_contexts
from qa.retriever import Retriever
from training.data import Example, Part, SquadTrain
from training.near_misses import changed_example, questions_by_article

__all__ = [
    "Kind",
    "Readings",
    "Source",
    "natural_sources",
    "read",
    "squad2_source",
    "squad_sources",
]

SEED = 20181108
HITS = 10
RIGHT = 0.5

# What a question asks for, or why nothing answers it: another subject, or a near miss.
Kind = Literal["span", "list", "sentences", "elsewhere", "near_miss"]
KINDS: tuple[Kind, ...] = get_args(Kind)
NATURAL: dict[str, Kind] = {
    "short": "span", "spans": "list", "sentences": "sentences", "none": "near_miss",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its answers.

    Args:
        text: the question.
        kind: what it asks for.
        article: that it is about; questions of one article are never in two folds.
        passage: id of the passage that answers it; empty if none does.
        answers: where they stand in the passage.
        texts: all texts that count as right.
    """

    text: str
    kind: Kind
    article: str
    passage: str
    answers: tuple[Span, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """A folder and what it is asked.

    Args:
        name: of the file that keeps what was read.
        passages: rows with ``id``, ``title`` and ``text``.
        titled: whether the passages of an article are one file under its title; else a file each.
        questions: what is asked.
    """

    name: str
    passages: Sequence[dict[str, Any]]
    titled: bool
    questions: Sequence[Asked]


@dataclass(frozen=True, slots=True)
class Readings:
    """The sentences of several questions, one row each, questions in order.

    Args:
        values: features, shape ``(sentences, features)``.
        question: number of the sentence's question, shape ``(sentences,)``.
        holds: whether an answer stands in the sentence.
        within: whether the sentence is in the passage that answers.
        right: whether its words are right: the span shares half of its words with an answer (F1),
            or, where a list or sentences are asked for, the sentence holds an answer.
        exact: whether the span is an answer, word for word.
        texts: the questions, shape ``(questions,)``.
        kinds: of the questions, as indices into `KINDS`.
        articles: of the questions.
    """

    values: Vectors
    question: npt.NDArray[np.int64]
    holds: Flags
    within: Flags
    right: Flags
    exact: Flags
    texts: npt.NDArray[np.str_]
    kinds: npt.NDArray[np.int64]
    articles: npt.NDArray[np.str_]

    @property
    def answerable(self) -> Flags:
        """Whether each question is, shape ``(questions,)``."""
        return self.kinds < KINDS.index("elsewhere")

    def rows(self, number: int) -> slice:
        """Return the rows of a question."""
        first, last = np.searchsorted(self.question, [number, number + 1])
        return slice(int(first), int(last))

    def only(self, questions: npt.NDArray[np.int64]) -> "Readings":
        """Return the readings of some questions, whose numbers ascend."""
        rows = np.isin(self.question, questions)
        return Readings(
            self.values[rows],
            np.searchsorted(questions, self.question[rows]),
            self.holds[rows],
            self.within[rows],
            self.right[rows],
            self.exact[rows],
            self.texts[questions],
            self.kinds[questions],
            self.articles[questions],
        )


def read(source: Source, model: SpanModel, work: Path) -> Readings:
    """Ask the folder; what was read is kept in ``work``."""
    kept = work / f"readings_{source.name}.npz"
    if not kept.exists():
        readings = _ask(source, model)
        np.savez(kept, **{name: getattr(readings, name) for name in Readings.__slots__})
    with np.load(kept) as saved:
        return Readings(*(saved[name] for name in Readings.__slots__))


def _ask(source: Source, model: SpanModel) -> Readings:
    values: list[Vectors] = []
    columns: list[tuple[int, bool, bool, bool, bool]] = []
    with tempfile.TemporaryDirectory() as scratch:
        places = write_folder(Path(scratch), source)
        encoder = open_encoder()
        build(Path(scratch), encoder)
        index = PassageIndex.open(index_folder_of(Path(scratch)), encoder)
        lengths = {row["id"]: len(row["text"]) for row in source.passages}
        with index.snapshot():
            for number, asked in enumerate(source.questions):
                question = understand(asked.text)
                hits = Retriever(index).retrieve(question, HITS)
                contexts = build_contexts(index, hits[:PASSAGES_READ])
                sentences = read_sentences(model, question.text, contexts)
                values.append(sentence_features(question, hits, sentences))
                place = places.get(asked.passage)
                length = lengths.get(asked.passage, 0)
                columns += [(number, *_judge(asked, s, place, length)) for s in sentences]
        index.close()
    rows = np.array(columns, np.int64).reshape(-1, 5)
    return Readings(
        np.concatenate(values),
        rows[:, 0],
        rows[:, 1].astype(bool),
        rows[:, 2].astype(bool),
        rows[:, 3].astype(bool),
        rows[:, 4].astype(bool),
        np.array([asked.text for asked in source.questions]),
        np.array([KINDS.index(asked.kind) for asked in source.questions]),
        np.array([asked.article for asked in source.questions]),
    )


def write_folder(folder: Path, source: Source) -> dict[str, tuple[str, int]]:
    """Write the documents of ``source``; return document and offset of each passage."""
    titled = [row for row in source.passages if source.titled and row["title"]]
    plain = [row for row in source.passages if not source.titled or not row["title"]]
    names = write_passages(folder, plain)
    return write_articles(folder, titled) | {id_: (name, 0) for id_, name in names.items()}


def _judge(
    asked: Asked, sentence: ReadSentence, place: tuple[str, int] | None, length: int
) -> tuple[bool, bool, bool, bool]:
    """Return whether it holds an answer, is in its passage, has a right span, and an exact one."""
    if place is None:
        return False, False, False, False
    document, offset = place
    here = sentence.context.document.id == document
    span = sentence.span
    within = here and span.overlaps(Span(offset, offset + length))
    answers = (Span(offset + start, offset + end) for start, end in asked.answers)
    holds = here and any(map(span.overlaps, answers))
    best = sentence.best.text
    right = f1(best, asked.texts) >= RIGHT if asked.kind == "span" else holds
    return holds, within, right, exact_match(best, asked.texts)


def squad_sources(squad: SquadTrain, parts: Part) -> tuple[list[Source], list[Source]]:
    """Return the folders of SQuAD's training articles: to fit with, and to check with."""
    titles = sorted(parts.fit)
    random.Random(SEED).shuffle(titles)
    half = frozenset(titles[::2])
    check = frozenset(sorted(parts.check)[::2])
    return (
        [
            _squad(squad, "all", half, parts.fit, 1200),
            _squad(squad, "near", half, half, 600, changed=True),
        ],
        [
            _squad(squad, "check", check, parts.check, 800),
            _squad(squad, "check_near", check, check, 300, changed=True),
        ],
    )


def _squad(
    squad: SquadTrain,
    name: str,
    indexed: frozenset[str],
    asked: frozenset[str],
    count: int,
    *,
    changed: bool = False,
) -> Source:
    examples = squad.examples(asked)
    random.Random(SEED).shuffle(examples)
    if changed:
        examples = list(_changed(examples))
    questions = [_from_example(example, indexed) for example in examples[:count]]
    return Source(name, squad.rows(indexed), titled=True, questions=questions)


def _from_example(example: Example, indexed: frozenset[str]) -> Asked:
    title = example.passage.title
    if example.span is None or title not in indexed:
        kind: Kind = "near_miss" if title in indexed else "elsewhere"
        return Asked(example.question, kind, title, "", (), ())
    spans = (Span(*example.span),)
    return Asked(example.question, "span", title, example.passage.id, spans, example.texts)


def _changed(examples: Sequence[Example]) -> Iterator[Example]:
    """Yield those that can be changed in one point, changed, without an answer."""
    rng = random.Random(SEED)
    asked = questions_by_article(examples)
    for example in examples:
        if (changed := changed_example(example, asked, rng)) is not None:
            yield changed


def squad2_source(folder: Path, count: int) -> Source:
    """Return SQuAD 2.0 articles in which half of the questions are near misses."""
    passages = list(read_lines(folder / "corpus.jsonl.gz"))
    questions = list(_from_rows(folder, passages))
    random.Random(SEED).shuffle(questions)
    return Source(f"{folder.name}_articles", passages, titled=True, questions=questions[:count])


def natural_sources(folder: Path) -> list[Source]:
    """Return the search-engine questions, asked of passages and of titled articles."""
    passages = list(read_lines(folder / "corpus.jsonl.gz"))
    questions = list(_from_rows(folder, passages))
    return [
        Source(f"{folder.name}_passages", passages, titled=False, questions=questions),
        Source(f"{folder.name}_articles", passages, titled=True, questions=questions),
    ]


def _from_rows(folder: Path, passages: Sequence[dict[str, Any]]) -> Iterator[Asked]:
    titles = {row["id"]: row["title"] or row["id"] for row in passages}
    for row in read_lines(folder / "questions.jsonl.gz"):
        kind = NATURAL[row["kind"]] if "kind" in row else "span"
        found = bool(row["answers"])
        yield Asked(
            row["question"],
            kind if found else "near_miss",
            titles[row["doc_id"]],
            row["doc_id"] if found else "",
            tuple(Span(a["start"], a["start"] + len(a["text"])) for a in row["answers"]),
            tuple(a["text"] for a in row["answers"]),
        )
