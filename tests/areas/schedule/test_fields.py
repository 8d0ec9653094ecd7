"""Fields of the house's own: defined for a project or for all, typed into cells, undone, brought by files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from headway.areas.people.queries import person_of_user
from headway.areas.people.types import Role
from headway.areas.projects import commands as projects
from headway.areas.schedule import commands, explaining, fields, queries
from headway.areas.schedule.acts import Act, PlanChange
from headway.areas.schedule.changing import change_plan
from headway.areas.schedule.looks import FieldChoice, FieldKind, FieldRow, Tint
from headway.areas.schedule.records import to_record
from headway.areas.schedule.undoing import undo_change
from headway.documents.exchange.msproject_writer import write_mspdi
from headway.engine import plan as engine
from headway.engine.cpm import schedule as compute
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Denied, Invalid, NotFound

House = Callable[[str], Context]
pytestmark = pytest.mark.django_db
PHASES = (FieldChoice("Draft"), FieldChoice("Final", Tint.GREEN))


def _uid(house: House, name: str) -> int:
    return next(row.uid for row in queries.tasks(house("manager"), project="SITE").items if row.name == name)


def _typed(house: House, key: str, value: str, *, task: str = "Build") -> Any:
    change = PlanChange(act=Act.SET, task=_uid(house, task), field=f"custom:{key}", value=value)
    return change_plan(house("manager"), project="SITE", changes=(change,))


def _kept(house: House, task: str = "Build") -> Any:
    plan = queries.plan_of(house("manager").but(), project="SITE")
    return next(item for item in plan.tasks if item.name == task).custom


def test_a_field_of_a_project_is_seen_there_and_one_of_the_house_everywhere(charted: House) -> None:
    manager = charted("manager")
    projects.create(manager, key="SHOP", name="Shop")
    own = fields.add_field(manager, project="SITE", name="Cost centre", kind=FieldKind.NUMBER)
    house = fields.add_house_field(manager, name="Approved", kind=FieldKind.YES_NO)
    assert [(row.key, row.house) for row in fields.fields(manager.but(), project="SITE")] == [
        ("Approved", True),
        ("Cost centre", False),
    ]
    assert [row.key for row in fields.fields(manager.but(), project="SHOP")] == ["Approved"]
    assert fields.house_fields(charted("member")) == (house,)
    assert own.kind is FieldKind.NUMBER


def test_who_may_define_fields(charted: House) -> None:
    associate = person_of_user(charted("associate").actor.user_id)
    projects.set_member(charted("manager"), project="SITE", person=associate, role=Role.ASSOCIATE)
    own = fields.add_field(charted("associate"), project="SITE", name="Stage", kind=FieldKind.CHOICE, choices=PHASES)
    house = fields.add_house_field(charted("manager"), name="Approved", kind=FieldKind.YES_NO)
    with pytest.raises(Denied):
        fields.add_field(charted("member"), project="SITE", name="Mine")
    with pytest.raises(Denied):
        fields.add_house_field(charted("associate"), name="Mine")
    with pytest.raises(Denied):
        fields.edit_field(charted("associate"), field=house.id, name="Renamed")
    with pytest.raises(NotFound):
        fields.edit_field(charted("client"), field=own.id, name="Renamed")
    with pytest.raises(NotFound):
        fields.fields(charted("stranger"), project="SITE")


def test_a_field_is_renamed_and_keeps_its_values(charted: House) -> None:
    made = fields.add_field(charted("manager"), project="SITE", name="Stage", kind=FieldKind.CHOICE, choices=PHASES)
    _typed(charted, made.key, "final")
    fields.edit_field(charted("manager"), field=made.id, name="State of the text")
    found = fields.fields(charted("manager").but(), project="SITE")[0]
    assert (found.name, found.key, found.choices) == ("State of the text", "Stage", PHASES)
    assert _kept(charted) == {"Stage": "Final"}
    again = fields.add_field(charted("manager"), project="SITE", name="Stage")
    assert again.key == "Stage 2"  # the older values are not its own


@pytest.mark.parametrize(
    ("inputs", "what"),
    [
        ({"name": " ", "kind": "text"}, "name"),
        ({"name": "cost CENTRE"}, "name"),
        ({"name": "Stage", "kind": "choice"}, "choices"),
        ({"name": "Stage", "kind": "text", "choices": [{"name": "Draft"}]}, "choices"),
        ({"name": "Stage", "kind": "choice", "choices": [{"name": "Draft"}, {"name": "draft"}]}, "choices"),
    ],
)
def test_a_field_that_cannot_be_is_refused(charted: House, inputs: dict[str, Any], what: str) -> None:
    fields.add_field(charted("manager"), project="SITE", name="Cost centre")
    with pytest.raises(Invalid) as refusal:
        fields.add_field.call_json(charted("manager"), {"project": "SITE", **inputs})
    assert refusal.value.fields[0].field.startswith(what)


def test_fields_are_limited(charted: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fields, "MOST_FIELDS", 1)
    fields.add_field(charted("manager"), project="SITE", name="One")
    with pytest.raises(Conflict):
        fields.add_field(charted("manager"), project="SITE", name="Two")


# --- what is typed -----------------------------------------------------------------------------


def _row(kind: FieldKind, *choices: str) -> FieldRow:
    return FieldRow(1, "key", "Key", kind, tuple(FieldChoice(name) for name in choices), False, 1)


@pytest.mark.parametrize(
    ("kind", "text", "kept"),
    [
        (FieldKind.TEXT, "  two words ", "two words"),
        (FieldKind.TEXT, " ", None),
        (FieldKind.NUMBER, "1,250.50", "1250.5"),
        (FieldKind.NUMBER, "1.250,5", "1250.5"),
        (FieldKind.NUMBER, "1,5", "1.5"),
        (FieldKind.NUMBER, "12,500", "12500"),
        (FieldKind.NUMBER, "−3", "-3"),
        (FieldKind.NUMBER, "0.00", "0"),
        (FieldKind.MONEY, "€ 1 200", "1200"),
        (FieldKind.MONEY, "99.90 EUR", "99.9"),
        (FieldKind.DATE, "any", "2026-03-12"),
        (FieldKind.YES_NO, "Yes", True),
        (FieldKind.YES_NO, "0", False),
        (FieldKind.CHOICE, "draft", "Draft"),
        (FieldKind.CHOICE, "dra", "Draft"),
        (FieldKind.PERSON, "ann", "Ann Archer"),
    ],
)
def test_a_typed_text_is_kept_by_its_kind(kind: FieldKind, text: str, kept: object) -> None:
    row = _row(kind, "Draft", "Final")
    assert fields.read_value(row, text, day=lambda _: date(2026, 3, 12), people=lambda: ["Ann Archer", "Bob"]) == kept


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        (FieldKind.NUMBER, "many", "is no number"),
        (FieldKind.NUMBER, "1e9", "is no number"),
        (FieldKind.MONEY, "€", "is no amount"),
        (FieldKind.YES_NO, "maybe", "neither yes nor no"),
        (FieldKind.CHOICE, "Finale", "Choose of Final"),
        (FieldKind.PERSON, "Zed", "Choose of Ann Archer, Bob"),
        (FieldKind.TEXT, "x" * 1001, "give at most 1000"),
    ],
)
def test_a_typed_text_that_is_none_is_refused_in_words(kind: FieldKind, text: str, words: str) -> None:
    row = _row(kind, "Draft", "Final")
    with pytest.raises(ValueError, match=words):
        fields.read_value(row, text, day=lambda _: date(2026, 3, 12), people=lambda: ["Ann Archer", "Bob"])


def test_a_value_is_typed_refused_cleared_and_sent_to_the_page(charted: House) -> None:
    manager = charted("manager")
    for name, kind in (("Budget", FieldKind.MONEY), ("Review", FieldKind.DATE), ("Sponsor", FieldKind.PERSON)):
        fields.add_field(manager, project="SITE", name=name, kind=kind)
    _typed(charted, "Budget", "1,200.50")
    _typed(charted, "Review", "2026-03-12")
    _typed(charted, "Sponsor", "max member")
    assert _kept(charted) == {"Budget": Decimal("1200.5"), "Review": date(2026, 3, 12), "Sponsor": "Max Member"}
    with pytest.raises(Invalid) as refusal:
        _typed(charted, "Budget", "much")
    assert refusal.value.fields[0].field == "changes.0.value"
    with pytest.raises(Invalid):
        _typed(charted, "Nothing", "1")
    rows = queries.chart(manager.but(), project="SITE").rows
    assert '"custom":{"Budget":"1200.5","Review":"2026-03-12","Sponsor":"Max Member"}' in rows[1]
    _typed(charted, "Budget", "")
    assert "Budget" not in _kept(charted)


def test_the_history_of_a_task_tells_its_own_fields_by_their_names(charted: House, ids: dict[str, int]) -> None:
    made = fields.add_field(charted("manager"), project="SITE", name="Signed", kind=FieldKind.YES_NO)
    _typed(charted, "Signed", "yes")
    fields.edit_field(charted("manager").but(), field=made.id, name="Signed by the client")
    _typed(charted, "Signed", "no")
    told = explaining.history(charted("manager"), task=ids["Build"])
    assert [(change.field, change.old, change.new) for change in told[:2]] == [
        ("Signed by the client", "Yes", "No"),
        ("Signed by the client", "", "Yes"),
    ]


def test_a_value_is_undone_and_done_again(charted: House) -> None:
    fields.add_field(charted("manager"), project="SITE", name="Budget", kind=FieldKind.MONEY)
    _typed(charted, "Budget", "5")
    second = _typed(charted, "Budget", "7")
    undone = undo_change(charted("manager"), change=second.change)
    assert _kept(charted) == {"Budget": Decimal(5)}
    undo_change(charted("manager"), change=undone.change)
    assert _kept(charted) == {"Budget": Decimal(7)}


def test_a_field_taken_away_shows_its_values_again_when_made_anew(charted: House) -> None:
    made = fields.add_field(charted("manager"), project="SITE", name="Budget", kind=FieldKind.MONEY)
    _typed(charted, "Budget", "5")
    fields.remove_field(charted("manager"), field=made.id)
    assert fields.fields(charted("manager").but(), project="SITE") == ()
    fields.add_field(charted("manager"), project="SITE", name="Budget", kind=FieldKind.MONEY)
    assert _kept(charted) == {"Budget": Decimal(5)}


# --- files -------------------------------------------------------------------------------------


def test_a_file_brings_its_fields_and_takes_them_out_again(charted: House, tmp_path: Path) -> None:
    manager = charted("manager")
    plan = queries.plan_of(manager.but(), project="SITE")
    brought = {"Cost centre": "4711", "Priced": "12.50", "Signed": True, "Due": "2026-03-12T00:00:00", "Text7": "words"}
    tasks = tuple(task if task.name != "Build" else _with(task, brought) for task in plan.tasks)
    new = engine.Plan(plan.project, plan.calendars, tasks, plan.links, plan.resources, plan.assignments)
    commands.take_plan(manager.but(), project="SITE", plan=to_record(new), schedule=to_record(compute(new)))
    kinds = {row.key: row.kind for row in fields.fields(manager.but(), project="SITE")}
    assert kinds == {
        "Cost centre": FieldKind.NUMBER,
        "Due": FieldKind.DATE,
        "Priced": FieldKind.NUMBER,
        "Signed": FieldKind.YES_NO,
        "Text7": FieldKind.TEXT,
    }
    write_mspdi(queries.plan_of(manager.but(), project="SITE"), tmp_path / "plan.xml")
    text = (tmp_path / "plan.xml").read_text(encoding="utf-8")
    assert "<Alias>Priced</Alias>" in text
    assert "<Value>12.50</Value>" in text
    assert "<FieldName>Flag1</FieldName><Alias>Signed</Alias>" in text


def _with(task: engine.Task, custom: dict[str, Any]) -> engine.Task:
    return engine.Task(task.uid, task.id, task.name, task.duration, wbs=task.wbs, custom=custom)


def test_a_day_is_typed_over_a_text_that_an_older_field_left(charted: House) -> None:
    manager = charted("manager")
    old = fields.add_field(manager, project="SITE", name="Gate")
    _typed(charted, "Gate", "after the review")
    fields.remove_field(manager, field=old.id)
    fields.add_field(manager, project="SITE", name="Gate", kind=FieldKind.DATE)
    _typed(charted, "Gate", "2026-03-12")
    assert _kept(charted)["Gate"] == date(2026, 3, 12)
