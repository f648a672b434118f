"""Settings."""

from pathlib import Path

import pytest

from corpus import SettingsError
from pincite import Settings


def written(folder: Path, text: str) -> Path:
    """Write a settings file into ``folder`` and return the folder."""
    (folder / "settings.toml").write_text(text, encoding="utf-8")
    return folder


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    """Catches a missing file being an error: there is nothing to configure."""
    assert Settings.read(tmp_path) == Settings()


def test_values_are_read(tmp_path: Path) -> None:
    """Catches values that are read and forgotten."""
    folder = written(
        tmp_path,
        'encoder = "hash"\npassage_tokens = 160\nfile_seconds = 5\nfalse_answer_rate = 0.1\n',
    )
    assert Settings.read(folder) == Settings("hash", 160, 5, 0.1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("passage_token = 64", "did you mean 'passage_tokens'"),
        ("x = 1", "unknown setting 'x'"),
        ("passage_tokens = 'many'", "passage_tokens is 'many'; give a value like 200"),
        ("passage_tokens = true", "passage_tokens is True"),
        ("passage_tokens = 3", "give 128 or more"),
        ("file_seconds = 0", "give a number above 0"),
        ("false_answer_rate = true", "rate is True; give a value like 'balanced'"),
        ("risk = 0.1", "'risk' in .* is now called 'false_answer_rate'"),
        ("encoder = 3", "encoder is 3"),
        ("passage_tokens =", "cannot be read"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, text: str, message: str) -> None:
    """Catches settings that are silently ignored or fail with a traceback."""
    with pytest.raises(SettingsError, match=message):
        Settings.read(written(tmp_path, text))
