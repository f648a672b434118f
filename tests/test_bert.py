"""The short way of encoding, against sentence-transformers."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from index.bert import Bert
from index.encoder import FEW, SentenceTransformerEncoder, default_encoder_folder

TEXTS = [
    "How many people do UK companies employ in Illinois?",
    "a",
    "",
    "Étienne paid £3.50, 他来了。 \x00 😀",
    "word " * 250,
    "cut at the end " * 200,
]
pytestmark = pytest.mark.model


def test_vectors_are_those_of_sentence_transformers() -> None:
    """Catches a wrong layer, mask, pooling, cut or special token in the forward pass."""
    from sentence_transformers import SentenceTransformer

    reference = SentenceTransformer(
        str(default_encoder_folder()), device="cpu", local_files_only=True
    )
    expected = reference.encode(TEXTS, normalize_embeddings=True, show_progress_bar=False)
    bert = Bert(default_encoder_folder())
    cosines = (bert.encode(TEXTS) * expected).sum(axis=1)
    np.testing.assert_allclose(cosines, 1.0, atol=1e-5)
    alone = np.concatenate([bert.encode([text]) for text in TEXTS])
    np.testing.assert_allclose((alone * expected).sum(axis=1), 1.0, atol=1e-5)
    assert bert.dimension == reference.get_embedding_dimension()
    assert bert.max_tokens == reference.max_seq_length
    counted = reference.tokenizer(TEXTS, truncation=False, verbose=False)["input_ids"]
    assert bert.count_tokens(TEXTS) == [len(ids) for ids in counted]


def test_a_few_texts_do_not_load_sentence_transformers_and_many_do() -> None:
    """Catches five seconds of imports for one question, and a library that is never used."""
    encoder = SentenceTransformerEncoder("default", default_encoder_folder())
    few = encoder.encode(["one text"] * FEW)
    assert "_model" not in vars(encoder)
    many = encoder.encode(["one text"] * (FEW + 1))
    assert "_model" in vars(encoder)
    np.testing.assert_allclose(few[0], many[0], atol=1e-5)


@pytest.mark.parametrize(
    ("name", "key", "value"),
    [
        ("config.json", "model_type", "xlm-roberta"),
        ("config.json", "hidden_act", "relu"),
        ("1_Pooling/config.json", "pooling_mode_cls_token", True),
        ("1_Pooling/config.json", "pooling_mode_mean_tokens", False),
    ],
)
def test_other_models_go_the_long_way(tmp_path: Path, name: str, key: str, value: object) -> None:
    """Catches a model of another kind being computed as if it were this one."""
    folder = tmp_path / "model"
    weights = shutil.ignore_patterns("model.safetensors")
    shutil.copytree(default_encoder_folder(), folder, ignore=weights)
    (folder / "model.safetensors").touch()
    assert Bert.readable(folder)
    config = json.loads((folder / name).read_text("utf-8"))
    (folder / name).write_text(json.dumps({**config, key: value}), "utf-8")
    assert not Bert.readable(folder)
