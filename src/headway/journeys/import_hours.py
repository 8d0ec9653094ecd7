"""An hours export into a project: read in a child process, previewed, taken whole in one transaction, undone whole.

People are matched, never created; rows of other projects are counted and left out; what was taken
before is known again. Nothing but the import's own record is written before it is applied.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from headway.areas.hours import commands as hours
from headway.areas.hours.staging import Taken, pack, taken, undo_facts
from headway.areas.hours.types import MissingRule
from headway.areas.people.queries import match_people, person, persons
from headway.areas.people.types import PersonRow
from headway.areas.projects import commands as projects
from headway.areas.projects.queries import charter, import_content, imports
from headway.areas.projects.types import Charter, ImportRow, ImportState
from headway.documents.child import ChildError, Refused
from headway.documents.exchange.hours import HoursFile, HoursRow, read_upload
from headway.journeys.refusals import error_rows
from headway.journeys.undoing import UndoEffect
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Invalid, NotFound

MOST_ERRORS = 500
MOST_QUESTIONS = 200
MOST_ROWS = 200_000  # of one project in one file: what one transaction takes in bounded memory
SKIP = "skip"
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
             person's id or e-mail, "project:<name>" with the project's key or 'skip', "missing" with keep or remove.
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
        rule = _missing_rule(answers)
        found, rows = read_upload(
            path, name=_plain_name(batch.file_name), answers=answers, mapping=_for_reader(batch.mapping)
        )
        ours = _our_projects(found, about, answers, batch.mapping)
        _not_too_many(found, ours.names)
        people = _match(ctx, found, ours.names, answers, batch.mapping)
    except (Refused, ChildError) as error:
        preview = {"errors": error_rows(error, file=batch.file_name), "questions": []}
        return projects.keep_preview(ctx, batch=batch.id, parsed=None, preview=preview, failed=True)
    errors = [error.as_json() | {"file": batch.file_name} for error in found.errors[:MOST_ERRORS]] + people.errors
    questions = [question.as_json() for question in found.questions] + ours.questions + people.questions
    preview = _described(found, errors, questions[:MOST_QUESTIONS])
    if errors or questions or not found.usable:
        return projects.keep_preview(ctx, batch=batch.id, parsed=None, preview=preview, failed=bool(errors))
    taking = _Split(about, ours.names, people.ids)
    packed = pack(taking.of(rows))
    effect = hours.stage_entries(
        ctx,
        project=batch.project_id,
        batch=batch.id,
        source=found.source,
        packed=packed,
        first=found.first_day,
        last=found.last_day,
        missing=rule,
    )
    blocked = [_blocked(text, batch.file_name) for text in effect.blocked]
    preview |= effect.as_json() | taking.as_json() | {"errors": blocked, "error_count": len(blocked)}
    parsed = {
        "first": found.first_day.isoformat() if found.first_day else None,
        "last": found.last_day.isoformat() if found.last_day else None,
        "missing": rule.value,
        "aliases": people.aliases,
    }
    return projects.keep_preview(ctx, batch=batch.id, parsed=parsed, preview=preview, failed=bool(blocked))


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
        aliases=parsed["aliases"],
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


def _question(name: str, message: str, choices: Iterable[str], rows: int) -> dict[str, Any]:
    return {"field": name, "message": message, "choices": list(choices), "assumed": "", "rows": rows}


# --- projects -------------------------------------------------------------------------------


@dataclass
class _Ours:
    """Which (project, code) pairs of the file are this project."""

    names: set[_Names] = field(default_factory=set)
    questions: list[dict[str, Any]] = field(default_factory=list)


def _our_projects(found: HoursFile, about: Charter, answers: Mapping[str, str], mapping: Mapping[str, Any]) -> _Ours:
    """By key or name, or as answered; a file that names no project at all is taken whole."""
    rows: dict[_Names, int] = {}
    for (_, _, name, code), count in found.who.items():
        rows[name, code] = rows.get((name, code), 0) + count
    ours = _Ours()
    if set(rows) <= {("", "")}:
        ours.names = set(rows)
        return ours
    said = {_fold(name.removeprefix("project:")): value for name, value in answers.items() if name[:8] == "project:"}
    said |= {_fold(name): str(value) for name, value in _asked(mapping, "projects").items()}
    wanted = {_fold(about.key), _fold(about.name), str(about.id)}
    unknown: dict[str, int] = {}
    for (name, code), count in rows.items():
        answer = next((said[_fold(text)] for text in (name, code) if _fold(text) in said), None)
        if answer is not None:
            if _fold(answer) in wanted:
                ours.names.add((name, code))
        elif {_fold(name), _fold(code)} & wanted:
            ours.names.add((name, code))
        elif name or code:
            unknown[name or code] = unknown.get(name or code, 0) + count
    if not ours.names:
        ours.questions = [
            _question(
                f"project:{name}",
                f"No row names the project {about.key}. Do the {count:,} rows of '{name}' belong to it?",
                (about.key, SKIP),
                count,
            )
            for name, count in sorted(unknown.items(), key=lambda item: (-item[1], item[0]))
        ]
    return ours


def _not_too_many(found: HoursFile, ours: set[_Names]) -> None:
    rows = sum(count for (_, _, name, code), count in found.who.items() if (name, code) in ours)
    if rows > MOST_ROWS:
        raise Refused(
            f"The file holds {rows:,} rows of this project; one import takes {MOST_ROWS:,}. "
            "Export it in parts, such as one for each year."
        )


def _fold(text: str) -> str:
    return " ".join(str(text).casefold().split())


# --- people ---------------------------------------------------------------------------------


@dataclass
class _People:
    """Who the file's people are; `aliases` are the names that a person has answered for."""

    ids: dict[_Names, int] = field(default_factory=dict)
    aliases: dict[str, int] = field(default_factory=dict)
    questions: list[dict[str, Any]] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)


def _match(
    ctx: Context,
    found: HoursFile,
    ours: set[_Names],
    answers: Mapping[str, str],
    mapping: Mapping[str, Any],
) -> _People:
    """Answers first, then e-mail, remembered name and unique full name. Nobody is ever created."""
    rows: dict[_Names, int] = {}
    for (name, email, project, code), count in found.who.items():
        if name and (project, code) in ours:
            rows[name, email] = rows.get((name, email), 0) + count
    said = {_fold(text.removeprefix("person:")): value for text, value in answers.items() if text[:7] == "person:"}
    said |= {_fold(text): str(value) for text, value in _asked(mapping, "people").items()}
    known = match_people(found.source, {(name, _email(name, email)) for name, email in rows})
    result = _People()
    unknown: dict[_Names, int] = {}
    for (name, email), count in rows.items():
        answer = next((said[_fold(text)] for text in (name, email) if text and _fold(text) in said), None)
        if answer is not None:
            _take_answer(ctx, result, (name, email), answer)
        elif (name, _email(name, email)) in known:
            result.ids[name, email] = known[name, _email(name, email)]
        else:
            unknown[name, email] = count
    if unknown:
        everybody = list(_everybody(ctx))
        named = [name for name, _ in unknown]
        for (name, email), count in sorted(unknown.items()):
            label = email if named.count(name) > 1 and email else name
            result.questions.append(_who_is(label, name, email, count, everybody))
    return result


def _email(name: str, email: str) -> str:
    return email or (name if "@" in name else "")


def _take_answer(ctx: Context, result: _People, names: _Names, answer: str) -> None:
    try:
        row = person(ctx, person=answer.strip())
    except (NotFound, Invalid):
        message = f"'{answer}' is nobody known. Give the id or e-mail of a person in Headway."
        result.errors.append({"file": "", "field": f"person:{names[0]}", "value": answer, "message": message})
        return
    result.ids[names] = row.id
    result.aliases |= {text: row.id for text in names if text}


def _everybody(ctx: Context) -> Iterator[PersonRow]:
    cursor = ""
    while True:
        page = persons(ctx, active=True, cursor=cursor, limit=200)
        yield from page.items
        if not page.next:
            return
        cursor = page.next


def _who_is(label: str, name: str, email: str, count: int, everybody: list[PersonRow]) -> dict[str, Any]:
    near = sorted(((_likeness(name, email, row), row) for row in everybody), key=lambda pair: (-pair[0], pair[1].name))
    close = [row for likeness, row in near if likeness >= _LIKE][:_NEAR]
    hint = f" Perhaps {', '.join(f'{row.name} <{row.email}>' if row.email else row.name for row in close)}?"
    message = f"Nobody is known as '{label}' ({count:,} rows). Who is it?{hint if close else ''}"
    return _question(f"person:{label}", message, (row.email or str(row.id) for row in close), count)


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

    def add(self, hours: Decimal) -> None:
        self.rows += 1
        self.hours += hours

    def as_json(self) -> dict[str, Any]:
        return {"rows": self.rows, "hours": format(self.hours, "f")}


class _Split:
    """Parts the file's rows into this project's, which become entries, and others, which are counted."""

    def __init__(self, about: Charter, ours: set[_Names], people: Mapping[_Names, int]) -> None:
        self._ours, self._people = ours, people
        self._own_zone = about.time_zone
        self._zones: dict[str, ZoneInfo] = {}
        self._total = _Tally()
        self._by_person: dict[_Names, _Tally] = {}
        self._others: dict[str, _Tally] = {}

    def of(self, rows: Iterable[HoursRow]) -> Iterator[Taken]:
        """This project's rows, ready to be entries."""
        for row in rows:
            if (row.project, row.project_code) not in self._ours:
                self._others.setdefault(row.project or row.project_code, _Tally()).add(row.hours)
                continue
            names = (row.person, row.email)
            self._total.add(row.hours)
            self._by_person.setdefault(names, _Tally()).add(row.hours)
            zone = (row.zone or self._own_zone) if row.start else ""
            yield taken(
                row,
                person_id=self._people[names],
                start=self._instant(row.start, zone),
                end=self._instant(row.end, zone),
                zone=zone,
            )

    def _instant(self, local: datetime | None, zone: str) -> datetime | None:
        if local is None or not zone:
            return None
        if zone not in self._zones:
            self._zones[zone] = ZoneInfo(zone)
        return local.replace(tzinfo=self._zones[zone]).astimezone(UTC)

    def as_json(self) -> dict[str, Any]:
        """What is taken, by person, and what is left out, by project."""
        return {
            "taken": self._total.as_json(),
            "people": [
                {"name": name, "email": email, "person_id": self._people[name, email], **tally.as_json()}
                for (name, email), tally in sorted(self._by_person.items())
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
