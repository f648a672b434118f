"""The default encoder's network, against sentence-transformers."""

import json
import shutil
import time
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import index.encoding.minilm
from index import Vectors, default_encoder_folder, open_encoder
from index.encoding.minilm import BertEncoder, Network, Tokens, batches, faster
from index.encoding.sentence_transformers import SentenceTransformerEncoder

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

STARTER = Path(__file__).parents[3] / "starter"
AWKWARD = [
    "",
    " \t\n",
    "a",
    "Étienne paid £3.50, 他来了。 \x00 😀",
    "e\u0301\u200b\ufeff\u202e العربية עברית ไทย नमस्ते",
    "x" * 5000,
    "?!…—“”" * 30,
    "word " * 254,
]
LONG = ["word " * 255, "cut at the end " * 200]
pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def reference() -> "SentenceTransformer":
    """Return sentence-transformers' own model."""
    from sentence_transformers import SentenceTransformer

    folder = str(default_encoder_folder())
    return SentenceTransformer(folder, device="cpu", local_files_only=True)


@pytest.fixture(scope="module")
def bert() -> BertEncoder:
    """Return the encoder under test, loaded once."""
    encoder = open_encoder()
    assert isinstance(encoder, BertEncoder)
    return encoder


def trying_after(many: int) -> BertEncoder:
    """Return the default encoder, which tries bfloat16 after ``many`` texts."""
    encoder = open_encoder()
    return BertEncoder(encoder.name, default_encoder_folder(), encoder.fingerprint, many)


def expected(reference: "SentenceTransformer", texts: list[str]) -> Vectors:
    vectors = reference.encode(texts, normalize_embeddings=True, show_progress_bar=False)
    return np.asarray(vectors, np.float32)


def paragraphs() -> list[str]:
    return [
        paragraph[:600]
        for path in sorted(STARTER.rglob("*.md"))
        for paragraph in path.read_text("utf-8").split("\n\n")[:8]
    ]


def test_vectors_are_those_of_sentence_transformers(
    bert: BertEncoder, reference: "SentenceTransformer"
) -> None:
    """Catches a wrong layer, mask, pooling, layout of weights, special token or order of rows."""
    texts = [*paragraphs(), *AWKWARD]
    wanted = expected(reference, texts)
    np.testing.assert_allclose((bert.encode(texts) * wanted).sum(axis=1), 1.0, atol=1e-5)
    alone = np.concatenate([bert.encode([text]) for text in AWKWARD])
    cosines = (alone * wanted[-len(AWKWARD) :]).sum(axis=1)
    np.testing.assert_allclose(cosines, 1.0, atol=1e-5)


def test_bfloat16_changes_vectors_by_less_than_the_fourth_digit(
    reference: "SentenceTransformer", monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches a wrong layer or mask there, and sums or norms that are taken in bfloat16."""
    from index.encoding.minilm_bfloat16 import Bfloat16Network

    monkeypatch.setattr(index.encoding.minilm, "faster", lambda _, other: other)
    encoder = trying_after(0)
    texts = [*paragraphs(), *AWKWARD]
    cosines = (encoder.encode(texts) * expected(reference, texts)).sum(axis=1)
    assert isinstance(encoder.fastest, Bfloat16Network)
    assert 0.9999 < cosines.min() < 0.9999999


class Fake:
    """A network that gives the same vectors for every text, after so many seconds."""

    def __init__(self, seconds: float, last: float = 0.0) -> None:
        self.seconds = seconds
        self.vector = np.array([1.0] * 383 + [last], np.float32)

    def means(self, texts: Sequence[Tokens]) -> Vectors:
        """Return the vector for each text."""
        time.sleep(self.seconds)
        return np.tile(self.vector, (len(texts), 1))


def test_the_faster_network_is_taken_unless_its_vectors_differ() -> None:
    """Catches the slower one taken, and speed bought with other vectors."""
    slow, fast = Fake(0.02), Fake(0.0)
    assert faster(slow, fast) is fast
    assert faster(fast, slow) is fast
    assert faster(slow, Fake(0.0, last=1.0)) is slow


def test_networks_are_tried_once_and_only_by_whoever_has_many_texts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Catches torch loaded for a small folder, and a trial at every batch of a large one."""
    trials = []

    def tried(one: Network, _: Network) -> Network:
        trials.append(one)
        return Fake(0.0)

    monkeypatch.setattr(index.encoding.minilm, "faster", tried)
    encoder = trying_after(3)
    few = encoder.encode(["one", "two"])
    assert not trials
    many = encoder.encode(["one", "two"])
    assert many.tolist() == encoder.encode(["one", "two"]).tolist() != few.tolist()
    assert len(trials) == 1
    np.testing.assert_allclose(encoder.encode_question("one") @ few[0], 1.0, atol=1e-5)


def test_long_questions_are_cut_as_sentence_transformers_cuts(
    bert: BertEncoder, reference: "SentenceTransformer"
) -> None:
    """Catches a cut that loses the closing token, or that is off by one."""
    for text, wanted in zip(LONG, expected(reference, LONG), strict=True):
        assert bert.encode_question(text) @ wanted == pytest.approx(1.0, abs=1e-5)


def test_its_numbers_are_those_of_sentence_transformers(
    bert: BertEncoder, reference: "SentenceTransformer"
) -> None:
    """Catches another limit or dimension, and tokens counted without the special ones."""
    assert bert.dimension == reference.get_embedding_dimension()
    assert bert.max_tokens == reference.max_seq_length
    texts = [*AWKWARD, *LONG]
    counted = reference.tokenizer(texts, truncation=False, verbose=False)["input_ids"]
    assert bert.count_tokens(texts) == [len(ids) for ids in counted]


@given(st.lists(st.integers(2, 256), max_size=40), st.integers(2, 1000))
def test_batches_hold_every_text_once_within_the_budget(lengths: list[int], most: int) -> None:
    """Catches a last batch that is lost, a text run twice, and batches that outgrow the cache."""
    found = list(batches(lengths, most))
    assert sorted(place for batch in found for place in batch) == list(range(len(lengths)))
    for batch in found:
        assert len(batch) == 1 or len(batch) * max(lengths[i] for i in batch) <= most


def test_the_graph_that_ships_is_the_one_that_the_script_writes() -> None:
    """Catches a graph that was changed by hand, and a script that writes another one."""
    pytest.importorskip("onnx", reason="comes with the extra 'training'")
    from training.encoder_graph import encoder_graph

    shipped = files("index.encoding").joinpath("minilm.onnx").read_bytes()
    assert encoder_graph().SerializeToString(deterministic=True) == shipped


@pytest.mark.parametrize(
    ("name", "key", "value"),
    [
        ("config.json", "model_type", "xlm-roberta"),
        ("config.json", "hidden_act", "relu"),
        ("config.json", "num_hidden_layers", 12),
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
    assert isinstance(open_encoder(str(folder)), BertEncoder)
    config = json.loads((folder / name).read_text("utf-8"))
    (folder / name).write_text(json.dumps({**config, key: value}), "utf-8")
    assert isinstance(open_encoder(str(folder)), SentenceTransformerEncoder)
