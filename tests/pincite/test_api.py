"""Building and asking from paths: which encoder is used, and what it takes to fetch one."""

from pathlib import Path

import pytest

from corpus import ModelUnavailable
from pincite.api import build, status
from pincite.cli import FAILED, run
from tests.building import load_in_process
from tests.models import make_model


@pytest.fixture(autouse=True)
def _in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    load_in_process(monkeypatch)


def test_an_index_keeps_the_encoder_that_it_was_built_with(
    documents: Path, index_folder: Path
) -> None:
    """Catches a build or status without the word that goes back to the default encoder."""
    assert build(documents, encoder="hash").encoded > 0
    assert status(documents).nothing_to_do
    assert build(documents).rebuild == ()
    (index_folder / "settings.toml").write_text("passage_tokens = 200\n", "utf-8")
    assert status(documents).nothing_to_do


def test_the_word_goes_before_the_settings_and_these_before_the_index(
    documents: Path, index_folder: Path, tmp_path: Path
) -> None:
    """Catches settings that are not heeded once an index is there, and a word that is not."""
    model = str(make_model(tmp_path))
    build(documents, encoder="hash")
    (index_folder / "settings.toml").write_text(f'encoder = "{model}"\n', "utf-8")
    (reason,) = status(documents).rebuild
    assert reason == f"the encoder changed from hash to {model}"
    assert build(documents, encoder="hash").rebuild == ()
    assert build(documents).rebuild == (reason,)


def test_an_interrupted_first_build_keeps_its_encoder(
    documents: Path, index_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches what was read and encoded being thrown away because the word is not repeated."""
    with monkeypatch.context() as patch:
        patch.setattr("index.encoding.protocol.HashEncoder.encode", _interrupt)
        with pytest.raises(KeyboardInterrupt):
            build(documents, encoder="hash")
    assert not (index_folder / "generations").exists()
    build(documents)
    assert status(documents).nothing_to_do


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def test_the_command_takes_the_encoder_and_fetches_nothing_unasked(
    documents: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Catches options that are read and forgotten, and a name that is looked up in a network."""
    model = str(make_model(tmp_path))
    assert run(["build", str(documents), "--encoder", model]) == 0
    assert run(["info", str(documents)]) == 0
    assert f"encoder      {model}" in capsys.readouterr().out
    assert run(["build", str(documents), "--encoder", "someone/no-such-model"]) == FAILED
    said = capsys.readouterr().err
    assert "'someone/no-such-model' is not on this machine" in said
    with pytest.raises(ModelUnavailable, match="--download"):
        build(documents, encoder="someone/no-such-model")
