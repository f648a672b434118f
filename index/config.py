"""What configurations an index, and how two configurations differ."""

from dataclasses import dataclass, fields
from json import loads

from index.encoding import Encoder

__all__ = ["FORMAT", "IndexConfig", "config_of", "differences", "read_config"]

# Raise it when documents, passages or tables would come out differently for the same files.
FORMAT = 2


@dataclass(frozen=True, slots=True)
class IndexConfig:
    """What shaped an index; another one asks for other passages or other vectors."""

    format: int
    encoder: str
    fingerprint: str
    passage_tokens: int


def config_of(encoder: Encoder, passage_tokens: int) -> IndexConfig:
    """Return what ``encoder`` and passages of at most ``passage_tokens`` make of an index."""
    return IndexConfig(FORMAT, encoder.name, encoder.fingerprint, passage_tokens)


def read_config(saved: str) -> IndexConfig:
    """Return what was saved as JSON; from another version it may have no more than its format."""
    values = loads(saved)
    if values.keys() == {field.name for field in fields(IndexConfig)}:
        return IndexConfig(**values)
    return IndexConfig(int(values.get("format", 0)), "", "", 0)


def differences(old: IndexConfig | None, new: IndexConfig) -> tuple[str, ...]:
    """Return in words what shaped the index otherwise than ``new`` would."""
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
