"""Files into a project: choose, preview with questions and faults, apply, look back, undo."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.people import queries as people
from headway.areas.people.queries import names_of
from headway.areas.people.types import PersonRow
from headway.areas.projects import queries
from headway.areas.projects.types import Charter, ImportRow, ImportState
from headway.areas.schedule.my_tasks import names_by_uid
from headway.documents.exchange.columns import is_table
from headway.interfaces.transfers import kept_upload
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.frame import Fact, Link
from headway.interfaces.web.imports.words import KINDS, STATES, many, steps
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.page import act, offered, page, say, show, warn, working_project
from headway.interfaces.web.submitting import day_of, pressed
from headway.interfaces.web.templatetags.formats import number, weekday_date
from headway.journeys import imports
from headway.journeys.undoing import UndoEffect
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Invalid, NotFound

_QUESTIONS = {
    "date_order": "In which order are dates written?",
    "decimal_sign": "Which sign parts hours from their decimals?",
    "mixed_signs": "Some numbers have another decimal sign. How are they read?",
    "doubled_columns": "Columns stand more than once and differ. Which is read?",
    "time_zone": "In which time zone are the times?",
    "missing": "What becomes of entries that the file no longer has?",
}
_ANSWERS = {
    "dmy": "day, month, year",
    "mdy": "month, day, year",
    "ymd": "year, month, day",
    "skip": "No, leave them out",
    "read each as it is written": "Each by its own sign",
    "read the first": "The first one",
    "keep": "Keep them",
    "remove": "Remove them",
}
MOST_SHOWN = 100
MOST_SUMS = 500
MOST_PLAN_ROWS = 500


@dataclass(frozen=True, slots=True)
class Question:
    """An open question as the page asks it."""

    field: str
    name: str
    message: str
    choices: tuple[tuple[str, str], ...]
    free: bool
    person: bool


@page()
def history(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """What was imported into a project, newest first."""
    project = working_project(ctx, key)
    rows = [(row, *STATES[row.state]) for row in queries.imports(ctx, project=project.id)]
    waiting = sum(1 for row, *_ in rows if row.state is ImportState.PREVIEW)
    values = {
        "rows": rows,
        "answer": f"{many(len(rows))}; {waiting or 'none'} waiting for you." if rows else "",
    }
    return show(request, ctx, "imports/history.html", values, project=project, tab="imports")


@page("POST")
def new(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """Choose a file; it is read at once, and nothing changes."""
    project = working_project(ctx, key)
    offered(ctx, "projects.import", project)
    kind = request.POST.get("kind", request.GET.get("kind", "plan"))
    earlier = _earlier(ctx, project, request.POST.get("after", request.GET.get("after", "")))
    error, status = "", 200
    if request.method == "POST":
        try:
            brought = kept_upload(ctx, request)
            row = imports.preview(
                ctx,
                project=project.id,
                kind=kind,
                file=brought.id,
                answers=_brought_with(request, earlier),
                mapping=earlier.mapping or None if earlier else None,
            )
        except (Invalid, Conflict) as refusal:
            error, status = refusal.fields[0].message.capitalize() + "." if refusal.fields else refusal.message, 422
        else:
            return redirect(reverse("import", args=[key, row.id]))
    label, accept, hint = KINDS.get(kind, KINDS["plan"])
    values = {
        "kind": kind if kind in KINDS else "plan",
        "kinds": [(name, words[0]) for name, words in KINDS.items()],
        "label": label,
        "accept": accept,
        "help": hint,
        "error": error,
        "earlier": earlier,
        "steps": steps(0),
    }
    crumbs = (Link("Import a file"),)
    return show(request, ctx, "imports/new.html", values, project=project, tab="imports", crumbs=crumbs, status=status)


def _brought_with(request: HttpRequest, earlier: ImportRow | None) -> dict[str, str] | None:
    """The answers that a file comes with: those of an earlier one, and whether other projects are taken along."""
    answers = dict(earlier.answers) if earlier else {}
    if request.POST.get("projects") == "all":
        answers["projects"] = "all"
    return answers or None


def _earlier(ctx: Context, project: Charter, batch: str) -> ImportRow | None:
    """The import whose answers a mended file takes over."""
    if not batch.isdigit():
        return None
    return _row(ctx, project, int(batch))


@page("POST")
def one(request: HttpRequest, ctx: Context, key: str, batch: int) -> HttpResponse:
    """One import: what it would change or has changed; a POST answers its questions."""
    project = working_project(ctx, key)
    row = _row(ctx, project, batch)
    questions = _questions(ctx, row)
    status = 200
    if request.method == "POST":
        answers = {item.field: given for item in questions if (given := _given(request, item))}
        answers |= _chosen(request, row)
        if answers:
            return _answer(request, ctx, key, row, answers)
        status = 422
    preview = row.preview
    errors = preview.get("errors", [])
    words, tone = STATES[row.state]
    values = {
        "row": row,
        "state": words,
        "tone": tone,
        "steps": steps(2 if row.state in (ImportState.APPLIED, ImportState.UNDONE) else 1),
        "answer": _sentence(row, len(questions), preview.get("error_count", len(errors))),
        "counts": _counts(row),
        "questions": questions,
        "unanswered": status == 422,
        "errors": errors[:MOST_SHOWN],
        "more_errors": max(0, preview.get("error_count", len(errors)) - MOST_SHOWN),
        "differences": [_difference(item) for item in preview.get("differences", [])[:MOST_SHOWN]],
        "fidelity": [item for item in preview.get("fidelity", ()) if item["status"] != "kept"],
        "kept": [item for item in preview.get("fidelity", ()) if item["status"] == "kept"],
        "warnings": preview.get("warnings", [])[:20],
        "facts": _facts(row, locale_of(request)),
        "people": _people(row),
        "parts": preview.get("projects", ()) if len(preview.get("projects", ())) > 1 else (),
        "others": preview.get("other_projects", ()) if row.answers.get("projects") != "all" else (),
        "missing": [item | {"day": day_of(item["day"])} for item in preview.get("missing_entries", ())[:MOST_SHOWN]],
        "missing_count": preview.get("missing", 0) if row.kind == "hours" else 0,
        "removing": row.answers.get("missing") == "remove",
        "tasks": preview.get("file_tasks", ())[:MOST_SHOWN],
        "plan_rows": _plan_rows(ctx, project, row),
        "sums": _sums(row),
        "apart": sum(item["flag"] for _, rows in _sums(row) for item in rows),
        "is_open": row.state in (ImportState.PREVIEW, ImportState.FAILED),
        "everybody": _everybody(ctx) if any(item.field.startswith("person:") for item in questions) else (),
        "table": is_table(row.file_name) and row.state in (ImportState.PREVIEW, ImportState.FAILED),
        "undoing": _undoing(ctx, project, row),
        "ready": row.state is ImportState.PREVIEW and not errors and not questions,
    }
    crumbs = (Link(row.file_name),)
    return show(request, ctx, "imports/one.html", values, project=project, tab="imports", crumbs=crumbs, status=status)


def _difference(item: dict[str, Any]) -> dict[str, str]:
    """One changed field of a task in words."""
    name, field = str(item.get("task") or f"Task {item['uid']}"), str(item["field"])
    if field == "task":
        return {"name": str(item["old"]), "field": "No longer in the file", "old": "", "new": ""}
    field = field.replace("_", " ").capitalize()
    return {"name": name, "field": field, "old": _value(item["old"]), "new": _value(item["new"])}


def _value(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict) and "tenths" in value:
        return f"{value['tenths'] / 600:g} h"
    if isinstance(value, dict) and isinstance(value.get("amount"), dict):
        return _value(value["amount"])
    if isinstance(value, list | dict):
        return f"{len(value)} entries"
    return str(value).replace("T", " ") if str(value)[10:11] == "T" else str(value)


def _row(ctx: Context, project: Charter, batch: int) -> ImportRow:
    row: ImportRow = queries.show_import(ctx, batch=batch)
    if row.project_id != project.id:
        raise NotFound("There is nothing here.")
    return row


def _answer(request: HttpRequest, ctx: Context, key: str, row: ImportRow, answers: dict[str, str]) -> HttpResponse:
    return pressed(
        request,
        lambda: imports.answer(ctx, batch=row.id, answers=answers),
        done="Answered; the file was read again.",
        to=reverse("import", args=[key, row.id]),
    )


def _chosen(request: HttpRequest, row: ImportRow) -> dict[str, str]:
    """What was decided beside the questions: missing entries, other projects, rows of the plan for tasks."""
    allowed = {"missing": ("keep", "remove"), "projects": ("one", "all")}
    found = {name: request.POST[name] for name, values in allowed.items() if request.POST.get(name) in values}
    for place, item in enumerate(row.preview.get("file_tasks", ())):
        written = request.POST.get(f"task{place}", "").strip()
        if written:
            found[f"task:{item['name']}"] = written
    return found


def _plan_rows(ctx: Context, project: Charter, row: ImportRow) -> list[str]:
    """The names to choose from for the file's tasks, while they can be chosen."""
    if not row.preview.get("file_tasks") or row.state in (ImportState.APPLIED, ImportState.UNDONE):
        return []
    return list(dict.fromkeys(names_by_uid(ctx, project.id).values()))[:MOST_PLAN_ROWS]


def _sums(row: ImportRow) -> list[tuple[str, list[dict[str, Any]]]]:
    """File and store side by side, under their titles."""
    found = row.preview.get("reconciliation", {})
    titles = (("by_project", "Month and project"), ("by_person", "Month and person"))
    return [(title, found[name][:MOST_SUMS]) for name, title in titles if found.get(name)]


def _given(request: HttpRequest, question: Question) -> str:
    written = request.POST.get(f"{question.name}-other", "").strip()
    return written or request.POST.get(question.name, "").strip()


def _questions(ctx: Context, row: ImportRow) -> tuple[Question, ...]:
    found = []
    for place, item in enumerate(imports.open_questions(row)):
        field = str(item["field"])
        offered_ = tuple((str(choice), _ANSWERS.get(str(choice), str(choice))) for choice in item.get("choices", ()))
        if field.startswith("person:"):
            offered_ = tuple((value, _who(ctx, value)) for value, _ in offered_)
        elif field.startswith("project:"):
            offered_ = tuple((value, text if value == "skip" else f"Yes, {value}") for value, text in offered_)
        message = item.get("message") or _QUESTIONS.get(field, f"Which value has '{field}'?")
        message = message.partition(" Perhaps ")[0]  # those are the choices below
        person = field.startswith("person:")
        found.append(Question(field, f"q{place}", message, offered_, person or not offered_, person))
    return tuple(found)


def _who(ctx: Context, value: str) -> str:
    try:
        found = people.person(ctx, person=value)
    except NotFound:
        return value
    return f"{found.name} <{found.email}>" if found.email else str(found.name)


# What an import's rows are called, and the page that shows them.
_NOUNS = {"plan": "tasks", "hours": "entries", "invoices": "invoices"}
_SHOWN_ON = {"plan": "project", "hours": "hours", "invoices": "invoices"}


def _sentence(row: ImportRow, questions: int, errors: int) -> str:
    if row.state is ImportState.APPLIED:
        return "The file is imported. Undo takes back everything it changed."
    if row.state is ImportState.UNDONE:
        return "This import was undone; everything is as it was before."
    if errors:
        noun = "fault" if errors == 1 else "faults"
        return f"Nothing was changed: {errors} {noun} in the file. Mend it and choose it again."
    if questions:
        return f"{questions} {'question' if questions == 1 else 'questions'} to answer first. Nothing is changed yet."
    create, update = row.preview.get("create", 0), row.preview.get("update", 0)
    if not create and not update and not row.preview.get("missing"):
        return "The file changes nothing: everything in it is known already."
    noun = _NOUNS[row.kind]
    return f"{create} new and {update} changed {noun}. Nothing is changed until you apply it."


def _counts(row: ImportRow) -> tuple[tuple[str, str, Any], ...]:
    words = (("create", "New"), ("update", "Changed"), ("unchanged", "As before"), ("missing", "No longer in the file"))
    return tuple((name, label, row.preview[name]) for name, label in words if name in row.preview)


def _written(value: Any, locale: Locale) -> str:
    """A number or a day of a preview as people read it."""
    found = day_of(value) if isinstance(value, str) else None
    if found is not None:
        return weekday_date(found, locale)
    return number(value, locale) if isinstance(value, int) else str(value)


def _facts(row: ImportRow, locale: Locale) -> tuple[Fact, ...]:
    preview = row.preview
    names = (
        ("program", "Written by"),
        ("label", "Kind of export"),
        ("tasks", "Tasks"),
        ("links", "Links"),
        ("resources", "Resources"),
        ("rows", "Rows"),
        ("first_day", "First day"),
        ("last_day", "Last day"),
    )
    facts = [Fact(label, _written(preview[name], locale)) for name, label in names if preview.get(name)]
    if preview.get("compared"):
        count = preview["compared"]
        facts.append(Fact("Starts as in the file", f"{preview['start_equal']} of {count} tasks"))
        facts.append(Fact("Finishes as in the file", f"{preview['finish_equal']} of {count} tasks"))
    if preview.get("taken"):
        facts.append(Fact("Hours taken", preview["taken"]["hours"]))
    for currency, amount in preview.get("sums", {}).items():
        facts.append(Fact(f"Sum in {currency}", number(Decimal(amount), locale)))
    for other in preview.get("others", ())[:5]:
        facts.append(Fact(f"Left out: {other['name']}", f"{other['rows']} rows"))
    return tuple(facts)


@act
def apply(request: HttpRequest, ctx: Context, key: str, batch: int) -> HttpResponse:
    """Change what the preview said."""
    project = working_project(ctx, key)
    row = _row(ctx, project, batch)
    back = reverse("import", args=[key, batch])
    try:
        applied = imports.apply(ctx, batch=row.id)
    except (Invalid, Conflict) as refusal:
        warn(request, refusal.message)
        return redirect(back)
    effect = _undoing(ctx, project, applied)
    undoable = effect is not None and not effect.against
    say(request, f"{row.file_name} is imported.", undo=reverse("import-undo", args=[key, batch]) if undoable else "")
    return redirect(reverse(_SHOWN_ON[row.kind], args=[key]))


def _undoing(ctx: Context, project: Charter, row: ImportRow) -> UndoEffect | None:
    """What undoing would do, for those who may."""
    if row.state is not ImportState.APPLIED or not may(ctx, "projects.import", project_id=project.id):
        return None
    effect: UndoEffect = imports.undo_effect(ctx, batch=row.id)
    return effect


def _people(row: ImportRow) -> list[dict[str, Any]]:
    """Who the file's people are, with what was taken of each."""
    found = row.preview.get("people", ())[:MOST_SHOWN]
    names = names_of(item["person_id"] for item in found)
    return [item | {"person": names.get(item["person_id"], "")} for item in found]


def _everybody(ctx: Context) -> tuple[PersonRow, ...]:
    """The first people to choose from while typing."""
    found = people.persons(ctx, active=True, limit=200)
    return tuple(row for row in found.items if row.email)


@act
def undo(request: HttpRequest, ctx: Context, key: str, batch: int) -> HttpResponse:
    """Take back a whole import."""
    project = working_project(ctx, key)
    row = _row(ctx, project, batch)
    return pressed(
        request,
        lambda: imports.undo(ctx, batch=row.id, discard_later=request.POST.get("discard_later") == "1"),
        done=f"{row.file_name} is undone.",
        to=reverse("import", args=[key, batch]),
    )
