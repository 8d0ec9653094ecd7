"""Estimates through their doors: sums, frozen rates, versions, approval, finished projects beside them."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from headway.areas.approvals.queries import waiting
from headway.areas.approvals.types import Vote
from headway.areas.estimates import approving, commands, queries
from headway.areas.estimates.types import Basis, CalibrateBy, EstimateState, LineInput, Unit
from headway.areas.hours import commands as hours
from headway.areas.hours import rate_cards
from headway.areas.hours.types import RateKind
from headway.areas.projects import risks
from headway.engine.estimating import Together
from headway.engine.statistics import EstimateClass
from headway.journeys import reports
from headway.kernel.errors import Conflict, Denied, Invalid, NotFound, Stale
from tests.areas.estimates.conftest import LINES, D, House, approve, approved, finished, line, person, sent, written

pytestmark = pytest.mark.django_db


def test_sums_of_the_example_by_phase_and_role(site: House) -> None:
    found = written(site("manager"))
    assert (found.hours.mean, round(found.hours.sd, 2), round(found.hours.p80, 1)) == (55, D("6.19"), D("60.2"))
    assert [(row.name, row.hours, row.lines) for row in found.phases] == [("Design", 23, 2), ("Build", 32, 1)]
    assert [(row.name, row.hours, row.amount) for row in found.roles] == [
        ("Designer", 16, 1760),
        ("Developer", 39, 4680),
    ]
    assert found.money is not None
    assert (found.money.mean, found.money.low, found.money.high) == (6440, 5796, 8050)
    assert found.lines[0].group
    assert (found.lines[0].mean, found.lines[0].amount) == (23, 2600)
    assert found.cost == 3690
    assert round(found.margin or 0, 1) == D("42.7")
    assert queries.show_estimate(site("associate"), estimate=found.row.id).margin is None  # no right to see costs


def test_lines_that_run_over_together_have_a_higher_p80(site: House) -> None:
    found = written(site("manager"))
    wholly = commands.edit_estimate(site("manager"), estimate=found.row.id, together=Together.WHOLLY)
    assert wholly.hours.mean == 55
    assert round(wholly.hours.p80, 1) == D("63.1")
    assert "correlation 1" in wholly.assumption


def test_rates_are_frozen_until_they_are_asked_for_again(site: House) -> None:
    manager = site("manager")
    found = written(manager)
    rate_cards.set_project_rate(
        manager, project="SITE", kind=RateKind.BILL, rate=D(200), first=date(2026, 2, 1), role="Developer"
    )
    kept = [LineInput(**_fields(row)) for row in found.lines]
    again = commands.set_lines(manager, estimate=found.row.id, lines=(*kept, line("More", 1, 1, 1)))
    assert [row.rate for row in again.lines] == [None, 110, 120, None, 120, 200]
    typed = LineInput(**{**_fields(again.lines[1]), "rate": D(99)})
    again = commands.set_lines(manager, estimate=found.row.id, lines=(kept[0], typed))
    assert (again.lines[1].rate, again.lines[1].typed) == (99, True)
    fresh = commands.refresh_rates(manager, estimate=written(manager).row.id)
    assert [row.rate for row in fresh.lines] == [None, 110, 200, None, 200]


def _fields(row: object) -> dict[str, object]:
    names = ("id", "name", "level", "unit", "role", "optimistic", "likely", "pessimistic")
    return {name: getattr(row, name) for name in names}


def test_amounts_stand_beside_hours_and_a_role_without_rate_is_told(site: House) -> None:
    licence = LineInput("Licence", unit=Unit.MONEY, optimistic=D(400), likely=D(500), pessimistic=D(600))
    found = written(site("manager"), lines=(licence, line("Talk", 2, 2, 2, level=1, role="Coach"), LineInput("Later")))
    assert found.money is not None
    assert (found.hours.mean, found.money.mean) == (2, 500)
    assert (found.unpriced, found.unestimated, found.even) == (1, 1, 1)
    assert found.margin is None


def test_contingency_is_what_open_risks_cost_and_is_frozen_with_the_approval(site: House) -> None:
    manager = site("manager")
    risks.add_risk(
        manager, project="SITE", title="Late texts", probability=2, impact=3, percent=D(30), money=(D(1000),)
    )
    risks.add_risk(manager, project="SITE", title="Unpriced", probability=2, impact=3)
    found = approved(site)
    assert found.money is not None
    assert [(risk.title, risk.expected) for risk in found.risks] == [("Late texts", 300)]
    assert (found.money.mean, found.money.contingency, found.money.whole, found.money.low) == (6440, 300, 6740, 6066)
    risks.add_risk(manager, project="SITE", title="New", probability=2, impact=3, percent=D(30), money=(D(9000),))
    after = queries.show_estimate(manager, estimate=found.row.id)
    assert after.money is not None
    assert after.money.contingency == 300
    assert written(manager).unpriced_risks == 1


def test_an_approved_version_stands_and_the_next_one_supersedes_it(site: House) -> None:
    first = approved(site)
    assert first.row.state is EstimateState.APPROVED
    with pytest.raises(Conflict, match="is approved and stays as it is"):
        commands.set_lines(site("manager"), estimate=first.row.id, lines=LINES)
    copy = commands.add_estimate(site("associate"), project="SITE", copy_of=first.row.id)
    assert [row.rate for row in copy.lines] == [row.rate for row in first.lines]
    with pytest.raises(Conflict, match="still lacks until when it is valid"):
        sent(site, copy.row.id)
    commands.edit_estimate(site("associate"), estimate=copy.row.id, valid_until=date(2026, 7, 1))
    approve(site, copy.row.id)
    first = queries.estimates(site("manager"), project="SITE", limit=1)
    assert [row.ref for row in first.items] == ["EST-2"]
    older = queries.estimates(site("manager"), project="SITE", cursor=first.next)
    assert ([row.ref for row in older.items], older.next) == (["EST-1"], "")
    states = {row.ref: row.state for row in queries.estimates(site("manager"), project="SITE").items}
    assert states == {"EST-1": EstimateState.SUPERSEDED, "EST-2": EstimateState.APPROVED}


def _ready(site: House, who: str = "associate") -> int:
    made = written(site(who)).row.id
    commands.edit_estimate(site(who), estimate=made, basis=Basis.ANALOGY, valid_until=date(2026, 6, 30))
    return made


def test_ones_own_estimate_is_approved_by_somebody_else(site: House) -> None:
    mine = _ready(site, "manager")
    request = sent(site, mine)  # by the associate, to the manager who wrote it
    with pytest.raises(Denied, match="somebody else must approve"):
        reports.decide(site("manager"), approval=request.id, decision=Vote.APPROVE, digest=request.digest)
    request = approving.ask_estimate(
        site("associate"), estimate=_ready(site), approvers=(person(site, "approver"), person(site, "manager"))
    )
    reports.decide(site("approver"), approval=request.id, decision=Vote.APPROVE, digest=request.digest)
    found = queries.show_estimate(site("manager"), estimate=request.subject_id)
    assert (found.row.state, found.row.approved_by) == (EstimateState.APPROVED, site("approver").actor.name)


def test_what_was_sent_stays_until_it_is_taken_back_or_answered(site: House) -> None:
    made = _ready(site)
    request = sent(site, made)
    assert "By phase:\n- Design: 23.0 h, EUR 2,600" in request.shown
    assert "3,690" not in request.shown  # what it costs the house
    assert [row.id for row in waiting(site("manager"))] == [request.id]
    with pytest.raises(Conflict, match="sent for approval"):
        commands.set_lines(site("associate"), estimate=made, lines=LINES)
    assert approving.recall_estimate(site("associate"), estimate=made).row.state is EstimateState.DRAFT
    assert waiting(site("manager")) == ()
    request = sent(site, made)
    reports.decide(
        site("manager"), approval=request.id, decision=Vote.REJECT, digest=request.digest, reason="Too little for tests"
    )
    assert queries.show_estimate(site("manager"), estimate=made).row.state is EstimateState.DRAFT
    with pytest.raises(Conflict, match="does not wait"):
        approving.recall_estimate(site("associate"), estimate=made)


def test_a_client_is_not_asked_to_approve_an_estimate(site: House) -> None:
    with pytest.raises(Invalid, match="may not see estimates"):
        sent(site, _ready(site), to="client")


def test_a_stale_save_and_strange_lines_are_refused(site: House) -> None:
    manager = site("manager")
    found = written(manager)
    other = written(manager)
    with pytest.raises(Stale):
        commands.set_lines(manager.but(expected_version=1), estimate=found.row.id, lines=LINES)
    strange = LineInput("Mine", id=other.lines[0].id)
    with pytest.raises(Invalid, match="not of this estimate"):
        commands.set_lines(manager, estimate=found.row.id, lines=(strange,))
    commands.remove_estimate(manager, estimate=other.row.id)
    with pytest.raises(NotFound):
        queries.show_estimate(manager, estimate=other.row.id)


def test_hours_worked_stand_beside_their_phase_role_and_the_whole(site: House) -> None:
    manager = site("manager")
    found = approved(site)
    assert found.worked is None
    for phase, role in (("Concept", "Designer"), ("build", "Developer"), ("Elsewhere", "")):
        hours.log(manager, project="SITE", day=date(2026, 2, 27), hours=D(4), phase=phase, role=role)
    after = queries.show_estimate(manager, estimate=found.row.id)
    assert after.worked == 12
    assert [row.worked for row in after.phases] == [4, 4]
    assert [row.worked for row in after.roles] == [4, 4]


def test_finished_projects_say_how_hours_came_out_and_scale_only_when_asked(site: House) -> None:
    finished(site, "ONE", {("Design", "Designer"): 24, ("Build", "Developer"): 40})
    finished(site, "TWO", {("Build", "Developer"): 48})
    manager = site("manager")
    mine = written(manager)
    came = queries.comparison(manager, project="SITE")
    assert [(one.key, one.estimated, one.worked) for one in came.projects] == [("ONE", 55, 64), ("TWO", 55, 48)]
    assert came.whole is not None
    assert (came.whole.factor, came.whole.projects) == (D(112) / D(110), 2)
    phases = {one.name: one for one in came.phases}
    assert (phases["Build"].factor, phases["Build"].low, phases["Build"].high) == (D("1.375"), D("1.25"), D("1.5"))
    assert phases["Design"].projects == 1
    assert mine.hours.mean == 55
    scaled = commands.calibrate(manager, estimate=mine.row.id, by=CalibrateBy.PHASE)
    assert scaled.calibration is not None
    assert [round(row.hours, 9) for row in scaled.phases] == [24, 44]
    assert [row.factor for row in scaled.phases] == [phases["Design"].factor, D("1.375")]
    assert scaled.lines[4].mean == 32  # as estimated
    assert commands.calibrate(manager, estimate=mine.row.id, by=None).hours.mean == 55


def test_without_finished_projects_nothing_is_scaled(site: House) -> None:
    mine = written(site("manager"))
    came = queries.comparison(site("manager"), project="SITE")
    assert (came.projects, came.whole, came.waiting) == ((), None, 0)
    with pytest.raises(Conflict, match="No finished project says anything"):
        commands.calibrate(site("manager"), estimate=mine.row.id, by=CalibrateBy.WHOLE)


def test_members_and_clients_do_not_read_estimates(site: House) -> None:
    found = written(site("manager"))
    for who in ("member", "client"):
        with pytest.raises(NotFound):
            queries.show_estimate(site(who), estimate=found.row.id)
        with pytest.raises(Denied):
            queries.estimates(site(who), project="SITE")


def test_hundreds_of_lines_are_read_with_as_many_queries_as_a_few(site: House) -> None:
    manager = site("manager")
    few = written(manager)
    many = written(manager, lines=tuple(line(f"Line {place}", 1, 2, 4, level=1) for place in range(300)))
    counts = []
    for row in (few.row, many.row):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            queries.show_estimate(site("manager"), estimate=row.id)
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert many.row.kind is EstimateClass.BUDGET
