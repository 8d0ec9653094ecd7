"""Rows of change requests, their options, impacts and outcomes. The caller has passed a door."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from headway.areas.approvals.queries import of_subject
from headway.areas.desk.providers import reader
from headway.areas.hours.on_tasks import hours_on_rows
from headway.areas.hours.sums import plain
from headway.areas.people.queries import names_of
from headway.areas.projects.lines import lines_among
from headway.areas.projects.types import State
from headway.areas.schedule.rows import PlanMark, done_percent, marks_of, tasks_of, undone_changes
from headway.areas.scope import effects
from headway.areas.scope.effects import OptionEffect
from headway.areas.scope.models import ChangeOption, ChangeRequest, Impact, OptionRisk
from headway.areas.scope.policies import sees_costs, sees_money
from headway.areas.scope.types import (
    UNDECIDED,
    Area,
    BroughtRisk,
    ChangeOutcome,
    Confidence,
    ImpactRow,
    OptionRow,
    RequestDetail,
    RequestRow,
    RequestState,
    RoleHours,
    StepRow,
)
from headway.engine.impact import it_risk, reach_band, reach_percent, score
from headway.engine.ranking import working_days
from headway.kernel.context import Context

REQUEST = "scope.ChangeRequest"
_WHY = "options of visible change requests"


@dataclass(frozen=True)
class _Seen:
    """What lists of change requests are read with."""

    options: Mapping[int, list[ChangeOption]]
    plans: Mapping[int, PlanMark]
    names: Mapping[int, str]
    today: date


def request_rows(ctx: Context, rows: Collection[ChangeRequest]) -> tuple[RequestRow, ...]:
    """Change requests as lists show them; three queries, however many."""
    seen = _seen(ctx, rows)
    return tuple(_row(row, seen) for row in rows)


def _seen(ctx: Context, rows: Collection[ChangeRequest]) -> _Seen:
    options: dict[int, list[ChangeOption]] = {}
    for option in live_options([row.pk for row in rows]):
        options.setdefault(option.request_id, []).append(option)
    plans = marks_of({row.project_id for row in rows})
    names = names_of({row.owner_id for row in rows if row.owner_id is not None})
    return _Seen(options, plans, names, reader(ctx).day)


def live_options(request_ids: Collection[int]) -> list[ChangeOption]:
    """The options of some visible requests, in order."""
    rows = ChangeOption.unscoped(reason=_WHY).filter(request__in=list(request_ids), removed_at=None)
    return list(rows.order_by("request_id", "number"))


def _row(row: ChangeRequest, seen: _Seen) -> RequestRow:
    options = seen.options.get(row.pk, [])
    state = RequestState(row.state)
    told = _told_by(row, options)
    effect = effects.unpacked(told.effect) if told is not None else None
    mark = seen.plans.get(row.project_id)
    undecided = state in UNDECIDED
    return RequestRow(
        id=row.pk,
        project_id=row.project_id,
        number=row.number,
        ref=row.ref,
        title=row.title,
        state=state,
        asked_by=row.asked_by,
        asked_on=row.asked_on,
        decide_by=row.decide_by,
        late=undecided and row.decide_by is not None and row.decide_by < seen.today,
        owner=seen.names.get(row.owner_id or 0, ""),
        options=len(options),
        stale=undecided and any(option.effect and stale_text(option, mark) for option in options),
        option=told.name if told is not None else "",
        finish_days=effect.finish_days if effect is not None else None,
        more_hours=plain(effect.more_hours) if effect is not None else None,
        decided_at=row.decided_at,
        version=row.version,
    )


def _told_by(row: ChangeRequest, options: Collection[ChangeOption]) -> ChangeOption | None:
    """The option that a list tells of: the chosen one, the recommended one, else the first that does something."""
    wanted = row.chosen_id or row.recommended_id
    found = next((option for option in options if option.pk == wanted), None)
    return found or next((option for option in options if not option.nothing), None)


def stale_text(option: ChangeOption, mark: PlanMark | None) -> str:
    """Why a computed effect no longer holds; '' = it does, or nothing is computed."""
    if option.effect is None or mark is None or option.plan_version == mark.version:
        return ""
    return f"The plan has changed since (version {option.plan_version} then, {mark.version} now)."


def effect_of(ctx: Context, project_id: int, stored: Any) -> OptionEffect | None:
    """A stored effect as this reader may see it."""
    found = effects.unpacked(stored)
    others = {row.id for row in found.elsewhere if row.id is not None} if found is not None else set()
    return effects.readable(
        found,
        costs=sees_costs(ctx, project_id),
        budgets=sees_money(ctx, project_id),
        inside={line.id for line in lines_among(ctx, others)} if others else None,
    )


def option_row(ctx: Context, option: ChangeOption) -> OptionRow:
    """One option as its page shows it."""
    return option_rows(ctx, option.request, [option])[0]


def option_rows(ctx: Context, request: ChangeRequest, rows: Iterable[ChangeOption]) -> tuple[OptionRow, ...]:
    """The options of a request with their effects."""
    rows = list(rows)
    mark = marks_of([request.project_id]).get(request.project_id)
    risks = register_risks([row.pk for row in rows])
    return tuple(
        OptionRow(
            id=row.pk,
            number=row.number,
            name=row.name,
            nothing=row.nothing,
            steps=tuple(StepRow(item["text"], tuple(item["changes"])) for item in row.steps),
            hours=role_hours(row),
            one_off=plain(row.one_off),
            risks=row.risks,
            register=risks.get(row.pk, ()),
            effect=effect_of(ctx, request.project_id, row.effect),
            stale=stale_text(row, mark),
            recommended=row.pk == request.recommended_id,
            chosen=row.pk == request.chosen_id,
            version=row.version,
        )
        for row in rows
    )


def register_risks(option_ids: Collection[int]) -> dict[int, tuple[BroughtRisk, ...]]:
    """The risks of the register that some options bring, by option, the highest exposure first; one query."""
    found: dict[int, list[BroughtRisk]] = {}
    for row in OptionRisk.among(list(option_ids)).select_related("risk").order_by("risk__number"):
        risk = row.risk
        told = BroughtRisk(
            risk.pk, risk.ref, risk.title, risk.probability, risk.impact, risk.response, risk.state == State.OPEN.value
        )
        found.setdefault(row.option_id, []).append(told)
    return {pk: tuple(sorted(rows, key=lambda one: -one.exposure)) for pk, rows in found.items()}


def role_hours(row: ChangeOption) -> tuple[RoleHours, ...]:
    """The hours of roles that an option names."""
    return tuple(RoleHours(item["role"], Decimal(item["hours"])) for item in row.hours)


def impact_rows(rows: Collection[Impact]) -> tuple[ImpactRow, ...]:
    """Impacts with their scores, the heaviest first."""
    names = names_of({row.owner_id for row in rows if row.owner_id is not None})
    return tuple(sorted((_impact(row, names) for row in rows), key=lambda row: (-row.score, row.group, row.id)))


def _impact(row: Impact, names: Mapping[int, str]) -> ImpactRow:
    percent = reach_percent(row.reached, row.group_size)
    before, after = score(row.severity, percent), score(row.residual_severity, percent)
    return ImpactRow(
        id=row.pk,
        area=Area(row.area),
        group=row.group,
        group_size=row.group_size,
        reached=row.reached,
        percent=percent,
        band=reach_band(percent),
        description=row.description,
        severity=row.severity,
        likelihood=row.likelihood,
        score=before.score,
        colour=before.colour.value,
        residual_severity=row.residual_severity,
        residual=after.score,
        residual_colour=after.colour.value,
        mitigation=row.mitigation,
        owner_id=row.owner_id,
        owner=names.get(row.owner_id or 0, ""),
        due=row.due,
        onset=row.onset,
        lasts=row.lasts,
        reversible=row.reversible,
        confidence=Confidence(row.confidence),
        version=row.version,
    )


def detail(ctx: Context, row: ChangeRequest) -> RequestDetail:
    """A change request with all that this reader may see of it."""
    impacts = Impact.unscoped(reason="of a visible change request").filter(request=row, removed_at=None)
    asked = of_subject(REQUEST, row.pk)
    return RequestDetail(
        row=request_rows(ctx, [row])[0],
        why=row.why,
        if_nothing=row.if_nothing,
        description=row.description,
        recommendation=row.recommendation,
        dissent=row.dissent,
        owner_id=row.owner_id,
        it_probability=row.it_probability,
        it_impact=row.it_impact,
        rollback_tested=row.rollback_tested,
        first_time=row.first_time,
        freeze=row.freeze,
        it_risk=it_band(row),
        options=option_rows(ctx, row, live_options([row.pk])),
        impacts=impact_rows(list(impacts.order_by("id"))),
        approval_id=asked.id if asked is not None else None,
        decided_by=row.decided_by,
        decision_reason=row.decision_reason,
        plan_change=row.plan_change,
        budget_change=row.budget_change,
        carried_out_at=row.carried_out_at,
        carried_out_by=row.carried_out_by,
        outcome=outcomes(ctx, [row]).get(row.pk),
    )


def it_band(row: ChangeRequest) -> str:
    """Band of the risk of a change of IT; '' where it is none."""
    if row.it_probability is None or row.it_impact is None:
        return ""
    return it_risk(
        row.it_probability, row.it_impact, rollback_tested=row.rollback_tested, first_time=row.first_time
    ).value


def outcomes(ctx: Context, rows: Collection[ChangeRequest]) -> dict[int, ChangeOutcome]:
    """What was forecast of those that were carried out, and what has happened since; four queries, however many."""
    done = [row for row in rows if row.carried_out_at is not None and row.forecast]
    if not done:
        return {}
    wanted: dict[int, set[int]] = {}
    for row in done:
        wanted.setdefault(row.project_id, set()).update(row.made)
    tasks, worked = tasks_of(wanted), hours_on_rows(ctx, wanted)
    plans, undone = marks_of(wanted), undone_changes([row.plan_change for row in done if row.plan_change])
    found = {}
    for row in done:
        effect = effects.unpacked(row.forecast)
        if effect is None:
            continue
        there = [tasks[key] for uid in row.made if (key := (row.project_id, uid)) in tasks]
        now = plans[row.project_id].finish if row.project_id in plans else None
        found[row.pk] = ChangeOutcome(
            forecast_finish=effect.new_finish,
            forecast_days=effect.finish_days,
            finish_now=now,
            finish_days=_days_between(effect.new_finish, now),
            forecast_hours=plain(effect.more_hours),
            worked=sum((worked.get((row.project_id, uid), Decimal(0)) for uid in row.made), Decimal(0))
            if row.made
            else None,
            rows=len(row.made),
            rows_left=len(there),
            done=done_percent(there),
            taken_back=row.plan_change in undone,
        )
    return found


def _days_between(then: datetime | None, now: datetime | None) -> int | None:
    return None if then is None or now is None else working_days(then.date(), now.date())
