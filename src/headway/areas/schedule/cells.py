"""What is typed into the cells of a plan, made into changes of a draft: one function per field.

Not here: how a text is read (`reading`), the rules of a change (`engine.edits`), who may do it, storing (`changing`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from headway.areas.schedule import fields, reading
from headway.areas.schedule.acts import PROGRESS, Act, PlanChange
from headway.areas.schedule.looks import CUSTOM, FieldRow
from headway.engine import edits
from headway.engine import plan as engine
from headway.engine.plan import ConstraintType, TaskMode, TaskType
from headway.engine.units import WorkTime

MOST_TASKS = 20_000
MOST_LINKS = 100_000
MOST_LEVELS = 100
MOST_NAME = 255
MOST_TYPED = 10_000  # into a cell other than the notes
MOST_TEXT = 100_000
_FROM_BELOW = frozenset(
    {"duration", "start", "finish", "work", "milestone", "type", "optimistic", "pessimistic", *PROGRESS}
)
_OF_PLACEHOLDERS = frozenset({"notes", "successors"})  # what a row that stands for a task of another plan may be given
_ONE_DAY = engine.Duration(WorkTime(4800), "d", estimated=True)
_DATELESS = (ConstraintType.ASAP, ConstraintType.ALAP)
_OF_STARTS = (ConstraintType.SNET, ConstraintType.SNLT, ConstraintType.MSO)


@dataclass(frozen=True, slots=True)
class Known:
    """What is read with, beside the plan.

    people  who works on the project, by name: the person's id. Asked for only when somebody is named.
    others  who else could be put on it by this person, by name; asked for only when nobody of `people` is meant.
    fields  the fields of the house's own, by key.
    """

    today: reading.Today
    people: Callable[[], Mapping[str, int]]
    others: Callable[[], Mapping[str, int]]
    fields: Callable[[], Mapping[str, FieldRow]]


class Refusal(Exception):
    """A change that cannot be made: which part of it is at fault ('value', 'task' ...) and why.

    place  of several made at once: which of them.
    """

    def __init__(self, part: str, why: str, place: int = 0) -> None:
        super().__init__(why)
        self.part, self.why, self.place = part, why, place


@dataclass(slots=True)
class Writer:
    """Makes changes on a draft, in order; what it has made of new rows and people it keeps.

    made    uids of new rows by the numbers that named them.
    hired   persons who became resources, by the resource's uid.
    joined  who was put on which task: pairs of task and resource.
    passed  what was typed for a new row and passed over, because the row has it from the rows below it.
    """

    draft: edits.Draft
    known: Known
    free_uid: int
    made: dict[int, int] = field(default_factory=dict)
    hired: dict[int, int] = field(default_factory=dict)
    joined: list[tuple[int, int]] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)
    _numbers: dict[int, int] | None = None
    _moves: bool = False  # whether something was made since tasks were last looked up

    @property
    def settings(self) -> engine.ProjectSettings:
        """The plan's settings."""
        return self.draft.project

    def add(self, changes: Iterable[PlanChange]) -> None:
        """New rows, all at once."""
        rows = []
        for place, change in enumerate(changes):
            if change.new is None or change.new >= 0 or change.new in self.made:
                raise Refusal("new", "Name a new row by a negative number of its own.", place)
            if change.level is not None and not 1 <= change.level <= MOST_LEVELS:
                raise Refusal("level", f"A level is 1 to {MOST_LEVELS}.", place)
            if change.after is not None and change.after < 0 and change.after not in self.made:
                raise Refusal("after", f"No row before this one is named {change.after}.", place)
            if change.after is not None and change.after > 0 and not self.draft.knows(change.after):
                raise Refusal("after", "That row is no longer in the plan.", place)
            uid = self.free_uid
            self.free_uid += 1
            after = self.made[change.after] if change.after is not None and change.after < 0 else change.after
            self.made[change.new] = uid
            duration = _in_days(_ONE_DAY, self.settings)
            task = engine.Task(uid=uid, id=0, name="", duration=duration, outline_level=change.level or 0)
            rows.append(edits.AddTask(task, after))
        if len(self.draft.rows) + len(rows) > MOST_TASKS:
            raise Refusal("act", f"A plan holds at most {MOST_TASKS:,} tasks.")
        self.do(edits.AddTasks(tuple(rows)))
        self._numbers, self._moves = None, True

    def make(self, change: PlanChange) -> None:
        """One change of a row that is there. Raises Refusal, or what the engine raises."""
        if is_progress(change):
            if self._moves:
                self.draft.look_again()
                self._moves = False
        else:
            self._moves = True
        if change.act is Act.SET:
            self._set(change)
            return
        _ACTS[change.act](self, self.uid(change.task, "task"), change)
        if change.act in STRUCTURAL:
            self.renumbered()

    def renumbered(self) -> None:
        """The outline has changed: rows have other numbers."""
        self._numbers = None

    def uid(self, given: int | None, part: str) -> int:
        """The uid of a row, which may be one made in this call."""
        if given is None:
            raise Refusal(part, "Say which row.")
        uid = self.made.get(given) if given < 0 else given
        if uid is None:
            raise Refusal(part, f"No row of this call is named {given}. Add it first.")
        self.draft.task(uid, part)
        return uid

    def do(self, *changes: edits.Change) -> None:
        """Make changes of the engine."""
        for change in changes:
            edits.make(self.draft, change)

    def numbered(self, number: int) -> int:
        """The uid of the row with this number."""
        if self._numbers is None:
            self._numbers = {task.id: task.uid for task in self.draft.rows}
        if number not in self._numbers:
            raise ValueError(f"There is no row {number}. Give the number of a row of this plan.")
        return self._numbers[number]

    def day(self, text: str, near: datetime | None) -> date | datetime:
        """A day typed into a cell that holds `near` now."""
        return reading.read_day(text, self.known.today, near=near.date() if near is not None else None)

    def people(self, text: str) -> dict[int, Decimal | None]:
        """Who is named, as resources with their units. Raises ValueError with words for people."""
        return {_resource(self, name): units for name, units in reading.read_people(text).items()}

    def give(self, uid: int, wanted: Mapping[int, Decimal | None]) -> None:
        """Let a task have these people and no others; None = the units that they have there, or all their time."""
        present = {item.resource_uid: item for item in self.draft.assignments(uid) if item.resource_uid is not None}
        for resource, units in wanted.items():
            if resource not in present:
                self.do(edits.Assign(uid, resource, units or Decimal(1)))
                self.joined.append((uid, resource))
            elif units is not None and units != present[resource].units:
                self.do(edits.SetUnits(uid, resource, units))
        for resource in present:
            if resource not in wanted:
                self.do(edits.Unassign(uid, resource))

    def _set(self, change: PlanChange) -> None:
        task = self.draft.task(self.uid(change.task, "task"))
        if task.external and change.field not in _OF_PLACEHOLDERS and not change.field.startswith(CUSTOM):
            raise Refusal("task", _of_another_plan(task))
        write = _FIELDS.get(change.field) if not change.field.startswith(CUSTOM) else _custom
        if write is None:
            raise Refusal("field", f"'{change.field}' is no field of a task. There are {', '.join(_FIELDS)}.")
        if task.summary and change.field in _FROM_BELOW and task.uid in self.made.values():
            self.passed.append(f"{_titled(task)} has its {change.field.replace('_', ' ')} from the rows below it.")
            return
        if len(change.value) > MOST_TYPED and write is not _notes:
            raise Refusal("value", f"{_titled(task)}: {len(change.value):,} characters; give at most {MOST_TYPED:,}.")
        try:
            write(self, task, change.value if write is _notes else change.value.strip(), change.field)
        except (engine.PlanError, Refusal):
            raise
        except ValueError as error:
            raise Refusal("value", f"{_titled(task)}: {error}") from None


def is_progress(change: PlanChange) -> bool:
    """Whether it says how far a task has come."""
    return change.act is Act.SET and change.field in PROGRESS


def _of_another_plan(task: engine.Task) -> str:
    return f"{_titled(task)} stands for a task of another plan. Change it there."


def _titled(task: engine.Task) -> str:
    return f"Row {task.id} '{task.name}'" if task.name else f"Row {task.id}"


def _in_days(duration: engine.Duration, settings: engine.ProjectSettings) -> engine.Duration:
    return engine.Duration(WorkTime(settings.minutes_per_day * 10), "d", estimated=duration.estimated)


# --- fields --------------------------------------------------------------------------------------

_Write = Callable[[Writer, engine.Task, str, str], None]


def _name(writer: Writer, task: engine.Task, text: str, _: str) -> None:
    if len(text) > MOST_NAME:
        raise ValueError(f"the name has {len(text)} characters; give at most {MOST_NAME}.")
    writer.do(edits.Describe(task.uid, name=" ".join(text.split())))


def _owner(writer: Writer, task: engine.Task, text: str, _: str) -> None:
    if len(text) > MOST_NAME:
        raise ValueError(f"the owner has {len(text)} characters; give at most {MOST_NAME}.")
    writer.do(edits.Describe(task.uid, owner=text))


def _notes(writer: Writer, task: engine.Task, text: str, _: str) -> None:
    if len(text) > MOST_TEXT:
        raise ValueError(f"the notes have {len(text)} characters; give at most {MOST_TEXT:,}.")
    writer.do(edits.Describe(task.uid, notes=text))


def _duration(writer: Writer, task: engine.Task, text: str, _: str) -> None:
    typed = reading.read_duration(text, writer.settings) if text else _in_days(_ONE_DAY, writer.settings)
    writer.do(edits.SetDuration(task.uid, typed))


def _start(writer: Writer, task: engine.Task, text: str, _: str) -> None:
    if text:
        writer.do(edits.SetStart(task.uid, writer.day(text, _stands(writer, task)[0])))
    else:
        _free(writer, task, "actual start")


def _finish(writer: Writer, task: engine.Task, text: str, _: str) -> None:
    if text:
        writer.do(edits.SetFinish(task.uid, writer.day(text, _stands(writer, task)[1])))
    else:
        _free(writer, task, "actual finish")


def _free(writer: Writer, task: engine.Task, fact: str) -> None:
    """No typed date: the task goes where links put it."""
    if task.mode is TaskMode.MANUAL:
        raise ValueError("it is scheduled by hand, so its dates stay. Make it automatic, and links decide.")
    if task.actual_start is not None and not task.summary:
        raise ValueError(f"it has begun. Change its {fact} or its percent complete.")
    writer.do(edits.SetConstraint(task.uid, ConstraintType.ASAP))


def _stands(writer: Writer, task: engine.Task) -> tuple[datetime | None, datetime | None]:
    if not task.active:
        return None, None
    row = writer.draft.scheduled(task)
    return row.start, row.finish


def _predecessors(writer: Writer, task: engine.Task, text: str, _: str) -> None:
    present = {link.predecessor_uid: link for link in writer.draft.ties(task.uid) if link.successor_uid == task.uid}
    _relink(writer, task, text, present, lambda other: (other, task.uid))


def _successors(writer: Writer, task: engine.Task, text: str, _: str) -> None:
    present = {link.successor_uid: link for link in writer.draft.ties(task.uid) if link.predecessor_uid == task.uid}
    _relink(writer, task, text, present, lambda other: (task.uid, other))


def _relink(
    writer: Writer,
    task: engine.Task,
    text: str,
    present: Mapping[int, engine.Link],
    pair: Callable[[int], tuple[int, int]],
) -> None:
    """Only what differs is unlinked, linked or changed."""
    typed = reading.read_links(text, writer.settings)
    wanted = {writer.numbered(number): tie for number, tie in typed.items()}
    for other in present:
        if other not in wanted:
            writer.do(edits.RemoveLink(*pair(other)))
    for other, (kind, lag) in wanted.items():
        known = present.get(other)
        if known is None:
            _make_link(writer, pair(other), kind, lag)
        elif (known.type, known.lag) != (kind, lag):
            writer.do(edits.SetLink(*pair(other), kind, lag))


def _make_link(writer: Writer, pair: tuple[int, int], kind: engine.LinkType, lag: engine.Lag) -> None:
    if writer.draft.link_count >= MOST_LINKS:
        raise ValueError(f"A plan holds at most {MOST_LINKS:,} links.")
    writer.do(edits.AddLink(engine.Link(*pair, kind, lag)))


def _people(writer: Writer, task: engine.Task, text: str, _: str) -> None:
    writer.give(task.uid, writer.people(text))


def _resource(writer: Writer, name: str) -> int:
    """The resource of that name; who works on the project, or could be put on it, and is none yet becomes one."""
    resources = {item.name: item.uid for item in writer.draft.resources.values()}
    exact = next((uid for known, uid in resources.items() if known.casefold() == name.casefold()), None)
    if exact is not None:
        return exact
    people = {person: -number for person, number in writer.known.people().items()}
    if name.casefold() not in map(str.casefold, people):
        others = {person: -number for person, number in writer.known.others().items() if person not in people}
        full = reading.whole_or_refused(name, others, known=[*people, *resources])
        if full is not None:
            return _hired(writer, full, -others[full])
    found = reading.named(name, {**people, **resources})
    if found > 0:
        return found
    return _hired(writer, next(person for person, number in people.items() if number == found), -found)


def _hired(writer: Writer, name: str, person: int) -> int:
    """A person as a new resource."""
    uid = max(writer.draft.resources, default=0) + 1
    writer.draft.put_resource(engine.Resource(uid=uid, id=uid, name=name))
    writer.hired[uid] = person
    return uid


def _work(writer: Writer, task: engine.Task, text: str, _: str) -> None:
    work = reading.read_work(text, writer.settings) if text else WorkTime(0)
    if task.summary:
        raise ValueError("its work comes from its tasks. Change that of one of them.")
    writer.do(edits.SetWork(task.uid, work))


def _percent(writer: Writer, task: engine.Task, text: str, _: str) -> None:
    percent = reading.read_percent(text) if text else Decimal(0)
    writer.do(edits.EnterProgress(task.uid, percent_complete=percent))


def _actual_start(writer: Writer, task: engine.Task, text: str, _: str) -> None:
    if text:
        near = task.actual_start or _stands(writer, task)[0]
        writer.do(edits.EnterProgress(task.uid, actual_start=writer.day(text, near)))
    else:
        writer.do(edits.EnterProgress(task.uid, percent_complete=Decimal(0)))


def _actual_finish(writer: Writer, task: engine.Task, text: str, _: str) -> None:
    if text:
        near = task.actual_finish or _stands(writer, task)[1]
        writer.do(edits.EnterProgress(task.uid, actual_finish=writer.day(text, near)))
    elif task.actual_finish is not None:
        raise ValueError("it is complete. To open it again, enter a percent below 100.")


def _remaining(writer: Writer, task: engine.Task, text: str, _: str) -> None:
    if not text:
        raise ValueError("say how long it still takes, as 3d; 0 when it is done.")
    left = reading.read_duration(text, writer.settings)
    writer.do(edits.EnterProgress(task.uid, remaining_duration=left.amount))


def _constraint(writer: Writer, task: engine.Task, text: str, _: str) -> None:
    if not text:
        writer.do(edits.SetConstraint(task.uid, ConstraintType.ASAP))
        return
    kind, rest = reading.read_constraint(text)
    if kind in _DATELESS:
        if rest:
            raise ValueError(f"{kind.value} takes no day. Leave '{rest}' away.")
        writer.do(edits.SetConstraint(task.uid, kind))
        return
    start, finish = _stands(writer, task)
    near = task.constraint_date or (start if kind in _OF_STARTS else finish)
    writer.do(edits.SetConstraint(task.uid, kind, writer.day(rest, near) if rest else near))


def _constraint_date(writer: Writer, task: engine.Task, text: str, _: str) -> None:
    if not text:
        writer.do(edits.SetConstraint(task.uid, ConstraintType.ASAP))
        return
    kind = ConstraintType.SNET if task.constraint in _DATELESS else task.constraint
    near = task.constraint_date or _stands(writer, task)[0]
    writer.do(edits.SetConstraint(task.uid, kind, writer.day(text, near)))


def _deadline(writer: Writer, task: engine.Task, text: str, _: str) -> None:
    near = task.deadline or (_stands(writer, task)[1] if text else None)
    writer.do(edits.SetDeadline(task.uid, writer.day(text, near) if text else None))


def _priority(writer: Writer, task: engine.Task, text: str, _: str) -> None:
    writer.do(edits.SetPriority(task.uid, reading.read_whole(text, least=0, most=1000) if text else 500))


def _range(writer: Writer, task: engine.Task, text: str, name: str) -> None:
    typed = reading.read_duration(text, writer.settings) if text else None
    low, high = (typed, task.pessimistic) if name == "optimistic" else (task.optimistic, typed)
    writer.do(edits.SetRange(task.uid, low, high))


_MODES = {"auto": TaskMode.AUTO, "automatic": TaskMode.AUTO, "": TaskMode.AUTO, "manual": TaskMode.MANUAL}
_MODES |= {"auto scheduled": TaskMode.AUTO, "manually scheduled": TaskMode.MANUAL, "by hand": TaskMode.MANUAL}
_TYPES = {kind.value.replace("_", " "): kind for kind in TaskType} | {"": TaskType.FIXED_UNITS}


def _mode(writer: Writer, task: engine.Task, text: str, _: str) -> None:
    writer.do(edits.SetMode(task.uid, reading.read_choice(text, _MODES)))


def _type(writer: Writer, task: engine.Task, text: str, _: str) -> None:
    writer.do(edits.SetType(task.uid, reading.read_choice(text, _TYPES)))


def _calendar(writer: Writer, task: engine.Task, text: str, _: str) -> None:
    if not text:
        writer.do(edits.SetCalendar(task.uid, None))
        return
    calendars = {item.name: item.uid for item in writer.draft.plan.calendars}
    found = next((uid for name, uid in calendars.items() if name.casefold() == text.casefold()), None)
    if found is None:
        raise ValueError(f"'{text}' is no calendar of this plan. There are {', '.join(sorted(calendars)) or 'none'}.")
    writer.do(edits.SetCalendar(task.uid, found, task.ignore_resource_calendar))


def _milestone(writer: Writer, task: engine.Task, text: str, _: str) -> None:
    writer.do(edits.SetMilestone(task.uid, reading.read_yes_no(text)))


def _active(writer: Writer, task: engine.Task, text: str, _: str) -> None:
    writer.do(edits.SetActive(task.uid, reading.read_yes_no(text or "yes")))


def _level(writer: Writer, task: engine.Task, text: str, _: str) -> None:
    level = reading.read_whole(text, least=1, most=MOST_LEVELS)
    step: edits.Change = edits.Indent(task.uid) if level > task.outline_level else edits.Outdent(task.uid)
    writer.do(*[step] * abs(level - task.outline_level))
    writer.renumbered()


def _custom(writer: Writer, task: engine.Task, text: str, name: str) -> None:
    key = name.removeprefix(CUSTOM)
    row = writer.known.fields().get(key)
    if row is None:
        raise Refusal("field", f"'{key}' is no field of this project.")
    near = task.custom.get(key)
    value = fields.read_value(
        row,
        text,
        day=lambda typed: writer.day(typed, fields.day_of(near) if isinstance(near, str) else None),
        people=lambda: [*writer.known.people(), *(item.name for item in writer.draft.resources.values())],
    )
    writer.do(edits.SetField(task.uid, key, value))


_FIELDS: Mapping[str, _Write] = {
    "name": _name,
    "duration": _duration,
    "start": _start,
    "finish": _finish,
    "predecessors": _predecessors,
    "successors": _successors,
    "people": _people,
    "work": _work,
    "percent": _percent,
    "actual_start": _actual_start,
    "actual_finish": _actual_finish,
    "remaining": _remaining,
    "constraint": _constraint,
    "constraint_date": _constraint_date,
    "deadline": _deadline,
    "priority": _priority,
    "optimistic": _range,
    "pessimistic": _range,
    "mode": _mode,
    "type": _type,
    "calendar": _calendar,
    "milestone": _milestone,
    "active": _active,
    "owner": _owner,
    "notes": _notes,
    "level": _level,
}


# --- acts ----------------------------------------------------------------------------------------


def _remove(writer: Writer, uid: int, change: PlanChange) -> None:
    writer.do(edits.RemoveTask(uid))


def _indent(writer: Writer, uid: int, change: PlanChange) -> None:
    writer.do(edits.Indent(uid))


def _outdent(writer: Writer, uid: int, change: PlanChange) -> None:
    writer.do(edits.Outdent(uid))


def _move(writer: Writer, uid: int, change: PlanChange) -> None:
    after = change.after
    if after is None:
        inside = {uid, *(writer.draft.rows[place].uid for place in writer.draft.below(uid))}
        after = next((task.uid for task in reversed(writer.draft.rows) if task.uid not in inside), 0)
    writer.do(edits.MoveTask(uid, writer.uid(after, "after") if after else 0))


def _link(writer: Writer, uid: int, change: PlanChange) -> None:
    if writer.draft.task(uid).external:
        raise Refusal("task", _of_another_plan(writer.draft.task(uid)))
    other = writer.uid(change.other, "other")
    try:
        kind, lag = reading.read_link(change.value, writer.settings)
        if any(link.predecessor_uid == other and link.successor_uid == uid for link in writer.draft.ties(uid)):
            writer.do(edits.SetLink(other, uid, kind, lag))
        else:
            _make_link(writer, (other, uid), kind, lag)
    except engine.PlanError:
        raise
    except ValueError as error:
        raise Refusal("value", str(error)) from None


def _unlink(writer: Writer, uid: int, change: PlanChange) -> None:
    writer.do(edits.RemoveLink(writer.uid(change.other, "other"), uid))


def _split(writer: Writer, uid: int, change: PlanChange) -> None:
    task = writer.draft.task(uid)
    part = "at"
    try:
        at = writer.day(change.at, _stands(writer, task)[0])
        part = "gap"
        gap = reading.read_duration(change.gap, writer.settings)
    except engine.PlanError:
        raise
    except ValueError as error:
        raise Refusal(part, f"{_titled(task)}: {error}") from None
    moment = at if isinstance(at, datetime) else datetime.combine(at, writer.settings.default_start)
    writer.do(edits.Split(uid, moment, gap.amount))


def _join(writer: Writer, uid: int, change: PlanChange) -> None:
    writer.do(edits.Join(uid))


_ACTS: Mapping[Act, Callable[[Writer, int, PlanChange], None]] = {
    Act.REMOVE: _remove,
    Act.INDENT: _indent,
    Act.OUTDENT: _outdent,
    Act.MOVE: _move,
    Act.LINK: _link,
    Act.UNLINK: _unlink,
    Act.SPLIT: _split,
    Act.JOIN: _join,
}
STRUCTURAL = frozenset({Act.REMOVE, Act.INDENT, Act.OUTDENT, Act.MOVE})
