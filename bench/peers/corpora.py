"""The passages and questions that everyone gets, and what Pincite makes of them itself."""

import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.data import every_second_article, questions_of, read_lines, write_passages
from index import PassageIndex, build, index_folder_of, open_encoder
from qa import Assistant, Retriever, understand

__all__ = [
    "Corpus",
    "JudgedQuestion",
    "opened",
    "passages_given",
    "ranked_by_pincite",
    "read_by_pincite",
    "read_task",
]

SEED = 20210517
DEPTH = 20
READ = 10


@dataclass(frozen=True, slots=True)
class JudgedQuestion:
    """A question, and what is right.

    Args:
        id: of the question.
        text: what is asked.
        right: units that answer it or are relevant to it; empty if there are none in the folder.
        gold: texts of the right answer; empty where only relevance is judged.
        ignored: units that a ranking must not be judged by.
        document: name of the one that was asked of; None where there is none in the folder.
    """

    id: str
    text: str
    right: frozenset[str]
    gold: tuple[str, ...] = ()
    ignored: frozenset[str] = frozenset()
    document: str | None = None


@dataclass(frozen=True, slots=True)
class Corpus:
    """A folder as Pincite has indexed it.

    Args:
        folder: the documents.
        index: of the folder.
        passages: text by number, as Pincite splits the documents.
        units: what a passage counts as by number: itself where answers have a place in the text,
            its document where whole documents are judged.
        questions: all that are asked.
        index_seconds: what building the index took.
    """

    folder: Path
    index: PassageIndex
    passages: dict[int, str]
    units: dict[int, str]
    questions: list[JudgedQuestion]
    index_seconds: float


@contextmanager
def opened(
    data: Path, *, half: bool = False, count: int | None = None, without: Path | None = None
) -> Iterator[Corpus]:
    """Build the index of a data set in a temporary folder.

    Args:
        data: holds ``corpus.jsonl.gz`` and ``questions.jsonl.gz``.
        half: whether every second article is left out, so that its questions have no answer.
        count: ask so many questions, drawn at random; all by default.
        without: another data set; questions on its articles are not asked.
    """
    documents = list(read_lines(data / "corpus.jsonl.gz"))
    asked = questions_of(data, without)
    random.Random(SEED).shuffle(asked)
    if half:
        documents = every_second_article(documents)
    with tempfile.TemporaryDirectory() as scratch:
        folder, encoder = Path(scratch), open_encoder()
        names = write_passages(folder, documents)
        began = time.perf_counter()
        build(folder, encoder)
        seconds = round(time.perf_counter() - began, 2)
        with closing(PassageIndex.open(index_folder_of(folder), encoder)) as index:
            with index.snapshot():
                numbers = [int(number) for number in index.passage_ids(index.documents())]
                passages = index.passages(numbers)
                texts = {name: index.document(name).text for name in index.documents()}
            inside = {n: texts[p.document][p.start : p.end] for n, p in passages.items()}
            places = {n: (p.document, p.start, p.end) for n, p in passages.items()}
            spans = any(question["answers"] for question in asked)
            questions = [_question(q, names, places) for q in asked[:count]]
            units = {n: str(n) if spans else place[0] for n, place in places.items()}
            yield Corpus(folder, index, inside, units, questions, seconds)


def _question(
    asked: dict[str, Any], names: dict[str, str], places: dict[int, tuple[str, int, int]]
) -> JudgedQuestion:
    document = names.get(asked.get("doc_id", ""))
    if not asked["answers"]:
        relevant = [r["doc_id"] for r in asked.get("relevant", ()) if r["grade"] > 0]
        ignored = asked.get("ignore_doc_ids", ())
        right, left_out = (frozenset(names[i] for i in ids) for ids in (relevant, ignored))
        return JudgedQuestion(asked["id"], asked["question"], right, (), left_out, document)
    starts = {answer["start"] for answer in asked["answers"]}
    right = frozenset(
        str(number)
        for number, (name, start, end) in places.items()
        if name == document and any(start <= place < end for place in starts)
    )
    gold = tuple(answer["text"] for answer in asked["answers"])
    return JudgedQuestion(asked["id"], asked["question"], right, gold, document=document)


def ranked_by_pincite(corpus: Corpus) -> tuple[dict[str, list[int]], list[float]]:
    """Return the product's ranking for each question, and the milliseconds it took."""
    rankings, milliseconds = {}, []
    with corpus.index.snapshot():
        retriever = Retriever(corpus.index)
        numbers = {
            (p.document, p.start): number
            for number, p in corpus.index.passages(list(corpus.passages)).items()
        }
        for question in corpus.questions:
            began = time.perf_counter()
            hits = retriever.retrieve(understand(question.text), DEPTH)
            milliseconds.append(1000 * (time.perf_counter() - began))
            rankings[question.id] = [numbers[h.passage.document, h.passage.start] for h in hits]
    return rankings, milliseconds


def passages_given(corpus: Corpus) -> dict[str, list[int]]:
    """Return for each question the passages of the document that it was asked of."""
    inside: dict[str, list[int]] = {}
    with corpus.index.snapshot():
        for number, passage in corpus.index.passages(list(corpus.passages)).items():
            inside.setdefault(passage.document, []).append(number)
    return {q.id: inside[q.document] if q.document else [] for q in corpus.questions}


def read_by_pincite(
    corpus: Corpus, *, given: bool
) -> tuple[dict[str, tuple[str, float]], list[float]]:
    """Return the product's best answer to each question with its probability, and milliseconds.

    Args:
        corpus: the folder and the questions.
        given: whether a question is asked of its document alone.
    """
    answers, milliseconds = {}, []
    with Assistant.open(corpus.folder, false_answer_rate=1.0) as assistant:
        for question in corpus.questions:
            only = [question.document] if given and question.document else []
            answer = assistant.ask(question.text, only=only)
            answers[question.id] = answer.text, answer.confidence
            milliseconds.append(answer.timings_ms["read"])
    return answers, milliseconds


def read_task(corpus: Corpus, rankings: dict[str, list[int]]) -> dict[str, Sequence[Any]]:
    """Return what the readers get: each question with the passages that Pincite reads."""
    questions = [
        {
            "id": q.id,
            "question": q.text,
            "passages": [corpus.passages[n] for n in rankings[q.id][:READ]],
        }
        for q in corpus.questions
    ]
    return {"questions": questions}
