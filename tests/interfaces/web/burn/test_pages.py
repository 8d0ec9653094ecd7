"""Pages of burn, earned value, progress and people's time: what they show to whom, and what they refuse."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from headway.areas.budgets import progress
from headway.areas.budgets import queries as budgets
from headway.areas.scope import commands as scope
from headway.areas.scope.types import ItemKind
from tests.interfaces.web.conftest import House, Signed, person_id

pytestmark = pytest.mark.django_db
BURN, EARNED, PROGRESS = (f"/projects/SITE/hours/{name}/" for name in ("burn", "earned-value", "progress"))
PEOPLE = "/hours/people/"


def text_of(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, address
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_burn_shows_complete_beside_spent_and_opens_to_entries(burning: House, signed: Signed) -> None:
    boss = signed("manager")
    page = boss.get(BURN).content.decode()
    said = text_of(boss, BURN)
    assert "90 of 100 h spent (90 %) with 19 % complete" in said
    assert "19 % complete by " in said
    assert "At the present pace" in text_of(boss, "/projects/SITE/budget/")
    assert "comes to" in text_of(boss, "/projects/SITE/budget/")
    assert "In scope: 72 h" in said
    assert "Out of scope: 6 h" in said
    assert "Standing work: 12 h" in said
    assert "6 h more for work outside the agreed scope" in said
    assert "<b>now</b>" not in page
    row = re.search(r'href="(/projects/SITE/hours/entries/\?row=[1-9]\d*[^"]*)"', page)
    assert row is not None
    assert "Build" in text_of(boss, row[1].replace("&amp;", "&"))
    assert "No entry matches" in text_of(boss, "/projects/SITE/hours/entries/?role=Nobody")


def test_money_and_people_only_for_those_who_may(burning: House, signed: Signed) -> None:
    assert "By person" in text_of(signed("associate"), BURN)
    approver = text_of(signed("approver"), BURN)
    assert "By person" not in approver
    assert "EUR" not in approver
    text_of(signed("member"), BURN, 403)
    for who in ("client", "guest"):
        for address in (BURN, EARNED, PROGRESS, PEOPLE):
            text_of(signed(who), address, 404)
    assert "Burn and forecast" not in text_of(signed("member"), "/projects/SITE/hours/")
    text_of(signed("approver"), f"{EARNED}?basis=bill")  # falls back to hours
    assert "EUR" not in text_of(signed("approver"), f"{EARNED}?basis=bill")


def test_earned_value_by_month_and_week_with_every_estimate(burning: House, signed: Signed) -> None:
    boss = signed("manager")
    said = text_of(boss, EARNED)
    for words in ("EAC a", "EAC b", "EAC c", "EAC d", "in use", "Feb 2026", "Approved"):
        assert words in said
    weeks = text_of(boss, f"{EARNED}?by=week&on=2026-02-13")
    assert "2 Feb – 8 Feb 2026" in weeks
    assert "Fri, Feb 13, 2026" in weeks
    assert "not achievable" not in weeks


def test_pages_without_hours_plan_or_baseline_say_what_they_are_for(site: House, signed: Signed) -> None:
    boss = signed("manager")
    assert "Nothing is burned yet" in text_of(boss, BURN)
    assert "No baseline to earn against" in text_of(boss, EARNED)
    assert "Nothing was stated" in text_of(boss, PROGRESS)


def test_progress_is_stated_refused_and_withdrawn(burning: House, signed: Signed) -> None:
    boss = signed("associate")
    wrong = boss.post(PROGRESS, {"method": "milestone weights", "weights": "Live; 100; 99"})
    assert wrong.status_code == 422
    assert "the plan has no row 99" in wrong.content.decode()
    short = boss.post(PROGRESS, {"method": "milestone weights", "weights": "A; 60; 1\nB; 30; 2"})
    assert "come to 90" in short.content.decode()
    done = boss.post(PROGRESS, {"method": "milestone weights", "weights": "A <i>x</i>; 60; 1\nB; 40; 2"}, follow=True)
    assert "60 % complete: milestone weights, said by Asha Associate" in done.content.decode()
    assert "<i>x</i>" not in done.content.decode()
    figures = budgets.burn(burning("manager"), project="SITE", as_of=date(2026, 3, 2))
    assert figures.burn.percent_complete.value == 60
    stated = progress.progress(burning("manager"), project="SITE").statements[0]
    boss.post(f"{PROGRESS}{stated.id}/withdraw/")
    assert "owner estimate by task" in text_of(boss, PROGRESS)
    assert signed("approver").post(PROGRESS, {"method": "0/100"}).status_code == 403
    assert signed("member").post(f"{PROGRESS}{stated.id}/withdraw/").status_code in (403, 404)


def test_people_see_their_own_and_leads_everybody(burning: House, signed: Signed) -> None:
    everybody = text_of(signed("manager"), f"{PEOPLE}?group=role")
    assert "Max Member" in everybody
    assert "Realisation, value" in everybody
    own = text_of(signed("member"), PEOPLE)
    assert "You worked 40 h, 40 of them billable" in own
    assert "Mona Manager" not in own
    member, boss = person_id(burning, "member"), person_id(burning, "manager")
    days = "?first=2026-02-02&last=2026-02-08"
    assert "10 h worked, 10 billable, of 40 h" in text_of(signed("manager"), f"{PEOPLE}{member}/{days}")
    text_of(signed("member"), f"{PEOPLE}{boss}/{days}", 404)
    text_of(signed("manager"), f"{PEOPLE}{member}/?first=2026-02-08&last=2026-02-02", 404)


def test_the_burn_page_asks_as_often_for_many_lines_as_for_few(burning: House, signed: Signed) -> None:
    boss = signed("manager")
    boss.get(BURN)
    with CaptureQueriesContext(connection) as few:
        boss.get(BURN)
    for place in range(6):
        scope.add_item(burning("manager"), project="SITE", kind=ItemKind.IN, text=f"Line {place}")
    boss.get(BURN)
    with CaptureQueriesContext(connection) as many:
        boss.get(BURN)
    assert len(many) <= len(few)
