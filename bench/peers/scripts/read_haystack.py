"""Haystack's extractive reader, with Pincite's weights."""

import os
from importlib.metadata import version

from exchange import read_all
from haystack import Document
from haystack_integrations.components.readers.transformers import TransformersExtractiveReader

reader = TransformersExtractiveReader(os.environ["READER"])
reader.warm_up()


def read(question: str, passages: list[str]) -> tuple[str, float, int]:
    """Return the best answer, its score and the place of its passage."""
    documents = [Document(id=str(place), content=text) for place, text in enumerate(passages)]
    answers = reader.run(query=question, documents=documents, top_k=1)["answers"]
    found = [answer for answer in answers if answer.data and answer.document]
    if not found:
        return "", 0.0, 0
    return found[0].data, found[0].score, int(found[0].document.id)


if __name__ == "__main__":
    read_all(read, f"transformers-haystack {version('transformers-haystack')}")
