"""Earned value and earned schedule against the published examples, their guards and identities."""

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from headway.engine.earned_value import (
    EacVariant,
    EarnedValueError,
    EarnedValueInputs,
    PlannedSeries,
    earned_schedule,
    earned_time,
    earned_value,
    percent_complete_by_cost,
)
from headway.engine.measures import Measure, MeasureState, NoValue, Unit

D = Decimal

MAIN_PV = tuple(map(D, (4200, 9100, 14600, 20500, 27000, 34200, 42000, 50300, 59200, 67800, 75900)))
TEXTBOOK_PV = tuple(map(D, (5, 10, 25, 55, 85, 120, 130, 140, 150, 150, 150)))
TEXTBOOK_EV = tuple(map(D, ("3.33", "6.67", "10", "22.5", "70", "82.5", "90", "120", "130", "140", "150")))


def value(measure: Measure) -> Decimal:
    assert measure.value is not None, measure.reason
    return measure.value


def figures(bac, pv, ev, ac, **more):
    return earned_value(EarnedValueInputs(D(bac), D(pv), D(ev), D(ac)), **more)


def eac(result, variant) -> Decimal:
    return value(dict(result.eac_by_variant)[variant])


def near(expected: str):
    """Equal to the printed number when rounded to its own decimals."""
    number = D(expected)
    half = D(5).scaleb(int(number.as_tuple().exponent) - 1)
    return pytest.approx(number, abs=half)


def schedule_of(ev, at, *, pv=TEXTBOOK_PV, pd="9", bac="150", ac=None):
    cost = None if ac is None else D(ac)
    return earned_schedule(PlannedSeries(pv, D(pd)), ev=D(ev), actual_time=D(at), bac=D(bac), ac=cost)


def duration(result, key: str) -> Decimal:
    return next(value(measure) for measure in result.eac_t if measure.key == f"eac_t_{key}")


def test_main_series_in_money():
    main = figures(184000, 75900, 65300, 77900)
    assert value(main.cv) == -12600
    assert value(main.sv) == -10600
    assert value(main.cpi) == near("0.8383")
    assert value(main.spi) == near("0.8603")
    assert eac(main, EacVariant.ONE_OFF) == 196600
    assert eac(main, EacVariant.EFFICIENCY) == near("219504")
    assert eac(main, EacVariant.DEADLINE_PRESSURE) == near("242490")
    assert value(main.vac) == near("-35504")
    assert value(main.tcpi_bac) == near("1.1188")
    assert value(main.percent_complete) == near("35.5")
    assert value(main.percent_spent) == near("42.3")


def test_main_series_in_time():
    main = schedule_of(65300, 11, pv=MAIN_PV, pd="26", bac="184000", ac="77900")
    assert value(main.es) == near("9.709")
    assert value(main.sv_t) == near("-1.291")
    assert value(main.spi_t) == near("0.8827")
    assert value(main.ieac_t) == near("29.46")


@pytest.mark.parametrize(
    ("bac", "pv", "ev", "ac", "expected"),
    [
        (100, 50, 40, 45, {"cpi": "0.889", "spi": "0.80", "eac": "112.5", "tcpi_bac": "1.09"}),
        (248, 158, 148, 210, {"cv": "-62", "sv": "-10", "spi": "0.94", "cpi": "0.705", "eac": "352", "vac": "-104"}),
        (
            200000,
            120000,
            100000,
            90000,
            {"cv": "10000", "sv": "-20000", "cpi": "1.111", "spi": "0.833", "eac": "180000"},
        ),
        (100000, 40000, 35000, 36000, {"spi": "0.875", "cpi": "0.972"}),
        (700, 700, 675, 750, {"eac": "777.8"}),
    ],
)
def test_published_examples(bac, pv, ev, ac, expected):
    result = figures(bac, pv, ev, ac)
    assert {name: value(getattr(result, name)) for name in expected} == {
        name: near(text) for name, text in expected.items()
    }


def test_deadline_pressure_example():
    assert eac(figures(100, 50, 40, 45), EacVariant.DEADLINE_PRESSURE) == D("129.375")


def test_no_index_is_rounded_before_use():
    assert eac(figures(500000, 1, 150000, 162000), EacVariant.EFFICIENCY) == 540000


@pytest.mark.parametrize(
    ("bac", "ev", "ac", "right", "misprinted"),
    [(700, 675, 750, "777.8", 861), (500000, 150000, 162000, "540000", 538344)],
)
def test_values_that_were_misprinted_are_not_ours(bac, ev, ac, right, misprinted):
    found = eac(figures(bac, bac, ev, ac), EacVariant.EFFICIENCY)
    assert found == near(right)
    assert round(found) != misprinted


def test_duration_by_planned_value_of_six_months():
    result = earned_schedule(
        PlannedSeries((D(120000), D(200000)), D(6), Unit.WEEKS), ev=D(100000), actual_time=D(1), bac=D(200000), ac=None
    )
    assert duration(result, "pv_spi") == D("7.2")


def test_bottom_up_estimate_and_progress_by_cost():
    result = earned_value(
        EarnedValueInputs(D(10000), D(9000), D(9000), D(11000), bottom_up_etc=D(1000)), variant=EacVariant.BOTTOM_UP
    )
    assert (value(result.eac), value(result.vac), value(result.etc)) == (12000, -2000, 1000)
    share = percent_complete_by_cost(D(11000), D(1000))
    assert value(share) == near("91.667")
    assert "AC / (AC + ETC)" in share.name


def test_hours_scope_forecast_is_variant_b():
    assert eac(figures(400, 0, 220, 268, unit=Unit.HOURS), EacVariant.EFFICIENCY) == near("487.3")


def test_estimate_in_use_is_named_with_its_assumption():
    result = figures(100, 50, 40, 45, variant=EacVariant.ONE_OFF)
    assert result.eac.name == "EAC a"
    assert "one-off" in result.eac.assumption
    assert all(measure.formula and measure.assumption for _, measure in result.eac_by_variant)
    assert [one.name for one in result.vac.inputs] == ["BAC", "EAC a"]


def test_missing_divisors_give_no_index_but_a_reason():
    begun = figures(100, 0, 0, 0)
    for measure in (begun.cpi, begun.spi, begun.eac, begun.vac, begun.etc):
        assert measure.value is None
        assert measure.reason
        assert measure.shown() == "–"
    assert value(begun.cv) == 0


def test_no_budget_left_means_not_achievable_rather_than_a_number():
    spent = figures(100, 90, 80, 100).tcpi_bac
    assert spent.value is None
    assert spent.state is MeasureState.NOT_ACHIEVABLE
    assert spent.shown() == "not achievable"


def test_absent_records_are_not_zero():
    result = earned_value(EarnedValueInputs(D(100), D(50), D(40), None))
    assert result.cpi.state is MeasureState.NOT_MEASURED
    assert "AC" in result.cpi.reason
    assert value(result.spi) == D("0.8")


def test_negative_budget_is_refused():
    with pytest.raises(EarnedValueError, match="BAC is -1"):
        figures(-1, 0, 0, 0)


def test_every_measure_says_its_formula():
    result = figures(100, 50, 40, 45)
    assert all(measure.formula for measure in result.measures())
    assert len({measure.key for measure in result.measures()}) == len(result.measures())


amounts = st.decimals(min_value=1, max_value=10**9, places=2)


@given(amounts, amounts, amounts, amounts)
def test_variant_b_has_two_equal_forms(bac, pv, ev, ac):
    result = earned_value(EarnedValueInputs(bac, pv, ev, ac))
    cpi = value(result.cpi)
    other = ac + (bac - ev) / cpi
    assert eac(result, EacVariant.EFFICIENCY) == pytest.approx(other, rel=D("1e-15"), abs=D("1e-9"))


@given(amounts, amounts, amounts, amounts)
def test_variants_are_ordered_when_late_and_over(bac, pv, ev, ac):
    assume(ev <= bac and ev <= ac and ev <= pv)
    result = earned_value(EarnedValueInputs(bac, pv, ev, ac))
    one_off, efficiency, pressure = (
        eac(result, one) for one in (EacVariant.ONE_OFF, EacVariant.EFFICIENCY, EacVariant.DEADLINE_PRESSURE)
    )
    slack = D("1e-9") * max(1, pressure)
    assert one_off <= efficiency + slack
    assert efficiency <= pressure + slack


@given(amounts, amounts, amounts, amounts)
def test_tcpi_to_eac_of_variant_b_is_the_cpi(bac, pv, ev, ac):
    assume(ev < bac)
    result = earned_value(EarnedValueInputs(bac, pv, ev, ac))
    assert value(result.tcpi_eac) == pytest.approx(value(result.cpi), rel=D("1e-9"))


# Earned schedule


def test_earned_schedule_example_ahead_of_money():
    pv = tuple(map(D, (10, 25, 45, 70, 100, 140, 190)))
    result = schedule_of(128, 7, pv=pv, pd="10", bac="300")
    assert value(result.es) == D("5.7")
    assert value(result.sv_t) == D("-1.3")
    assert value(result.spi_t) == near("0.814")
    assert value(result.ieac_t) == near("12.28")
    assert value(figures(300, 190, 128, 1).spi) == near("0.674")


def test_textbook_earned_schedule_by_week():
    found = [earned_time(PlannedSeries(TEXTBOOK_PV, D(9)), ev) for ev in TEXTBOOK_EV[:6]]
    assert found == [near(text) for text in ("0.67", "1.33", "2.00", "2.83", "4.50", "4.92")]


def test_textbook_week_five():
    result = schedule_of(70, 5, ac="70")
    assert value(result.spi_t) == D("0.9")
    assert duration(result, "es_1") == D("9.5")
    assert duration(result, "es_spi") == pytest.approx(D(10))
    assert duration(result, "pv_spi") == near("10.93")
    assert duration(result, "ed_1") == near("9.88")
    assert len(result.eac_t) == 9


def test_textbook_weeks_eight_and_eleven():
    eighth = schedule_of(120, 8)
    assert (value(eighth.es), duration(eighth, "es_1"), duration(eighth, "es_spi")) == (6, 11, 12)
    last = schedule_of(150, 11)
    assert value(last.es) == 9
    assert value(last.spi_t) == near("0.818")
    assert value(figures(150, 150, 150, 1).spi) == 1


def test_with_cost_at_par_the_cost_factor_changes_nothing():
    result = schedule_of(70, 5, ac="70")
    for method in ("pv", "ed", "es"):
        assert duration(result, f"{method}_sci") == pytest.approx(duration(result, f"{method}_spi"))


def test_seven_months_gone_five_earned():
    result = schedule_of(5, 7, pv=tuple(map(D, range(1, 11))), pd="10", bac="10")
    assert value(result.sv_t) == -2
    assert value(result.spi_t) == near("0.714")
    assert value(result.tspi) == pytest.approx(D(5) / 3)


def test_plan_finished_one_period_late():
    result = schedule_of(40, 5, pv=tuple(map(D, (10, 20, 30, 40))), pd="4", bac="40")
    assert value(result.spi_t) == D("0.80")
    assert result.tspi.state is MeasureState.NOT_ACHIEVABLE


def test_flat_stretch_takes_its_end_and_never_divides_by_zero():
    series = PlannedSeries(tuple(map(D, (10, 20, 20, 20, 40))), D(5))
    assert earned_time(series, D(20)) == 4
    assert earned_time(series, D(19)) == D("1.9")
    assert earned_time(series, D(30)) == D("4.5")


def test_flat_stretch_across_the_status_date_earns_nothing_early():
    flat = tuple(map(D, (10, 20, 20, 20, 40)))
    during = schedule_of(20, "2.5", pv=flat, pd="5", bac="40")
    assert value(during.es) == D("2.5")
    assert "held at AT" in during.es.note
    after = schedule_of(20, 4, pv=flat, pd="5", bac="40")
    assert (value(after.es), after.es.note) == (4, "")
    late = schedule_of(20, "4.5", pv=flat, pd="5", bac="40")
    assert value(late.es) == 4


def test_at_zero_there_is_no_index():
    start = schedule_of(0, 0)
    assert start.spi_t.value is None
    assert start.ieac_t.value is None
    assert value(start.es) == 0


def test_part_periods_count_as_fractions():
    result = schedule_of(40, "4.5", ac="40")
    assert value(result.spi_t) == pytest.approx(D("3.5") / D("4.5"))
    planned = next(one.value for one in result.eac_t[1].inputs if one.name == "PV")
    assert planned == 70  # half way from 55 to 85


def test_last_period_of_the_plan_may_be_a_part():
    series = PlannedSeries((D(10), D(20), D(24)), D("2.4"))
    assert earned_time(series, D(22)) == D("2.2")
    assert earned_time(series, D(24)) == D("2.4")


def test_known_past_alone_cannot_say_how_far_ahead_we_are():
    with pytest.raises(NoValue, match="11 of 26 periods"):
        earned_time(PlannedSeries(MAIN_PV, D(26)), D(80000))
    ahead = schedule_of(80000, 11, pv=MAIN_PV, pd="26", bac="184000")
    assert ahead.spi_t.value is None


@pytest.mark.parametrize(
    ("values", "pd", "message"),
    [((D(10), D(9)), D(2), "falls from 10 to 9 in period 2"), ((D(1),), D(0), "must be above 0")],
)
def test_impossible_series_are_refused(values, pd, message):
    with pytest.raises(EarnedValueError, match=message):
        PlannedSeries(values, pd)


def test_status_before_the_start_is_refused():
    with pytest.raises(EarnedValueError, match="before the project's start"):
        schedule_of(1, -1)


def test_schedule_in_hours_says_hours():
    series = PlannedSeries((D(10), D(20)), D(2))
    result = earned_schedule(series, ev=D(5), actual_time=D(1), bac=D(20), ac=None, unit=Unit.HOURS)
    assert result.es.inputs[0].unit is Unit.HOURS
    assert next(one for one in result.eac_t if one.key == "eac_t_pv_sci").reason == "AC is not known."


increments = st.lists(st.decimals(min_value=0, max_value=1000, places=1), min_size=1, max_size=12)


@given(increments, st.decimals(min_value=0, max_value=1, places=3), st.decimals(min_value=0, max_value=1, places=3))
def test_earned_time_rises_with_earned_value_and_stays_in_the_plan(steps, one, other):
    assume(sum(steps) > 0)
    values = tuple(sum(steps[: index + 1], D(0)) for index in range(len(steps)))
    series = PlannedSeries(values, D(len(values)))
    low, high = sorted((one * values[-1], other * values[-1]))
    assert 0 <= earned_time(series, low) <= earned_time(series, high) <= series.duration


@given(increments, st.decimals(min_value=0, max_value=1, places=3))
def test_plan_at_the_earned_time_is_the_earned_value(steps, share):
    assume(sum(steps) > 0)
    values = tuple(sum(steps[: index + 1], D(0)) for index in range(len(steps)))
    series = PlannedSeries(values, D(len(values)))
    ev = share * values[-1]
    assert series.planned_value_at(earned_time(series, ev)) == pytest.approx(ev, abs=D("1e-9"))
