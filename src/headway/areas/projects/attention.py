"""What projects put on a Desk: decisions, risks, issues, assumptions, imports; and what the Desk asks of projects.

Everybody gets what they own; whoever leads a project also what others owe it, and what nobody owns.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import wraps
from typing import Any, TypeVar

from django.db.models import F, Q, QuerySet
from django.db.models.fields.json import KeyTransform
from django.db.models.lookups import GreaterThanOrEqual

from headway.areas.desk.providers import Provider, Reader, provider, reader, set_project_source
from headway.areas.desk.types import Act, Ask, Colleague, Evidence, Group, Matter, ProjectLabel
from headway.areas.desk.wording import due_evidence, late_text, short, stake
from headway.areas.people.queries import names_of
from headway.areas.projects.keeping import kept_while_still
from headway.areas.projects.lines import ProjectLine, lines_inside
from headway.areas.projects.models import (
    Assumption,
    Decision,
    ImportBatch,
    Issue,
    Membership,
    Project,
    Risk,
)
from headway.areas.projects.policies import INSIDE, held_roles
from headway.areas.projects.queries import inside_project_ids
from headway.areas.projects.types import ImportState, Severity, Stage, State
from headway.kernel.access import EVERYTHING, NOTHING
from headway.kernel.among import among_ids
from headway.kernel.context import Context
from headway.kernel.queries import once

LEADING = frozenset({"manager", "associate"})
AHEAD_DAYS = 7
_UNOWNED_FROM = 15  # exposure at which a risk that nobody owns stands on the Desk of who leads
_IMPORT_DAYS = 14
_MOST = 500
_GRADES = {grade.value: Decimal(place) / 4 for place, grade in enumerate(Severity, start=1)}


@dataclass(frozen=True, slots=True)
class Led:
    """The open projects that a person leads, with what lines say of them."""

    id: int
    key: str
    name: str
    stage: Stage


def led_projects(ctx: Context) -> dict[int, Led]:
    """Projects, not closed ones, on which the actor is manager or associate; read once a call."""
    if "desk led" not in ctx.cache:
        ctx.cache["desk led"] = {
            line.id: Led(line.id, line.key, line.name, line.stage)
            for line in sorted(_lines_led(ctx), key=lambda line: line.id)
            if line.stage is not Stage.CLOSED
        }
    found: dict[int, Led] = ctx.cache["desk led"]
    return found


def _lines_led(ctx: Context) -> Collection[ProjectLine]:
    """Those of one's projects where one's role leads; a token may be limited to fewer."""
    held = {project for project, roles in held_roles(ctx).items() if roles & LEADING}
    if ctx.project_ids is not None:
        held &= ctx.project_ids
    if not held:
        return ()
    return [line for line in lines_inside(ctx) if line.id in held]


def provider_of_led(name: str, *, families: Collection[str]) -> Callable[[Provider], Provider]:
    """As `provider`, for lines of led projects alone: not asked at all where there are none."""

    def keep(function: Provider) -> Provider:
        @provider(name, families=families)
        @wraps(function)
        def when_leading(ctx: Context) -> Iterable[Matter]:
            return function(ctx) if led_projects(ctx) else ()

        return when_leading

    return keep


ItemT = TypeVar("ItemT")


def kept_of_led(
    ctx: Context, name: str, make: Callable[[Context, list[int]], Mapping[int, Sequence[ItemT]]]
) -> dict[int, Sequence[ItemT]]:
    """Per led project what is the same for whoever leads it, made anew only where a project has changed.

    name  under which it is kept.
    make  gives it for some projects; from what their audit chains cover, and from the day alone.
    It is kept with the project's stage, and the house's day, zone and spelling of days; see `kept_while_still`.
    """
    led = led_projects(ctx)
    house = replace(reader(ctx), person_id=0)
    found = kept_while_still(ctx, name, led, make, beside=lambda project: (led[project].stage, house))
    return {project: items for project, items in found.items() if items}


def kept_lines(ctx: Context, name: str, make: Callable[[Context, list[int]], Iterable[Matter]]) -> list[Matter]:
    """Lines of led projects that are the same for whoever leads them; kept like `kept_of_led`."""

    def by_project(ctx: Context, project_ids: list[int]) -> dict[int, list[Matter]]:
        found: dict[int, list[Matter]] = {}
        for matter in make(ctx, project_ids):
            found.setdefault(matter.project_id or 0, []).append(matter)
        return found

    return [matter for lines in kept_of_led(ctx, name, by_project).values() for matter in lines]


def ids_of_led(ctx: Context, name: str, rows: Callable[[], QuerySet[Any]]) -> dict[int, Sequence[int]]:
    """Ids of some records of led projects, whoever may see them; kept like `kept_of_led`."""

    def read(ctx: Context, project_ids: list[int]) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        there = rows().filter(among_ids("project_id", project_ids)).order_by("id")
        for project_id, pk in there.values_list("project_id", "pk"):
            found.setdefault(project_id, []).append(pk)
        return found

    return kept_of_led(ctx, name, read)


def known_of_led(ctx: Context, name: str, rows: Callable[[], QuerySet[Any]]) -> Q | None:
    """Narrows a question over all projects one works on; None where it need not be asked at all.

    rows  all that a led project's lines may be about. The question itself asks what this reader may see: of led
          projects only what `ids_of_led` knows, of others everything.
    """
    elsewhere = _elsewhere(ctx)
    known = [pk for ids in ids_of_led(ctx, name, rows).values() for pk in ids] if led_projects(ctx) else []
    if not known:
        return elsewhere
    return among_ids("pk", known) if elsewhere is None else among_ids("pk", known) | elsewhere


def _elsewhere(ctx: Context) -> Q | None:
    """Records of projects that one works on and does not lead; None where there are no such projects."""
    inside = inside_project_ids(ctx)
    if inside is None:
        return EVERYTHING
    others = set(inside).difference(led_projects(ctx))
    return among_ids("project_id", others) if others else None


class _Projects:
    """What the Desk asks of projects."""

    def labels(self, ctx: Context, project_ids: Collection[int]) -> Mapping[int, ProjectLabel]:
        led = led_projects(ctx)
        found = {pk: ProjectLabel(pk, led[pk].key, led[pk].name) for pk in project_ids if pk in led}
        others = set(project_ids) - set(found)
        if others:
            rows = Project.visible_to(ctx).filter(among_ids("pk", others)).values_list("pk", "key", "name")
            found.update((row[0], ProjectLabel(*row)) for row in rows)
        return found

    def colleagues(self, project_id: int) -> tuple[Colleague, ...]:
        rows = Membership.of(project_id).filter(role__in=INSIDE, person__user__is_active=True, person__active=True)
        names = rows.order_by("person__name", "person_id").values_list("person_id", "person__name").distinct()
        return tuple(Colleague(person_id, name) for person_id, name in names)


set_project_source(_Projects())


def _decide(decision: int) -> Act:
    return Act("Record the decision", "projects.decide", {"decision": decision}, (Ask("outcome", "What was decided"),))


_COMMON = ("pk", "number", "project_id", "owner_id")


@dataclass(frozen=True, slots=True)
class _Register:
    """A kind of record that waits for its day.

    due      the column of that day.
    columns  what lines say beside the common ones.
    wanted   which open ones may stand on a Desk beside those due within a week.
    """

    model: Any
    due: str
    columns: tuple[str, ...]
    wanted: Q = NOTHING

    def rows(self, ctx: Context, rows: QuerySet[Any]) -> list[Any]:
        """Those of some records that are open and near, by their day."""
        near = Q(**{f"{self.due}__lte": reader(ctx).day + timedelta(days=AHEAD_DAYS)}) | self.wanted
        found = rows.filter(near, state=State.OPEN.value).order_by(F(self.due).asc(nulls_last=True), "id")
        return list(found.values_list(*_COMMON, self.due, *self.columns, named=True))

    def by_led(self, ctx: Context) -> Mapping[int, Sequence[Any]]:
        """Those of each led project, whoever owns them."""

        def read(ctx: Context, project_ids: list[int]) -> dict[int, list[Any]]:
            rows = self.model.unscoped(reason="registers of projects that the actor leads")
            found: dict[int, list[Any]] = {}
            for row in self.rows(ctx, rows.filter(among_ids("project_id", project_ids))):
                found.setdefault(row.project_id, []).append(row)
            return found

        return kept_of_led(ctx, f"projects.{self.model._meta.model_name}", read)


_UNOWNED = Q(owner=None) & Q(GreaterThanOrEqual(F("probability") * F("impact"), _UNOWNED_FROM))
_DECISIONS = _Register(Decision, "decide_by", ("question", "cost_of_waiting"), Q(decide_by=None))
_RISKS = _Register(Risk, "response_due", ("title", "effect", "probability", "impact"), _UNOWNED)
_ISSUES = _Register(Issue, "due", ("title", "severity"), Q(due=None))
_ASSUMPTIONS = _Register(Assumption, "check_by", ("text",))
_REGISTERS = (_DECISIONS, _RISKS, _ISSUES, _ASSUMPTIONS)


def _open(ctx: Context, register: _Register) -> list[Any]:
    """Its records of projects one leads, which are kept, and one's own in others; for the lines and for the names."""
    return once(ctx, ("open in register", register.model._meta.label), lambda: _read_open(ctx, register))


def _read_open(ctx: Context, register: _Register) -> list[Any]:
    led = [row for rows in register.by_led(ctx).values() for row in rows] if led_projects(ctx) else []
    elsewhere = _elsewhere(ctx)
    if elsewhere is None:
        return led
    own = register.model.visible_to(ctx).filter(elsewhere, owner_id=reader(ctx).person_id)
    return led + register.rows(ctx, own.exclude(project__stage=Stage.CLOSED.value))


def _owners(ctx: Context) -> dict[int, str]:
    """Names of the owners of what stands in any register, asked at once."""

    def read() -> dict[int, str]:
        found = {row.owner_id for register in _REGISTERS for row in _open(ctx, register)}
        return names_of(found - {None})

    return once(ctx, "owners in registers", read)


def _nearest(rows: Iterable[Any], due_field: str) -> list[Any]:
    """The first of them by their day, those without one last."""
    found = list(rows)
    if len(found) > _MOST:
        found.sort(key=lambda row: (getattr(row, due_field) or date.max, row.pk))
    return found[:_MOST]


def _group(row: Any, due: date | None, me: Reader, *, own: Group) -> Group | None:
    """Where a register's record stands: one's own, nobody's, or another's that is due; None = nowhere yet."""
    if row.owner_id in (me.person_id, None):
        return own if due is None or due <= me.day + timedelta(days=1) else Group.AHEAD
    return Group.WAITING if due is not None and due <= me.day else None


def _line(
    model: Any, row: Any, owners: Mapping[int, str], group: Group, due: date | None, says: str, **more: Any
) -> Matter:
    """A line about a register's record: who owns it, and for whom one waits."""
    owner = owners.get(row.owner_id, "nobody")
    return Matter(
        key=f"{model._meta.model_name}:{row.pk}",
        group=group,
        what=f"{model.prefix}-{row.number} {says}",
        project_id=row.project_id,
        kind=model._meta.label,
        record_id=row.pk,
        due=due,
        owner_id=row.owner_id,
        owner=owner,
        people=(owner,) if group is Group.WAITING else (),
        **more,
    )


def _own(group: Group, act: Act) -> Act:
    """The act on what is one's own; what another owes can be looked at."""
    return Act("Open") if group is Group.WAITING else act


def _close(label: str, use_case: str, record: dict[str, Any], ask: Ask) -> Act:
    return Act(label, use_case, {**record, "state": State.CLOSED.value}, (ask,))


@provider("projects.decisions", families=("decision",))
def decisions(ctx: Context) -> Iterable[Matter]:
    """Open decisions: those to take, and those that others owe to projects one leads."""
    me = reader(ctx)
    owners = _owners(ctx)
    for row in _nearest(_open(ctx, _DECISIONS), "decide_by"):
        mine = row.owner_id in (me.person_id, None)
        group = Group.DECIDE if mine else _group(row, row.decide_by, me, own=Group.DECIDE)
        if group is None:
            continue
        stated = bool(row.cost_of_waiting.strip())
        yield _line(
            Decision,
            row,
            owners,
            group,
            row.decide_by,
            row.question,
            reason=late_text("decision", row.decide_by, me),
            consequence=f"waiting costs: {short(row.cost_of_waiting)}" if stated else "",
            stake=stake(row.decide_by, me, severity=Decimal("0.5") if stated else Decimal("0.25")),
            act=_own(group, _decide(row.pk)),
            evidence=due_evidence(row.decide_by, me, "“decide by”"),
        )


@provider("projects.risks", families=("risk",))
def risks(ctx: Context) -> Iterable[Matter]:
    """Risks whose response is due, and high ones that nobody owns."""
    me = reader(ctx)
    owners = _owners(ctx)
    near = me.day + timedelta(days=AHEAD_DAYS)
    found = _open(ctx, _RISKS)
    unowned = sorted((row for row in found if _is_high_unowned(row)), key=lambda row: row.pk)
    due = [row for row in found if row.response_due is not None and row.response_due <= near]
    rows: dict[int, Any] = {row.pk: row for row in (*unowned[:_MOST], *_nearest(due, "response_due"))}
    for row in rows.values():
        group = _group(row, row.response_due, me, own=Group.LATE)
        if group is None:
            continue
        high = row.probability * row.impact
        nobody = "nobody owns it" if row.owner_id is None else ""
        said = late_text("response", row.response_due, me) if row.response_due else ""
        yield _line(
            Risk,
            row,
            owners,
            group,
            row.response_due,
            row.title,
            reason="; ".join(filter(None, (nobody, said))),
            consequence=f"exposure {high} of 25" + (f": {short(row.effect)}" if row.effect.strip() else ""),
            stake=stake(row.response_due, me, severity=Decimal(high) / 25),
            act=Act("Name an owner" if nobody else "Review"),
            evidence=(
                Evidence("Exposure", f"{high}", f"probability {row.probability} × impact {row.impact}, at most 25"),
                *due_evidence(row.response_due, me, "“response due”"),
            ),
        )


def _is_high_unowned(row: Any) -> bool:
    return row.owner_id is None and row.probability * row.impact >= _UNOWNED_FROM


@provider("projects.issues", families=("issue",))
def issues(ctx: Context) -> Iterable[Matter]:
    """Open issues that are due, and critical ones whenever they are due."""
    me = reader(ctx)
    owners = _owners(ctx)
    for row in _nearest(_open(ctx, _ISSUES), "due"):
        grave = row.severity in (Severity.HIGH.value, Severity.CRITICAL.value)
        if row.due is None and not grave:
            continue
        group = _group(row, row.due, me, own=Group.LATE)
        if group is None:
            continue
        yield _line(
            Issue,
            row,
            owners,
            group,
            row.due,
            row.title,
            reason=late_text("resolution", row.due, me),
            consequence=f"{row.severity} issue stays open",
            stake=stake(row.due, me, severity=_GRADES[row.severity]),
            act=_own(
                group,
                _close("Resolve", "projects.edit_issue", {"issue": row.pk}, Ask("resolution", "How it was resolved")),
            ),
            evidence=(
                Evidence("Severity", row.severity, "as entered with the issue; low, medium, high, critical"),
                *due_evidence(row.due, me, "“due”"),
            ),
        )


@provider("projects.assumptions", families=("assumption",))
def assumptions(ctx: Context) -> Iterable[Matter]:
    """Assumptions whose day to check has come or comes this week."""
    me = reader(ctx)
    owners = _owners(ctx)
    for row in _nearest(_open(ctx, _ASSUMPTIONS), "check_by"):
        group = _group(row, row.check_by, me, own=Group.LATE)
        if group is None:
            continue
        yield _line(
            Assumption,
            row,
            owners,
            group,
            row.check_by,
            short(row.text),
            reason=late_text("check", row.check_by, me),
            consequence="the plan still stands on it unchecked",
            stake=stake(row.check_by, me, severity=Decimal("0.2")),
            act=_own(
                group,
                _close(
                    "Record the check",
                    "projects.edit_assumption",
                    {"assumption": row.pk},
                    Ask("outcome", "What the check found"),
                ),
            ),
            evidence=due_evidence(row.check_by, me, "“check by”"),
        )


@provider_of_led("projects.imports", families=("import",))
def imports(ctx: Context) -> Iterable[Matter]:
    """Imports of the last two weeks that wait for answers or for being applied."""
    return kept_lines(ctx, "projects.imports", _imports)


def _imports(ctx: Context, project_ids: list[int]) -> Iterable[Matter]:
    me = reader(ctx)
    rows = (
        ImportBatch.unscoped(reason="imports of projects that the actor leads")
        .filter(
            among_ids("project_id", project_ids),
            state=ImportState.PREVIEW.value,
            created_at__gte=ctx.now - timedelta(days=_IMPORT_DAYS),
        )
        .annotate(questions=KeyTransform("questions", "preview"))
        .order_by("-id")
    )
    columns = rows.values_list("pk", "project_id", "file_name", "kind", "created_by", "questions")
    for pk, project_id, file_name, kind, brought_by, questions in columns:
        count = len(questions or ())
        asked = "1 question is open" if count == 1 else f"{count} questions are open"
        yield Matter(
            key=f"import:{pk}",
            group=Group.DECIDE,
            what=f"Import of {kind}: {file_name}",
            project_id=project_id,
            kind=ImportBatch._meta.label,
            record_id=pk,
            reason=asked if count else "read and not applied yet",
            consequence=f"nothing of the file counts until then; brought by {brought_by}",
            stake=stake(None, me, severity=Decimal("0.3")),
            act=Act("Answer" if count else "Look and apply"),
            evidence=(Evidence("Open questions", str(count), "questions of the import's preview"),),
        )
