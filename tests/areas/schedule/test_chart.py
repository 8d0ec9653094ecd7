"""The plan as its chart takes it: the same values as the rows, only what changed after a version, few queries."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from headway.areas.schedule import charting, commands, queries
from headway.areas.schedule.records import to_record
from headway.areas.schedule.types import Chart
from headway.engine.calendars import instant
from headway.engine.cpm import schedule as compute
from headway.engine.plan import ConstraintType
from headway.kernel.context import Context
from headway.kernel.errors import Denied, NotFound

House = Callable[[str], Context]
pytestmark = pytest.mark.django_db


def _chart(house: House, **wanted: Any) -> Chart:
    found: Chart = queries.chart(house("manager"), project="SITE", **wanted)
    return found


def _by_name(chart: Chart) -> dict[str, dict[str, Any]]:
    rows = [dict(zip(chart.columns, json.loads(row), strict=True)) for row in chart.rows]
    return {row["name"]: row for row in rows}


def test_a_row_says_what_the_task_says(charted: House) -> None:
    chart, rows = _chart(charted), {row.name: row for row in queries.tasks(charted("manager"), project="SITE").items}
    told = _by_name(chart)
    assert [*told] == ["Design", "Build", "Go-live"]
    for name, row in rows.items():
        assert row.start is not None
        assert row.finish is not None
        assert told[name]["id"] == row.id
        assert told[name]["version"] == row.version
        assert (told[name]["start"], told[name]["finish"]) == (instant(row.start), instant(row.finish))
        assert told[name]["duration"] == row.duration
        assert told[name]["slip"] == 0
    assert told["Build"]["driver"] == "link"
    assert told["Build"]["driverUid"] == told["Design"]["uid"]
    assert json.loads(chart.links) == [[1, 2, "FS", ""], [2, 3, "FS", ""]]
    assert json.loads(chart.assigned) == [[2, 1, 100, 24000]]
    assert chart.people[0].name == "Max Member"


def test_working_time_holds_the_week_and_its_holidays(charted: House) -> None:
    commands.add_calendar_exception(
        charted("manager"), project="SITE", first=date(2026, 3, 6), last=date(2026, 3, 6), name="Fair"
    )
    told = json.loads(_chart(charted).calendars)
    calendar = told["items"][str(told["project"])]
    friday = instant(datetime(2026, 3, 6)) // charting.TENTHS_PER_DAY
    differing = dict(calendar["days"])
    assert calendar["patterns"][differing[friday]] == []
    assert calendar["patterns"][calendar["week"][(friday - 7 - calendar["first"]) % 7]] == [[480, 720], [780, 1020]]
    assert calendar["patterns"][calendar["week"][(friday + 1 - calendar["first"]) % 7]] == []


def test_after_an_edit_only_what_changed_is_sent(charted: House, ids: dict[str, int]) -> None:
    before = _chart(charted)
    assert before.whole
    commands.edit_task(charted("manager"), task=ids["Build"], duration="2w")
    after = _chart(charted, since=before.version)
    assert not after.whole
    assert [*_by_name(after)] == ["Build", "Go-live"]
    assert (after.links, after.removed) == ("", ())
    assert json.loads(after.assigned) == [[2, 1, 100, 48000]]
    assert after.finish == datetime(2026, 3, 18, 17)
    assert _by_name(after)["Go-live"]["slip"] == 5
    nothing = _chart(charted, since=after.version)
    assert (nothing.rows, nothing.whole) == ((), False)


def test_a_page_that_missed_several_edits_gets_all_of_them(charted: House, ids: dict[str, int]) -> None:
    first = _chart(charted)
    commands.edit_task(charted("manager"), task=ids["Go-live"], owner="Mona")
    _chart(charted)
    commands.edit_task(charted("manager"), task=ids["Design"], owner="Max")
    assert [*_by_name(_chart(charted, since=first.version))] == ["Design", "Go-live"]


def test_removed_tasks_links_and_people_are_told(charted: House, ids: dict[str, int]) -> None:
    before = _chart(charted)
    commands.remove_task(charted("manager"), task=ids["Build"])
    after = _chart(charted, since=before.version)
    assert after.removed == (2,)
    assert after.count == 2
    assert json.loads(after.links) == []
    assert json.loads(after.assigned) == []


def test_what_this_process_cannot_know_is_sent_whole(charted: House) -> None:
    before = _chart(charted)
    charting.forget()
    assert _chart(charted, since=before.version - 1).whole
    assert _chart(charted, since=before.version + 5).whole


def test_another_baseline_gives_other_slips(charted: House, ids: dict[str, int]) -> None:
    first = _chart(charted)
    commands.edit_task(charted("manager"), task=ids["Build"], duration="2w")
    commands.set_baseline(charted("manager"), project="SITE", name="After the change")
    assert _by_name(_chart(charted))["Go-live"]["slip"] == 0
    assert _by_name(_chart(charted, baseline=first.baseline))["Go-live"]["slip"] == 5
    with pytest.raises(NotFound, match="Baseline"):
        _chart(charted, baseline=10**6)


def test_the_first_rows_come_without_the_rest(charted: House) -> None:
    chart = _chart(charted, first=2)
    assert ([*_by_name(chart)], chart.count, chart.whole) == (["Design", "Build"], 3, False)
    whole = _chart(charted)
    assert _chart(charted, first=2).rows == whole.rows[:2] == chart.rows


def test_rows_cost_no_queries(charted: House) -> None:
    def asked(**wanted: Any) -> int:
        with CaptureQueriesContext(connection) as sent:
            _chart(charted, **wanted)
        return len(sent)

    charting.forget()
    few = (asked(), asked(), asked(first=60))
    for number in range(30):
        commands.add_task(charted("manager"), project="SITE", name=f"More {number}")
    charting.forget()
    assert (asked(), asked(), asked(first=60)) == few


def test_a_client_sees_no_chart(charted: House) -> None:
    with pytest.raises((Denied, NotFound)):
        queries.chart(charted("client"), project="SITE")
    assert queries.chart(charted("member"), project="SITE").count == 3


def test_rates_and_fixed_costs_go_to_who_may_read_costs_alone(charted: House) -> None:
    manager = charted("manager")
    plan = queries.plan_of(manager.but(), project="SITE")
    people = tuple(replace(item, standard_rate=Decimal(90), cost_per_use=Decimal(50)) for item in plan.resources)
    tasks = tuple(replace(task, fixed_cost=Decimal(250)) if task.name == "Design" else task for task in plan.tasks)
    new = replace(plan, tasks=tasks, resources=people)
    commands.take_plan(manager.but(), project="SITE", plan=to_record(new), schedule=to_record(compute(new)))
    seen = queries.chart(manager.but(), project="SITE")
    assert seen.people[0].rates == (90, 0, 50)
    assert seen.fixed_costs == ((1, "250"),)
    hidden = queries.chart(charted("member"), project="SITE")
    assert (hidden.people[0].rates, hidden.fixed_costs) == (None, ())
    assert "250" not in "".join(seen.rows)


def test_what_few_tasks_have_is_sent_where_they_have_it(charted: House, ids: dict[str, int]) -> None:
    commands.edit_task(
        charted("manager"),
        task=ids["Build"],
        priority=700,
        constraint=ConstraintType.SNET,
        constraint_date=datetime(2026, 3, 9, 8),
    )
    told = _by_name(_chart(charted))
    assert told["Build"]["more"] == {
        "constraint": "SNET",
        "constraintDate": instant(datetime(2026, 3, 9, 8)),
        "priority": 700,
    }
    assert told["Design"]["more"] == {"freeSlack": 9600, "lateStart": instant(datetime(2026, 3, 4, 8))}
