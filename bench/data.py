"""Benchmark data: read from gzipped JSON lines, written as folders of documents."""

import gzip
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

__all__ = [
    "every_second_article",
    "questions_of",
    "read_lines",
    "write_articles",
    "write_passages",
]


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a ``.jsonl.gz`` file."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def questions_of(data: Path, without: Path | None = None) -> list[dict[str, Any]]:
    """Return the questions of a data set in their order.

    Args:
        data: holds ``corpus.jsonl.gz`` and ``questions.jsonl.gz``.
        without: another data set; questions on its articles are left out.
    """
    questions = list(read_lines(data / "questions.jsonl.gz"))
    if without is None:
        return questions
    titles = {row["id"]: row["title"] for row in read_lines(data / "corpus.jsonl.gz")}
    left_out = {row["title"] for row in read_lines(without / "corpus.jsonl.gz")}
    return [question for question in questions if titles.get(question["doc_id"]) not in left_out]


def every_second_article(passages: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the passages of every second article, so that questions on the others have none."""
    titles = set(sorted({passage["title"] for passage in passages})[::2])
    return [passage for passage in passages if passage["title"] in titles]


def write_passages(folder: Path, passages: Sequence[dict[str, Any]]) -> dict[str, str]:
    """Write one text file a passage, numbered so that no title leaks in; return names by id."""
    names = {passage["id"]: f"{number:06d}.txt" for number, passage in enumerate(passages)}
    for passage in passages:
        (folder / names[passage["id"]]).write_bytes(passage["text"].encode())
    return names


def write_articles(folder: Path, passages: Sequence[dict[str, Any]]) -> dict[str, tuple[str, int]]:
    """Write one Markdown file an article; return document and offset of each passage."""
    offsets: dict[str, int] = {}
    articles: dict[str, str] = {}
    for passage in passages:
        title = passage["title"]
        text = articles.get(title) or f"# {title}\n"
        offsets[passage["id"]] = len(text) + 1
        articles[title] = f"{text}\n{passage['text']}\n"
    names = {title: f"{number:04d}.md" for number, title in enumerate(articles)}
    for title, text in articles.items():
        (folder / names[title]).write_text(text, encoding="utf-8", newline="")
    return {p["id"]: (names[p["title"]], offsets[p["id"]]) for p in passages}
