"""txtai's Questions pipeline, with Pincite's weights.

It reads each passage alone and gives no score, so that the answer of the first passage that has one
is taken: the passages come best first.
"""

import os
from importlib.metadata import version

from exchange import read_all
from txtai.pipeline import Questions

questions = Questions(os.environ["READER"], gpu=False)


def read(question: str, passages: list[str]) -> tuple[str, float, int]:
    """Return the best answer, its score and the place of its passage."""
    for place, passage in enumerate(passages):
        (answer,) = _answers(question, passage)
        if answer and answer.strip():
            return answer, 1 / (1 + place), place
    return "", 0.0, 0


def _answers(question: str, passage: str) -> list[str | None]:
    try:
        return questions([question], [passage])
    except TypeError:
        return [None]  # its way of failing where the best token is none of the passage's


if __name__ == "__main__":
    read_all(read, f"txtai {version('txtai')}")
