"""The scope statement through its doors: items, the charter beside it, versions that freeze, who sees fees."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from headway.areas.approvals.types import Vote
from headway.areas.hours import commands as hours
from headway.areas.projects import commands as projects
from headway.areas.projects.queries import charter
from headway.areas.schedule import commands as plan
from headway.areas.scope import commands, queries
from headway.areas.scope.types import ItemKind, StatementState
from headway.journeys import reports
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Denied, Invalid, NotFound
from tests.areas.scope.conftest import person

House = Callable[[str], Context]
pytestmark = pytest.mark.django_db


def test_contract_hours_beside_hours_burned_and_percent_done(site: House, tasks: dict[str, int]) -> None:
    manager = site("manager")
    both = (tasks["Design"], tasks["Build"])
    commands.add_item(
        manager, project="SITE", kind=ItemKind.IN, text="Shop", hours=Decimal(30), fee=Decimal(3000), tasks=both
    )
    commands.add_item(manager, project="SITE", kind=ItemKind.IN, text="Manual", hours=Decimal(10))
    hours.log(manager, project="SITE", day=date(2026, 3, 2), hours=Decimal(12), task=tasks["Design"])
    plan.set_progress(manager, task=tasks["Design"], percent_complete=Decimal(100))
    found = queries.statement(manager, project="SITE")
    shop = found.items[0]
    assert (shop.burned, shop.left, shop.percent) == (Decimal(12), Decimal(18), Decimal("37.5"))  # 3 of 8 days
    assert (found.hours, found.fee, found.burned, found.unlinked) == (Decimal(40), Decimal(3000), Decimal(12), 1)
    assert queries.statement(site("member"), project="SITE").fee is None
    assert queries.statement(site("member"), project="SITE").items[0].fee is None


def test_a_summary_stands_for_all_below_it(site: House, tasks: dict[str, int]) -> None:
    manager = site("manager")
    top = plan.add_task(manager, project="SITE", name="Texts", level=1)
    for name in ("First", "Second"):
        row = plan.add_task(manager, project="SITE", name=name, duration="2d", level=2)
        hours.log(manager, project="SITE", day=date(2026, 3, 2), hours=Decimal(3), task=row.task_id)
    item = commands.add_item(manager, project="SITE", kind=ItemKind.IN, text="Texts", tasks=(top.task_id,))
    assert (item.burned, item.percent) == (Decimal(6), Decimal(0))


def test_hours_that_name_a_phase_count_on_the_row_of_that_name(site: House, tasks: dict[str, int]) -> None:
    manager = site("manager")
    hours.log(manager, project="SITE", day=date(2026, 3, 2), hours=Decimal(4), phase="build")
    item = commands.add_item(manager, project="SITE", kind=ItemKind.IN, text="Site", tasks=(tasks["Build"],))
    assert item.burned == Decimal(4)


def test_the_charters_lists_follow_the_statement(site: House) -> None:
    manager = site("manager")
    projects.edit(manager, project="SITE", scope_in=("Shop", "Search"), scope_out=("Hosting",))
    assert len(queries.statement(manager, project="SITE").charter) == 3
    taken = commands.take_charter(manager, project="SITE")
    assert [(row.kind, row.text) for row in taken] == [
        (ItemKind.IN, "Shop"),
        (ItemKind.IN, "Search"),
        (ItemKind.OUT, "Hosting"),
    ]
    commands.edit_item(manager, item=taken[0].id, text="Web shop")
    commands.edit_item(manager, item=taken[1].id, kind=ItemKind.OUT)
    about = charter(manager, project="SITE")
    assert (about.scope_in, about.scope_out) == (("Web shop",), ("Search", "Hosting"))
    commands.remove_item(manager, item=taken[2].id)
    assert charter(manager, project="SITE").scope_out == ("Search",)
    assert queries.statement(manager, project="SITE").charter == ()


def test_an_approved_version_is_frozen_and_tells_what_differs_since(site: House) -> None:
    manager, approver = site("manager"), site("approver")
    item = commands.add_item(manager, project="SITE", kind=ItemKind.IN, text="Shop", hours=Decimal(20))
    asked = commands.ask_scope(manager, project="SITE", approvers=(person(site, "approver"),))
    assert "SI-1 Shop (20 h)" in asked.shown
    reports.decide(approver, approval=asked.id, decision=Vote.APPROVE, digest=asked.digest)
    found = queries.statement(manager, project="SITE")
    assert (found.approved.number, found.approved.state, found.changed) == (1, StatementState.APPROVED, ())
    commands.edit_item(manager, item=item.id, hours=Decimal(25))
    commands.add_item(manager, project="SITE", kind=ItemKind.OUT, text="Hosting")
    found = queries.statement(manager, project="SITE")
    assert found.changed == ("SI-1 'Shop': contract hours changed", "SI-2 'Hosting' is new")
    assert found.approved.items[0]["hours"] == "20"


def test_a_newer_version_withdraws_the_one_that_waits(site: House) -> None:
    manager, approver = site("manager"), site("approver")
    commands.add_item(manager, project="SITE", kind=ItemKind.IN, text="Shop")
    first = commands.ask_scope(manager, project="SITE", approvers=(person(site, "approver"),))
    commands.ask_scope(manager, project="SITE", approvers=(person(site, "approver"),))
    with pytest.raises(Conflict, match="withdrawn already"):
        reports.decide(approver, approval=first.id, decision=Vote.APPROVE, digest=first.digest)
    states = [row.state for row in queries.scope_versions(manager, project="SITE")]
    assert states == [StatementState.ASKED, StatementState.WITHDRAWN]


def test_what_is_refused(site: House) -> None:
    manager = site("manager")
    with pytest.raises(Invalid, match="Only what is in scope"):
        commands.add_item(manager, project="SITE", kind=ItemKind.OUT, text="Hosting", hours=Decimal(5))
    with pytest.raises(Conflict, match="empty"):
        commands.ask_scope(manager, project="SITE", approvers=(person(site, "approver"),))
    item = commands.add_item(manager, project="SITE", kind=ItemKind.IN, text="Shop", hours=Decimal(5))
    with pytest.raises(Invalid, match="cannot be emptied"):
        commands.edit_item(manager, item=item.id, clear=("text",))
    assert commands.edit_item(manager, item=item.id, clear=("hours",)).hours is None
    with pytest.raises(Denied):
        commands.add_item(site("member"), project="SITE", kind=ItemKind.IN, text="Mine")
    with pytest.raises(NotFound):
        queries.item(site("client"), item=item.id)
    with pytest.raises(NotFound):
        commands.remove_item(site("stranger"), item=item.id)
