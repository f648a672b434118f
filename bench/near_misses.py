"""Questions that people wrote to look answerable, asked of a folder, beside another version.

Every passage of the data set is a text file under a number, and all its questions are asked of the
whole folder by the command line: at each named false-answer rate, and of the other version at its
default. SQuAD 2.0 calls a question unanswerable if its own paragraph does not answer it; another
one of the folder may. Questions on subjects that the folder does not treat stand beside them.

Run: ``python -m bench.near_misses DATA [--before CHECKOUT] [--elsewhere OTHER] [--questions N]``;
DATA and OTHER as in `bench.answers`, OTHER with articles that DATA has not, CHECKOUT as in
`bench.unchanged`. Prints one JSON object. Twenty minutes on two cores for 1,886 and 1,000
questions.
"""

import argparse
import json
import random
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from bench.checkout import HERE, ask, build, index_of, write_questions
from bench.data import questions_of, read_lines, write_passages
from bench.machine import commit_of, described
from bench.verdicts import quoted, summarised, times, verdict_of, verdict_scores
from pincite.evaluation.measures import f1, holds
from qa.reading import FALSE_ANSWER_RATES

SEED = 20180611
ELSEWHERE = 1000
RIGHT = 0.5

Subject = Literal["answerable", "near miss", "elsewhere"]


@dataclass(frozen=True, slots=True)
class WrittenQuestion:
    """A question that was written for a passage.

    Args:
        text: the question.
        subject: whether its passage answers it, or why nothing does.
        gold: texts of the right answer.
    """

    text: str
    subject: Subject
    gold: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Setting:
    """A version of Pincite as it is asked.

    Args:
        checkout: whose command line it is.
        options: of ``pincite ask``.
    """

    checkout: Path
    options: tuple[str, ...] = ()


def main() -> None:
    """Ask and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--before", type=Path, help="checkout of another version")
    parser.add_argument("--elsewhere", type=Path, help="a data set with other articles")
    parser.add_argument("--questions", type=int, help="ask so many, drawn at random; default all")
    options = parser.parse_args()
    passages = list(read_lines(options.data / "corpus.jsonl.gz"))
    questions = written(options.data, options.elsewhere, options.questions)
    settings = {word: Setting(HERE, ("--false-answer-rate", word)) for word in FALSE_ANSWER_RATES}
    commits = {}
    if options.before:
        settings = {"before": Setting(options.before.resolve()), **settings}
        commits["before"] = commit_of(options.before)
    result = {
        "data": options.data.name,
        **described(),
        **commits,
        "passages": len(passages),
        "questions": Counter(question.subject for question in questions),
        "columns": measure(passages, questions, settings),
    }
    print(json.dumps(result, indent=1))


def written(data: Path, elsewhere: Path | None, count: int | None) -> list[WrittenQuestion]:
    """Return the questions of ``data``, at most ``count``, and a thousand on other articles."""
    rng = random.Random(SEED)
    rows = questions_of(data)
    others = questions_of(elsewhere, data) if elsewhere else []
    rng.shuffle(rows)
    rng.shuffle(others)
    return [
        *(_written(row) for row in rows[:count]),
        *(WrittenQuestion(row["question"], "elsewhere") for row in others[:ELSEWHERE]),
    ]


def _written(row: Mapping[str, Any]) -> WrittenQuestion:
    gold = tuple(answer["text"] for answer in row["answers"])
    return WrittenQuestion(row["question"], "answerable" if gold else "near miss", gold)


def measure(
    passages: Sequence[dict[str, Any]],
    questions: Sequence[WrittenQuestion],
    settings: Mapping[str, Setting],
) -> dict[str, Any]:
    """Ask every question of a folder of all passages, at every setting, and count.

    Args:
        passages: lines of a corpus.
        questions: what to ask.
        settings: the versions and how they are asked, by name.
    """
    found = {}
    with tempfile.TemporaryDirectory() as scratch:
        documents, file = Path(scratch, "passages"), Path(scratch, "questions.jsonl")
        documents.mkdir()
        write_passages(documents, passages)
        write_questions(file, [question.text for question in questions])
        checkouts = dict.fromkeys(setting.checkout for setting in settings.values())
        indexes = {checkout: index_of(documents, str(n)) for n, checkout in enumerate(checkouts)}
        for checkout, index in indexes.items():
            build(checkout, documents, index)
        for name, setting in settings.items():
            index = indexes[setting.checkout]
            answers = ask(setting.checkout, documents, index, file, *setting.options)
            scores = [scores_of(q, a) for q, a in zip(questions, answers, strict=True)]
            found[name] = summarised(scores) | times(answers)
    return found


def scores_of(question: WrittenQuestion, answer: Mapping[str, Any]) -> dict[str, float]:
    """Return what a question counts for each measure that it counts for, 0 or 1.

    An answer is right if its words share at least half with a gold answer (F1); one in sentences
    seldom is, so that it also counts whether the quotations hold a gold answer.
    """
    verdict = verdict_of(answer)
    if question.subject == "elsewhere":
        return {
            "elsewhere: answered": float(verdict == "answered"),
            "elsewhere: perhaps": float(verdict == "perhaps"),
        }
    scores = verdict_scores(verdict, answerable=question.subject == "answerable")
    if question.subject == "answerable" and verdict == "answered":
        scores["of the answerable answered: right"] = float(
            f1(answer["text"], question.gold) >= RIGHT
        )
        scores["of the answerable answered: quotations hold it"] = float(
            holds(quoted(answer), question.gold)
        )
    return scores


if __name__ == "__main__":
    main()
