"""Lists of invoices into a project: every fault named, taken whole, known again, undone whole."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from headway.areas.budgets import invoiced, invoices
from headway.areas.budgets.money_types import InvoiceStatus
from headway.areas.files import commands as files
from headway.areas.files import store
from headway.areas.projects import commands as projects
from headway.areas.projects.types import ImportRow, ImportState
from headway.journeys import imports
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Denied, Invalid, NotFound

House = Callable[[str], Context]
pytestmark = pytest.mark.django_db
D = Decimal

LIST = """Invoice No;Date;Due date;Amount;Currency;Status;Project;Paid on
2026-1;05.01.2026;04.02.2026;1.200,50;EUR;paid;SITE;20.01.2026
2026-2;31.01.2026;02.03.2026;800,00;EUR;open;Site;
2026-3;31.01.2026;02.03.2026;90,00;EUR;open;Elsewhere;
"""


@pytest.fixture
def site(house: House) -> House:
    """SITE in euros."""
    projects.create(house("manager"), key="SITE", name="Site", currency="EUR", time_zone="UTC")
    return house


def _brought(house: House, content: str, name: str = "invoices.csv") -> ImportRow:
    ctx = house("manager")
    stored = store.put([content.encode()], limit=10**6)
    kept = files.keep(ctx, name=name, media_type="text/csv", sha256=stored.sha256, size=stored.size)
    assert imports.sniff(ctx, file=kept.id).kind == "invoices"
    row: ImportRow = imports.preview(ctx, project="SITE", kind="invoices", file=kept.id)
    return row


def test_a_list_is_taken_once_and_undone_whole(site: House) -> None:
    batch = _brought(site, LIST)
    assert (batch.preview["create"], batch.preview["sums"]) == (2, {"EUR": "2000.5"})
    assert batch.preview["others"] == [{"name": "Elsewhere", "rows": 1}]
    assert invoiced.invoices(site("manager"), project="SITE").items == ()
    imports.apply(site("manager"), batch=batch.id)
    second, first = invoiced.invoices(site("manager"), project="SITE").items
    assert (first.number, first.amount, first.status, first.paid_on) == (
        "2026-1",
        D("1200.5"),
        InvoiceStatus.PAID,
        date(2026, 1, 20),
    )
    assert (second.due, second.overdue) == (date(2026, 3, 2), False)
    again = _brought(site, LIST)
    assert (again.preview["create"], again.preview["update"], again.preview["unchanged"]) == (0, 0, 2)
    with pytest.raises((Denied, NotFound)):
        imports.undo(site("member"), batch=batch.id)
    imports.undo(site("manager"), batch=batch.id)
    assert invoiced.invoices(site("manager"), project="SITE").items == ()


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ("1.200,505;EUR", "Amount", "EUR has two digits after the point"),
        ("1.200,50;XXQ", "Currency", "'XXQ' is no currency in use"),
    ],
)
def test_money_that_its_currency_does_not_have_is_named_with_its_row(
    site: House, changed: str, field: str, words: str
) -> None:
    (error,) = _brought(site, LIST.replace("1.200,50;EUR", changed)).preview["errors"]
    assert (error["row"], error["field"], words in error["message"]) == (2, field, True)
    assert invoiced.invoices(site("manager"), project="SITE").items == ()


def test_a_newer_list_changes_what_it_says_otherwise_and_undoing_brings_that_back(site: House) -> None:
    imports.apply(site("manager"), batch=_brought(site, LIST).id)
    newer = _brought(site, LIST.replace("800,00;EUR;open", "800,00;EUR;bezahlt"))
    assert (newer.preview["create"], newer.preview["update"]) == (0, 1)
    assert {"name": "2026-2", "field": "status", "old": "sent", "new": "paid"} in newer.preview["differences"]
    imports.apply(site("manager"), batch=newer.id)
    found = invoiced.invoices(site("manager"), project="SITE")
    assert (found.count_open, found.paid.sums) == (0, (("EUR", D("2000.5")),))
    invoices.edit_invoice(site("manager"), invoice=found.items[0].id, note="Thanks")
    with pytest.raises(Conflict, match="1 invoice of it was changed since"):
        imports.undo(site("manager"), batch=newer.id)
    imports.undo(site("manager"), batch=newer.id, discard_later=True)
    assert invoiced.invoices(site("manager"), project="SITE").count_open == 1


def test_every_fault_is_named_and_nothing_enters(site: House) -> None:
    wrong = LIST.replace("1.200,50", "much").replace("EUR;open;Site", "EURO;lost;Site").replace("2026-3;", "2026-2;")
    wrong = wrong.replace("Elsewhere", "Site").replace("04.02.2026", "04.01.2026")
    batch = _brought(site, wrong)
    assert batch.state is ImportState.FAILED
    told = {(error["row"], error["field"], error["value"]) for error in batch.preview["errors"]}
    assert told >= {
        (2, "Amount", "much"),
        (2, "Due date", "04.01.2026"),
        (3, "Currency", "EURO"),
        (3, "Status", "lost"),
        (4, "Invoice number", "2026-2"),
    }
    with pytest.raises((Conflict, Invalid)):
        imports.apply(site("manager"), batch=batch.id)
    assert invoiced.invoices(site("manager"), project="SITE").items == ()


def test_what_the_file_leaves_open_is_asked(site: House) -> None:
    batch = _brought(site, "Invoice,Date,Amount\nA-1,03/04/2026,100\n")
    assert [question["field"] for question in batch.preview["questions"]] == ["date_order"]
    with pytest.raises(Invalid, match="Answer first"):
        imports.apply(site("manager"), batch=batch.id)
    answered = imports.answer(site("manager"), batch=batch.id, answers={"date_order": "dmy"})
    imports.apply(site("manager"), batch=answered.id)
    (row,) = invoiced.invoices(site("manager"), project="SITE").items
    assert (row.day, row.currency, row.status) == (date(2026, 4, 3), "EUR", InvoiceStatus.SENT)
