"""Kept sums: what entries add up to by day, and by month, person and part of the work; written with the entries.

Each change adds or takes away what it changes, in its own transaction: two people who log at once do not wait for a
recount. `counted` is the way in for stored entries, `ComingSums` for very many new ones, which are added up before
the write lock is held. Not here: reading them (`spent`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, ClassVar

from django.db import connection, models
from django.db.models import Count, Func, Value
from django.db.models.functions import Coalesce

from headway.areas.hours.sums import exact
from headway.kernel.bulk import in_runs, prepared_rows, quoted
from headway.kernel.models import Part
from headway.kernel.waiting_rows import WaitingRows

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
    values = [*(f"s.{quoted(name)}" for name in keys), *(f"{sign}s.{quoted(f'n_{name}')}" for name in _FIGURES)]
    with connection.cursor() as cursor:
        source = f"SELECT {', '.join(values)} FROM ({inner}) AS s WHERE true"  # noqa: S608 - our own names
        cursor.execute(f"{_into(kept, columns)} {source} {_added(kept)}", parameters)


def _into(kept: type[KeptSum], columns: Sequence[str]) -> str:
    return f"INSERT INTO {quoted(kept._meta.db_table)} ({', '.join(map(quoted, columns))})"


def _added(kept: type[KeptSum]) -> str:
    """The end of the statement: where a sum is there already, the new figures are added to it."""
    table = quoted(kept._meta.db_table)
    renewed = ", ".join(f"{quoted(name)} = {table}.{quoted(name)} + excluded.{quoted(name)}" for name in _FIGURES)
    return f"ON CONFLICT ({', '.join(map(quoted, kept.keys))}) DO UPDATE SET {renewed}"


class Coming:
    """What entries of one project that are not stored yet will add up to; `ComingSums` counts them when they are."""

    def __init__(self) -> None:
        self.sums: dict[type[KeptSum], dict[tuple[Any, ...], list[int]]] = {DaySum: {}, PartSum: {}}

    def add(
        self, day: date, part: tuple[int, int | None, str, str], money: tuple[bool, str, str], figures: Sequence[int]
    ) -> None:
        """One entry. part: its person, task_uid, phase and role; money: billable and both currencies.

        figures  millionths of hours and of both amounts.
        """
        person_id, task_uid, phase, role = part
        task = NO_TASK if task_uid is None else task_uid
        for kept, key in (
            (DaySum, (day, *money)),
            (PartSum, (person_id, first_of_month(day), task, phase, role, *money)),
        ):
            known = self.sums[kept].get(key)
            if known is None:
                self.sums[kept][key] = [1, *figures]
            else:
                known[0] += 1
                known[1] += figures[0]
                known[2] += figures[1]
                known[3] += figures[2]


class ComingSums:
    """What the entries of some projects will come to, laid beside the tables of sums; `close` lets it go."""

    def __init__(self, coming: Mapping[int, Coming]) -> None:
        self._rows: dict[type[KeptSum], WaitingRows] = {}
        try:
            for kept in (DaySum, PartSum):
                names = (*kept.keys, *_FIGURES)
                sums = (
                    (project_id, *key, *figures)
                    for project_id, one in coming.items()
                    for key, figures in sorted(one.sums[kept].items())
                )
                rows = self._rows[kept] = WaitingRows(kept, names)
                for run in in_runs(prepared_rows(kept, names, sums)):
                    rows.add_next(run)
                rows.filled(apart="project_id" if len(coming) > 1 else "")
        except BaseException:
            self.close()
            raise

    def count(self, project_id: int) -> None:
        """Add a project's, in the transaction of its entries; `counted` would say the same of them, more slowly."""
        for kept, rows in self._rows.items():
            rows.insert_all(same={}, where={"project_id": project_id}, ending=_added(kept))

    def close(self) -> None:
        """Let them go."""
        for rows in self._rows.values():
            rows.close()


@lru_cache(maxsize=4096)
def first_of_month(day: date) -> date:
    """The first day of a day's month."""
    return day.replace(day=1)
