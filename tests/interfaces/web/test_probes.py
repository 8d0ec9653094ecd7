"""Text that would like to be script, in every field that commands reach: no page, document or mail runs it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver
from playwright.sync_api import Browser, BrowserContext, Page

from headway.areas.budgets import commands as budgets
from headway.areas.budgets.types import Basis
from headway.areas.comms import commenting, discussions
from headway.areas.deliverables import commands as deliverables
from headway.areas.files import commands as files
from headway.areas.files import store
from headway.areas.hours import commands as hours
from headway.areas.people import commands as people
from headway.areas.people import queries as people_queries
from headway.areas.projects import commands as projects
from headway.areas.projects import queries
from headway.areas.projects.types import DecisionOption, Objective
from headway.areas.schedule import asking, updates
from headway.areas.schedule import commands as schedule
from headway.areas.schedule import queries as plans
from headway.interfaces.web import urls as workspace
from headway.interfaces.web.addresses import go_url
from headway.kernel.context import Context
from tests.interfaces.web.conftest import House, Signed, give_session, person_id, prepare_report

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PROBE = (
    "'\"><img src=x onerror=alert(1)></textarea></title><svg/onload=alert(2)></script><script>alert(3)</script>{{7*7}}"
)
SHORT = "<img src=x onerror=alert(4)>"
TRACES = "img[src='x'], svg[onload], [onerror], script:not([src]):not([type='application/json'])"


@pytest.fixture
def probed(site: House) -> House:
    """SITE with the probe in every name, note and text."""
    ctx = site("manager")
    _registers(ctx, person_id(site, "member"))
    _plan(ctx, person_id(site, "member"))
    _rest(ctx)
    _talk(ctx, person_id(site, "member"))
    return site


def _registers(ctx: Context, owner: int) -> None:
    projects.edit(
        ctx,
        project="SITE",
        name=f"Site {PROBE}",
        purpose=PROBE,
        objectives=(Objective(PROBE, PROBE, PROBE),),
        success_measures=(Objective(PROBE, PROBE, PROBE),),
        scope_in=(PROBE,),
        scope_out=(PROBE,),
    )
    for words in (PROBE, SHORT):
        risk = projects.add_risk(
            ctx, project="SITE", title=words, probability=5, impact=5, cause=words, effect=words, response=words
        )
        projects.edit_risk(ctx.but(reason=words), risk=risk.id, title=f"{words} again", owner=owner)
        projects.add_issue(ctx, project="SITE", title=words, description=words, owner=owner)
        projects.add_assumption(ctx, project="SITE", text=words)
        projects.add_stakeholder(ctx, project="SITE", name=words, organisation=words, notes=words)
        question = projects.add_decision(
            ctx,
            project="SITE",
            question=words,
            options=(DecisionOption(words, words),),
            recommendation=words,
            cost_of_waiting=words,
            decide_by=date(2026, 3, 1),
        )
    projects.decide(ctx, decision=question.id, outcome=PROBE)


def _plan(ctx: Context, person: int) -> None:
    schedule.start_plan(ctx, project="SITE", start=date(2026, 3, 2))
    phase = schedule.add_task(ctx, project="SITE", name=PROBE, duration="400d")
    schedule.add_task(ctx, project="SITE", name=PROBE, milestone=True, predecessors=(phase.task_id,))
    schedule.add_resource(ctx, project="SITE", name=PROBE, person=person)
    schedule.assign(ctx, task=phase.task_id, resource=plans.resources(ctx, project="SITE")[0].id)
    schedule.set_baseline(ctx, project="SITE", name=PROBE)


def _rest(ctx: Context) -> None:
    hours.log(ctx, project="SITE", day=date(2026, 3, 2), hours=3, note=PROBE, phase=SHORT, role=SHORT)
    budgets.add_budget(ctx, project="SITE", name=PROBE, basis=Basis.HOURS, amount=100)
    people.add_organisation(ctx, name=PROBE)
    people.add_person(ctx, name=PROBE, email="probe@example.org", job_title=PROBE)
    kept = store.put([b"text"], limit=100)
    file = files.keep(ctx, name=f"{SHORT}.txt", media_type="text/plain", sha256=kept.sha256, size=kept.size)
    deliverables.add_document(ctx, project="SITE", file=file.id, title=PROBE, note=PROBE)
    projects.star(ctx, project="SITE")


def _talk(ctx: Context, person: int) -> None:
    """Comments and a request for news, with all that people type into them."""
    task = plans.tasks(ctx, project="SITE").items[0]
    said = commenting.comment(ctx, project="SITE", about="task", record=task.id, text=f"{PROBE} @Max Member")
    commenting.edit_comment(ctx, comment=said.id, text=f"{PROBE} {SHORT}")
    commenting.comment(ctx, project="SITE", about="task", record=task.id, text=SHORT, answers=said.id)
    outside = people.add_person(ctx, name=SHORT, email="outside@example.org", organisation=_own(ctx)).id
    asked = {"project": "SITE", "tasks": (task.uid,), "asks": ("note",), "due": ctx.now.date(), "words": PROBE}
    asking.ask_for_news(ctx, person=outside, **asked)
    asking.ask_for_news(ctx, person=person, **asked)


def _own(ctx: Context) -> int:
    return next(row.id for row in people_queries.organisations(ctx))


@pytest.fixture
def watched(browser: Browser, live_server: Any, probed: House) -> Iterator[tuple[BrowserContext, list[str]]]:
    """A browser, and the list of what went wrong in it: dialogues, scripts' errors, refusals of the content policy."""
    address = str(live_server.url).replace("127.0.0.1", "localhost")
    context = browser.new_context(base_url=address)
    wrong: list[str] = []
    context.on("dialog", lambda dialog: (wrong.append(f"dialogue {dialog.message}"), dialog.dismiss()))
    context.on("weberror", lambda error: wrong.append(str(error.error)))
    context.on(
        "console",
        lambda message: wrong.append(message.text) if "Content Security Policy" in message.text else None,
    )
    yield context, wrong
    context.close()


def _addresses(patterns: Any, before: str = "") -> Iterator[str]:
    """Every address of the workspace that needs nothing but a project's key or a register."""
    for item in patterns:
        route = before + str(item.pattern)
        if isinstance(item, URLResolver):
            yield from _addresses(item.url_patterns, route)
        elif isinstance(item, URLPattern) and not re.search(r"<(int|slug|str)", route):
            filled = route.replace("<key:key>", "SITE")
            for register in ("risks", "issues", "decisions", "assumptions", "stakeholders"):
                yield "/" + filled.replace("<register:register>", register)
                if "<register" not in filled:
                    break


def _records(ctx: Context) -> list[str]:
    """The pages of single records."""
    task = plans.tasks(ctx, project="SITE").items[0]
    paths = [f"/projects/SITE/{name}/?state=all&open=1" for name in ("risks", "issues", "decisions", "assumptions")]
    paths += [f"/projects/SITE/{name}/1/" for name in ("risks", "issues", "decisions", "assumptions")]
    stakeholder = queries.stakeholders(ctx, project="SITE")[0]
    said = discussions.discussion(ctx, project="SITE", about="task", record=task.id).threads[0].first.id
    paths += [f"/projects/SITE/comments/task/{task.id}/", f"/projects/SITE/comments/{said}/history/"]
    for row in updates.update_requests(ctx, project="SITE"):
        paths.append(f"/projects/SITE/updates/{row.id}/")
        paths += [
            f"/projects/SITE/updates/{row.id}/mails/{mail.id}/"
            for mail in updates.update_request(ctx, update=row.id).mails
        ]
    paths.append(f"/projects/SITE/plan/tasks/{task.id}/then/?day={ctx.now.date()}")
    return [*paths, go_url("projects.Stakeholder", stakeholder.id), go_url("schedule.PlanTask", task.id)]


def _bare_page(context: BrowserContext) -> Page:
    """A page that is drawn without styles, fonts and icons, which have nothing of what people type."""
    page = context.new_page()
    context.new_cdp_session(page).send("Network.setBlockedURLs", {"urls": ["*.css*", "*.woff2*", "*.svg*"]})
    return page


def _pages(client: Client, paths: list[str]) -> Iterator[str]:
    """Those that are pages: others take forms alone, or give a file, at which a browser starts anew each time."""
    for path in paths:
        answer = client.get(path)
        assert answer.status_code < 500, path
        if answer.status_code != 405 and answer.headers.get("content-type", "").startswith("text/html"):
            yield path


def test_no_page_runs_what_a_field_holds(
    watched: tuple[BrowserContext, list[str]], probed: House, signed: Signed
) -> None:
    context, wrong = watched
    skipped = re.compile(r"^/(accounts/.+|live|signed-in|drawings\.css|portfolio/export/)")
    inside = [path for path in dict.fromkeys(_addresses(workspace.urlpatterns)) if not skipped.match(path)]
    inside += [*_records(probed("manager")), "/search?q=img", "/search/palette?q=img", "/projects/SITE/activity/?all=1"]
    assert len(inside) > 50
    for who, paths in (("manager", inside), ("client", ["/portal/SITE/", "/portal/SITE/documents/"])):
        give_session(context, who)
        page = _bare_page(context)
        for path in _pages(signed(who), paths):
            page.goto(path)
            traces = page.locator(TRACES).count()
            assert (traces, wrong) == (0, []), path
        page.close()


def test_a_report_and_its_mail_hold_the_text_as_text(
    watched: tuple[BrowserContext, list[str]], probed: House, signed: Any
) -> None:
    context, wrong = watched
    manager = signed("manager")
    look = f"{prepare_report(manager, copy='client', formats=['html'])}look/"
    assert "<img src=x" not in manager.get(look).content.decode()
    give_session(context, "manager")
    page = context.new_page()
    page.goto(look)
    assert (page.locator("img[src='x'], svg[onload], [onerror], script").count(), wrong) == (0, [])
