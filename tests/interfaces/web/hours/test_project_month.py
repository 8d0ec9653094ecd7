"""The month of a project by page: findings with their acts, closing, the pack and its files; with refusals."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.test import Client

from headway.areas.deliverables import queries as documents
from headway.areas.deliverables.types import Progress
from headway.areas.hours import closing, commands
from headway.journeys import month_pack
from headway.journeys.month_close import close_month
from tests.conftest import NOW
from tests.interfaces.web.conftest import House, Signed

pytestmark = pytest.mark.django_db
JANUARY = {"first": date(2026, 1, 1), "last": date(2026, 1, 31)}
MONTH = {"project": "SITE", "month": JANUARY["first"]}
PAGE = "/projects/SITE/hours/month/"
ASKED = f"{PAGE}?month=2026-01-01"


@pytest.fixture(autouse=True)
def on_the_day_of_every_context(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages have the same day as the contexts."""
    monkeypatch.setenv("HEADWAY_NOW", NOW.isoformat())


@pytest.fixture
def worked(site: House) -> House:
    """6 h of the member in January, handed in."""
    commands.log(site("member"), project="SITE", day=date(2026, 1, 14), hours=6, phase="Build")
    commands.submit(site("member"), project="SITE", **JANUARY)
    return site


def text(client: Client, address: str = ASKED) -> str:
    answer = client.get(address, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_what_stops_the_closing_stands_first_with_the_page_that_settles_it(worked: House, signed: Signed) -> None:
    client = signed("manager")
    shown = text(client, "/hours/month/?day=2026-01-01&project=SITE")  # as a Desk leads there
    assert "1 thing stops the closing of January 2026." in shown
    assert "6 h handed in and not approved" in shown
    assert '<a href="/hours/team/?week=2026-01-31">Approve hours</a>' in shown
    assert shown.index("Stops it") < shown.index("To look at")
    assert "Close the month" not in shown
    refused = client.post(f"{PAGE}close/", {"month": "2026-01-01"}, follow=True).content.decode()
    assert "January 2026 cannot be closed yet: 6 h handed in and not approved." in refused
    assert closing.closed_months(worked("manager"), project="SITE") == ()


def test_a_month_is_closed_its_pack_made_and_taken_along(worked: House, signed: Signed) -> None:
    boss, client = worked("manager"), signed("manager")
    commands.approve(boss, project="SITE", **JANUARY)
    assert "Close the month" in text(client)
    closed = client.post(f"{PAGE}close/", {"month": "2026-01-01"}, follow=True).content.decode()
    assert "January 2026 is closed with 6 h. Its figures are kept as snapshot 1." in closed
    assert "is not made yet" in text(client, f"{PAGE}pack.zip?month=2026-01-01")
    assert "It waits" in client.post(f"{PAGE}pack/", {"month": "2026-01-01"}, follow=True).content.decode()
    (asked,) = documents.preparations(boss, project="SITE")
    assert asked.progress is Progress.WAITING
    month_pack.prepare_pack_asked({"preparation": asked.id, "user": boss.actor.user_id, "correlation": "pack"})
    made = month_pack.pack_of(boss, **MONTH).made
    assert made
    shown = text(client)
    for row in made:
        assert f"/projects/SITE/reports/{row.id}/" in shown
        assert "DRAFT" in documents.download(boss, version=row.id, format=row.files[0].format).name
    packed = client.get(f"{PAGE}pack.zip?month=2026-01-01")
    assert '"SITE 2026-01.zip"' in packed["Content-Disposition"]
    assert len(ZipFile(BytesIO(packed.content)).namelist()) == 4 * len(made)
    assert "as it was when it was closed" in text(client, "/projects/SITE/snapshots/1/")
    assert "All files as a zip" in text(client, f"/projects/SITE/reports/preparing/{asked.id}/")


def test_members_get_nothing_of_it_and_associates_no_costs(worked: House, signed: Signed) -> None:
    commands.approve(worked("manager"), project="SITE", **JANUARY)
    assert signed("member").get(ASKED).status_code == 403
    assert signed("client").get(ASKED).status_code == 404
    helper = signed("associate")
    assert "Close the month" not in text(helper)
    assert helper.post(f"{PAGE}close/", {"month": "2026-01-01"}).status_code == 403
    close_month(worked("manager"), **MONTH)
    assert "costs" not in {part.audience for part in month_pack.pack_of(worked("associate"), **MONTH).parts}
