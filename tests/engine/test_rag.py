"""Colours by rule: limits and their edges, Grey, two readings, overrides, overall."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from headway.engine.earned_value import EacVariant, EarnedValueInputs, earned_value
from headway.engine.measures import Unit, given
from headway.engine.rag import (
    ClientInput,
    Colour,
    CostInputs,
    Dimension,
    Freshness,
    KeyMilestone,
    OpenRisk,
    Override,
    PeopleInputs,
    PersonLoad,
    QualityInputs,
    RagCell,
    RagError,
    RagInputs,
    RagLimits,
    RagReading,
    ScheduleInputs,
    ScopeInputs,
    Trend,
    cell,
    judge,
    limits_text,
    overall,
    shown_colour,
    worst_colour,
)

D = Decimal
G, A, R, GREY, NONE = Colour.GREEN, Colour.AMBER, Colour.RED, Colour.GREY, Colour.NOT_MEASURED
LIMITS = RagLimits()
TODAY = date(2026, 3, 2)
FRESH = Freshness(timesheets_percent=D(100), progress_age_days=1)
NOTHING = RagInputs(None, None, None, None, None, None, None, FRESH)


def spi(value):
    return given("spi_t", "SPI(t)", D(value), Unit.INDEX)


def eac(value):
    return given("eac_b", "EAC b", D(value), Unit.MONEY)


def gap(value):
    return given("gap", "Gap", D(value), Unit.POINTS)


def reading(dimension=Dimension.SCHEDULE, *, limits=LIMITS, **inputs) -> RagReading:
    return next(one for one in judge(replace(NOTHING, **inputs), limits) if one.dimension is dimension)


def schedule(value="1", slips=(), lost=()) -> RagReading:
    milestones = tuple(KeyMilestone(f"M{index}", D(slip)) for index, slip in enumerate(slips))
    return reading(schedule=ScheduleInputs(spi(value), milestones, lost))


def cost(value="100", points="0") -> RagReading:
    return reading(Dimension.COST, cost=CostInputs(eac(value), D(100), gap(points)))


@pytest.mark.parametrize(
    ("result", "colour"),
    [
        (schedule("0.95"), G),
        (schedule("0.9499"), A),
        (schedule("0.85"), A),
        (schedule("0.8499"), R),
        (schedule(slips=(0, -3)), G),
        (schedule(slips=(0, 1)), A),
        (schedule(slips=(10,)), A),
        (schedule(slips=(11,)), R),
        (schedule(lost=("Go-live",)), R),
        (cost("105"), G),
        (cost("105.01"), A),
        (cost("110"), A),
        (cost("110.01"), R),
        (cost(points="5.0"), G),
        (cost(points="5.01"), A),
        (cost(points="10"), A),
        (cost(points="10.01"), R),
        (cost("104", "12"), R),
    ],
)
def test_continuous_limits_belong_to_the_better_side(result, colour):
    assert result.colour is colour
    assert result.reason
    assert result.driver.colour is colour


@pytest.mark.parametrize(
    ("approved", "pending", "unapproved", "colour"),
    [(2, 1, (), G), (2, "1.01", (), A), (5, 3, (), A), (5, "3.01", (), R), (0, 0, ("New shop",), R)],
)
def test_scope(approved, pending, unapproved, colour):
    inputs = ScopeInputs(D(approved), D(pending), D(100), unapproved)
    assert reading(Dimension.SCOPE, scope=inputs).colour is colour


@pytest.mark.parametrize(
    ("risks", "colour"),
    [
        ((), G),
        ((("a", 11, False),), G),
        ((("a", 12, False),), A),
        ((("a", 19, False),), A),
        ((("a", 20, False),), R),
        ((("a", 20, True),), A),
        ((("a", 25, True), ("b", 20, False)), R),
    ],
)
def test_risk_bands_follow_the_table(risks, colour):
    assert reading(Dimension.RISK, risks=tuple(OpenRisk(*risk) for risk in risks)).colour is colour


def test_one_risk_speaks_for_all():
    risks = (OpenRisk("Vendor", 25, True), OpenRisk("Data", 20, False), OpenRisk("Room", 4, False))
    result = reading(Dimension.RISK, risks=risks)
    assert result.reason == "Risk 'Data' has exposure 20 without a dated response."


@pytest.mark.parametrize(
    ("inputs", "colour"),
    [
        (QualityInputs(0, 2, D(90), D(90)), G),
        (QualityInputs(0, 3, D(90), D(90)), A),
        (QualityInputs(0, 0, D(89), D(90)), A),
        (QualityInputs(1, 0, D(99), D(90)), R),
        (QualityInputs(0, 0, D(99), D(90), exit_date_missed=True), R),
        (QualityInputs(0, 0, None, None), G),
    ],
)
def test_quality(inputs, colour):
    limits = RagLimits(severity_2_open=2)
    assert reading(Dimension.QUALITY, limits=limits, quality=inputs).colour is colour


@pytest.mark.parametrize(("days", "colour"), [(0, G), (1, G), (2, G), (3, A), (6, A), (7, R)])
def test_client_inputs(days, colour):
    result = reading(Dimension.CLIENT_INPUTS, client_inputs=(ClientInput("Logo", days), ClientInput("Copy", -4)))
    assert result.colour is colour
    assert ("'Logo'" in result.reason) is (days > 0)


@pytest.mark.parametrize(
    ("load", "empty", "colour"),
    [("110", (), G), ("110.1", (), A), ("125", (), A), ("125.1", (), R), ("80", ("Tester",), R)],
)
def test_people(load, empty, colour):
    inputs = PeopleInputs((PersonLoad("Ana", D(load)), PersonLoad("Bo", D(20))), empty)
    assert reading(Dimension.PEOPLE, people=inputs).colour is colour


def test_limits_are_printed_and_can_be_edited():
    strict = RagLimits(spi_t=(D("0.98"), D("0.9")))
    result = reading(limits=strict, schedule=ScheduleInputs(spi("0.95"), None))
    assert result.colour is A
    assert "SPI(t) ≥ 0.98" in result.limits
    assert all(limits_text(dimension, LIMITS) for dimension in Dimension)


@pytest.mark.parametrize(
    "limits", [{"spi_t": (D("0.8"), D("0.9"))}, {"gap_points": (D(10), D(5))}, {"exposure_amber_from": 21}]
)
def test_limits_out_of_order_are_refused(limits):
    with pytest.raises(RagError, match=r"[Ss]wap"):
        RagLimits(**limits)


def test_reading_near_a_limit_shows_enough_decimals_to_be_believed():
    assert schedule("0.9499").reason == "SPI(t) is 0.9499, below 0.95."


def test_cost_is_judged_on_the_named_forecast():
    value = earned_value(EarnedValueInputs(D(184000), D(75900), D(65300), D(77900)), variant=EacVariant.EFFICIENCY)
    result = reading(Dimension.COST, cost=CostInputs(value.eac, D(184000), None))
    assert result.colour is R
    assert result.measure_text == "EAC b against BAC 19.3"
    assert "efficiency" in result.driver.measure.assumption


def test_without_records_a_dimension_is_not_measured_and_says_why():
    without = replace(NOTHING, missing=((Dimension.PEOPLE, "No capacity is recorded."),))
    readings = judge(without, LIMITS)
    assert [one.dimension for one in readings] == [one for one in Dimension if one is not Dimension.KPIS]
    assert {one.colour for one in readings} == {NONE}
    assert readings[-1].reason == "No capacity is recorded."
    assert all(one.reason for one in readings)
    whole = overall([cell(one) for one in readings])
    assert whole.colour is NONE
    assert whole.text.startswith("Not measured: Schedule, Cost / hours, ")


def test_a_figure_without_value_is_not_measured_with_its_reason():
    begun = earned_value(EarnedValueInputs(D(100), D(0), D(0), D(0)))
    result = reading(Dimension.COST, cost=CostInputs(begun.eac, D(100), None))
    assert result.colour is NONE
    assert "AC is 0" in result.reason


@pytest.mark.parametrize(
    ("freshness", "colours"),
    [
        (Freshness(D(90), 10), (G, G, G)),
        (Freshness(D("89.9"), 10), (G, GREY, G)),
        (Freshness(D(100), 11), (GREY, GREY, G)),
        (Freshness(None, None), (G, G, G)),
    ],
)
def test_stale_records_turn_their_figures_grey(freshness, colours):
    inputs = replace(
        NOTHING,
        schedule=ScheduleInputs(spi(1), None),
        cost=CostInputs(eac(100), D(100), None),
        risks=(),
        freshness=freshness,
    )
    readings = judge(inputs, LIMITS)
    wanted = (Dimension.SCHEDULE, Dimension.COST, Dimension.RISK)
    assert tuple(one.colour for one in readings if one.dimension in wanted) == colours


def test_grey_keeps_the_colour_beneath_in_sight():
    inputs = replace(NOTHING, cost=CostInputs(eac(150), D(100), None), freshness=Freshness(D(50), None))
    result = judge(inputs, LIMITS)[1]
    assert (result.colour, result.beneath) == (GREY, R)
    assert cell(result).text == "Grey (the figures at hand say Red)"
    assert result.reason == "50.0 % of the timesheets are in, fewer than 90 %."


@pytest.mark.parametrize(
    ("previous", "new", "expected"),
    [
        ([], A, A),
        ([G], A, G),
        ([G, A], A, A),
        ([G, A], G, G),
        ([G], R, R),
        ([R], G, R),
        ([R, G], G, G),
        ([R, A], G, A),
        ([R, G], A, A),
        ([G, A], GREY, GREY),
        ([G, A, GREY], A, A),
        ([G, GREY], A, G),
        ([G], NONE, NONE),
        ([NONE, GREY], A, A),
    ],
)
def test_colour_changes_after_two_readings_or_one_red(previous, new, expected):
    assert shown_colour(previous, new) is expected


settled = st.sampled_from([G, A, R])
RANK = {G: 0, A: 1, R: 2}


@forall(st.lists(settled, max_size=12), settled)
def test_shown_colour_moves_only_with_two_readings_or_a_red(previous, new):
    before = shown_colour(previous[:-1], previous[-1]) if previous else None
    after = shown_colour(previous, new)
    if new is R:
        assert after is R
    elif before is not None and after is not before:
        assert before not in (previous[-1], new)
    if previous:
        assert RANK[after] >= min(RANK[previous[-1]], RANK[new])


def test_trend_follows_the_deciding_measure():
    was, now = schedule("0.90"), schedule("0.92")
    assert cell(now, previous=[was]).trend is Trend.BETTER
    assert cell(was, previous=[now]).trend is Trend.WORSE
    assert cell(now, previous=[now]).trend is Trend.SAME
    assert cell(now).trend is Trend.UNKNOWN
    assert cell(cost("120"), previous=[cost("110")]).trend is Trend.WORSE


def test_worse_is_free_and_better_needs_reason_and_approver():
    amber = schedule("0.9")
    worse = cell(amber, override=Override(R, "Ana", TODAY))
    assert (worse.colour, worse.computed) == (R, A)
    assert worse.text == "Red (computed Amber; set by Ana)"
    with pytest.raises(RagError, match="give a reason"):
        cell(amber, override=Override(G, "Ana", TODAY, approver="Bo"))
    with pytest.raises(RagError, match="name an approver"):
        cell(amber, override=Override(G, "Ana", TODAY, reason="Recovered on Friday"))
    better = cell(amber, override=Override(G, "Ana", TODAY, "Recovered on Friday", "Bo"))
    assert (better.colour, better.computed, better.reading.colour) == (G, A, A)


def test_nothing_measured_leaves_nothing_to_overrule():
    with pytest.raises(RagError, match="Nothing is measured"):
        cell(judge(NOTHING, LIMITS)[0], override=Override(R, "Ana", TODAY))
    with pytest.raises(RagError, match="not to Grey"):
        cell(schedule(), override=Override(GREY, "Ana", TODAY))


def bare(dimension: Dimension, colour: Colour) -> RagCell:
    return RagCell(RagReading(dimension, colour, colour, (), "", ""), colour, Trend.UNKNOWN)


@pytest.mark.parametrize(
    ("colours", "text"),
    [
        ((A, R, G), "Red: Cost / hours."),
        ((R, R, G), "Red: Schedule, Cost / hours."),
        ((GREY, R, G), "Red: Cost / hours. Grey: Schedule."),
        ((GREY, A, G), "Amber: Cost / hours. Grey: Schedule."),
        ((GREY, G, G), "Grey: Schedule."),
        ((G, G, NONE), "Green. Not measured: Scope."),
    ],
)
def test_overall_is_the_worst_and_names_it(colours, text):
    assert overall([bare(*pair) for pair in zip(Dimension, colours, strict=False)]).text == text


def test_overall_uses_the_shown_colour_not_the_newest_reading():
    held = cell(schedule("0.9"), previous=[schedule("1")])
    assert held.text == "Green (this reading Amber)"
    assert overall([held]).colour is G
    assert overall([replace(held, override=Override(R, "Ana", TODAY))]).colour is R


@forall(st.lists(st.sampled_from(list(Colour)), min_size=1, max_size=7))
def test_overall_is_never_better_than_any_measured_dimension(colours):
    whole = overall([bare(*pair) for pair in zip(Dimension, colours, strict=False)])
    ranks = [RANK[one] for one in colours if one in RANK]
    if ranks and max(ranks) > 0:
        assert RANK[whole.colour] == max(ranks)
    elif GREY in colours:
        assert whole.colour is GREY
    else:
        assert whole.colour is worst_colour(colours)
    assert set(whole.because) <= set(Dimension)
