"""Asking for figures on its pages, telling them inside and behind a mailed link on a phone, and taking them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import BrowserContext, expect

from headway.areas.metrics import commands as metrics
from headway.areas.metrics import queries as kpis
from headway.areas.metrics.types import Direction, Formula, Frequency
from headway.areas.schedule import updates
from headway.areas.schedule.question_types import Question, QuestionKind
from headway.areas.schedule.update_types import UpdateDetail, UpdateState
from headway.journeys import collecting
from headway.kernel.models import AuditEntry
from tests.interfaces.web.conftest import Signed, give_session, person_id
from tests.interfaces.web.looking import faults, look
from tests.interfaces.web.projects.test_updates import Linked, linked

__all__ = ["linked"]  # a fixture
PHONE = {"width": 390, "height": 844}


def define(linked: Linked) -> int:
    """A KPI that nobody fills."""
    found: int = metrics.define(
        linked.house("manager"),
        project="SITE",
        name="Calls a week",
        formula=Formula.LAST,
        direction=Direction.LOWER,
        frequency=Frequency.WEEKLY,
        basis="All lines, without test calls",
    ).row.id
    return found


def ask(linked: Linked, *questions: Question, person: int | None = None, **given: Any) -> UpdateDetail:
    """A request whose mail is a draft."""
    boss = linked.house("manager")
    made: UpdateDetail = collecting.ask_for_figures(
        boss, project="SITE", persons=(person or linked.bo,), questions=questions, due=boss.now.date(), **given
    )[0]
    return made


def percent(linked: Linked) -> Question:
    """How far the first task is."""
    return Question(QuestionKind.PERCENT, linked.uids[0])


@pytest.mark.django_db
def test_asking_telling_and_taking_figures(linked: Linked, signed: Signed) -> None:
    kpi = define(linked)
    manager = signed("manager")
    assert "/projects/SITE/updates/figures/" in manager.get("/projects/SITE/kpis/").content.decode()
    page = manager.get("/projects/SITE/updates/figures/").content.decode()
    assert "Calls a week, 2026-W09" in page
    key = re.search(rf'value="(kpi\|{kpi}\|[^"]+)" checked', page)
    assert key is not None
    given = {
        "ask": [key[1], f"percent_complete|{linked.uids[0]}|"],
        "person": [linked.bo, person_id(linked.house, "member")],
        "words": "For the board.",
        "due": "2026-12-24",
        "chase-most": "3",
        "chase-before": "1",
        "chase-every": "2",
    }
    answer = manager.post("/projects/SITE/updates/figures/", given)
    assert answer.status_code == 302, answer.content.decode()
    listed = manager.get(answer.headers["Location"]).content.decode()
    assert "2 figures" in listed
    rows = {row.person: row for row in updates.update_requests(linked.house("manager"), project="SITE")}
    address = f"/projects/SITE/updates/{rows['Bo Builder'].id}/"
    page = manager.get(address).content.decode()
    assert "For the board." in page
    assert "Ask for approval" in page
    mail = updates.update_request(linked.house("manager"), update=rows["Bo Builder"].id).mails[0].id
    link = linked.approve(mail)
    assert "The next one" in manager.get(address).content.decode()
    nobody = Client()
    shown = nobody.get(link).content.decode()
    assert "All lines, without test calls" in shown
    kept = nobody.post(link, {"q1-value": "about 50", "keep": "1"}, follow=True).content.decode()
    assert 'value="about 50"' in kept
    refused = nobody.post(link, {"q1-value": "about 50", "q2-value": "40", "send": "1"})
    assert refused.status_code == 422
    assert "is no number" in refused.content.decode()
    assert 'value="40"' in refused.content.decode()
    sent = nobody.post(link, {"q1-value": "50", "q2-value": "40", "q2-note": "Rain", "send": "1"}, follow=True)
    assert "Until <bdi>Mona Manager</bdi> has looked at it" in sent.content.decode()
    nobody.post(link, {"q1-value": "52", "q2-value": "40", "q2-note": "Rain", "send": "1"})
    page = manager.get(address).content.decode()
    assert "Rain" in page
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version is not None
    stale = manager.post(address, {"take": ["1"], "accept": "1", "version": int(version[1]) - 1}, follow=True)
    assert "has corrected the answer meanwhile" in stale.content.decode()
    done = manager.post(address, {"take": ["1"], "accept": "1", "version": version[1]}, follow=True).content.decode()
    assert "1 figure is taken." in done
    (point,) = kpis.kpi(linked.house("manager"), kpi=kpi).points
    assert (point.value, point.said_by) == (52, f"Bo Builder, answered {linked.house('manager').now.date()}")
    over = nobody.get(link).content.decode()
    assert "was looked at" in over
    assert "What you told" in over
    entry = AuditEntry.objects.filter(use_case="schedule.answer_figures_by_link").first()
    assert entry is not None
    assert (entry.actor_id, entry.actor_name) == (None, "Bo Builder, by a mailed link")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"person": ["1"]}, "Choose at least one figure first"),
        ({"ask": ["percent_complete||"]}, "Choose whom to ask first"),
        ({"ask": ["percent_complete||", "nonsense", "kpi|x|"], "person": ["bo"], "chase-every": "0"}, "greater than"),
    ],
)
def test_what_is_missing_from_the_form_is_said_and_kept(
    linked: Linked, signed: Signed, given: dict[str, Any], why: str
) -> None:
    usual = {"due": "2026-12-24", "words": "Kept", "chase-most": "3", "chase-before": "1", "chase-every": "2"}
    given = {name: [linked.bo] if value == ["bo"] else value for name, value in given.items()}
    answer = signed("manager").post("/projects/SITE/updates/figures/", usual | given)
    assert answer.status_code == 422
    assert why in answer.content.decode()
    assert "Kept" in answer.content.decode()
    assert updates.update_requests(linked.house("manager"), project="SITE") == ()


@pytest.mark.django_db
def test_what_would_not_be_taken_is_said_before(linked: Linked, signed: Signed) -> None:
    made = ask(linked, percent(linked))
    link = linked.approve(made.mails[0].id)
    Client().post(link, {"q1-value": "40", "send": "1"})
    boss = linked.house("manager")
    address = f"/projects/SITE/updates/{made.row.id}/"
    assert "would not be taken" not in signed("manager").get(address).content.decode()
    left = signed("manager").post(address, {"leave": "1"}, follow=True).content.decode()
    assert "Nothing was taken." in left
    assert updates.update_request(boss, update=made.row.id).row.state is UpdateState.SETTLED


@pytest.mark.django_db
def test_figures_are_told_inside_by_the_person_asked_alone(linked: Linked, signed: Signed) -> None:
    row = ask(linked, percent(linked), person=person_id(linked.house, "member")).row
    address = f"/projects/SITE/updates/{row.id}/answer/"
    assert "Percent complete" in signed("member").get(address).content.decode()
    assert signed("manager").get(address).status_code == 403
    assert signed("tester").get(address).status_code == 404
    assert signed("member").post(address, {"q1-value": "x", "send": "1"}).status_code == 422
    done = signed("member").post(address, {"q1-value": "30", "send": "1"}, follow=True).content.decode()
    assert "Your answer has arrived" in done
    signed("member").post(address, {"q1-value": "35", "send": "1"})
    signed("manager").post(f"/projects/SITE/updates/{row.id}/", {"take": ["1"], "accept": "1"})
    assert "was looked at" in signed("member").get(address).content.decode()


@pytest.mark.django_db
def test_the_list_shows_those_that_stand_so(linked: Linked, signed: Signed) -> None:
    made = ask(linked, percent(linked))
    for show, seen in (("waiting", True), ("late", False), ("answered", False), ("", True)):
        page = signed("manager").get(f"/projects/SITE/updates/?show={show}").content.decode()
        assert (f"/updates/{made.row.id}/" in page) is seen, show
        assert "/projects/SITE/plan/" in page  # the project's own tabs stand above those of the list


@pytest.mark.django_db
def test_people_outside_and_members_ask_for_nothing(linked: Linked, signed: Signed) -> None:
    for who, status in (("client", 404), ("guest", 404), ("stranger", 404), ("member", 403)):
        assert signed(who).get("/projects/SITE/updates/figures/").status_code == status, who


@pytest.mark.django_db
def test_no_markup_of_a_request_or_an_answer_reaches_a_page(linked: Linked, signed: Signed) -> None:
    probe = "<img src=x onerror=alert(1)>"
    made = ask(linked, percent(linked), words=probe)
    link = linked.approve(made.mails[0].id)
    Client().post(link, {"q1-value": probe, "q1-note": probe, "keep": "1"})
    assert "<img src=x" not in Client().get(link).content.decode()
    Client().post(link, {"q1-value": "4", "q1-note": probe, "send": "1"})
    for page in (Client().get(link), signed("manager").get(f"/projects/SITE/updates/{made.row.id}/")):
        assert "<img src=x" not in page.content.decode()
        assert "&lt;img src=x onerror=alert(1)&gt;" in page.content.decode()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_figures_from_the_missing_ones_to_an_answer_on_a_phone(opened: BrowserContext, linked: Linked) -> None:
    define(linked)
    give_session(opened, "manager")
    page = opened.new_page()
    page.goto("/projects/SITE/updates/")
    page.get_by_role("link", name="Ask for figures").first.click()
    expect(page.get_by_label("Calls a week, 2026-W09")).to_be_checked()
    page.get_by_text("Forecasts of phases and tasks").click()
    page.get_by_role("checkbox", name="Hours to go").first.check()
    page.get_by_label("Bo Builder").check()
    look(page, "figures-01-ask")
    page.get_by_role("button", name="Prepare the requests").click()
    expect(page.get_by_role("heading", name="Figures of Bo Builder")).to_be_visible()
    look(page, "figures-02-request")
    (row,) = updates.update_requests(linked.house("manager"), project="SITE")
    link = linked.approve(updates.update_request(linked.house("manager"), update=row.id).mails[0].id)
    phone = opened.browser.new_context(  # type: ignore[union-attr]
        viewport=PHONE,  # type: ignore[arg-type]
        base_url=page.url.partition("/projects/")[0],
    )
    try:
        answers = phone.new_page()
        answers.goto(link)
        assert faults(answers) == []
        answers.get_by_label("Figure", exact=True).fill("about 50")
        answers.get_by_role("button", name="Keep it for later").click()
        expect(answers.get_by_text("Kept. Send it when it is complete.")).to_be_visible()
        answers.get_by_role("button", name="Send the figures").click()
        expect(answers.get_by_text("is no number").first).to_be_visible()
        assert faults(answers) == []
        answers.get_by_label("Figure", exact=True).fill("50")
        answers.get_by_label("Note").first.fill("Without the holiday")
        answers.get_by_role("button", name="Send the figures").click()
        expect(answers.get_by_text("Your answer has arrived.")).to_be_visible()
        assert answers.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    finally:
        phone.close()
    page.reload()
    page.get_by_role("button", name="Take the chosen figures").click()
    expect(page.get_by_text("1 figure is taken.")).to_be_visible()
    look(page, "figures-03-taken")
    page.goto("/projects/SITE/updates/")
    expect(page.get_by_role("link", name="Bo Builder")).to_be_visible()
    look(page, "figures-04-list")
