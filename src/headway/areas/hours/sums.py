"""Exact sums of decimal columns in SQL, also where the database adds floats (SQLite)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import BigIntegerField, Q, Sum

_MILLION = Decimal(1_000_000)


class _Millionths(Sum):
    """Each value is rounded to a whole number before it is added: one short expression, for it runs on every row."""

    template = "SUM(CAST(ROUND(%(expressions)s * 1000000) AS bigint))"
    output_field = BigIntegerField()


def exact(field: str, *, only: Q | None = None) -> Any:
    """The sum of a column with six decimals, as an integer of millionths; 0 for no rows."""
    return _Millionths(field, filter=only, default=0)


def decimal(millionths: int) -> Decimal:
    """That integer as a decimal without trailing zeros."""
    value = Decimal(millionths) / _MILLION
    return value.quantize(Decimal(1)) if value == value.to_integral() else value.normalize()


def plain(value: Decimal) -> Decimal:
    """A stored decimal without trailing zeros and never in powers of ten."""
    return value.quantize(Decimal(1)) if value == value.to_integral() else value.normalize()
