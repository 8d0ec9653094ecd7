"""What was said of progress, and what is earned by it. Pure but for reading; callers have passed their door."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from headway.areas.budgets.progress_types import ProgressWeight
from headway.areas.budgets.stated import ProgressStatement
from headway.areas.schedule.rows import rows_by_uid
from headway.engine.measures import HUNDRED, ZERO, Measure
from headway.engine.planned_value import Progress, ProgressMethod, Weight, percent_complete

BY_TASK = (ProgressMethod.OWNER_ESTIMATE, ProgressMethod.ZERO_HUNDRED, ProgressMethod.FIFTY_FIFTY)
BY_WEIGHT = (ProgressMethod.MILESTONE_WEIGHTS, ProgressMethod.ACCEPTED_DELIVERABLES)


@dataclass(frozen=True, slots=True)
class Said:
    """One statement of progress. `whole` = of the project; by_task = each task speaks for itself by its method."""

    id: int
    task_uid: int | None
    method: ProgressMethod
    percent: Decimal | None
    ac: Decimal | None
    etc: Decimal | None
    weights: tuple[ProgressWeight, ...]
    said_by: str
    said_on: date
    withdrawn_on: date | None

    @property
    def by_task(self) -> bool:
        """Whether it only says how the tasks' own progress counts."""
        return self.task_uid is None and self.method in BY_TASK and self.percent is None

    @property
    def text(self) -> str:
        """'milestone weights, said by Ann Lee, entered 2026-03-02'."""
        name = f"{self.method.value} by task" if self.by_task else self.method.value
        return f"{name}, said by {self.said_by}, entered {self.said_on}"

    def counts_on(self, day: date) -> bool:
        """Whether it was said by a day and not yet withdrawn."""
        return self.said_on <= day and (self.withdrawn_on is None or day < self.withdrawn_on)

    def measured(self, done: Mapping[int, Decimal], day: date, own: Decimal | None = None) -> Measure:
        """Percent complete by it on a day.

        done  percent of rows by uid, which say what milestones are reached. own: that of the row it is about.
        """
        finished = own is not None and own >= HUNDRED
        return percent_complete(
            Progress(
                method=self.method,
                said_by=self.said_by,
                said_on=self.said_on,
                started=bool(own),
                finished=finished,
                percent=self.percent,
                weights=tuple(Weight(one.name, one.share, _reached(one, done, day)) for one in self.weights),
                ac=self.ac,
                etc=self.etc,
            )
        )


def _reached(weight: ProgressWeight, done: Mapping[int, Decimal], day: date) -> bool:
    if weight.task_uid is not None:
        return done.get(weight.task_uid, ZERO) >= HUNDRED
    return weight.accepted_on is not None and weight.accepted_on <= day


@dataclass(frozen=True, slots=True)
class SaidOfProgress:
    """All that was said of a project's progress, the newest last. leaves: the tasks of each row that was spoken of."""

    statements: tuple[Said, ...] = ()
    leaves: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    milestones: Mapping[int, Decimal] = field(default_factory=dict)

    def whole(self, day: date) -> Said | None:
        """What counts for the whole project on a day."""
        return next((one for one in reversed(self.statements) if one.task_uid is None and one.counts_on(day)), None)

    def hours_to_go(self, day: date, worked: Decimal | None) -> Decimal | None:
        """Hours that the rest takes as last estimated anew for the whole project, less those worked since; not below 0.

        worked  all hours to the day. None where the statement that counts on the day names no hours to go.
        """
        whole = self.whole(day)
        if whole is None or whole.etc is None or whole.ac is None or worked is None:
            return None
        return max(whole.ac + whole.etc - worked, ZERO)

    def by_row(self, day: date) -> dict[int, Said]:
        """What counts for rows on a day, by uid."""
        return {one.task_uid: one for one in self.statements if one.task_uid is not None and one.counts_on(day)}


NOTHING_SAID = SaidOfProgress()


def said_of(project_id: int) -> SaidOfProgress:
    """What was said of a project's progress; one query, two more where rows or milestones are spoken of."""
    rows = ProgressStatement.unscoped(reason="progress of a visible project").filter(project_id=project_id)
    statements = tuple(said(row) for row in rows.order_by("said_on", "id"))
    spoken = {one.task_uid for one in statements if one.task_uid is not None}
    named = {weight.task_uid for one in statements for weight in one.weights if weight.task_uid is not None}
    if not spoken | named:
        return SaidOfProgress(statements)
    found = rows_by_uid(project_id, spoken | named)
    return SaidOfProgress(
        statements,
        {uid: tuple(leaf.uid for leaf in found[uid].leaves) for uid in spoken if uid in found},
        {uid: found[uid].leaves[0].percent_complete for uid in named if uid in found},
    )


def said(row: ProgressStatement) -> Said:
    """A stored statement."""
    return Said(
        row.pk,
        row.task_uid,
        ProgressMethod(row.method),
        row.percent,
        row.ac,
        row.etc,
        tuple(weight_of(one) for one in row.weights),
        row.said_by,
        row.said_on,
        row.withdrawn_on,
    )


def weight_of(record: Mapping[str, Any]) -> ProgressWeight:
    """A stored weight."""
    accepted = record.get("accepted_on")
    return ProgressWeight(
        record["name"],
        Decimal(record["share"]),
        record.get("task_uid"),
        date.fromisoformat(accepted) if accepted else None,
    )


def percents(known: SaidOfProgress, done: Mapping[int, Decimal], uids: Iterable[int], day: date) -> dict[int, Decimal]:
    """Percent complete of tasks on a day by what counts for each: its row's statement, else the project's method.

    done  the owners' estimates as the plan holds them.
    """
    whole, by_row = known.whole(day), known.by_row(day)
    count = _COUNTED[whole.method] if whole is not None and whole.by_task else _COUNTED[ProgressMethod.OWNER_ESTIMATE]
    found = {uid: count(done.get(uid, ZERO)) for uid in uids}
    milestones = {**known.milestones, **done}
    # A summary speaks for all below it; a row of its own, which has fewer, is asked last.
    for uid, one in sorted(by_row.items(), key=lambda item: -len(known.leaves.get(item[0], ()))):
        for leaf in known.leaves.get(uid, ()):
            value = one.measured(milestones, day, done.get(leaf, ZERO)).value
            if leaf in found and value is not None:
                found[leaf] = value
    return found


_COUNTED: Mapping[ProgressMethod, Callable[[Decimal], Decimal]] = {
    ProgressMethod.OWNER_ESTIMATE: lambda percent: percent,
    ProgressMethod.ZERO_HUNDRED: lambda percent: HUNDRED if percent >= HUNDRED else ZERO,
    ProgressMethod.FIFTY_FIFTY: lambda percent: HUNDRED if percent >= HUNDRED else Decimal(50) if percent else ZERO,
}
