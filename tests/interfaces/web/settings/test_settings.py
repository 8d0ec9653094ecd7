"""The settings: what each section shows and does, and to whom it is not there."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from playwright.sync_api import BrowserContext

from headway.areas.comms import settings as notices
from headway.areas.comms.types import Digest, NoticeReason
from headway.areas.deliverables import queries as deliverables
from headway.areas.deliverables.queries import final_files
from headway.areas.deliverables.types import Format
from headway.areas.files.queries import held_bytes
from headway.areas.people import commands, queries
from headway.areas.people.types import OrganisationKind, Role
from headway.areas.projects import commands as projects_commands
from headway.areas.projects import queries as projects
from headway.areas.schedule import commands as schedule
from headway.areas.schedule.queries import plan_of
from headway.journeys import housekeeping, reports
from headway.kernel import settings as house_settings
from headway.kernel.errors import Invalid
from headway.kernel.jobs_models import Job
from tests.interfaces.web.conftest import House, Signed, person_id, sign_in
from tests.interfaces.web.looking import faults

SECTIONS = [
    "",
    "people/",
    "people/invite/",
    "calendar/",
    "rates/",
    "reports/",
    "reports/house/",
    "reports/new/",
    "mail/",
    "mail/week/",
    "notices/",
    "tokens/",
    "installation/",
]


@pytest.mark.parametrize("section", SECTIONS)
def test_each_section_opens_for_an_administrator(site: House, signed: Signed, section: str) -> None:
    assert signed("administrator").get(f"/settings/{section}").status_code == 200


@pytest.mark.parametrize("section", SECTIONS)
def test_to_outside_people_there_are_no_settings(site: House, signed: Signed, section: str) -> None:
    assert signed("client").get(f"/settings/{section}").status_code == 404


@pytest.mark.parametrize("section", ["rates/", "mail/", "mail/week/", "installation/"])
def test_a_member_is_refused_what_is_not_theirs(site: House, signed: Signed, section: str) -> None:
    assert signed("member").get(f"/settings/{section}").status_code == 403
    assert f"/settings/{section}" not in signed("member").get("/settings/").content.decode()


def test_house_rules_are_saved_and_a_stale_save_shows_both(site: House, signed: Signed) -> None:
    page = signed("administrator")
    rules = queries.house_rules(site("administrator"))
    given = {"name": "Northwind", "currency": "EUR", "time_zone": "Europe/Berlin", "spelling": "gb"}
    assert page.post("/settings/", {**given, "version": rules.version}).status_code == 302
    assert queries.house_rules(site("administrator")).currency == "EUR"
    stale = page.post("/settings/", {**given, "currency": "GBP", "version": rules.version})
    assert stale.status_code == 409
    assert "Stored now" in stale.content.decode()


def test_a_person_is_found_edited_given_a_role_disabled_and_enabled(site: House, signed: Signed) -> None:
    page = signed("administrator")
    member = person_id(site, "member")
    assert "Max Member" in page.get("/settings/people/", {"q": "max"}).content.decode()
    row = queries.person(site("administrator"), person=member)
    edited = {"name": "Max Member", "job_title": "Designer", "version": row.version}
    assert page.post(f"/settings/people/{member}/", edited).status_code == 302
    page.post(f"/settings/people/{member}/role/", {"role": "tester"})
    page.post(f"/settings/people/{member}/disable/")
    row = queries.person(site("administrator"), person=member)
    assert (row.job_title, row.org_role, row.active) == ("Designer", "tester", False)
    page.post(f"/settings/people/{member}/enable/")
    assert queries.person(site("administrator"), person=member).active


def test_a_manager_invites_and_revokes(site: House, signed: Signed) -> None:
    page = signed("manager")
    shown = page.post("/settings/people/invite/", {"name": "Nia New", "email": "nia@example.org", "role": "member"})
    assert "/invitation/" in shown.content.decode()
    row = queries.invitations(site("manager"))[0]
    page.post(f"/settings/people/invitations/{row.id}/revoke/")
    assert queries.invitations(site("manager")) == ()


def test_a_team_of_unknown_people_is_refused_in_words(site: House, signed: Signed) -> None:
    page = signed("manager")
    answer = page.post("/settings/teams/", {"team_name": "Crew", "members": "nobody@example.org"}, follow=True)
    assert "is nobody" in answer.content.decode()
    page.post("/settings/teams/", {"team_name": "Crew", "members": "member@example.org"})
    assert [team.name for team in queries.teams(site("manager"))] == ["Crew"]


def test_public_holidays_are_entered_once_and_new_plans_begin_with_them(site: House) -> None:
    manager = site("manager")
    first = housekeeping.take_public_holidays(manager, country="DE-BY", year=2026)
    assert "2026-12-25" in {row.day.isoformat() for row in first}
    assert housekeeping.take_public_holidays(manager, country="DE-BY", year=2026) == ()
    with pytest.raises(Invalid, match="No holidays are known for 'XX'"):
        housekeeping.take_public_holidays(manager, country="XX", year=2026)
    schedule.start_plan(manager, project=1, start=date(2026, 3, 2))
    days = {item.first for item in plan_of(manager, project=1).calendars[0].exceptions}
    assert {date(2026, 4, 3), date(2026, 12, 25)} <= days


def test_a_running_plan_takes_the_days_it_does_not_know(planned: House, signed: Signed) -> None:
    commands.add_holidays(planned("manager"), days=({"day": date(2026, 3, 10), "name": "Company outing"},))
    page = signed("manager")
    answer = page.post("/settings/calendar/into-plan/", {"project": "SITE"}, follow=True)
    assert "keeps the holidays" in answer.content.decode()
    before = len(plan_of(planned("manager"), project=1).calendars[0].exceptions)
    page.post("/settings/calendar/into-plan/", {"project": "SITE"})
    assert len(plan_of(planned("manager"), project=1).calendars[0].exceptions) == before


def test_a_day_is_added_shown_and_removed(site: House, signed: Signed) -> None:
    page = signed("manager")
    page.post("/settings/calendar/", {"holiday": "2026-05-15", "called": "Bridge day"})
    assert "Bridge day" in page.get("/settings/calendar/", {"year": 2026}).content.decode()
    row = queries.holidays(site("manager"))[0]
    page.post(f"/settings/calendar/{row.id}/remove/")
    assert queries.holidays(site("manager")) == ()


def test_rates_of_the_house_are_set_and_removed(site: House, signed: Signed) -> None:
    page = signed("administrator")
    given = {"kind": "bill", "person": "member@example.org", "rate": "95", "currency": "EUR", "first": "2026-01-01"}
    assert page.post("/settings/rates/", given).status_code == 302
    assert "95 EUR" in page.get("/settings/rates/").content.decode()
    wrong = page.post("/settings/rates/", {**given, "person": "nobody@example.org"})
    assert wrong.status_code == 422


def test_the_list_of_backups_is_bounded_and_says_what_stays(
    site: House, signed: Signed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "backups").mkdir()
    for number in range(33):
        (tmp_path / "backups" / f"mine-{number:02}.headway").touch()
    own = replace(house_settings.read(), home=tmp_path)
    monkeypatch.setattr(house_settings, "read", lambda: own)
    page = signed("administrator").get("/settings/installation/").content.decode()
    assert page.count("<code>mine-") == 30
    assert "And 3 older ones in the folder" in page
    assert "the newest 5 made on request" in page


def test_backup_and_examination_are_asked_for(site: House, signed: Signed) -> None:
    page = signed("administrator")
    page.post("/settings/installation/back-up/")
    page.post("/settings/installation/examine/")
    assert set(Job.objects.values_list("name", flat=True)) >= {"house.back_up", "house.examine"}


def picture() -> SimpleUploadedFile:
    kept = io.BytesIO()
    Image.new("RGB", (3000, 900), "#1F5FA8").save(kept, format="JPEG")
    return SimpleUploadedFile("logo.jpg", kept.getvalue(), "image/jpeg")


def test_a_client_gets_reports_of_their_own_look(planned: House, signed: Signed) -> None:
    page = signed("administrator")
    acme = queries.organisations(planned("administrator"), kind=OrganisationKind.CLIENT)[0]
    given = {"client": acme.id, "title": "Acme weekly", "confidential": "Confidential: Acme", "section_done": 1}
    assert page.post("/settings/reports/new/", {**given, "file": picture()}).status_code == 302
    row = deliverables.templates(planned("manager"))[0]
    assert (row.client, row.title, row.sections, row.logo_of) == (acme.name, "Acme weekly", ("done",), acme.name)
    shown = page.get(f"/settings/reports/{row.id}/logo.png")
    assert Image.open(io.BytesIO(shown.content)).size == (600, 180)

    project = projects.charter(planned("manager"), project="SITE")
    projects_commands.edit(planned("manager"), project=project.id, client=acme.id)
    made = reports.prepare(planned("manager"), project=project.id, formats=(Format.HTML,), client_copy=True)
    text = held_bytes(final_files(made.id)[0][1]).decode()
    assert "Acme weekly" in text
    assert "Confidential: Acme" in text
    assert "data:image/png" in text
    assert "Milestones of the next 90 days" not in text


def test_what_is_no_picture_is_refused_and_nothing_is_kept(site: House, signed: Signed) -> None:
    page = signed("administrator")
    answer = page.post("/settings/reports/house/", {"file": SimpleUploadedFile("logo.png", b"<svg onload=x>")})
    assert answer.status_code == 422
    assert "not a PNG or JPEG" in answer.content.decode()
    assert deliverables.templates(site("manager")) == ()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_settings_are_accessible_in_both_themes(site: House, opened: BrowserContext) -> None:
    commands.set_team(site("manager"), name="Crew", members=(person_id(site, "member"),))
    commands.invite(site("manager"), name="Nia New", email="nia@example.org", role=Role.MEMBER)
    housekeeping.take_public_holidays(site("manager"), country="DE", year=2026)
    page = sign_in(opened, "administrator")
    wrong = []
    addresses = [f"/settings/{section}" for section in [*SECTIONS, f"people/{person_id(site, 'member')}/"]]
    page.set_viewport_size({"width": 390, "height": 844})
    for address in addresses:
        page.goto(address)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wrong.append(f"{address}: wider than a phone")
        wrong += [f"{address}: {fault}" for fault in faults(page)]
    assert wrong == []


NOTICES = {
    "digest": "daily",
    "work_days": ["1", "2"],
    "starts": "08:00",
    "ends": "16:00",
    "zone": "Europe/Berlin",
    "away_from": "",
    "away_until": "",
    "version": "0",
}


def test_one_chooses_when_one_is_told(site: House, signed: Signed) -> None:
    client, ctx = signed("member"), site("member")
    assert client.post("/settings/notices/", {**NOTICES, "silent": ["2"]}).status_code == 302
    said = notices.notice_settings(ctx)
    assert (said.digest, said.work_days, said.starts, said.zone) == (Digest.DAILY, (1, 2), "08:00", "Europe/Berlin")
    assert said.silent == (NoticeReason.MOVED,)
    refused = client.post("/settings/notices/", {**NOTICES, "version": "1", "ends": "07:00"})
    assert refused.status_code == 422
    assert "Later than 08:00" in refused.content.decode()
    stale = client.post("/settings/notices/", {**NOTICES, "digest": "none"})
    assert stale.status_code == 409
    assert notices.notice_settings(ctx).digest is Digest.DAILY
