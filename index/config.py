"""What shaped an index, and how two such configurations differ."""

from dataclasses import dataclass, fields
from json import loads

from index.encoding import Encoder

__all__ = ["FORMAT", "IndexConfig", "compare_configs", "config_of", "read_config"]

# Raise it when documents, passages or tables would come out differently for the same files.
FORMAT = 4


@dataclass(frozen=True, slots=True)
class IndexConfig:
    """What shaped an index; another one asks for other passages or other vectors."""

    format: int
    encoder: str
    fingerprint: str
    passage_tokens: int


def config_of(encoder: Encoder, passage_tokens: int) -> IndexConfig:
    """Return the configuration of an index by ``encoder`` with passages of ``passage_tokens``."""
    return IndexConfig(FORMAT, encoder.name, encoder.fingerprint, passage_tokens)


def read_config(saved: str) -> IndexConfig:
    """Parse a configuration saved as JSON; one of another version may only have its format."""
    values = loads(saved)
    if values.keys() == {field.name for field in fields(IndexConfig)}:
        return IndexConfig(**values)
    return IndexConfig(int(values.get("format", 0)), "", "", 0)


def compare_configs(old: IndexConfig | None, new: IndexConfig) -> tuple[str, ...]:
    """Return in words how the configuration of an index differs from ``new``."""
    if old is None or old == new:
        return ()
    if old.format != new.format:
        return (f"the index format changed from {old.format} to {new.format}",)
    reasons = []
    if old.encoder != new.encoder:
        reasons.append(f"the encoder changed from {old.encoder} to {new.encoder}")
    elif old.fingerprint != new.fingerprint:
        reasons.append(f"the weights of the encoder {new.encoder} changed")
    if old.passage_tokens != new.passage_tokens:
        tokens = f"{old.passage_tokens} to {new.passage_tokens} tokens"
        reasons.append(f"the size of passages changed from {tokens}")
    return tuple(reasons)
