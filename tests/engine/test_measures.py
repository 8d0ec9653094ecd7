"""A figure's display is apart from its value, and a gap always has a reason."""

from decimal import Decimal

import pytest

from headway.engine.measures import Input, MeasureState, NoValue, Unit, derive, given, shown

D = Decimal


@pytest.mark.parametrize(
    ("value", "unit", "digits", "text"),
    [
        (D("129.375"), Unit.HOURS, None, "129.4"),
        (D("-12600"), Unit.MONEY, 0, "−12,600"),
        (D("0.125"), Unit.INDEX, None, "0.13"),
        (D("-0.001"), Unit.INDEX, None, "0.00"),
        (D("35.4891"), Unit.PERCENT, None, "35.5"),
        (None, Unit.MONEY, None, "–"),
        (D(10) ** 30, Unit.MONEY, 1, "1" + ",000" * 10 + ".0"),
    ],
)
def test_display_rounds_halves_away_from_zero_with_a_true_minus(value, unit, digits, text):
    assert shown(value, unit, digits) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(D("0.9497"), "0.9497"), (D("0.946"), "0.946"), (D("0.95"), "0.95"), (D("0.93"), "0.93"), (None, "–")],
)
def test_a_value_beside_a_limit_is_told_apart_from_it(value, text):
    assert given("cpi", "Cost index", value, Unit.INDEX).shown_beside(D("0.95")) == text


def test_display_leaves_the_value_unrounded():
    third = derive("x", "X", Unit.INDEX, "1 / 3", (), lambda: D(1) / D(3))
    assert third.shown() == "0.33"
    assert third.value * 3 == pytest.approx(D(1))


def test_missing_inputs_are_all_named():
    one, two = Input("EV", None, Unit.MONEY), Input("AC", None, Unit.MONEY)
    measure = derive("cpi", "CPI", Unit.INDEX, "EV / AC", (one, two), lambda e, a: e / a)
    assert (measure.value, measure.state) == (None, MeasureState.NOT_MEASURED)
    assert measure.reason == "EV and AC are not known."


def test_formula_without_answer_gives_its_reason():
    def none() -> Decimal:
        raise NoValue("Nothing to divide.")

    measure = derive("x", "X", Unit.INDEX, "…", (), none)
    assert (measure.state, measure.reason, measure.shown()) == (MeasureState.UNDEFINED, "Nothing to divide.", "–")


def test_recorded_figure_can_be_an_input_and_carry_notes():
    ac = given("ac", "AC", D(5), Unit.MONEY)
    assert ac.as_input() == Input("AC", D(5), Unit.MONEY)
    assert ac.with_note("One.").with_note("Two.").note == "One. Two."
    assert given("ac", "AC", None, Unit.MONEY).reason == "AC is not known."
