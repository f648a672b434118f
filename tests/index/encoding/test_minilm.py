"""The default encoder's network, against sentence-transformers."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import index.encoding.minilm_bfloat16
from index import Vectors, default_encoder_folder, open_encoder
from index.encoding.minilm import MiniLMEncoder, Tokens, batches, fastest, multiplies_bfloat16
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
def minilm() -> MiniLMEncoder:
    """Return the encoder under test, loaded once."""
    encoder = open_encoder()
    assert isinstance(encoder, MiniLMEncoder)
    return encoder


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
    minilm: MiniLMEncoder, reference: "SentenceTransformer"
) -> None:
    """Catches a wrong layer, mask, pooling, layout of weights, special token or order of rows."""
    texts = [*paragraphs(), *AWKWARD]
    wanted = expected(reference, texts)
    np.testing.assert_allclose((minilm.encode(texts) * wanted).sum(axis=1), 1.0, atol=1e-5)
    alone = np.concatenate([minilm.encode([text]) for text in AWKWARD])
    cosines = (alone * wanted[-len(AWKWARD) :]).sum(axis=1)
    np.testing.assert_allclose(cosines, 1.0, atol=1e-5)


@pytest.mark.parametrize("hardware", [True, False])
def test_bfloat16_changes_vectors_by_less_than_the_fourth_digit(
    reference: "SentenceTransformer", monkeypatch: pytest.MonkeyPatch, hardware: bool
) -> None:
    """Catches a wrong layer or mask there, sums or norms in bfloat16, and unrounded products.

    Without the hardware the same is computed otherwise, and must not come out as single precision.
    """
    if hardware and not multiplies_bfloat16():
        pytest.skip("this processor does not multiply bfloat16")
    module = index.encoding.minilm_bfloat16
    monkeypatch.setattr(module, "multiplies_bfloat16", lambda: hardware)
    encoder = open_encoder().in_precision("bfloat16")
    texts = [*paragraphs(), *AWKWARD]
    cosines = (encoder.encode(texts) * expected(reference, texts)).sum(axis=1)
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
    assert fastest({"float32": slow, "bfloat16": fast}) == "bfloat16"
    assert fastest({"float32": fast, "bfloat16": slow}) == "float32"
    assert fastest({"float32": slow, "bfloat16": Fake(0.0, last=1.0)}) == "float32"


def test_without_the_hardware_nothing_is_tried(
    minilm: MiniLMEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches a build that hangs: torch takes minutes for a trial in bfloat16 without hardware."""
    monkeypatch.setattr(index.encoding.minilm, "BFLOAT16_FLAGS", frozenset())
    monkeypatch.delattr(index.encoding.minilm, "fastest")
    assert minilm.fastest_precision() == "float32"


def test_onednn_without_bfloat16_counts_as_no_hardware() -> None:
    """Catches only the processor being asked: torch falls back to plain loops, and hangs."""
    code = "from index.encoding.minilm import multiplies_bfloat16 as m; print(m())"
    limited = {**os.environ, "ONEDNN_MAX_CPU_ISA": "AVX2"}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=limited, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_a_precision_is_for_texts_and_questions_stay_as_they_are(minilm: MiniLMEncoder) -> None:
    """Catches a question that imports torch, or that changes with the index's precision."""
    other = minilm.in_precision("bfloat16")
    assert (other.name, other.fingerprint) == (minilm.name, minilm.fingerprint)
    assert minilm.in_precision("float32") is minilm
    question = "When is the lamp lit?"
    assert other.encode_question(question).tolist() == minilm.encode_question(question).tolist()
    assert other.encode([question]).tolist() != minilm.encode([question]).tolist()


def test_a_model_with_prompts_goes_the_long_way(tmp_path: Path) -> None:
    """Catches prompts that are left out because the network is a known one."""
    folder = shutil.copytree(default_encoder_folder(), tmp_path / "model")
    path = folder / "config_sentence_transformers.json"
    config = json.loads(path.read_text("utf-8"))
    for prompts, kind in (
        ({"query": "", "document": ""}, MiniLMEncoder),
        ({"query": "query: "}, SentenceTransformerEncoder),
        ({"passage": "passage: "}, SentenceTransformerEncoder),
    ):
        path.write_text(json.dumps({**config, "prompts": prompts}), "utf-8")
        assert isinstance(open_encoder(str(folder)), kind)


def test_long_questions_are_cut_as_sentence_transformers_cuts(
    minilm: MiniLMEncoder, reference: "SentenceTransformer"
) -> None:
    """Catches a cut that loses the closing token, or that is off by one."""
    for text, wanted in zip(LONG, expected(reference, LONG), strict=True):
        assert minilm.encode_question(text) @ wanted == pytest.approx(1.0, abs=1e-5)


def test_its_numbers_are_those_of_sentence_transformers(
    minilm: MiniLMEncoder, reference: "SentenceTransformer"
) -> None:
    """Catches another limit or dimension, and tokens counted without the special ones."""
    assert minilm.dimension == reference.get_embedding_dimension()
    assert minilm.max_tokens == reference.max_seq_length
    texts = [*AWKWARD, *LONG]
    counted = reference.tokenizer(texts, truncation=False, verbose=False)["input_ids"]
    assert minilm.count_tokens(texts) == [len(ids) for ids in counted]


@given(st.lists(st.integers(2, 256), max_size=40), st.integers(2, 1000))
def test_batches_hold_every_text_once_within_the_budget(lengths: list[int], most: int) -> None:
    """Catches a last batch that is lost, a text run twice, and batches that outgrow the cache."""
    found = list(batches(lengths, most))
    assert sorted(index for batch in found for index in batch) == list(range(len(lengths)))
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
    assert isinstance(open_encoder(str(folder)), MiniLMEncoder)
    config = json.loads((folder / name).read_text("utf-8"))
    (folder / name).write_text(json.dumps({**config, key: value}), "utf-8")
    assert isinstance(open_encoder(str(folder)), SentenceTransformerEncoder)
