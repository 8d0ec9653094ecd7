"""The frozen data set: stored and read back equal, closed to contradictions and to a client's eyes."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from headway.documents.tree import Rag
from headway.reports.frozen import FrozenError
from headway.reports.status_snapshot import Audience, Basis, SnapshotError, StatusSnapshot, changes_since
from tests.reports.samples import almost_empty, in_trouble, varied, week_before, with_kpis


@pytest.mark.parametrize("snapshot", [in_trouble(), almost_empty(), *(varied(seed) for seed in range(20))])
def test_a_snapshot_reads_back_equal_with_an_equal_digest(snapshot):
    again = StatusSnapshot.from_json(snapshot.to_json())

    assert again == snapshot
    assert again.digest == snapshot.digest


def test_the_digest_ignores_how_a_number_is_written_and_sees_its_value():
    snapshot = in_trouble()
    hours = snapshot.hours
    assert hours is not None
    same = replace(snapshot, hours=replace(hours, weeks_left=Decimal("15.000")))
    other = replace(snapshot, hours=replace(hours, weeks_left=Decimal("15.001")))

    assert same.digest == snapshot.digest
    assert other.digest != snapshot.digest


def test_a_damaged_store_names_the_place():
    stored = json.loads(in_trouble().to_json())
    stored["project"]["currency"] = 7

    with pytest.raises(FrozenError, match=r"StatusSnapshot\.project\.currency"):
        StatusSnapshot.from_json(json.dumps(stored))


def test_overall_may_not_be_better_than_the_worst_measured_dimension():
    with pytest.raises(SnapshotError, match="Overall is Amber, but the worst measured dimension is Red"):
        replace(in_trouble(), overall=Rag.AMBER)


def test_an_empty_block_needs_its_reason():
    with pytest.raises(SnapshotError, match="Hours"):
        replace(in_trouble(), hours=None)


def test_a_clients_copy_refuses_cost():
    whole = in_trouble()
    hours = in_trouble(audience=Audience.CLIENT).hours
    budget = whole.budget
    assert budget is not None

    with pytest.raises(SnapshotError, match="earned value at cost"):
        replace(whole, audience=Audience.CLIENT)
    clean = in_trouble(audience=Audience.CLIENT)
    with pytest.raises(SnapshotError, match="cost values of hours"):
        replace(clean, hours=whole.hours)
    with pytest.raises(SnapshotError, match="a budget at cost"):
        replace(clean, budget=budget)
    assert clean.budget is not None
    assert clean.budget.basis is Basis.BILL_VALUE
    assert clean.hours == hours


def test_what_changed_is_said_in_sentences_worst_first():
    now = in_trouble()
    moved = changes_since(week_before(now), now)

    assert [each.text for each in moved] == [
        "Overall moved from Amber to Red.",
        "Cost / hours moved from Amber to Red.",
        "Client inputs moved from Green to Amber.",
        "People moved from Green to Amber.",
        "Forecast finish moved from 1 Sep 2026 to 8 Sep 2026.",
        "Pilot live moved from 15 Jul 2026 to 21 Jul 2026.",
        "Roll-out complete moved from 1 Sep 2026 to 8 Sep 2026.",
        "R-4 is a new risk with exposure 16 of 25: The payment provider's sandbox is unstable.",
    ]
    assert {each.better for each in moved} == {False}


def test_nothing_changed_against_itself_or_without_a_previous_snapshot():
    now = in_trouble()

    assert changes_since(now, now) == ()
    assert changes_since(None, now) == ()


def test_the_first_kpi_and_the_last_one_leave_reports_comparable():
    now = in_trouble()
    later = with_kpis(now, "Orders in time")
    assert StatusSnapshot.from_json(later.to_json()) == later
    assert [one.text for one in changes_since(now, later)] == ["KPIs moved from Not measured to Red."]
    assert changes_since(later, now) == ()
    with pytest.raises(SnapshotError, match="one of the KPIs"):
        replace(later, rag=(*later.rag, later.rag[-1]))


def test_snapshots_of_two_projects_are_not_compared():
    with pytest.raises(SnapshotError, match="ATLAS and NEW cannot be compared"):
        changes_since(in_trouble(), almost_empty())
