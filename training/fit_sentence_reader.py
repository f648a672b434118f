"""Fit the sentence reader's weights on SQuAD 1.1 training questions.

Half of the articles are indexed, a Markdown file each, and the questions of all articles are asked,
so that about half of the questions have no answer in the index. A sentence is right if it holds a
gold answer of its question. A logistic regression is fitted to the candidate sentences, and the
threshold chosen, on one set of articles; the table that is printed is of other articles.

Run: ``python -m training.fit_sentence_reader DATA`` where DATA holds ``corpus.jsonl.gz`` and
``questions.jsonl.gz`` of SQuAD 1.1 train. About ten minutes on two cores.
"""

import argparse
import json
import random
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn import linear_model

from bench.data import read_lines, write_articles
from corpus import Span
from index import Encoder, PassageIndex, Vectors, build, index_folder_of, open_encoder
from qa.calibration import LogisticRegression
from qa.question import understand
from qa.retriever import Retriever
from qa.sentence_features import FEATURES, features, find_candidates

SEED = 20140127
FALSE_ANSWERS = 0.05
Labels = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question's candidate sentences: features, which are right, and whether it has an answer."""

    values: Vectors
    right: Labels
    answerable: bool


class RememberingEncoder:
    """Another encoder that encodes each text once; the same sentences come up again and again.

    Args:
        encoder: does the encoding.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._known: dict[str, Vectors] = {}
        self.name = encoder.name
        self.fingerprint = encoder.fingerprint
        self.dimension = encoder.dimension
        self.max_tokens = encoder.max_tokens

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the number of tokens of each text."""
        return self._encoder.count_tokens(texts)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors of shape ``(len(texts), dimension)``."""
        new = sorted({text for text in texts if text not in self._known})
        self._known |= zip(new, self._encoder.encode(new), strict=True)
        return np.stack([self._known[text] for text in texts])

    def encode_question(self, question: str) -> Vectors:
        """Return the unit vector of shape ``(dimension,)``."""
        return self._encoder.encode_question(question)


def main() -> None:
    """Fit, report and write ``qa/sentence_reader.json``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--articles", type=int, default=80)
    parser.add_argument("--questions", type=int, default=2000)
    parser.add_argument("--out", type=Path, default=Path("qa/sentence_reader.json"))
    options = parser.parse_args()
    corpus = list(read_lines(options.data / "corpus.jsonl.gz"))
    questions = list(read_lines(options.data / "questions.jsonl.gz"))
    titles = sorted({passage["title"] for passage in corpus})
    random.Random(SEED).shuffle(titles)
    fitting, testing = titles[: options.articles], titles[options.articles : 2 * options.articles]
    train = _ask(corpus, questions, fitting, options.questions)
    test = _ask(corpus, questions, testing, options.questions)
    weights, bias = _fit(train)
    model = LogisticRegression(weights, bias)
    threshold = _threshold(train, model)
    _report(test, model, threshold)
    saved = {
        "made by": "training/fit_sentence_reader.py",
        "weights": dict(zip(FEATURES, (round(w, 5) for w in weights), strict=True)),
        "bias": round(bias, 5),
        "threshold": round(threshold, 4),
    }
    options.out.write_text(json.dumps(saved, indent=2) + "\n", "utf-8")


def _ask(
    corpus: Sequence[dict[str, Any]], questions: Sequence[dict[str, Any]], titles: list[str], n: int
) -> list[Asked]:
    """Index half of the articles ``titles``; ask ``n`` questions about all of them."""
    indexed = set(titles[::2])
    title_of = {passage["id"]: passage["title"] for passage in corpus}
    about = [q for q in questions if title_of[q["doc_id"]] in set(titles)]
    random.Random(SEED).shuffle(about)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        places = write_articles(folder, [p for p in corpus if p["title"] in indexed])
        encoder = RememberingEncoder(open_encoder())
        build(folder, encoder)
        index = PassageIndex.open(index_folder_of(folder), encoder)
        with index.snapshot():
            asked = [_candidates(index, q, places.get(q["doc_id"])) for q in about[:n]]
        index.close()
    return asked


def _candidates(
    index: PassageIndex, question: dict[str, Any], place: tuple[str, int] | None
) -> Asked:
    """Ask ``question``, whose passage stands at ``place`` (None: not in the index)."""
    understood = understand(question["question"])
    hits = Retriever(index).retrieve(understood, 10)
    found = find_candidates(index, understood, hits)
    document, offset = place or ("", 0)
    gold = [
        Span(offset + answer["start"], offset + answer["start"] + len(answer["text"]))
        for answer in question["answers"]
    ]
    right = [
        c.document.id == document
        and any(c.span.start <= span.start and span.end <= c.span.end for span in gold)
        for c in found
    ]
    values = features(index, understood, hits, found)
    return Asked(values, np.array(right, bool), place is not None)


def _fit(asked: list[Asked]) -> tuple[list[float], float]:
    values = np.concatenate([a.values for a in asked])
    right = np.concatenate([a.right for a in asked])
    scale = values.std(axis=0)
    model = linear_model.LogisticRegression(C=1.0, max_iter=1000).fit(values / scale, right)
    return (model.coef_[0] / scale).tolist(), float(model.intercept_[0])


def _best(asked: list[Asked], model: LogisticRegression) -> tuple[npt.NDArray[np.float64], Labels]:
    """Return each question's best probability, and whether that sentence is right."""
    scores, right = [], []
    for a in asked:
        if len(a.values):
            probabilities = model.probabilities(a.values)
            scores.append(float(probabilities.max()))
            right.append(bool(a.right[probabilities.argmax()]))
        else:
            scores.append(0.0)
            right.append(False)
    return np.array(scores), np.array(right)


def _threshold(asked: list[Asked], model: LogisticRegression) -> float:
    """Return the score that only `FALSE_ANSWERS` of the unanswerable questions exceed."""
    scores, _ = _best(asked, model)
    unanswerable = scores[[not a.answerable for a in asked]]
    return float(np.quantile(unanswerable, 1 - FALSE_ANSWERS))


def _report(asked: list[Asked], model: LogisticRegression, threshold: float) -> None:
    scores, right = _best(asked, model)
    answerable = np.array([a.answerable for a in asked])
    given = scores >= threshold
    print(f"questions: {answerable.sum()} answerable, {(~answerable).sum()} unanswerable")
    print(f"right sentence first, of the answerable: {right[answerable].mean():.3f}")
    among = np.mean([a.right.any() for a in asked if a.answerable])
    print(f"right sentence among candidates: {among:.3f}")
    print(f"threshold {threshold:.3f}: answered {given[answerable].mean():.3f} of the answerable, ")
    print(f"of these right {right[given & answerable].mean():.3f}; ")
    print(f"answered {given[~answerable].mean():.3f} of the unanswerable")
    for low in np.arange(0, 1, 0.1):
        inside = (scores >= low) & (scores < low + 0.1)
        if inside.any():
            share = right[inside].mean()
            print(f"confidence {low:.1f}-{low + 0.1:.1f}: {inside.sum():5d} right {share:.3f}")


if __name__ == "__main__":
    main()
