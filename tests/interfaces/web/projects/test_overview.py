"""The overview: what changed, health with its reasons, who does what; stars, activity and people."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from headway.areas.metrics import commands as metrics
from headway.areas.metrics import sampling
from headway.areas.metrics.given import GivenSample, GivenTarget
from headway.areas.metrics.types import Direction, Formula, Frequency
from headway.areas.people.queries import person_of_user
from headway.areas.projects import commands, queries
from headway.areas.schedule import commands as plan_commands
from headway.areas.schedule import queries as schedule
from headway.interfaces.web.projects.activity import act_words
from headway.kernel.context import real_clock
from headway.kernel.registry import Kind, all_use_cases
from tests.interfaces.web.conftest import House, Signed

pytestmark = pytest.mark.django_db
PAGE = "/projects/SITE/"


def _body(answer: Any) -> str:
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_last_week_is_told_with_links_to_its_records(planned: House, signed: Signed) -> None:
    now = real_clock()
    today, old = planned("manager").but(now=now), planned("manager").but(now=now - timedelta(days=20))
    commands.add_risk(old, project="SITE", title="An old risk", probability=2, impact=2)
    commands.add_risk(today, project="SITE", title="Late texts", probability=4, impact=4)
    decision = commands.add_decision(old, project="SITE", question="Which host?")
    commands.decide(planned("approver").but(now=now), decision=decision.id, outcome="Ours")
    page = _body(signed("manager").get(PAGE)).split("Since last week")[1].split("<h2>Health")[0]
    assert "1 new risk" in page
    assert "An old risk" not in page
    assert 'href="/projects/SITE/risks/2/"' in page
    assert "1 decision taken" in page
    assert 'href="/projects/SITE/decisions/1/"' in page


def test_nothing_changed_is_said(site: House, signed: Signed) -> None:
    assert "Nothing was finished, moved, recorded or decided" in _body(signed("manager").get(PAGE))


def test_health_says_why_by_dimension_and_opens_to_its_source(planned: House, signed: Signed) -> None:
    commands.add_risk(planned("manager"), project="SITE", title="Late texts", probability=5, impact=5)
    page = _body(signed("manager").get(PAGE))
    assert 'popovertarget="health-risk"' in page
    assert "hw-rag-red" in page
    full = _body(signed("manager").get(f"{PAGE}health/"))
    assert "top open exposure" in full
    assert "not measured" in full


def test_the_kpis_that_decide_are_opened_from_health(planned: House, signed: Signed) -> None:
    boss, client = planned("manager"), signed("manager")
    assert 'value="kpis"' not in _body(client.get(f"{PAGE}health/"))
    target = GivenTarget(Decimal(97), amber=Decimal(97), red=Decimal(95))
    kpi = metrics.define(
        boss, project="SITE", name="Orders in time", formula=Formula.LAST, unit="%", direction=Direction.HIGHER,
        frequency=Frequency.YEARLY, target=target,
    ).row.id  # fmt: skip
    page = _body(client.get(f"{PAGE}health/"))
    assert "KPIs: not measured. No KPI can be judged. KPI-1 Orders in time (no data)." in page
    sampling.record(boss, kpi=kpi, samples=(GivenSample("2026", value=Decimal(90)),))
    for address in (PAGE, f"{PAGE}health/", "/portfolio/SITE/"):
        page = _body(client.get(address))
        assert "KPI-1 Orders in time is red: 90.0 % in 2026, wanted at least 97 %." in page
        assert f'href="/kpis/{kpi}/"' in page
    page = _body(client.get(f"{PAGE}health/"))
    assert 'href="/projects/SITE/kpis/?state=red"' in page
    assert 'value="kpis"' in page


def test_a_colour_is_made_worse_with_a_reason_and_lifted_again(planned: House, signed: Signed) -> None:
    commands.add_risk(planned("manager"), project="SITE", title="Late texts", probability=1, impact=1)
    associate = signed("associate")
    given = {"dimension": "risk", "colour": "red", "reason": "The writer is ill"}
    assert associate.post(f"{PAGE}health/", given | {"reason": ""}).status_code == 422
    assert associate.post(f"{PAGE}health/", given).status_code == 302
    page = _body(associate.get(f"{PAGE}health/"))
    assert "The writer is ill" in page
    lift = re.search(r'action="(/projects/SITE/health/\d+/lift/)"', page)
    assert lift is not None
    assert signed("member").post(f"{PAGE}health/", given).status_code == 403
    assert signed("stranger").post(lift.group(1)).status_code == 404
    associate.post(lift.group(1))
    assert queries.overrides(planned("manager"), project="SITE") == ()


def test_this_week_says_who_does_what_and_what_is_overdue(planned: House, signed: Signed) -> None:
    ctx = planned("manager")
    plan_commands.add_resource(ctx, project="SITE", name="Max", person=person_of_user(planned("member").actor.user_id))
    task = next(row for row in schedule.tasks(ctx, project="SITE").items if not row.summary)
    plan_commands.assign(ctx, task=task.id, resource=schedule.resources(ctx, project="SITE")[-1].id)
    page = _body(signed("manager").get(PAGE)).split("This week")[1].split("Decisions due")[0]
    assert "Max" in page
    assert task.name in page
    assert "should be done already" in page
    assert f'href="/projects/SITE/plan/tasks/{task.id}/"' in page


def test_a_star_is_set_and_taken_by_its_button(site: House, signed: Signed) -> None:
    manager = signed("manager")
    assert 'aria-pressed="false"' in _body(manager.get(PAGE))
    assert manager.post(f"{PAGE}star/", {"star": "1"}).status_code == 302
    assert 'aria-pressed="true"' in _body(manager.get(PAGE))
    assert [(row.key, row.starred) for row in queries.mine_short(site("manager"))] == [("SITE", True)]
    manager.post(f"{PAGE}star/", {"star": "0"})
    assert [(row.key, row.starred) for row in queries.mine_short(site("manager"))] == [("SITE", False)]
    assert signed("stranger").post(f"{PAGE}star/", {"star": "1"}).status_code == 404


def test_the_overview_asks_the_database_as_often_for_many_records_as_for_few(planned: House, signed: Signed) -> None:
    manager, ctx = signed("manager"), planned("manager")

    def more(first: int, last: int) -> None:
        for number in range(first, last):
            commands.add_risk(ctx, project="SITE", title=f"Risk {number}", probability=2, impact=2)
            plan_commands.add_task(ctx, project="SITE", name=f"Task {number}", duration="2d")
        manager.get(PAGE)  # the standing is computed anew after a change

    more(0, 2)
    with CaptureQueriesContext(connection) as few:
        manager.get(PAGE)
    more(2, 9)
    with CaptureQueriesContext(connection) as many:
        manager.get(PAGE)
    assert len(many) == len(few)


def test_activity_tells_fields_and_narrows_by_person_and_kind(site: House, signed: Signed) -> None:
    risk = commands.add_risk(site("associate"), project="SITE", title="Late texts", probability=2, impact=3)
    commands.edit_risk(site("manager"), risk=risk.id, probability=4)
    page = _body(signed("manager").get(f"{PAGE}activity/"))
    assert "changed, closed or reopened a risk" in page
    assert "RISK-1 Late texts" in page
    assert "<del><bdi>2</bdi></del>" in page
    associates = _body(signed("manager").get(f"{PAGE}activity/?who=Asha+Associate")).split('id="acts"')[1]
    assert "entered a risk" in associates
    assert "closed or reopened" not in associates
    assert "Nothing fits" in _body(signed("manager").get(f"{PAGE}activity/?area=hours"))


def test_activity_writes_days_as_people_do_and_tells_once_what_was_done_again_and_again(
    planned: House, signed: Signed
) -> None:
    manager = planned("manager")
    risk = commands.add_risk(manager, project="SITE", title="Late texts", probability=2, impact=3)
    for day in (date(2026, 4, 9), date(2026, 4, 10)):
        commands.edit_risk(manager, risk=risk.id, response_due=day)
    page = _body(signed("manager").get(f"{PAGE}activity/"))
    assert re.search(r'<h2 class="hw-day">.*?Mon, Mar 2, 2026', page)
    acts = re.findall(r"changed, closed or reopened a risk × 2 <span[^>]*>09:00</span>", page)
    assert len(acts) == 1
    assert "<del><bdi>Thu, Apr 9, 2026</bdi></del> → <bdi>Fri, Apr 10, 2026</bdi>" in page


def test_a_member_does_not_see_the_activity(planned: House, signed: Signed) -> None:
    assert signed("member").get(f"{PAGE}activity/").status_code == 403


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("projects.create", "began a project"),
        ("projects.edit_risk", "changed, closed or reopened a risk"),
        ("reports.decide", "approved or refused what one is asked about, as a named approver"),
        ("method.tick", "ticked or unticked a line of a checklist"),
        ("schedule.redo_last", "did the change again that one took back last"),
        ("people.accept_invitation", "became a user by an invitation's link"),
        ("estimates.note_estimate_decided", "noted that exactly this estimate was approved, or refused"),
        ("no.such", "no.such"),
    ],
)
def test_acts_are_told_in_the_past(name: str, words: str) -> None:
    assert act_words(name).startswith(words)


# What English forms otherwise than by 'ed', among the verbs that a description may begin with.
_IRREGULAR = {
    *(
        "be",
        "become",
        "begin",
        "bring",
        "build",
        "buy",
        "choose",
        "cut",
        "do",
        "draw",
        "fall",
        "find",
        "forget",
        "give",
    ),
    *("go", "have", "hold", "keep", "leave", "let", "lose", "make", "put", "read", "run", "say", "see", "send", "set"),
    *("speak", "spend", "stand", "take", "tell", "think", "undo", "win", "withdraw", "write"),
}
_NO_VERBS = {"a", "an", "the", "exactly", "its", "it", "neither", "that", "what", "which", "who", "why"}


def test_no_act_is_told_with_a_verb_that_is_none() -> None:
    commands_ = [one for one in all_use_cases() if one.kind is Kind.COMMAND]
    assert len(commands_) > 300
    wrong = []
    for one in commands_:
        first = one.summary.split()[0].strip(",:;.").lower()
        told = act_words(one.name).split()[0]
        if first in _NO_VERBS or told[:1].isupper() or (first in _IRREGULAR and told in (f"{first}ed", f"{first}d")):
            wrong.append(f"{one.name}: {told}")
    assert wrong == []


def test_people_are_listed_by_side(planned: House, signed: Signed) -> None:
    page = _body(signed("manager").get(f"{PAGE}people/"))
    team, outside = page.split("Client and guests", 1)
    assert "Max Member" in team
    assert "Cleo Client" not in team
    assert "Cleo Client" in outside
    assert "5 people work on this project, 2 look on from outside." in page
