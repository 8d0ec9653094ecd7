"""Changes by templates: a project begins with one, a plan takes a part of one, a project becomes one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time

from headway.areas.comms.commands import notify
from headway.areas.comms.types import NoticeReason
from headway.areas.method import planning
from headway.areas.method import templates as known
from headway.areas.method.checklists import put_checklists, texts_by_uid
from headway.areas.method.gates import gates_as_template, put_gates
from headway.areas.method.models import ProjectTemplate, TemplateEdition
from headway.areas.method.outline import TemplateBody, TemplateRisk, only
from headway.areas.method.queries import roles
from headway.areas.method.template_fields import put_fields, with_fields
from headway.areas.method.types import Begun, RolePerson, RoleSeat, TemplateRow
from headway.areas.people.queries import names_of
from headway.areas.people.types import OrganisationId, Role, TimeZone
from headway.areas.projects import commands as projects
from headway.areas.projects.queries import assumptions, charter, members, risks
from headway.areas.projects.types import ProjectId, State
from headway.areas.schedule import keeping
from headway.areas.schedule.acts import PlanEffect
from headway.areas.schedule.changing import answer
from headway.areas.schedule.commands import start_plan
from headway.areas.schedule.editing import dated, hold, stored, taken_up
from headway.areas.schedule.history import Note
from headway.areas.schedule.queries import resources
from headway.areas.schedule.records import to_record
from headway.areas.schedule.types import TaskId
from headway.areas.schedule.writing import day_writing
from headway.engine import plan as engine
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, FieldError, Invalid, NotFound
from headway.kernel.schema import Currency, Name, ShortText, Text


@command(permission="projects.create")
def begin(
    ctx: Context,
    *,
    key: Name,
    name: Name,
    template: ShortText,
    client: OrganisationId | None = None,
    purpose: Text = "",
    starts_on: date | None = None,
    ends_on: date | None = None,
    currency: Currency | None = None,
    time_zone: TimeZone | None = None,
    people: tuple[RolePerson, ...] = (),
    without: tuple[ShortText, ...] = (),
) -> Begun:
    """Begin a project with a template's plan, roles, checklists, gates and risks; all of it or nothing.

    template  'site-build' of a ready-made one, 'T-3' of the house's own.
    ends_on   in place of a first day: the plan then begins as late as it can to be done by the end of that day.
    people    who takes which role; the others stay roles until somebody is named.
    without   phases to leave out.
    """
    laid = known.laid(ctx, template, starts_on=starts_on, ends_on=ends_on, parts_out=without)
    project = projects.create(
        ctx,
        key=key,
        name=name,
        client=client,
        purpose=purpose,
        starts_on=laid.start,
        ends_on=ends_on,
        currency=currency,
        time_zone=time_zone,
    )
    start_plan(ctx, project=project.id, start=laid.start)
    body = put_fields(ctx, project.id, laid.body)
    row = hold(ctx, project.id)
    before = keeping.held(row)
    plan, uids = planning.joined(before.plan, body, first_uid=1, begin=before.plan.project.start)
    stored(ctx, row, before, plan, Note(f"Begin with the template {laid.found.row.name}"))
    put_checklists(ctx, project.id, laid.body, uids)
    put_gates(ctx, project.id, laid.body, uids)
    for risk in laid.body.risks:
        _add_risk(ctx, project.id, risk)
    for text in laid.body.assumptions:
        projects.add_assumption(ctx, project=project.id, text=text)
    if people:
        seats = {item.name: item.uid for item in plan.resources}
        _name(ctx, project.id, {_seat(seats, one.role): one.person for one in people})
    finish = laid.made.dates.finish
    return Begun(
        project_id=project.id,
        key=project.key,
        name=project.name,
        tasks=len(laid.body.tasks),
        start=laid.start,
        finish=finish.date(),
        sentence=f"{project.name} begins {_day(ctx, laid.start)} and finishes {day_writing(ctx).of(finish)}.",
    )


def _day(ctx: Context, day: date) -> str:
    return day_writing(ctx).of(datetime.combine(day, time()))


def _add_risk(ctx: Context, project: int, risk: TemplateRisk) -> None:
    projects.add_risk(
        ctx,
        project=project,
        title=risk.title,
        probability=risk.probability,
        impact=risk.impact,
        cause=risk.cause,
        effect=risk.effect,
        response=risk.response,
    )


def _seat(seats: Mapping[str, int], role: str) -> int:
    if role not in seats:
        raise Invalid(
            f"Nobody works as '{role}' in this plan.", fields=[FieldError("people", "no role of it", value=role)]
        )
    return seats[role]


# --- a part of a template in a plan that is there -----------------------------------------------------


@command(permission="method.plan_by_template", only_reads_when_tried=True)
def insert_part(
    ctx: Context, *, project: ProjectId, template: ShortText, part: ShortText = "", after: TaskId | None = None
) -> PlanEffect:
    """Put a template's phase into a plan, behind a row or at the end; undone like any change of the plan.

    A dry run answers with the same effect and stores nothing. Checklists come with it; gates and risks do not.

    part   the phase; '' = the whole template.
    after  the row behind which it stands, with all below it; it begins when that row's work is done.
    """
    row, before = taken_up(ctx, project)
    template_found = known.found(ctx, template)
    body = _part(template_found.body, part)
    behind = _behind(before.plan, project, after)
    kept = body if ctx.only_tried else put_fields(ctx, project, body)
    plan, uids = planning.joined(
        before.plan,
        kept,
        first_uid=row.next_uid,
        begin=_begins(before, behind),
        after_uid=behind.uid if behind is not None else None,
        deeper=behind.outline_level - 1 if behind is not None else 0,
    )
    if behind is not None:
        plan = planning.linked_behind(plan, body, uids, behind.uid)
    label = f"Take {part or template_found.row.name} from a template"
    if ctx.only_tried:
        return answer(ctx, row, dated(before, plan), label)
    done = stored(ctx, row, before, plan, Note(label))
    put_checklists(ctx, project, body, uids)
    return answer(ctx, row, done.change, label, entry=done.entry)


def _part(body: TemplateBody, part: str) -> TemplateBody:
    if not part:
        return body
    if part not in body.parts:
        raise Invalid(f"The template has no phase '{part}'.", fields=[FieldError("part", "no phase of it", value=part)])
    return only(body, part)


def _behind(plan: engine.Plan, project: int, task_id: int | None) -> engine.Task | None:
    if task_id is None:
        return None
    uid = known.uid_of(project, task_id)
    return next((task for task in plan.tasks if task.uid == uid), None)


def _begins(before: keeping.Held, behind: engine.Task | None) -> datetime | None:
    if behind is not None and before.scheduled is not None and before.scheduled.span(behind.uid) is not None:
        return before.scheduled.task(behind.uid).finish
    return before.plan.project.start


# --- people for roles ---------------------------------------------------------------------------------


@command(permission="method.plan_by_template", idempotent=True)
def name_people(ctx: Context, *, project: ProjectId, people: tuple[RolePerson, ...]) -> tuple[RoleSeat, ...]:
    """Say who takes which roles of a plan, all at once; each is told. Who is not on the project yet becomes a member.

    people  by the role's name. Their tasks, and what the role owns, are then theirs.
    """
    seats = {seat.role: seat.resource for seat in roles(ctx, project=project) if seat.person_id is None}
    if not people:
        raise Invalid("Name at least one person.", fields=[FieldError("people", "required")])
    _name(ctx, project, {_seat(seats, one.role): one.person for one in people})
    return roles(ctx, project=project)


def _name(ctx: Context, project: int, persons: Mapping[int, int]) -> None:
    """Put people in the place of role resources, by uid."""
    there = {row.person_id for row in members(ctx, project=project)}
    for person in sorted(set(persons.values()) - there):
        projects.set_member(ctx, project=project, person=person, role=Role.MEMBER)
    names = names_of(persons.values())
    row = hold(ctx, project)
    before = keeping.held(row)
    taken = {item.name: item.uid for item in resources(ctx, project=project) if item.person_id in persons.values()}
    plan, goes = planning.with_people(before.plan, {uid: names[one] for uid, one in persons.items()}, taken)
    joining = {goes[uid]: (None, one) for uid, one in persons.items() if goes[uid] == uid}
    said = names[next(iter(persons.values()))] if len(persons) == 1 else f"{len(persons)} people"
    stored(ctx, row, before, plan, Note(f"Give roles to {said}", persons=joining))
    counts: dict[int, int] = {}
    for item in plan.assignments:
        counts[item.resource_uid or 0] = counts.get(item.resource_uid or 0, 0) + 1
    whole = charter(ctx, project=project)
    for person, uid in {one: goes[uid] for uid, one in persons.items()}.items():
        tasks = counts.get(uid, 0)
        notify(
            ctx,
            to=[person],
            reason=NoticeReason.ASSIGNED,
            about_kind="projects.Project",
            about_id=project,
            project_id=project,
            text=f"You work on {tasks} task{'' if tasks == 1 else 's'} of {whole.name}",
        )


# --- templates of the house's own ---------------------------------------------------------------------


@command(permission="method.save_template")
def save_template(
    ctx: Context,
    *,
    project: ProjectId,
    name: Name,
    about: Text = "",
    onto: ShortText = "",
    keep_notes: bool = False,
    keep_risks: bool = True,
    keep_assumptions: bool = True,
    keep_gates: bool = True,
    keep_checklists: bool = True,
) -> TemplateRow:
    """Save a project as a template: structure, links, durations, work, roles, relative dates; no progress, no names.

    Fields of the house's own come with their values, documents as what the gates ask for.

    onto        'T-3': the next edition of that template in place of a new one; it then takes this name.
    keep_notes  what stands in the tasks' notes; it may name people or the client.
    """
    row = hold(ctx, project)
    plan = keeping.held(row).plan
    if not plan.tasks:
        raise Conflict("The plan is empty. A template needs at least one task.")
    seats = {seat.resource: seat.role for seat in roles(ctx, project=project) if seat.person_id is None}
    called = _role_names(plan, seats)
    body = planning.body_of(plan, called, texts_by_uid(project) if keep_checklists else None, keep_notes=keep_notes)
    body = with_fields(ctx, project, body, plan)
    body = _with_records(ctx, project, body, keep_risks, keep_assumptions, keep_gates)
    template = _template_for(ctx, name, about, onto)
    number = TemplateEdition.of(template).count() + 1
    edition = TemplateEdition(
        template=template,
        number=number,
        body=to_record(body),
        made_from=charter(ctx, project=project).key,
        made_by=ctx.actor.name,
        made_at=ctx.now,
    )
    edition.save(force_insert=True)
    ctx.record(ProjectTemplate._meta.label, template.pk, "edition", number - 1 or None, number)
    return known.own_row(template, edition, body)


def _role_names(plan: engine.Plan, seats: Mapping[int, str]) -> dict[int, str]:
    """What each resource is called in a template: its role; who has none is 'Role 1', 'Role 2' …"""
    found: dict[int, str] = {}
    nameless = 0
    for item in plan.resources:
        if item.type is not engine.ResourceType.WORK:
            continue
        role = item.group or seats.get(item.uid, "")
        if not role:
            nameless += 1
            role = f"Role {nameless}"
        found[item.uid] = role
    return found


def _with_records(
    ctx: Context, project: int, body: TemplateBody, keep_risks: bool, keep_assumptions: bool, keep_gates: bool
) -> TemplateBody:
    if keep_risks:
        found = risks(ctx, project=project)
        body = replace(
            body,
            risks=tuple(
                TemplateRisk(item.title, item.probability, item.impact, item.cause, item.effect, item.response)
                for item in found
                if item.state is State.OPEN
            ),
        )
    if keep_assumptions:
        texts = tuple(item.text for item in assumptions(ctx, project=project) if item.state is State.OPEN)
        body = replace(body, assumptions=texts)
    return replace(body, gates=gates_as_template(project, body)) if keep_gates else body


def _template_for(ctx: Context, name: str, about: str, onto: str) -> ProjectTemplate:
    same = ProjectTemplate.unscoped(reason="names are unique").filter(name=name)
    if not onto:
        if same.exists():
            raise Conflict(f"There is a template '{name}' already. Choose another name, or save onto it.")
        return ProjectTemplate.add(ctx, name=name, about=about)
    number = onto.removeprefix("T-")
    template = ProjectTemplate.visible_to(ctx).filter(pk=int(number)).first() if number.isdigit() else None
    if template is None:
        raise NotFound("Template not found.")
    if same.exclude(pk=template.pk).exists():
        raise Conflict(f"There is a template '{name}' already. Choose another name.")
    template.change(ctx, name=name, about=about or template.about, retired_at=None)
    return template


@command(permission="method.edit_templates", changes="template")
def edit_template(
    ctx: Context, *, template: ProjectTemplate, name: Name | None = None, about: Text | None = None
) -> TemplateRow:
    """Change what one of the house's templates is called and what it is for."""
    if name is not None and ProjectTemplate.unscoped(reason="names are unique").filter(name=name).exclude(
        pk=template.pk
    ):
        raise Conflict(f"There is a template '{name}' already. Choose another name.")
    template.change(
        ctx,
        name=template.name if name is None else name,
        about=template.about if about is None else about,
    )
    return known.found(ctx, template.ref).row


@command(permission="method.edit_templates", changes="template", idempotent=True)
def retire_template(ctx: Context, *, template: ProjectTemplate) -> TemplateRow:
    """Offer a template no longer; projects that began with it stay as they are."""
    template.change(ctx, retired_at=template.retired_at or ctx.now)
    return known.found(ctx, template.ref).row


@command(permission="method.edit_templates", changes="template", idempotent=True)
def offer_template(ctx: Context, *, template: ProjectTemplate) -> TemplateRow:
    """Offer a retired template again."""
    template.change(ctx, retired_at=None)
    return known.found(ctx, template.ref).row
