"""Changes of a plan as people type them on the command line: "12 duration 5d", "12 after 7FS+2d".

Not here: what a change does to a plan (`headway.engine.edits`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from headway.documents.child import Refused
from headway.engine import edits
from headway.engine.durations import parse_duration
from headway.engine.plan import ConstraintType, Lag, Link, LinkType, Plan, Schedule
from headway.interfaces.cli.plan_why import task_of

FORMS = (
    "ID duration 5d | ID start DATE | ID finish DATE | ID constraint SNET DATE | ID deadline DATE (or none) | "
    "ID percent 50 | ID after 7FS+2d | ID not-after 7"
)
_LINK = re.compile(r"(\d{1,9})\s*(FS|SS|FF|SF)?\s*(?:([+-])\s*(\d.*))?", re.IGNORECASE)
_DATELESS = (ConstraintType.ASAP, ConstraintType.ALAP)


def changed(plan: Plan, texts: list[str], computed: Schedule) -> Plan:
    """The plan after the typed changes, one after the other; refused with the change that cannot be made.

    computed  the schedule of the plan as it is given.
    """
    now = plan
    for text in texts:
        change = _change(now, text)
        try:
            now = edits.apply(now, [change], computed=computed if now is plan else None)
        except edits.EditError as error:
            raise Refused(f"'{text}': {error}", {"value": text}) from error
    return now


def _change(plan: Plan, text: str) -> edits.Change:
    words = text.split(maxsplit=2)
    if len(words) != 3 or not (words[0].isascii() and words[0].isdigit()) or words[1].lower() not in _FIELDS:
        raise Refused(f"'{text}' is no change. Write one of: {FORMS}.", {"value": text})
    uid = task_of(plan, int(words[0])).uid
    try:
        return _FIELDS[words[1].lower()](plan, uid, words[2].strip())
    except Refused:
        raise
    except ValueError as error:
        raise Refused(f"'{text}': {error}", {"task": uid, "value": text}) from error


def _duration(plan: Plan, uid: int, value: str) -> edits.Change:
    return edits.SetDuration(uid, parse_duration(value, plan.project))


def _start(plan: Plan, uid: int, value: str) -> edits.Change:
    return edits.SetStart(uid, _moment(value))


def _finish(plan: Plan, uid: int, value: str) -> edits.Change:
    return edits.SetFinish(uid, _moment(value))


def _constraint(plan: Plan, uid: int, value: str) -> edits.Change:
    name, _, when = value.partition(" ")
    try:
        kind = ConstraintType(name.upper())
    except ValueError:
        known = ", ".join(item.value for item in ConstraintType)
        raise ValueError(f"'{name}' is no constraint. Write one of {known}.") from None
    if kind in _DATELESS:
        if when.strip():
            raise ValueError(f"{kind.value} takes no date. Leave '{when.strip()}' out.")
        return edits.SetConstraint(uid, kind)
    if not when.strip():
        raise ValueError(f"{kind.value} needs a date, such as {kind.value} 2026-03-02.")
    return edits.SetConstraint(uid, kind, _moment(when.strip()))


def _deadline(plan: Plan, uid: int, value: str) -> edits.Change:
    return edits.SetDeadline(uid, None if value.lower() == "none" else _moment(value))


def _percent(plan: Plan, uid: int, value: str) -> edits.Change:
    try:
        percent = Decimal(value.removesuffix("%").strip().replace(",", "."))
    except InvalidOperation:
        percent = Decimal(-1)
    if not (percent.is_finite() and 0 <= percent <= 100):
        raise ValueError(f"'{value}' is no percentage. Write a number from 0 to 100.")
    return edits.EnterProgress(uid, percent_complete=percent)


def _after(plan: Plan, uid: int, value: str) -> edits.Change:
    match = _LINK.fullmatch(value)
    if match is None:
        raise ValueError(f"'{value}' is no link. Write a task and its link, such as 7, 7SS or 7FS+2d.")
    before = task_of(plan, int(match[1])).uid
    kind = LinkType((match[2] or "FS").upper())
    lag = _lag(f"{match[3]}{match[4]}".strip(), plan) if match[3] else Lag()
    if any((link.predecessor_uid, link.successor_uid) == (before, uid) for link in plan.links):
        return edits.SetLink(before, uid, kind, lag)
    return edits.AddLink(Link(before, uid, kind, lag))


def _lag(text: str, plan: Plan) -> Lag:
    if text.endswith("%"):
        try:
            return Lag(unit="%", percent=Decimal(text[:-1].strip().replace(",", ".")))
        except InvalidOperation:
            raise ValueError(f"'{text}' is no lag. Write for example +2d, -4h or +50%.") from None
    span = parse_duration(text.replace("+", ""), plan.project)
    return Lag(span.amount, span.unit, span.elapsed)


def _not_after(plan: Plan, uid: int, value: str) -> edits.Change:
    if not (value.isascii() and value.isdigit()):
        raise ValueError(f"'{value}' is no task. Write the unique id of the task it no longer comes after.")
    return edits.RemoveLink(task_of(plan, int(value)).uid, uid)


def _moment(text: str) -> datetime | date:
    try:
        found = date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"'{text}' is no date like 2026-03-02 or 2026-03-02T17:00.") from None
    if isinstance(found, datetime) and found.tzinfo is not None:
        raise ValueError(f"'{text}': plan dates are local; give no time zone.")
    return found


_FIELDS: dict[str, Callable[[Plan, int, str], edits.Change]] = {
    "duration": _duration,
    "start": _start,
    "finish": _finish,
    "constraint": _constraint,
    "deadline": _deadline,
    "percent": _percent,
    "after": _after,
    "not-after": _not_after,
}
