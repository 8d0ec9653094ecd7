"""Columns for the engine's values: WorkTime as an integer of tenths, exact amounts as Decimal.

Money is two columns, an amount and a currency, since sums are made by currency.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models

from headway.engine.units import WorkTime

if TYPE_CHECKING:
    _WorkTimeBase = models.Field[WorkTime | None, WorkTime | None]
    _MomentBase = models.Field[datetime | str | None, Any]
else:
    _WorkTimeBase = _MomentBase = models.Field


class WorkTimeField(_WorkTimeBase):
    """WorkTime, stored as an integer of tenths of a minute."""

    description = "working time in tenths of a minute"

    def get_internal_type(self) -> str:
        """Stored as a big integer."""
        return "BigIntegerField"

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


class LocalMomentField(_MomentBase):
    """A local date and time without a zone, as plans have them: never converted."""

    description = "local date and time"

    def db_type(self, connection: Any) -> str:
        """Naive on both databases."""
        return "timestamp without time zone" if connection.vendor == "postgresql" else "datetime"

    def from_db_value(self, value: Any, *_: object) -> datetime | None:
        """SQLite answers with text."""
        return datetime.fromisoformat(value) if isinstance(value, str) else value

    def to_python(self, value: Any) -> datetime | None:
        """Accept a naive datetime, ISO text or None."""
        return datetime.fromisoformat(value) if isinstance(value, str) else value

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """Naive datetimes only; text on SQLite, so that no zone is guessed."""
        if isinstance(value, datetime):
            if value.tzinfo is not None:
                raise ValueError("Plan dates are local and have no zone.")
            return value if connection.vendor == "postgresql" else value.isoformat(sep=" ")
        return value
