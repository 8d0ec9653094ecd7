"""KPIs through their doors: defining, entering samples, being judged, correcting, looking back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from headway.areas.metrics import commands as metrics
from headway.areas.metrics import comparing, queries, sampling
from headway.areas.metrics.given import GivenSample, GivenTarget
from headway.areas.metrics.types import (
    Against,
    Direction,
    Flag,
    Formula,
    Frequency,
    Provenance,
    ScoreRow,
    State,
    Trend,
)
from headway.areas.people import commands as people
from headway.areas.people.types import DayOff
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Denied, Invalid, NotFound, Stale
from tests.areas.metrics.conftest import D, House, person
from tests.conftest import NOW


def row(ctx: Context, **given: Any) -> ScoreRow:
    (found,) = queries.scorecard(ctx, project="SITE", **given).rows
    return found


def share(ctx: Context, **more: Any) -> int:
    """Orders without fallout, weekly, at least 97 %."""
    given: dict[str, Any] = {
        "project": "SITE",
        "name": "Orders without fallout",
        "formula": Formula.RATIO,
        "unit": "%",
        "direction": Direction.HIGHER,
        "frequency": Frequency.WEEKLY,
        "target": GivenTarget(D(97), amber=D(97), red=D(95)),
    }
    return metrics.define(ctx, **(given | more)).row.id


def test_a_kpi_without_a_sample_has_no_data_and_is_not_red(load_time: int, site: House) -> None:
    found = row(site("member"))
    assert found.ref == "KPI-1"
    assert (found.state, found.state_text, found.trend) == (State.NO_DATA, "No data", Trend.NO_DATA)
    assert found.target == "at most 4 s"
    assert found.owner == "Mona Manager"
    assert found.thresholds.endswith("a value on a threshold has the better colour.")


def test_a_sample_is_judged(load_time: int, site: House) -> None:
    done = sampling.record(site("manager"), kpi=load_time, samples=(GivenSample("2026-02-14", value=D("5.0"), n=900),))
    assert (done.added, done.corrected, done.unchanged) == (1, 0, 0)
    found = row(site("manager"))
    assert (found.state, found.shown, found.attained, found.period) == (State.AMBER, "5 s", 80, "Feb 2026")
    assert found.trend is Trend.UNKNOWN
    assert queries.kpi(site("manager"), kpi=load_time).limits_text.startswith("No baseline is declared")


def test_the_same_sample_again_adds_nothing(load_time: int, site: House) -> None:
    given = (GivenSample("Feb 2026", value=D("5.0"), n=900),)
    sampling.record(site("manager"), kpi=load_time, samples=given)
    again = sampling.record(site("manager"), kpi=load_time, samples=given)
    assert (again.added, again.corrected, again.unchanged) == (0, 0, 1)


def test_a_correction_is_a_revision_and_the_earlier_report_stays(load_time: int, site: House) -> None:
    manager = site("manager")
    sampling.record(manager, kpi=load_time, samples=(GivenSample("2026-02", value=D("5.0")),))
    later = manager.but(now=NOW + timedelta(days=3))
    with pytest.raises(Invalid, match="Say why it is corrected"):
        sampling.record(later, kpi=load_time, samples=(GivenSample("2026-02", value=D("3.2")),))
    sampling.record(later, kpi=load_time, samples=(GivenSample("2026-02", value=D("3.2")),), reason="a cached page")
    assert row(later).attained == 125
    then = row(later, as_of=NOW.date())
    assert (then.attained, then.state) == (80, State.AMBER)
    trace = queries.trace(later, kpi=load_time, period="2026-02")
    assert [(one.number, one.shown, one.reason) for one in trace.revisions] == [
        (2, "3.2 s", "a cached page"),
        (1, "5 s", ""),
    ]
    assert trace.target is not None
    assert trace.target.value == 4
    assert trace.formula.number == 1
    assert trace.point.provenance is Provenance.TYPED


def test_a_scorecard_of_long_ago_shows_what_was_known_then(site: House) -> None:
    manager = site("manager").but(now=datetime(2025, 1, 10, tzinfo=UTC))
    kpi = share(manager)
    sampling.record(manager, kpi=kpi, samples=(GivenSample("2024-12-30", numerator=D(98), denominator=D(100)),))
    now = site("manager")
    sampling.record(now, kpi=kpi, samples=(GivenSample("2026-02-23", numerator=D(90), denominator=D(100)),))
    assert row(now).state is State.RED
    assert row(now, as_of=date(2025, 1, 10)).state is State.GREEN
    assert queries.scorecard(now, project="SITE", as_of=date(2025, 1, 1)).rows == ()


def test_a_ratio_over_periods_divides_the_sums(site: House) -> None:
    manager = site("manager")
    kpi = share(manager)
    sampling.record(
        manager,
        kpi=kpi,
        samples=(
            GivenSample("2026-W07", numerator=D(9), denominator=D(10)),
            GivenSample("2026-W08", numerator=D(10), denominator=D(100)),
        ),
    )
    detail = queries.kpi(manager, kpi=kpi)
    year = next(one for one in detail.together if one.name == "This year")
    assert (year.shown, year.numerator, year.denominator, year.periods) == ("17.3 %", 19, 110, 2)
    with pytest.raises(Invalid, match="numerator and denominator"):
        sampling.record(manager, kpi=kpi, samples=(GivenSample("2026-W09", value=D(97)),))


def test_a_percentile_is_found_again_among_the_rows(site: House) -> None:
    manager = site("manager")
    kpi = share(
        manager, name="Response", formula=Formula.PERCENTILE, unit="s", direction=Direction.LOWER, percentile=D(90),
        target=None,
    )  # fmt: skip
    sampling.record(
        manager,
        kpi=kpi,
        samples=(
            GivenSample("2026-W07", values=tuple(map(D, range(1, 11)))),
            GivenSample("2026-W08", values=(D(100),)),
        ),
    )
    detail = queries.kpi(manager, kpi=kpi)
    assert [point.shown for point in detail.points] == ["9.1 s", "100 s"]
    assert next(one for one in detail.together if one.name == "This year").value == 10
    assert queries.trace(manager, kpi=kpi, period="2026-W08").values == (D(100),)


def test_too_few_cases_have_no_colour_and_no_trend(site: House) -> None:
    manager = site("manager")
    kpi = share(manager, minimum_n=30)
    sampling.record(manager, kpi=kpi, samples=(GivenSample("2026-W09", numerator=D(3), denominator=D(12)),))
    found = row(manager)
    assert (found.state, found.n, found.attained, found.trend) == (State.TOO_FEW, 12, None, Trend.TOO_FEW)
    assert found.shown == "25.0 %"


def test_stale_is_not_red(site: House) -> None:
    manager = site("manager")
    kpi = share(manager)
    sampling.record(manager, kpi=kpi, samples=(GivenSample("2026-W08", numerator=D(1), denominator=D(100)),))
    fresh, stale = (
        manager.but(now=datetime(2026, 3, 3, tzinfo=UTC)),
        manager.but(now=datetime(2026, 3, 3, 0, 1, tzinfo=UTC)),
    )
    assert row(fresh).state is State.RED  # the week ended Sun 22 Feb, and eight days are its time
    assert row(stale).state is State.STALE
    assert Flag.STALE in row(stale).flags
    assert [one.state for one in queries.scorecard(stale, project="SITE").counts] == [State.STALE]
    assert queries.scorecard(stale, state=State.RED).rows == ()


def test_58_is_a_signal_and_54_is_none(calls: int, site: House) -> None:
    manager = site("manager")
    detail = queries.kpi(manager, kpi=calls)
    assert detail.limits is not None
    assert (detail.limits.lower, detail.limits.upper) == (D("31.695"), D("54.305"))
    sampling.record(manager, kpi=calls, samples=(GivenSample("2026-W09", value=D(54)),))
    assert row(manager).trend_text == "no signal"
    sampling.record(manager, kpi=calls, samples=(GivenSample("2026-W09", value=D(58)),), reason="miscounted")
    found = row(manager)
    assert (found.trend, found.trend_text) == (Trend.SIGNAL, "signal: above the upper limit")
    assert Flag.OUTLIER in found.flags
    assert found.changed == "was 40 in 2026-W08"
    assert queries.scorecard(manager, signal=True).signals == 1


def test_an_effect_is_claimed_on_a_signal_only(calls: int, site: House) -> None:
    manager = site("manager").but(now=datetime(2026, 3, 23, tzinfo=UTC))
    sampling.record(manager, kpi=calls, samples=(GivenSample("2026-W09", value=D(50)),))
    quiet = comparing.effect(manager, kpi=calls, day=date(2026, 2, 23))
    assert (quiet.claimed, quiet.better) == (False, None)
    assert quiet.text.startswith("No signal")
    sampling.record(
        manager, kpi=calls, samples=(GivenSample("2026-W10", value=D(58)), GivenSample("2026-W11", value=D(60)))
    )
    loud = comparing.effect(manager, kpi=calls, day=date(2026, 2, 23))
    assert (loud.claimed, loud.better, loud.before, loud.after) == (True, False, 9, 3)
    assert loud.text == "Worse: 56 after, 43 before; a signal since 2026-W10 (above the upper limit)."
    with pytest.raises(Conflict, match="no value after"):
        comparing.effect(manager, kpi=calls, day=date(2026, 5, 1))


def test_two_shares_side_by_side(site: House) -> None:
    manager = site("manager")
    one, other = share(manager, name="Referred"), share(manager, name="Cold")
    sampling.record(manager, kpi=one, samples=(GivenSample("2026-W08", numerator=D(24), denominator=D(284)),))
    sampling.record(manager, kpi=other, samples=(GivenSample("2026-W08", numerator=D(271), denominator=D(2296)),))
    found = comparing.groups(manager, kpi=one, other=other)
    assert not found.found.shown
    assert "not shown at 95 % (z 1.67)" in found.text
    assert "no rank" in found.text


def test_a_new_formula_breaks_the_line(calls: int, site: House) -> None:
    manager = site("manager")
    with pytest.raises(Conflict, match="measured by the present formula already"):
        metrics.change_formula(manager, kpi=calls, since="2026-W08", reason="only answered calls")
    metrics.change_formula(manager, kpi=calls, since="2026-W09", reason="only answered calls", unit="calls")
    sampling.record(manager, kpi=calls, samples=(GivenSample("2026-W09", value=D(58)),))
    detail = queries.kpi(manager, kpi=calls)
    assert [point.formula for point in detail.points[-2:]] == [1, 2]
    assert detail.limits is None
    assert "earlier formula" in detail.limits_text
    assert detail.row.changed == "new formula, not comparable"
    assert detail.row.trend is Trend.UNKNOWN


def test_a_target_counts_from_its_day(load_time: int, site: House) -> None:
    manager = site("manager")
    sampling.record(
        manager, kpi=load_time, samples=(GivenSample("2026-01", value=D(5)), GivenSample("2026-02", value=D(5)))
    )
    with pytest.raises(Invalid, match="why the target changes"):
        metrics.set_target(manager, kpi=load_time, target=GivenTarget(D(5)), since=date(2026, 2, 1))
    target = GivenTarget(D(5), amber=D(5), red=D(6))
    detail = metrics.set_target(manager, kpi=load_time, target=target, since=date(2026, 2, 1), reason="larger pictures")
    assert [point.state for point in detail.points] == [State.AMBER, State.GREEN]
    assert [one.shown for one in detail.targets] == ["at most 5 s", "at most 4 s"]


def test_thresholds_in_the_wrong_order_are_refused(load_time: int, site: House) -> None:
    with pytest.raises(Invalid, match="red threshold 3 must be at least the amber one"):
        metrics.set_target(
            site("manager"), kpi=load_time, target=GivenTarget(D(4), amber=D(4), red=D(3)), since=NOW.date(), reason="x"
        )
    with pytest.raises(Invalid, match="met or not met"):
        share(site("manager"), direction=Direction.LOWER, target=GivenTarget(D(0)))


@pytest.mark.parametrize(
    ("target", "colours"),
    [
        ({"direction": Direction.HIGHER, "target": GivenTarget(D(95))}, ("red", "green")),
        ({"direction": Direction.LOWER, "target": GivenTarget(D(60))}, ("green", "red")),
        ({"direction": Direction.RANGE, "target": GivenTarget(D(95), D(99))}, ("red", "green")),
        ({"direction": Direction.HIGHER, "target": GivenTarget(D(95), amber=D(90), red=D(50))}, ("amber", "green")),
    ],
)
def test_a_target_without_thresholds_is_met_or_missed(
    site: House, target: dict[str, Any], colours: tuple[str, str]
) -> None:
    manager = site("manager")
    row = metrics.define(
        manager, project="SITE", name="Calls", formula=Formula.LAST, frequency=Frequency.WEEKLY, **target
    ).row
    metrics.set_target(manager, kpi=row.id, target=target["target"], since=date(2026, 2, 16), reason="the same again")
    samples = (GivenSample("2026-W07", value=D(60)), GivenSample("2026-W08", value=D(97)))
    sampling.record(manager, kpi=row.id, samples=samples)
    assert tuple(point.state.value for point in queries.kpi(manager, kpi=row.id).points) == colours


def test_a_month_is_compared_with_its_working_days(load_time: int, site: House) -> None:
    manager = site("manager")
    people.add_holidays(site("administrator"), days=(DayOff(date(2026, 1, 1), "New Year"),))
    sampling.record(
        manager,
        kpi=load_time,
        samples=(
            GivenSample("2025-02", value=D(5)),
            GivenSample("2026-01", value=D(4)),
            GivenSample("2026-02", value=D(3)),
        ),
    )
    found = {one.against: one for one in queries.kpi(manager, kpi=load_time).compared}
    assert found[Against.PLAN].text == "1 s below it"
    assert found[Against.PRIOR].text == "1 s less; 20 working days against 21"
    assert not found[Against.PRIOR].fair
    assert found[Against.LAST_YEAR].text == "2 s less"
    assert found[Against.LAST_YEAR].fair


def test_quality_says_what_is_missing(load_time: int, site: House) -> None:
    manager = site("manager")
    sampling.record(
        manager, kpi=load_time, samples=(GivenSample("2025-11", value=D(4)), GivenSample("2026-02", value=D(3)))
    )
    detail = queries.kpi(manager, kpi=load_time)
    assert detail.points[-1].gap == 2
    assert Flag.MISSING in detail.points[-1].flags
    found = {(one.name, one.field): (one.good, one.of) for one in detail.quality}
    assert found["completeness", "periods"] == (2, 4)
    assert found["validity", "value"] == (2, 2)
    assert found["timeliness", "recorded"] == (1, 2)


@pytest.mark.parametrize(
    ("sample", "said"),
    [
        (GivenSample("soon", value=D(1)), "names no period"),
        (GivenSample("2027-01", value=D(1)), "has not begun yet"),
        (GivenSample("2026-02", value=D(-1)), "below 0"),
        (GivenSample("2026-02"), "Give a value"),
        (GivenSample("2026-02", met=3), "only a service level"),
        (GivenSample("2026-02", value=D(1), as_of=NOW + timedelta(days=1)), "time to come"),
    ],
)
def test_a_sample_that_cannot_be_is_refused(load_time: int, site: House, sample: GivenSample, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        sampling.record(site("manager"), kpi=load_time, samples=(sample,))


def test_notes_and_retiring(load_time: int, site: House) -> None:
    manager = site("manager")
    detail = metrics.annotate(manager, kpi=load_time, day=date(2026, 2, 3), text="New server", change=True)
    assert [(note.text, note.change, note.said_by) for note in detail.notes] == [("New server", True, "Mona Manager")]
    assert metrics.remove_note(manager, kpi=load_time, note=detail.notes[0].id).notes == ()
    metrics.retire(manager, kpi=load_time)
    assert queries.scorecard(manager, project="SITE").rows == ()
    with pytest.raises(Conflict, match="retired"):
        sampling.record(manager, kpi=load_time, samples=(GivenSample("2026-02", value=D(1)),))
    metrics.take_up(manager, kpi=load_time)
    assert len(queries.scorecard(manager, project="SITE").rows) == 1


def test_editing_minds_versions_and_empties_by_name(load_time: int, site: House) -> None:
    manager = site("manager")
    version = queries.kpi(manager, kpi=load_time).row.version
    done = metrics.edit(manager.but(expected_version=version), kpi=load_time, name="Load time", clear=("owner",))
    assert (done.row.name, done.row.owner) == ("Load time", "")
    with pytest.raises(Stale):
        metrics.edit(manager.but(expected_version=version), kpi=load_time, name="Other")
    with pytest.raises(Invalid, match="cannot be emptied"):
        metrics.edit(manager, kpi=load_time, clear=("name",))


# --- who may -----------------------------------------------------------------------------------


def test_clients_and_strangers_see_no_kpi(load_time: int, site: House) -> None:
    for who in ("client", "stranger", "guest"):
        with pytest.raises((NotFound, Denied)):
            queries.kpi(site(who), kpi=load_time)
    with pytest.raises((NotFound, Denied)):
        queries.scorecard(site("client"), project="SITE")
    assert queries.scorecard(site("stranger")).rows == ()


def test_a_member_enters_samples_of_own_kpis_alone(load_time: int, site: House) -> None:
    given = (GivenSample("2026-02", value=D(4)),)
    with pytest.raises(Denied):
        sampling.record(site("member"), kpi=load_time, samples=given)
    metrics.edit(site("manager"), kpi=load_time, owner=person(site, "member"))
    assert sampling.record(site("member"), kpi=load_time, samples=given).added == 1
    with pytest.raises(Denied):
        metrics.set_target(site("member"), kpi=load_time, target=GivenTarget(D(9)), since=NOW.date(), reason="easier")


def test_a_kpi_of_the_house_is_for_all_inside(site: House) -> None:
    kpi = share(site("manager"), project=None)
    assert [one.id for one in queries.scorecard(site("stranger")).rows] == [kpi]
    assert queries.kpi(site("member"), kpi=kpi).project_id is None
    for who in ("client", "guest"):
        with pytest.raises((NotFound, Denied)):
            queries.kpi(site(who), kpi=kpi)


# --- as it was on an earlier day ------------------------------------------------------------------


def test_a_scorecard_of_an_earlier_day_has_the_names_owners_and_targets_of_that_day(
    load_time: int, site: House
) -> None:
    manager = site("manager")
    metrics.edit(manager, kpi=load_time, owner=person(site, "member"))
    sampling.record(manager, kpi=load_time, samples=(GivenSample("2026-02", value=D("4.4")),))
    later = manager.but(now=NOW + timedelta(days=3))
    metrics.edit(later, kpi=load_time, name="Load time of all pages", owner=person(site, "associate"), minimum_n=9)
    strict = GivenTarget(D("3.0"), amber=D("3.0"), red=D("4.0"))
    metrics.set_target(later, kpi=load_time, target=strict, since=date(2026, 1, 1), reason="agreed anew")
    assert (row(later).name, row(later).target, row(later).owner) == (
        "Load time of all pages",
        "at most 3 s",
        "Asha Associate",
    )
    then = row(later, as_of=NOW.date())
    assert (then.name, then.target, then.owner, then.minimum_n) == (
        "Load time of the start page",
        "at most 4 s",
        "Max Member",
        1,
    )
    assert then.state is State.AMBER
    assert queries.kpi(later, kpi=load_time, as_of=NOW.date()).row.name == "Load time of the start page"
    metrics.edit(later, kpi=load_time, name="Load time of all pages")  # nothing new, so nothing is kept of before
    assert row(later, as_of=NOW.date()).name == "Load time of the start page"


def test_a_filter_counts_what_it_leaves(site: House) -> None:
    manager = site("manager")
    for place, good in enumerate((90, 91, 99)):
        kpi = share(manager, name=f"Share {place}")
        sample = GivenSample("2026-02-23", numerator=D(good), denominator=D(100))
        sampling.record(manager, kpi=kpi, samples=(sample,))
    for given in ({}, {"as_of": NOW.date()}):
        red = queries.scorecard(manager, project="SITE", state=State.RED, limit=1, **given)
        assert (red.total, red.matching) == (3, 2)
        assert queries.scorecard(manager, project="SITE", **given).matching == 3
    assert queries.scorecard(manager, project="SITE", signal=True).matching == 0
