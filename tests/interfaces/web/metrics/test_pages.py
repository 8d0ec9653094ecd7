"""The pages of KPIs: what they show and refuse."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from headway.areas.metrics import commands, queries, sampling
from headway.areas.metrics.given import GivenSample, GivenTarget
from headway.areas.metrics.types import Direction, Formula, Frequency
from tests.areas.metrics.conftest import D, House, calls, load_time, site
from tests.conftest import NOW
from tests.interfaces.web.conftest import Signed

__all__ = ["calls", "load_time", "site"]  # fixtures
pytestmark = pytest.mark.django_db

KPIS = "/projects/SITE/kpis/"


@pytest.fixture(autouse=True)
def in_march(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages at the instant of the samples."""
    monkeypatch.setenv("HEADWAY_NOW", NOW.isoformat())


def _body(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()[:3000]
    return re.sub(r"\s+", " ", answer.content.decode())


def _of(kpi: int, below: str = "") -> str:
    return f"/kpis/{kpi}/{below}"


def test_an_empty_scorecard_offers_the_first_kpi(site: House, signed: Signed) -> None:
    page = _body(signed("manager").get(KPIS))
    assert "Nothing is measured yet" in page
    assert "Define a KPI" in page
    assert "Define a KPI" not in _body(signed("member").get(KPIS))


def test_a_kpi_is_defined_measured_and_judged(site: House, signed: Signed) -> None:
    manager = signed("manager")
    given = {
        "name": "Orders <without> fallout",
        "formula": "ratio",
        "unit": "%",
        "direction": "higher",
        "frequency": "weekly",
        "target": "97",
        "amber": "97",
        "red": "95",
    }
    wrong = _body(manager.post("/kpis/new/?project=SITE", {**given, "red": "99"}), 422)
    assert "The red threshold 99 must be at most the amber one" in wrong
    page = _body(manager.post("/kpis/new/?project=SITE", given, follow=True))
    assert "No sample yet" in page
    assert "Orders &lt;without&gt; fallout" in page
    assert "&amp;lt;" not in page
    (row,) = queries.scorecard(site("manager"), project="SITE").rows
    week = "2026-02-23T00:00:00"
    tried = {f"{week}/numerator": "9", f"{week}/denominator": "10", "rows": "2026-W08\t10\t100", "try": "1"}
    assert "2 new, 0 corrected, 0 as they were" in _body(manager.post(_of(row.id, "samples/"), tried))
    assert queries.kpi(site("manager"), kpi=row.id).points == ()
    page = _body(manager.post(_of(row.id, "samples/"), {**tried, "try": ""}, follow=True))
    assert "2 new, 0 corrected, 0 as they were." in page
    assert "90.0 %" in page
    assert "17.3 %" in page  # of the quarter: sums divided, never averaged
    page = _body(manager.get(KPIS))
    assert "1 KPI: 1 red." in page
    assert "Colours" in page
    corrected = {f"{week}/numerator": "10", f"{week}/denominator": "10"}
    assert "Say why it is corrected" in _body(manager.post(_of(row.id, "samples/"), corrected), 422)
    manager.post(_of(row.id, "samples/"), {**corrected, "reason": "one came late"})
    trace = _body(manager.get(_of(row.id, "periods/2026-02-23/")))
    assert "one came late" in trace
    assert "version 1: sum of numerators / sum of denominators × 100" in trace
    assert manager.get(_of(row.id, "periods/nonsense/")).status_code == 404


@pytest.mark.parametrize(
    ("wanted", "colours"),
    [
        ({"direction": "higher", "target": "95"}, ("red", "green")),
        ({"direction": "lower", "target": "60"}, ("green", "red")),
        ({"direction": "range", "target": "95", "high": "99"}, ("red", "green")),
        ({"direction": "higher", "target": "95", "amber": "90", "red": "50"}, ("amber", "green")),
    ],
)
def test_a_target_without_thresholds_is_met_or_missed(
    site: House, signed: Signed, wanted: dict[str, str], colours: tuple[str, str]
) -> None:
    given = {"name": "Calls", "formula": "last", "frequency": "weekly", **wanted}
    signed("manager").post("/kpis/new/?project=SITE", given)
    (row,) = queries.scorecard(site("manager"), project="SITE").rows
    samples = (GivenSample("2026-W07", value=D(60)), GivenSample("2026-W08", value=D(97)))
    sampling.record(site("manager"), kpi=row.id, samples=samples)
    assert tuple(point.state.value for point in queries.kpi(site("manager"), kpi=row.id).points) == colours


@pytest.mark.parametrize("rows", ["soon\t1\t2", "2026-W08\tmany\t2", "2026-W08"])
def test_pasted_rows_that_cannot_be_read_are_told(calls: int, site: House, signed: Signed, rows: str) -> None:
    assert 'role="alert"' in _body(signed("manager").post(_of(calls, "samples/"), {"rows": rows}), 422)


def test_every_pasted_row_that_cannot_be_read_is_named_at_once(calls: int, site: House, signed: Signed) -> None:
    rows = "2026-W08\t5\nsoon\t1\n2026-W07\tmany\n2026-W06\t1,234\n2026-W05\t1,5"
    page = _body(signed("manager").post(_of(calls, "samples/"), {"rows": rows}), 422)
    for words in ("Line 2: ", "names no period", "Line 3: 2026-W07: ", "Line 4: ", "can mean 1234 or 1.234"):
        assert words in page
    assert "Line 5" not in page
    assert "2026-W08 5" in page


def test_a_signal_stands_on_the_scorecard_and_on_the_page(calls: int, site: House, signed: Signed) -> None:
    manager = signed("manager")
    sampling.record(site("manager"), kpi=calls, samples=(GivenSample("2026-W09", value=D(58)),))
    page = _body(manager.get(KPIS))
    assert "signal: above the upper limit" in page
    assert "hd-drawing" in page
    assert "With a signal" in page
    assert "1 KPI" in _body(manager.get(f"{KPIS}?state=signal"))
    commands.annotate(site("manager"), kpi=calls, day=date(2026, 2, 23), text="New routing", change=True)
    page = _body(manager.get(_of(calls)))
    assert "Worse: 58 after, 43 before" in page
    assert "Upper limit 54.31" in page
    assert "no signal" in _body(manager.get(f"{_of(calls)}?day=2026-03-01"))


def test_forms_change_what_it_is_judged_by(load_time: int, site: House, signed: Signed) -> None:
    manager = signed("manager")
    version = queries.kpi(site("manager"), kpi=load_time).row.version
    given = {"target": "5", "amber": "5", "red": "6", "since": "2026-02-01", "reason": "pictures", "version": version}
    assert "at most 5 s" in _body(manager.post(_of(load_time, "target/"), given, follow=True))
    stale = _body(manager.post(_of(load_time, "target/"), given), 409)
    assert "changed" in stale
    few = {"first": "2025-01", "last": "2026-01", "reason": "usual"}
    assert "Choose at least 6 periods with values" in _body(manager.post(_of(load_time, "baseline/"), few), 422)
    page = _body(manager.post(_of(load_time, "formula/"), {
        "since": "2026-04", "formula": "percentile", "direction": "lower", "unit": "s", "percentile": "90",
        "reason": "the mean hides the slow ones",
    }, follow=True))  # fmt: skip
    assert "90th percentile" in page
    edited = {"name": "Load", "minimum_n": "5", "hours": "Mon-Fri 08:00-16:00", "least": "0", "owner": ""}
    page = _body(manager.post(_of(load_time, "edit/"), edited, follow=True))
    assert "<bdi>Load</bdi>" in page
    assert "Retire it" in page
    assert "Measure it again" in _body(manager.post(_of(load_time, "do/retire/"), follow=True))


def test_a_file_is_looked_at_taken_in_and_taken_back(load_time: int, site: House, signed: Signed) -> None:
    manager = signed("manager")

    def bring(text: str) -> Any:
        file = SimpleUploadedFile("times.csv", text.encode(), "text/csv")
        return manager.post(_of(load_time, "file/"), {"file": file})

    page = _body(manager.get(bring("Period;Value\n2026-01;4,5\nwhenever;1,5\n2026-02;x\n").url))
    assert "names no period" in page
    assert "Expected a number" in page
    look = bring("Period;Value\n2026-01;4,5\n2026-02;3,25\n").url
    assert "2 new, 0 corrected, 0 as they are; nothing is saved yet." in _body(manager.get(look))
    assert queries.kpi(site("manager"), kpi=load_time).points == ()
    page = _body(manager.post(look, follow=True))
    assert "3.25 s" in page
    assert "times.csv" in page
    assert "0 new, 0 corrected, 2 as they were." in _body(manager.post(look, follow=True))
    assert "taken back" in _body(manager.post(_of(load_time, "do/undo-file/"), {"number": "1"}, follow=True))
    assert queries.kpi(site("manager"), kpi=load_time).points == ()


def test_outsiders_find_nothing(load_time: int, site: House, signed: Signed) -> None:
    for who in ("client", "guest", "stranger"):
        for address in (KPIS, _of(load_time), _of(load_time, "samples/"), _of(load_time, "periods/2026-02/")):
            assert signed(who).get(address).status_code == 404, (who, address)
    for who in ("client", "guest"):
        assert signed(who).get("/kpis/").status_code == 404
    assert "Nothing is measured yet" in _body(signed("stranger").get("/kpis/"))
    for below in ("target/", "edit/", "formula/", "baseline/", "note/", "samples/", "file/"):
        assert signed("member").get(_of(load_time, below)).status_code in (403, 404)


def test_a_scorecard_asks_the_same_of_few_and_many(site: House, signed: Signed) -> None:
    manager = site("manager")

    def define(name: str) -> None:
        found = commands.define(
            manager,
            project="SITE",
            name=name,
            formula=Formula.LAST,
            direction=Direction.HIGHER,
            frequency=Frequency.MONTHLY,
            target=GivenTarget(D(5), amber=D(5), red=D(4)),
        )
        samples = tuple(GivenSample(f"2025-{month:02d}", value=D(month)) for month in range(1, 10))
        sampling.record(manager, kpi=found.row.id, samples=samples)

    define("First")
    browser = signed("manager")
    browser.get(KPIS)
    with CaptureQueriesContext(
        connection,
    ) as few:
        browser.get(KPIS)
    for number in range(5):
        define(f"More {number}")
    with CaptureQueriesContext(connection) as many:
        browser.get(KPIS)
    assert len(many) == len(few)


def test_a_table_is_checked_by_rules_that_are_typed(site: House, signed: Signed) -> None:
    client = signed("manager")
    assert "Check a table" in _body(client.get("/kpis/"))
    deals = SimpleUploadedFile("deals.csv", b"id,stage,product\n1,Won,GTXPro\n2,Lost,GTX Pro\n2,Open,GTX Pro\n")
    known = SimpleUploadedFile("products.csv", b"product,price\nGTX Pro,4821\nGTK 500,26768\n")
    rules = "product in product of the other table\nid single\nshare of stage = Won against Lost by product"
    page = _body(client.post("/kpis/check/", {"file": deals, "known": known, "rules": rules}))
    assert "3 rows; 2 of 2 rules are not met" in page
    assert re.search(r"GTXPro</bdi>, nearest is <strong><bdi>GTX Pro", page)
    assert "100.00 %" in page
    token = re.search(r'name="kept_file" value="([^"]+)"', page)
    assert token is not None
    again = _body(client.post("/kpis/check/", {"kept_file": token[1], "rules": "stage in Won, Lost, Open"}))
    assert "1 rule met" in again
    refused = _body(client.post("/kpis/check/", {"kept_file": token[1], "rules": "product rather good"}), 422)
    assert "Line 1, &#x27;product rather good&#x27;, says no rule" in refused
    assert "Choose the table" in _body(client.post("/kpis/check/", {"rules": ""}), 422)
    _body(signed("client").get("/kpis/check/"), 404)
