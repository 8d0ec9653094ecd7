"""Columns for the engine's values: WorkTime as an integer of tenths, exact amounts as Decimal.

Money is two columns, an amount and a currency, since sums are made by currency.
"""

from __future__ import annotations

from typing import Any

from django.db import models

from headway.engine.units import WorkTime


class WorkTimeField(models.BigIntegerField):  # type: ignore[type-arg]
    """WorkTime, stored as an integer of tenths of a minute."""

    description = "working time in tenths of a minute"

    def from_db_value(self, value: int | None, *_: object) -> WorkTime | None:
        """The stored integer as WorkTime."""
        return None if value is None else WorkTime(value)

    def to_python(self, value: Any) -> WorkTime | None:
        """Accept WorkTime, an integer of tenths, or None."""
        return value if value is None or isinstance(value, WorkTime) else WorkTime(int(value))

    def get_prep_value(self, value: Any) -> int | None:
        """The integer to store."""
        return value.tenths if isinstance(value, WorkTime) else value


class AmountField(models.DecimalField):  # type: ignore[type-arg]
    """An exact amount of money, unrounded: 20 digits, 6 of them behind the point."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 20)
        kwargs.setdefault("decimal_places", 6)
        super().__init__(**kwargs)


class HoursField(models.DecimalField):  # type: ignore[type-arg]
    """Hours as a person logs them, exact to a millionth."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 14)
        kwargs.setdefault("decimal_places", 6)
        super().__init__(**kwargs)
