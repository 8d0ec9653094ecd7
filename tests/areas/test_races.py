"""Several people at the same moment, on both databases: nothing is lost, doubled or half done."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from headway.areas.budgets import commands as budgets
from headway.areas.budgets import expenses
from headway.areas.budgets.expensed import Expense
from headway.areas.budgets.types import Basis
from headway.areas.deliverables import commands as deliverables
from headway.areas.hours import commands as hours
from headway.areas.hours import taking
from headway.areas.hours.models import TimeEntry
from headway.areas.hours.staging import Meaning, pack
from headway.areas.hours.types import MissingRule
from headway.areas.people import commands as people
from headway.areas.people import queries
from headway.areas.people.types import Role
from headway.areas.projects import commands as projects
from headway.areas.projects.queries import members, show_import
from headway.areas.projects.types import ImportState
from headway.areas.schedule import changing, undoing
from headway.areas.schedule import commands as schedule
from headway.areas.schedule import queries as plans
from headway.documents.exchange.hours import HoursRow, stage_rows
from headway.journeys import imports
from headway.journeys.month_close import close_month
from headway.kernel.context import Channel, Context, system_context
from headway.kernel.errors import Conflict, HeadwayError, Stale
from tests.kernel.database.connections import as_default, connection_to
from tests.migrated import migrated_url

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PASSWORD = "correct horse battery staple"
DAY = date(2026, 2, 2)


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> str:
    """The address of a migrated database of each kind, with two managers in it."""
    home = tmp_path_factory.mktemp("races")
    with django_db_blocker.unblock():
        address = migrated_url(request.param, home)
    with django_db_blocker.unblock(), as_default(connection_to(address, home)):
        system = system_context("set up").but(now=NOW)
        people.set_up(system, organisation="Northwind", name="Ada", email="ada@example.org", password=PASSWORD)
        for name in ("mona", "moritz"):
            people.add_user(
                system, name=name.title(), email=f"{name}@example.org", role=Role.MANAGER, password=PASSWORD
            )
    return address


@pytest.fixture
def here(url: str, django_db_blocker: Any) -> Iterator[str]:
    """The database, open for this test."""
    with django_db_blocker.unblock(), as_default(connection_to(url, Path("/"))):
        yield url


def acting(name: str = "mona") -> Context:
    user = queries.user_by_email(f"{name}@example.org")
    assert user is not None
    actor = queries.actor_of(user)
    assert actor is not None
    return Context(actor=actor, now=NOW, channel=Channel.WEB)


_made = iter(range(1, 1000))


def new_project() -> int:
    return projects.create(acting(), key=f"RACE-{next(_made)}", name="Race", starts_on=DAY).id


def all_at_once(url: str, acts: list[Callable[[], Any]]) -> list[Any]:
    """What each act gave, or the refusal it met; all begin together, each on a connection of its own."""
    start = threading.Barrier(len(acts))
    outcomes: list[Any] = [None] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        with as_default(connection_to(url, Path("/"))):
            start.wait()
            try:
                outcomes[place] = act()
            except Exception as fault:
                outcomes[place] = fault

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


def refused(outcomes: list[Any]) -> list[Exception]:
    return [item for item in outcomes if isinstance(item, Exception)]


def test_tasks_added_at_once_are_all_there_with_a_uid_each(here: str) -> None:
    project = new_project()
    schedule.start_plan(acting(), project=project, start=DAY)
    outcomes = all_at_once(
        here, [lambda n=n: schedule.add_task(acting(), project=project, name=f"Task {n}") for n in range(6)]
    )
    assert refused(outcomes) == []
    rows = plans.tasks(acting(), project=project).items
    assert sorted(row.name for row in rows) == [f"Task {n}" for n in range(6)]
    assert len({row.uid for row in rows}) == 6


def test_two_people_editing_one_plan_never_wait_in_a_ring(here: str) -> None:
    project = new_project()
    schedule.start_plan(acting(), project=project, start=DAY)
    first = schedule.add_task(acting(), project=project, name="First")
    second = schedule.add_task(acting(), project=project, name="Second", predecessors=(first.task_id,))
    acts = [
        lambda n=n, task=task: schedule.edit_task(acting(), task=task, duration=f"{n + 2}d")
        for n in range(3)
        for task in (first.task_id, second.task_id)
    ]
    assert refused(all_at_once(here, acts)) == []


def test_eight_writers_of_one_plan_lose_nothing_and_are_told_what_is_stale(here: str) -> None:
    """Each types into every row, saying what it saw: what was taken stands unless a later writer had seen it."""
    project = new_project()
    schedule.start_plan(acting(), project=project, start=DAY)
    moritz = queries.person_of_user(acting("moritz").actor.user_id)
    projects.set_member(acting(), project=project, person=moritz, role=Role.MANAGER)
    rows = [{"act": "add", "new": -number} for number in range(1, 9)]
    made = changing.change_plan(acting(), project=project, changes=rows)
    uids = list(made.made.values())
    taken: list[tuple[int, int, str]] = []  # version, row, what stands there from then on
    stale: list[Stale] = []
    lock = threading.Lock()

    def write(number: int) -> None:
        who, seen = acting(("mona", "moritz")[number % 2]), made.version
        for turn in range(6):
            uid = uids[(number + turn) % len(uids)]
            name = f"by {number} in turn {turn}"
            change = {"act": "set", "task": uid, "field": "name", "value": name}
            try:
                seen = changing.change_plan(who, project=project, changes=[change], seen=seen).version
            except Stale as refusal:
                with lock:
                    stale.append(refusal)
                seen = refusal.extra["current_version"]
                continue
            with lock:
                taken.append((seen, uid, name))

    outcomes = all_at_once(here, [lambda n=n: write(n) for n in range(8)])
    assert refused(outcomes) == []
    assert len(taken) + len(stale) == 8 * 6
    assert all(refusal.extra["stale"][0]["theirs"].startswith("by ") for refusal in stale)
    last = {uid: name for _, uid, name in sorted(taken)}
    assert {row.uid: row.name for row in plans.tasks(acting(), project=project).items} == last
    entries = undoing.plan_changes(acting(), project=project, limit=200).items
    assert sorted(row.version for row in entries if row.label.startswith("Name of")) == sorted(v for v, _, _ in taken)


def test_a_change_taken_back_by_four_at_once_is_taken_back_once(here: str) -> None:
    project = new_project()
    schedule.start_plan(acting(), project=project, start=DAY)
    task = schedule.add_task(acting(), project=project, name="Build", duration="2d")
    uid = plans.task(acting(), task=task.task_id).uid
    change = {"act": "set", "task": uid, "field": "duration", "value": "5d"}
    made = changing.change_plan(acting(), project=project, changes=[change])
    outcomes = all_at_once(here, [lambda: undoing.undo_change(acting(), change=made.change)] * 4)
    assert [type(item) for item in refused(outcomes)] == [Conflict] * 3
    undone = next(item for item in outcomes if not isinstance(item, Exception))
    outcomes = all_at_once(here, [lambda: undoing.undo_change(acting(), change=undone.change)] * 4)
    assert [type(item) for item in refused(outcomes)] == [Conflict] * 3
    assert plans.task(acting(), task=task.task_id).duration == "5 d"


def test_the_second_of_two_who_edit_one_version_is_told(here: str) -> None:
    project = new_project()
    risk = projects.add_risk(acting(), project=project, title="Late", probability=2, impact=2)
    acts = [
        lambda who=who: projects.edit_risk(acting(who).but(expected_version=1), risk=risk.id, title=f"By {who}")
        for who in ("mona", "moritz")
    ]
    projects.set_member(acting(), project=project, person=person_id("moritz"), role=Role.MANAGER)
    refusals = refused(all_at_once(here, acts))
    assert [type(item) for item in refusals] == [Stale]


def person_id(name: str) -> int:
    return queries.person_of_user(queries.user_by_email(f"{name}@example.org")) or 0


def test_there_is_one_current_baseline_after_many_are_taken_at_once(here: str) -> None:
    project = new_project()
    schedule.start_plan(acting(), project=project, start=DAY)
    schedule.add_task(acting(), project=project, name="Build")
    outcomes = all_at_once(
        here, [lambda n=n: schedule.set_baseline(acting(), project=project, name=f"B{n}") for n in range(4)]
    )
    assert refused(outcomes) == []
    rows = plans.baselines(acting(), project=project)
    assert [row.number for row in rows] == [4, 3, 2, 1]
    assert sum(row.current for row in rows) == 1
    assert [row.tasks for row in rows] == [1, 1, 1, 1]


def test_numbers_are_never_given_twice(here: str) -> None:
    project = new_project()

    def snapshot() -> int:
        row = deliverables.number_snapshot(acting(), project=project, kind="status", as_of=DAY, audience="internal")
        return row.number

    assert sorted(all_at_once(here, [snapshot] * 5)) == [1, 2, 3, 4, 5]


def test_a_change_is_decided_once(here: str) -> None:
    project = new_project()
    projects.set_member(acting(), project=project, person=person_id("moritz"), role=Role.MANAGER)
    budgets.add_budget(acting(), project=project, name="Hours", basis=Basis.HOURS, amount=Decimal(100))
    change = budgets.request_change(acting(), project=project, title="More", reason="So", hours=Decimal(8))
    decide = (budgets.approve_change, budgets.reject_change, budgets.approve_change)
    outcomes = all_at_once(here, [lambda act=act: act(acting("moritz"), change=change.id) for act in decide])
    assert len(refused(outcomes)) == 2
    assert all(isinstance(item, Conflict) for item in refused(outcomes))


def test_two_managers_who_remove_each_other_leave_one(here: str) -> None:
    project = new_project()
    projects.set_member(acting(), project=project, person=person_id("moritz"), role=Role.MANAGER)
    pairs = (("mona", "moritz"), ("moritz", "mona"))
    acts = [
        lambda who=who, whom=whom: projects.remove_member(
            acting(who), project=project, person=person_id(whom), role=Role.MANAGER
        )
        for who, whom in pairs
    ]
    outcomes = all_at_once(here, acts)
    assert all(isinstance(item, HeadwayError) for item in refused(outcomes))
    left = members(system_context("look").but(now=NOW), project=project)
    assert len(left) == 1


def staged(project: int) -> int:
    """A previewed import of three rows that removes what the file no longer holds."""
    row = projects.open_import(
        acting(), project=project, kind="hours", file_id=1, file_name="week.csv", answers={}, mapping={}
    )
    rows = io.BytesIO()
    stage_rows(
        (
            HoursRow(
                n, "Mona", "", "", DAY, None, None, "", "Race", "", "", "Build", "", "", f"Row {n}", Decimal("1.5"),
                True, None, None, None, None, "", (), "", f"key{n}-1", (),
            )
            for n in range(3)
        ),
        rows,
    )  # fmt: skip
    meaning = Meaning({("Race", ""): project}, {("Mona", ""): person_id("mona")})
    hours.stage_entries(
        acting(), project=project, batch=row.id, source="csv", packed=pack(meaning, rows.getvalue()),
        counts={project: 3}, first=DAY, last=DAY, missing=MissingRule.REMOVE,
    )  # fmt: skip
    parsed: dict[str, Any] = {"first": str(DAY), "last": str(DAY), "missing": "remove"}
    parsed |= {"aliases": {}, "projects": {}, "tasks": {}}
    projects.keep_preview(acting(), batch=row.id, parsed=parsed, preview={}, failed=False)
    return row.id


def test_an_import_applied_by_two_at_once_is_taken_once(here: str) -> None:
    project = new_project()
    batch = staged(project)
    refusals = refused(all_at_once(here, [lambda: imports.apply(acting(), batch=batch)] * 3))
    assert [type(item) for item in refusals] == [Conflict, Conflict]
    live = TimeEntry.unscoped(reason="test").filter(project_id=project, removed_at=None)
    assert live.count() == 3
    assert show_import(acting(), batch=batch).state is ImportState.APPLIED


@pytest.mark.parametrize("model", [Expense, TimeEntry])
def test_what_comes_while_a_month_is_closed_is_seen_by_the_closing(
    here: str, monkeypatch: pytest.MonkeyPatch, model: type[Expense] | type[TimeEntry]
) -> None:
    project, stored, closing = new_project(), model.add, threading.Event()
    begun = threading.Event()

    def add(*given: Any, **values: Any) -> Any:
        row = stored(*given, **values)
        begun.set()
        closing.wait()
        time.sleep(0.3)  # the closing would be through by now
        return row

    def enter() -> Any:
        if model is TimeEntry:
            return hours.log(acting(), project=project, day=DAY, hours=Decimal(2))
        given = {"day": DAY, "description": "Train", "amount": Decimal(50), "kind": "Travel", "currency": "EUR"}
        return expenses.add_expense(acting(), project=project, **given)

    def close() -> Any:
        begun.wait()
        closing.set()
        return close_month(acting(), project=project, month=DAY)

    monkeypatch.setattr(model, "add", add)
    outcomes = all_at_once(here, [enter, close])
    assert [str(item)[:36] for item in refused(outcomes)] == ["February 2026 cannot be closed yet: "]
    monkeypatch.undo()


def test_others_write_while_an_imports_rows_wait_and_none_of_them_is_left(
    here: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = new_project()
    read, meanwhile = hours.read_before, []

    def others_write(*given: Any, **more: Any) -> Any:
        found = read(*given, **more)
        meanwhile.append(waiting_tables())
        outcomes = all_at_once(here, [lambda: projects.add_issue(acting(), project=project, title="Meanwhile")])
        assert refused(outcomes) == []
        return found

    monkeypatch.setattr(hours, "read_before", others_write)
    batch, twice = staged(project), staged(project)
    imports.apply(acting(), batch=batch)
    monkeypatch.setattr(hours, "take_entries", refuses)
    with pytest.raises(Conflict, match="Refused"):
        imports.apply(acting(), batch=twice)
    assert all(meanwhile)
    assert (len(meanwhile), waiting_tables()) == (2, 0)
    assert TimeEntry.unscoped(reason="test").filter(project_id=project, removed_at=None).count() == 3


def refuses(*_: Any, **__: Any) -> None:
    raise Conflict("Refused for the test.")


def test_the_log_is_folded_after_the_lock_that_an_import_holds_and_then_as_ever(
    here: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, seen = new_project(), []
    before, told = pages_of_log(), taking.note_import_applied

    def while_held(*given: Any, **more: Any) -> Any:
        seen.append(pages_of_log())
        return told(*given, **more)

    monkeypatch.setattr(taking, "note_import_applied", while_held)
    imports.apply(acting(), batch=staged(project))
    assert (before > 0, seen, pages_of_log()) == (connection.vendor == "sqlite", [0], before)
    monkeypatch.setattr(taking, "note_import_applied", refuses)
    other = new_project()
    with pytest.raises(Conflict, match="Refused"):
        imports.apply(acting(), batch=staged(other))
    assert pages_of_log() == before
    assert not TimeEntry.unscoped(reason="test").filter(project_id=other).exists()


def pages_of_log() -> int:
    """After how many pages SQLite folds its log by itself; 0 = it does not, and PostgreSQL's server never does."""
    if connection.vendor != "sqlite":
        return 0
    with connection.cursor() as cursor:
        return int(cursor.execute("PRAGMA wal_autocheckpoint").fetchone()[0])


def waiting_tables() -> int:
    """Temporary tables, and databases beside the own one, of this connection."""
    names = {
        "sqlite": "SELECT COUNT(*) FROM pragma_database_list WHERE name <> 'main'",
        "postgresql": "SELECT COUNT(*) FROM pg_class WHERE relpersistence = 't' AND relkind = 'r'",
    }
    with connection.cursor() as cursor:
        cursor.execute(names[connection.vendor])
        return int(cursor.fetchone()[0])


def test_an_undone_import_keeps_its_entries_out_of_sight(here: str) -> None:
    project = new_project()
    batch = staged(project)
    imports.apply(acting(), batch=batch)
    refusals = refused(all_at_once(here, [lambda: imports.undo(acting(), batch=batch)] * 2))
    assert [type(item) for item in refusals] == [Conflict]
    rows = TimeEntry.unscoped(reason="test").filter(project_id=project)
    assert (rows.count(), rows.filter(removed_at=None).count()) == (3, 0)


def test_the_same_new_key_taken_by_two_at_once_is_a_conflict(here: str) -> None:
    key = f"TWICE-{next(_made)}"
    outcomes = all_at_once(here, [lambda: projects.create(acting(), key=key, name="Twice")] * 3)
    assert [type(item) for item in refused(outcomes)] == [Conflict, Conflict]
