"""Service levels, cases with a business clock, samples taken from queries, files, and the Desk."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from headway.areas.budgets.invoices import add_invoice
from headway.areas.budgets.people_time import utilisation
from headway.areas.budgets.people_types import TimeScale
from headway.areas.budgets.realising import realisation
from headway.areas.desk import queries as desk
from headway.areas.desk.types import Group
from headway.areas.files import commands as files
from headway.areas.files import store
from headway.areas.hours import commands as hours
from headway.areas.hours.approved import hours_approved
from headway.areas.hours.types import RateKind
from headway.areas.metrics import commands as metrics
from headway.areas.metrics import queries, sampling, taking
from headway.areas.metrics.given import GivenCase, GivenPause, GivenSample, GivenTarget, Promised
from headway.areas.metrics.sources import READY, _known
from headway.areas.metrics.types import Counts, Direction, Flag, Formula, Frequency, Provenance, State
from headway.areas.projects import commands as projects
from headway.areas.projects.queries import high_risks
from headway.areas.schedule import commands as plan
from headway.areas.schedule.milestones_hit import milestones_hit
from headway.journeys import import_samples
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Denied, Invalid, NotFound
from headway.kernel.jobs import registered
from tests.areas.metrics.conftest import D, House, person
from tests.conftest import NOW


def level(ctx: Context, **more: Any) -> int:
    """Requests answered in time: a service level of 97 %, weekly."""
    given: dict[str, Any] = {
        "project": "SITE",
        "name": "Requests in time",
        "formula": Formula.RATIO,
        "unit": "%",
        "direction": Direction.HIGHER,
        "frequency": Frequency.WEEKLY,
        "service": True,
        "target": GivenTarget(D(97), amber=D(97), red=D(90)),
    }
    return metrics.define(ctx, **(given | more)).row.id


def test_open_and_overdue_counts_as_missed(site: House) -> None:
    manager = site("manager")
    kpi = level(manager)
    sampling.record(manager, kpi=kpi, samples=(GivenSample("2026-W09", met=41, missed=3, overdue=2, open=6),))
    detail = queries.kpi(manager, kpi=kpi)
    assert (detail.row.shown, detail.row.n) == ("89.1 %", 46)
    assert detail.service_level is not None
    assert detail.service_level.counts == Counts(41, 3, 2, 6)
    assert detail.service_level.text.startswith(
        "41 met, 3 missed, 2 open and overdue, 6 open and not due, below target."
    )


def test_the_error_budget_of_480_orders(site: House) -> None:
    manager = site("manager")
    kpi = level(manager)
    sampling.record(manager, kpi=kpi, samples=(GivenSample("2026-W09", met=471, missed=9),))
    told = queries.kpi(manager, kpi=kpi)
    assert told.row.value == D("98.125")
    assert told.service_level is not None
    assert told.service_level.budget is not None
    assert (told.service_level.budget.consumed, told.service_level.budget.burn) == (D("62.5"), D("0.625"))
    assert told.service_level.projection is None  # the week has ended


def test_a_running_period_is_projected_from_those_before(site: House) -> None:
    manager = site("manager")
    kpi = level(manager)
    before = tuple(GivenSample(f"2026-W0{week}", met=480) for week in (7, 8, 9))
    sampling.record(manager, kpi=kpi, samples=(*before, GivenSample("2026-W10", met=231, missed=9)))
    told = queries.kpi(manager, kpi=kpi).service_level
    assert told is not None
    assert told.projection is not None
    assert (told.expected, told.projection.consumed, told.projection.expected) == (480, D("62.5"), 125)


def test_a_service_level_is_entered_as_counts_alone(site: House) -> None:
    manager = site("manager")
    kpi = level(manager)
    with pytest.raises(Invalid, match="entered as counts"):
        sampling.record(manager, kpi=kpi, samples=(GivenSample("2026-W09", numerator=D(1), denominator=D(2)),))
    with pytest.raises(Invalid, match="ratio in percent"):
        level(manager, unit="")


def at(day: int, hour: int, minute: int = 0, *, month: int = 11) -> datetime:
    """An instant of November 2026 where it is New York."""
    return datetime(2026, month, day, hour + 5, minute, tzinfo=UTC)


def test_cases_are_judged_in_business_time(site: House) -> None:
    later = site("manager").but(now=at(30, 12))
    kpi = level(
        later,
        promises=(Promised("P1", 240), Promised("", 960)),
        hours="Mon-Fri 09:00-17:30",
        zone="America/New_York",
        frequency=Frequency.MONTHLY,
    )
    cases = (
        GivenCase(at(23, 10), at(24, 17, 30), "P3", ref="in time to the second"),
        GivenCase(at(23, 10), at(25, 9, 1), "P3", ref="late"),
        GivenCase(at(23, 10), at(25, 17), "P3", (GivenPause(at(24, 11), at(25, 15)),), "with a pause"),
        GivenCase(at(23, 10), None, "P1", ref="open and overdue"),
        GivenCase(at(30, 11), None, "P1", ref="open"),
        GivenCase(at(23, 10), None, "P1", (GivenPause(at(23, 11)),), "on hold"),
    )
    done = sampling.record_cases(later, kpi=kpi, cases=cases)
    assert done.added == 1
    point = queries.kpi(later, kpi=kpi).points[0]
    assert point.counts == Counts(met=2, missed=1, overdue=1, open=1, paused=1)
    assert point.shown == "50.0 %"
    trace = queries.trace(later, kpi=kpi, period="2026-11")
    told = {one.ref: one for one in trace.cases}
    assert told["with a pause"].outcome == "met"
    assert told["in time to the second"].minutes == 960
    assert trace.detail["by_priority"]["P1"]["overdue"] == 1
    assert "closed in the period" in trace.detail["basis"]
    assert sampling.record_cases(later, kpi=kpi, cases=cases).unchanged == 1
    with pytest.raises(Invalid, match="stops before it starts"):
        sampling.record_cases(later, kpi=kpi, cases=(GivenCase(at(24, 10), at(23, 10)),))


def test_a_duration_is_the_mean_business_time(site: House) -> None:
    later = site("manager").but(now=at(30, 12))
    kpi = level(
        later, service=False, formula=Formula.DURATION, unit="h", direction=Direction.LOWER, target=None,
        hours="Mon-Fri 09:00-17:00", zone="America/New_York",
    )  # fmt: skip
    cases = (GivenCase(at(20, 16, 30), at(23, 9, 45)), GivenCase(at(23, 9), at(23, 12, 45)))
    sampling.record_cases(later, kpi=kpi, cases=cases)
    assert queries.kpi(later, kpi=kpi).row.shown == "2.5 h"  # (1.25 + 3.75) / 2, not over the weekend


# --- taken from queries ------------------------------------------------------------------------


def taken(ctx: Context, **more: Any) -> int:
    given: dict[str, Any] = {
        "project": "SITE",
        "name": "Open risks",
        "formula": Formula.LAST,
        "direction": Direction.LOWER,
        "frequency": Frequency.WEEKLY,
        "ready": "open_risks",
    }
    return metrics.define(ctx, **(given | more)).row.id


def test_a_figure_of_the_house_is_taken_at_the_end_of_its_period(site: House) -> None:
    manager = site("manager")
    kpi = taken(manager)
    for title in ("Supplier late", "Key person leaves"):
        projects.add_risk(manager, project="SITE", title=title, probability=3, impact=3)
    system = manager.as_system("the job").but(now=NOW + timedelta(days=3))
    assert taking.take_all(system) == 0  # its week has not ended
    monday = system.but(now=datetime(2026, 3, 9, 0, 10, tzinfo=UTC))
    assert taking.take_all(monday) == 1
    assert taking.take_all(monday) == 0
    (point,) = queries.kpi(manager.but(now=monday.now), kpi=kpi).points
    assert (point.name, point.value, point.provenance) == ("2026-W10", 2, Provenance.QUERY)
    assert registered("metrics.take_due") is not None


def test_a_sample_is_taken_when_somebody_asks(site: House) -> None:
    manager = site("manager")
    kpi = taken(manager)
    assert taking.take(manager, kpi=kpi).added == 1
    assert queries.kpi(manager, kpi=kpi).row.value == 0
    trace = queries.trace(manager, kpi=kpi, period="2026-W10")
    assert trace.detail["query"] == "projects.risks"
    with pytest.raises(Conflict, match="not taken from a query"):
        taking.take(manager, kpi=level(manager))


def test_what_could_not_be_taken_says_why(site: House) -> None:
    manager = site("manager")
    kpi = taken(manager, ready="cpi", name="CPI", direction=Direction.HIGHER)
    monday = manager.as_system("the job").but(now=datetime(2026, 3, 9, 0, 10, tzinfo=UTC))
    assert taking.take_all(monday) == 0
    row = queries.kpi(manager, kpi=kpi).row
    assert row.trouble
    lines = {line.key: line for group in desk.show(manager.but(now=monday.now)).groups for line in group.lines}
    assert lines[f"kpi:{kpi}"].reason.startswith("no sample: ")


@pytest.mark.parametrize("name", sorted(READY))
def test_every_ready_source_can_be_asked(site: House, name: str) -> None:
    assert _known(READY[name].query) is not None
    if READY[name].house:
        with pytest.raises(Invalid, match="not about a project"):
            taken(site("manager"), ready=name, name=name)
        assert taken(site("administrator"), project=None, ready=name, name=name)
    else:
        assert taken(site("manager"), ready=name, name=name)


def test_utilisation_and_realisation_are_those_of_the_pages(site: House) -> None:
    """hours.md section 2: gross is billable / capacity, over everybody; realisation by value of what was invoiced."""
    boss, manager = site("administrator"), site("manager")
    me = person(site, "member")
    hours.set_project_rate(manager, project="SITE", kind=RateKind.BILL, rate=D(100), first=date(2026, 1, 1), person=me)
    hours.log(site("member"), project="SITE", day=date(2026, 3, 2), hours=D(6))
    add_invoice(manager, project="SITE", number="A-1", day=date(2026, 3, 2), amount=D(450), hours=D(5))
    gross = taken(boss, project=None, ready="utilisation_gross", name="Used", formula=Formula.RATIO, unit="%",
                  direction=Direction.HIGHER)  # fmt: skip
    net = taken(boss, project=None, ready="utilisation_net", name="Used, net", unit="%", direction=Direction.HIGHER)
    value = taken(manager, ready="realisation_value", name="Realised", unit="%", direction=Direction.HIGHER)
    for kpi in (gross, net, value):
        ctx = manager if kpi == value else boss
        taking.take(ctx, kpi=kpi)
    found = utilisation(boss.as_system("everybody who worked"), scale=TimeScale.MONTH, last=date(2026, 3, 8), periods=1)
    row = queries.kpi(boss, kpi=gross).row
    assert (row.numerator, row.denominator) == (D(6), found.whole.total.capacity)
    assert round(queries.kpi(boss, kpi=net).row.value, 6) == round(found.net.value, 6)
    assert queries.kpi(manager, kpi=value).row.shown == "75.0 %"  # 450 of 6 × 100
    told = realisation(manager, project="SITE", as_of=date(2026, 3, 8))
    assert told.realisation_value is not None
    assert told.realisation_value.value == 75


def test_a_source_asks_about_its_own_project_alone(site: House) -> None:
    manager = site("manager")
    for query, inputs, said in (
        ("projects.risks", {"project": "OTHER"}, "its own project"),
        ("hours.entries", {"person": 1}, "its own project"),
        ("projects.risks", {"colour": "red"}, "no input 'colour'"),
        ("people.persons", {}, "not about a project"),
        ("projects.nothing", {}, "no query"),
        ("projects.add_risk", {}, "no query"),
    ):
        with pytest.raises(Invalid, match=said):
            taken(manager, ready="", query=query, inputs=inputs)
    with pytest.raises(Invalid, match="has nothing at"):
        taken(manager, ready="", query="projects.show", figure="purpose.length")
    with pytest.raises(Denied, match="administrator"):
        taken(manager, project=None, ready="", query="portfolio.standings", figure="total")


def test_a_kpi_is_hidden_from_those_who_may_not_ask_its_query(site: House) -> None:
    kpi = taken(site("manager"), ready="", query="projects.imports", name="Imports")
    assert queries.kpi(site("associate"), kpi=kpi).row.name == "Imports"
    with pytest.raises(NotFound):
        queries.kpi(site("member"), kpi=kpi)
    assert queries.scorecard(site("member"), project="SITE").rows == ()


# --- files -------------------------------------------------------------------------------------


def brought(ctx: Context, tmp_path: Path, text: str, name: str = "samples.csv") -> int:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    stored = store.put_path(path, limit=1_000_000)
    return files.keep(ctx, name=name, media_type="text/csv", sha256=stored.sha256, size=stored.size).id


def test_a_file_enters_once_and_is_taken_back_whole(load_time: int, site: House, tmp_path: Path) -> None:
    manager = site("manager")
    sampling.record(manager, kpi=load_time, samples=(GivenSample("2026-01", value=D(5)),))
    file = brought(manager, tmp_path, "Month;Value;Comment\n2026-01;4,5;a\n2026-02;3,25;b\n")
    told = import_samples.read(manager, kpi=load_time, file=file)
    assert (told.added, told.corrected, told.rows, told.ignored) == (1, 1, 2, ("Comment",))
    assert {(one.field, one.name): (one.good, one.of) for one in told.quality}["Value", "completeness"] == (2, 2)
    assert import_samples.import_samples(manager, kpi=load_time, file=file).added == 1
    assert import_samples.import_samples(manager, kpi=load_time, file=file).unchanged == 2
    detail = queries.kpi(manager, kpi=load_time)
    assert [point.shown for point in detail.points] == ["4.5 s", "3.25 s"]
    assert len(detail.batches) == 1
    sampling.record(manager, kpi=load_time, samples=(GivenSample("2026-02", value=D(3)),), reason="rounded")
    done = sampling.undo_import(manager, kpi=load_time, batch=1)
    assert (done.restored, done.withdrawn, done.kept) == (1, 0, ("Feb 2026",))
    assert [point.shown for point in queries.kpi(manager, kpi=load_time).points] == ["5 s", "3 s"]
    with pytest.raises(Conflict, match="taken back already"):
        sampling.undo_import(manager, kpi=load_time, batch=1)


def test_faults_of_a_file_are_named_and_nothing_enters(load_time: int, site: House, tmp_path: Path) -> None:
    manager = site("manager")
    file = brought(manager, tmp_path, "Period,Value\n2026-01,fast\nsoon,4\n2026-02,3\n2026-02,4\n,5\n")
    told = import_samples.read(manager, kpi=load_time, file=file)
    assert sorted((one.row, one.field) for one in told.errors) == [
        (2, "Value"),
        (3, "Period"),
        (6, "Period"),
    ]
    with pytest.raises(Invalid, match="Nothing was stored"):
        import_samples.import_samples(manager, kpi=load_time, file=file)
    bound = brought(manager, tmp_path, "Period,Value\n2026-01,4\n2026-02,-3\n", "bound.csv")
    assert [one.row for one in import_samples.read(manager, kpi=load_time, file=bound).errors] == [3]
    unclear = brought(manager, tmp_path, "Date,Value\n01/02/2026,4\n02/01/2026,3\n", "dates.csv")
    assert import_samples.read(manager, kpi=load_time, file=unclear).questions == ("date_order",)
    answered = import_samples.read(manager, kpi=load_time, file=unclear, answers={"date_order": "dmy"})
    assert (answered.periods, answered.added) == (("Jan 2026", "Feb 2026"), 2)
    twice = brought(manager, tmp_path, "Week,Numerator,Denominator\n2026-W08,9,10\n2026-02-20,1,2\n", "twice.csv")
    other = level(manager, service=False, target=None)
    assert [one.row for one in import_samples.read(manager, kpi=other, file=twice).errors] == [3]
    plan = brought(manager, tmp_path, "Task,Owner\nBuild,Max\n", "plan.csv")
    with pytest.raises(Invalid, match="no table of samples"):
        import_samples.read(manager, kpi=load_time, file=plan)


def test_a_total_that_disagrees_leaves_samples_not_confirmed(site: House, tmp_path: Path) -> None:
    manager = site("manager")
    kpi = level(manager, service=False, target=None, name="Orders")
    file = brought(manager, tmp_path, "Week,Numerator,Denominator\n2026-W08,9,10\n2026-W09,10,100\nTotal,20,110\n")
    assert "add up to 19, the file's own total says 20" in import_samples.read(manager, kpi=kpi, file=file).doubt
    import_samples.import_samples(manager, kpi=kpi, file=file)
    assert Flag.NOT_CONFIRMED in queries.kpi(manager, kpi=kpi).points[0].flags
    sampling.confirm(manager, kpi=kpi, reason="the total counts a test order")
    assert all(point.flags == () for point in queries.kpi(manager, kpi=kpi).points)


def test_rows_of_one_period_are_its_single_values(site: House, tmp_path: Path) -> None:
    manager = site("manager")
    kpi = level(
        manager, service=False, target=None, formula=Formula.PERCENTILE, percentile=D(90), unit="s",
        frequency=Frequency.MONTHLY,
    )  # fmt: skip
    lines = "".join(f"2026-02-{day:02d},{day}\n" for day in range(1, 11))
    import_samples.import_samples(manager, kpi=kpi, file=brought(manager, tmp_path, f"Date,Value\n{lines}"))
    (point,) = queries.kpi(manager, kpi=kpi).points
    assert (point.value, point.n) == (D("9.1"), 10)


def test_a_file_of_cases_is_judged_by_the_clock(site: House, tmp_path: Path) -> None:
    manager = site("manager")
    kpi = level(manager, promises=(Promised("", 240),), hours="Mon-Fri 09:00-17:00")
    text = "Ticket,Created,Closed\nA,2026-02-24 09:00,2026-02-24 13:00\nB,2026-02-24 09:00,2026-02-24 14:00\n"
    file = brought(manager, tmp_path, text)
    assert import_samples.read(manager, kpi=kpi, file=file).cases
    import_samples.import_samples(manager, kpi=kpi, file=file)
    assert queries.kpi(manager, kpi=kpi).points[0].counts == Counts(met=1, missed=1)


# --- the Desk ----------------------------------------------------------------------------------


def test_the_owner_is_told_what_wants_a_look(load_time: int, site: House) -> None:
    manager = site("manager")

    def line(when: datetime) -> Any:
        groups = desk.show(manager.but(now=when)).groups
        return next((one for group in groups for one in group.lines if one.key == f"kpi:{load_time}"), None)

    assert line(NOW) is None  # defined just now
    assert line(NOW + timedelta(days=3)).reason == "no data yet"
    sampling.record(manager, kpi=load_time, samples=(GivenSample("2026-02", value=D(9)),))
    assert (line(NOW).reason, line(NOW).group) == ("red", Group.DECIDE)
    assert line(NOW + timedelta(days=60)).reason.startswith("stale since")
    sampling.record(manager, kpi=load_time, samples=(GivenSample("2026-02", value=D(4)),), reason="measured again")
    assert line(NOW) is None
    assert queries.kpi(manager, kpi=load_time).row.state is State.GREEN
    assert date(2026, 2, 1) == queries.kpi(manager, kpi=load_time).points[0].begins.date()
    assert isinstance(queries.kpi(manager, kpi=load_time).row.value, Decimal)


def test_milestones_count_as_hit_by_their_baseline_day(site: House) -> None:
    manager = site("manager")
    plan.start_plan(manager, project="SITE", start=date(2026, 2, 2))
    rows = [plan.add_task(manager, project="SITE", name=name, milestone=True) for name in ("Kick-off", "Design")]
    plan.set_baseline(manager, project="SITE", name="Approved")
    assert milestones_hit(manager, project="SITE", as_of=date(2026, 2, 1)).percent.value is None
    plan.set_progress(manager, task=rows[0].task_id, percent_complete=Decimal(100))
    found = milestones_hit(manager, project="SITE", as_of=date(2026, 2, 27))
    assert (found.hit, found.due, found.missed, found.percent.value) == (1, 2, ("Design",), Decimal(50))
    kpi = taken(manager, ready="milestones_hit", name="Milestones", formula=Formula.RATIO, unit="%",
                direction=Direction.HIGHER)  # fmt: skip
    taking.take(manager, kpi=kpi)
    row = queries.kpi(manager, kpi=kpi).row
    assert (row.shown, row.n) == ("50.0 %", 2)


def test_approved_hours_are_those_of_the_last_whole_weeks(site: House) -> None:
    manager = site("manager")
    for day, amount in ((date(2026, 2, 2), 3), (date(2026, 2, 27), 5), (date(2026, 3, 2), 8), (date(2026, 2, 1), 8)):
        hours.log(site("member"), project="SITE", day=day, hours=Decimal(amount))
    hours.submit(site("member"), project="SITE", first=date(2026, 2, 23), last=date(2026, 3, 1))
    hours.approve(manager, project="SITE", first=date(2026, 2, 23), last=date(2026, 3, 1))
    found = hours_approved(manager, project="SITE", as_of=date(2026, 3, 2))
    assert (found.first, found.last) == (date(2026, 2, 2), date(2026, 3, 1))
    assert (found.approved, found.logged, found.percent.value) == (5, 8, Decimal("62.5"))
    with pytest.raises(Denied):
        hours_approved(site("client"), project="SITE", as_of=date(2026, 3, 2))


def test_only_open_threats_at_or_above_the_line_are_high(site: House) -> None:
    manager = site("manager")
    for title, probability, impact in (("On the line", 3, 4), ("Below", 3, 3), ("Top", 5, 5)):
        projects.add_risk(manager, project="SITE", title=title, probability=probability, impact=impact)
    assert [row.title for row in high_risks(manager, project="SITE")] == ["Top", "On the line"]
    assert [row.title for row in high_risks(manager, project="SITE", at_least=20)] == ["Top"]
