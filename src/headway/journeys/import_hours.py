"""An hours export into a project: read in a child process, previewed, taken whole in one transaction, undone whole.

People are matched, never created; rows of other projects are counted and left out, or taken along where that is asked
for; what was taken before is known again. Nothing but the import's own record is written before it is applied.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from headway.areas.hours import commands as hours
from headway.areas.hours.known_names import known_projects, known_tasks
from headway.areas.hours.staging import Meaning, pack, undo_facts
from headway.areas.hours.taking import OF_A_WHOLE
from headway.areas.hours.types import ImportEffect, KnownNames, MissingRule
from headway.areas.people.queries import match_people, person, persons
from headway.areas.people.types import PersonRow
from headway.areas.projects import commands as projects
from headway.areas.projects.queries import charter, import_content, imports, named_projects
from headway.areas.projects.types import Charter, ImportRow, ImportState
from headway.areas.schedule.my_tasks import names_by_uid
from headway.documents.child import ChildError, Refused
from headway.documents.exchange.hours import HoursFile, read_upload
from headway.journeys.refusals import error_rows
from headway.journeys.undoing import UndoEffect
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Invalid, NotFound

MOST_ERRORS = 500
MOST_QUESTIONS = 200
MOST_TASKS = 200  # shown in a preview
SKIP = "skip"
ALL = "all"
_NEAR = 5
_LIKE = 0.55
_UNSAFE = re.compile(r"[^\w .()+-]")

_Names = tuple[str, str]  # person and e-mail, or project and code


def preview_hours(
    ctx: Context,
    *,
    project: int,
    path: Path,
    file_id: int,
    file_name: str,
    answers: dict[str, str],
    mapping: dict[str, Any],
) -> ImportRow:
    """Read an hours file and keep what it would change; no entry is written.

    answers  to questions: those of the reader (date_order, decimal_sign, …), "person:<name or e-mail>" with a
             person's id or e-mail, "project:<name>" with a project's key or 'skip', "task:<name>" with the uid of a
             row of the plan or 'none', "missing" with keep or remove, "projects" with one or all.
    mapping  {"columns": …, "sheet": …, "source": …, "people": {name: person}, "projects": {name: key}}.
    """
    batch = projects.open_import(
        ctx, project=project, kind="hours", file_id=file_id, file_name=file_name, answers=answers, mapping=mapping
    )
    return read_again(ctx, batch=batch, path=path)


def read_again(ctx: Context, *, batch: ImportRow, path: Path) -> ImportRow:
    """Read the file of an import with its present answers and mapping, and keep the preview."""
    about = charter(ctx, project=batch.project_id)
    answers = {"time_zone": about.time_zone, **_said_before(ctx, batch), **batch.answers}
    try:
        rule, every = _missing_rule(answers), _every_project(answers)
        found, staged = read_upload(
            path, name=_plain_name(batch.file_name), answers=answers, mapping=_for_reader(batch.mapping)
        )
        ours = _Targets(ctx, found, about, {**answers, **_answered(batch.mapping)}, every=every)
        people = _match(ctx, found, ours.names, answers, batch.mapping)
        tasks = _match_tasks(ctx, found, ours, answers)
    except (Refused, ChildError) as error:
        preview: dict[str, Any] = {"errors": error_rows(error, file=batch.file_name), "questions": []}
        return projects.keep_preview(ctx, batch=batch.id, parsed=None, preview=preview, failed=True)
    errors = [error.as_json() | {"file": batch.file_name} for error in found.errors[:MOST_ERRORS]]
    questions = [one.as_json() for one in found.questions] + ours.questions + people.questions + tasks.questions
    preview = _described(found, errors, questions[:MOST_QUESTIONS])
    if errors or questions or not found.usable:
        return projects.keep_preview(ctx, batch=batch.id, parsed=None, preview=preview, failed=bool(errors))
    taking = _Split(ctx, about, found, ours.names, people.ids)
    zones = {project_id: one.time_zone for project_id, one in taking.projects.items()}
    packed = pack(Meaning(ours.names, people.ids, tasks.uids, zones), staged)
    effects = hours.stage_entries(
        ctx,
        project=batch.project_id,
        batch=batch.id,
        source=found.source,
        packed=packed,
        counts={project_id: tally.rows for project_id, tally in taking.by_project.items()},
        first=found.first_day,
        last=found.last_day,
        missing=rule,
    )
    blocked = [_blocked(text, batch.file_name) for effect in effects.values() for text in effect.blocked]
    preview |= _changes(effects, about.id) | taking.as_json(effects) | {"file_tasks": tasks.shown}
    preview["errors"], preview["error_count"] = blocked, len(blocked)
    parsed = {
        "first": found.first_day.isoformat() if found.first_day else None,
        "last": found.last_day.isoformat() if found.last_day else None,
        "missing": rule.value,
        "aliases": people.aliases,
        "projects": ours.answered,
        "tasks": tasks.answered,
    }
    return projects.keep_preview(ctx, batch=batch.id, parsed=parsed, preview=preview, failed=bool(blocked))


def _changes(effects: Mapping[int, ImportEffect], own: int) -> dict[str, Any]:
    """The counts of all projects together. Missing entries are named for the own project alone."""
    named = effects.get(own) or ImportEffect(0, 0, 0, 0, (), ())
    counts = {name: sum(getattr(one, name) for one in effects.values()) for name in ("create", "update", "unchanged")}
    return named.as_json() | counts | {"missing": sum(one.missing_count for one in effects.values())}


def read_first(ctx: Context, batch: ImportRow) -> hours.ReadBefore | None:
    """The rows of a visible import, read before the transaction that takes them."""
    return hours.read_before(ctx, project_id=batch.project_id, batch_id=batch.id)


def apply_hours(ctx: Context, *, batch: ImportRow) -> ImportRow:
    """Make the previewed rows entries, all or none, with frozen rates; then file and store side by side."""
    parsed, _ = import_content(ctx, batch.id)
    if batch.preview.get("errors") or batch.preview.get("questions"):
        raise Invalid("The file has errors or open questions; nothing was changed. Settle them and read it again.")
    if parsed is None or batch.state is not ImportState.PREVIEW:
        raise Conflict("This import has nothing to apply. Read the file again.")
    return hours.take_entries(
        ctx,
        project=batch.project_id,
        batch=batch.id,
        preview=batch.preview,
        names=KnownNames(
            parsed["aliases"],
            parsed["projects"],
            {int(project_id): tasks for project_id, tasks in parsed["tasks"].items()},
        ),
        first=parsed["first"],
        last=parsed["last"],
        missing=MissingRule(parsed["missing"]),
    )


def undo_hours(ctx: Context, *, batch: ImportRow) -> ImportRow:
    """Take a whole import back: its entries go, those it changed or removed are as they were."""
    return hours.undo_entries(ctx, project=batch.project_id, batch=batch.id)


def undo_effect(ctx: Context, *, batch: ImportRow) -> UndoEffect:
    """What undoing would do to the entries."""
    facts = undo_facts(batch.id)
    later, against = "", ""
    if facts.touched:
        noun = "entry of it was" if facts.touched == 1 else "entries of it were"
        later = f"{facts.touched} {noun} changed or handed in since."
    if facts.closed:
        noun = "entry of this import is" if facts.closed == 1 else "entries of this import are"
        against = f"{facts.closed} {noun} approved or locked. Return them first."
    if "whole" in batch.mapping:
        against = OF_A_WHOLE
    return UndoEffect(facts.created, facts.updated + facts.removed, "entries", later, against)


# --- what is asked of the file --------------------------------------------------------------


def _plain_name(name: str) -> str:
    """The file's name as the child may use it; its ending stays."""
    base = _UNSAFE.sub("_", Path(name.replace("\\", "/")).name).lstrip(". ") or "hours"
    stem, suffix = Path(base).stem[:80], Path(base).suffix[:16]
    return f"{stem}{suffix}" if f"{stem}{suffix}" != "out" else "hours"


def _for_reader(mapping: Mapping[str, Any]) -> dict[str, Any]:
    return {name: mapping[name] for name in ("columns", "sheet", "source") if name in mapping}


def _missing_rule(answers: Mapping[str, str]) -> MissingRule:
    given = str(answers.get("missing", "") or MissingRule.KEEP.value).strip().casefold()
    if given not in {rule.value for rule in MissingRule}:
        raise Refused(f"'{given}' is no answer to missing; give keep or remove.", {"field": "missing", "value": given})
    return MissingRule(given)


def _every_project(answers: Mapping[str, str]) -> bool:
    given = str(answers.get("projects", "") or "one").strip().casefold()
    if given not in {"one", ALL}:
        raise Refused(f"'{given}' is no answer to projects; give one or all.", {"field": "projects", "value": given})
    return given == ALL


def _said_before(ctx: Context, batch: ImportRow) -> dict[str, str]:
    """Which of a file's projects are this one, as answered in the newest import that was applied."""
    for row in imports(ctx, project=batch.project_id):
        if row.kind == "hours" and row.state is ImportState.APPLIED:
            named = {f"project:{name}": str(key) for name, key in _asked(row.mapping, "projects").items()}
            return named | {name: value for name, value in row.answers.items() if name.startswith("project:")}
    return {}


def _asked(mapping: Mapping[str, Any], part: str) -> Mapping[str, Any]:
    given = mapping.get(part, {})
    if not isinstance(given, Mapping):
        raise Refused(f"In the mapping, '{part}' must be an object of names.", {"field": part})
    return given


def _question(name: str, message: str, choices: Iterable[str], rows: int, *, again: bool = False) -> dict[str, Any]:
    """`again`: it was answered, and the answer settled nothing."""
    asked = {"field": name, "message": message, "choices": list(choices), "assumed": "", "rows": rows}
    return asked | ({"again": True} if again else {})


# --- projects -------------------------------------------------------------------------------


def _answered(mapping: Mapping[str, Any]) -> dict[str, str]:
    return {f"project:{name}": str(key) for name, key in _asked(mapping, "projects").items()}


class _Targets:
    """Which project each (project, code) pair of the file means, of those that are taken.

    By answer, remembered name, key or name; a file that names no project at all is taken whole into the one it was
    brought for. Other projects are taken along where `every` asks for it, or somebody answered with their key.
    answered  names that somebody has answered for with a project, to be remembered.
    """

    def __init__(
        self, ctx: Context, found: HoursFile, about: Charter, answers: Mapping[str, str], *, every: bool
    ) -> None:
        self.names: dict[_Names, int] = {}
        self.answered: dict[str, int] = {}
        self.questions: list[dict[str, Any]] = []
        self._about, self._every, self.own = about, every, about.id
        rows: dict[_Names, int] = {}
        for (_, _, name, code), count in found.who.items():
            rows[name, code] = rows.get((name, code), 0) + count
        if set(rows) <= {("", "")}:
            self.names = dict.fromkeys(rows, about.id)
            return
        self._said = {_fold(name[8:]): value for name, value in answers.items() if name[:8] == "project:"}
        self._known = {_fold(text): project_id for text, project_id in known_projects(found.source).items()}
        self._others = self._importable(ctx)
        unknown: dict[str, int] = {}
        for (name, code), count in rows.items():
            target = self._of(name, code)
            if target:
                self.names[name, code] = target
            elif target is None and (name or code):
                unknown[name or code] = unknown.get(name or code, 0) + count
        if every or not self.names:
            self.questions = [
                self._question(name, count)
                for name, count in sorted(unknown.items(), key=lambda item: (-item[1], item[0]))
            ]

    def _importable(self, ctx: Context) -> dict[str, int]:
        """Key and name of every project that may be imported into; a name that two bear is nobody's."""
        found: dict[str, set[int]] = {}
        for row in named_projects(ctx).values():
            if row.id != self._about.id and may(ctx, "projects.import", project_id=row.id):
                for text in {_fold(row.key), _fold(row.name)}:
                    found.setdefault(text, set()).add(row.id)
        own = dict.fromkeys((_fold(self._about.key), _fold(self._about.name), str(self._about.id)), self._about.id)
        return {text: next(iter(ids)) for text, ids in found.items() if len(ids) == 1} | own

    def _of(self, name: str, code: str) -> int | None:
        """The project of a name and code; 0 = left out, None = nobody knows."""
        texts = [_fold(text) for text in (name, code) if text]
        answer = next((self._said[text] for text in texts if text in self._said), None)
        if answer is not None:
            target = self._others.get(_fold(answer), 0)
            if target:
                self.answered |= {text: target for text in (name or code,) if _fold(text) not in self._others}
            return target
        for text in texts:
            target = self._others.get(text) or self._allowed(self._known.get(text))
            if target:
                return target if self._every or target == self._about.id else 0
        return None

    def _allowed(self, project_id: int | None) -> int:
        """A remembered project, where this person may import into it."""
        return project_id if project_id in self._others.values() and project_id is not None else 0

    def _question(self, name: str, count: int) -> dict[str, Any]:
        key = self._about.key
        if self._every:
            message = f"Which project do the {count:,} rows of '{name}' belong to? Give its key, or 'skip'."
        else:
            message = f"No row names the project {key}. Do the {count:,} rows of '{name}' belong to it?"
        return _question(f"project:{name}", message, (key, SKIP), count)


# --- tasks ----------------------------------------------------------------------------------


@dataclass
class _Tasks:
    """Rows of the plans for the file's tasks.

    uids       (project, task in the file) → row of the plan.
    answered   project → task in the file → row, as somebody has answered; to be remembered.
    shown      for the preview.
    questions  rows that are asked for again, because an answer names none.
    """

    uids: dict[tuple[int, str], int] = field(default_factory=dict)
    answered: dict[int, dict[str, int]] = field(default_factory=dict)
    shown: list[dict[str, Any]] = field(default_factory=list)
    questions: list[dict[str, Any]] = field(default_factory=list)


def _match_tasks(ctx: Context, found: HoursFile, ours: _Targets, answers: Mapping[str, str]) -> _Tasks:
    """By answer, remembered name, and a name that one row of the plan alone bears. What matches none is a phase."""
    said = {_fold(name[5:]): value.strip() for name, value in answers.items() if name[:5] == "task:"}
    result = _Tasks()
    rows: dict[int, dict[str, int]] = {}
    for (name, code, task), count in found.tasks.items():
        project_id = ours.names.get((name, code))
        if project_id is not None:
            of_project = rows.setdefault(project_id, {})
            of_project[task] = of_project.get(task, 0) + count
    for project_id, tasks in rows.items():
        names = names_by_uid(ctx, project_id)
        by_name = _unique(names)
        known = {_fold(text): uid for text, uid in known_tasks(project_id, found.source).items() if uid in names}
        uids: dict[str, int] = {}
        for task in tasks:
            answer = said.get(_fold(task))
            if answer is None:
                uid = known.get(_fold(task), by_name.get(_fold(task)))
            elif _fold(answer) in _NO_TASK:
                uid = None
            else:
                uid = int(answer) if answer.isdecimal() and int(answer) in names else by_name.get(_fold(answer))
                if uid is None:
                    result.questions.append(_no_row(task, answer, tasks[task]))
                else:
                    result.answered.setdefault(project_id, {})[task] = uid
            if uid is not None:
                uids[task] = uid
        result.uids |= {(project_id, task): uid for task, uid in uids.items()}
        if names and project_id == ours.own:
            result.shown = [
                {"name": task, "rows": count, "task": names[uids[task]] if task in uids else ""}
                for task, count in sorted(tasks.items(), key=lambda item: (-item[1], item[0]))[:MOST_TASKS]
            ]
    return result


_NO_TASK = frozenset({"none", "-"})


def _unique(names: Mapping[int, str]) -> dict[str, int]:
    """The rows of a plan by name; a name that two bear is nobody's."""
    found: dict[str, list[int]] = {}
    for uid, name in names.items():
        found.setdefault(_fold(name), []).append(uid)
    return {name: uids[0] for name, uids in found.items() if len(uids) == 1}


def _no_row(task: str, answer: str, count: int) -> dict[str, Any]:
    message = (
        f"'{answer}' is not the name of one row of the plan. Which row is '{task}'? Give its name or uid, or 'none'."
    )
    return _question(f"task:{task}", message, (), count, again=True)


def _fold(text: str) -> str:
    return " ".join(str(text).casefold().split())


# --- people ---------------------------------------------------------------------------------


@dataclass
class _People:
    """Who the file's people are; `aliases` are the names that a person has answered for."""

    ids: dict[_Names, int] = field(default_factory=dict)
    aliases: dict[str, int] = field(default_factory=dict)
    questions: list[dict[str, Any]] = field(default_factory=list)


def _match(
    ctx: Context,
    found: HoursFile,
    ours: Mapping[_Names, int],
    answers: Mapping[str, str],
    mapping: Mapping[str, Any],
) -> _People:
    """Answers first, then e-mail, remembered name and unique full name. Nobody is ever created."""
    rows: dict[_Names, int] = {}
    for (name, email, project, code), count in found.who.items():
        if name and (project, code) in ours:
            rows[name, email] = rows.get((name, email), 0) + count
    said = {_fold(text): str(value) for text, value in _asked(mapping, "people").items()}
    said |= {_fold(text.removeprefix("person:")): value for text, value in answers.items() if text[:7] == "person:"}
    known = match_people(found.source, {(name, _email(name, email)) for name, email in rows})
    result = _People()
    unknown: dict[_Names, int] = {}
    answered: dict[_Names, str] = {}
    for (name, email), count in rows.items():
        answer = next((said[_fold(text)] for text in (name, email) if text and _fold(text) in said), None)
        if answer is not None:
            answered[name, email] = answer
        elif (name, _email(name, email)) in known:
            result.ids[name, email] = known[name, _email(name, email)]
        else:
            unknown[name, email] = count
    if not unknown and not answered:
        return result
    everybody = list(_everybody(ctx))
    wrong = {
        names: answer for names, answer in answered.items() if not _take_answer(ctx, result, names, answer, everybody)
    }
    unknown |= {names: rows[names] for names in wrong}
    named = [name for name, _ in unknown]
    for (name, email), count in sorted(unknown.items()):
        label = email if named.count(name) > 1 and email else name
        result.questions.append(_who_is(label, name, email, count, everybody, wrong.get((name, email), "")))
    return result


def _email(name: str, email: str) -> str:
    return email or (name if "@" in name else "")


def _take_answer(ctx: Context, result: _People, names: _Names, answer: str, everybody: Sequence[PersonRow]) -> bool:
    """Whether an answer names somebody: by id, e-mail, or a full name that only one person has."""
    called = [row for row in everybody if row.name.casefold() == answer.strip().casefold()]
    try:
        row = called[0] if len(called) == 1 else person(ctx, person=answer.strip())
    except (NotFound, Invalid):
        return False
    result.ids[names] = row.id
    result.aliases |= {text: row.id for text in names if text}
    return True


def _everybody(ctx: Context) -> Iterator[PersonRow]:
    cursor = ""
    while True:
        page = persons(ctx, active=True, cursor=cursor, limit=200)
        yield from page.items
        if not page.next:
            return
        cursor = page.next


def _who_is(
    label: str, name: str, email: str, count: int, everybody: list[PersonRow], wrong: str = ""
) -> dict[str, Any]:
    """The question who somebody is, with those of like names; after an answer that names nobody it says so."""
    near = sorted(((_likeness(name, email, row), row) for row in everybody), key=lambda pair: (-pair[0], pair[1].name))
    close = [row for likeness, row in near if likeness >= _LIKE][:_NEAR]
    hint = f" Perhaps {', '.join(f'{row.name} <{row.email}>' if row.email else row.name for row in close)}?"
    rows = "1 row" if count == 1 else f"{count:,} rows"
    message = f"Nobody is known as '{label}' ({rows}). Who is it?{hint if close else ''}"
    if wrong:
        message = f"'{wrong}' is nobody in Headway: give the e-mail or the whole name of a person. {message}"
    return _question(f"person:{label}", message, (row.email or str(row.id) for row in close), count, again=bool(wrong))


def _likeness(name: str, email: str, row: PersonRow) -> float:
    """0 to 1; words in any order, so that 'Member, Max' is like 'Max Member'."""

    def ordered(text: str) -> str:
        return " ".join(sorted(re.findall(r"\w+", text.casefold())))

    by_name = SequenceMatcher(None, ordered(name), ordered(row.name)).ratio()
    by_email = SequenceMatcher(None, email.casefold(), row.email.casefold()).ratio() if email and row.email else 0.0
    return max(by_name, by_email)


# --- rows -----------------------------------------------------------------------------------


@dataclass
class _Tally:
    rows: int = 0
    hours: Decimal = Decimal(0)

    def add(self, rows: int, hours: Decimal) -> None:
        self.rows += rows
        self.hours += hours

    def as_json(self) -> dict[str, Any]:
        return {"rows": self.rows, "hours": format(self.hours, "f")}


class _Split:
    """What of a file is taken, by project and person, and what is left out.

    projects    those that are taken, the one first that the file was brought for.
    by_project  what is taken of each.
    """

    def __init__(
        self,
        ctx: Context,
        about: Charter,
        found: HoursFile,
        ours: Mapping[_Names, int],
        people: Mapping[_Names, int],
    ) -> None:
        self._people = people
        others = sorted(set(ours.values()) - {about.id})
        self.projects = {about.id: about} | {pk: charter(ctx, project=pk) for pk in others}
        self.by_project = {project_id: _Tally() for project_id in self.projects}
        self._by_person: dict[_Names, _Tally] = {}
        self._others: dict[str, _Tally] = {}
        for (name, email, project, code), hours_worked in found.worked.items():
            rows, target = found.who.get((name, email, project, code), 0), ours.get((project, code))
            if target is None:
                self._others.setdefault(project or code, _Tally()).add(rows, hours_worked)
                continue
            self.by_project[target].add(rows, hours_worked)
            self._by_person.setdefault((name, email), _Tally()).add(rows, hours_worked)

    def as_json(self, effects: Mapping[int, ImportEffect]) -> dict[str, Any]:
        """What is taken, by person and by project, and what is left out, by project."""
        whole = _Tally()
        for tally in self.by_project.values():
            whole.add(tally.rows, tally.hours)
        return {
            "taken": whole.as_json(),
            "people": [
                {"name": name, "email": email, "person_id": self._people[name, email], **tally.as_json()}
                for (name, email), tally in sorted(self._by_person.items())
            ],
            "projects": [
                {
                    "key": self.projects[pk].key,
                    "name": self.projects[pk].name,
                    **tally.as_json(),
                    "create": effects[pk].create,
                    "update": effects[pk].update,
                    "unchanged": effects[pk].unchanged,
                    "missing": effects[pk].missing_count,
                }
                for pk, tally in self.by_project.items()
            ],
            "other_projects": [
                {"name": name or "(no project)", **tally.as_json()} for name, tally in sorted(self._others.items())
            ],
        }


def _described(found: HoursFile, errors: list[dict[str, Any]], questions: list[dict[str, Any]]) -> dict[str, Any]:
    """What every preview of hours says; the counts are 0 until the rows can be taken."""
    return {
        "applied": False,
        "create": 0,
        "update": 0,
        "unchanged": 0,
        "missing": 0,
        "missing_entries": [],
        "questions": questions,
        "errors": errors,
        "error_count": max(found.error_count, len(errors)),
        "warnings": list(found.warnings),
        "source": found.source,
        "label": found.label,
        "sheet": found.sheet,
        "fields": dict(found.fields),
        "columns": list(found.columns),
        "rows": found.count,
        "first_day": _iso(found.first_day),
        "last_day": _iso(found.last_day),
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _blocked(text: str, file_name: str) -> dict[str, Any]:
    return {"file": file_name, "field": "", "message": text}
