"""Pages of hours: the week, the timer, the team, single entries; each with its refusals."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from headway.areas.hours import commands, queries, sheets, timing, weeks
from headway.areas.people.types import Role
from headway.areas.projects import commands as projects
from headway.interfaces.web.hours import team
from tests.conftest import NOW
from tests.interfaces.web.conftest import House, Signed, person_id

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 3, 2)
WEEK = f"/hours/?week={MONDAY}"
DAYS = {"first": MONDAY, "last": MONDAY + timedelta(days=6)}


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages live on the day of every context."""
    monkeypatch.setenv("HEADWAY_NOW", NOW.isoformat())


def text_of(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, address
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def cell(
    house: House, who: str = "member", hours: str = "2", day: date = MONDAY, phase: str = "Build", note: str = ""
) -> int:
    made = sheets.set_cell(house(who), project="SITE", day=day, hours=hours, phase=phase, note=note)
    assert made.entry_id is not None
    return made.entry_id


def test_an_empty_week_says_what_it_is_for(site: House, signed: Signed) -> None:
    said = text_of(signed("member"), WEEK)
    assert "Nothing is logged yet of the 40 h" in said
    assert "No hours in this week yet" in said
    assert "Add the row" in said
    assert "No project to log hours on" in text_of(signed("senior_reader"), WEEK)


def test_the_week_shows_hours_states_and_totals(site: House, signed: Signed) -> None:
    cell(site)
    cell(site, hours="3.5", day=MONDAY + timedelta(days=1), note="Basket")
    page = signed("member").get(WEEK).content.decode()
    assert "5.5 of 40 h logged; nothing is handed in yet." in page
    assert 'data-note="Basket"' in page
    assert "Acme web site, Build, Mon, Mar 2, draft" in page


def test_a_row_is_added_by_address_and_by_form(planned: House, signed: Signed) -> None:
    member = signed("member")
    project = weeks.named_projects(planned("member")).popitem()[0]
    went = member.post("/hours/rows/", {"week": str(MONDAY), "project": project, "task": "Talks"})
    assert went.status_code == 302
    page = member.get(went.url).content.decode()
    assert 'data-phase="Talks"' in page
    went = member.post("/hours/rows/", {"week": str(MONDAY), "project": project, "task": "build"})
    assert re.search(r'data-task="\d+" data-phase="Build"', member.get(went.url).content.decode())
    assert member.post("/hours/rows/", {"week": str(MONDAY), "project": "4711"}).status_code == 302
    for wrong in ("x", "9999999.1.Talks", "..", f"{project}.x.Talks"):
        assert "data-week-row" not in member.get("/hours/", {"week": str(MONDAY), "row": wrong}).content.decode()


def test_cells_are_saved_without_scripts_and_refusals_said(site: House, signed: Signed) -> None:
    cell(site)
    row = f"{weeks.my_week(site('member'), day=MONDAY).rows[0].project_id}..Build"
    member = signed("member")
    answer = member.post(
        "/hours/save/",
        {"week": str(MONDAY), "row": row, "cell-0-0": "1:30", "was-0-0": "2", "cell-0-1": "90", "was-0-1": ""},
    )
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert "1 cell is saved." in shown
    assert "“90” is not saved. Check hours: give at most 24." in shown
    typed = re.search(r'<td class="[^"]*is-refused"><input [^>]*id="cell-0-1"[^>]*>', shown)
    assert typed is not None
    assert 'value="90" aria-invalid="true"' in typed[0]
    assert 'value="1.5"' in shown
    assert weeks.my_week(site("member"), day=MONDAY).total == Decimal("1.5")


def test_copying_previews_and_then_copies(site: House, signed: Signed) -> None:
    cell(site, day=MONDAY - timedelta(days=7))
    member = signed("member")
    assert "Nothing is saved yet" in text_of(member, f"/hours/copy/?week={MONDAY}")
    assert weeks.my_week(site("member"), day=MONDAY).total == 0
    assert member.post("/hours/copy/", {"week": str(MONDAY)}).status_code == 302
    assert weeks.my_week(site("member"), day=MONDAY).total == Decimal(2)
    assert signed("tester").get(f"/hours/copy/?week={MONDAY}").status_code == 302


def test_handing_in_the_week_and_its_refusal(site: House, signed: Signed) -> None:
    cell(site)
    member = signed("member")
    member.post("/hours/submit/", {"week": str(MONDAY)})
    assert "all of it is handed in" in text_of(member, WEEK)
    member.post("/hours/submit/", {"week": str(MONDAY)})
    assert "holds no drafts to hand in" in text_of(member, WEEK)


def test_the_timer_starts_and_stops_from_its_page(site: House, signed: Signed, monkeypatch: pytest.MonkeyPatch) -> None:
    member = signed("member")
    project = weeks.named_projects(site("member")).popitem()[0]
    assert "Start the timer" in text_of(member, "/hours/timer/")
    member.post("/hours/timer/", {"project": project, "task": "Talks", "zone": "Europe/Berlin"})
    running = timing.timer(site("member"))
    assert running is not None
    assert (running.phase, running.zone) == ("Talks", "Europe/Berlin")
    monkeypatch.setenv("HEADWAY_NOW", (NOW + timedelta(hours=2)).isoformat())
    assert "It runs on Acme web site" in text_of(member, "/hours/timer/")
    went = member.post("/hours/timer/stop/", {"back": "//evil.example"})
    assert went.url == "/hours/"
    assert "2 h are booked on Talks as a draft." in text_of(member, WEEK)


def test_a_timer_that_was_stopped_books_nothing_from_a_page_gone_back_to(
    site: House, signed: Signed, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = timing.start_timer(site("member"), project="SITE")
    monkeypatch.setenv("HEADWAY_NOW", (NOW + timedelta(hours=1)).isoformat())
    member = signed("member")
    shown = f'<input type="hidden" name="timer" value="{first.id}">'
    assert member.get("/hours/timer/").content.decode().count(shown) == 5
    member.post("/hours/timer/stop/", {"timer": first.id})
    second = timing.start_timer(site("member"), project="SITE")
    for address in ("/hours/timer/stop/", "/hours/timer/discard/", "/hours/timer/"):
        again = member.post(address, {"timer": first.id, "ended_at": "2026-03-02T09:30"})
        assert "nothing was booked a second time" in text_of(member, again.url)
    running = timing.timer(site("member"))
    assert running is not None
    assert running.id == second.id
    assert [entry.hours for entry in queries.entries(site("member"), project="SITE").items] == [Decimal(1)]


def test_a_forgotten_timer_is_asked_about(site: House, signed: Signed, monkeypatch: pytest.MonkeyPatch) -> None:
    timing.start_timer(site("member"), project="SITE", zone="Europe/Berlin")
    monkeypatch.setenv("HEADWAY_NOW", (NOW + timedelta(hours=20)).isoformat())
    member = signed("member")
    assert member.post("/hours/timer/stop/").url == "/hours/timer/"
    assert "It has run for more than 12 hours" in text_of(member, "/hours/timer/")
    wrong = member.post("/hours/timer/", {"ended_at": "2026-03-01T10:00"})
    assert wrong.status_code == 422
    member.post("/hours/timer/", {"ended_at": "2026-03-02T13:00"})  # three hours later, on the clock of Berlin
    assert [entry.hours for entry in queries.entries(site("member"), project="SITE").items] == [Decimal(3)]


def test_discarding_the_timer(site: House, signed: Signed) -> None:
    timing.start_timer(site("member"), project="SITE")
    signed("member").post("/hours/timer/discard/")
    assert timing.timer(site("member")) is None


def test_the_team_page_names_the_missing_and_decides_after_a_preview(site: House, signed: Signed) -> None:
    cell(site, "tester", day=MONDAY - timedelta(days=14))
    cell(site, day=MONDAY - timedelta(days=7))
    sheets.submit_week(site("member"), day=MONDAY - timedelta(days=7))
    manager = signed("manager")
    page = manager.get("/hours/team/").content.decode()
    assert "1 of 1 person has logged nothing in the week of Mon, Feb 23. 1 sheet waits for you, 2 h." in page
    key = re.search(r'name="sheet" value="([^"]+)"', page)
    assert key is not None
    shown = manager.post("/hours/team/decide/", {"act": "approve", "sheet": key[1]})
    assert "Nothing is done yet" in shown.content.decode()
    assert len(weeks.waiting_sheets(site("manager"))) == 1
    manager.post("/hours/team/decide/", {"act": "approve", "sheet": key[1], "confirmed": "1"})
    assert weeks.waiting_sheets(site("manager")) == ()
    assert "2 h of 1 sheet are approved." in text_of(manager, "/hours/team/")
    locked = {"act": "lock", "week": str(MONDAY - timedelta(days=7))}
    assert "Lock them" in manager.post("/hours/team/decide/", locked).content.decode()
    manager.post("/hours/team/decide/", {**locked, "confirmed": "1"})
    assert weeks.my_week(site("member"), day=MONDAY - timedelta(days=7)).states[0].status.value == "locked"


def test_sheets_to_approve_stand_in_pages(site: House, signed: Signed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(team, "_SHEETS", 2)
    for before in range(1, 4):
        cell(site, day=MONDAY - timedelta(days=7 * before))
        sheets.submit_week(site("member"), day=MONDAY - timedelta(days=7 * before))
    manager = signed("manager")
    pages = [manager.get(f"/hours/team/{cursor}").content.decode() for cursor in ("", "?cursor=2", "?cursor=two")]
    assert [page.count('name="sheet"') for page in pages] == [2, 1, 2]
    assert ["cursor=2" in page for page in pages] == [True, False, True]
    assert all("3 sheets wait for you, 6 h." in page for page in pages)


def test_returning_wants_a_reason_that_the_person_reads(site: House, signed: Signed) -> None:
    cell(site)
    sheets.submit_week(site("member"), day=MONDAY)
    manager = signed("manager")
    key = f"{weeks.waiting_sheets(site('manager'))[0].project_id}.{person_id(site, 'member')}.{MONDAY}"
    without = manager.post("/hours/team/decide/", {"act": "return", "sheet": key, "confirmed": "1"})
    assert "Say why the hours go back" in without.content.decode()
    manager.post("/hours/team/decide/", {"act": "return", "sheet": key, "confirmed": "1", "reason": "Wrong task"})
    assert "Wrong task" in text_of(signed("member"), WEEK)


def test_nobody_decides_on_a_project_of_others(site: House, signed: Signed) -> None:
    cell(site)
    sheets.submit_week(site("member"), day=MONDAY)
    key = f"{weeks.waiting_sheets(site('manager'))[0].project_id}.{person_id(site, 'member')}.{MONDAY}"
    for who in ("stranger", "associate", "member"):
        signed(who).post("/hours/team/decide/", {"act": "approve", "sheet": key, "confirmed": "1"})
    assert len(weeks.waiting_sheets(site("manager"))) == 1
    assert signed("member").get("/hours/team/").status_code == 403


def test_entries_narrow_and_one_is_changed_split_and_taken_out(site: House, signed: Signed) -> None:
    entry = cell(site, note="Basket")
    cell(site, "tester", phase="Test")
    manager = signed("manager")
    said = text_of(manager, f"/projects/SITE/hours/entries/?person={person_id(site, 'member')}")
    assert "Basket" in said
    assert "Tess Tester" not in said.split("Show these", 1)[1]
    assert "No entry matches" in text_of(manager, "/projects/SITE/hours/entries/?phase=Nothing")
    address = f"/projects/SITE/hours/entries/{entry}/"
    form = {"form": "change", "day": str(MONDAY), "hours": "2:30", "phase": "Build", "note": "Basket", "version": "1"}
    assert manager.post(address, form).status_code == 302
    assert manager.post(address, {**form, "hours": "5"}).status_code == 409
    assert manager.post(address, {**form, "hours": "many", "version": "2"}).status_code == 422
    split = {"form": "split", "split-hours": "1", "split-note": "Talks", "split-version": "2"}
    assert manager.post(address, split).status_code == 302
    assert weeks.my_week(site("member"), day=MONDAY).rows[0].cells[0].notes == ("Basket", "Talks")
    manager.post(f"{address}remove/")
    assert manager.get(address).status_code == 404


def test_a_member_sees_and_changes_own_entries_only(site: House, signed: Signed) -> None:
    own, other = cell(site), cell(site, "tester")
    assert signed("member").get(f"/projects/SITE/hours/entries/{own}/").status_code == 200
    assert signed("member").get(f"/projects/SITE/hours/entries/{other}/").status_code == 404
    assert signed("member").post(f"/projects/SITE/hours/entries/{other}/remove/").status_code == 404
    assert "Tess Tester" not in text_of(signed("member"), "/projects/SITE/hours/entries/")
    only = f"/projects/SITE/hours/entries/?person={person_id(site, 'member')}&phase=Nothing"
    assert "No entry matches" in text_of(signed("member"), only)


def test_a_locked_entry_is_shown_without_its_forms(site: House, signed: Signed) -> None:
    entry = cell(site)
    sheets.submit_week(site("member"), day=MONDAY)
    commands.approve(site("manager"), project="SITE", **DAYS)
    said = text_of(signed("member"), f"/projects/SITE/hours/entries/{entry}/")
    assert "This entry is approved: it changes no more" in said
    assert "(project manager) or an administrator can return it with a reason, or correct it." in said
    assert "Save the entry" not in said


def test_clients_and_guests_find_nothing(site: House, signed: Signed) -> None:
    entry = cell(site)
    for who in ("client", "guest"):
        for address in (
            "/hours/",
            "/hours/copy/",
            "/hours/timer/",
            "/hours/team/",
            "/settings/hours/",
            "/projects/SITE/hours/entries/",
            f"/projects/SITE/hours/entries/{entry}/",
        ):
            assert signed(who).get(address).status_code == 404, (who, address)


def test_only_administrators_change_the_rules(site: House, signed: Signed) -> None:
    rules = {"round_minutes": "15", "notes_required": "on", "remind_on": "0", "remind_below": "90"}
    assert signed("manager").post("/settings/hours/", rules).status_code == 403
    signed("administrator").post("/settings/hours/", rules)
    found = sheets.rules(site("member"))
    assert (found.round_minutes, found.round_up, found.notes_required) == (15, False, True)


def test_pages_of_hours_cost_the_same_queries_with_many_rows(site: House, signed: Signed) -> None:
    cell(site)
    addresses = {"member": [WEEK, "/projects/SITE/hours/entries/"], "manager": ["/hours/team/"]}
    few = _queries(signed, addresses)
    for number in range(3):
        key = f"P-{number}"
        projects.create(site("manager"), key=key, name=key)
        projects.set_member(site("manager"), project=key, person=person_id(site, "member"), role=Role.MEMBER)
        sheets.set_cell(site("member"), project=key, day=MONDAY, hours="1", phase="Build")
        cell(site, phase=f"Phase {number}")
    assert _queries(signed, addresses) == few


def _queries(signed: Signed, addresses: dict[str, list[str]]) -> list[int]:
    counts = []
    for who, pages in addresses.items():
        client = signed(who)
        for page in pages:
            client.get(page)
            with CaptureQueriesContext(connection) as seen:
                assert client.get(page).status_code == 200
            counts.append(len(seen))
    return counts
