"""Everything that is done to a plan through `change_plan`: what it makes, what it answers, what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from headway.areas.comms.models import Notice
from headway.areas.comms.queries import inbox
from headway.areas.people.queries import person_of_user
from headway.areas.people.types import Role
from headway.areas.projects import commands as projects
from headway.areas.projects.queries import members
from headway.areas.schedule import changing, commands, history, keeping, past, queries, undoing
from headway.areas.schedule.cell_texts import text_of
from headway.areas.schedule.models import Plan, PlanTask, Resource
from headway.areas.schedule.records import engine_plan, to_record
from headway.engine import plan as engine
from headway.engine.cpm import schedule
from headway.engine.cpm.whatif import scheduled
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Denied, Invalid, NotFound, Stale

House = Callable[[str], Context]
pytestmark = pytest.mark.django_db


def _rows(ctx: Context) -> list[tuple[str, int, str, str]]:
    return [(row.name, row.level, row.duration, row.predecessors) for row in queries.tasks(ctx, project="SITE").items]


def _set(task: int, field: str, value: str) -> dict[str, Any]:
    return {"act": "set", "task": task, "field": field, "value": value}


@pytest.fixture
def uids(charted: House) -> dict[str, int]:
    return {row.name: row.uid for row in queries.tasks(charted("manager"), project="SITE").items}


def test_rows_are_typed_with_links_and_durations(charted: House, uids: dict[str, int]) -> None:
    manager = charted("manager")
    effect = changing.change_plan(
        manager,
        project="SITE",
        changes=[
            {"act": "add", "new": -1},
            _set(-1, "name", "Train the team"),
            _set(-1, "duration", "2d"),
            _set(-1, "predecessors", "2FS+1d"),
            {"act": "add", "new": -2, "after": -1, "level": 2},
            _set(-2, "name", "Slides"),
        ],
    )
    assert set(effect.made) == {"-1", "-2"}
    assert _rows(manager)[3:] == [("Train the team", 1, "1 d?", "2FS+1 d"), ("Slides", 2, "1 d?", "")]
    assert effect.warnings == ("Row 4 'Train the team' has its duration from the rows below it.",)


def test_a_dry_run_answers_with_the_same_effect_and_writes_nothing(charted: House, uids: dict[str, int]) -> None:
    manager = charted("manager")
    changes = [_set(uids["Design"], "duration", "8d")]
    before = list(PlanTask.unscoped(reason="test").order_by("uid").values())
    with CaptureQueriesContext(
        connection,
    ) as seen:
        tried = changing.change_plan(manager.but(dry_run=True), project="SITE", changes=changes)
    assert not [query for query in seen if not query["sql"].startswith("SELECT")]
    assert list(PlanTask.unscoped(reason="test").order_by("uid").values()) == before
    done = changing.change_plan(manager, project="SITE", changes=changes)
    assert tried.moved == done.moved
    assert [item.name for item in done.moved] == ["Go-live", "Build", "Design"] or done.moved_count == 3
    assert (
        (tried.sentence, tried.finish_days)
        == (done.sentence, done.finish_days)
        == (
            "3 tasks move; the finish goes from Wed, Mar 11 to Wed, Mar 18, 5 working days later.",
            5,
        )
    )
    assert done.version > tried.version


# --- taking back ---------------------------------------------------------------------------------


def _change(ctx: Context, *changes: dict[str, Any], seen: int | None = None) -> Any:
    return changing.change_plan(ctx, project="SITE", changes=list(changes), seen=seen)


def _state() -> Any:
    """Everything that the rows hold of the plan, in order."""
    row = Plan.unscoped(reason="test").get()
    dates = PlanTask.unscoped(reason="test").filter(removed_at=None).order_by("position")
    return engine_plan(row), list(dates.values_list("uid", "position", "start", "finish", "computed", "critical"))


def test_five_changes_are_undone_and_done_again_level_by_level(charted: House, uids: dict[str, int]) -> None:
    manager = charted("manager")
    states = [_state()]
    for change in (
        [_set(uids["Design"], "duration", "8d")],
        [
            {"act": "add", "new": -1, "after": uids["Design"]},
            _set(-1, "name", "Check"),
            _set(-1, "people", "Max Member"),
        ],
        [{"act": "indent", "task": uids["Build"]}, _set(uids["Build"], "priority", "700")],
        [{"act": "remove", "task": uids["Build"]}],
        [_set(uids["Design"], "predecessors", ""), _set(uids["Design"], "percent", "50%")],
    ):
        _change(manager, *change)
        states.append(_state())
    for expected in states[-2::-1]:
        undoing.undo_last(manager, project="SITE")
        assert _state() == expected
    for expected in states[1:]:
        undoing.redo_last(manager, project="SITE")
        assert _state() == expected
    with pytest.raises(Conflict, match="nothing of yours to do again"):
        undoing.redo_last(manager, project="SITE")
    assert [row.kind for row in undoing.plan_changes(manager, project="SITE").items[:5]] == ["redo"] * 5


def test_an_undo_leaves_what_others_did_and_refuses_what_they_changed(charted: House, uids: dict[str, int]) -> None:
    manager, other = charted("manager"), charted("administrator")
    first = _change(manager, _set(uids["Design"], "duration", "8d"))
    _change(other, _set(uids["Design"], "name", "Design it"), {"act": "add", "new": -1, "after": uids["Design"]})
    undoing.undo_change(manager, change=first.change)
    assert ("Design it", 1, "3 d", "") in _rows(manager)
    again = _change(manager, _set(uids["Design"], "duration", "8d"))
    _change(other, _set(uids["Design"], "duration", "9d"))
    with pytest.raises(Conflict, match="row 1 'Design it': duration was changed since"):
        undoing.undo_change(manager, change=again.change)
    with pytest.raises(Conflict, match="nothing of yours to do again"):
        undoing.redo_last(manager, project="SITE")


def test_an_undo_of_an_undo_does_it_again_and_twice_is_refused(charted: House, uids: dict[str, int]) -> None:
    manager = charted("manager")
    done = _change(manager, _set(uids["Design"], "duration", "8d"))
    states = _state()
    undone = undoing.undo_change(manager, change=done.change)
    with pytest.raises(Conflict, match="taken back already"):
        undoing.undo_change(manager, change=done.change)
    undoing.undo_change(manager, change=undone.change)
    assert _state() == states
    rows = undoing.plan_changes(manager, project="SITE", limit=3)
    assert [(row.kind, row.label, row.can_undo) for row in rows.items] == [
        ("redo", "Redo: Duration of Design: 8d", False),
        ("undo", "Undo: Duration of Design: 8d", False),
        ("change", "Duration of Design: 8d", True),
    ]
    assert rows.next


def test_a_member_undoes_what_is_their_own_alone(charted: House, uids: dict[str, int]) -> None:
    manager, member = charted("manager"), charted("member")
    theirs = _change(manager, _set(uids["Design"], "percent", "20%"))
    own = _change(member, _set(uids["Build"], "percent", "10%"))
    with pytest.raises(Denied):
        undoing.undo_change(member, change=theirs.change)
    with pytest.raises(Denied):
        _change(member, _set(uids["Build"], "duration", "9d"))
    undoing.undo_change(member, change=own.change)
    with pytest.raises(NotFound):
        undoing.undo_change(charted("client"), change=theirs.change)


# --- stale ---------------------------------------------------------------------------------------


def test_a_stale_cell_is_refused_with_both_versions(charted: House, uids: dict[str, int]) -> None:
    manager, other = charted("manager"), charted("administrator")
    seen = _change(manager, _set(uids["Design"], "duration", "4d")).version
    _change(other, _set(uids["Design"], "duration", "6d"), _set(uids["Design"], "start", "5 mar"))
    with pytest.raises(Stale, match="Ada Admin changed the duration of 'Design'") as refusal:
        _change(manager, _set(uids["Build"], "name", "B"), _set(uids["Design"], "duration", "5d"), seen=seen)
    (stale,) = refusal.value.extra["stale"]
    assert (stale["index"], stale["field"], stale["yours"], stale["theirs"]) == (1, "duration", "5d", "6 d")
    with pytest.raises(Stale) as refusal:
        _change(manager, _set(uids["Design"], "constraint", "ASAP"), seen=seen)
    assert refusal.value.extra["stale"][0]["theirs"] == "SNET Thu 5 Mar 2026"
    # Other fields, other rows, and one's own changes are never stale.
    _change(manager, _set(uids["Design"], "name", "D"), _set(uids["Build"], "duration", "6d"), seen=seen)
    _change(manager, _set(uids["Design"], "name", "E"), seen=seen)


def test_links_people_and_removed_rows_are_stale_too(charted: House, uids: dict[str, int]) -> None:
    manager, other = charted("manager"), charted("administrator")
    seen = _change(manager, _set(uids["Design"], "priority", "600")).version
    _change(other, {"act": "link", "task": uids["Go-live"], "other": uids["Design"]}, _set(uids["Build"], "people", ""))
    for change in (
        _set(uids["Go-live"], "predecessors", "2"),
        _set(uids["Design"], "successors", ""),
        _set(uids["Build"], "people", "Max Member [50%]"),
    ):
        with pytest.raises(Stale):
            _change(manager, change, seen=seen)
    _change(other, {"act": "remove", "task": uids["Build"]})
    with pytest.raises(Stale, match="removed the row") as refusal:
        _change(manager, _set(uids["Build"], "notes", "x"), seen=seen)
    assert refusal.value.extra["stale"][0]["removed"] is True


# --- as it was, and the bin ----------------------------------------------------------------------


def test_the_plan_is_told_as_it_was(charted: House, uids: dict[str, int]) -> None:
    manager = charted("manager")
    then = manager.now + timedelta(days=3)
    expected = _state()[0]
    later = manager.but(now=then)
    _change(later, {"act": "remove", "task": uids["Build"]}, _set(uids["Design"], "duration", "9d"))
    _change(later, {"act": "add", "new": -1}, _set(-1, "name", "New"))
    assert history.plan_at(later, Plan.unscoped(reason="test").get().project_id, then - timedelta(hours=1)) == expected
    rows = past.tasks_at(later, project="SITE", moment=then - timedelta(hours=1))
    assert [(row.name, row.duration, row.predecessors, row.people) for row in rows.items] == [
        ("Design", "3 d", "", ""),
        ("Build", "1 w", "1", "Max Member"),
        ("Go-live", "0 d", "2", ""),
    ]
    with pytest.raises(NotFound, match="not known"):
        past.tasks_at(later, project="SITE", moment=manager.now - timedelta(days=900))


def test_the_pages_of_a_plan_as_it_was_are_dated_once(
    charted: House, uids: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = charted("manager")
    then = manager.now + timedelta(days=3, minutes=17)  # asked by no other test
    later = manager.but(now=then + timedelta(hours=1))
    dated: list[Any] = []

    def counted(plan: engine.Plan) -> Any:
        dated.append(plan)
        return scheduled(plan)

    monkeypatch.setattr(past, "scheduled", counted)

    def names() -> list[str]:
        pages = [past.tasks_at(later, project="SITE", moment=then, first=first, limit=2) for first in (0, 2)]
        return [row.name for page in pages for row in page.items]

    assert (names(), len(dated)) == (["Design", "Build", "Go-live"], 1)
    _change(later, _set(uids["Design"], "name", "Draw"))
    assert (names(), len(dated)) == (["Design", "Build", "Go-live"], 2)


def test_a_removed_row_comes_back_with_what_still_makes_sense(charted: House, uids: dict[str, int]) -> None:
    manager = charted("manager")
    _change(manager, {"act": "add", "new": -1, "after": uids["Build"], "level": 2}, _set(-1, "name", "Code"))
    _change(manager, {"act": "remove", "task": uids["Build"]})
    _change(manager, {"act": "remove", "task": uids["Go-live"]})
    gone = undoing.removed_tasks(manager, project="SITE")
    assert {(row.name, row.level) for row in gone} == {("Build", 1), ("Code", 2), ("Go-live", 1)}
    tried = undoing.restore_task(manager.but(dry_run=True), project="SITE", uid=uids["Build"])
    done = undoing.restore_task(manager, project="SITE", uid=uids["Build"])
    assert (tried.sentence, tried.label) == (done.sentence, "Restore Build")
    assert [(row[0], row[1], row[3]) for row in _rows(manager)] == [
        ("Design", 1, ""),
        ("Build", 1, "1FS"),
        ("Code", 2, ""),
    ]
    with pytest.raises(NotFound):
        undoing.restore_task(manager, project="SITE", uid=uids["Build"])


# --- every field ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "text", "kept"),
    [
        ("name", "  Plan  it ", "Plan it"),
        ("duration", "2w", "2 w"),
        ("duration", "", "1 d?"),
        ("start", "thu 12 mar 2026", "Thu 12 Mar 2026"),
        ("finish", "2026-03-20", "Fri 20 Mar 2026"),
        ("predecessors", "", ""),
        ("predecessors", "1SS+2d", "1SS+2 d"),
        ("successors", "", ""),
        ("people", "", ""),
        ("people", "max [50%]; Mona", "Max Member [50%]; Mona Manager"),
        ("work", "80", "80h"),
        ("percent", "40%", "40%"),
        ("actual_start", "6 mar 2026", "Fri 6 Mar 2026"),
        ("actual_finish", "13 mar 2026", "Fri 13 Mar 2026"),
        ("remaining", "2d", "2 d"),
        ("constraint", "FNLT 20 mar 2026", "FNLT Fri 20 Mar 2026"),
        ("constraint_date", "9 mar 2026", "Mon 9 Mar 2026"),
        ("deadline", "20 mar 2026", "Fri 20 Mar 2026"),
        ("priority", "900", "900"),
        ("mode", "manual", "manual"),
        ("type", "fixed work", "fixed work"),
        ("calendar", "Standard", "Standard"),
        ("milestone", "yes", "yes"),
        ("owner", "Ann", "Ann"),
        ("notes", "As agreed.\nTwice.", "As agreed.\nTwice."),
        ("active", "no", "no"),
    ],
)
def test_every_field_is_typed_and_read_back(
    charted: House, uids: dict[str, int], field: str, text: str, kept: str
) -> None:
    manager = charted("manager")
    before = _state()
    _change(manager, _set(uids["Build"], field, text))
    held = keeping.held(Plan.unscoped(reason="test").get())
    assert text_of(held, next(task for task in held.plan.tasks if task.uid == uids["Build"]), field) == kept
    undoing.undo_last(manager, project="SITE")
    assert _state() == before


@pytest.mark.parametrize(
    ("change", "field", "why"),
    [
        (_set(2, "duration", "long"), "changes.0.value", "'long' is no duration"),
        (_set(2, "start", "soon"), "changes.0.value", "Row 2 'Build': 'soon' is no day"),
        (_set(2, "predecessors", "99"), "changes.0.value", "no row 99"),
        (_set(2, "predecessors", "2"), "changes.0.value", "cannot depend on itself"),
        (_set(2, "people", "Zoe"), "changes.0.value", "works neither"),
        (_set(2, "calendar", "Moon"), "changes.0.value", "There are Standard"),
        (_set(2, "colour", "red"), "changes.0.field", "no field of a task"),
        (_set(99, "name", "x"), "changes.0.task", "not in the plan"),
        (_set(-5, "name", "x"), "changes.0.task", "Add it first"),
        ({"act": "add"}, "changes.0.new", "negative number"),
        ({"act": "add", "new": -1, "after": 77}, "changes.0.after", "no longer in the plan"),
        ({"act": "indent", "task": 1}, "changes.0.task", "no row of its level"),
        ({"act": "unlink", "task": 3, "other": 1}, "changes.0.other", "does not depend"),
        ({"act": "split", "task": 2, "at": "soon", "gap": "2d"}, "changes.0.at", "is no day"),
    ],
)
def test_what_cannot_be_made_is_refused_by_its_field(
    charted: House, uids: dict[str, int], change: dict[str, Any], field: str, why: str
) -> None:
    before = _state()
    with pytest.raises(Invalid, match=why) as refusal:
        _change(charted("manager"), change, _set(1, "name", "never"))
    assert [error.field for error in refusal.value.fields] == [field]
    assert _state() == before


def test_whom_a_change_gives_too_much_work_is_said(charted: House, uids: dict[str, int]) -> None:
    manager = charted("manager")
    effect = _change(manager, _set(uids["Design"], "people", "Max Member"), _set(uids["Build"], "predecessors", ""))
    (over,) = effect.over_capacity
    assert (over.name, over.worst_percent, over.first, over.last) == (
        "Max Member", 200, date(2026, 3, 2), date(2026, 3, 4),
    )  # fmt: skip
    assert "Max Member has more work than time" in effect.sentence
    assert undoing.undo_last(manager, project="SITE").relieved[0].name == "Max Member"


def test_somebody_of_the_house_is_put_on_the_project_by_their_whole_name(charted: House, uids: dict[str, int]) -> None:
    manager, tester = charted("manager"), charted("tester").actor
    first = tester.name.split(" ")[0]
    with pytest.raises(Invalid, match=f"Write the whole name to put them on it: .*{tester.name}"):
        _change(manager, _set(uids["Build"], "people", first[:3]))
    tried = _change(manager.but(dry_run=True), _set(uids["Build"], "people", tester.name))
    assert tried.change is None
    _joins(charted, "associate")
    with pytest.raises(Invalid, match="works neither"):  # who may not put people on the project
        _change(charted("associate"), _set(uids["Build"], "people", tester.name))
    done = _change(manager, _set(uids["Build"], "people", tester.name))
    assert f"{tester.name} is on the project now, as a member." in done.warnings
    assert (tester.name, "member") in {(row.name, row.role) for row in members(manager, project="SITE")}


def test_a_missed_deadline_is_said_once_it_breaks_and_when_it_is_met(charted: House, uids: dict[str, int]) -> None:
    manager = charted("manager")
    _change(manager, _set(uids["Go-live"], "deadline", "12 mar 2026"))
    broken = _change(manager, _set(uids["Design"], "duration", "8d"))
    assert [item.name for item in broken.deadlines_broken] == ["Go-live"]
    assert "1 deadline breaks" in broken.sentence
    assert [item.name for item in undoing.undo_last(manager, project="SITE").deadlines_met] == ["Go-live"]


def test_the_manager_hears_at_once_of_a_deadline_that_somebody_else_breaks(
    charted: House, uids: dict[str, int]
) -> None:
    manager = charted("manager")
    _joins(charted, "associate")
    _change(manager, _set(uids["Go-live"], "deadline", "12 mar 2026"))
    _change(charted("associate"), _set(uids["Design"], "duration", "5d"))
    (told,) = inbox(manager).items
    assert told.text.startswith("Go-live misses its deadline Thu, Mar 12: it ends Fri, Mar 13")
    assert Notice.visible_to(manager).get(pk=told.id).urgent
    _change(charted("associate"), _set(uids["Design"], "duration", "6d"))  # missed already
    assert len(inbox(manager).items) == 1


def _joins(house: House, who: str) -> None:
    person = person_of_user(house(who).actor.user_id)
    projects.set_member(house("manager"), project="SITE", person=person, role=Role(who))


def test_a_plan_taken_from_a_file_again_is_one_entry_that_is_undone(charted: House, uids: dict[str, int]) -> None:
    manager = charted("manager")
    before = _state()
    plan = before[0]
    rows = [replace(task, name=f"{task.name} anew", id=task.id * 3) for task in plan.tasks[:2]]
    brought = replace(plan, tasks=tuple(rows), links=plan.links[:1])
    commands.take_plan(manager, project="SITE", plan=to_record(brought), schedule=to_record(schedule(brought)))
    entry = undoing.plan_changes(manager, project="SITE").items[0]
    assert (entry.label, entry.rows, entry.can_undo) == ("Import of a plan", 3, True)
    undoing.undo_change(manager, change=entry.id)
    assert _state() == before
    undoing.redo_last(manager, project="SITE")
    assert _state()[0] == brought


def test_who_is_assigned_by_the_older_command_keeps_the_work_triangle(charted: House, ids: dict[str, int]) -> None:
    manager = charted("manager")
    resource = queries.resources(manager, project="SITE")[0].id
    commands.assign(manager, task=ids["Build"], resource=resource, units=Decimal("0.5"))
    assert [row.duration for row in queries.tasks(manager, project="SITE").items if row.name == "Build"] == ["2 w"]
    assert queries.resources(manager, project="SITE")[0].work_hours == 40
    assert undoing.plan_changes(manager, project="SITE").items[0].label == "Put Max Member on Build"


# --- what became free, and what others took ------------------------------------------------------


def test_an_undo_that_was_done_again_is_not_undone_twice(charted: House, uids: dict[str, int]) -> None:
    manager = charted("manager")
    done = _change(manager, _set(uids["Design"], "duration", "8d"))
    undone = undoing.undo_change(manager, change=done.change)
    again = undoing.undo_change(manager, change=undone.change)
    with pytest.raises(Conflict, match="is done again already"):
        undoing.undo_change(manager, change=undone.change)
    undoing.undo_change(manager, change=again.change)
    with pytest.raises(Conflict, match="is taken back already"):
        undoing.undo_change(manager, change=again.change)


@pytest.mark.parametrize("by", ["undo", "restore"])
def test_people_come_back_with_a_row_though_others_were_put_elsewhere(
    charted: House, uids: dict[str, int], by: str
) -> None:
    manager = charted("manager")
    removed = _change(manager, {"act": "remove", "task": uids["Build"]})
    _change(manager, _set(uids["Design"], "people", "Max Member"))
    if by == "undo":
        undoing.undo_change(manager, change=removed.change)
    else:
        undoing.restore_task(manager, project="SITE", uid=uids["Build"])
    people = engine_plan(Plan.unscoped(reason="test").get()).assignments
    assert {(item.task_uid, item.resource_uid) for item in people} == {(uids["Design"], 1), (uids["Build"], 1)}
    assert len({item.uid for item in people}) == 2
    undoing.undo_last(manager, project="SITE")
    people = engine_plan(Plan.unscoped(reason="test").get()).assignments
    assert [item.task_uid for item in people] == [uids["Build" if by == "undo" else "Design"]]


def test_a_resource_that_an_import_dropped_comes_back_as_the_same_person(charted: House) -> None:
    manager = charted("manager")
    person = Resource.unscoped(reason="test").get().person_id
    bare = replace(engine_plan(Plan.unscoped(reason="test").get()), resources=(), assignments=())
    commands.take_plan(manager, project="SITE", plan=to_record(bare), schedule=to_record(schedule(bare)))
    undoing.undo_last(manager, project="SITE")
    assert person is not None
    assert Resource.unscoped(reason="test").get().person_id == person


def test_a_row_that_was_brought_back_is_not_told_as_removed(charted: House, uids: dict[str, int]) -> None:
    manager, other = charted("manager"), charted("administrator")
    seen = _change(manager, _set(uids["Design"], "priority", "600")).version
    _change(other, {"act": "remove", "task": uids["Build"]})
    undoing.undo_last(other, project="SITE")
    _change(manager, _set(uids["Build"], "duration", "9d"), seen=seen)
    _change(other, {"act": "remove", "task": uids["Build"]})
    with pytest.raises(Stale, match="removed the row"):
        _change(manager, _set(uids["Build"], "duration", "3d"), seen=seen)


def test_an_endless_text_is_refused_without_saying_it_again(charted: House, uids: dict[str, int]) -> None:
    with pytest.raises(Invalid, match="20,000 characters; give at most 10,000") as refused:
        _change(charted("manager"), _set(uids["Build"], "duration", "9" * 20_000))
    assert len(str(refused.value)) < 200


def test_a_typed_day_that_a_row_does_not_take_is_told(charted: House, uids: dict[str, int]) -> None:
    """Links hold a row later than its typed start; a row without links goes before the plan's first day."""
    held = changing.change_plan(
        charted("manager"), project="SITE", changes=[_set(uids["Build"], "start", "2026-01-05")]
    )
    assert [text for text in held.warnings if "'Build'" in text]
    free = changing.change_plan(
        charted("manager"), project="SITE", changes=[_set(uids["Design"], "start", "2020-01-02")]
    )
    assert [text for text in free.warnings if "before the plan's first day" in text]
    fitting = changing.change_plan(
        charted("manager"), project="SITE", changes=[_set(uids["Build"], "start", "2027-06-01")]
    )
    assert fitting.warnings == ()
