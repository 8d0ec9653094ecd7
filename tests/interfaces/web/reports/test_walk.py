"""Hours in, a report out, a document shared: in a real browser, by mouse and by keyboard, every page looked at."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from headway.areas.comms.queries import of_subject as mails_of
from headway.areas.comms.reactions import deliver
from headway.areas.deliverables.queries import versions
from headway.areas.hours.queries import totals
from headway.integrations.smtp_imap.adapter import SmtpMailer
from headway.kernel import ports
from tests.interfaces.web.conftest import House, begin_report, sign_in, work_off
from tests.interfaces.web.looking import faults, look
from tests.reliability.mail_server import MailServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HEAD = "When;Colleague;Spent;Project;What"
PEOPLE = ("M. Membre", "Assoziata, A.", "T. Tester")
ROWS = [f"{day:02}.03.2026;{who};4,5;Acme web site;Sketches" for day in range(2, 6) for who in PEOPLE]
WRONG = ["31.02.2026;M. Membre;3,25;Acme web site;Layouts", "99.03.2026;T. Tester;2;Acme web site;Checks"]
MENDED = ["27.02.2026;M. Membre;3,25;Acme web site;Layouts", "09.03.2026;T. Tester;2;Acme web site;Checks"]


def hours(folder: Path, rows: list[str]) -> Path:
    file = folder / "march.csv"
    file.write_text("\n".join((HEAD, *ROWS, *rows)) + "\n", encoding="utf-8")
    return file


def test_hours_by_mouse(opened: BrowserContext, planned: House, tmp_path: Path) -> None:
    page = sign_in(opened, "manager")
    page.goto("/imports/")
    look(page, "31-imports")
    page.set_input_files("[name=file]", hours(tmp_path, WRONG))
    page.get_by_label("Project", exact=True).select_option("SITE")
    page.get_by_label("What it is").select_option("hours")
    page.get_by_role("button", name="Read the file").click()
    expect(page.get_by_role("heading", name="Faults in the file")).to_be_visible()
    page.get_by_role("link", name="Name the columns").first.click()
    look(page, "33-columns")
    for column, field in (("When", "Day"), ("Colleague", "Person"), ("Spent", "Hours (as a number)"), ("What", "Note")):
        page.get_by_label(column, exact=True).select_option(label=field)
    page.get_by_role("button", name="Read the file again").click()
    expect(page.get_by_text("31.02.2026")).to_be_visible()
    expect(page.get_by_text("99.03.2026")).to_be_visible()
    look(page, "34-import-faults")
    page.get_by_role("link", name="Choose the mended file").click()
    page.set_input_files("[name=file]", hours(tmp_path, MENDED))
    page.get_by_role("button", name="Read the file").click()
    expect(page.get_by_role("heading", name="Questions")).to_be_visible()
    look(page, "35-import-questions")
    for who, email in zip(PEOPLE, ("member", "associate", "tester"), strict=True):
        asked = page.locator("fieldset", has_text=f"Nobody is known as '{who}'")
        asked.get_by_role("textbox").or_(asked.get_by_role("combobox")).fill(f"{email}@example.org")
    page.get_by_role("button", name="Answer and read again").click()
    expect(page.get_by_role("heading", name="Whose hours")).to_be_visible()
    look(page, "36-import-preview")
    page.get_by_role("button", name="Apply the import").click()
    expect(page.get_by_text("march.csv is imported")).to_be_visible()
    assert totals(planned("manager"), project="SITE", by=())[0].hours == 12 * 4.5 + 3.25 + 2


def test_hours_by_keyboard(opened: BrowserContext, planned: House, tmp_path: Path) -> None:
    page = sign_in(opened, "manager")
    page.goto("/")
    page.keyboard.press("g")
    page.keyboard.press("i")
    expect(page.get_by_role("heading", name="Imports", exact=True)).to_be_visible()
    page.set_input_files("[name=file]", hours(tmp_path, MENDED))  # the system's own file dialogue has no keys here
    page.get_by_label("Project", exact=True).focus()
    page.keyboard.type("Acme")
    page.keyboard.press("Tab")
    page.keyboard.type("Hours")
    page.get_by_role("button", name="Read the file").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Faults in the file")).to_be_visible()
    page.get_by_role("link", name="Name the columns").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("When", exact=True)).to_be_visible()
    for column, field in (("When", "Day"), ("Colleague", "Person"), ("Spent", "Hours"), ("What", "Note")):
        page.get_by_label(column, exact=True).focus()
        page.keyboard.type(field)
    page.get_by_role("button", name="Read the file again").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Questions")).to_be_visible()
    for who, email in zip(PEOPLE, ("member", "associate", "tester"), strict=True):
        asked = page.locator("fieldset", has_text=f"Nobody is known as '{who}'")
        asked.get_by_role("textbox").or_(asked.get_by_role("combobox")).focus()
        page.keyboard.type(f"{email}@example.org")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Whose hours")).to_be_visible()
    page.get_by_role("button", name="Apply the import").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("march.csv is imported")).to_be_visible()
    assert totals(planned("manager"), project="SITE", by=())[0].hours == 12 * 4.5 + 3.25 + 2


def test_a_report_is_compared_approved_and_sent(opened: BrowserContext, planned: House) -> None:
    page = sign_in(opened, "manager")
    page.goto("/reports/")
    expect(page.get_by_role("heading", name="No reports yet")).to_be_visible()
    for _ in range(2):
        _prepare(page)
    look(page, "41-report")
    page.goto("/projects/SITE/snapshots/")
    page.get_by_role("link", name="Snapshot 2").click()
    expect(page.get_by_role("heading", name="What is different from snapshot 1")).to_be_visible()
    look(page, "43-snapshot")
    page.goto("/reports/")
    expect(page.get_by_text("1 to finish")).to_be_visible()
    look(page, "44-centre")
    page.get_by_role("link", name="Ask for approval").click()
    page.get_by_label("Abel Approver").check()
    page.get_by_role("button", name="Ask for approval").click()
    expect(page.get_by_text("Approval is asked for")).to_be_visible()
    _approve(opened, 1, "here is the status")
    with MailServer() as server:
        ports.provide("mail", SmtpMailer.from_url(server.url))
        _send(opened, planned)
        assert [item.recipients for item in server.deliveries] == [("client@example.org",)]
    ports.provide("mail", None)


def test_documents_are_shared_with_the_client(opened: BrowserContext, planned: House, tmp_path: Path) -> None:
    page = sign_in(opened, "manager")
    page.goto("/projects/SITE/documents/")
    expect(page.get_by_role("heading", name="No documents yet")).to_be_visible()
    for title in ("Creative brief", "Site map"):
        _add_and_share(page, tmp_path, title)
    look(page, "47-document")
    page.goto("/projects/SITE/documents/")
    look(page, "45-documents")
    _approve(opened, 2, "The client waits for it.")
    page = sign_in(opened, "client")
    page.goto("/portal/SITE/documents/")
    for title in ("Creative brief", "Site map"):
        expect(page.get_by_text(title).first).to_be_visible()


def _prepare(page: Page) -> None:
    page.goto("/projects/SITE/reports/new/")
    page.select_option("[name=copy]", "client")
    page.get_by_label("Markdown").check()
    begin_report(page)
    work_off(page)
    expect(page.get_by_text("every statement in its files matches")).to_be_visible()
    frame = page.frame_locator("iframe.hw-look")
    expect(frame.get_by_text("Weekly status", exact=False).first).to_be_visible()


def _add_and_share(page: Page, folder: Path, title: str) -> None:
    page.goto("/projects/SITE/documents/new/")
    file = folder / "brief.txt"
    file.write_text(title, encoding="utf-8")
    page.set_input_files("[name=file]", file)
    page.get_by_label("Title").fill(title)
    page.get_by_role("button", name="Keep the document").click()
    expect(page.get_by_text("Nobody of the client can see it")).to_be_visible()
    page.get_by_role("link", name="Share version 1 with the client").click()
    page.get_by_label("What the approver should know").fill("The client waits for it.")
    page.get_by_label("Abel Approver").check()
    page.get_by_role("button", name="Ask for approval").click()
    expect(page.get_by_text("The client sees nothing before it is given")).to_be_visible()


def _approve(context: BrowserContext, count: int, words: str) -> None:
    """Approve all that waits in one sitting, by the key that opens its dialogue."""
    page = sign_in(context, "approver")
    page.goto("/approvals/")
    expect(page.get_by_text(words).first).to_be_visible()
    if count > 1:
        look(page, "50-sitting")
    page.get_by_label(f"Choose all {count}").check()
    page.keyboard.press("a")
    dialog = page.get_by_role("dialog", name="Approve what is chosen?")
    expect(dialog.get_by_text(words).first).to_be_visible()
    expect(dialog.get_by_text("client@example.org").first).to_be_visible()
    assert faults(page) == []
    dialog.get_by_role("button", name="Approve").click()
    expect(page.get_by_text(f"You approved {count} request")).to_be_visible()


def _send(context: BrowserContext, house: House) -> None:
    page = sign_in(context, "manager")
    page.goto("/reports/?stage=to+send")
    page.get_by_role("link", name=re.compile("^Weekly status")).click()
    page.get_by_role("link", name="Send…").click()
    dialog = page.get_by_role("dialog", name=re.compile("^Send Weekly status"))
    expect(dialog.get_by_text("client@example.org")).to_be_visible()
    expect(dialog.get_by_text("here is the status")).to_be_visible()
    assert faults(page) == []
    dialog.get_by_role("button", name="Send it now").click()
    expect(page.get_by_text("On its way", exact=True)).to_be_visible()
    row = versions(house("manager"), project="SITE")[0]
    deliver({"mail": mails_of("deliverables.DocumentVersion", row.id)[0].id})
    page.reload()
    expect(page.get_by_role("heading", name="Mail")).to_be_visible()
    expect(page.locator("td", has_text="Sent").first).to_be_visible()
