"""The forecast page: when the project will end, why, how good past forecasts were, and the chances."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect

from headway.areas.portfolio import queries as portfolio
from headway.areas.projects import commands as projects
from headway.areas.schedule import commands
from tests.areas.schedule.history import five_done_late, ten_tasks
from tests.interfaces.web.conftest import House, Signed, sign_in
from tests.interfaces.web.looking import look

PAGE = "/projects/SITE/plan/forecast/"


def _body(answer: Any) -> str:
    assert answer.status_code == 200
    return str(answer.content.decode())


@pytest.mark.django_db
def test_the_forecasts_stand_side_by_side_with_their_sources(house: House, signed: Signed) -> None:
    five_done_late(ten_tasks(house))
    page = _body(signed("member").get(PAGE))
    assert re.search("The plan says Fri[^;<]*15[^;<]*; its history says Fri[^;<]*22", page)
    for name in ("by-plan", "by-earned-schedule", "by-velocity", "by-past-estimates", "past"):
        assert f'id="{name}-source"' in page
    assert "if past errors repeat: " in page
    assert "The last 5 forecasts were on average 3 working days early (1 to 5)." in page
    assert f'hx-get="{PAGE}?simulate=1"' in page


@pytest.mark.django_db
def test_the_simulation_says_its_chances_and_what_it_rests_on(house: House, signed: Signed) -> None:
    ten_tasks(house)
    page = _body(signed("member").get(f"{PAGE}?simulate=1"))
    assert "Tasks without an estimate vary from 80 % to 130 % of their duration, by the house&#x27;s spread." in page
    assert "Half of the runs end by" in page
    assert re.search(r"[0-9],000 runs, seed 0\.", page)
    assert "Go-live" in page
    assert "Figures of this chart" in page
    assert "What moves the finish most" in page
    five_done_late(house)
    page = _body(signed("member").get(f"{PAGE}?simulate=1"))
    assert "vary as the 5 finished tasks did: 8 of 10 took 120 % of their estimate." in page
    assert "Half of the runs end by" not in page  # all end on one day: nothing to draw


@pytest.mark.django_db
def test_a_young_project_says_what_is_missing(house: House, signed: Signed) -> None:
    ten_tasks(house)
    page = _body(signed("manager").get(PAGE))
    assert "There is too little history for a forecast of its own." in page
    assert "It needs at least 4 complete weeks" in page


@pytest.mark.django_db
def test_a_project_without_dates_offers_first_acts(house: House, signed: Signed) -> None:
    projects.create(house("manager"), key="BARE", name="Bare")
    assert "Nothing to forecast yet" in _body(signed("manager").get("/projects/BARE/plan/forecast/"))


@pytest.mark.django_db
def test_a_plan_that_cannot_be_simulated_says_why(house: House, signed: Signed) -> None:
    manager = house("manager")
    projects.create(manager, key="ZERO", name="Only a milestone")
    commands.start_plan(manager, project="ZERO", start="2026-03-02")
    commands.add_task(manager, project="ZERO", name="Kick-off", milestone=True)
    page = _body(signed("manager").get("/projects/ZERO/plan/forecast/?simulate=1"))
    assert "No unfinished task" in page


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["client", "guest", "stranger"])
def test_outside_people_find_nothing(house: House, signed: Signed, who: str) -> None:
    ten_tasks(house)
    assert signed(who).get(PAGE).status_code == 404


@pytest.mark.django_db
def test_overview_and_portfolio_show_the_finish_by_history(house: House, signed: Signed) -> None:
    five_done_late(ten_tasks(house))
    told = portfolio.standing(house("manager"), project="SITE").figures
    assert told is not None
    assert told.by_history is not None
    assert (told.by_history.finish, told.by_history.method) == (date(2026, 5, 22), "earned schedule")
    assert (told.by_history.low, told.by_history.high) == (date(2026, 5, 22), date(2026, 5, 22))
    assert told.by_history.late_days == 10
    assert told.by_history.past.startswith("The last 5 forecasts were on average 3 working days early")
    overview = _body(signed("manager").get("/projects/SITE/"))
    assert "Finish by its history" in overview
    assert 'id="by-history-source"' in overview
    grid = _body(signed("manager").get("/portfolio/?q=&c=history-finish"))
    assert "Finish by its history" in grid
    assert re.search(r"May[^<]*22|22[^<]*May", grid)
    assert "The first forecast that has enough history" in _body(
        signed("manager").get("/portfolio/SITE/?figure=history-finish")
    )


@pytest.mark.django_db
def test_a_young_project_shows_no_finish_by_history(house: House, signed: Signed) -> None:
    ten_tasks(house)
    assert "Finish by its history" not in _body(signed("manager").get("/projects/SITE/"))


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_forecast_in_a_browser(opened: BrowserContext, house: House) -> None:
    ten_tasks(house)
    page = sign_in(opened, "manager")
    page.goto("/projects/SITE/plan/")
    page.get_by_role("link", name="Forecast").click()
    expect(page.get_by_text("Half of the runs end by").first).to_be_visible()
    look(page, "forecast-young")
    five_done_late(house)
    page.goto(PAGE)
    expect(page.get_by_role("paragraph").filter(has_text="8 of 10 took 120 %")).to_be_visible()
    page.get_by_role("button", name="Where this comes from").click()
    expect(page.get_by_text("came 2026-05-15").first).to_be_visible()
    page.keyboard.press("Escape")
    look(page, "forecast")
