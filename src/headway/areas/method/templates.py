"""Finding a template, and a template as a plan with dates; what stands behind the queries and commands of templates."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache

from django.db.models import QuerySet

from headway.areas.method import planning
from headway.areas.method.models import ProjectTemplate, TemplateEdition
from headway.areas.method.outline import TemplateBody, TemplateError, without
from headway.areas.method.ready_made import ready_made
from headway.areas.method.types import TemplateRow
from headway.areas.schedule.commands import first_calendar
from headway.areas.schedule.queries import place_of
from headway.areas.schedule.records import from_record
from headway.engine.calendars import standard_calendar
from headway.engine.plan import PlanError
from headway.kernel.among import among_ids
from headway.kernel.context import Context
from headway.kernel.errors import FieldError, Invalid, NotFound
from headway.kernel.queries import once

_MONDAY = date(2026, 1, 5)  # how long a template takes is told from a plain Monday on


@dataclass(frozen=True, slots=True)
class Found:
    """A template with its content."""

    row: TemplateRow
    body: TemplateBody


def found(ctx: Context, ref: str) -> Found:
    """The template of that reference, ready-made or the house's own; NotFound alike for absent and hidden."""
    return once(ctx, ("template", ref), lambda: _read(ctx, ref))


def _read(ctx: Context, ref: str) -> Found:
    if ref in ready_made():
        return Found(_ready_row(ref), ready_made()[ref].body)
    number = ref.removeprefix("T-")
    template = ProjectTemplate.visible_to(ctx).filter(pk=int(number)).first() if number.isdigit() else None
    if template is None:
        raise NotFound("Template not found.")
    edition = TemplateEdition.of(template).order_by("-number").first()
    assert edition is not None  # noqa: S101 - made with its first edition
    body: TemplateBody = from_record(TemplateBody, edition.body)
    return Found(own_row(template, edition, body), body)


@dataclass(frozen=True, slots=True)
class _Size:
    """How large a template's plan is, as lists say it."""

    rows: int
    phases: int
    tasks: int
    milestones: int
    counted: str
    days: int


def _size(body: TemplateBody) -> _Size:
    counts = body.counts
    days = working_days(planning.made(body, _MONDAY, standard_calendar()))
    return _Size(len(body.tasks), counts.phases, counts.tasks, counts.milestones, counts.words, days)


def own_row(template: ProjectTemplate, edition: TemplateEdition, body: TemplateBody) -> TemplateRow:
    """A template of the house's own as lists show it."""
    return _own_row(template, edition, _known_size(_place(edition), body))


def _own_row(template: ProjectTemplate, edition: TemplateEdition, size: _Size) -> TemplateRow:
    return TemplateRow(
        ref=template.ref,
        name=template.name,
        about=template.about,
        own=True,
        edition=edition.number,
        made_from=edition.made_from,
        made_by=edition.made_by,
        made_at=edition.made_at,
        retired=template.retired_at is not None,
        version=template.version,
        **asdict(size),
    )


@cache
def _ready_row(ref: str) -> TemplateRow:
    """They never change while the programme runs."""
    file = ready_made()[ref]
    return TemplateRow(
        ref=ref,
        name=file.name,
        about=file.about,
        own=False,
        edition=0,
        made_from="",
        made_by="",
        made_at=None,
        retired=False,
        version=0,
        **asdict(_size(file.body)),
    )


def ready_rows() -> tuple[TemplateRow, ...]:
    """The ready-made templates."""
    return tuple(_ready_row(ref) for ref in ready_made())


def own_templates(ctx: Context, *, retired: bool) -> QuerySet[ProjectTemplate]:
    """The house's own templates; with `retired` those too that are no longer offered."""
    rows = ProjectTemplate.visible_to(ctx)
    return rows if retired else rows.filter(retired_at=None)


def choices(ctx: Context, *, retired: bool = False) -> list[tuple[str, str]]:
    """The house's own templates by name, to choose one: reference and name."""
    return [(row.ref, row.name) for row in own_templates(ctx, retired=retired).only("name").order_by("name", "id")]


def ready_choices() -> list[tuple[str, str]]:
    """The ready-made ones, to choose one: reference and name."""
    return [(ref, file.name) for ref, file in ready_made().items()]


def own_rows(templates: Collection[ProjectTemplate]) -> list[TemplateRow]:
    """Templates of the house's own as lists show them, by their newest editions."""
    newest: dict[int, TemplateEdition] = {}
    for edition in TemplateEdition.among([row.pk for row in templates]).defer("body").order_by("template_id", "number"):
        newest[edition.template_id] = edition
    sizes = _sizes_of(newest.values())
    return [_own_row(row, newest[row.pk], sizes[newest[row.pk].pk]) for row in templates]


_Place = tuple[int, int, datetime]  # an edition's template, id and instant: an id that was taken back is given anew
_sizes: dict[_Place, _Size] = {}


def _place(edition: TemplateEdition) -> _Place:
    return (edition.template_id, edition.pk, edition.made_at)


def _known_size(place: _Place, body: TemplateBody) -> _Size:
    """The size of an edition's plan; computed once in a process, for editions never change."""
    if place not in _sizes:
        _sizes[place] = _size(body)
    return _sizes[place]


def _sizes_of(editions: Iterable[TemplateEdition]) -> dict[int, _Size]:
    """The sizes of editions whose content was not read; that of the unknown ones is."""
    places = {row.pk: _place(row) for row in editions}
    unknown = [pk for pk, place in places.items() if place not in _sizes]
    bodies = TemplateEdition.unscoped(reason="editions of visible templates").filter(among_ids("pk", unknown))
    for pk, body in bodies.values_list("pk", "body"):
        _known_size(places[pk], from_record(TemplateBody, body))
    return {pk: _sizes[place] for pk, place in places.items()}


def uid_of(project_id: int, task_id: int) -> int:
    """The uid of a task that the caller may see; NotFound where it is of another project."""
    place_project, uid = place_of(task_id)
    if place_project != project_id:
        raise NotFound("Task not found.")
    return uid


@dataclass(frozen=True, slots=True)
class Laid:
    """A template laid on days, less what is left out."""

    found: Found
    body: TemplateBody
    made: planning.Made
    start: date
    left_out: tuple[str, ...]


def laid(ctx: Context, ref: str, *, starts_on: date | None, ends_on: date | None, parts_out: Collection[str]) -> Laid:
    """A template from a first day on, or so that it is done by a last day; refused where that is no plan."""
    template = found(ctx, ref)
    unknown = [name for name in parts_out if name not in template.body.parts]
    if unknown:
        raise Invalid(
            f"'{unknown[0]}' is no phase of {template.row.name}.",
            fields=[FieldError("without", "no phase of it", value=unknown[0])],
        )
    body = without(template.body, parts_out)
    if not body.tasks:
        raise Invalid("Nothing is left of the template. Take at least one phase.", fields=[FieldError("without", "")])
    if starts_on is not None and ends_on is not None:
        raise Invalid(
            "Give a first day or a last day; the other one follows from the plan.",
            fields=[FieldError("ends_on", "or a first day")],
        )
    try:
        if ends_on is not None:
            start = planning.latest_start(body, ends_on, first_calendar(ends_on.replace(year=ends_on.year - 3, day=1)))
        else:
            start = starts_on or ctx.now.date()
        return Laid(template, body, planning.made(body, start, first_calendar(start)), start, tuple(parts_out))
    except (PlanError, TemplateError) as error:
        raise Invalid(str(error)) from None


def working_days(made: planning.Made) -> int:
    """Working days from the plan's first moment to its last, a begun day as a whole one."""
    axis = planning.axis_of(made.plan)
    tenths = axis.work_between(made.dates.start, made.dates.finish).tenths
    return -(-tenths // (made.plan.project.minutes_per_day * 10))


def hours_by_role(made: planning.Made) -> dict[str, tuple[Decimal, int]]:
    """Hours and tasks of each role."""
    names = {item.uid: item.name for item in made.plan.resources}
    sums: dict[str, tuple[Decimal, int]] = {}
    for item in made.plan.assignments:
        name = names.get(item.resource_uid or 0, "")
        hours, tasks = sums.get(name, (Decimal(0), 0))
        sums[name] = (hours + item.work.hours, tasks + 1)
    return sums
