"""Frozen dataclasses to JSON and back, always in the same order of keys, so that equal data has an equal digest.

Knows dataclasses, tuples, enums, Decimal, date, datetime, str, int, bool and None. Not here: what the data means.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import types
import typing
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")


class FrozenError(ValueError):
    """The stored text does not hold the data set that was asked for; the message names the place."""


def canonical_json(node: Any) -> str:  # Any: every frozen dataclass
    """The data as one line of JSON with sorted keys; numbers keep their exact decimal digits as text."""
    return json.dumps(packed(node), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(node: Any) -> str:  # Any: every frozen dataclass
    """SHA-256 of the canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical_json(node).encode("utf-8")).hexdigest()


def packed(node: Any) -> Any:  # Any: JSON in, JSON out
    """Plain JSON values of a node."""
    if dataclasses.is_dataclass(node) and not isinstance(node, type):
        return {field.name: packed(getattr(node, field.name)) for field in dataclasses.fields(node)}
    if isinstance(node, tuple):
        return [packed(item) for item in node]
    if isinstance(node, Enum):
        return node.value
    if isinstance(node, Decimal):
        return _decimal_text(node)
    if isinstance(node, date):  # datetimes too
        return node.isoformat()
    if node is None or isinstance(node, str | int):
        return node
    raise TypeError(f"{type(node).__name__} cannot be frozen; use Decimal, date, str, int, bool, tuple or a dataclass.")


def read(kind: type[T], stored: str) -> T:
    """The data set of this kind that `canonical_json` stored. Raises FrozenError naming the place."""
    try:
        node = json.loads(stored)
    except ValueError as fault:
        raise FrozenError(f"This is not a stored {kind.__name__}: {fault}.") from fault
    return typing.cast(T, _unpacked(node, kind, kind.__name__))  # the type says what comes out


def _decimal_text(number: Decimal) -> str:
    if not number.is_finite():
        raise TypeError(f"{number} is not a number that can be frozen.")
    written = format(number, "f")
    if "." in written:
        written = written.rstrip("0").rstrip(".")
    return "0" if written in {"-0", ""} else written


def _unpacked(node: Any, kind: Any, place: str) -> Any:
    origin = typing.get_origin(kind)
    if origin in {types.UnionType, typing.Union}:
        options = [option for option in typing.get_args(kind) if option is not type(None)]
        return None if node is None else _unpacked(node, options[0], place)
    if origin is tuple:
        inner = typing.get_args(kind)[0]
        if not isinstance(node, list):
            raise FrozenError(f"{place} must be a list.")
        return tuple(_unpacked(item, inner, f"{place}[{number}]") for number, item in enumerate(node))
    if dataclasses.is_dataclass(kind):
        return _record(node, kind, place)
    return _scalar(node, kind, place)


def _record(node: Any, kind: Any, place: str) -> Any:
    if not isinstance(node, dict):
        raise FrozenError(f"{place} must be an object.")
    hints = _hints(kind)
    unknown = node.keys() - hints.keys()
    missing = hints.keys() - node.keys()
    if unknown or missing:
        raise FrozenError(f"{place} has unknown fields {sorted(unknown)} and lacks {sorted(missing)}.")
    return kind(**{name: _unpacked(node[name], hint, f"{place}.{name}") for name, hint in hints.items()})


def _scalar(node: Any, kind: Any, place: str) -> Any:
    try:
        if issubclass(kind, Enum):
            return kind(node)
        if kind is Decimal:
            return Decimal(node)
        if kind in {date, datetime}:
            return kind.fromisoformat(node)
    except (ArithmeticError, TypeError, ValueError) as fault:
        raise FrozenError(f"{place}: {node!r} is not a {kind.__name__}.") from fault
    if type(node) is not kind:
        raise FrozenError(f"{place}: {node!r} is not a {kind.__name__}.")
    return node


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return typing.get_type_hints(kind)
