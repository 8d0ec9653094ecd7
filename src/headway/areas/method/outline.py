"""What a template holds, and how a planner writes it: a plan as an indented outline, one task a line.

    Build
      Page templates in code | pages | 10d | design, brief SS+2d | Developer, Designer 50%
        - Each template passes the accessibility check
      Build complete         | done  | ms  | pages               | | Project manager

Columns: name | key | duration | after | roles | owner. Two blanks of indent a level; a line with a name alone is a
phase; 'ms' makes a milestone; lines that begin with '- ' are the checklist of the task above. The owner is the first
of the roles where none is named. Pure: no database, no clock.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from headway.engine.durations import parse_duration
from headway.engine.plan import LinkType, ProjectSettings
from headway.engine.units import WorkTime

DOCUMENT = "document"  # the check of a criterion: a document of its text's name must be there
_COLUMNS = 6
_MILESTONE = "ms"
_AFTER = re.compile(r"(?P<key>[\w-]+)(?: ?(?P<kind>FS|SS|FF|SF))?(?P<lag>[+-][\w.]+%?)?$")
_SHARE = re.compile(r"(?P<role>.+?)(?: (?P<percent>\d+(?:\.\d+)?)%)?$")


class TemplateError(ValueError):
    """A template that cannot be read; the message names the line."""


@dataclass(frozen=True, slots=True)
class TemplateRole:
    """A role that does work in the plan, and what it is for."""

    name: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class TemplateLink:
    """A predecessor by its key; the lag as people type it: '+2d', '-50%', '' = none."""

    before: str
    kind: str = "FS"
    lag: str = ""


@dataclass(frozen=True, slots=True)
class TemplateDoer:
    """A role on a task. `units` 1 = full time; `work` as '16h', '' = duration × units."""

    role: str
    units: Decimal = Decimal(1)
    work: str = ""


@dataclass(frozen=True, slots=True)
class TemplateTask:
    """One row. `duration` as people type it; '' for a phase.

    starts, deadline  calendar days from the plan's first day; None = none. `rule` says what `starts` means: 'SNET' …
    values            of fields of the house's own, by their keys, as plans store them.
    """

    key: str
    level: int
    name: str
    duration: str = ""
    milestone: bool = False
    after: tuple[TemplateLink, ...] = ()
    by: tuple[TemplateDoer, ...] = ()
    owner: str = ""
    checklist: tuple[str, ...] = ()
    notes: str = ""
    rule: str = ""
    starts: int | None = None
    deadline: int | None = None
    kind: str = ""
    values: tuple[tuple[str, str | bool], ...] = ()


@dataclass(frozen=True, slots=True)
class TemplateField:
    """A field of the house's own that the rows fill. `choices`: name and colour of each."""

    key: str
    name: str
    kind: str
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class TemplateCriterion:
    """What must hold at a gate. `check` names the computed one; '' = a person says so. `must` = it cannot be waived.

    Of the check 'document' the text is the name of the document that must be there.
    """

    text: str
    check: str = ""
    must: bool = False


@dataclass(frozen=True, slots=True)
class TemplateGate:
    """The gate that ends a stage; `task` is the key of its milestone."""

    stage: str
    name: str
    criteria: tuple[TemplateCriterion, ...] = ()
    task: str = ""


@dataclass(frozen=True, slots=True)
class TemplateRisk:
    """A risk that such projects have."""

    title: str
    probability: int
    impact: int
    cause: str = ""
    effect: str = ""
    response: str = ""


@dataclass(frozen=True, slots=True)
class TemplateCounts:
    """The rows of a plan by kind: what groups others, what is worked on, what is reached."""

    phases: int
    tasks: int
    milestones: int

    @property
    def words(self) -> str:
        """'65 rows: 8 phases, 49 tasks, 8 milestones'."""
        kinds = (("phase", self.phases), ("task", self.tasks), ("milestone", self.milestones))
        said = ", ".join(f"{count} {kind}{'' if count == 1 else 's'}" for kind, count in kinds if count)
        return f"{self.phases + self.tasks + self.milestones} rows: {said}"


@dataclass(frozen=True, slots=True)
class TemplateBody:
    """All that a project begins with."""

    tasks: tuple[TemplateTask, ...]
    roles: tuple[TemplateRole, ...] = ()
    gates: tuple[TemplateGate, ...] = ()
    risks: tuple[TemplateRisk, ...] = ()
    assumptions: tuple[str, ...] = ()
    fields: tuple[TemplateField, ...] = ()

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of its phases: what can be left out."""
        return tuple(dict.fromkeys(task.name for task in self.tasks if task.level == 1))

    @property
    def counts(self) -> TemplateCounts:
        """How many rows of each kind its plan has."""
        following = [task.level for task in self.tasks[1:]] + [0]
        phases = sum(below > task.level for task, below in zip(self.tasks, following, strict=True))
        milestones = sum(
            task.milestone and below <= task.level for task, below in zip(self.tasks, following, strict=True)
        )
        return TemplateCounts(phases, len(self.tasks) - phases - milestones, milestones)


@dataclass(frozen=True, slots=True)
class TemplateFile:
    """A template as a file holds it."""

    name: str
    about: str
    body: TemplateBody


def read_file(text: str) -> TemplateFile:
    """A template from its TOML. TemplateError names what is wrong."""
    try:
        raw = tomllib.loads(text)
        roles = tuple(TemplateRole(name, about) for name, about in raw["roles"].items())
        body = TemplateBody(
            tasks=tasks_of(raw["plan"]),
            roles=roles,
            gates=tuple(_gate(item) for item in raw.get("gates", [])),
            risks=tuple(TemplateRisk(**item) for item in raw.get("risks", [])),
            assumptions=tuple(raw.get("assumptions", [])),
        )
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise TemplateError(f"The template cannot be read: {error}") from error
    check(body)
    return TemplateFile(raw["name"], raw["about"], body)


def _gate(item: Mapping[str, Any]) -> TemplateGate:
    """Criteria are texts; '[baseline] …' is computed, '!' before it = it cannot be waived."""
    return TemplateGate(
        item["stage"], item["name"], tuple(_criterion(text) for text in item["criteria"]), item.get("task", "")
    )


def _criterion(text: str) -> TemplateCriterion:
    must, text = text.startswith("!"), text.removeprefix("!").strip()
    if text.startswith("["):
        name, _, rest = text[1:].partition("]")
        return TemplateCriterion(rest.strip(), name, must)
    return TemplateCriterion(text, "", must)


def tasks_of(text: str) -> tuple[TemplateTask, ...]:
    """The rows of an outline."""
    rows: list[TemplateTask] = []
    for line in filter(str.strip, text.splitlines()):
        said = line.strip()
        if said.startswith("- "):
            if not rows:
                raise TemplateError(f"A checklist needs a task above it: {said}")
            rows[-1] = replace(rows[-1], checklist=(*rows[-1].checklist, said[2:].strip()))
        else:
            rows.append(_row(line, len(rows) + 1))
    return tuple(rows)


def _row(line: str, number: int) -> TemplateTask:
    cells = [cell.strip() for cell in line.split("|")]
    if len(cells) > _COLUMNS:
        raise TemplateError(f"More than {_COLUMNS} columns in: {line.strip()}")
    name, key, duration, after, roles, owner = cells + [""] * (_COLUMNS - len(cells))
    level = (len(line) - len(line.lstrip())) // 2 + 1
    by = tuple(_doer(item) for item in _listed(roles))
    return TemplateTask(
        key=key or f"row-{number}",
        level=level,
        name=name,
        duration="0d" if duration == _MILESTONE else duration,
        milestone=duration == _MILESTONE,
        after=tuple(_link(item, line) for item in _listed(after)),
        by=by,
        owner=owner or (by[0].role if by else ""),
    )


def _listed(text: str) -> Iterator[str]:
    return (item.strip() for item in text.split(",") if item.strip())


def _link(text: str, line: str) -> TemplateLink:
    found = _AFTER.match(text)
    if found is None:
        raise TemplateError(f"'{text}' is no predecessor, in: {line.strip()}")
    return TemplateLink(found["key"], found["kind"] or "FS", found["lag"] or "")


def _doer(text: str) -> TemplateDoer:
    found = _SHARE.match(text)
    assert found is not None  # noqa: S101 - the first group takes any text
    return TemplateDoer(found["role"], Decimal(found["percent"]) / 100 if found["percent"] else Decimal(1))


def check(body: TemplateBody) -> None:
    """Refuse what no plan can be made of: unknown keys, doubled keys, unreadable durations. Names the task."""
    keys = {task.key for task in body.tasks}
    if not body.tasks:
        raise TemplateError("A template needs at least one task.")
    if len(keys) != len(body.tasks):
        raise TemplateError("Two tasks of the template have the same key.")
    for task in body.tasks:
        for link in task.after:
            if link.before not in keys:
                raise TemplateError(f"'{task.name}' comes after '{link.before}', which is no task of the template.")
            if link.kind not in LinkType.__members__:
                raise TemplateError(f"'{task.name}' has a link of the unknown kind '{link.kind}'.")
        amounts = [task.duration, *(doer.work for doer in task.by)]
        for amount in filter(None, amounts):
            _readable(amount, task.name)
    for gate in body.gates:
        if gate.task and gate.task not in keys:
            raise TemplateError(f"The gate '{gate.name}' names '{gate.task}', which is no task of the template.")


def _readable(amount: str, task: str) -> None:
    try:
        parse_duration(amount, ProjectSettings())
    except (ValueError, InvalidOperation) as error:
        raise TemplateError(f"'{task}': {error}") from error


# --- parts --------------------------------------------------------------------------------------


def without(body: TemplateBody, parts: Iterable[str]) -> TemplateBody:
    """The template less some of its phases; what came after a task that goes comes after what that came after."""
    dropped = set(parts)
    kept: list[TemplateTask] = []
    gone: dict[str, TemplateTask] = {}
    leaving = False
    for task in body.tasks:
        leaving = task.name in dropped if task.level == 1 else leaving
        if leaving:
            gone[task.key] = task
        else:
            kept.append(task)
    tasks = tuple(replace(task, after=tuple(_bridged(task.after, gone))) for task in kept)
    roles = {doer.role for task in tasks for doer in task.by} | {task.owner for task in tasks}
    return replace(
        body,
        tasks=tasks,
        roles=tuple(role for role in body.roles if role.name in roles),
        gates=tuple(replace(gate, task="") if gate.task in gone else gate for gate in body.gates),
    )


def _bridged(links: Iterable[TemplateLink], gone: Mapping[str, TemplateTask]) -> Iterator[TemplateLink]:
    seen: set[str] = set()
    waiting = list(links)
    while waiting:
        link = waiting.pop(0)
        if link.before in seen:
            continue
        seen.add(link.before)
        if link.before in gone:
            waiting.extend(TemplateLink(earlier.before) for earlier in gone[link.before].after)
        else:
            yield link


def only(body: TemplateBody, part: str) -> TemplateBody:
    """One phase of the template by itself; links to other phases fall away."""
    kept = without(body, [name for name in body.parts if name != part])
    keys = {task.key for task in kept.tasks}
    tasks = tuple(replace(task, after=tuple(link for link in task.after if link.before in keys)) for task in kept.tasks)
    return replace(kept, tasks=tasks, gates=(), risks=(), assumptions=())


def work_of(duration: str, doer: TemplateDoer, settings: ProjectSettings) -> WorkTime:
    """What a role works on a task."""
    if doer.work:
        return parse_duration(doer.work, settings).amount
    return WorkTime(int(parse_duration(duration, settings).amount.tenths * doer.units)) if duration else WorkTime(0)
