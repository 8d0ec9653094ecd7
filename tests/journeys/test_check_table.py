"""Rules over every row of a table that was uploaded: examples of data quality (metrics.md section 6), and refusals."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from headway.areas.files import commands as files
from headway.areas.files import store
from headway.engine.kpi.population import Wanted
from headway.journeys.check_table import TableRule, TableShare, check_table
from headway.kernel.context import Context
from headway.kernel.errors import Denied, Invalid

House = Callable[[str], Context]
pytestmark = pytest.mark.django_db
D = Decimal
DEALS = """opportunity_id,deal_stage,product,account,engage_date,close_date
A1,Won,GTXPro,Acme,20-10-2016,01-03-2017
A2,Lost,GTX Pro,,25-10-2016,11-03-2017
A3,Engaging,MG Special,Acme,21-11-2016,
A4,Prospecting,GTXPro,,,
A4,Won,GTK 500,Acme,25-12-2016,24-12-2016
"""
PRODUCTS = "product;series;sales price\nGTX Pro;GTX;4.821,50\nGTK 500;GTK;26.768,00\nMG Special;MG;55,25\n"
ADS = """Campaign report
"1 March 2026 - 31 March 2026"
Campaign,Impr.,Clicks,CTR,Avg. CPC,Cost,Conversions
Brand,"2,140",498,23.27%,0.38,189.24,41
Generic,"18,420",912,4.95%,2.40,"2,190.08",80
Video,"9,880",401,4.06%,3.12,"1,251.12",9
Display,"6,310",122,1.93%,4.05,494.10,--
Shopping,"48,900",605,1.24%,1.71,"1,034.55",14
Total: Account,"85,650","2,538",2.96%,2.03,"5,159.09",144
"""


@pytest.fixture
def brought(house: House, tmp_path: Path) -> Callable[..., int]:
    """Keep a table as the manager's own upload; gives its id."""

    def keep(text: str, name: str, who: str = "manager") -> int:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        stored = store.put_path(path, limit=1_000_000)
        return files.keep(house(who), name=name, media_type="text/csv", sha256=stored.sha256, size=stored.size).id

    return keep


def test_rules_are_asked_of_every_row_and_the_keys_of_another_table(house: House, brought: Callable[..., int]) -> None:
    told = check_table(
        house("manager"),
        file=brought(DEALS, "sales_pipeline.csv"),
        known=brought(PRODUCTS, "products.csv"),
        rules=(
            TableRule(Wanted.AMONG, "Product", known="product"),
            TableRule(Wanted.FILLED, "close_date", where="deal_stage", among=("Won", "Lost")),
            TableRule(Wanted.FILLED, "account"),
            TableRule(Wanted.NOT_BEFORE, "close_date", other="engage_date"),
            TableRule(Wanted.SINGLE, "opportunity_id"),
        ),
        share=TableShare("deal_stage", ("Won",), ("Lost",), "account"),
    )
    assert (told.rows, told.usable, told.questions) == (5, True, ())
    product, closed, account, ordered, single = told.results
    (wrong,) = product.found
    assert (wrong.value, wrong.nearest, wrong.count, wrong.rows) == ("GTXPro", "GTX Pro", 2, (2, 5))
    assert (closed.found, closed.quality.of, closed.quality.unjudged) == ((), 3, 2)
    assert [(one.value, one.count) for one in account.found] == [("", 2)]
    assert [(one.value, one.rows) for one in ordered.found] == [("2016-12-24", (6,))]
    assert [(one.value, one.rows) for one in single.found] == [("A4", (5, 6))]
    assert {one.field: (one.good, one.of) for one in told.columns}["engage_date"] == (4, 5)
    assert told.shares is not None
    groups = [(one.group, one.hits, one.interval.n, one.known) for one in told.shares.groups]
    assert (groups, told.shares.unjudged) == ([("Acme", 2, 2, True), ("", 0, 1, False)], 2)


def test_an_advertising_export_that_is_cut_short_is_not_to_be_taken_in(
    house: House, brought: Callable[..., int]
) -> None:
    """metrics.md 6: its preamble and row of totals are known; one row deleted, and the total disagrees."""
    whole = check_table(house("manager"), file=brought(ADS, "ads.csv"))
    assert (whole.rows, whole.usable, whole.totals) == (5, True, ())
    lines = ADS.splitlines(keepends=True)
    cut = check_table(house("manager"), file=brought("".join((*lines[:6], *lines[7:])), "cut.csv"))
    assert (cut.rows, cut.usable) == (4, False)
    assert [(one.column, one.rows, one.total) for one in cut.totals] == [
        ("Impr.", 79340, 85650),
        ("Clicks", 2416, 2538),
        ("Cost", D("4664.99"), D("5159.09")),
    ]  # CTR and CPC are no sums, and the row had no conversion


def test_what_a_file_leaves_open_is_asked_and_wrong_rules_are_named(house: House, brought: Callable[..., int]) -> None:
    manager = house("manager")
    unclear = brought("deal,won\nA,01/02/2026\nB,02/01/2026\n", "dates.csv")
    assert check_table(manager, file=unclear).questions == ("date_order",)
    assert check_table(manager, file=unclear, answers={"date_order": "dmy"}).rows == 2
    deals = brought(DEALS, "deals.csv")
    for rule, said in (
        (TableRule(Wanted.FILLED, "price"), "no column 'price'"),
        (TableRule(Wanted.AMONG, "product", known="product"), "asks for another table"),
        (TableRule(Wanted.AMONG, "product"), "which values"),
    ):
        with pytest.raises(Invalid, match=said):
            check_table(manager, file=deals, rules=(rule,))
    with pytest.raises(Invalid, match="no table"):
        check_table(manager, file=brought("one line of words\n", "words.csv"))


def test_clients_check_no_tables(house: House, brought: Callable[..., int]) -> None:
    with pytest.raises(Denied):
        check_table(house("client"), file=brought(DEALS, "deals.csv", "client"))
