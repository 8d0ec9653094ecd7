"""A whole month to its end: hours, an expense and a KPI, closed, made into a pack, corrected after that."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from headway.areas.budgets import expenses
from headway.areas.deliverables import queries as documents
from headway.areas.deliverables.types import Format, VersionState
from headway.areas.hours import closing, commands, correcting, queries
from headway.areas.hours.reporting import hours_burned
from headway.areas.metrics import commands as metrics
from headway.areas.metrics import sampling
from headway.areas.metrics.given import GivenSample
from headway.areas.metrics.types import Direction, Formula, Frequency
from headway.areas.people.queries import person_of_user
from headway.areas.people.types import Role
from headway.areas.projects import commands as projects
from headway.journeys import month_pack, reports
from headway.journeys.month_check import check_month
from headway.journeys.month_close import close_month
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Denied, Invalid

House = Callable[[str], Context]
pytestmark = pytest.mark.django_db
FEBRUARY = {"project": "SITE", "month": date(2026, 2, 1)}
WHOLE = {"first": date(2026, 2, 1), "last": date(2026, 2, 28)}


@pytest.fixture
def march(house: House) -> House:
    """The house in the middle of March, with SITE and a week of the member's hours in February, not handed in."""

    def then(who: str) -> Context:
        ctx = house(who)
        return ctx.but(now=ctx.now + timedelta(days=14))

    boss = then("manager")
    projects.create(boss, key="SITE", name="Acme web site", currency="EUR", starts_on=date(2026, 2, 2))
    for who in ("associate", "member", "client"):
        projects.set_member(boss, project="SITE", person=person_of_user(house(who).actor.user_id), role=Role(who))
    for day in (23, 24, 25):
        commands.log(then("member"), project="SITE", day=date(2026, 2, day), hours=8, phase="Build")
    return then


def _approved(march: House) -> None:
    commands.submit(march("member"), project="SITE", **WHOLE)
    commands.approve(march("manager"), project="SITE", **WHOLE)


def _workbook_hours(ctx: Context, pack: month_pack.MonthPack) -> list[object]:
    (hours,) = [row for row in pack.made if row.kind == "month-hours-burned"]
    book = load_workbook(BytesIO(documents.download(ctx, version=hours.id, format=Format.XLSX).content))
    return [row[8].value for row in book["Entries"].iter_rows() if isinstance(row[8].value, int | float)]


def test_a_month_goes_from_open_hours_to_a_pack_that_a_correction_does_not_change(march: House) -> None:
    boss = march("manager")
    spent = expenses.add_expense(
        march("member"), project="SITE", day=date(2026, 2, 25), description="Train", amount=Decimal(80), kind="Travel"
    )
    kpi = metrics.define(
        boss,
        project="SITE",
        name="Defects",
        formula=Formula.LAST,
        direction=Direction.LOWER,
        frequency=Frequency.MONTHLY,
    )
    found = check_month(boss, **FEBRUARY)
    assert [one.name for one in found.blocking] == ["hours_drafts", "expenses"]
    assert {"kpis_no_data", "hours_without_rate"} <= {one.name for one in found.findings}
    with pytest.raises(Conflict, match=r"cannot be closed yet: 24 h entered and not handed in; 1 expense waits"):
        close_month(boss, **FEBRUARY)
    assert closing.closed_months(boss, project="SITE") == ()

    _approved(march)
    expenses.approve_expense(boss, expense=spent.id)
    sampling.record(boss, kpi=kpi.row.id, samples=(GivenSample(period="2026-02", value=Decimal(3)),))
    found = check_month(boss, **FEBRUARY)
    assert found.ready
    assert "kpis_no_data" not in {one.name for one in found.findings}
    closed = close_month(boss, **FEBRUARY)
    assert (closed.hours, closed.snapshot_number) == (Decimal(24), 1)
    assert close_month(boss, **FEBRUARY) == closed

    first = month_pack.prepare_pack(boss, **FEBRUARY)
    assert {row.state for row in first} == {VersionState.DRAFT}
    assert {row.snapshot_number for row in first} == {1}
    before = _workbook_hours(boss, month_pack.pack_of(boss, **FEBRUARY))
    assert before == [8, 8, 8]

    entry = queries.entries(boss, project="SITE").items[0]
    correcting.correct(boss.but(now=boss.now + timedelta(hours=1)), entry=entry.id, hours=6, reason="Misread")
    assert hours_burned(boss, project="SITE", **WHOLE).total.hours == 22
    month_pack.prepare_pack(boss, **FEBRUARY, formats=(Format.XLSX, Format.PDF))
    again = month_pack.pack_of(boss, **FEBRUARY)
    assert {row.number for row in again.made} == {2}
    assert _workbook_hours(boss, again) == before

    names = ZipFile(BytesIO(month_pack.pack_file(boss, **FEBRUARY).content)).namelist()
    assert len(names) == 2 * len(again.made)
    assert all("DRAFT" in name for name in names)

    april, march_days = boss.but(now=boss.now + timedelta(days=30)), {"project": "SITE", "month": date(2026, 3, 1)}
    (told,) = [one for one in check_month(april, **march_days).findings if one.name == "corrected_since"]
    assert told.text == "Months corrected since they were closed: February 2026 by -2 h"
    after = close_month(april, **march_days)
    assert told.text in documents.snapshot_data(april, snapshot=after.snapshot)["left_open"]
    assert "corrected_since" not in {
        one.name for one in check_month(april, project="SITE", month=date(2026, 4, 1)).findings
    }


def test_opened_and_closed_again_a_month_has_a_new_snapshot_and_keeps_the_old(march: House) -> None:
    _approved(march)
    first = close_month(march("manager"), **FEBRUARY)
    closing.reopen_month(march("administrator"), closing=first.id, reason="A day was forgotten")
    commands.log(march("member"), project="SITE", day=date(2026, 2, 26), hours=4)
    _approved(march)
    second = close_month(march("manager"), **FEBRUARY)
    assert (first.snapshot_number, second.snapshot_number) == (1, 2)
    assert (first.hours, second.hours) == (24, 28)
    kept = {row.number: row for row in documents.snapshots(march("manager"), project="SITE")}
    told = {number: documents.snapshot_data(march("manager"), snapshot=row.id) for number, row in kept.items()}
    assert (told[1]["hours"], told[2]["hours"]) == ("24", "28")


def test_a_pack_is_of_a_closed_month_and_what_is_ours_goes_to_no_client(march: House) -> None:
    boss = march("manager")
    with pytest.raises(Conflict, match="is not closed"):
        month_pack.prepare_pack(boss, **FEBRUARY)
    _approved(march)
    close_month(boss, **FEBRUARY)
    with pytest.raises(Denied):
        month_pack.prepare_pack(march("member"), **FEBRUARY)
    with pytest.raises(Denied):
        close_month(march("associate"), **FEBRUARY)
    made = month_pack.prepare_pack(boss, **FEBRUARY, formats=(Format.PDF,))
    ours = next(row for row in made if row.audience != "client")
    asked = {"mail_subject": "The month", "mail_body": "Hello", "approvers": (boss.actor.person_id,)}
    with pytest.raises(Invalid, match="stays inside"):
        reports.ask(boss, version=ours.id, recipients=("somebody@client.example",), **asked)
    for row in made:
        if row.audience == "costs":
            assert row.id not in {one.id for one in documents.versions(march("associate"), project="SITE")}


def test_a_status_is_not_written_from_the_snapshot_of_a_month(march: House) -> None:
    _approved(march)
    closed = close_month(march("manager"), **FEBRUARY)
    with pytest.raises(Conflict, match="Snapshot 1 is of a month"):
        reports.prepare(march("manager"), project="SITE", snapshot=closed.snapshot_number)
