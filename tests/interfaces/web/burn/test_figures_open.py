"""Every number of the pages about hours, budgets and KPIs opens to where it comes from."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from lxml import html

from headway.areas.budgets import commands as budgets
from headway.areas.budgets import commitments, expenses, invoices, progress, retainer_ledger, retainers
from headway.areas.budgets.types import Basis
from headway.areas.hours import commands as hours
from headway.areas.hours.types import RateKind
from headway.areas.metrics import commands as metrics
from headway.areas.metrics import queries as kpis
from headway.areas.metrics import sampling
from headway.areas.metrics.given import GivenCase, GivenSample, GivenTarget, Promised
from headway.areas.metrics.types import Direction, Formula, Frequency
from headway.areas.people.queries import organisations
from headway.areas.people.types import OrganisationKind
from headway.areas.portfolio import accounts
from headway.areas.projects import commands as projects
from headway.engine.planned_value import ProgressMethod
from tests.interfaces.web.conftest import House, Signed, person_id

pytestmark = pytest.mark.django_db
D = Decimal
# What is typed and stands beside whoever typed it is no figure: it comes from nowhere else.
TYPED = ("Rates",)


@pytest.fixture
def measured(burning: House) -> House:
    """The project in trouble with money, a retainer of three months, a change of the budget, and KPIs."""
    boss = burning("manager")
    client = organisations(burning("administrator"), kind=OrganisationKind.CLIENT)[0].id
    projects.edit(boss, project="SITE", client=client)
    for kind, rate in ((RateKind.BILL, 100), (RateKind.COST, 60)):
        me = person_id(burning, "manager")
        hours.set_project_rate(boss, project="SITE", kind=kind, rate=D(rate), first=date(2026, 1, 1), person=me)
    hours.log(boss, project="SITE", day=date(2026, 2, 27), hours=D(7), phase="Design")
    hours.log(boss, project="SITE", day=date(2026, 3, 2), hours=D(4), phase="Design")
    budgets.add_budget(boss, project="SITE", name="Fee", basis=Basis.BILL, amount=D(12000), expenses=True)
    change = budgets.request_change(
        boss, project="SITE", title="More pages", reason="Asked for", hours=D(10), money=D(900), days=2
    )
    budgets.approve_change(burning("administrator"), change=change.id)
    budgets.request_change(boss, project="SITE", title="A film", reason="Asked for as well", hours=D(30))
    expenses.add_expense(
        boss, project="SITE", day=date(2026, 2, 5), description="Train", amount=D("99.99"), kind="Travel", billable=True
    )
    order = commitments.add_commitment(
        boss,
        project="SITE",
        supplier="Studio",
        title="Filming",
        amount=D(1500),
        kind="Filming",
        expected=date(2026, 4, 1),
    )
    commitments.receive_commitment(boss, commitment=order.id, amount=D(400), day=date(2026, 2, 26))
    for method, given in ((ProgressMethod.COST_TO_GO, {"etc": D(200)}), (ProgressMethod.OWNER_ESTIMATE, {})):
        progress.state_progress(boss, project="SITE", method=method, said_on=date(2026, 2, 27), **given)
    progress.state_progress(boss, project="SITE", method=ProgressMethod.OWNER_ESTIMATE, percent=D(40))
    invoices.add_invoice(boss, project="SITE", number="A-1", day=date(2026, 2, 20), amount=D(4000), hours=D(30))
    retainers.add_retainer(boss, project="SITE", name="Support", allocation=D(10), first=date(2026, 1, 1), rate=D(90))
    share: dict[str, Any] = {
        "project": "SITE", "formula": Formula.RATIO, "unit": "%", "direction": Direction.HIGHER,
        "frequency": Frequency.WEEKLY, "target": GivenTarget(D(90), amber=D(90), red=D(80)),
    }  # fmt: skip
    for name in ("Orders in time", "Calls answered"):
        kpi = metrics.define(boss, name=name, **share).row.id
        samples = tuple(
            GivenSample(f"2026-W{week:02d}", numerator=D(80 + week), denominator=D(100)) for week in range(1, 10)
        )
        sampling.record(boss, kpi=kpi, samples=samples)
    share |= {"service": True, "promises": (Promised("P1", 240), Promised("", 960))}
    kpi = metrics.define(boss, name="Requests answered in time", **share).row.id
    began = datetime(2026, 2, 23, 9, tzinfo=UTC)
    cases = (
        GivenCase(began, began + timedelta(hours=3), "P1", ref="REQ-1"),
        GivenCase(began, began + timedelta(hours=30), "P1", ref="REQ-2"),
        GivenCase(began, began + timedelta(hours=6), ref="REQ-3"),
    )
    sampling.record_cases(boss, kpi=kpi, cases=cases)
    return burning


def bare(page: bytes) -> Iterator[str]:
    """The cells and key figures with a number that open nothing: neither records nor a panel of this page."""
    tree = html.fromstring(page)
    panels = {one.get("id") for one in tree.xpath("//*[@popover]")}
    for one in tree.xpath("//*[@popover]"):
        one.drop_tree()
    for cell in (*tree.find_class("hw-right"), *tree.find_class("hw-figure-value")):
        table = cell.xpath("ancestor::*[@aria-label][1]/@aria-label")
        said = " ".join(cell.text_content().split())
        typed = cell.xpath(".//input") or (table and table[0] in TYPED)
        if cell.tag == "th" or typed or not any(sign.isdigit() for sign in said):
            continue
        opened = [one for one in cell.xpath(".//@popovertarget") if one in panels]
        if not opened and not cell.xpath(".//a[@href]"):
            yield f"{table[0] if table else ''}, {cell.get('data-label') or ''}: {said}"


ADDRESSES = (
    "/projects/SITE/hours/",
    "/projects/SITE/hours/?week=2026-02-02",
    "/projects/SITE/hours/burn/",
    "/projects/SITE/hours/earned-value/",
    "/projects/SITE/hours/earned-value/?by=week",
    "/projects/SITE/budget/",
    "/projects/SITE/retainers/",
    "/projects/SITE/costs/",
    "/projects/SITE/costs/?by=year",
    "/projects/SITE/kpis/",
    "/kpis/",
    "/reports/budgets/",
    "/reports/budgets/?project=SITE",
    "/reports/margin/",
    "/reports/margin/?by=client",
    "/reports/margin/?by=month&project=SITE",
    "/hours/burned/?first=2026-01-01&last=2026-03-31",
    "/hours/burned/?first=2026-02-01&last=2026-03-31&by=role&columns=week",
    "/hours/burned/?first=2026-02-01&last=2026-03-31&by=phase&project=SITE",
    "/hours/people/",
    "/hours/month/?month=2026-02-01",
    "/accounts/",
    "/projects/SITE/expenses/",
    "/projects/SITE/orders/",
    "/projects/SITE/invoices/",
    "/projects/SITE/hours/progress/",
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_figure_of_a_page_is_bare(measured: House, signed: Signed, address: str) -> None:
    answer = signed("administrator").get(address)
    assert answer.status_code == 200, address
    assert b"hw-right" in answer.content or b"hw-figure" in answer.content
    assert list(bare(answer.content)) == []


def test_no_figure_of_a_record_is_bare(measured: House, signed: Signed) -> None:
    boss = measured("manager")
    (ledger,) = retainer_ledger.retainers(boss, project="SITE")
    me = person_id(measured, "manager")
    (client,) = accounts.accounts(boss)
    ids = {row.name: row.id for row in kpis.scorecard(boss, project="SITE").rows}
    one, other, service = (ids[name] for name in ("Orders in time", "Calls answered", "Requests answered in time"))
    for address in (
        f"/projects/SITE/retainers/{ledger.id}/",
        f"/kpis/{one}/",
        f"/kpis/{one}/?other={other}",
        f"/kpis/{one}/periods/2026-W08/",
        f"/kpis/{service}/",
        f"/kpis/{service}/periods/2026-W09/",
        f"/hours/people/{me}/?first=2026-02-02&last=2026-02-08",
        f"/accounts/{client.id}/",
    ):
        answer = signed("administrator").get(address)
        assert answer.status_code == 200, address
        assert list(bare(answer.content)) == [], address


def test_a_bare_figure_would_be_found() -> None:
    table = '<table aria-label="Sums"><tr><td class="hw-right">{}</td></tr></table>'
    panel = '<button popovertarget="of">4</button><div popover id="of">4</div>'
    assert list(bare(table.format("4 h").encode())) == ["Sums, : 4 h"]
    assert list(bare(table.format('<button popovertarget="gone">4</button>').encode())) == ["Sums, : 4"]
    assert list(bare(table.format(panel).encode())) == []
    assert list(bare(table.format("–").encode())) == []
