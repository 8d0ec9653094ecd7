"""What the names in an hours file mean: which projects, which rows of their plans, which people; and what is asked.

By answer, by what was remembered, by what is the same beyond doubt. Nobody and nothing is ever made.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from headway.areas.hours.known_names import known_projects, known_tasks
from headway.areas.people.queries import match_people, person, persons
from headway.areas.people.types import PersonRow
from headway.areas.projects.queries import named_projects
from headway.areas.projects.types import Charter
from headway.areas.schedule.my_tasks import names_by_uid
from headway.documents.child import Refused
from headway.documents.exchange.hours import HoursFile
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import Invalid, NotFound

MOST_TASKS = 200  # shown in a preview
SKIP = "skip"
_NEAR = 5
_LIKE = 0.55

Names = tuple[str, str]  # person and e-mail, or project and code


def asked(mapping: Mapping[str, Any], part: str) -> Mapping[str, Any]:
    """A part of the mapping that holds names; raises Refused for anything else."""
    given = mapping.get(part, {})
    if not isinstance(given, Mapping):
        raise Refused(f"In the mapping, '{part}' must be an object of names.", {"field": part})
    return given


def _question(name: str, message: str, choices: Iterable[str], rows: int, *, again: bool = False) -> dict[str, Any]:
    """`again`: it was answered, and the answer settled nothing."""
    question = {"field": name, "message": message, "choices": list(choices), "assumed": "", "rows": rows}
    return question | ({"again": True} if again else {})


# --- projects -------------------------------------------------------------------------------


def answered(mapping: Mapping[str, Any]) -> dict[str, str]:
    """The mapping's projects, as answers to the questions of `Targets`."""
    return {f"project:{name}": str(key) for name, key in asked(mapping, "projects").items()}


class Targets:
    """Which project each (project, code) pair of the file means, of those that are taken.

    By answer, remembered name, key or name; a file that names no project at all is taken whole into the one it was
    brought for. Other projects are taken along where `every` asks for it, or somebody answered with their key.
    answered  names that somebody has answered for with a project, to be remembered.
    """

    def __init__(
        self, ctx: Context, found: HoursFile, about: Charter, answers: Mapping[str, str], *, every: bool
    ) -> None:
        self.names: dict[Names, int] = {}
        self.answered: dict[str, int] = {}
        self.questions: list[dict[str, Any]] = []
        self._about, self._every, self.own = about, every, about.id
        rows: dict[Names, int] = {}
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
class TasksMeant:
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


def match_tasks(ctx: Context, found: HoursFile, ours: Targets, answers: Mapping[str, str]) -> TasksMeant:
    """By answer, remembered name, and a name that one row of the plan alone bears. What matches none is a phase."""
    said = {_fold(name[5:]): value.strip() for name, value in answers.items() if name[:5] == "task:"}
    result = TasksMeant()
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
class PeopleMeant:
    """Who the file's people are; `aliases` are the names that a person has answered for."""

    ids: dict[Names, int] = field(default_factory=dict)
    aliases: dict[str, int] = field(default_factory=dict)
    questions: list[dict[str, Any]] = field(default_factory=list)


def match_names(
    ctx: Context,
    found: HoursFile,
    ours: Mapping[Names, int],
    answers: Mapping[str, str],
    mapping: Mapping[str, Any],
) -> PeopleMeant:
    """Answers first, then e-mail, remembered name and unique full name. Nobody is ever created."""
    rows: dict[Names, int] = {}
    for (name, email, project, code), count in found.who.items():
        if name and (project, code) in ours:
            rows[name, email] = rows.get((name, email), 0) + count
    said = {_fold(text): str(value) for text, value in asked(mapping, "people").items()}
    said |= {_fold(text.removeprefix("person:")): value for text, value in answers.items() if text[:7] == "person:"}
    known = match_people(found.source, {(name, _email(name, email)) for name, email in rows})
    result = PeopleMeant()
    unknown: dict[Names, int] = {}
    answered: dict[Names, str] = {}
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


def _take_answer(ctx: Context, result: PeopleMeant, names: Names, answer: str, everybody: Sequence[PersonRow]) -> bool:
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
