"""Public question-answering data in the form that the other scripts read.

Run: ``python -m bench.fetch squad1_dev DATA`` (or ``squad2_dev_a``, which Pincite learns from,
``squad2_dev_b``, ``covid_qa``, or another name with ``--url``): downloads the file, which must be
in SQuAD's JSON, and writes ``DATA/squad1_dev/corpus.jsonl.gz`` and ``questions.jsonl.gz``. SQuAD
1.1 (Rajpurkar et al. 2016) and 2.0 (Rajpurkar et al. 2018) are CC BY-SA 4.0, COVID-QA (Möller et
al. 2020) Apache-2.0. Cranfield and the NPL collection are at ir.dcs.gla.ac.uk/resources, in forms
of their own.
"""

import argparse
import gzip
import json
import re
import urllib.request
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

__all__ = ["passages_and_questions"]

SQUAD = "https://rajpurkar.github.io/SQuAD-explorer/dataset/"
PLACES = {
    "squad1_dev": f"{SQUAD}dev-v1.1.json",
    "squad2_dev_a": f"{SQUAD}dev-v2.0.json",
    "squad2_dev_b": f"{SQUAD}dev-v2.0.json",
    "covid_qa": "https://raw.githubusercontent.com/deepset-ai/COVID-QA/master/data/"
    "question-answering/COVID-QA.json",
}
# The articles of a set that is a part of the file; the rest of SQuAD 2.0's is kept for later.
ARTICLES = {
    "squad2_dev_a": frozenset(
        {
            "1973 oil crisis",
            "Computational complexity theory",
            "European Union law",
            "Force",
            "French and Indian War",
            "Harvard University",
            "Huguenot",
            "Immune system",
            "Imperialism",
            "Islamism",
            "Normans",
            "Packet switching",
            "Scottish Parliament",
            "Steam engine",
            "Warsaw",
            "Yuan dynasty",
        }
    ),
    "squad2_dev_b": frozenset(
        {
            "Black Death",
            "Ctenophora",
            "Economic inequality",
            "Fresno, California",
            "Pharmacy",
            "Prime number",
        }
    ),
}
Line = dict[str, Any]


def main() -> None:
    """Download and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name")
    parser.add_argument("data", type=Path)
    parser.add_argument("--url", help="where a set of another name is")
    options = parser.parse_args()
    url = options.url or PLACES.get(options.name)
    if url is None:
        parser.error(f"{options.name} is none of {', '.join(PLACES)}; give its --url")
    if not url.startswith("https://"):
        parser.error("the address must begin with https://")
    with urllib.request.urlopen(url) as response:  # noqa: S310 - checked above
        whole = json.load(response)
    passages, questions = passages_and_questions(whole, ARTICLES.get(options.name))
    folder = options.data / options.name
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "corpus.jsonl.gz", passages)
    _write(folder / "questions.jsonl.gz", questions)
    print(f"{len(passages)} passages and {len(questions)} questions are in {folder}")


def passages_and_questions(
    squad: Mapping[str, Any], articles: Collection[str] | None = None
) -> tuple[list[Line], list[Line]]:
    """Return the lines of both files from a file in SQuAD's form, version 1.1 or 2.0.

    Args:
        squad: the file.
        articles: titles of those to take; all by default.
    """
    passages: list[Line] = []
    questions: list[Line] = []
    for number, article in enumerate(squad["data"]):
        title = str(article.get("title") or f"document {number}").replace("_", " ")
        if articles is not None and title not in articles:
            continue
        name = re.sub(r"\W+", "-", title.lower()).strip("-")
        for place, paragraph in enumerate(article["paragraphs"]):
            id_ = f"{name}-{place:03d}"
            passages.append({"id": id_, "title": title, "text": paragraph["context"]})
            questions += _questions(id_, paragraph)
    return passages, questions


def _questions(passage: str, paragraph: Mapping[str, Any]) -> Iterator[Line]:
    for asked in paragraph["qas"]:
        answers = [{"text": a["text"], "start": a["answer_start"]} for a in asked["answers"]]
        yield {
            "id": str(asked["id"]),
            "question": asked["question"].strip(),
            "doc_id": passage,
            "answers": answers,
            "answerable": bool(answers),
        }


def _write(path: Path, lines: Sequence[Line]) -> None:
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines)


if __name__ == "__main__":
    main()
