"""Any model of sentence-transformers: its prompts, its window, and nothing cut unseen."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from corpus import ModelUnavailable
from index import Encoder, open_encoder
from tests.models import make_model, make_static_model

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

TEXTS = ["the lamp is lit", "a boat", "fog fog fog"]
PROMPTS = {"query": "query : ", "document": "passage : "}


def loaded(folder: Path) -> "SentenceTransformer":
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(folder), device="cpu", local_files_only=True)


def assert_same(encoder: Encoder, model: "SentenceTransformer", passage: str, query: str) -> None:
    """Check the encoder against texts that have their prompts in them already."""
    wanted = model.encode([passage + text for text in TEXTS], prompt="", normalize_embeddings=True)
    np.testing.assert_allclose(encoder.encode(TEXTS), wanted, atol=1e-6)
    asked = model.encode([query + TEXTS[0]], prompt="", normalize_embeddings=True)[0]
    np.testing.assert_allclose(encoder.encode_question(TEXTS[0]), asked, atol=1e-6)


@pytest.mark.parametrize("name", ["document", "passage", "corpus"])
def test_prompts_stand_before_passages_and_questions(tmp_path: Path, name: str) -> None:
    """Catches prompts left out, exchanged, or kept under another of their names and not found."""
    folder = make_model(tmp_path, prompts={"query": "query : ", name: "passage : "})
    assert_same(open_encoder(str(folder)), loaded(folder), "passage : ", "query : ")


def test_without_prompts_nothing_stands_before_a_text(tmp_path: Path) -> None:
    """Catches prompts that were made up, and a default prompt for another purpose."""
    folder = make_model(tmp_path, prompts={"classify": "fog "}, default_prompt_name="classify")
    assert_same(open_encoder(str(folder)), loaded(folder), "", "")


def test_the_prompt_counts_and_the_window_is_the_models_own(tmp_path: Path) -> None:
    """Catches a passage whose end is cut unseen because its prompt takes room, and a fixed window.

    The model has 130 tokens: two special ones, two of the prompt and 126 of the text.
    """
    encoder = open_encoder(str(make_model(tmp_path, prompts=PROMPTS, window=130)))
    longest = " ".join(["lamp"] * 126)
    assert encoder.max_tokens == 130
    assert encoder.count_tokens(["", "lamp", longest]) == [4, 5, 130]
    assert encoder.encode([longest]).shape == (1, encoder.dimension)
    with pytest.raises(ValueError, match="a text has 131 tokens, more than the encoder's 130"):
        encoder.encode([longest + " lamp"])
    assert encoder.encode_question(longest + " lamp" * 9).shape == (encoder.dimension,)


def test_a_window_that_holds_no_passage_is_refused(tmp_path: Path) -> None:
    """Catches an error about a single character, in the middle of a build."""
    encoder = open_encoder(str(make_model(tmp_path, prompts=PROMPTS, window=64)))
    with pytest.raises(ModelUnavailable, match="takes 64 tokens at a time, 4 of them its own"):
        _ = encoder.max_tokens


def test_a_model_of_word_vectors_has_no_window(tmp_path: Path) -> None:
    """Catches models with a tokenizer of another kind, and an infinite number of tokens."""
    folder = make_static_model(tmp_path, prompts=PROMPTS)
    encoder = open_encoder(str(folder))
    assert encoder.max_tokens > 10_000
    assert encoder.count_tokens(["", "lamp lamp"]) == [2, 4]
    assert_same(encoder, loaded(folder), "passage : ", "query : ")


def test_a_folder_that_cannot_be_loaded_is_named(tmp_path: Path) -> None:
    """Catches a stack trace of transformers where a file is missing."""
    folder = make_model(tmp_path)
    (folder / "model.safetensors").unlink()
    encoder = open_encoder(str(folder))
    with pytest.raises(ModelUnavailable, match=r"cannot be loaded .*; choose another one"):
        encoder.encode(TEXTS)


def test_a_relative_folder_is_known_by_its_whole_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches an index that can be asked only from where it was built."""
    folder = make_model(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert open_encoder(folder.name).name == str(folder)
