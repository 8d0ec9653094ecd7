"""Sentences by rule: right at none, one and many, with and without baseline, hours, forecast."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from headway.documents.tree import Rag, plain
from headway.reports import conclusions, words
from headway.reports.status_snapshot import Milestone, worst
from tests.reports.samples import almost_empty, earned_value, in_trouble

WHOLE = in_trouble()


def said(rule, **changes) -> str:
    return plain(rule(replace(WHOLE, **changes))).replace("\N{NO-BREAK SPACE}", " ")


def milestone(name: str, late: int | None) -> Milestone:
    return Milestone(name, True, "Ana Ruiz", date(2026, 6, 5), None, date(2026, 6, 5), None, late)


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        ((), "The plan has no milestones."),
        ((None, None), "No milestone can be judged: there is no baseline to compare with."),
        ((0,), "The one milestone holds its baseline date."),
        ((0, -2, 0), "All 3 milestones hold."),
        ((1,), "The one milestone is late: M0, by 1 working day."),
        ((0, 1), "1 of 2 milestones is late: M1, by 1 working day."),
        ((5, 0, 7, None), "2 of 3 milestones are late; the worst is M2, by 7 working days."),
    ],
)
def test_milestones(days, sentence):
    made = tuple(milestone(f"M{number}", late) for number, late in enumerate(days))

    assert said(conclusions.milestones, milestones=made) == sentence


@pytest.mark.parametrize(
    ("colours", "sentence"),
    [
        ({}, "Overall is Red because of Cost / hours."),
        ({Rag.RED: Rag.GREEN}, "Overall is Amber because of Schedule, Scope, Risk, Client inputs and People."),
        (
            {Rag.RED: Rag.GREEN, Rag.AMBER: Rag.GREEN},
            "Overall is Green: every measured dimension is within its limits.",
        ),
    ],
)
def test_overall_names_its_worst_dimensions(colours, sentence):
    rag = tuple(replace(each, colour=colours.get(each.colour, each.colour)) for each in WHOLE.rag)

    assert said(conclusions.overall, rag=rag, overall=worst(rag)) == sentence


@pytest.mark.parametrize(
    ("forecast", "sentence"),
    [
        (Decimal("219503.83"), "The forecast of €219,504 is €28,304 over the current budget of €191,200."),
        (Decimal(180000), "The forecast of €180,000 is €11,200 under the current budget of €191,200."),
        (Decimal("191200.4"), "The forecast of €191,200 equals the current budget."),
        (None, "No forecast against the current budget of €191,200 can be made yet."),
    ],
)
def test_budget(forecast, sentence):
    assert WHOLE.budget is not None

    assert said(conclusions.budget, budget=replace(WHOLE.budget, forecast=forecast)) == sentence


@pytest.mark.parametrize(
    ("pv", "ev", "ac", "sentence"),
    [
        (
            75900,
            65300,
            77900,
            "The work done is worth €65,300, €10,600 less than planned, and used €12,600 more than that.",
        ),
        (
            60000,
            65300,
            60000,
            "The work done is worth €65,300, €5,300 more than planned, and used €5,300 less than that.",
        ),
        (65300, 65300, 65300, "The work done is worth €65,300, as much as planned, and used exactly that."),
        (0, 0, 0, "The work done is worth €0, as much as planned, and used exactly that."),
    ],
)
def test_earned_value(pv, ev, ac, sentence):
    assert WHOLE.earned_value is not None
    block = earned_value(Decimal(184000), Decimal(pv), Decimal(ev), Decimal(ac), WHOLE.earned_value.basis)

    assert said(conclusions.curve, earned_value=block) == sentence


@pytest.mark.parametrize(
    ("days", "words_said"),
    [(0, "on time"), (1, "1 working day late"), (7, "7 working days late"), (-1, "1 working day early")],
)
def test_finish(days, words_said):
    assert WHOLE.plan is not None
    plan = replace(WHOLE.plan, late_days=days)

    assert said(conclusions.finish, plan=plan) == f"The finish is forecast for Tue 8 Sep 2026, {words_said}."


def test_finish_without_a_baseline():
    assert WHOLE.plan is not None
    plan = replace(WHOLE.plan, late_days=None, baseline_finish=None)

    assert said(conclusions.finish, plan=plan).endswith("there is no baseline to compare with.")


def test_hours_with_and_without_budget_and_progress():
    block = WHOLE.hours
    assert block is not None
    spent = words.hours(block.spent).text.replace("\N{NO-BREAK SPACE}", " ")

    assert said(conclusions.hours).endswith("of the work, a gap of −0.1 points.")
    bare = replace(block, percent_spent=None, gap=None)
    assert said(conclusions.hours, hours=bare) == f"{spent} are logged; no budget of hours is set."
    unknown = replace(block, percent_complete=None, gap=None)
    assert said(conclusions.hours, hours=unknown).endswith("no progress is recorded to compare with.")
    assert said(conclusions.hours_range, hours=replace(block, forecasts=())) == "No forecast of hours can be made yet."


@pytest.mark.parametrize(
    ("count", "start"),
    [(0, "No decision is waiting."), (1, "1 decision is needed by"), (2, "2 decisions are needed, the first by")],
)
def test_decisions(count, start):
    assert WHOLE.decisions is not None
    decisions = tuple(replace(WHOLE.decisions[0], ref=f"D-{number}") for number in range(count))

    assert said(conclusions.decisions, decisions=decisions).startswith(start)


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        ((), "The client owes no action."),
        ((0,), "1 client action is due and none is late."),
        ((0, 0), "2 client actions are due and none is late."),
        ((4, 0), "1 of 2 client actions is late: A-0, by 4 working days."),
        ((1, 4), "2 of 2 client actions are late; the latest is A-1, by 4 working days."),
    ],
)
def test_client_actions(days, sentence):
    assert WHOLE.client_actions is not None
    actions = tuple(replace(WHOLE.client_actions[0], ref=f"A-{n}", late_days=late) for n, late in enumerate(days))

    assert said(conclusions.client_actions, client_actions=actions) == sentence


def test_phases_off_plan_are_counted():
    assert WHOLE.plan is not None
    on_plan = tuple(replace(row, late_days=0) for row in WHOLE.plan.rows)

    assert said(conclusions.plan) == "2 of 5 phases are off plan; the worst is Build, by 7 working days."
    assert said(conclusions.plan, plan=replace(WHOLE.plan, rows=on_plan)) == "All 5 phases are on plan."


@pytest.mark.parametrize(
    "rule",
    [
        conclusions.budget,
        conclusions.finish,
        conclusions.curve,
        conclusions.hours,
        conclusions.milestones,
        conclusions.plan,
        conclusions.risks,
        conclusions.changes,
        conclusions.decisions,
        conclusions.client_actions,
        conclusions.earned_schedule,
    ],
)
def test_a_block_without_records_says_so_and_why(rule):
    sentence = plain(rule(almost_empty()))

    assert ": not measured. No records of" in sentence


def test_the_headline_of_a_project_without_records():
    assert (
        plain(conclusions.headline(almost_empty())) == "Overall is not measured because no dimension has records yet."
    )
