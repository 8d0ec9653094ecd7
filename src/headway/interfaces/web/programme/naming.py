"""Names of rows that stand for tasks of other projects, for whoever may see those: the plan itself knows none."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace

from headway.areas.programme.types import Standing
from headway.areas.schedule.records import PLACEHOLDER
from headway.areas.schedule.types import DatedBy, DriverStep, TaskReasons

_UID, _NAME = 1, 6  # places in a row of the chart


def named_reasons(found: TaskReasons, rows: Iterable[Standing]) -> TaskReasons:
    """What drives a task, with the tasks of other projects by their names."""
    names = {row.task: row.far.words for row in rows if row.far.seen}
    if not names:
        return found
    return replace(
        found,
        start=_dated(found.start, names),
        finish=_dated(found.finish, names),
        chain=tuple(
            _step(step, found.chain[place - 1] if place else None, names) for place, step in enumerate(found.chain)
        ),
        before=tuple(replace(item, name=names.get(item.id, item.name)) for item in found.before),
    )


def _dated(found: DatedBy, names: Mapping[int, str]) -> DatedBy:
    name = names.get(found.id or 0)
    return found if name is None else replace(found, name=name, text=found.text.replace(PLACEHOLDER, name))


def _step(step: DriverStep, before: DriverStep | None, names: Mapping[int, str]) -> DriverStep:
    """A step of a path, whose text names the one before it."""
    by = names.get(before.id) if before is not None else None
    text = step.text.replace(PLACEHOLDER, by) if by is not None else step.text
    return replace(step, name=names.get(step.id, step.name), text=text)


def named_lines(lines: tuple[str, ...], rows: Iterable[Standing]) -> tuple[str, ...]:
    """Rows of a plan's chart with the tasks of other projects by their names."""
    names = {row.uid: row.far.words for row in rows if row.far.seen}
    if not names:
        return lines
    return tuple(_named_line(line, names) for line in lines)


def _named_line(line: str, names: Mapping[int, str]) -> str:
    if PLACEHOLDER not in line:
        return line
    row = json.loads(line)
    if row[_UID] not in names:
        return line
    row[_NAME] = names[row[_UID]]
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"))
