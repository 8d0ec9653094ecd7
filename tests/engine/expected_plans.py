"""Plans from the shared answer files (`msproject/expected/*/*.csv`), which hold inputs and stored dates as text.

They name no calendar's hours and no timephased work: only plans on the standard calendar come out whole.
"""

from __future__ import annotations

import csv
import re
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from headway.engine.calendars import standard_calendar
from headway.engine.plan import (
    ConstraintType,
    Duration,
    Lag,
    Link,
    LinkType,
    Plan,
    ProjectSettings,
    StoredDates,
    Task,
    TaskMode,
)
from headway.engine.units import WorkTime

_MINUTES = {"m": 1, "h": 60, "d": 480, "w": 2400, "mo": 9600}
_ELAPSED_MINUTES = {"m": 1, "h": 60, "d": 1440, "w": 10_080, "mo": 43_200}
_CONSTRAINTS = {
    "AS_SOON_AS_POSSIBLE": ConstraintType.ASAP,
    "AS_LATE_AS_POSSIBLE": ConstraintType.ALAP,
    "MUST_START_ON": ConstraintType.MSO,
    "MUST_FINISH_ON": ConstraintType.MFO,
    "START_NO_EARLIER_THAN": ConstraintType.SNET,
    "START_NO_LATER_THAN": ConstraintType.SNLT,
    "FINISH_NO_EARLIER_THAN": ConstraintType.FNET,
    "FINISH_NO_LATER_THAN": ConstraintType.FNLT,
}
_LINK = re.compile(r"(\d+)(FS|SS|FF|SF)([+-].*)?")
_AMOUNT = re.compile(r"(-?[\d.]+(?:E-?\d+)?)(e?)(mo|m|h|d|w|%)")


def expected_plan(path: Path) -> Plan:
    """The plan of one answer file, on the standard calendar."""
    with path.open(encoding="utf-8", newline="") as file:
        header = dict(re.findall(r"(\w+)=(\S*)", file.readline()))
        rows = [row for row in csv.DictReader(file) if row["id"] != "0"]
    tasks, parents = [], dict[str, int]()
    for row in rows:
        outline = row["outline"]
        parents[outline] = int(row["uid"])
        tasks.append(_task(row, parents.get(outline.rpartition(".")[0])))
    links = [_link(text, int(row["uid"])) for row in rows for text in row["predecessors"].split(";") if text]
    settings = ProjectSettings(
        start=_moment(header["start"]),
        finish=_moment(header["finish"]),
        status_date=_moment(header["status"]),
        calendar_uid=1,
    )
    return Plan(settings, (standard_calendar(),), tuple(tasks), tuple(links))


def _task(row: dict[str, str], parent_uid: int | None) -> Task:
    manual = row["mode"] == "manual"
    return Task(
        uid=int(row["uid"]),
        id=int(row["id"]),
        name=row["name"],
        duration=_duration(row["duration"]),
        parent_uid=parent_uid,
        summary=row["summary"] == "1",
        active=row["active"] == "1",
        external=row["external"] == "1",
        mode=TaskMode.MANUAL if manual else TaskMode.AUTO,
        constraint=_CONSTRAINTS[row["constraint"] or "AS_SOON_AS_POSSIBLE"],
        constraint_date=_moment(row["constraint_date"]),
        deadline=_moment(row["deadline"]),
        leveling_delay=_duration(row["leveling_delay"]),
        percent_complete=Decimal(row["pct"] or 0),
        actual_start=_moment(row["actual_start"]),
        actual_finish=_moment(row["actual_finish"]),
        remaining_duration=_amount(row["remaining"]),
        manual_start=_moment(row["start"]) if manual else None,
        manual_finish=_moment(row["finish"]) if manual else None,
        stored=StoredDates(
            **{
                name: _moment(row[name])
                for name in ("start", "finish", "early_start", "early_finish", "late_start", "late_finish")
            },
            total_slack=_amount(row["total_slack"]),
            free_slack=_amount(row["free_slack"]),
        ),
    )


def _link(text: str, successor: int) -> Link:
    match = _LINK.fullmatch(text)
    assert match, text
    predecessor, kind, lag = match.groups()
    return Link(int(predecessor), successor, LinkType(kind), _lag(lag) if lag else Lag())


def _lag(text: str) -> Lag:
    if text.endswith("%"):
        return Lag(unit="%", percent=Decimal(text[1:-1].removeprefix("+")), elapsed="e%" in text)
    found = _duration(text[1:])
    assert found is not None
    return Lag(found.amount, found.unit, found.elapsed)


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _duration(text: str) -> Duration | None:
    match = _AMOUNT.fullmatch(text)
    if match is None:
        return None
    number, elapsed, unit = match.groups()
    minutes = (_ELAPSED_MINUTES if elapsed else _MINUTES)[unit]
    return Duration(WorkTime.from_minutes(Decimal(number) * minutes), unit, bool(elapsed))


def _amount(text: str) -> WorkTime | None:
    found = _duration(text)
    return found.amount if found else None
