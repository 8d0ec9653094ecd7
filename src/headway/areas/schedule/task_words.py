"""What differs between two stored definitions of a task, field by field, as people read it.

Not here: what stands in the cells of a plan, which can be typed again (`cell_texts`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from headway.areas.schedule.history import FOLLOWING
from headway.engine import plan as engine
from headway.engine.days import DayWriting
from headway.engine.durations import duration_text
from headway.engine.plan import ConstraintType, TaskMode
from headway.engine.units import WorkTime

_UNTOLD = FOLLOWING | {"uid", "custom", "baselines"}
_LABELS = {
    "mode": "Scheduled",
    "wbs": "WBS",
    "calendar_uid": "Calendar",
    "actual_start": "Really started",
    "actual_finish": "Really finished",
    "manual_start": "Typed start",
    "manual_finish": "Typed finish",
    "leveling_delay": "Levelling delay",
}
_MODES = {TaskMode.AUTO.value: "By its links", TaskMode.MANUAL.value: "By hand"}
# What a record leaves out: the value that a task has unless something is said.
_DEFAULTS = {
    item.name: item.default.value if isinstance(item.default, Enum) else item.default
    for item in fields(engine.Task)
    if isinstance(item.default, Enum | bool | int | Decimal)
}


@dataclass(frozen=True, slots=True)
class TaskWords:
    """How a plan's tasks are told: its settings, its calendars by uid, how the reader writes days."""

    settings: engine.ProjectSettings
    calendars: Mapping[int, str]
    days: DayWriting

    def differing(
        self, old: Mapping[str, Any], new: Mapping[str, Any], *, untold: Collection[str] = ()
    ) -> Iterator[tuple[str, str, str]]:
        """Label, old and new value of each field that people changed; what only follows from others is left out."""
        changed = {name for name in {*old, *new} if old.get(name) != new.get(name)}
        if changed == {"splits"}:
            yield "Pauses", "", ""
        if "percent_complete" in changed:
            changed.discard("remaining_duration")
        for name in sorted({_place(name) for name in changed - _UNTOLD - set(untold)}):
            before, now = self._said(old, name), self._said(new, name)
            if before != now:
                yield _LABELS.get(name, name.replace("_", " ").capitalize()), before, now

    def _said(self, definition: Mapping[str, Any], name: str) -> str:
        value = definition.get(name, _DEFAULTS.get(name))
        if value is None or value == "":
            return ""
        if name == "constraint":
            return self._constraint(ConstraintType(value), definition.get("constraint_date"))
        if name == "mode":
            return _MODES.get(value, "")
        if name == "calendar_uid":
            return self.calendars.get(value, "")
        if isinstance(value, bool):
            return "Yes" if value else "No"
        if isinstance(value, Mapping):
            return self._duration(value)
        if name.endswith("percent_complete"):
            return f"{Decimal(str(value)):.0f} %"
        if name == "type":
            return str(value).replace("_", " ").capitalize()
        return self._day(value) if _is_moment(value) else str(value)

    def _constraint(self, kind: ConstraintType, day: str | None) -> str:
        said = kind.words.capitalize()
        return f"{said} {self._day(day)}" if day else said

    def _day(self, value: str) -> str:
        at = datetime.fromisoformat(value)
        usual = at.time() in (self.settings.default_start, self.settings.default_finish)
        return self.days.of(at) if usual else self.days.with_time(at)

    def _duration(self, value: Mapping[str, Any]) -> str:
        if "amount" in value:
            amount = WorkTime(int(value["amount"].get("tenths", 0)))
            typed = engine.Duration(amount, str(value.get("unit", "d")), bool(value.get("elapsed")))
            return duration_text(typed, self.settings)
        if "tenths" in value:
            return duration_text(engine.Duration(WorkTime(int(value["tenths"]))), self.settings)
        return ""


def _place(name: str) -> str:
    return "constraint" if name == "constraint_date" else name


def _is_moment(value: Any) -> bool:
    return isinstance(value, str) and len(value) == 19 and value[10] == "T"
