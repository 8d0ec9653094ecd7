"""What a file's rows mean, and the digest by which a row that did not change is known for ever."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from headway.areas.hours.staging import Meaning, pack, unpack
from headway.documents.exchange.hours import HoursRow, stage_rows

MEANING = Meaning({("SITE", ""): 1}, {("Ann", ""): 5}, {(1, "Build"): 9}, {1: "Europe/Berlin"})


def _row(number: int, **said: Any) -> HoursRow:
    values: dict[str, Any] = {
        "person": "Ann",
        "email": "",
        "employee_id": "",
        "day": date(2026, 3, 2),
        "zone": "",
        "project": "SITE",
        "start": datetime(2026, 3, 2, 9),
        "end": datetime(2026, 3, 2, 10, 30),
        "project_code": "",
        "client": "Acme",
        "task": "",
        "task_code": "Build",
        "role": "Engineer",
        "note": "Wörk",
        "hours": Decimal("1.5"),
        "billable": None,
        "bill_rate": Decimal("120.00"),
        "bill_amount": Decimal("180.00"),
        "cost_rate": None,
        "cost_amount": None,
        "currency": "EUR",
        "tags": (),
        "source_key": "",
        "content_key": "abc-2",
        "raw": ("x", "ü"),
    }
    return HoursRow(number=number, **(values | said))


def _taken(*rows: HoursRow) -> list[Any]:
    staged = io.BytesIO()
    stage_rows(rows, staged)
    return list(unpack(pack(MEANING, staged.getvalue())))


def test_digests_are_those_that_stored_entries_carry() -> None:
    """Changed digests would make every entry of every earlier import an update."""
    zone = "Asia/Tokyo"
    rows = _taken(
        _row(2),
        _row(3, start=None, end=None, billable=False, zone=zone, content_key="def", source_key="77", task="Design"),
        _row(4, zone=zone, end=None, hours=Decimal("0.333333"), bill_rate=None, bill_amount=None, content_key="ghi"),
        _row(5, project="Elsewhere", content_key="jkl"),
    )
    assert [(row.number, row.key, row.digest) for row in rows] == [
        (2, "abc-2", "f5969a56f7a138cdfc1488b781dadf1b"),
        (3, "77", "de8c69e51cf031990e9ef8e658c5e972"),
        (4, "ghi", "281fc731974b826f781953e01870a3b8"),
    ]


def test_rows_that_say_the_same_of_hours_and_money_share_it_and_times_are_instants() -> None:
    first, second, third = _taken(_row(2), _row(3, end=None, task="Design"), _row(4, start=None, billable=False))
    assert first.worth is second.worth
    assert (first.worth.billable, third.worth.billable, first.worth.bill_amount) == (True, False, Decimal("180.00"))
    assert (first.start, first.end) == (datetime(2026, 3, 2, 8, tzinfo=UTC), datetime(2026, 3, 2, 9, 30, tzinfo=UTC))
    assert (first.zone, second.end, third.zone, third.start, third.end) == ("Europe/Berlin", None, "", None, None)
    assert [(row.day, row.month, row.phase, row.task_uid) for row in (first, second)] == [
        (date(2026, 3, 2), "2026-03", "Build", 9),
        (date(2026, 3, 2), "2026-03", "Design", None),
    ]
    assert first.raw == '["x","ü"]'
