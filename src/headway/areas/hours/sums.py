"""Exact sums of decimal columns in SQL, also where the database adds floats (SQLite)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import BigIntegerField, DecimalField, F, Q, Sum, Value
from django.db.models.functions import Cast, Coalesce, Round

_MILLION = Decimal(1_000_000)


def exact(field: str, *, only: Q | None = None) -> Any:
    """The sum of a column with six decimals, as an integer of millionths; 0 for no rows."""
    wide = DecimalField(max_digits=30, decimal_places=6)
    millionths = Cast(Round(F(field) * Value(_MILLION, output_field=wide), output_field=wide), BigIntegerField())
    return Coalesce(Sum(millionths, filter=only), 0)


def decimal(millionths: int) -> Decimal:
    """That integer as a decimal without trailing zeros."""
    value = Decimal(millionths) / _MILLION
    return value.quantize(Decimal(1)) if value == value.to_integral() else value.normalize()


def plain(value: Decimal) -> Decimal:
    """A stored decimal without trailing zeros and never in powers of ten."""
    return value.quantize(Decimal(1)) if value == value.to_integral() else value.normalize()
