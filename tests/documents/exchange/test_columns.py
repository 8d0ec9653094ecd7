"""The columns of a table: what stands in them, what each is taken for, and what the whole looks like."""

from __future__ import annotations

from pathlib import Path

import pytest

from headway.documents.child import Refused
from headway.documents.exchange.columns import HOURS, PLAN, is_table, read_columns
from headway.documents.exchange.columns_reading import HOURS_LABELS
from headway.documents.exchange.hours.sources import FIELDS

HOURS_FILES = Path(__file__).parents[2] / "data" / "hours"


def test_every_field_of_hours_has_a_name() -> None:
    assert set(HOURS_LABELS) == FIELDS


def test_an_export_of_hours_is_known_with_samples_of_each_column() -> None:
    found = read_columns(HOURS_FILES / "harvest_detailed.csv", name="harvest_detailed.csv")
    assert found.kind == HOURS
    assert found.label == "Harvest detailed time"
    assert found.fields["date"] == "Date"
    by_name = {column.name: column.samples for column in found.columns}
    assert by_name["Date"]
    assert all(len(samples) <= 4 for samples in by_name.values())
    assert len(set(by_name["Date"])) == len(by_name["Date"])


def test_a_table_of_tasks_is_a_plan(tmp_path: Path) -> None:
    file = tmp_path / "plan.csv"
    file.write_text("Task,Start,Finish\nBuild,2026-03-02,2026-03-06\n", encoding="utf-8")
    found = read_columns(file, name="plan.csv")
    assert found.kind == PLAN
    assert found.fields == {"name": "Task", "start": "Start", "finish": "Finish"}
    assert ("name", "Name") in found.offered
    assert found.required == (("name",),)


def test_unknown_names_are_offered_and_a_mapping_overrules_the_names(tmp_path: Path) -> None:
    file = tmp_path / "own.csv"
    file.write_text("When;Colleague;Spent;Hours\n2026-03-02;Max;4,5;1\n2026-03-03;Max;3;2\n", encoding="utf-8")
    found = read_columns(file, name="own.csv", kind=HOURS)
    assert found.fields == {"hours": "Hours"}
    mapping = {"columns": {"date": "When", "person": "Colleague", "hours": "Spent"}}
    mapped = read_columns(file, name="own.csv", kind=HOURS, mapping=mapping)
    assert mapped.fields == {"date": "When", "person": "Colleague", "hours": "Spent"}
    assert [column.samples for column in mapped.columns][2] == ("4,5", "3")


def test_a_file_that_is_no_table_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "empty.csv"
    file.write_bytes(b"")
    with pytest.raises(Refused):
        read_columns(file, name="empty.csv")
    assert not is_table("plan.mpp")
    assert is_table("March.CSV")
