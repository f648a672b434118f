"""The question-answering pipeline of transformers 4, with Pincite's weights.

Each passage is read alone; of their answers the one with the highest score is taken.
"""

import os
from importlib.metadata import version

from exchange import read_all
from transformers import pipeline

reader = pipeline("question-answering", model=os.environ["READER"], device="cpu")


def read(question: str, passages: list[str]) -> tuple[str, float, int]:
    """Return the best answer, its score and the place of its passage."""
    best = ("", 0.0, 0)
    for place, passage in enumerate(passages):
        # The two best: one of them may be that there is no answer.
        answers = reader(question=question, context=passage, handle_impossible_answer=True, top_k=2)
        for found in answers:
            if found["answer"] and found["score"] > best[1]:
                best = found["answer"], found["score"], place
    return best


if __name__ == "__main__":
    read_all(read, f"transformers {version('transformers')}")
