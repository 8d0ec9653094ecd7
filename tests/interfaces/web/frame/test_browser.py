"""Looked at in Chromium: accessible in both themes, nothing overflowing, keys and floats doing what they say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from headway.areas.people import commands as people
from headway.kernel.context import system_context
from tests.conftest import PASSWORD
from tests.interfaces.web.looking import faults

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

EMAIL = "ada@example.org"
HERE = re.compile(r"\bis-here\b")
WIDTHS = [1440, 1024, 390]
OPEN_PAGES = ["/gallery/", "/gallery/?pane=1", "/accounts/login/", "/accounts/password/reset/", "/nowhere/"]
SIGNED_IN_PAGES = [
    "/accounts/security/",
    "/accounts/security/app/add/",
    "/accounts/security/keys/",
    "/accounts/security/keys/add/",
    "/accounts/password/change/",
    "/accounts/sessions/",
    "/accounts/logout/",
]


@pytest.fixture
def site(with_gallery: None, served_at: str) -> str:
    """A served workspace with one administrator; its address."""
    system = system_context("set up")
    people.set_up(system, organisation="Northwind", name="Ada Admin", email=EMAIL, password=PASSWORD)
    return served_at


@pytest.fixture
def page(window: BrowserContext, site: str) -> Iterator[Page]:
    """A page that fails the test when the content policy or a script complains."""
    opened = window.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda message: _note(complaints, message))
    yield opened
    assert complaints == []


def _note(complaints: list[str], message: Any) -> None:
    if message.type == "error" and "the server responded with a status of" not in message.text:
        complaints.append(message.text)


def sign_in(page: Page) -> None:
    page.goto("/accounts/login/")
    page.fill("[name=login]", EMAIL)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_load_state()


def test_pages_are_accessible_and_fit_their_window(page: Page) -> None:
    wrong = _look_at(page, OPEN_PAGES)
    sign_in(page)
    wrong += _look_at(page, SIGNED_IN_PAGES)
    assert wrong == []


def _look_at(page: Page, addresses: list[str]) -> list[str]:
    wrong: list[str] = []
    for address in addresses:
        page.goto(address)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wrong.append(f"{address} at {width}: wider than its window")
            if width != WIDTHS[1]:
                wrong += [f"{address} at {width}: {fault}" for fault in faults(page)]
    return wrong


def test_open_floats_are_accessible(page: Page) -> None:
    page.goto("/gallery/")
    page.click("[popovertarget=cpi-source]")
    expect(page.locator("#cpi-source")).to_be_visible()
    assert faults(page) == []
    page.keyboard.press("Escape")
    page.click("[popovertarget=person-menu]")
    assert faults(page) == []
    page.keyboard.press("Escape")
    page.click("[popovertarget=more]")
    page.wait_for_function("document.activeElement.closest('[data-menu]') !== null")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#sample-dialog")).to_be_visible()
    assert faults(page) == []
    page.keyboard.press("Escape")
    expect(page.locator("#sample-dialog")).to_be_hidden()


def test_the_help_lists_exactly_the_keys_that_act(page: Page) -> None:
    page.goto("/gallery/")
    page.keyboard.press("?")
    expect(page.locator("#key-help tbody tr")).to_have_count(9)
    rows = page.locator("#key-help tbody tr").all_inner_texts()
    assert [row.split("\t")[0] for row in rows] == [
        "Go to Projects",
        "Go to Approvals",
        "Find or do",
        "Find or do",
        "Quick add",
        "Go to the inbox",
        "Next row",
        "Previous row",
        "Show these keys",
    ]


def test_keys_act_but_never_while_typing_and_can_be_switched_off(page: Page) -> None:
    page.goto("/gallery/?rows=3")
    rows, palette = page.locator("[data-row]"), page.locator(".hw-palette-input")
    for row in (0, 1):
        page.keyboard.press("j")
        expect(rows.nth(row)).to_have_class(HERE)
    page.keyboard.press("/")
    expect(palette).to_be_focused()
    page.keyboard.type("jg p?")
    expect(palette).to_have_value("jg p?")
    page.keyboard.press("Escape")
    expect(palette).to_be_hidden()
    page.keyboard.press("?")
    page.uncheck("[data-single-keys]")
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(palette).to_be_hidden()
    page.keyboard.press("Control+k")
    expect(palette).to_be_focused()


def test_g_then_p_goes_to_the_projects(page: Page) -> None:
    page.goto("/gallery/?pane=1")
    page.keyboard.press("g")
    page.keyboard.press("p")
    page.wait_for_url("**/gallery/")


def test_the_theme_is_kept_and_follows_the_system_until_chosen(page: Page) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto("/gallery/")
    top = page.locator("html")
    expect(top).to_have_attribute("data-bs-theme", "dark")
    page.click("[popovertarget=person-menu]")
    page.click("[data-theme-choice=light]")
    expect(top).to_have_attribute("data-bs-theme", "light")
    page.reload()
    expect(top).to_have_attribute("data-bs-theme", "light")


def test_on_a_phone_the_navigation_is_a_drawer(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/gallery/")
    link = page.get_by_role("link", name="Approvals")
    assert not link.is_visible()
    page.click("[data-drawer-open]")
    expect(link).to_be_visible()
    assert faults(page) == []
    page.keyboard.press("Escape")
    expect(page.locator(".hw-side.is-open")).to_have_count(0)
    expect(page.locator("[data-drawer-open]")).to_be_focused()


def test_a_chosen_file_is_named_with_its_size(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "plan.xml"
    file.write_bytes(b"x" * 1500)
    page.goto("/gallery/")
    page.set_input_files("#drop-plan", str(file))
    expect(page.locator("[data-drop-chosen]")).to_have_text("plan.xml (1.5 KB)")


def test_the_first_tab_stop_skips_to_the_content(page: Page) -> None:
    page.goto("/gallery/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_a_passkey_is_set_up_and_signs_in_alone(page: Page) -> None:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    sign_in(page)
    page.goto("/accounts/security/keys/add/")
    page.fill("[name=password]", PASSWORD)  # a change of security asks again
    page.click("main button[type=submit]")
    page.fill("[name=name]", "Work laptop")
    page.check("[name=passwordless]")
    page.click("[data-passkey=create]")
    page.wait_for_url("**/recovery-codes/**")
    page.goto("/accounts/security/keys/")
    expect(page.locator("main")).to_contain_text("Work laptop")
    page.context.clear_cookies()
    page.goto("/accounts/login/")
    with page.expect_navigation():
        page.click("[data-passkey=sign-in]")
    page.goto("/accounts/security/")
    assert page.url.endswith("/accounts/security/")


def test_htmx_posts_with_the_token_and_shows_refusals_in_place(page: Page) -> None:
    page.goto("/gallery/")
    page.click("#echo-send")
    page.wait_for_selector("#echo .hw-notice-error")
    page.fill("#echo-text", "<b>fine</b>")
    page.click("#echo-send")
    page.wait_for_selector("#echo .hw-notice-success")
    expect(page.locator("#echo")).to_contain_text("Noted: <b>fine</b>")
    assert page.url.endswith("/gallery/")


def test_nothing_is_asked_of_another_host(page: Page, site: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/gallery/")
    page.wait_for_load_state("networkidle")
    assert asked
    assert [url for url in asked if not url.startswith((site, "data:"))] == []
