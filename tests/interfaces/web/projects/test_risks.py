"""Risks with their figures, the tasks they hit, the matrix, closing with a reason, and what they do to the forecast."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect

from headway.areas.projects import commands, queries
from headway.areas.projects.risk_types import RiskKind
from headway.areas.projects.types import State
from headway.areas.schedule import queries as plans
from headway.areas.schedule.simulation_keeping import risk_tasks, set_risk_tasks
from headway.journeys import risk_forecast
from tests.areas.schedule.history import ten_tasks
from tests.interfaces.web.conftest import House, Signed, sign_in
from tests.interfaces.web.looking import look

RISKS = "/projects/SITE/risks/"
FORECAST = "/projects/SITE/plan/forecast/"


@pytest.fixture
def few_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many runs as show something."""
    monkeypatch.setattr("headway.areas.schedule.simulating.KEPT_RUNS", 500)


@pytest.fixture
def risky(house: House, few_runs: None) -> House:
    """SITE of ten tasks, due on Friday 15 May; RISK-1 hits T9 and has a response, RISK-2 is an opportunity."""
    ten_tasks(house)
    manager = house("manager")
    commands.edit(manager, project="SITE", ends_on=date(2026, 5, 15))
    late = commands.add_risk(
        manager,
        project="SITE",
        title="Late texts",
        category="Client",
        probability=4,
        impact=5,
        days=(Decimal(5), Decimal(10), Decimal(20)),
        response="Ask early",
        residual_probability=1,
        residual_impact=3,
    )
    task = next(row.id for row in plans.tasks(manager, project="SITE").items if row.name == "T9")
    set_risk_tasks(manager, risk=late.id, tasks=(task,))
    commands.add_risk(
        manager, project="SITE", title="A second team", kind=RiskKind.OPPORTUNITY, probability=5, impact=5
    )
    return house


def _body(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status
    return str(answer.content.decode())


@pytest.mark.django_db
def test_the_forecast_tells_what_each_risk_costs_once_it_is_computed(risky: House, signed: Signed) -> None:
    risk_forecast.carry_out(risky("manager").as_system("the job"), project="SITE")
    page = _body(signed("member").get(FORECAST))
    assert "Chance of the deadline" in page
    assert "last day of the charter" in page
    assert re.search(r"Without RISK-1 the P80 is \d+ days earlier; its response takes (\d+|all) of them\.", page)
    for name in ("chance-deadline-source", "chance-p80-source", "chance-bare-source", "chance-after-source"):
        assert f'id="{name}"' in page
    assert 'id="cost-RISK-1"' in page
    assert "500 runs, seed 0, of" in page
    assert "Simulate again" not in page  # a member reads
    commands.edit_risk(risky("manager"), risk=1, probability=5)
    page = _body(signed("manager").get(FORECAST))
    assert "have changed since" in page
    assert "Simulate again" in page


@pytest.mark.django_db
def test_simulating_is_asked_for_in_one_press_and_followed(risky: House, signed: Signed) -> None:
    manager = signed("manager")
    assert manager.post(f"{FORECAST}simulate/").status_code == 302
    page = _body(manager.get(FORECAST))
    assert 'data-preparing="/projects/SITE/plan/forecast/progress/"' in page
    assert "no worker is running" in _body(manager.get(f"{FORECAST}progress/"))
    assert signed("member").post(f"{FORECAST}simulate/").status_code == 403


@pytest.mark.django_db
def test_the_limit_of_the_desk_is_kept_and_a_wrong_one_said(risky: House, signed: Signed) -> None:
    manager = signed("manager")
    manager.post(f"{FORECAST}limit/", {"limit": "70"})
    assert queries.charter(risky("manager"), project="SITE").rag_limits == {"deadline_chance": 70}
    assert "is no percent" in _body(manager.post(f"{FORECAST}limit/", {"limit": "170"}, follow=True))
    assert queries.charter(risky("manager"), project="SITE").rag_limits == {"deadline_chance": 70}


@pytest.mark.django_db
def test_the_matrix_stands_before_and_after_the_responses(risky: House, signed: Signed) -> None:
    page = _body(signed("member").get(f"{RISKS}matrix/"))
    assert "1 open threat, 1 of them high; none after the responses." in page
    assert 'aria-label="High: probability 4, impact 5: RISK-1 Late texts"' in page
    assert 'aria-label="Low: probability 1, impact 3: RISK-1 Late texts"' in page
    assert 'href="/projects/SITE/risks/?up=1&amp;across=3&amp;after=1"' in page
    assert "A second team" in page  # below, as an opportunity
    found = _body(signed("member").get(f"{RISKS}?up=1&across=3&after=1"))
    assert "Late texts" in found
    assert "A second team" not in found
    assert "Late texts" not in _body(signed("member").get(f"{RISKS}?up=1&across=3"))


@pytest.mark.django_db
def test_a_risk_is_told_in_figures_with_the_rows_it_hits(risky: House, signed: Signed) -> None:
    manager = signed("manager")
    row = queries.risks(risky("manager"), project="SITE")[1]
    given = {
        "title": row.title, "kind": row.kind.value, "category": "Client", "probability": row.probability,
        "impact": row.impact, "percent": "75", "days": "3 / 6 / 12,5", "tasks": "2-3", "residual_probability": "",
        "residual_impact": "", "version": row.version,
    }  # fmt: skip
    assert manager.post(f"{RISKS}1/", given | {"days": "3 / x"}).status_code == 422
    assert "There is no row 99 in the plan" in _body(manager.post(f"{RISKS}1/", given | {"tasks": "99"}), 422)
    assert manager.post(f"{RISKS}1/", given).status_code == 302
    stored = queries.risks(risky("manager"), project="SITE")[1]
    assert (stored.percent, stored.days) == (Decimal(75), (Decimal(3), Decimal(6), Decimal("12.5")))
    assert (stored.residual_probability, stored.residual_exposure) == (None, None)
    assert [task.name for task in risk_tasks(risky("manager"), project="SITE")] == ["T2", "T3"]
    page = _body(manager.get(f"{RISKS}1/"))
    assert 'value="3 / 6 / 12.5"' in page
    assert "T2, T3" in page  # the history tells which tasks it hits


@pytest.mark.django_db
def test_a_risk_that_happens_becomes_an_issue_with_a_way_back(risky: House, signed: Signed) -> None:
    manager = signed("manager")
    answer = manager.post(f"{RISKS}1/happened/")
    assert answer.headers["Location"] == "/projects/SITE/issues/1/"
    assert 'href="/projects/SITE/risks/1/">Was RISK-1' in _body(manager.get("/projects/SITE/issues/1/"))
    assert 'href="/projects/SITE/issues/1/">Became ISS-1' in _body(manager.get(f"{RISKS}1/"))
    (risk,) = queries.risks(risky("manager"), project="SITE", state=State.CLOSED)
    assert risk.outcome == "It happened: ISS-1."
    assert "is closed. Open it again first." in _body(manager.post(f"{RISKS}1/happened/", follow=True))
    assert "is an opportunity" in _body(manager.post(f"{RISKS}2/happened/", follow=True))


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["client", "guest", "stranger"])
def test_outside_people_find_nothing(risky: House, signed: Signed, who: str) -> None:
    outside = signed(who)
    for path in (f"{RISKS}matrix/", f"{FORECAST}progress/"):
        assert outside.get(path).status_code == 404, path
    for path in (f"{FORECAST}simulate/", f"{FORECAST}limit/", f"{RISKS}1/happened/"):
        assert outside.post(path).status_code == 404, path


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_from_a_risk_over_the_matrix_to_what_it_costs(opened: BrowserContext, risky: House) -> None:
    risk_forecast.carry_out(risky("manager").as_system("the job"), project="SITE")
    page = sign_in(opened, "manager")
    page.goto(f"{RISKS}matrix/")
    look(page, "risk-matrix")
    page.get_by_role("link", name="High: probability 4").click()
    page.get_by_role("link", name="RISK-1").first.click()
    expect(page.get_by_label("Days it costs")).to_have_value("5 / 10 / 20")
    page.get_by_role("link", name="What it costs").click()
    page.get_by_role("button", name=re.compile("days")).first.click()
    expect(page.get_by_text("P80 without it")).to_be_visible()
    page.keyboard.press("Escape")
    look(page, "forecast-risks")
