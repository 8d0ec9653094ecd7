"""JSON bodies, read strictly: no doubled keys, no NaN, no huge numbers, no deep nesting, no broken text."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from headway.kernel.errors import Invalid

MAX_BYTES = 2 * 1024 * 1024
MAX_DEPTH = 32
MAX_KEYS = 1000
MAX_ITEMS = 5000


def read(body: bytes) -> dict[str, Any]:
    """The object in a body; Invalid says what is wrong. An empty body is an empty object."""
    if len(body) > MAX_BYTES:
        raise Invalid(f"The body is larger than {MAX_BYTES // 1024 // 1024} MB.")
    if not body.strip():
        return {}
    try:
        value = json.loads(body.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)
    except RecursionError:
        raise Invalid(f"The body is nested deeper than {MAX_DEPTH} levels.") from None
    except ValueError as error:
        raise Invalid(f"The body is not JSON that we take: {error}.") from None
    if not isinstance(value, dict):
        raise Invalid("The body must be a JSON object.")
    _check(value, 1)
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(pairs) > MAX_KEYS:
        raise ValueError(f"an object has more than {MAX_KEYS} keys")
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("an object names a key twice")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _check(value: Any, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise Invalid(f"The body is nested deeper than {MAX_DEPTH} levels.")
    if isinstance(value, dict):
        for name, item in value.items():
            _check(name, depth)
            _check(item, depth + 1)
    elif isinstance(value, list):
        if len(value) > MAX_ITEMS:
            raise Invalid(f"A list has more than {MAX_ITEMS} items.")
        for item in value:
            _check(item, depth + 1)
    elif isinstance(value, str):
        if any(char == "\x00" or "\ud800" <= char <= "\udfff" for char in value):
            raise Invalid("A text holds a NUL or half a character (a lone surrogate). Remove it.")
    elif isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 2**63:
        raise Invalid("A number is too large: whole numbers end below 2^63.")
    elif isinstance(value, float) and not math.isfinite(value):
        raise Invalid("A number is too large to be exact.")
