"""Plans scheduled from their finish are the mirror image of plans scheduled from their start (F7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.engine.plan_builder import MONDAY, ROUND_THE_CLOCK, at, elapsed, link, plan, task, whole
from tests.examples import examples

from headway.engine.cpm import schedule
from headway.engine.plan import ConstraintType, Duration, Lag, Link, LinkType, Plan, Task
from headway.engine.units import WorkTime

_OPPOSITE = {
    ConstraintType.ASAP: ConstraintType.ALAP,
    ConstraintType.SNET: ConstraintType.FNLT,
    ConstraintType.FNET: ConstraintType.SNLT,
    ConstraintType.MSO: ConstraintType.MFO,
}
OPPOSITE = _OPPOSITE | {theirs: mine for mine, theirs in _OPPOSITE.items()}
_LINKS = {LinkType.FS: LinkType.FS, LinkType.SS: LinkType.FF, LinkType.FF: LinkType.SS}


def reflected(date: datetime) -> datetime:
    return MONDAY - (date - MONDAY)


def mirrored(problem: Plan) -> Plan:
    """The plan that runs backwards in time: its finish is the other's start."""

    def one(row: Task) -> Task:
        delay = row.leveling_delay
        return replace(
            row,
            constraint=row.constraint if row.summary else OPPOSITE[row.constraint],
            constraint_date=reflected(row.constraint_date) if row.constraint_date else None,
            leveling_delay=Duration(WorkTime(-delay.amount.tenths), "h", elapsed=True) if delay else None,
        )

    links = tuple(Link(one.successor_uid, one.predecessor_uid, _LINKS[one.type], one.lag) for one in problem.links)
    project = replace(problem.project, start=None, finish=MONDAY, schedule_from_start=False)
    return replace(problem, project=project, tasks=tuple(map(one, problem.tasks)), links=links)


@st.composite
def round_the_clock(draw: st.DrawFn) -> Plan:
    """Plans on a 24-hour calendar with soft and hard dates, delays, and links without leads."""
    count = draw(st.integers(1, 8))
    rows = [task(100, duration=None, summary=True)]
    for uid in range(1, count + 1):
        kind = draw(st.sampled_from([ConstraintType.ASAP] * 4 + list(OPPOSITE)))
        date = MONDAY + timedelta(hours=draw(st.integers(60, 200)))
        rows.append(
            task(
                uid,
                duration=Duration(WorkTime(draw(st.sampled_from([0, 600, 4800, 14_400])))),
                parent_uid=draw(st.sampled_from([None, 100])) if uid > 1 else 100,
                constraint=kind,
                constraint_date=date if kind not in (ConstraintType.ASAP, ConstraintType.ALAP) else None,
                leveling_delay=elapsed(draw(st.sampled_from([5, 24]))) if draw(st.integers(0, 4)) == 0 else None,
            )
        )
    links = {}
    for successor in range(2, count + 1):
        for predecessor in draw(st.lists(st.integers(1, successor - 1), max_size=2)):
            lag = Lag(WorkTime(draw(st.sampled_from([0, 0, 600]))))
            links[predecessor, successor] = Link(predecessor, successor, draw(st.sampled_from(list(_LINKS))), lag)
    return plan(*rows, links=tuple(links.values()), calendars=(replace(ROUND_THE_CLOCK, uid=1),))


@settings(max_examples=examples(200), deadline=None)
@given(round_the_clock())
def test_a_mirrored_plan_has_mirrored_dates(problem: Plan) -> None:
    forward = schedule(problem)
    # A date may carry a task past the project's end (B5), its predecessors not (B1); at the start nothing is so.
    assume(all(row.late_finish <= forward.finish for row in forward.tasks))
    backward = schedule(mirrored(problem)).by_uid()
    for row in forward.tasks:
        other = backward[row.uid]
        assert (other.start, other.finish) == (reflected(row.finish), reflected(row.start))
        assert (other.late_start, other.late_finish) == (reflected(row.early_finish), reflected(row.early_start))
        assert (other.early_start, other.early_finish) == (reflected(row.late_finish), reflected(row.late_start))


LATE = ConstraintType.ALAP


def test_tasks_stand_late_and_have_their_slack_before_them() -> None:
    rows = whole(
        task(1, 5, constraint=LATE),
        task(2, 1, constraint=LATE),
        start=None,
        finish=at(16, 17),
        schedule_from_start=False,
    ).by_uid()
    assert (rows[2].start, rows[2].finish) == (at(16), at(16, 17))
    assert (rows[2].early_start, rows[2].late_start) == (at(12), at(16))
    assert rows[2].total_slack == WorkTime(4 * 4800)
    assert rows[1].critical
    assert not rows[2].critical
    assert rows[2].driver.text == "Stands as late as the project's finish allows."


def test_a_link_to_a_successor_drives() -> None:
    found = whole(
        task(1, 1, constraint=LATE),
        task(2, 2, constraint=LATE),
        links=(link(1, 2),),
        start=None,
        finish=at(16, 17),
        schedule_from_start=False,
    ).by_uid()[1]
    assert found.finish == at(14, 17)
    assert found.driver.text == "Finishes before the start of 'T2'."
    assert found.driver.uid == 2


@pytest.mark.parametrize(
    ("kind", "date", "start"),
    [(ConstraintType.SNET, at(15), at(15)), (ConstraintType.FNET, at(15, 17), at(15))],
)
def test_no_earlier_than_is_the_hard_date_here(kind: ConstraintType, date: datetime, start: datetime) -> None:
    """Links ask for the 13th at the latest; the date wins and the overrun is negative slack."""
    found = whole(
        task(1, 1, constraint=kind, constraint_date=date),
        task(2, 3, constraint=LATE),
        links=(link(1, 2),),
        start=None,
        finish=at(16, 17),
        schedule_from_start=False,
    ).by_uid()[1]
    assert found.start == found.early_start == found.late_start == start
    assert found.total_slack == WorkTime(-2 * 4800)


def test_a_started_task_keeps_its_dates_and_its_summary_shows_them() -> None:
    found = whole(
        task(1, duration=None, summary=True),
        task(2, 2, parent_uid=1, actual_start=at(6), percent_complete=Decimal(50)),
        task(3, 1, parent_uid=1, constraint=LATE),
        start=None,
        finish=at(16, 17),
        schedule_from_start=False,
    ).by_uid()
    assert (found[2].start, found[2].finish) == (at(6), at(7, 17))
    assert (found[1].start, found[1].finish) == (at(6), at(16, 17))
