"""The network that comes with the package."""

import shutil
from pathlib import Path

import pytest

from corpus import ModelUnavailable
from qa.reading.model import MODEL_SHA256, SpanModel, windows_of
from qa.reading.spans import best_spans

SHIPPED = SpanModel.shipped().folder
TEXT = (
    "UK companies employ 51,900 people in Illinois. The Chicago office is run by Colette Buscemi, "
    "who was appointed in 2011. It stands on Wacker Drive."
)


def answer(model: SpanModel, question: str) -> tuple[str, float]:
    """Return the best span of `TEXT` and its score above that of no answer."""
    tokens = model.tokenize([question, "", TEXT])
    window = next(windows_of(*tokens))
    scores = model.score([window])[0]
    best = best_spans(scores.starts, scores.ends, 1)[0]
    return TEXT[window.starts[best.start] : window.ends[best.end]], best.score - scores.null_score


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How many people do UK companies employ in Illinois?", "51,900"),
        ("Who runs the Chicago office?", "Colette Buscemi"),
        ("When was Colette Buscemi appointed?", "2011"),
        ("Where is the Chicago office?", "Wacker Drive"),
    ],
)
def test_it_finds_the_answer(question: str, expected: str) -> None:
    """Catches weights that are not the trained ones, and windows in another layout than trained."""
    found, margin = answer(SpanModel.shipped(), question)
    assert found == expected
    assert margin > 0


def test_it_knows_when_there_is_none() -> None:
    """Catches scores of no answer that are read from the wrong token."""
    _, margin = answer(SpanModel.shipped(), "What temperature should the oven have for pizza?")
    assert margin < 0


def test_other_bytes_are_refused(tmp_path: Path) -> None:
    """Catches a damaged or exchanged model giving wrong answers."""
    folder = shutil.copytree(SHIPPED, tmp_path / "model")
    with (folder / "model.onnx").open("ab") as file:
        file.write(b"!")
    with pytest.raises(ModelUnavailable, match="install pincite again"):
        answer(SpanModel(folder, MODEL_SHA256), "Who?")


def test_a_missing_model_is_told(tmp_path: Path) -> None:
    """Catches a package without its data failing with a traceback."""
    with pytest.raises(ModelUnavailable, match="missing"):
        answer(SpanModel(tmp_path, MODEL_SHA256), "Who?")


def test_the_shipped_files_are_few_and_small() -> None:
    """Catches a repository that grows beyond what people want to clone."""
    sizes = {path.name: path.stat().st_size for path in SHIPPED.iterdir()}
    assert set(sizes) == {"model.onnx", "calibration.json", "README.md"}
    assert sum(sizes.values()) < 12_000_000


def test_the_card_names_the_digest() -> None:
    """Catches a model card that describes other weights."""
    assert MODEL_SHA256 in (SHIPPED / "README.md").read_text("utf-8")
