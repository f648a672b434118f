"""What shapes an index, and how two shapes differ."""

from dataclasses import dataclass, fields
from json import loads

from index.encoding import Encoder

__all__ = ["FORMAT", "Shape", "differences", "read_shape", "shape_of"]

# Raise it when documents, passages or tables would come out differently for the same files.
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Shape:
    """What shaped an index; another shape asks for other passages or other vectors."""

    format: int
    encoder: str
    fingerprint: str
    passage_tokens: int


def shape_of(encoder: Encoder, passage_tokens: int) -> Shape:
    """Return the shape of an index made with ``encoder`` and passages of ``passage_tokens``."""
    return Shape(FORMAT, encoder.name, encoder.fingerprint, passage_tokens)


def read_shape(saved: str) -> Shape:
    """Return a shape from JSON; what another version saved may have no more than its format."""
    values = loads(saved)
    if values.keys() == {field.name for field in fields(Shape)}:
        return Shape(**values)
    return Shape(int(values.get("format", 0)), "", "", 0)


def differences(old: Shape | None, new: Shape) -> tuple[str, ...]:
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
