"""Plan JSON: nothing is lost, and nothing odd gets in."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings

from headway.documents.child import Refused
from headway.documents.exchange.plan_json import (
    plan_as_json,
    plan_from_json,
    read_plan_json,
    strict_json,
    write_plan_json,
)
from tests.documents.exchange.conftest import REPO_ROOT
from tests.documents.exchange.sample_plans import full_plan, plans
from tests.examples import examples


@pytest.mark.parametrize("compact", [True, False])
def test_a_plan_with_every_field_comes_back_equal(compact):
    assert plan_from_json(json.loads(json.dumps(plan_as_json(full_plan(), compact=compact)))) == full_plan()


@settings(
    max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(plan=plans())
def test_any_plan_comes_back_equal(plan):
    assert plan_from_json(json.loads(json.dumps(plan_as_json(plan, compact=True)))) == plan


def test_keys_and_units_are_those_of_the_reference(tmp_path):
    task = plan_as_json(full_plan())["tasks"][1]
    assert task["duration"] == {"amount_minutes": 960, "unit": "d", "elapsed": False, "estimated": True}
    assert task["work_minutes"] == 960
    assert task["stored"]["start"] == "2026-03-02T08:00"
    assert task["constraint"] == "FNLT"
    assert task["custom"]["Date1"] == {"date_time": "2026-03-09T08:00"}


def test_a_written_file_reads_back_equal_and_keeps_every_field(tmp_path):
    rows = write_plan_json(full_plan(), tmp_path / "a.json")
    plan, read_rows = read_plan_json(tmp_path / "a.json")
    assert plan == full_plan()
    assert {row.status for row in [*rows, *read_rows]} == {"kept"}


def test_unknown_keys_are_told(tmp_path):
    document = plan_as_json(full_plan()) | {"mood": "good"}
    document["tasks"][0]["colour"] = "red"
    (tmp_path / "a.json").write_text(json.dumps(document))
    dropped = {row.field for row in read_plan_json(tmp_path / "a.json")[1] if row.status == "dropped"}
    assert dropped == {"mood", "colour"}


@pytest.mark.parametrize(
    ("part", "key", "value"),
    [
        ("tasks", "uid", "1"),
        ("tasks", "uid", True),
        ("tasks", "name", None),
        ("tasks", "constraint", "SOON"),
        ("tasks", "deadline", "2026-02-30T08:00"),
        ("tasks", "deadline", "2026-02-03T08:00+01:00"),
        ("tasks", "work_minutes", "much"),
        ("tasks", "baselines", {"number": 0}),
        ("calendars", "days", [1]),
        ("resources", "max_units", "NaN"),
    ],
)
def test_a_value_that_does_not_fit_names_its_place(part, key, value):
    document = plan_as_json(full_plan())
    document[part][0][key] = value
    with pytest.raises(Refused) as caught:
        plan_from_json(document, file="a.json")
    where = caught.value.where
    assert (where["file"], where["sheet"], where["row"]) == ("a.json", part, 1)


@pytest.mark.parametrize(
    "document", [[], {}, {"project": 3}, {"project": {}, "tasks": {}}, {"project": {}, "version": 99}]
)
def test_what_is_no_plan_is_refused(document):
    with pytest.raises(Refused):
        plan_from_json(document)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{"a": NaN}', "NaN"),
        (b'{"a": 1, "a": 2}', "twice"),
        (b'{"a": "\\ud800"}', "half a character"),
        (b'{"a": "\\u0000"}', "NUL"),
        (b'{"a": 9223372036854775808}', "too large"),
        (b"[" * 100_000, "deep|damaged"),
        (b'{"a": ', "damaged"),
        (b"\xff\xfe", "UTF-8"),
    ],
)
def test_traps_of_json_are_refused(tmp_path, content, message):
    (tmp_path / "a.json").write_bytes(content)
    with pytest.raises(Refused, match=message):
        strict_json(tmp_path / "a.json")


def test_every_key_is_on_the_reference_page():
    page = (REPO_ROOT / "docs" / "reference" / "plan-json.md").read_text(encoding="utf-8")

    def keys(value: object) -> set[str]:
        if isinstance(value, dict):
            return {key for key in value if key[0].islower()}.union(*(keys(item) for item in value.values()))
        return set().union(*(keys(item) for item in value)) if isinstance(value, list) else set()

    assert {
        key for key in keys(plan_as_json(full_plan())) if f"`{key}`" not in page and f'"{key}"' not in page
    } == set()
