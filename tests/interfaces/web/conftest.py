"""A browser, people signed in by role, and a project with a plan, brought in through the pages' own use cases."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.management import create_contenttypes
from django.db.models.signals import post_migrate
from django.templatetags.static import static
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, WebError, expect, sync_playwright

import headway.interfaces.web.sessions  # noqa: F401 - notes when a session begins
from headway.areas.files import commands as files
from headway.areas.files import store
from headway.areas.people.queries import person_of_user
from headway.areas.people.types import Role
from headway.areas.projects import commands as projects
from headway.interfaces.web import guide
from headway.journeys import imports
from headway.kernel import jobs
from headway.kernel.context import Context
from headway.kernel.database.write_lock import allow_writes
from headway.kernel.jobs_worker import run_due
from tests.interfaces.web.answering import wait_until_quiet, watch
from tests.interfaces.web.lateness import be_late, slow_pages
from tests.made_once import made_once

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--process-per-site",  # a page costs less in a process that has shown one
]

# What has to appear is waited for, however busy the machine: only what never comes takes so long.
PATIENCE = 60_000  # milliseconds
expect.set_options(timeout=PATIENCE)

PLANS = Path(__file__).parents[2] / "data" / "plans"
House = Callable[[str], Context]
Signed = Callable[[str], Client]


@pytest.fixture(scope="session", autouse=True)
def tables_are_emptied_and_no_more(django_db_setup: None) -> None:
    """After a test in the browser Django would make its own permissions anew, which nothing asks for."""
    post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
    post_migrate.disconnect(create_contenttypes)


@pytest.fixture(scope="session", autouse=True)
def answers_are_counted() -> None:
    """So that no answer of the served house runs into the next test."""
    watch()
    be_late()


@pytest.fixture(autouse=True)
def answers_have_ended(request: pytest.FixtureRequest) -> Iterator[None]:
    """After a test in the browser, wait for what the served house still answers to a page that is gone."""
    yield
    if "browser" in request.fixturenames:
        assert wait_until_quiet(PATIENCE / 1000)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium; the test is skipped, saying so, where there is none."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not on this machine")
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        opened.new_context = _patient(opened.new_context)  # type: ignore[method-assign]
        yield opened
        opened.close()
    if before is None:
        os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE")


def _patient(new_context: Callable[..., BrowserContext]) -> Callable[..., BrowserContext]:
    """The same, for contexts whose pages wait as long as `expect` does."""

    def make(**given: Any) -> BrowserContext:
        context = new_context(**{"reduced_motion": "reduce", **given})
        context.set_default_timeout(PATIENCE)
        slow_pages(context)
        return context

    return make


@pytest.fixture
def signed(house: House) -> Signed:
    """A signed-in client by role: signed('manager')."""

    def client(who: str) -> Client:
        opened = signed_in(who)
        opened.cookies[guide.COOKIE] = guide.HIDDEN  # it comes and goes with the data: its own tests show it
        return opened

    return client


@pytest.fixture
def site(house: House) -> House:
    """SITE of the manager, with one member of each other role on it; OTHER, of a stranger."""

    def make() -> None:
        manager = house("manager")
        projects.create(manager, key="SITE", name="Acme web site", currency="EUR", starts_on=date(2026, 3, 2))
        for role in ("approver", "associate", "member", "tester", "client", "guest"):
            projects.set_member(manager, project="SITE", person=person_id(house, role), role=Role(role))
        projects.create(house("stranger"), key="OTHER", name="Rival web site")

    made_once(make)
    return house


@pytest.fixture
def planned(site: House) -> House:
    """SITE with a plan imported."""
    made_once(lambda: bring(site("manager"), PLANS / "small.xml", "plan"))
    return site


@pytest.fixture(scope="session")
def served_at(live_server: Any) -> str:
    """The address of the served house by the name that browsers are signed in for."""
    return str(live_server.url).replace("127.0.0.1", "localhost")


@pytest.fixture(scope="session")
def shared_window(browser: Browser, served_at: str) -> Iterator[BrowserContext]:
    """The one window of all tests in this process: most of what a short test costs is what a new one costs.

    Its first page stays open, with nothing on it, so that the process behind the others goes on.
    """
    context = browser.new_context(viewport={"width": 1440, "height": 900}, base_url=served_at)
    context.new_page().goto(static("dist/mark.svg"))
    yield context
    context.close()


@pytest.fixture
def window(shared_window: BrowserContext, served_at: str) -> Iterator[BrowserContext]:
    """A browser window at the served house, as if it were new: nobody is signed in, and nothing is kept in it.

    A script for pages to begin with (`add_init_script`) is given to a page: the window would keep it for all tests.
    """
    yield shared_window
    first, *others = shared_window.pages
    for page in others:
        page.close()
    kept = {"origin": served_at, "storageTypes": "local_storage,indexeddb,cache_storage"}
    session = shared_window.new_cdp_session(first)
    session.send("Storage.clearDataForOrigin", kept)
    session.detach()
    shared_window.clear_cookies()
    shared_window.clear_permissions()
    shared_window.set_offline(False)
    shared_window.unroute_all()


@pytest.fixture
def opened(window: BrowserContext, house: House) -> Iterator[BrowserContext]:
    """A browser window at the served house; complaints of scripts or of the content policy fail the test."""
    complaints: list[str] = []

    def note(error: WebError) -> None:
        complaints.append(str(error.error))

    window.on("weberror", note)
    yield window
    window.remove_listener("weberror", note)
    assert complaints == []


def signed_in(who: str) -> Client:
    """A client with a session of this role's user; the form that signs in has tests of its own."""
    client = Client()
    with allow_writes("sign-in"):
        user = get_user_model().objects.get(email=f"{who}@example.org")
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def give_session(context: BrowserContext, who: str) -> None:
    """Sign a browser in; its address has to be at localhost."""
    context.clear_cookies()
    session = signed_in(who).cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": session.key, "value": session.value, "domain": "localhost", "path": "/"}])


def sign_in(context: BrowserContext, who: str) -> Page:
    """An empty page of a browser that this role's user is signed in with."""
    give_session(context, who)
    return context.new_page()


def prepare_report(client: Client, **given: object) -> str:
    """Ask for SITE's report on its page and do the work in the background; gives the report's address."""
    answer = client.post("/projects/SITE/reports/new/", {"kind": "status", "as_of": "2026-03-06", **given})
    assert answer.status_code == 302, answer.content.decode()[:3000]
    run_due(queues=(jobs.LONG,))
    answer = client.get(answer.headers["Location"])
    assert answer.status_code == 302, answer.content.decode()[:3000]
    return str(answer.headers["Location"])


PROGRESS = "**/reports/preparing/*/now/"


def begin_report(page: Page) -> None:
    """Send the open form and see that the work is begun; the page asks nothing until `work_off`.

    What a page asks by itself comes at any moment, and the test's server has one connection for all it is asked.
    """
    page.route(PROGRESS, lambda route: route.fulfill(status=503))
    page.get_by_role("button", name="Prepare the report").click()
    expect(page.get_by_role("button", name="Stop preparing")).to_be_visible()


def work_off(page: Page) -> None:
    """Do the work in the background that this page watches, and let it ask how far it is."""
    run_due(queues=(jobs.LONG,))
    page.unroute(PROGRESS)


def person_id(house: House, who: str) -> int:
    """The person behind a role's user."""
    found = person_of_user(house(who).actor.user_id)
    assert found is not None
    return found


def bring(ctx: Context, path: Path, kind: str) -> None:
    """Import a file into SITE."""
    kept = store.put([path.read_bytes()], limit=10**8)
    file = files.keep(ctx, name=path.name, media_type="text/plain", sha256=kept.sha256, size=kept.size)
    row = imports.preview(ctx, project="SITE", kind=kind, file=file.id)
    imports.apply(ctx, batch=row.id)
