"""What an open page asks by itself, and what becomes of typed text when a session ends or the server is away."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import BrowserContext, expect

from headway.areas.projects import commands as projects
from headway.areas.projects import queries
from headway.interfaces.web import sessions
from headway.interfaces.web.typed import COOKIE, FIELD
from headway.kernel.context import real_clock
from headway.kernel.database.write_lock import allow_writes
from tests.conftest import PASSWORD
from tests.interfaces.web.conftest import House, Signed, sign_in


def test_the_mark_grows_with_every_change_and_names_who_made_it(site: House, signed: Signed) -> None:
    page = signed("manager")
    before = page.get("/live", {"project": "SITE"}).json()
    assert page.get("/live", {"project": "SITE"}).json()["mark"] == before["mark"]
    projects.add_risk(site("associate"), project="SITE", title="Texts come late", probability=3, impact=3)
    after = page.get("/live", {"project": "SITE"}).json()
    assert after["mark"] > before["mark"]
    assert after["who"] == "Asha Associate"
    assert after["person"] == site("manager").actor.user_id
    assert page.get("/live").json()["mark"] >= after["mark"]


def test_nobody_learns_of_changes_they_may_not_see(site: House, signed: Signed) -> None:
    projects.add_risk(site("associate"), project="SITE", title="Texts come late", probability=3, impact=3)
    assert Client().get("/live").status_code == 401
    assert signed("stranger").get("/live", {"project": "SITE"}).json()["mark"] == 0
    seen = signed("client").get("/live", {"project": "SITE"}).json()
    assert (seen["mark"] > 0, seen["who"]) == (True, "")


def test_a_change_mark_costs_one_query_over_all_projects(site: House, django_assert_num_queries: Any) -> None:
    ctx = site("administrator")
    queries.change_mark(ctx)
    with django_assert_num_queries(1):
        queries.change_mark(ctx)


def test_asking_does_not_keep_a_session_alive(site: House, signed: Signed) -> None:
    page = signed("manager")
    page.get("/live")
    long_ago = int((real_clock() - timedelta(seconds=sessions.STORE_EVERY_SECONDS + 60)).timestamp())
    with allow_writes("time passes"):
        kept = page.session
        kept["last_used_at"] = long_ago
        kept.save()
    page.get("/live")
    assert page.session["last_used_at"] == long_ago
    page.get("/")
    assert page.session["last_used_at"] > long_ago


def test_a_part_of_a_page_is_told_to_sign_in_and_left_as_it_is(db: None) -> None:
    answer = Client().get("/projects/SITE/", headers={"HX-Request": "true"}, follow=True)
    assert answer.status_code == 401
    assert answer.headers["HX-Reswap"] == "none"


@pytest.mark.parametrize(("sent", "named"), [("ab12", "ab12"), ("<script>", None), ("", None)])
def test_an_accepted_form_is_named_back(site: House, signed: Signed, sent: str, named: str | None) -> None:
    answer = signed("manager").post("/projects/SITE/stage/", {"stage": "delivery", FIELD: sent})
    assert answer.status_code == 302
    assert (answer.cookies[COOKIE].value if COOKIE in answer.cookies else None) == named


def test_a_refused_form_is_not_named_back(site: House, signed: Signed) -> None:
    answer = signed("manager").post("/projects/SITE/stage/", {"stage": "nowhere", FIELD: "ab12"})
    assert answer.status_code == 422
    assert COOKIE not in answer.cookies


def test_static_addresses_carry_their_version_and_come_compressed(db: None) -> None:
    page = Client().get("/accounts/login/").content.decode()
    address = page.split("dist/app.js")[1].split('"')[0]
    assert address.startswith("?v=")
    answer = Client().get(f"/static/dist/app.js{address}", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "max-age=31536000" in answer.headers["Cache-Control"]


# --- in the browser ---------------------------------------------------------------------------


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_typed_text_outlives_session_and_server(site: House, opened: BrowserContext) -> None:
    page = sign_in(opened, "manager")
    page.goto("/projects/SITE/charter/")
    page.fill("[name=purpose]", "Sell more lamps")

    page.context.set_offline(True)
    page.click("form.hw-form button[type=submit]")
    expect(page.locator("#messages")).to_contain_text("The server does not answer just now")
    page.context.set_offline(False)
    assert page.input_value("[name=purpose]") == "Sell more lamps"

    page.context.clear_cookies()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("#signed-out")).to_be_visible()
    with page.context.expect_page() as beside:
        page.click("#signed-out a")
    other = beside.value
    other.fill("[name=login]", "manager@example.org")
    other.fill("[name=password]", PASSWORD)
    other.click("main button[type=submit]")
    expect(other.locator("h1")).to_have_text("You are signed in")
    other.close()
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(page.locator("#messages")).to_contain_text("You are signed in again")
    page.click("form.hw-form button[type=submit]")
    page.wait_for_url("**/projects/SITE/")
    assert queries.charter(site("manager"), project="SITE").purpose == "Sell more lamps"
    page.goto("/projects/SITE/charter/")
    assert page.get_by_text("is back. It is not saved yet").count() == 0


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_typed_text_is_back_after_the_page_is_opened_anew(site: House, opened: BrowserContext) -> None:
    page = sign_in(opened, "manager")
    page.goto("/projects/SITE/charter/")
    page.fill("[name=purpose]", "Sell more lamps")
    page.goto("/projects/SITE/charter/")
    expect(page.get_by_text("is back. It is not saved yet")).to_be_visible()
    assert page.input_value("[name=purpose]") == "Sell more lamps"
    page.get_by_role("button", name="Discard it").click()
    assert page.input_value("[name=purpose]") == ""
    page.goto("/projects/SITE/charter/")
    assert page.input_value("[name=purpose]") == ""
