"""Two moments of a plan beside each other: the slip and its causes, by phase and by task, and what else differs."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from headway.areas.projects import queries as projects
from headway.areas.projects.types import Charter
from headway.areas.schedule import queries, undoing
from headway.areas.schedule.acts import PlanChangeRow
from headway.areas.schedule.comparing import compare_plans, days_text
from headway.areas.schedule.types import ComparedBy, PlanComparison, PlanMoment
from headway.engine.units import Money
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.frame import Input, Link, Source
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.page import offered, page, pages_in, show, today_in, working_project
from headway.interfaces.web.projects import drawings
from headway.interfaces.web.projects.figures import KeyFigure
from headway.interfaces.web.submitting import day_of
from headway.interfaces.web.templatetags.formats import hours, money, number, short_date, weekday_date
from headway.journeys import comparison
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Invalid, NotFound

PER_PAGE = 50
_MOST_IMPORTS = 10
_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LARGEST_FIRST = (ComparedBy.SLIP, ComparedBy.WORK)
_COLUMNS = (
    ("Task", ComparedBy.OUTLINE, False),
    ("Finish before", None, False),
    ("Finish after", ComparedBy.FINISH, False),
    ("Slip", ComparedBy.SLIP, True),
    ("Start moved", None, True),
    ("Work", ComparedBy.WORK, True),
    ("Because of", None, False),
)


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a column: where a click orders by it, and how it is ordered now."""

    label: str
    right: bool
    href: str
    state: str


@dataclass(frozen=True, slots=True)
class End:
    """One of the two moments to choose, and which is chosen."""

    name: str
    label: str
    key: str


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the address asks for."""

    old: str
    new: str
    search: str
    changed_only: bool
    sort: ComparedBy
    descending: bool

    @property
    def inputs(self) -> dict[str, Any]:
        """As the use case takes it."""
        return {
            "old": self.old,
            "new": self.new,
            "search": self.search,
            "changed_only": self.changed_only,
            "sort": self.sort,
            "descending": self.descending,
        }

    def address(self, *, sort: ComparedBy | None = None, descending: bool = False) -> str:
        """The query of this page, ordered in another way where asked."""
        given = {
            "from": self.old,
            "to": self.new,
            "q": self.search,
            "all": "" if self.changed_only else "1",
            "sort": (sort or self.sort).value,
            "descending": "1" if (descending if sort else self.descending) else "",
        }
        return "?" + urlencode({name: value for name, value in given.items() if value})


def _asked(request: HttpRequest) -> _Asked:
    given = request.GET
    sort = next((item for item in ComparedBy if item.value == given.get("sort")), ComparedBy.SLIP)
    return _Asked(
        old=_moment(given.get("from", ""), given.get("from_day", ""), "baseline"),
        new=_moment(given.get("to", ""), given.get("to_day", ""), "now"),
        search=given.get("q", "").strip()[:200],
        changed_only=given.get("all") != "1",
        sort=sort,
        descending=given.get("descending") == "1",
    )


def _moment(chosen: str, typed: str, usual: str) -> str:
    """A day that is typed counts before what is chosen from the list."""
    on = day_of(typed)
    return on.isoformat() if on is not None else chosen or usual


def _baseline_words(name: str) -> str:
    """A baseline by name; 'Baseline 2' is not said twice."""
    return name if name.lower().startswith("baseline") else f"Baseline {name}"


@page()
def compare(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """What has changed in a plan between two moments, and why its finish moves."""
    project = working_project(ctx, key)
    offered(ctx, "schedule.read", project)
    given, locale = _asked(request), locale_of(request)
    if not queries.has_plan(project.id):
        return _nothing(request, ctx, project, "This project has no plan yet.", 200, {})
    try:
        found = compare_plans(
            ctx, project=project.id, **given.inputs, cursor=request.GET.get("cursor", ""), limit=PER_PAGE
        )
    except (Invalid, Conflict) as refusal:
        status = 200 if isinstance(refusal, Conflict) else 422
        return _nothing(request, ctx, project, refusal.message, status, _choices(ctx, project, given, locale))
    caused = any(row.cause for row in found.items)
    values = {
        "found": found,
        "asked": given,
        "sentence": found.sentence,
        "figures": _figures(project, found, locale),
        "picture": drawings.slip_picture(found) if len(found.causes) > 1 else None,
        "heads": [_head(given, *column) for column in (_COLUMNS if caused else _COLUMNS[:-1])],
        "caused": caused,
        **_choices(ctx, project, given, locale, found),
        "shown": len(found.items),
        "style": drawings.style_address(),
        "export": reverse("compare-export", args=[key]) + given.address(),
        "turned": "?" + urlencode({"from": found.new.key, "to": found.old.key}),
        **pages_in(request, found.next),
    }
    crumbs = (Link("Baselines", reverse("baselines", args=[key])), Link("Compare"))
    return show(request, ctx, "projects/compare.html", values, project=project, tab="plan", crumbs=crumbs)


def _nothing(
    request: HttpRequest, ctx: Context, project: Charter, why: str, status: int, choices: dict[str, Any]
) -> HttpResponse:
    values = {"why": why, **choices}
    crumbs = (Link("Baselines", reverse("baselines", args=[project.key])), Link("Compare"))
    return show(
        request, ctx, "projects/compare.html", values, project=project, tab="plan", crumbs=crumbs, status=status
    )


@page()
def export(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """The comparison as an Excel workbook: all rows that the address asks for."""
    project = working_project(ctx, key)
    offered(ctx, "schedule.read", project)
    content = comparison.workbook(ctx, project=project, inputs=_asked(request).inputs)
    response = HttpResponse(content, content_type=_MEDIA_TYPE)
    name = f"{project.key} plan compared {ctx.now.date().isoformat()}.xlsx"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _head(given: _Asked, label: str, sort: ComparedBy | None, right: bool) -> Head:
    if sort is None:
        return Head(label, right, "", "")
    here = sort is given.sort
    state = ("descending" if given.descending != (sort in _LARGEST_FIRST) else "ascending") if here else ""
    return Head(label, right, given.address(sort=sort, descending=here and not given.descending), state)


def _choices(
    ctx: Context, project: Charter, given: _Asked, locale: Locale, found: PlanComparison | None = None
) -> dict[str, Any]:
    """The two ends to choose: now, every baseline, imports, and what is compared at this moment; or a day."""
    rows = queries.baselines(ctx, project=project.id)
    offered_ = [("now", "Now"), *((f"baseline-{row.id}", _baseline_words(row.name)) for row in rows)]
    offered_ += _imported(ctx, project, locale)
    known = {key for key, _ in offered_}
    compared = () if found is None else (found.old, found.new)
    offered_ += [(one.key, one.label) for one in compared if one.key not in known]
    old, new = (given.old, given.new) if found is None else (found.old.key, found.new.key)
    ends = (End("from", "From", old), End("to", "To", new))
    return {"moments": tuple(dict.fromkeys(offered_)), "ends": ends, "today": today_in(ctx, project).isoformat()}


def _imported(ctx: Context, project: Charter, locale: Locale) -> list[tuple[str, str]]:
    """The plan as each of the newest plan files brought it."""
    if not may(ctx, "projects.read_imports", project_id=project.id):
        return []
    rows = (row for row in projects.imports(ctx, project=project.id) if row.kind == "plan" and not row.undone_at)
    return [
        (row.applied_at.isoformat(), f"As imported from {row.file_name}, {short_date(row.applied_at, locale)}")
        for row in rows
        if row.applied_at is not None
    ][:_MOST_IMPORTS]


@page()
def finish_moves(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """Which change moved the finish by how much, newest first; each opens what it did to the plan."""
    project = working_project(ctx, key)
    offered(ctx, "schedule.read", project)
    if not queries.has_plan(project.id):
        raise NotFound("There is nothing here.")
    cursor = request.GET.get("cursor", "")
    found = undoing.plan_changes(ctx, project=project.id, finish_moved=True, cursor=cursor, limit=PER_PAGE)
    values = {
        "rows": [(row, Decimal(row.finish_days)) for row in found.items],
        "shown": len(found.items),
        "sentence": _moved_sentence(found.items[0] if found.items and not cursor else None, locale_of(request)),
        **pages_in(request, found.next),
    }
    crumbs = (Link("Baselines", reverse("baselines", args=[key])), Link("What moved the finish"))
    return show(request, ctx, "projects/finish_moves.html", values, project=project, tab="plan", crumbs=crumbs)


def _moved_sentence(newest: PlanChangeRow | None, locale: Locale) -> str:
    """'Last moved Mon 2 Mar by Mona Manager: 'Duration of Build: 5d', 2 working days later.'"""
    if newest is None:
        return ""
    days = Decimal(newest.finish_days)
    much = f", {days_text(abs(days))} {'later' if days > 0 else 'earlier'}" if days else ", within a day"
    return f"Last moved {weekday_date(newest.at, locale)} by {newest.by}: {newest.label}{much}."


# ---- figures ------------------------------------------------------------------------------------


def _figures(project: Charter, found: PlanComparison, locale: Locale) -> list[KeyFigure]:
    figures = [_finish(project, found, locale), _tasks(project, found, locale)]
    if found.old_work_hours is not None or found.new_work_hours is not None:
        figures.append(_amount("work", "Work", found.old_work_hours, found.new_work_hours, found, project, locale))
    if found.old_cost or found.new_cost:
        figures.append(_amount("cost", "Cost", found.old_cost, found.new_cost, found, project, locale))
    return figures


def _source(project: Charter, found: PlanComparison, formula: str, *inputs: Input) -> Source:
    return Source(
        formula=formula,
        inputs=inputs,
        records=f"{_called(found.old)} and {_called(found.new)}",
        href=reverse("baselines", args=[project.key]),
        short=formula,
    )


def _called(moment: PlanMoment) -> str:
    return "the plan as it is now" if moment.key == "now" else moment.label


def _finish(project: Charter, found: PlanComparison, locale: Locale) -> KeyFigure:
    days = found.finish_days
    note = "as then" if not days else f"{days_text(abs(days))} {'later' if days > 0 else 'earlier'}"
    tone = "" if not days else "red" if days > 0 else "green"
    source = _source(
        project,
        found,
        "Latest finish of the plan's tasks in each version, working days of the project's calendar between them",
        Input(found.old.label, weekday_date(found.old.finish, locale)),
        Input(found.new.label, weekday_date(found.new.finish, locale)),
    )
    return KeyFigure("finish", "Finish", short_date(found.new.finish, locale), note, tone, source)


def _tasks(project: Charter, found: PlanComparison, locale: Locale) -> KeyFigure:
    counted = ((found.added, "added"), (found.removed, "removed"), (found.renamed, "renamed"))
    note = ", ".join(f"{count} {word}" for count, word in counted if count) or "none added or removed"
    source = _source(
        project,
        found,
        "Tasks without summaries whose start or finish differs",
        Input("Moved", str(found.moved)),
        *(Input(word.capitalize(), str(count)) for count, word in counted),
    )
    return KeyFigure("moved", "Tasks that move", str(found.moved), note, "", source)


def _amount(
    name: str,
    label: str,
    old: Decimal | None,
    new: Decimal | None,
    found: PlanComparison,
    project: Charter,
    locale: Locale,
) -> KeyFigure:
    def said(amount: Decimal | None) -> str:
        if name == "work":
            return hours(amount, locale)
        if amount is None or not found.currency:
            return number(amount, locale)
        return money(Money(amount, found.currency), locale)

    source = _source(
        project,
        found,
        f"{label} of all tasks without summaries, as each version holds it",
        Input(found.old.label, said(old)),
        Input(found.new.label, said(new)),
    )
    note = f"{said(old)} in {found.old.label}" if old != new else "as then"
    return KeyFigure(name, label, said(new), note, "", source)
