"""Lists a page at a time, by an opaque cursor over a stable order (never an offset)."""

from __future__ import annotations

import base64
import json
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet

from headway.kernel.errors import FieldError, Invalid

ModelT = TypeVar("ModelT", bound=Model)
MAX_LIMIT = 200


def page(rows: QuerySet[ModelT], *, order: tuple[str, ...], cursor: str, limit: int) -> tuple[list[ModelT], str]:
    """One page and the cursor of the next ('' at the end).

    order  field names, '-' before a descending one; the last must be unique.
    """
    if not 1 <= limit <= MAX_LIMIT:
        raise Invalid(
            f"limit is {limit}; give 1 to {MAX_LIMIT}.", fields=[FieldError("limit", f"give 1 to {MAX_LIMIT}")]
        )
    rows = rows.order_by(*order)
    if cursor:
        rows = rows.filter(_after(order, _read(cursor, len(order))))
    found = list(rows[: limit + 1])
    following = _write([_value(found[limit - 1], name) for name in order]) if len(found) > limit else ""
    return found[:limit], following


def _value(row: Model, name: str) -> Any:
    value: Any = row
    for part in name.lstrip("-").split("__"):
        value = getattr(value, part)
    return value.isoformat() if hasattr(value, "isoformat") else value


def _after(order: tuple[str, ...], values: list[Any]) -> Q:
    """Rows that stand behind the cursor in a lexicographic order."""
    behind = Q(pk__in=())
    for position, name in enumerate(order):
        same = Q()
        for earlier, value in zip(order[:position], values[:position], strict=True):
            same &= Q(**{earlier.lstrip("-"): value})
        look = "lt" if name.startswith("-") else "gt"
        behind |= same & Q(**{f"{name.lstrip('-')}__{look}": values[position]})
    return behind


def _write(values: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def _read(cursor: str, length: int) -> list[Any]:
    try:
        if len(cursor) > 1000:
            raise ValueError
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(values, list) or len(values) != length:
            raise ValueError
        for value in values:
            if not isinstance(value, str | int) or isinstance(value, bool) or "\x00" in str(value):
                raise ValueError
            if isinstance(value, int) and not -(2**63) <= value < 2**63:
                raise ValueError
    except ValueError:
        raise Invalid("The cursor is not one of ours.", fields=[FieldError("cursor", "not valid")]) from None
    return values
