"""Hours by one line of words: what it means for the person who writes it, and logging it once nothing is open.

Names are looked up among the projects on which the person may log, and the tasks of the plan. A name that fits several
is asked for, those worked on lately first; being worked on lately never decides. Taking the line apart is `lines`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from headway.areas.hours.commands import log
from headway.areas.hours.line_words import Named, chosen, plain_text, tidy
from headway.areas.hours.lines import EntryLine, read_entry
from headway.areas.hours.models import TimeEntry
from headway.areas.hours.sheets import DAY_HOURS, own_hours_on, usual
from headway.areas.hours.sums import plain
from headway.areas.hours.types import EntryRow, Hours, LineChoice, LineQuestion, LineRead
from headway.areas.hours.weeks import RowKey, own_entries
from headway.areas.people.queries import own_organisation_defaults
from headway.areas.projects.queries import charter, members, my_person_id, named_projects
from headway.areas.projects.types import ProjectId, ProjectRow
from headway.areas.schedule.my_tasks import task_of_number, tasks_by_uid, tasks_named
from headway.areas.schedule.rows import numbered_rows
from headway.kernel.access import may
from headway.kernel.commands import journey
from headway.kernel.context import Context
from headway.kernel.errors import FieldError, Invalid
from headway.kernel.queries import query
from headway.kernel.schema import ShortText, Text

LATELY = timedelta(weeks=8)
_CHOICES = 8
_LONGEST_NAME = 8  # words
_SMALL = 3  # letters: a shorter word alone is no part of a name


@query(permission="hours.log")
def read_line(ctx: Context, *, line: ShortText, project: ProjectId | None = None) -> LineRead:
    """What a line such as '2h Acme design review yesterday' means as hours, and what it leaves open; nothing is saved.

    project  the one that counts where the line names none.
    """
    return understood(ctx, line, here=project)


@journey(permission="hours.log", name="hours.log_line")
def log_line(
    ctx: Context,
    *,
    line: ShortText,
    project: ProjectId | None = None,
    task_uid: int | None = None,
    day: date | None = None,
    hours: Hours | None = None,
    note: Text | None = None,
    billable: bool | None = None,
) -> EntryRow:
    """Log hours by one line of words: '2h Acme design review yesterday', '9-11:30 #SITE call fri non-billable'.

    Where the line leaves something open nothing is saved, and the answer names each question with its choices; give
    the same line again with project, task_uid, day or hours, which go before what the line says.
    """
    read = understood(ctx, line, here=project, named=project)
    read = _answered(ctx, read, task_uid=task_uid, day=day, hours=hours, note=note, billable=billable)
    if read.questions or read.project_id is None or read.day is None or read.hours is None:
        raise Invalid(
            " ".join(question.words for question in read.questions),
            fields=[FieldError(question.field, question.words) for question in read.questions],
            extra={"questions": [_as_json(question) for question in read.questions]},
        )
    return _logged(ctx, read, read.project_id, read.day, read.hours)


def _logged(ctx: Context, read: LineRead, project_id: int, day: date, hours: Decimal) -> EntryRow:
    person = read.person_id or my_person_id(ctx) or 0
    there = own_hours_on(ctx, person, day)
    if there + hours > DAY_HOURS:
        raise Invalid(
            f"{_said(day)} would have {plain(there + hours)} hours; a day has 24, and {plain(there)} are logged.",
            fields=[FieldError("hours", "more than a day has", value=str(hours))],
        )
    role, paid = usual(ctx, person, RowKey(project_id, read.task_uid, read.phase), day)
    tasks = tasks_by_uid(ctx, project_id, [read.task_uid]) if read.task_uid is not None else {}
    task = tasks.get(read.task_uid or 0)
    entry: EntryRow = log(
        ctx,
        project=project_id,
        day=day,
        hours=hours,
        person=read.person_id,
        task=task.id if task else None,
        phase=read.phase or None,
        role=role,
        note=read.note,
        billable=paid if read.billable is None else read.billable,
        start=read.start,
        end=read.end,
    )
    return entry


def _as_json(question: LineQuestion) -> dict[str, object]:
    choices = [{"value": one.value, "name": one.name} for one in question.choices]
    return {"field": question.field, "words": question.words, "choices": choices}


def _answered(
    ctx: Context,
    read: LineRead,
    *,
    task_uid: int | None,
    day: date | None,
    hours: Decimal | None,
    note: str | None,
    billable: bool | None,
) -> LineRead:
    """The line with what was answered beside it."""
    answers = {"task_uid": task_uid, "day": day, "hours": hours}
    read = replace(
        read,
        questions=tuple(question for question in read.questions if answers.get(question.field) is None),
        day=day or read.day,
        hours=hours or read.hours,
        note=read.note if note is None else note,
        billable=read.billable if billable is None else billable,
    )
    if task_uid is None or read.project_id is None:
        return read
    task = tasks_by_uid(ctx, read.project_id, [task_uid]).get(task_uid)
    if task is None:
        raise Invalid("No task of this plan has that uid.", fields=[FieldError("task_uid", "unknown")])
    return replace(read, task_uid=task_uid, phase=task.name)


# --- understanding ----------------------------------------------------------------------------


def understood(ctx: Context, text: str, *, here: int | None = None, named: int | None = None) -> LineRead:
    """A line with its names looked up.

    here   the project that counts where the line names none. named: the one that counts whatever the line says.
    """
    today = ctx.now.astimezone(ZoneInfo(own_organisation_defaults()[1])).date()
    line = read_entry(text, today)
    known = {pk: row for pk, row in named_projects(ctx).items() if may(ctx, "hours.log", project_id=pk)}
    questions = [LineQuestion(field, words) for field, words in line.unclear]
    place = _place(ctx, line, known, here=here, named=named)
    if place.question is not None:
        questions.append(place.question)
    row = known.get(place.project or 0)
    task = _task(ctx, row, place) if row is not None else _Task(None, "", place.rest)
    person, whose = _person(ctx, line, row)
    questions += [question for question in (task.question, whose) if question is not None]
    unclear_day = any(question.field == "day" for question in questions)
    day = line.day or (None if unclear_day else today)
    zone = ZoneInfo(charter(ctx, project=row.id).time_zone) if row is not None else None
    return LineRead(
        hours=line.hours,
        amount=line.amount,
        start=_moment(day, line.start, zone),
        end=_moment(day, line.end, zone),
        day=day,
        project_id=row.id if row else None,
        project_key=row.key if row else "",
        project=row.name if row else "",
        task_uid=task.uid,
        phase=task.name,
        note=task.rest,
        billable=line.billable,
        person_id=int(person.id) if person else None,
        person=person.name if person else "",
        questions=tuple(questions),
    )


def _moment(day: date | None, at: time | None, zone: ZoneInfo | None) -> datetime | None:
    return datetime.combine(day, at, zone) if day is not None and at is not None and zone is not None else None


def _said(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"


# --- projects ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Place:
    """The project that a line names, the number of a row of its plan, and the rest of the line."""

    project: int | None
    rest: str
    number: int | None = None
    question: LineQuestion | None = None


@dataclass(frozen=True, slots=True)
class _Match:
    """Projects that the words from `first` to before `last` name; `whole` = by a whole name, not by its beginning."""

    projects: frozenset[int]
    first: int
    last: int
    whole: bool


def _place(
    ctx: Context, line: EntryLine, known: Mapping[int, ProjectRow], *, here: int | None, named: int | None
) -> _Place:
    words = line.rest.split()
    reference = _reference(line.rest, known)
    if reference is not None and named in (None, reference.project):
        return reference
    if named is not None and named in known:
        match = next((one for one in _matches(words, {named: known[named]}) if one.first == 0), None)
        return _Place(named, tidy(" ".join(words[match.last :])) if match else line.rest)
    if line.project:
        return _after_sign(ctx, line, known)
    matches = _matches(words, known)
    whole = [match for match in matches if match.whole]
    used = next(iter(whole or matches), None)
    if used is None:
        if here in known:
            return _Place(here, line.rest)
        return _Place(None, line.rest, question=_which(ctx, "", (), known))
    among = used.projects
    for other in whole:
        among = among & other.projects or among
    if here is not None and here in known and here not in among and not used.whole:
        among |= {here}
    if len(among) == 1:
        return _Place(next(iter(among)), tidy(" ".join(words[: used.first] + words[used.last :])))
    name = f"'{' '.join(words[used.first : used.last])}'"
    return _Place(None, line.rest, question=_which(ctx, name, among, known))


def projects_named_in(text: str, known: Mapping[int, ProjectRow]) -> frozenset[int]:
    """The projects whose key, whole name or client a text names; narrowed where it names several things."""
    reference = _reference(text, known)
    if reference is not None and reference.project is not None:
        return frozenset({reference.project})
    among: frozenset[int] = frozenset()
    for match in _matches(text.split(), known):
        if match.whole:
            among = (among & match.projects) or among or match.projects
    return among


def _after_sign(ctx: Context, line: EntryLine, known: Mapping[int, ProjectRow]) -> _Place:
    """The project behind '#', by its key or by words of its name."""
    by_key = {row.key: pk for pk, row in known.items()}
    found = chosen(line.project, [Named(row.key, row.name) for row in known.values()])
    if found.id:
        return _Place(by_key[found.id], line.rest)
    among = [by_key[item.id] for item in found.among]
    return _Place(None, line.rest, question=_which(ctx, f"'#{line.project}'", among, known))


def _reference(text: str, known: Mapping[int, ProjectRow]) -> _Place | None:
    """'SITE-12' is row 12 of the plan of SITE; 'SITE' alone, written as it is, is the project."""
    for pk, row in sorted(known.items(), key=lambda item: -len(item[1].key)):
        match = re.search(rf"(?<![\w-]){re.escape(row.key)}(?:-(\d{{1,6}}))?(?![\w-])", text)
        if match is not None:
            rest = tidy(text[: match.start()] + " " + text[match.end() :])
            return _Place(pk, rest, int(match[1]) if match[1] else None)
    return None


def _matches(words: Sequence[str], known: Mapping[int, ProjectRow]) -> list[_Match]:
    """Words that are the whole name, key or client of projects, wherever they stand; or, in front, begin a name."""
    names = {pk: [_plain_words(name) for name in (row.key, row.name, row.client) if name] for pk, row in known.items()}
    said = [plain_text(word.strip(",;:.()\"'“”")) for word in words]
    found: list[_Match] = []
    place = 0
    while place < len(said):
        match = _longest(said, place, names)
        if match is not None:
            found.append(match)
        place = match.last if match else place + 1
    return found


def _longest(said: Sequence[str], place: int, names: Mapping[int, list[list[str]]]) -> _Match | None:
    for last in range(min(len(said), place + _LONGEST_NAME), place, -1):
        part = list(said[place:last])
        whole = frozenset(pk for pk, mine in names.items() if part in mine)
        if whole:
            return _Match(whole, place, last, whole=True)
        if place or (len(part) == 1 and len(part[0]) < _SMALL):
            continue
        begun = frozenset(pk for pk, mine in names.items() if any(name[: len(part)] == part for name in mine))
        if begun:
            return _Match(begun, place, last, whole=False)
    return None


def _plain_words(name: str) -> list[str]:
    return plain_text(name).split()


def _which(ctx: Context, name: str, among: Iterable[int], known: Mapping[int, ProjectRow]) -> LineQuestion:
    """The question which project is meant, those worked on lately first."""
    lately = _lately(ctx)
    several = sorted(among, key=lambda pk: (-lately.get(pk, date.min).toordinal(), known[pk].name))
    offered = several or sorted(lately, key=lambda pk: -lately[pk].toordinal())
    choices = [LineChoice(str(pk), f"{known[pk].key} {known[pk].name}") for pk in offered if pk in known][:_CHOICES]
    if several:
        named = " or ".join(f"{known[pk].name} (#{known[pk].key})" for pk in several[:4])
        words = f"{name} may be {named}. Add the key to the line."
    elif name:
        words = f"{name} names no project on which you may log hours. Write # and its key, or words of its name."
    else:
        words = "Say for which project: # and its key, words of its name, or its client."
    return LineQuestion("project", words, tuple(choices))


def _lately(ctx: Context) -> dict[int, date]:
    """The projects on which the person logged in the last weeks, with the newest day."""
    return dict(_of_late(ctx).order_by("day").values_list("project_id", "day"))


def _of_late(ctx: Context) -> QuerySet[TimeEntry]:
    today = ctx.now.date()
    return own_entries(ctx, my_person_id(ctx) or 0, today - LATELY, today + timedelta(days=1))


# --- tasks and people -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Task:
    """What hours are logged on: a row of the plan, or a phase by its name alone (uid None). rest: of the line."""

    uid: int | None
    name: str
    rest: str
    question: LineQuestion | None = None


def _task(ctx: Context, row: ProjectRow, place: _Place) -> _Task:
    """The task that a line names: by the number of its row, or by its whole name in front."""
    if place.number is not None:
        found = task_of_number(ctx, row.id, place.number)
        if found is not None:
            return _Task(found.uid, found.name, place.rest)
        words = f"The plan of {row.name} has no row {place.number}. Name the task, or leave the number out."
        return _Task(None, "", place.rest, LineQuestion("task_uid", words))
    words_ = place.rest.split()
    phrases: dict[str, int] = {}
    for count in range(1, min(len(words_), 2 * _LONGEST_NAME) + 1):
        phrase = " ".join(words_[:count])
        phrases[phrase] = count
        phrases.setdefault(phrase.rstrip(":;,."), count)  # 'content entered: wrote the copy'
    phrases.pop("", None)
    named = tasks_named(ctx, row.id, phrases) if phrases else ()
    if not named:
        return _phase(ctx, row, phrases, place.rest)
    longest = max(len(task.name) for task in named)
    same = [task for task in named if len(task.name) == longest]
    rest = tidy(" ".join(words_[len(same[0].name.split()) :]))
    if len(same) == 1:
        return _Task(same[0].uid, same[0].name, rest)
    uids = {task.uid for task in same}
    own = set(_of_late(ctx).filter(project_id=row.id).values_list("task_uid", flat=True))
    rows = sorted((one for one in numbered_rows(row.id) if one.uid in uids), key=lambda one: one.uid not in own)
    choices = tuple(LineChoice(str(one.uid), f"{one.name}, row {one.number}") for one in rows[:_CHOICES])
    said = f"{len(same)} tasks of {row.name} are called '{same[0].name}'. Write {row.key}- and the number of the row."
    return _Task(None, "", rest, LineQuestion("task_uid", said, choices))


def _phase(ctx: Context, row: ProjectRow, phrases: Mapping[str, int], rest: str) -> _Task:
    """Words in front that are a phase on which the person logged lately, without a row of the plan."""
    logged = _of_late(ctx).filter(project_id=row.id, task_uid=None).exclude(phase="")
    phases = {phase.casefold(): phase for phase in logged.values_list("phase", flat=True)} if phrases else {}
    for phrase, count in sorted(phrases.items(), key=lambda item: -item[1]):
        if phrase.casefold() in phases:
            return _Task(None, phases[phrase.casefold()], tidy(" ".join(rest.split()[count:])))
    return _Task(None, "", rest)


def _person(ctx: Context, line: EntryLine, row: ProjectRow | None) -> tuple[Named | None, LineQuestion | None]:
    """Whose hours they are, where the line names somebody of the project."""
    if not line.person or row is None:
        return None, None
    people = {str(one.person_id): one.name for one in members(ctx, project=row.id)}
    found = chosen(line.person, [Named(number, name) for number, name in people.items()])
    if found.id:
        return Named(found.id, people[found.id]), None
    among = " or ".join(item.name for item in found.among[:4])
    words = f"'@{line.person}' may be {among}." if among else f"'@{line.person}' is nobody on {row.name}."
    choices = tuple(LineChoice(item.id, item.name) for item in found.among[:_CHOICES])
    return None, LineQuestion("person", f"{words} Write more of the name.", choices)
