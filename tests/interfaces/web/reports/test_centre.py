"""Reports over all projects by stage, and snapshots with what is different in them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from headway.areas.approvals.queries import waiting
from headway.areas.deliverables import commands
from headway.areas.deliverables.queries import reports
from headway.areas.deliverables.types import Stage
from headway.areas.files import commands as files
from headway.areas.files import store
from headway.journeys import reports as journey
from headway.kernel.context import Context
from headway.reports.status_snapshot import StatusSnapshot
from tests.interfaces.web.conftest import House, Signed, person_id
from tests.reports.samples import in_trouble, week_before

pytestmark = pytest.mark.django_db
DAY = date(2026, 2, 27)


def prepared(ctx: Context, status: StatusSnapshot | None = None, audience: str = "internal") -> int:
    """A version of the status of SITE, kept without rendering."""
    row = commands.number_snapshot(ctx, project="SITE", kind="status", as_of=DAY, audience=audience)
    data = {"snapshot": replace(status, number=row.number).to_json() if status else "{}"}
    commands.freeze_snapshot(ctx, snapshot=row.id, data=data, digest="0" * 64)
    stored = store.put([b"<p>words</p>"], limit=100)
    file = files.keep(ctx, name="a.html", media_type="text/html", sha256=stored.sha256, size=stored.size).id
    made = commands.keep_version(
        ctx,
        project="SITE",
        kind="status",
        title="Weekly status Portal",
        snapshot=row.id,
        audience=audience,
        files={"md": (file, file)},
        tree={"preview": {"draft": file, "final": file}},
        claims={"checked": ["md"], "faults": 0},
    )
    return int(made.id)


def asked(house: House, version: int) -> str:
    row = journey.ask(
        house("associate"),
        version=version,
        approvers=(person_id(house, "approver"),),
        recipients=("carl@acme.example",),
        mail_subject="Status",
        mail_body="Hello",
    )
    return str(row.digest)


def stage_of(client: Client, stage: str) -> str:
    return client.get("/reports/", {"stage": stage}).content.decode()


def test_each_stage_holds_what_is_to_be_done_there(site: House, signed: Signed) -> None:
    manager, helper = signed("manager"), site("associate")
    assert "No reports yet" in manager.get("/reports/").content.decode()
    older, newest = prepared(helper), prepared(helper)
    found = reports(site("manager"), stage=Stage.TO_FINISH)
    assert [row.id for row in found.items] == [newest]
    assert len(reports(site("manager")).items) == 2
    asked(site, newest)
    assert found.counts["to finish"] == 1
    page = manager.get("/reports/").content.decode()
    assert "1 waiting for approval" in page
    assert f"/reports/{newest}/" in page
    assert f"/reports/{older}/" in stage_of(manager, "all")
    assert "No report was sent yet" in stage_of(manager, "sent")


def test_reports_of_other_projects_and_of_no_concern_stay_out(site: House, signed: Signed) -> None:
    prepared(site("associate"))
    assert "No reports yet" in signed("stranger").get("/reports/").content.decode()
    assert "Weekly status Portal" not in signed("member").get("/reports/").content.decode()
    for who in ("client", "guest"):
        assert signed(who).get("/reports/").status_code == 404


def test_the_centre_sends_as_many_queries_for_many_as_for_few(site: House, signed: Signed) -> None:
    manager = signed("manager")
    counts = []
    for more in (2, 10):
        for _ in range(more):
            prepared(site("associate"))
        manager.get("/reports/?stage=all")
        with CaptureQueriesContext(connection) as queries:
            assert manager.get("/reports/?stage=all").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_snapshot_is_shown_as_it_was_with_what_is_different(site: House, signed: Signed) -> None:
    helper, manager = site("associate"), signed("manager")
    now = in_trouble()
    prepared(helper, week_before(now))
    version = prepared(helper, now)
    assert "2 snapshots" in manager.get("/projects/SITE/snapshots/").content.decode()
    page = manager.get("/projects/SITE/snapshots/2/").content.decode()
    assert "Overall moved from Amber to Red" in page
    assert "What is different from snapshot 1" in page
    assert "Where the figures come from" in page
    assert "there is nothing to compare it with" in manager.get("/projects/SITE/snapshots/1/").content.decode()
    report = manager.get(f"/projects/SITE/reports/{version}/").content.decode()
    assert "Since snapshot 1" in report
    assert "ES / AT" in report
    look = manager.get(f"/projects/SITE/reports/{version}/look/")
    assert look.content == b"<p>words</p>"
    assert look.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")


def test_a_snapshot_that_cannot_be_read_says_so(site: House, signed: Signed) -> None:
    prepared(site("associate"))
    page = signed("manager").get("/projects/SITE/snapshots/1/").content.decode()
    assert "not a status that this version of Headway can read" in page


def test_snapshots_are_not_for_everybody(site: House, signed: Signed) -> None:
    prepared(site("associate"), in_trouble())
    assert signed("member").get("/projects/SITE/snapshots/1/").status_code == 403
    for who in ("client", "guest", "stranger"):
        assert signed(who).get("/projects/SITE/snapshots/1/").status_code == 404
        assert signed(who).get("/projects/SITE/snapshots/").status_code == 404
    assert signed("manager").get("/projects/SITE/snapshots/9/").status_code == 404


def test_what_is_sent_is_read_once_more(site: House, signed: Signed) -> None:
    version = prepared(site("associate"))
    manager = signed("manager")
    assert manager.get(f"/projects/SITE/reports/{version}/send/").status_code == 302
    digest = asked(site, version)
    (request,) = waiting(site("approver"))
    journey.decide(site("approver"), approval=request.id, decision="approve", digest=digest)
    page = manager.get(f"/projects/SITE/reports/{version}/send/").content.decode()
    assert "carl@acme.example" in page
    assert "Hello" in page
    assert "Markdown" in page
    assert signed("member").get(f"/projects/SITE/reports/{version}/send/").status_code in (403, 404)
