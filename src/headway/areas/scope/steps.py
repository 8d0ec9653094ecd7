"""What an option does, made from the common ways of changing a plan into changes of its rows. Pure.

Not here: whether the plan takes them (`schedule.change_plan` says), computing what they do (`journeys.impact`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from headway.areas.schedule.acts import Act, PlanChange
from headway.areas.scope.types import PlanStep, RoleHours, Way
from headway.kernel.errors import FieldError, Invalid
from headway.kernel.schema import to_json

_MOST_NAMED = 2  # rows that a step names; it counts the others
_LONGEST_TEXT = 1000  # as a stored step takes it


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the plan that a step is about.

    last   the last row below a summary, behind which new work comes; None = the row itself.
    level  in the outline: work that comes behind a summary stands beside it, not in it.
    """

    uid: int
    name: str
    last: int | None = None
    level: int | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What a form says of one step; what a way does not need is left out.

    row   the row it changes, or behind which new work comes. then: rows that wait for the new work.
    who   people as they are typed into the plan: 'Ann; Bob [50%]'. role: who does it where nobody is named.
    rows  of a new deliverable, one a line: 'Design; 3d; Ann'.
    changes  as the plan takes them, for what none of the common ways does.
    """

    row: Row | None = None
    then: tuple[Row, ...] = ()
    name: str = ""
    who: str = ""
    role: str = ""
    hours: Decimal | None = None
    duration: str = ""
    day: date | None = None
    rows: str = ""
    changes: tuple[PlanChange, ...] = ()


def made(way: Way, wish: Wish, *, first_new: int) -> tuple[PlanStep, tuple[RoleHours, ...]]:
    """The step, and hours of roles that come with it. `first_new`: the number that names its first new row."""
    step, roles = _MAKERS[way](wish, first_new)
    return replace(step, text=step.text[:_LONGEST_TEXT]), roles


def _add_work(wish: Wish, new: int) -> tuple[PlanStep, tuple[RoleHours, ...]]:
    name = _wanted(wish.name, "name", "Say what the work is called.")
    if not wish.hours:
        raise _missing("hours", "Say how many hours the work takes.")
    if bool(wish.who) == bool(wish.role):
        raise _missing("who", "Say who does the work: people of the plan, or else a role.")
    hours = _plain(wish.hours)
    behind = f" after '{wish.row.name}'" if wish.row else ""
    changes = [_added(wish.row, new), _set(new, "name", name)]
    if wish.row:
        changes.append(PlanChange(Act.LINK, task=new, other=wish.row.uid))
    changes += _links_from(new, wish.then)
    text = f"Add '{name}'{behind}: {hours} h by {wish.who or wish.role}{_who_waits(wish.then)}"
    if wish.who:
        changes += [_set(new, "people", wish.who), _set(new, "work", f"{hours}h")]
        return PlanStep(text, tuple(changes)), ()
    changes.append(_set(new, "duration", wish.duration or f"{hours}h"))
    return PlanStep(text, tuple(changes)), (RoleHours(wish.role, wish.hours),)


def _links_from(new: int, then: Iterable[Row]) -> list[PlanChange]:
    """Each of some rows waits until a new one is finished."""
    return [PlanChange(Act.LINK, task=row.uid, other=new) for row in then]


def _who_waits(then: Sequence[Row]) -> str:
    """ ", then 'Go-live' waits for it"; of many rows the first two are named."""
    if not then:
        return ""
    named = [f"'{row.name}'" for row in then[:_MOST_NAMED]]
    more = len(then) - len(named)
    if more:
        named.append(f"{more} more {'row' if more == 1 else 'rows'}")
    said = named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"
    return f", then {said} {'waits' if len(then) == 1 else 'wait'} for it"


def _added(row: Row | None, new: int) -> PlanChange:
    """A new row at the end, or behind a row and all that is below it."""
    if row is None:
        return PlanChange(Act.ADD, new=new)
    return PlanChange(Act.ADD, new=new, after=row.uid if row.last is None else row.last, level=row.level)


def _extend(wish: Wish, _: int) -> tuple[PlanStep, tuple[RoleHours, ...]]:
    row, duration = _row(wish), _wanted(wish.duration, "duration", "Say how long the task takes then, such as 8d.")
    return PlanStep(f"'{row.name}' takes {duration}", (_set(row.uid, "duration", duration),)), ()


def _new_deliverable(wish: Wish, new: int) -> tuple[PlanStep, tuple[RoleHours, ...]]:
    name = _wanted(wish.name, "name", "Say what the deliverable is called.")
    rows = [_parts(line) for line in wish.rows.splitlines() if line.strip()]
    if not rows:
        raise _missing("rows", "Name its tasks, one a line: what; how long; who.")
    changes = [PlanChange(Act.ADD, new=new, level=1), _set(new, "name", name)]
    numbers = [new - place for place in range(1, len(rows) + 1)]
    for number, above in zip(numbers, [new, *numbers], strict=False):
        changes.append(PlanChange(Act.ADD, new=number, after=above, level=2))
    for place, (number, (task, duration, who)) in enumerate(zip(numbers, rows, strict=True)):
        changes += [_set(number, "name", task)]
        changes += [_set(number, "duration", duration)] if duration else []
        changes += [_set(number, "people", who)] if who else []
        before = numbers[place - 1] if place else wish.row.uid if wish.row else None
        if before is not None:
            changes.append(PlanChange(Act.LINK, task=number, other=before))
    changes += _links_from(numbers[-1], wish.then)
    behind = f" after '{wish.row.name}'" if wish.row else ""
    count = f"{len(rows)} {'task' if len(rows) == 1 else 'tasks'}"
    return PlanStep(f"Add '{name}' with {count}{behind}{_who_waits(wish.then)}", _adds_first(changes)), ()


def _adds_first(changes: Sequence[PlanChange]) -> tuple[PlanChange, ...]:
    adds = tuple(change for change in changes if change.act is Act.ADD)
    return adds + tuple(change for change in changes if change.act is not Act.ADD)


def _parts(line: str) -> tuple[str, str, str]:
    """'Design; 3d; Ann, Bob' as name, duration and people as the plan takes them."""
    name, duration, who = ([part.strip() for part in line.split(";", 2)] + ["", ""])[:3]
    return name, duration, "; ".join(one.strip() for one in who.split(",") if one.strip())


def _move_milestone(wish: Wish, _: int) -> tuple[PlanStep, tuple[RoleHours, ...]]:
    row = _row(wish)
    if wish.day is None:
        raise _missing("day", "Say to which day it moves.")
    said = f"{wish.day:%a} {wish.day.day} {wish.day:%b %Y}"
    return PlanStep(f"'{row.name}' not before {said}", (_set(row.uid, "start", wish.day.isoformat()),)), ()


def _set_people(wish: Wish, _: int) -> tuple[PlanStep, tuple[RoleHours, ...]]:
    row, who = _row(wish), _wanted(wish.who, "who", "Say who works on it, such as Ann; Bob [50%].")
    return PlanStep(f"{who} on '{row.name}'", (_set(row.uid, "people", who),)), ()


def _remove(wish: Wish, _: int) -> tuple[PlanStep, tuple[RoleHours, ...]]:
    row = _row(wish)
    return PlanStep(f"Take out '{row.name}'", (PlanChange(Act.REMOVE, task=row.uid),)), ()


def _other(wish: Wish, first_new: int) -> tuple[PlanStep, tuple[RoleHours, ...]]:
    words = _wanted(wish.name, "name", "Say in words what is changed.")
    if not wish.changes:
        raise _missing("changes", "Give the changes of the plan.")
    (step,) = numbered((PlanStep(words, wish.changes),), used=-1 - first_new)
    return step, ()


_MAKERS = {
    Way.ADD_WORK: _add_work,
    Way.EXTEND: _extend,
    Way.NEW_DELIVERABLE: _new_deliverable,
    Way.MOVE_MILESTONE: _move_milestone,
    Way.SET_PEOPLE: _set_people,
    Way.REMOVE: _remove,
    Way.OTHER: _other,
}


def _set(task: int, field: str, value: str) -> PlanChange:
    return PlanChange(Act.SET, task=task, field=field, value=value)


def _row(wish: Wish) -> Row:
    if wish.row is None:
        raise _missing("task", "Say which row of the plan.")
    return wish.row


def _wanted(value: str, field: str, why: str) -> str:
    if not value.strip():
        raise _missing(field, why)
    return value.strip()


def _missing(field: str, why: str) -> Invalid:
    return Invalid(why, fields=[FieldError(field, why)])


def _plain(hours: Decimal) -> str:
    text = format(hours, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


# --- several steps as one change of the plan ---------------------------------------------------------


def changes_of(steps: Iterable[PlanStep]) -> tuple[PlanChange, ...]:
    """All changes of an option, in order; new rows of each step have numbers of their own."""
    return tuple(change for step in numbered(steps) for change in step.changes)


def numbered(steps: Iterable[PlanStep], *, used: int = 0) -> tuple[PlanStep, ...]:
    """The same steps, whose new rows are named apart: the first -1, the next -2 …; `used` numbers are taken already."""
    found = []
    for step in steps:
        own = [change.new for change in step.changes if change.new is not None]
        names = {new: -(used + place) for place, new in enumerate(dict.fromkeys(own), start=1)}
        used += len(names)
        found.append(PlanStep(step.text, tuple(_renamed(change, names) for change in step.changes)))
    return tuple(found)


def _renamed(change: PlanChange, names: dict[int, int]) -> PlanChange:
    def now(number: int | None) -> int | None:
        return number if number is None else names.get(number, number)

    return replace(change, task=now(change.task), new=now(change.new), after=now(change.after), other=now(change.other))


def next_new(steps: Collection[PlanStep]) -> int:
    """The number that names the first new row of a further step."""
    return -1 - sum(1 for step in steps for change in step.changes if change.new is not None)


@cache
def _adapter() -> TypeAdapter[tuple[PlanStep, ...]]:
    return TypeAdapter(tuple[PlanStep, ...])


def packed(steps: Iterable[PlanStep]) -> list[dict[str, Any]]:
    """Steps as JSON."""
    found: list[dict[str, Any]] = to_json(tuple(steps))
    return found


def unpacked(stored: Any) -> tuple[PlanStep, ...]:
    """The steps of that JSON."""
    return _adapter().validate_python(stored)
