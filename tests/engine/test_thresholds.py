"""Budget alert lines: once per crossing, re-armed five points below."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headway.engine.forecast import BurnInputs, WorkedWeek, burn
from headway.engine.thresholds import (
    AlertKind,
    BudgetFigures,
    BudgetState,
    ThresholdError,
    ThresholdRule,
    budget_figures,
    budget_state,
    evaluate,
)

D = Decimal
RULE = ThresholdRule()
ONE_LINE = ThresholdRule(lines=(D(75),))


def spent(percent, **more) -> BudgetFigures:
    return BudgetFigures("2026", D(100), D(percent), **more)


def alerts_along(percentages, rule=ONE_LINE) -> list[list[Decimal]]:
    state, raised = None, []
    for percent in percentages:
        result = evaluate(rule, state, spent(percent))
        state = result.state
        raised.append([alert.line for alert in result.alerts])
    return raised


@pytest.mark.parametrize(
    ("path", "alerts"),
    [
        ((60, 76), [[], [75]]),
        ((60, 76, 74, 76), [[], [75], [], []]),
        ((60, 76, 70, 76), [[], [75], [], [75]]),
        ((60, 76, "70.01", 76), [[], [75], [], []]),
        ((60, 75), [[], [75]]),
    ],
)
def test_line_re_arms_only_five_points_below(path, alerts):
    assert alerts_along(path) == alerts


def test_jump_raises_one_alert_for_every_line_on_the_way():
    assert alerts_along((10, 95), RULE) == [[], [90]]
    assert evaluate(RULE, None, spent(95)).alerts[0].passed == (50, 75, 90)
    assert alerts_along((10, 95, 74, 91), RULE) == [[], [90], [], [90]]  # 75 has not dropped five points
    assert alerts_along((10, 95, 70, 91), RULE) == [[], [90], [], [90]]


def test_worked_example_raises_both_forecast_triggers_and_one_line():
    recent = tuple(WorkedWeek(date(2026, 3, 2), D(hours)) for hours in (38, 41, 36, 45))
    result = burn(BurnInputs(D(400), D(268), D(55), D(8), D(12), recent))
    raised = evaluate(RULE, None, budget_figures(result, period="all")).alerts
    assert [(alert.kind, alert.line) for alert in raised] == [
        (AlertKind.LINE, 50),
        (AlertKind.FORECAST, 100),
        (AlertKind.RUNWAY, 100),
    ]
    assert "428 is above the budget of 400" in raised[1].text
    assert "lasts 3.3 weeks; 4 weeks are left" in raised[2].text


def test_amounts_stand_with_their_unit_where_the_caller_writes_them():
    read = BudgetFigures("2026", D(40), D("226.57"), forecast=D(300))
    told = evaluate(ThresholdRule(lines=(D(100),)), None, read, written=lambda amount: f"{amount} h").alerts
    assert [alert.text for alert in told] == [
        "Over: 226.57 h spent of 40 h (566.4 %).",
        "Forecast 300 h is above the budget of 40 h.",
    ]


def test_new_rule_reports_crossed_lines_once_and_says_so():
    first = evaluate(RULE, None, spent(80))
    (alert,) = first.alerts
    assert (alert.line, alert.passed, alert.already) == (75, (50, 75), True)
    assert alert.text == "80.0 % of the budget is spent: the 50 % and 75 % lines are reached."
    assert evaluate(RULE, first.state, spent(80)).alerts == ()
    assert [alert.already for alert in evaluate(RULE, first.state, spent(92)).alerts] == [False]


def test_lines_passed_at_once_make_one_alert_and_none_of_them_comes_later():
    first = evaluate(RULE, None, spent(20)).state
    over = evaluate(RULE, first, spent(150))
    (alert,) = over.alerts
    assert (alert.line, alert.passed, alert.already) == (100, (50, 75, 90, 100), False)
    assert alert.text == "Over: 150 spent of 100 (150.0 %). Passed at once: 50 %, 75 %, 90 % and 100 %."
    assert evaluate(RULE, over.state, spent(160)).alerts == ()
    back = evaluate(RULE, over.state, spent(80))
    assert back.alerts == ()
    assert [one.passed for one in evaluate(RULE, back.state, spent(150)).alerts] == [(90, 100)]


def test_new_period_arms_every_line_again():
    first = evaluate(ONE_LINE, None, spent(80))
    second = evaluate(ONE_LINE, first.state, BudgetFigures("2027", D(100), D(80)))
    assert [alert.line for alert in second.alerts] == [75]


@pytest.mark.parametrize(
    ("budget", "amount", "state"),
    [
        (100, 99, BudgetState.WITHIN),
        (100, 100, BudgetState.USED),
        (100, "100.01", BudgetState.OVER),
        (0, 0, BudgetState.OVER),
    ],
)
def test_exactly_all_is_used_and_over_begins_above(budget, amount, state):
    assert budget_state(D(budget), D(amount)) is state


def test_exactly_all_never_reads_over():
    at_100 = evaluate(RULE, None, spent(100)).alerts[-1]
    assert at_100.line == 100
    assert at_100.text == "The budget of 100 is used. Passed at once: 50 %, 75 %, 90 % and 100 %."
    assert evaluate(RULE, None, spent(101)).alerts[-1].text.startswith("Over: 101 spent of 100")


def test_blank_budget_is_not_counted_and_a_budget_of_zero_is_over_at_once():
    assert evaluate(RULE, None, BudgetFigures("2026", None, D(50))).alerts == ()
    over = evaluate(RULE, None, BudgetFigures("2026", D(0), D(0))).alerts
    assert [alert.text for alert in over] == ["Over: 0 spent of a budget of 0."]


def test_forecast_equal_to_the_budget_and_runway_equal_to_the_time_are_fine():
    assert evaluate(RULE, None, spent(10, forecast=D(100), runway=D(4), weeks_left=D(4))).alerts == ()


def test_used_up_runway_alerts_while_time_is_left():
    raised = evaluate(ONE_LINE, None, spent(10, runway=D(0), weeks_left=D(2))).alerts
    assert [alert.kind for alert in raised] == [AlertKind.RUNWAY]


def test_triggers_can_be_switched_off():
    quiet = ThresholdRule(lines=(), forecast_over_budget=False, runway_short=False)
    assert evaluate(quiet, None, spent(200, forecast=D(300), runway=D(1), weeks_left=D(9))).alerts == ()


@pytest.mark.parametrize("rule", [{"lines": (D(0),)}, {"lines": (D(50), D(50))}, {"rearm_points": D(-1)}])
def test_rules_without_sense_are_refused(rule):
    with pytest.raises(ThresholdError):
        ThresholdRule(**rule)


@given(st.lists(st.decimals(min_value=0, max_value=150, places=1), max_size=30))
def test_no_line_alerts_twice_without_having_dropped_five_points_below(path):
    state = None
    armed = dict.fromkeys(RULE.lines, True)
    for percent in path:
        result = evaluate(RULE, state, spent(percent))
        state = result.state
        raised = {line for alert in result.alerts for line in alert.passed}
        for line in RULE.lines:
            assert (line in raised) is (armed[line] and percent >= line)
            armed[line] = (armed[line] and line not in raised) or percent <= line - 5
