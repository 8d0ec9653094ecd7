"""A record of a register as it was on a day, on its page: what differs, and bringing it back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from headway.areas.projects import commands, queries
from headway.areas.projects.types import RiskRow
from headway.kernel.context import Context
from tests.conftest import NOW
from tests.interfaces.web.conftest import House, Signed

pytestmark = pytest.mark.django_db
WEDNESDAY = NOW + timedelta(days=2)


def first(ctx: Context) -> RiskRow:
    return next(row for row in queries.risks(ctx, project="SITE") if row.number == 1)


@pytest.fixture
def risk(planned: House, monkeypatch: pytest.MonkeyPatch) -> RiskRow:
    """RISK-1, which got another title, scale and day on Wednesday; it is Thursday now."""
    boss = planned("manager")
    made = commands.add_risk(
        boss, project="SITE", title="Late texts", probability=2, impact=3, response_due=date(2026, 3, 9)
    )
    commands.edit_risk(
        boss.but(now=WEDNESDAY), risk=made.id, title="<b>Renamed</b>", probability=5, clear=["response_due"]
    )
    monkeypatch.setenv("HEADWAY_NOW", (WEDNESDAY + timedelta(days=1)).isoformat())
    return made


def test_it_shows_what_was_otherwise_and_brings_it_back(planned: House, signed: Signed, risk: RiskRow) -> None:
    client = signed("manager")
    address = f"/projects/SITE/risks/{risk.number}/then/?day=2026-03-03"
    assert (
        f"/projects/SITE/risks/{risk.number}/then/"
        in client.get(f"/projects/SITE/risks/{risk.number}/").content.decode()
    )
    page = client.get(address).content.decode()
    assert "&lt;b&gt;Renamed&lt;/b&gt;" in page
    assert "2026-03-09" in page
    assert "Show the effect" not in page
    assert client.post(address, {"field": ["probability", "response_due"]}).status_code == 302
    row = first(planned("manager"))
    assert (row.title, row.probability, row.response_due) == ("<b>Renamed</b>", 2, date(2026, 3, 9))
    assert client.post(address, {"field": ["title"]}).status_code == 302
    assert "Nothing was otherwise then." in client.get(address).content.decode()


def test_what_cannot_be_is_said(planned: House, signed: Signed, risk: RiskRow) -> None:
    client = signed("manager")
    address = f"/projects/SITE/risks/{risk.number}/then/"
    refused = client.post(f"{address}?day=2026-03-03", {})
    assert (refused.status_code, "Choose what to bring back first." in refused.content.decode()) == (422, True)
    stale = client.post(f"{address}?day=2026-03-03", {"field": ["title"], "version": "1"})
    assert stale.status_code == 412
    assert "was not entered yet then" in client.get(f"{address}?day=2026-01-01").content.decode()
    assert client.get(f"{address}?day=nonsense").status_code == 200
    assert client.get("/projects/SITE/risks/99/then/").status_code == 404


def test_who_may_not_edit_only_looks_and_a_client_finds_nothing(planned: House, signed: Signed, risk: RiskRow) -> None:
    address = f"/projects/SITE/risks/{risk.number}/then/?day=2026-03-03"
    looked = signed("approver").get(address).content.decode()
    assert "Late texts" in looked
    assert "Bring the chosen back" not in looked
    assert signed("approver").post(address, {"field": ["title"]}).status_code == 403
    assert signed("client").get(address).status_code == 404
    assert first(planned("manager")).title == "<b>Renamed</b>"
