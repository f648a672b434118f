"""Settings: few, written down in the index folder, read where a folder is opened or built."""

import tomllib
from dataclasses import dataclass, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Self, get_args, get_type_hints

from corpus import SettingsError
from index.encoding import DEFAULT_ENCODER

__all__ = ["Settings"]

SETTINGS_FILE = "settings.toml"
# Title and headings may take 98 tokens of it.
SMALLEST_PASSAGE = 128
# What settings were called once.
RENAMED = {"risk": "false_answer_rate"}


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set in ``DOCS/.pincite/settings.toml``; every field has a default that works.

    Args:
        encoder: ``all-MiniLM-L6-v2``, the path of a folder that sentence-transformers saved, or a
            model of the Hugging Face Hub as ``owner/name``; None for the one that the index was
            built with, which is ``all-MiniLM-L6-v2`` at first.
        passage_tokens: the most tokens of a passage with its subject and headings; from 128 on.
        file_seconds: how long parsing one file may take before it is skipped.
        false_answer_rate: which share of near misses, which a passage just fails to answer, may
            get an answer: ``cautious``, ``balanced``, ``eager`` or a number from 0 to 1.

    Raises:
        SettingsError: if a value cannot be used.
    """

    encoder: str | None = None
    passage_tokens: int = 200
    file_seconds: float = 120.0
    false_answer_rate: str | float = "balanced"

    def __post_init__(self) -> None:
        hints = get_type_hints(type(self))
        for field in fields(self):
            value = getattr(self, field.name)
            kinds = get_args(hints[field.name]) or (hints[field.name],)
            whole = type(value) is int and float in kinds
            if type(value) not in kinds and not whole:
                raise SettingsError(
                    f"The setting {field.name} is {value!r}; "
                    f"give a value like {field.default or DEFAULT_ENCODER!r}."
                )
        if self.passage_tokens < SMALLEST_PASSAGE:
            raise SettingsError(
                f"The setting passage_tokens is {self.passage_tokens}; "
                f"give {SMALLEST_PASSAGE} or more."
            )
        if self.file_seconds <= 0:
            raise SettingsError(
                f"The setting file_seconds is {self.file_seconds}; give a number above 0."
            )

    @classmethod
    def read(cls, index_folder: Path) -> Self:
        """Return the settings in ``index_folder/settings.toml``; the defaults if there is no file.

        Raises:
            SettingsError: if the file is no TOML, or has an unknown key, an old name or an unusable
                value.
        """
        path = index_folder / SETTINGS_FILE
        try:
            values = tomllib.loads(path.read_text("utf-8"))
        except FileNotFoundError:
            return cls()
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise SettingsError(f"{path} cannot be read: {error}.") from error
        known = [field.name for field in fields(cls)]
        for key in values:
            if key in RENAMED:
                raise SettingsError(
                    f"The setting {key!r} in {path} is now called {RENAMED[key]!r}; rename it."
                )
            if key not in known:
                near = get_close_matches(key, known, n=1, cutoff=0.0)[0]
                raise SettingsError(
                    f"{path} has an unknown setting {key!r}; did you mean {near!r}?"
                )
        return cls(**values)
