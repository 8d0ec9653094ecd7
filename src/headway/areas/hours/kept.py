"""Kept sums: what entries add up to by day, and by month, person and part of the work; written with the entries.

Each change adds or takes away what it changes, in its own transaction: two people who log at once do not wait for a
recount. `counted` is the one way in. Not here: reading them (`spent`).
"""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db import connection, models
from django.db.models import Count, Func, Value
from django.db.models.functions import Coalesce

from headway.areas.hours.sums import exact
from headway.kernel.models import Part

NO_TASK = -1  # a null would be unequal to itself in a unique key


class KeptSum(Part):
    """Figures of some entries of a project: how many, and millionths of hours and of both amounts."""

    part_of: ClassVar[str] = "project"
    keys: ClassVar[tuple[str, ...]] = ()

    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="+")
    billable = models.BooleanField()
    bill_currency = models.CharField(max_length=3, blank=True)
    cost_currency = models.CharField(max_length=3, blank=True)
    entries = models.IntegerField()
    hours = models.BigIntegerField()
    bill = models.BigIntegerField()
    cost = models.BigIntegerField()

    class Meta:
        abstract = True


class DaySum(KeptSum):
    """What a project's entries of one day add up to."""

    keys: ClassVar[tuple[str, ...]] = ("project_id", "day", "billable", "bill_currency", "cost_currency")

    day = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "day", "billable", "bill_currency", "cost_currency"], name="hours_day_sum_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.entries} entries of {self.day}"


class PartSum(KeptSum):
    """What one person's entries of one month on one task, phase and role add up to.

    month     its first day.
    task_uid  NO_TASK where the entries name no row of the plan.
    """

    keys: ClassVar[tuple[str, ...]] = (
        *("project_id", "person_id", "month", "task_uid", "phase", "role"),
        *("billable", "bill_currency", "cost_currency"),
    )

    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    month = models.DateField()
    task_uid = models.IntegerField(default=NO_TASK)
    phase = models.CharField(max_length=255, blank=True)
    role = models.CharField(max_length=255, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[
                    *("project", "person", "month", "task_uid", "phase", "role"),
                    *("billable", "bill_currency", "cost_currency"),
                ],
                name="hours_part_sum_once",
            )
        ]
        indexes = [models.Index(fields=["project", "month"], name="hours_part_sums_by_month")]

    def __str__(self) -> str:
        return f"{self.entries} entries of {self.month}"


class FirstOfMonth(Func):
    """The first day of a day's month, in SQLite without a call back for each row."""

    output_field = models.DateField()

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return super().as_sql(compiler, connection, template="date(%(expressions)s, 'start of month')", **more)

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return super().as_sql(compiler, connection, template="DATE_TRUNC('month', %(expressions)s)::date", **more)


_EXPRESSIONS: dict[str, Any] = {"month": FirstOfMonth("day"), "task_uid": Coalesce("task_uid", Value(NO_TASK))}
_FIGURES = ("entries", "hours", "bill", "cost")


def counted(entries: models.QuerySet[Any], *, away: bool = False) -> None:
    """Add what these entries come to, or take it away again; call inside a command.

    Call with `away` before entries change or go, and without it after they came or changed. Removed entries are the
    caller's to leave out.
    """
    for kept in (DaySum, PartSum):
        _count(kept, entries, "-" if away else "")


def _count(kept: type[KeptSum], entries: models.QuerySet[Any], sign: str) -> None:
    quote = connection.ops.quote_name
    keys = {f"key_{name}": _EXPRESSIONS.get(name, models.F(name)) for name in kept.keys}
    summed = (
        entries.order_by()
        .values(**keys)
        .annotate(
            n_entries=Count("pk"), n_hours=exact("hours"), n_bill=exact("bill_amount"), n_cost=exact("cost_amount")
        )
    )
    inner, parameters = summed.query.sql_with_params()
    columns = [*kept.keys, *_FIGURES]
    values = [*(f"s.{quote(name)}" for name in keys), *(f"{sign}s.{quote(f'n_{name}')}" for name in _FIGURES)]
    table = quote(kept._meta.db_table)
    renewed = ", ".join(f"{quote(name)} = {table}.{quote(name)} + excluded.{quote(name)}" for name in _FIGURES)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(map(quote, columns))})"  # noqa: S608 - our own names
            f" SELECT {', '.join(values)} FROM ({inner}) AS s WHERE true"
            f" ON CONFLICT ({', '.join(map(quote, kept.keys))}) DO UPDATE SET {renewed}",
            parameters,
        )


def first_of_month(day: date) -> date:
    """The first day of a day's month."""
    return day.replace(day=1)
