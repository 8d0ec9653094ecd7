"""A page for every act: its form made from the signature, its refusals beside their fields, and what came of it."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping
from typing import Any

from django.forms import Field, Form
from django.forms.boundfield import BoundField
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse

from headway.areas.projects import queries as projects
from headway.areas.projects.types import Charter
from headway.interfaces.transfers import MAX_UPLOAD, kept_upload, kept_uploads
from headway.interfaces.web.addresses import PAGES, go_url
from headway.interfaces.web.finding.act_forms import (
    ActForm,
    label,
    offered_records,
    record_field,
    shown,
)
from headway.interfaces.web.finding.offers import acts, anchor_of, is_file, label_of, offers, title_of
from headway.interfaces.web.frame import Fact, Link
from headway.interfaces.web.page import page, show
from headway.interfaces.web.submitting import Attempt, attempt, started_from
from headway.journeys.finding import projects_to_search
from headway.kernel import choices, search
from headway.kernel.access import may, permission_table
from headway.kernel.choices import Present
from headway.kernel.context import Context
from headway.kernel.errors import Denied, Invalid, NotFound
from headway.kernel.registry import UseCase
from headway.kernel.schema import Parameter

_MOST_FACTS = 24
_IN_LIST = 20
_MONEY = {"amount", "currency"}


@page()
def index(request: HttpRequest, ctx: Context) -> HttpResponse:
    """Every act that this person may do, by area."""
    areas: dict[str, list[Any]] = {}
    for offer in offers(ctx):
        areas.setdefault(offer.area, []).append(offer)
    return show(request, ctx, "finding/acts.html", {"areas": sorted(areas.items())})


@page("POST")
def one(request: HttpRequest, ctx: Context, name: str) -> HttpResponse:
    """The form of one act; with a record to begin from, its present values."""
    case = acts().get(name)
    if case is None:
        raise NotFound("There is nothing here.")
    anchor = anchor_of(case)
    if anchor is None:
        _refuse_unless(ctx, case, None)
        return _form(request, ctx, case, None, None)
    given = request.GET.get(anchor.name, "")
    if not given:
        return _choose(request, ctx, case, anchor)
    record = _record(ctx, case, anchor, given)
    _refuse_unless(ctx, case, record.project_id)
    return _form(request, ctx, case, anchor, record)


def _refuse_unless(ctx: Context, case: UseCase[Any], project_id: int | None) -> None:
    if not may(ctx, case.permission, project_id=project_id):
        raise Denied(f"Your role does not allow this ({permission_table()[case.permission].about}).")


def _record(ctx: Context, case: UseCase[Any], anchor: Parameter, given: str) -> Present:
    """The record that the act begins from, by id or, for a project, by key."""
    kind = label_of(anchor)
    if kind == "projects.Project" and not given.isdigit():
        given = str(projects.charter(ctx, project=given).id)
    if not (given.isascii() and given.isdigit()):
        raise NotFound("There is nothing here.")
    names = [parameter.name for parameter in case.signature.parameters] if case.changes == anchor.name else []
    return choices.present(ctx, kind, int(given), names)


def _choose(request: HttpRequest, ctx: Context, case: UseCase[Any], anchor: Parameter) -> HttpResponse:
    """Which record the act is about."""
    if case.name not in {offer.name for offer in offers(ctx)}:
        raise Denied(f"Your role does not allow this ({permission_table()[case.permission].about}).")
    kind = label_of(anchor)
    records = offered_records(ctx, kind, None)
    noun = choices.noun_of(kind).lower()
    values = {
        "case": case,
        "title": title_of(case),
        "anchor": anchor.name,
        "noun": noun,
        "field": _bound(anchor.name, record_field(f"Which {noun}?", kind, records, required=True)),
        "none": not records,
    }
    return show(request, ctx, "finding/choose.html", values, crumbs=_crumbs(case))


def _bound(name: str, field: Field) -> BoundField:
    form = Form()
    form.fields[name] = field
    return form[name]


def _form(
    request: HttpRequest, ctx: Context, case: UseCase[Any], anchor: Parameter | None, record: Present | None
) -> HttpResponse:
    changing = record if anchor is not None and case.changes == anchor.name else None
    settled = {anchor.name: record.id} if anchor is not None and record is not None else {}
    form = ActForm(
        case,
        ctx,
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        initial={**_asked(request, case), **_begin(changing)},
        fixed=frozenset(settled),
        present=record,
    )
    done = Attempt(False)
    if request.method == "POST":
        done = attempt(
            form,
            lambda cleaned: _do(request, ctx, case, form, cleaned, settled),
            stored=_stored(ctx, changing) if changing else None,
        )
        if done.done and "try" not in request.POST:
            return _told(request, ctx, case, record, done.result, _undoing(form, changing, done.result))
    project = projects.charter(ctx, project=record.project_id) if record and record.project_id else None
    values = {
        "case": case,
        "form": form,
        "title": title_of(case),
        "record": record,
        "files": any(is_file(parameter) for parameter in case.signature.parameters),
        "both": done.both,
        "effect": tuple(facts(done.result)) if done.done else (),
        "back": _back(project, record),
    }
    return show(request, ctx, "finding/act.html", values, crumbs=_crumbs(case), status=done.status)


def _asked(request: HttpRequest, case: UseCase[Any]) -> dict[str, Any]:
    """Values that the address brings for the form."""
    names = [parameter.name for parameter in case.signature.parameters if not parameter.secret]
    return {name: request.GET[name] for name in names if name in request.GET}


def _begin(record: Present | None) -> dict[str, Any]:
    return {"once": secrets.token_hex(16), "version": record.version if record else None}


def _stored(ctx: Context, record: Present) -> dict[str, Any]:
    now = choices.present(ctx, record.kind, record.id, list(record.values))
    return {**{name: shown(value) for name, value in now.values.items()}, "version": now.version}


def _do(
    request: HttpRequest,
    ctx: Context,
    case: UseCase[Any],
    form: ActForm,
    cleaned: Mapping[str, Any],
    fixed: dict[str, Any],
) -> Any:
    """Carry the act out; a form that is sent twice acts once."""
    trying = "try" in request.POST
    once = "" if trying else cleaned.get("once") or ""
    inputs = {**form.given(), **fixed}
    for parameter in case.signature.parameters:
        if is_file(parameter) and parameter.name in inputs:
            inputs[parameter.name] = _brought(ctx, request, parameter, once)
    acting = started_from(ctx, cleaned.get("version")) if case.changes else ctx
    try:
        return case.call_json(acting.but(idempotency_key=once, dry_run=trying), inputs)
    except NotFound as refusal:  # what the form names beside its record; the form stays with all that was typed
        raise Invalid(refusal.message) from refusal


def _brought(ctx: Context, request: HttpRequest, parameter: Parameter, once: str) -> Any:
    """The id of the file that was brought; of an input that takes several, a list."""
    if not parameter.many:
        return kept_upload(ctx, request, once=once).id
    return [file.id for file in kept_uploads(ctx, request, parameter.name, most=1, limit=MAX_UPLOAD, once=once)]


def _undoing(form: ActForm, before: Present | None, result: Any) -> dict[str, Any]:
    """What the same form must send to set everything back; empty where something was empty before, or is not known."""
    version = result.get("version") if isinstance(result, dict) else None
    sent = form.given() if before is not None else {}
    if before is None or version is None or not sent or not set(sent) <= set(before.values):
        return {}
    old = {name: shown(before.values[name]) for name in sent}
    return {} if any(value in (None, "") for value in old.values()) else {**old, "version": version}


def _made(case: UseCase[Any], result: Any) -> Link | None:
    """The record that an 'add …' has made, where it has a page."""
    kind = next((name for name in PAGES if name.lower() == f"{case.area}.{case.verb.rpartition('_')[2]}"), "")
    if not case.verb.startswith("add_") or not kind or not isinstance(result, dict) or "id" not in result:
        return None
    return Link(f"Open {result.get('ref') or choices.noun_of(kind).lower()}", go_url(kind, result["id"]))


def _told(
    request: HttpRequest,
    ctx: Context,
    case: UseCase[Any],
    record: Present | None,
    result: Any,
    undoing: dict[str, Any],
) -> HttpResponse:
    """What was done, and where to go from here."""
    project = projects.charter(ctx, project=record.project_id) if record and record.project_id else None
    again = reverse("act", args=[case.name]) + (f"?project={project.key}" if project else "")
    values = {
        "case": case,
        "title": f"{title_of(case)}: done",
        "record": record,
        "facts": tuple(facts(result)),
        "back": _back(project, record),
        "made": _made(case, result),
        "again": again,
        "undo": {**undoing, "once": secrets.token_hex(16)} if undoing else {},
        "undo_to": request.get_full_path(),
    }
    return show(request, ctx, "finding/done.html", values, crumbs=_crumbs(case))


def _back(project: Charter | None, record: Present | None) -> Link:
    """The record's page where it has one, else its project's, else the list of acts."""
    if record is not None and record.kind in PAGES:
        return Link(record.words, go_url(record.kind, record.id))
    if project is not None:
        return Link(project.name, reverse("project", args=[project.key]))
    return Link("All acts", reverse("acts"))


def _crumbs(case: UseCase[Any]) -> tuple[Link, ...]:
    return (Link("All acts", reverse("acts")), Link(title_of(case)))


def facts(result: Any, before: str = "") -> Iterator[Fact]:
    """An answer as names and values, those inside others with both names; empty ones are left out."""
    if not isinstance(result, dict):
        if result is not None:
            yield Fact(before or "Answer", _written(result))
        return
    shown = 0
    for name, value in result.items():
        if value in (None, "", [], {}) or name in ("id", "version") or shown >= _MOST_FACTS:
            continue
        shown += 1
        words = f"{before}: {label(name).lower()}" if before else label(name)
        if isinstance(value, dict) and set(value) != _MONEY and not before:
            yield from facts(value, words)
        else:
            yield Fact(words, _written(value))


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, dict):
        return " ".join(str(item) for item in value.values() if item not in (None, ""))
    if isinstance(value, list):
        listed = ", ".join(_written(item) for item in value[:_IN_LIST])
        return listed + (" …" if len(value) > _IN_LIST else "")
    text = str(value)
    return re.sub(r"^(\d{4}-\d\d-\d\d)T(\d\d:\d\d).*$", r"\1 \2", text)


@page()
def record_choices(request: HttpRequest, ctx: Context) -> HttpResponse:
    """Records of a kind by the letters that were typed, for a field that has too many to list."""
    kind, text = request.GET.get("kind", ""), request.GET.get("q", "")[:200]
    known = {label_of(parameter) for case in acts().values() for parameter in case.signature.parameters}
    if kind not in known - {""}:
        raise NotFound("There is nothing here.")
    hits = search.query(ctx, text, (kind,), _IN_LIST, within=projects_to_search(ctx))
    rows = [{"id": hit.id, "words": hit.title.text} for hit in hits]
    return JsonResponse({"choices": rows})
