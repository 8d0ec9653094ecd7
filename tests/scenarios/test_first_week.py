"""A project manager's first two weeks: files in, a status pack out by mail, a slip, and who may approve it.

Everything goes through the use cases as the doors call them, with the real readers and writers in their child
processes and a real SMTP server on loopback.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from headway.areas.approvals.types import ApprovalState
from headway.areas.budgets import commands as budgets
from headway.areas.budgets.types import Basis
from headway.areas.comms import queries as outbox
from headway.areas.deliverables import queries as deliverables
from headway.areas.deliverables.types import VersionRow, VersionState
from headway.areas.files import commands as files
from headway.areas.files import store
from headway.areas.hours import queries as hours
from headway.areas.people import commands as people
from headway.areas.people.queries import house_rules, person_of_user
from headway.areas.people.types import Role
from headway.areas.projects import commands as projects
from headway.areas.projects.types import ImportState, Objective
from headway.areas.schedule import commands as schedule
from headway.areas.schedule import queries as plans
from headway.integrations.smtp_imap.adapter import SmtpMailer
from headway.journeys import imports, reports
from headway.kernel import audit, jobs, jobs_worker, ports
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Denied
from tests.reliability.mail_server import MailServer

DATA = Path(__file__).parents[1] / "data"
FRIDAY = datetime(2026, 3, 6, 15, 0, tzinfo=UTC)
NEXT_FRIDAY = datetime(2026, 3, 13, 15, 0, tzinfo=UTC)
RECEIVER = "cleo@client.example"
pytestmark = [pytest.mark.django_db, pytest.mark.slow]
House = Callable[[str], Context]


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    with MailServer() as server:
        kept = ports.service("mail")
        ports.provide("mail", SmtpMailer.from_url(server.url))
        yield server
        ports.provide("mail", kept)


@pytest.fixture
def portal(house: House) -> House:
    """PORTAL with its charter and people, made on Monday."""
    manager = house("manager")
    projects.create(manager, key="PORTAL", name="Portal", starts_on=date(2026, 3, 2), ends_on=date(2026, 5, 29))
    projects.edit(
        manager,
        project="PORTAL",
        purpose="Clients order by themselves.",
        objectives=[Objective("Half of all orders by the portal", "share of orders", "50 %")],
        scope_in=["Ordering"],
        scope_out=["Payment"],
    )
    for who in ("approver", "associate"):
        person = person_of_user(house(who).actor.user_id)
        projects.set_member(manager, project="PORTAL", person=person, role=Role(who))
    for name in ("Ann Bell", "Bob Khan"):
        people.add_person(manager, name=name)
    return house


def bring(ctx: Context, kind: str, path: Path) -> Any:
    stored = store.put_path(path, limit=10**7)
    kept = files.keep(ctx, name=path.name, media_type="text/csv", sha256=stored.sha256, size=stored.size)
    row = imports.preview(ctx, project="PORTAL", kind=kind, file=kept.id)
    answers = {item["field"]: item["choices"][0] for item in imports.open_questions(row)}
    row = imports.answer(ctx, batch=row.id, answers=answers) if answers else row
    assert row.preview["errors"] == []
    return imports.apply(ctx, batch=row.id)


def prepared(ctx: Context, *formats: str) -> VersionRow:
    version: VersionRow = reports.prepare(ctx, project="PORTAL", formats=list(formats), as_of=ctx.now.date())
    assert version.claims["faults"] == 0
    return version


def asked(ctx: Context, version: VersionRow, approver: Context) -> Any:
    return reports.ask(
        ctx,
        version=version.id,
        approvers=(person_of_user(approver.actor.user_id),),
        recipients=(RECEIVER,),
        mail_subject="Portal: status",
        mail_body="Dear Cleo, the week's status is attached.",
    )


def test_the_first_two_weeks(portal: House, mail_server: MailServer) -> None:
    manager, approver = portal("manager").but(now=FRIDAY), portal("approver").but(now=FRIDAY)
    assert bring(manager, "plan", DATA / "plans" / "small.xml").state is ImportState.APPLIED
    taken = bring(manager, "hours", DATA / "hours" / "harvest_detailed.csv")
    assert taken.state is ImportState.APPLIED
    assert hours.totals(manager, project="PORTAL", by=())[0].hours == Decimal("7.5")
    budget = budgets.add_budget(manager, project="PORTAL", name="Hours", basis=Basis.HOURS, amount=Decimal(200))
    budgets.approve_budget(approver, budget=budget.id)
    schedule.set_baseline(manager, project="PORTAL", name="As agreed")
    schedule.set_status_date(manager, project="PORTAL", status_date=FRIDAY.date())
    first = next(row for row in plans.tasks(manager, project="PORTAL").items if not row.summary)
    schedule.set_progress(manager, task=first.id, percent_complete=Decimal(50))

    version = prepared(manager, "docx", "xlsx", "pptx", "pdf", "html", "md")
    with pytest.raises(Conflict):
        reports.send(manager, version=version.id)
    request = asked(manager, version, approver)
    assert (request.state, version.claims["faults"]) == (ApprovalState.PENDING, 0)
    with pytest.raises(Conflict):
        reports.decide(approver, approval=request.id, decision="approve", digest="0" * 64)
    reports.decide(approver, approval=request.id, decision="approve", digest=request.digest)
    mail = reports.send(manager, version=version.id)
    assert reports.send(manager, version=version.id).id == mail.id
    assert mail_server.deliveries == []  # it leaves by the outbox, after the commit
    while jobs_worker.run_due():
        pass
    received_as_approved(manager, version, mail_server)
    assert [row.state.value for row in outbox.outbox(manager)] == ["sent"]

    second_week(portal, first.id, version)
    assert list(audit.verify()) == []
    assert jobs.failed_tray() == []


def received_as_approved(ctx: Context, version: VersionRow, server: MailServer) -> None:
    """What came is, byte for byte, the files whose hashes were approved, to exactly the approved receivers."""
    [delivery] = server.deliveries
    assert delivery.recipients == (RECEIVER,)
    received = message_from_bytes(delivery.content, policy=policy.default)
    hashes = {hashlib.sha256(part.get_payload(decode=True)).hexdigest() for part in received.iter_attachments()}
    now: VersionRow = deliverables.version(ctx, version=version.id)
    assert now.state is VersionState.SENT
    assert hashes == {item.sha256 for item in now.files}
    assert received["Message-ID"] == delivery.message_id
    assert received.get_body().get_content().strip().startswith("Dear Cleo")


def second_week(portal: House, task: int, version: VersionRow) -> None:
    """A slip shows; nobody approves his own work, until the house allows it, and then it is seen."""
    manager, admin = portal("manager").but(now=NEXT_FRIDAY), portal("administrator").but(now=NEXT_FRIDAY)
    before = plans.summary(manager, project="PORTAL").finish
    schedule.edit_task(manager, task=task, duration="25d")
    schedule.set_status_date(manager, project="PORTAL", status_date=NEXT_FRIDAY.date())
    after = plans.summary(manager, project="PORTAL").finish
    assert after > before
    later = prepared(manager, "md")
    assert later.snapshot_number > version.snapshot_number
    then, now = (json.dumps(deliverables.snapshot_data(manager, snapshot=row.snapshot_id)) for row in (version, later))
    assert after.date().isoformat() in now
    assert after.date().isoformat() not in then  # last week's figures never move

    own = asked(manager, later, manager)
    with pytest.raises(Denied, match="prepared this yourself"):
        reports.decide(manager, approval=own.id, decision="approve", digest=own.digest)
    rules = house_rules(admin)
    people.edit_house_rules(admin, organisation=rules.organisation_id, self_approval=True)
    decided = reports.decide(manager, approval=own.id, decision="approve", digest=own.digest)
    assert (decided.state, decided.self_approved) == (ApprovalState.APPROVED, True)
