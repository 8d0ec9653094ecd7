"""KPIs in a project's health: for whom they count, when they become stale, what a report keeps of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from headway.areas.metrics import commands as metrics
from headway.areas.metrics import sampling, taking
from headway.areas.metrics.given import GivenSample, GivenTarget
from headway.areas.metrics.standing import kpis_standing
from headway.areas.metrics.types import Direction, Formula, Frequency, State
from headway.areas.portfolio import commands, queries
from headway.areas.portfolio.reactions import refresh_all
from headway.areas.portfolio.types import Dimension, Figures, Health, Reading
from headway.areas.projects import commands as projects
from headway.areas.projects.queries import charter, risks
from headway.areas.schedule import commands as plan
from headway.areas.schedule.queries import tasks
from headway.journeys.reports import take_snapshot
from headway.kernel.access import implied
from headway.kernel.context import Context, clock
from headway.kernel.errors import Conflict
from headway.reports import status_snapshot as say
from headway.reports.status_snapshot import Audience
from tests.areas.portfolio.conftest import House

pytestmark = pytest.mark.django_db
D = Decimal
TARGET = GivenTarget(D(97), amber=D(97), red=D(95))


def _define(ctx: Context, name: str, *values: str, **more: object) -> int:
    """A monthly share of SITE in percent with a sample a month, the last of them of February 2026."""
    given = {"formula": Formula.LAST, "unit": "%", "direction": Direction.HIGHER, "frequency": Frequency.MONTHLY}
    kpi: int = metrics.define(ctx, project="SITE", name=name, **given | {"target": TARGET} | more).row.id
    months = range(3 - len(values), 3)
    samples = tuple(
        GivenSample(f"2026-{month:02d}", value=D(value)) for month, value in zip(months, values, strict=True)
    )
    if samples:
        sampling.record(ctx, kpi=kpi, samples=samples)
    return kpi


def _figures(ctx: Context) -> Figures:
    found = queries.standing(ctx, project="SITE").figures
    assert found is not None
    return found


def _kpis(ctx: Context) -> Reading | None:
    return next((one for one in _figures(ctx).readings if one.dimension is Dimension.KPIS), None)


def _seen(ctx: Context) -> Reading:
    found = _kpis(ctx)
    assert found is not None
    return found


def _quiet(site: House) -> Context:
    """The manager, once nothing makes the project red: the work goes on and the risk is small."""
    ctx = site("manager")
    plan.set_progress(ctx, task=tasks(ctx, project="SITE").items[0].id, percent_complete=D(70))
    projects.edit_risk(ctx, risk=risks(ctx, project="SITE")[0].id, probability=1)
    return ctx


def test_a_project_without_kpis_has_no_such_dimension(site: House) -> None:
    ctx = site("manager")
    assert _kpis(ctx) is None
    with pytest.raises(Conflict, match="has no KPIs"):
        commands.override_health(ctx, project="SITE", dimension=Dimension.KPIS, colour=Health.RED, reason="A feeling")
    kpi = _define(ctx, "Orders in time", "90")
    assert _seen(ctx).colour is Health.RED
    metrics.retire(ctx, kpi=kpi)
    assert _kpis(ctx) is None


def test_the_worst_kpi_decides_and_can_be_opened(site: House) -> None:
    ctx = _quiet(site)
    _define(ctx, "Calls answered", "99")
    late = _define(ctx, "Orders in time", "90")
    _define(ctx, "Returns")
    found = _seen(ctx)
    assert (found.colour, found.measure, found.value) == (Health.RED, "KPIs amber or red", D(1))
    assert found.reason == (
        "KPI-2 Orders in time is red: 90.0 % in Feb 2026, wanted at least 97 %. 1 KPI is not judged."
    )
    assert "KPI-2 Orders in time: Green from 97 %, amber from 95 %, red below." in found.limits
    assert [(one.id, one.ref, one.colour) for one in found.kpis] == [(late, "KPI-2", Health.RED)]
    member = _figures(site("member"))
    assert member.health is Health.RED
    assert "KPIs: KPI-2 Orders in time is red" in member.because


def test_no_data_and_too_few_cases_are_not_red(site: House) -> None:
    ctx = site("manager")
    _define(ctx, "Returns")
    few = _define(ctx, "Calls", formula=Formula.RATIO, minimum_n=10)
    _define(ctx, "Views", "5", target=None)
    sampling.record(ctx, kpi=few, samples=(GivenSample("2026-02", numerator=D(1), denominator=D(3), n=3),))
    found = _seen(ctx)
    assert found.colour is Health.NOT_MEASURED
    assert found.reason == (
        "No KPI can be judged. KPI-2 Calls (3 cases in Feb 2026, at least 10 needed), KPI-1 Returns (no data) "
        "and 1 more."
    )
    metrics.retire(ctx, kpi=few)
    assert _seen(ctx).reason == "No KPI can be judged. KPI-1 Returns (no data), KPI-3 Views (no target)."
    with pytest.raises(Conflict, match="Nothing is measured"):
        commands.override_health(ctx, project="SITE", dimension=Dimension.KPIS, colour=Health.RED, reason="A feeling")


def test_a_stale_kpi_is_grey_and_hides_no_red(site: House) -> None:
    ctx = site("manager")
    _define(ctx, "Orders in time", "90", stale_minutes=60 * 24 * 3)  # February's sample tells of its last instant
    later = ctx.but(now=datetime(2026, 3, 5, 12, tzinfo=UTC))
    assert _seen(ctx).colour is Health.RED
    assert (_seen(later).colour, _seen(later).kpis[0].stale) == (Health.GREY, True)
    assert "is stale: 90.0 % in Feb 2026, wanted at least 97 %, red then." in _seen(later).reason
    _define(ctx, "Calls answered", "96")
    assert _seen(later).colour is Health.AMBER
    assert "1 KPI is stale." in _seen(later).reason


def test_kept_figures_hold_until_the_next_kpi_becomes_stale(site: House) -> None:
    ctx = site("manager").but(now=clock())
    kpi = _define(ctx, "Orders in time", stale_minutes=90)
    sampling.record(ctx, kpi=kpi, samples=(GivenSample(f"{ctx.now:%Y-%m}", value=D(99)),))
    refresh_all({})
    assert refresh_all({}) == {"computed": 0}
    assert _seen(ctx).colour is Health.GREEN
    assert _seen(ctx.but(now=ctx.now + timedelta(minutes=90))).colour is Health.GREEN
    assert _seen(ctx.but(now=ctx.now + timedelta(minutes=91))).colour is Health.GREY


def test_a_kpi_that_not_everybody_may_see_counts_for_those_alone_who_may(site: House) -> None:
    ctx = _quiet(site)
    cost = _define(ctx, "Cost performance", ready="cpi", unit="", target=GivenTarget(D(1)))
    _define(ctx, "Calls answered", "99")
    taking.keep_taken(ctx.as_system("a test"), kpi=cost, begins="2026-02-01T00:00:00", value=D("0.5"), asked={})
    assert (_seen(ctx).colour, _seen(site("approver")).colour) == (Health.RED, Health.RED)
    member = _seen(site("member"))
    assert (member.colour, member.kpis[0].name) == (Health.GREEN, "Calls answered")
    assert member.reason == "1 KPI is green. 1 KPI is left out, for not everybody who reads this may see it."
    assert "Cost performance" not in str(_figures(site("member")))
    rows = {who: queries.standings(site(who), search="SITE").items[0] for who in ("manager", "member")}
    assert {who: row.figures.health for who, row in rows.items() if row.figures} == {
        "manager": Health.RED,
        "member": Health.GREEN,
    }


def test_what_hidden_kpis_were_does_not_hold_the_colour_of_others(site: House) -> None:
    ctx = _quiet(site)
    cost = _define(ctx, "Cost performance", ready="cpi", unit="", target=GivenTarget(D(1)))
    _define(ctx, "Calls answered", "99")
    house = ctx.as_system("a test")
    taking.keep_taken(house, kpi=cost, begins="2026-02-01T00:00:00", value=D("0.5"), asked={})
    project = charter(ctx, project="SITE").id
    take_snapshot(ctx, project=project, as_of=ctx.now.date(), audience=Audience.INTERNAL)
    taking.keep_taken(house, kpi=cost, begins="2026-03-01T00:00:00", value=D("1.2"), asked={})
    assert (_seen(ctx).colour, _seen(ctx).computed, _seen(ctx).previous) == (Health.RED, Health.GREEN, Health.RED)
    member = _seen(site("member"))
    assert (member.colour, member.previous) == (Health.GREEN, None)


def test_a_report_keeps_the_reading_and_the_clients_copy_only_what_all_may_see(site: House) -> None:
    ctx = site("manager")
    _define(ctx, "Orders in time", "90")
    hidden = _define(ctx, "Timesheets", ready="timesheets", target=GivenTarget(D(95)))
    cost = _define(ctx, "Cost performance", ready="cpi", unit="", target=GivenTarget(D(1)))
    for kpi in (hidden, cost):
        value = {"kpi": kpi, "begins": "2026-02-01T00:00:00", "value": D("0.5"), "asked": {}}
        taking.keep_taken(ctx.as_system("a test"), **value)
    project, day = charter(ctx, project="SITE").id, ctx.now.date()
    kept = {
        audience: take_snapshot(ctx, project=project, as_of=day, audience=audience)[1]
        for audience in (Audience.INTERNAL, Audience.CLIENT)
    }
    ours, theirs = (kept[audience].rag[-1] for audience in (Audience.INTERNAL, Audience.CLIENT))
    assert (ours.dimension, ours.colour.word) == (say.Dimension.KPIS, "Red")
    assert "Cost performance" in ours.reason
    assert "Orders in time is red" in theirs.reason
    assert "Cost performance" not in str(kept[Audience.CLIENT])
    assert "2 KPIs are left out" in theirs.reason
    assert "1 KPI is left out" in ours.reason
    assert say.StatusSnapshot.from_json(kept[Audience.CLIENT].to_json()) == kept[Audience.CLIENT]
    assert _seen(ctx).previous is Health.RED


def test_an_earlier_day_is_judged_by_what_was_known_then(site: House) -> None:
    ctx = site("manager")
    early = ctx.but(now=datetime(2026, 2, 10, 9, tzinfo=UTC))
    kpi = _define(early, "Orders in time")
    sampling.record(early, kpi=kpi, samples=(GivenSample("2026-01", value=D(99)),))
    sampling.record(ctx, kpi=kpi, samples=(GivenSample("2026-02", value=D(90)),))
    asked = {"now": ctx.now, "zone": ZoneInfo("UTC")}
    project = charter(ctx, project="SITE").id
    then, now = (
        kpis_standing(project, as_of=day, **asked)[0]  # type: ignore[arg-type]
        for day in (date(2026, 2, 20), ctx.now.date())
    )
    assert (then.state, then.period, then.stale) == (State.GREEN, "Jan 2026", False)
    assert (now.state, now.period) == (State.RED, "Feb 2026")
    assert kpis_standing(project, as_of=date(2026, 2, 1), **asked) == ()  # type: ignore[arg-type]


def test_a_permission_implies_another_where_all_its_roles_hold_it() -> None:
    assert implied("schedule.read", by="portfolio.read_project")
    assert implied("budgets.read_exchange", by="portfolio.read_project")  # staff
    assert implied("budgets.read", by="budgets.read")
    assert not implied("budgets.read", by="portfolio.read_project")
    assert not implied("hours.read_team", by="budgets.read")
    assert not implied("budgets.read_exchange", by="projects.read")  # clients read that


def test_a_target_of_nothing_is_told_in_short(site: House) -> None:
    ctx = site("manager")
    wanted = {"direction": Direction.LOWER, "unit": "", "target": GivenTarget(D(0), amber=D(2), red=D(5), zero=True)}
    _define(ctx, "Overdue tasks", "9", **wanted)
    assert _seen(ctx).reason == "KPI-1 Overdue tasks is red: 9 in Feb 2026, wanted 0."
