"""Standings through their doors: one judgement of health, kept cheaply, never older than it says."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from headway.areas.portfolio import commands, queries
from headway.areas.portfolio.computing import figures_from
from headway.areas.portfolio.models import StoredStanding
from headway.areas.portfolio.reactions import refresh, refresh_all
from headway.areas.portfolio.types import Dimension, Direction, Group, Health, Sort
from headway.areas.projects import commands as projects
from headway.areas.projects.queries import charter
from headway.areas.projects.types import Stage
from headway.areas.schedule import commands as plan
from headway.engine.rag import RagError, RagLimits, limits_from
from headway.journeys.reports import take_snapshot
from headway.kernel import jobs_worker
from headway.kernel.context import Context
from headway.kernel.database.write_lock import allow_writes
from headway.kernel.errors import Conflict, Denied, Invalid, NotFound
from headway.reports.status_snapshot import Audience
from tests.areas.portfolio.conftest import House

pytestmark = pytest.mark.django_db


def _site(ctx: Context) -> queries.Standing:
    return queries.standing(ctx, project="SITE")


def _later(ctx: Context, days: int) -> Context:
    return ctx.but(now=ctx.now + timedelta(days=days))


def test_a_standing_says_health_dates_and_burn(site: House) -> None:
    found = queries.standings(site("manager"))
    assert [row.key for row in found.items] == ["SHOP", "SITE"]
    figures = found.items[1].figures
    assert figures is not None
    assert (figures.health, figures.finish, figures.late_days) == (Health.RED, date(2026, 3, 27), 0)
    assert (figures.percent_complete, figures.percent_spent) == (Decimal(0), Decimal(67))
    assert (figures.spent, figures.budget, figures.high_risks) == (Decimal(268), Decimal(400), 1)
    assert "Supplier fails" in figures.because
    assert found.items[0].figures is not None
    assert found.items[0].figures.health is Health.NOT_MEASURED
    whole = found.whole
    assert (whole.projects, whole.red, whole.not_measured, whole.next_finish_of) == (2, 1, 1, "Site build")


def test_each_sees_the_projects_he_works_on_and_clients_see_none(site: House) -> None:
    assert [row.key for row in queries.standings(site("stranger")).items] == ["RIVAL"]
    assert {row.key for row in queries.standings(site("senior_reader")).items} == {"RIVAL", "SHOP", "SITE"}
    with pytest.raises(Denied):
        queries.standings(site("client"))
    with pytest.raises(NotFound):
        queries.standing(site("stranger"), project="SITE")


def test_who_may_not_see_budgets_gets_health_without_them(site: House) -> None:
    row = _site(site("member"))
    assert row.figures is not None
    assert (row.sees_budget, row.figures.percent_spent, row.figures.budget) == (False, None, None)
    assert {reading.dimension for reading in row.figures.readings}.isdisjoint({Dimension.COST, Dimension.SCOPE})
    assert "Gap" not in row.figures.because
    plan.set_progress(site("manager"), task=_task(site), percent_complete=Decimal(70))
    projects.edit_risk(site("manager"), risk=_risk(site), probability=1)
    seen, whole = _site(site("member")).figures, _site(site("manager")).figures
    assert seen is not None
    assert whole is not None
    assert seen.health is Health.GREEN
    assert whole.percent_spent is not None


def _task(site: House) -> int:
    from headway.areas.schedule.queries import tasks

    return tasks(site("manager"), project="SITE").items[0].id


def _risk(site: House) -> int:
    from headway.areas.projects.queries import risks

    return risks(site("manager"), project="SITE")[0].id


def _id(site: House) -> int:
    found: int = charter(site("manager"), project="SITE").id
    return found


def test_the_portfolio_and_the_report_judge_alike(site: House) -> None:
    figures = _site(site("manager")).figures
    _, snapshot = take_snapshot(
        site("manager"), project=_id(site), as_of=site("manager").now.date(), audience=Audience.INTERNAL
    )
    assert figures is not None
    assert [reading.colour.word for reading in figures.readings] == [item.colour.value for item in snapshot.rag]
    assert [reading.reason for reading in figures.readings] == [item.reason for item in snapshot.rag]
    assert figures.health.word == snapshot.overall.value


def test_a_colour_changes_only_after_two_readings(site: House) -> None:
    ctx = site("manager")
    projects.edit_risk(ctx, risk=_risk(site), probability=3, impact=4)
    take_snapshot(ctx, project=_id(site), as_of=ctx.now.date(), audience=Audience.INTERNAL)
    projects.edit_risk(ctx, risk=_risk(site), probability=1)
    figures = _site(ctx).figures
    assert figures is not None
    risk = next(reading for reading in figures.readings if reading.dimension is Dimension.RISK)
    assert (risk.colour, risk.computed, risk.previous) == (Health.AMBER, Health.GREEN, Health.AMBER)
    assert risk.trend is Direction.BETTER


def test_kept_figures_are_read_and_never_computed_again(site: House) -> None:
    refresh_all({})
    with CaptureQueriesContext(connection) as sent:
        found = queries.standings(site("manager").but(now=_today()))
    assert all(row.current for row in found.items)
    assert len(sent) <= 12
    assert refresh_all({}) == {"computed": 0}


def _today() -> object:
    from headway.kernel.context import clock

    return clock()


def test_a_change_makes_kept_figures_out_of_date_and_reading_them_computes_anew(site: House) -> None:
    refresh_all({})
    now = site("manager").but(now=_today())
    projects.add_risk(now, project="SITE", title="Another", probability=5, impact=5)
    row = _site(now)
    assert row.current
    assert row.figures is not None
    assert row.figures.high_risks == 2
    assert refresh_all({}) == {"computed": 1}


def test_another_day_makes_kept_figures_out_of_date_but_not_of_a_closed_project(site: House) -> None:
    refresh_all({})
    tomorrow = site("manager").but(now=_today()).now + timedelta(days=1)
    assert _site(site("manager").but(now=tomorrow)).figures.as_of == tomorrow.date()  # type: ignore[union-attr]
    projects.set_stage(site("manager"), project="SHOP", stage=Stage.CLOSED)
    refresh_all({})
    shop = queries.standing(site("manager").but(now=tomorrow), project="SHOP")
    assert shop.figures is not None
    assert shop.figures.as_of < tomorrow.date()


def test_no_more_than_a_few_are_computed_while_somebody_waits(site: House) -> None:
    for number in range(queries.MOST_AT_ONCE + 2):
        projects.create(site("manager"), key=f"P{number}", name=f"Project {number}")
    found = queries.standings(site("manager"))
    waiting = [row for row in found.items if row.figures is None]
    assert len(waiting) == len(found.items) - queries.MOST_AT_ONCE
    assert found.whole.waiting == len(waiting)


def test_a_changed_plan_asks_for_its_standing(site: House) -> None:
    plan.add_task(site("manager"), project="SITE", name="More", duration="4w")
    jobs_worker.run_due()
    row = queries.standing(site("manager").but(now=_today()), project="SITE")
    assert row.figures is not None
    assert row.computed_at is not None
    refresh({"project": 10**6})  # a project that is gone asks for nothing


def test_weeks_are_kept_and_tell_the_trend(site: House) -> None:
    from headway.areas.portfolio.computing import compute, keep
    from headway.areas.projects.lines import lines_inside

    ctx = site("manager")
    line = next(line for line in lines_inside(ctx) if line.key == "SITE")
    keep(line, compute(_later(ctx, -7), line, past={}))
    projects.edit_risk(ctx, risk=_risk(site), probability=1)
    keep(line, compute(ctx, line, past={}))
    row = _site(ctx)
    assert [week.first for week in row.weeks] == [date(2026, 2, 23), date(2026, 3, 2)]
    assert row.trend in (Direction.SAME, Direction.WORSE)


def test_order_groups_filters_and_pages(site: House) -> None:
    ctx = site("manager")
    by_slip = queries.standings(ctx, sort=Sort.HEALTH)
    assert [row.key for row in by_slip.items] == ["SITE", "SHOP"]
    assert [row.key for row in queries.standings(ctx, sort=Sort.HEALTH, descending=True).items] == ["SHOP", "SITE"]
    assert [row.key for row in queries.standings(ctx, health=Health.RED).items] == ["SITE"]
    assert [row.key for row in queries.standings(ctx, search="shop").items] == ["SHOP"]
    assert queries.standings(ctx, stage=Stage.CLOSED).items == ()
    groups = queries.standings(ctx, group=Group.HEALTH).groups
    assert [(group.name, group.projects) for group in groups] == [("Red", 1), ("Not measured", 1)]
    first = queries.standings(ctx, limit=1)
    assert [row.key for row in first.items] == ["SHOP"]
    assert [row.key for row in queries.standings(ctx, limit=1, cursor=first.next).items] == ["SITE"]
    for wrong in ({"limit": 0}, {"limit": 201}, {"cursor": "nonsense"}):
        with pytest.raises(Invalid):
            queries.standings(ctx, **wrong)


def test_every_order_holds_with_and_without_figures(site: House) -> None:
    for sort in Sort:
        assert len(queries.standings(site("manager"), sort=sort).items) == 2


def test_a_colour_by_hand_is_measured_against_what_the_figures_say(site: House) -> None:
    manager, approver = site("manager"), site("approver")
    better = {"project": "SITE", "dimension": Dimension.COST, "colour": Health.GREEN, "reason": "Refund due"}
    with pytest.raises(Conflict, match="name an approver"):
        commands.override_health(manager, **better)
    with pytest.raises(Denied):
        commands.approve_better_health(manager, **better)
    row = commands.approve_better_health(approver, **better)
    assert (row.set_by, row.approved_by) == ("Abel Approver", "Abel Approver")
    figures = _site(manager).figures
    assert figures is not None
    cost = next(reading for reading in figures.readings if reading.dimension is Dimension.COST)
    assert (cost.colour, cost.by_rule, cost.override) == (Health.GREEN, Health.RED, row)


def test_a_colour_cannot_be_set_where_nothing_is_measured(site: House) -> None:
    with pytest.raises(Conflict, match="Nothing is measured"):
        commands.override_health(
            site("manager"), project="SHOP", dimension=Dimension.COST, colour=Health.RED, reason="A feeling"
        )


def test_stored_figures_read_back_as_they_were(site: House) -> None:
    from headway.kernel.schema import to_json

    figures = _site(site("manager")).figures
    assert figures_from(to_json(figures)) == figures


@given(st.dictionaries(st.text(max_size=20), st.one_of(st.none(), st.integers(), st.text(), st.lists(st.floats()))))
def test_limits_are_taken_or_refused_but_never_half_taken(limits: dict[str, object]) -> None:
    try:
        found = limits_from(limits)
    except RagError:
        return
    assert isinstance(found, RagLimits)
    assert set(limits) <= set(RagLimits.__slots__)


def test_figures_that_an_earlier_version_kept_otherwise_are_computed_anew(site: House) -> None:
    ctx = site("manager")
    refresh_all({})
    before = _site(ctx).figures
    with allow_writes("a standing as an earlier version kept it"):
        StoredStanding.unscoped(reason="test").update(figures={"health": "green"})
    assert _site(ctx).figures == before
    assert refresh_all({})["computed"] == 3
    kept = StoredStanding.visible_to(ctx).values_list("figures", flat=True)
    assert all(figures_from(record) is not None for record in kept)
    assert refresh_all({})["computed"] == 0
