"""Plain data, as JSON has it, checked and made into the project's types: the one way in."""

import json
from collections.abc import Hashable
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from pydantic import TypeAdapter

__all__ = ["validate"]

T = TypeVar("T")


def validate(kind: type[T], saved: object) -> T:
    """Return plain data as a ``kind``; fields that it does not have are left out.

    Args:
        kind: a dataclass, or a list or tuple of such.
        saved: what `json.loads` returned.

    Raises:
        ValueError: if it is none; names the first field that is wrong, and says what is.
    """
    from pydantic import ValidationError  # asking needs none of it, and it is slow to import

    try:
        # Strict, so that "1" is no number; as JSON, so that a list is a tuple all the same.
        checked: T = _adapter(cast("Hashable", kind)).validate_json(json.dumps(saved), strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        reason = first["msg"].removeprefix("Value error, ")
        raise ValueError(f"{where}: {reason}" if where else reason) from error
    return checked


@cache
def _adapter(kind: Hashable) -> "TypeAdapter[Any]":
    from pydantic import TypeAdapter

    return TypeAdapter(kind)
