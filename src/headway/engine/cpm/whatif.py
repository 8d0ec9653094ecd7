"""A change of a plan followed through: only the rows that move are calculated again.

`scheduled(plan)` keeps the columns and dates of a plan; `with_plan` gives those of a plan that differs in some tasks,
links or assignments, found by identity: keep untouched objects identical. Equal to a full calculation in every field.
The rules are those of `kernel`; here is only in which order which rows are asked again.
Left to a full calculation: other calendars, resources or settings, tasks in another order or under another summary,
plans scheduled from their finish or with as-late-as-possible tasks, and plans with warnings about their inputs.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields, replace
from datetime import datetime
from functools import cached_property
from heapq import heappop, heappush
from operator import attrgetter
from typing import TypeVar, overload

from headway.engine.cpm import columns as c
from headway.engine.cpm import kernel
from headway.engine.cpm.calculation import BLANK, Tables, calculate
from headway.engine.cpm.columns import Ints
from headway.engine.cpm.layout import Layout, entry_of, followers, lag_of, parent_of, row_values, tie_rows
from headway.engine.cpm.outcome import Dated, Rows, outcome
from headway.engine.plan import ConstraintType, Link, Plan, Schedule, ScheduledTask, Task

_T = TypeVar("_T")
_GAP = 1 << 10  # between ranks, so that new nodes find a place
_WASTE = 2  # how many times the size of the plan its tables may grow to
_STRIDE = 256  # items compared at a time
_FEW = 4  # at most a quarter of the rows may differ


class Scheduled:
    """A plan with its dates, from which plans that differ little are dated quickly. Never changed once made.

    moved  uids of the tasks whose entry in the schedule may differ from that of the plan it came from: all others are
           equal to it.
    """

    def __init__(self, tables: Tables, rank: list[int], *, foreign: bool, moved: frozenset[int] = frozenset()) -> None:
        """rank: a number per node, along the order; foreign: whether some rows do not count for the finish."""
        self.plan = tables.layout.plan
        self._moved: frozenset[int] | None = moved
        self._before: Scheduled | None = None
        self._tables = tables
        self._rank = rank
        self._foreign = foreign
        self._dated = Dated(tables)

    @property
    def moved(self) -> frozenset[int]:
        """See the class."""
        if self._moved is None:
            self._moved = self._differing_from(self._before) if self._before is not None else self.may_have_moved
            self._before = None
        return self._moved

    @property
    def may_have_moved(self) -> frozenset[int]:
        """At least those that moved, known without comparing."""
        return frozenset(task.uid for task in self.plan.tasks) if self._moved is None else self._moved

    def _differing_from(self, old: Scheduled) -> frozenset[int]:
        index, known = self._tables.layout.index, old._tables.layout.index
        return frozenset(
            task.uid
            for task in self.plan.tasks
            if (task.uid in index) != (task.uid in known)
            or (task.uid in index and self.task(task.uid) != old.task(task.uid))
        )

    @cached_property
    def schedule(self) -> Schedule:
        """The whole schedule; its rows are made when they are read."""
        return outcome(self._dated)

    def task(self, uid: int) -> ScheduledTask:
        """The dates of one active task. Raises KeyError when there is none with this uid."""
        rows = self.schedule.tasks
        row = self._tables.layout.index[uid]
        return rows.of_row(row) if isinstance(rows, Rows) else rows[row]

    def span(self, uid: int) -> tuple[datetime, datetime] | None:
        """Start and finish of a task; None for one that takes no part."""
        row = self._tables.layout.index.get(uid)
        if row is None:
            return None
        start, finish = self._dated.shown(row)
        return self._dated.moments[start], self._dated.moments[finish]

    def with_changes(
        self, *, tasks: Iterable[Task] = (), add_links: Iterable[Link] = (), remove_links: Iterable[Link] = ()
    ) -> Scheduled:
        """The plan with some tasks replaced (found by uid) and links added and removed."""
        changed = {task.uid: task for task in tasks}
        gone = {id(link) for link in remove_links}
        links = tuple(link for link in self.plan.links if id(link) not in gone) if gone else self.plan.links
        return self.with_plan(
            replace(
                self.plan,
                tasks=tuple(changed.get(task.uid, task) for task in self.plan.tasks) if changed else self.plan.tasks,
                links=(*links, *add_links),
            )
        )

    def with_plan(self, plan: Plan) -> Scheduled:
        """The dates of a plan that differs from this one in some places.

        Raises PlanError as `schedule` does, and leaves this one as it is.
        """
        found = _Differences.between(self.plan, plan) if self._is_followed(plan) else None
        if found is not None and found.count * _FEW <= len(plan.tasks) + _FEW * _FEW:
            after = _Following(self._tables, self._rank, plan, found, foreign=self._foreign).run()
            if after is not None:
                return after
        anew = scheduled(plan)
        anew._moved, anew._before = None, self
        return anew

    def _is_followed(self, plan: Plan) -> bool:
        old, layout = self.plan, self._tables.layout
        rows = layout.rows
        if self._tables.pinned or layout.warnings or c.ALAP in rows[c.CONSTRAINT :: c.ROW]:
            return False
        used = len(layout.sequence) + len(plan.links) + len(plan.assignments)
        if layout.count + len(layout.link_list) + len(layout.part_resources) > _WASTE * used + _STRIDE:
            return False  # many changes have left their traces: lay out anew
        same = (
            plan.project is old.project
            or replace(plan.project, status_date=None) == replace(old.project, status_date=None)
        ) and all(
            mine is theirs or mine == theirs
            for mine, theirs in ((plan.calendars, old.calendars), (plan.resources, old.resources))
        )
        return same and plan.project.schedule_from_start


def scheduled(plan: Plan) -> Scheduled:
    """A plan laid out and dated, for questions of the kind 'what if'."""
    tables = calculate(plan)
    layout = tables.layout
    for name in ("rows", "links", "parts"):  # compact, so that copies cost little
        setattr(layout, name, array("q", getattr(layout, name)))
        setattr(tables, name, getattr(layout, name))
    tables.dates = array("q", tables.dates)
    foreign = any(flags & c.EXTERNAL for flags in tables.rows[c.FLAGS :: c.ROW])
    return Scheduled(tables, _ranked(tables), foreign=foreign)


# ---- what differs -------------------------------------------------------------------------------


class _Differences:
    """What differs between two plans, told by identity."""

    def __init__(self) -> None:
        self.changed: list[Task] = []
        self.added: list[Task] = []
        self.removed: list[Task] = []
        self.links_added: list[Link] = []
        self.links_removed: list[Link] = []
        self.assigned: set[int] = set()  # uids of tasks whose assignments differ

    @property
    def count(self) -> int:
        """How many tasks and links differ."""
        tasks = len(self.changed) + len(self.added) + len(self.removed) + len(self.assigned)
        return tasks + len(self.links_added) + len(self.links_removed)

    @classmethod
    def between(cls, old: Plan, new: Plan) -> _Differences | None:
        """What differs; None when tasks stand in another order, or take part again."""
        found = cls()
        before, after = _middle(old.tasks, new.tasks)
        then = {task.uid: task for task in before if task.active}
        now = {task.uid: task for task in after if task.active}
        if [uid for uid in then if uid in now] != [uid for uid in now if uid in then]:
            return None
        found.changed = [
            task
            for uid, task in now.items()
            if uid in then and task is not then[uid] and _counted(task) != _counted(then[uid])
        ]
        found.added = [task for uid, task in now.items() if uid not in then]
        idle = {task.uid for task in before if not task.active}
        if any(task.uid in idle for task in found.added):
            return None  # its links, which took no part, are in both plans
        found.removed = [task for uid, task in then.items() if uid not in now]
        gone, came = _middle(old.links, new.links)
        mine, theirs = {id(link) for link in gone}, {id(link) for link in came}
        found.links_removed = [link for link in gone if id(link) not in theirs]
        found.links_added = [link for link in came if id(link) not in mine]
        old_ones, new_ones = _middle(old.assignments, new.assignments)
        both = {id(one) for one in old_ones} & {id(one) for one in new_ones}
        found.assigned = {one.task_uid for one in (*old_ones, *new_ones) if id(one) not in both}
        return found


# A row's number is for people: rows below one that is put in differ in it alone.
_counted = attrgetter(*(item.name for item in fields(Task) if item.name != "id"))


def _middle(old: Sequence[_T], new: Sequence[_T]) -> tuple[Sequence[_T], Sequence[_T]]:
    """Both sequences without what they share at the front and at the end."""
    if old is new:
        return (), ()
    first, least = 0, min(len(old), len(new))
    while first < least and old[first : first + _STRIDE] == new[first : first + _STRIDE]:
        first += _STRIDE
    while first < least and old[first] is new[first]:
        first += 1
    first = min(first, least)
    last, least = 0, least - first
    while last < least and _tail(old, last) == _tail(new, last):
        last += _STRIDE
    while last < least and old[len(old) - 1 - last] is new[len(new) - 1 - last]:
        last += 1
    last = min(last, least)
    return old[first : len(old) - last], new[first : len(new) - last]


def _tail(items: Sequence[_T], last: int) -> Sequence[_T]:
    """The stride of items that ends so many before the end."""
    end = len(items) - last
    return items[max(0, end - _STRIDE) : end]


# ---- following a change --------------------------------------------------------------------------


class _Following:
    """One change on its way through copies of the tables."""

    def __init__(self, tables: Tables, rank: list[int], plan: Plan, found: _Differences, *, foreign: bool) -> None:
        old = tables.layout
        self._foreign = foreign or any(task.external for task in (*found.changed, *found.added))
        self._found = found
        warnings: list[str] = []
        self._layout = Layout(
            plan=plan,
            calendars=old.calendars,
            clock=old.clock,
            builder=old.builder.with_assignments(plan, found.assigned, warnings),
            tasks=old.tasks.copy(),
            index=old.index,
            rows=old.rows[:],
            links=old.links[:],
            parts=old.parts[:],
            link_list=old.link_list.copy(),
            spans=old.spans.copy(),
            part_resources=old.part_resources.copy(),
            sequence=old.sequence,
            warnings=warnings,
            instants=old.instants,
        )
        self._tables = replace(
            tables,
            layout=self._layout,
            rows=self._layout.rows,
            links=self._layout.links,
            parts=self._layout.parts,
            projects=tables.projects.copy(),
            dates=tables.dates[:],
        )
        self._rank = rank
        self._reordered = False
        self._early: set[int] = set()  # nodes to place again
        self._late: set[int] = set()
        self._touched: set[int] = set()  # rows whose entry may differ
        self._slack: set[int] = set()
        self._clock: Ints = []
        self._edge = [0]

    def run(self) -> Scheduled | None:
        """The dates after the change; None where only a full calculation helps."""
        found = self._found
        rows_of_assigned = {uid for uid in found.assigned if uid in self._layout.index}
        known = {task.uid for task in (*found.changed, *found.added, *found.removed)}
        again = [self._layout.tasks[self._layout.index[uid]] for uid in rows_of_assigned - known]
        structural = bool(found.added or found.removed)
        if structural:
            self._rank = self._rank.copy()
            self._layout.index = self._layout.index.copy()
        fine = (
            self._untie(found.links_removed)
            and self._drop(found.removed)
            and all(self._change(task) for task in (*found.changed, *again))
            and self._add(found.added)
            and self._tie(found.links_added)
        )
        if not fine or self._layout.warnings:
            return None
        if structural:
            self._resequence()
        if self._reordered or structural:
            self._tables.order = Ranked(self._layout, self._rank)
        self._clock = self._layout.clock.list()
        self._sweep_forward()
        self._sweep_finish()
        self._sweep_backward()
        self._settle_slack()
        tasks = self._layout.tasks
        moved = frozenset(tasks[row].uid for row in self._with_summaries(self._touched))
        return Scheduled(self._tables, self._rank, foreign=self._foreign, moved=moved)

    # ---- the columns ----

    def _flags(self, row: int) -> int:
        return self._layout.rows[row * c.ROW + c.FLAGS]

    def _change(self, task: Task) -> bool:
        layout = self._layout
        row, rows = layout.index[task.uid], layout.rows
        at = row * c.ROW
        if task.constraint is ConstraintType.ALAP or parent_of(layout, task) != rows[at + c.PARENT]:
            return False
        old = rows[at : at + c.ROW]
        span = layout.builder.span(task)
        values = row_values(layout, task, span, old[c.PARENT], old[c.FIRST_CHILD], old[c.NEXT_CHILD])
        rows[at : at + c.ROW] = array("q", values)
        rows[at + c.FIRST_IN], rows[at + c.FIRST_OUT] = old[c.FIRST_IN], old[c.FIRST_OUT]
        if task.name != layout.tasks[row].name:
            self._touched |= {after >> 1 for node in (2 * row, 2 * row + 1) for after in followers(layout, node)}
        layout.tasks[row], layout.spans[row] = task, span
        self._ask(row)
        for tie in self._chain(row, c.FIRST_IN, c.NEXT_IN):
            self._late.add(2 * layout.links[tie + c.PREDECESSOR])
            self._slack.add(layout.links[tie + c.PREDECESSOR])
            self._lag(tie)
        for tie in self._chain(row, c.FIRST_OUT, c.NEXT_OUT):
            self._lag(tie)
        return True

    def _lag(self, tie: int) -> None:
        """A link whose lag depends on a changed row: its percent, or the successor's calendar."""
        layout = self._layout
        columns, link = layout.links, layout.link_list[tie // c.LINK]
        before, after = columns[tie + c.PREDECESSOR], columns[tie + c.SUCCESSOR]
        lag = lag_of(layout.rows, link, before * c.ROW, after * c.ROW) if link.lag.amount or link.lag.percent else None
        places = (tie + c.LAG, tie + c.LAG_AXIS, tie + c.LAG_SHARE)
        if lag is not None and lag != tuple(columns[place] for place in places):
            for place, value in zip(places, lag, strict=True):
                columns[place] = value
            self._ask_link(before, after)
            self._touched.add(after)

    def _ask(self, row: int) -> None:
        """A row whose definition differs is placed again in both passes."""
        self._touched.add(row)
        self._slack.add(row)
        self._early.add(2 * row)
        self._late.add(2 * row)
        parent = self._layout.rows[row * c.ROW + c.PARENT]
        if parent >= 0:
            self._late.add(2 * parent + 1)
        if self._flags(row) & c.SUMMARY:
            self._early.add(2 * row + 1)
            self._late.add(2 * row + 1)

    def _ask_link(self, before: int, after: int) -> None:
        """Both ends of a link that differs."""
        self._early.add(entry_of(self._layout.rows, after))
        self._late.add(2 * before)
        self._slack.add(before)

    def _untie(self, links: Iterable[Link]) -> bool:
        layout = self._layout
        for link in links:
            before, after = layout.index.get(link.predecessor_uid), layout.index.get(link.successor_uid)
            if before is None or after is None:
                continue  # it took no part
            ties = [
                tie for tie in self._chain(before, c.FIRST_OUT, c.NEXT_OUT) if layout.link_list[tie // c.LINK] is link
            ]
            if not ties:
                return False
            self._unchain(before, c.FIRST_OUT, c.NEXT_OUT, ties[0])
            self._unchain(after, c.FIRST_IN, c.NEXT_IN, ties[0])
            self._ask_link(before, after)
        return True

    def _unchain(self, row: int, first: int, following: int, gone: int) -> None:
        links, at = self._layout.links, row * c.ROW
        rest = [tie for tie in self._chain(row, first, following) if tie != gone]
        self._layout.rows[at + first] = rest[0] if rest else -1
        for number, tie in enumerate(rest):
            links[tie + following] = rest[number + 1] if number + 1 < len(rest) else -1

    def _chain(self, row: int, first: int, following: int) -> list[int]:
        """Places of the links into or out of a row."""
        found = []
        links = self._layout.links
        tie = self._layout.rows[row * c.ROW + first]
        while tie >= 0:
            found.append(tie)
            tie = links[tie + following]
        return found

    def _drop(self, tasks: Iterable[Task]) -> bool:
        """Rows of tasks that are gone stay where they are and take no part."""
        layout, dates = self._layout, self._tables.dates
        for task in tasks:
            row = layout.index.pop(task.uid)
            at = row * c.ROW
            if self._flags(row) & c.SUMMARY or layout.rows[at + c.FIRST_IN] >= 0 or layout.rows[at + c.FIRST_OUT] >= 0:
                return False
            parent = layout.rows[at + c.PARENT]
            if parent >= 0:
                if layout.rows[parent * c.ROW + c.FIRST_CHILD] == row and layout.rows[at + c.NEXT_CHILD] < 0:
                    return False  # its summary becomes a task
                self._ask(parent)
            layout.rows[at : at + c.ROW] = array("q", bytes(8 * c.ROW))
            layout.rows[at + c.FLAGS] = c.EXTERNAL | c.PLACED
            for name in (c.PARENT, c.FIRST_CHILD, c.NEXT_CHILD, c.FIRST_IN, c.FIRST_OUT):
                layout.rows[at + name] = -1
            layout.rows[at + c.DEADLINE] = c.FAR_FUTURE
            dates[row * c.DATE : (row + 1) * c.DATE] = array("q", BLANK)
            dates[row * c.DATE + c.EF] = c.FAR_PAST
            dates[row * c.DATE + c.LATE_CAUSE] = c.BY_ACTUAL
            for nodes in (self._early, self._late):
                nodes.discard(2 * row)
            self._touched.discard(row)
            self._slack.discard(row)
        return True

    def _add(self, tasks: Sequence[Task]) -> bool:
        layout = self._layout
        taken = {rank for rank in self._rank if rank % _GAP} if tasks else set()
        for task in tasks:
            parent = parent_of(layout, task)
            if task.constraint is ConstraintType.ALAP or task.uid in layout.index:
                return False
            if parent >= 0 and not self._flags(parent) & c.SUMMARY:
                return False  # a task becomes a summary
            row = len(layout.tasks)
            layout.index[task.uid] = row
            layout.tasks.append(task)
            layout.spans.append(layout.builder.span(task))
            layout.rows.extend(row_values(layout, task, layout.spans[-1], parent, -1, -1))
            self._tables.dates.extend(BLANK)
            self._rank += self._free_rank(parent, taken), 0
            self._ask(row)
            if parent >= 0:
                self._ask(parent)
        return True

    def _free_rank(self, parent: int, taken: set[int]) -> int:
        """A rank before that of the summary, or after all others; from now on it is taken."""
        rank = self._rank[2 * parent] - 1 if parent >= 0 else max(self._rank, default=0) + _GAP - 1
        while rank in taken:
            rank -= 1
        if rank % _GAP:
            taken.add(rank)
        return rank

    def _tie(self, links: Iterable[Link]) -> bool:
        layout = self._layout
        for link in links:
            known = len(layout.link_list)
            tie_rows(layout, (link,))
            if len(layout.link_list) == known:
                continue
            before, after = layout.index[link.predecessor_uid], layout.index[link.successor_uid]
            if not self._order(2 * before, entry_of(layout.rows, after)):
                return False  # a cycle: the full calculation names it
            self._ask_link(before, after)
        return True

    def _resequence(self) -> None:
        """The plan's order after tasks came or went, also below the summaries concerned."""
        layout = self._layout
        layout.sequence = [layout.index[task.uid] for task in layout.plan.tasks if task.active]
        concerned = {node >> 1 for node in self._early if self._flags(node >> 1) & c.SUMMARY}
        last: dict[int, int] = {}
        rows = layout.rows
        for row in layout.sequence:
            parent = rows[row * c.ROW + c.PARENT]
            if parent in concerned:
                if parent in last:
                    rows[last[parent] * c.ROW + c.NEXT_CHILD] = row
                else:
                    rows[parent * c.ROW + c.FIRST_CHILD] = row
                rows[row * c.ROW + c.NEXT_CHILD] = -1
                last[parent] = row

    # ---- order ----

    def _order(self, before: int, after: int) -> bool:
        """Repair the ranks where a new dependency runs against them; False when it closes a circle.

        Only nodes between the two ranks move (Pearce & Kelly 2006).
        """
        if self._rank[before] < self._rank[after]:
            return True
        if not self._reordered:
            self._rank, self._reordered = self._rank.copy(), True
        rank, low, high = self._rank, self._rank[after], self._rank[before]
        later = _reach(after, lambda node: followers(self._layout, node), lambda node: rank[node] <= high)
        if before in later:
            return False
        earlier = _reach(before, self._leaders, lambda node: rank[node] >= low)
        nodes = sorted(earlier, key=rank.__getitem__) + sorted(later, key=rank.__getitem__)
        for node, place in zip(nodes, sorted(rank[node] for node in nodes), strict=True):
            rank[node] = place
        return True

    def _leaders(self, node: int) -> list[int]:
        """The nodes on which a node directly depends."""
        row, rows = node >> 1, self._layout.rows
        if node % 2 == 0 and self._flags(row) & c.SUMMARY:
            return [2 * child for child in self._children(row)]
        found = [2 * self._layout.links[tie + c.PREDECESSOR] for tie in self._chain(row, c.FIRST_IN, c.NEXT_IN)]
        parent = rows[row * c.ROW + c.PARENT]
        return [*found, 2 * parent + 1] if parent >= 0 else found

    def _children(self, row: int) -> Iterator[int]:
        rows = self._layout.rows
        child = rows[row * c.ROW + c.FIRST_CHILD]
        while child >= 0:
            yield child
            child = rows[child * c.ROW + c.NEXT_CHILD]

    # ---- the passes ----

    def _run(self, code: Callable[..., None], *what: int) -> None:
        """One step of a pass, again with more work periods where it meets their edge."""
        edge, t = self._edge, self._tables
        while True:
            code(t.rows, t.links, t.parts, t.projects, t.dates, self._clock, edge, *what)
            if not edge[0]:
                return
            self._layout.clock.beyond(edge[0])
            self._clock, edge[0] = self._layout.clock.list(), 0

    def _sweep_forward(self) -> None:
        rows, dates, rank = self._tables.rows, self._tables.dates, self._rank
        heap = sorted((rank[node], node) for node in self._early)
        waiting = set(self._early)
        while heap:
            _, node = heappop(heap)
            waiting.discard(node)
            here = (node >> 1) * c.DATE
            first = here + c.INLET if node & 1 else here
            last = here + c.OUTLET if node & 1 else here + c.DATE
            old = dates[first:last]
            self._run(kernel.forward_node, node)
            if dates[first:last] == old:
                continue
            if node & 1:
                after = [entry_of(rows, child) for child in self._children(node >> 1)]
            else:
                after = self._moved_early(node >> 1, old)
            for other in after:
                if other not in waiting:
                    waiting.add(other)
                    heappush(heap, (rank[other], other))

    def _moved_early(self, row: int, old: Sequence[int]) -> list[int]:
        """Note a row whose early dates or their causes differ; gives the nodes that depend on them."""
        dates, here = self._tables.dates, row * c.DATE
        self._touched.add(row)
        self._slack.add(row)
        flags = self._flags(row)
        if not flags & c.SUMMARY or any(self._links_share(row)):
            self._late.add(2 * row)
        done = dates[here + c.COMPLETE] != old[c.COMPLETE]
        if dates[here : here + 2] == old[:2] and not done:
            return []
        parent = self._layout.rows[row * c.ROW + c.PARENT]
        if parent >= 0 and flags & c.MANUAL:
            self._late.add(2 * parent + 1)
        links = self._layout.links
        before = [links[tie + c.PREDECESSOR] for tie in self._chain(row, c.FIRST_IN, c.NEXT_IN)]
        self._slack.update(before)
        if done or flags & c.STARTED:
            self._late.update(2 * other for other in before)
        return followers(self._layout, 2 * row)

    def _links_share(self, row: int) -> Iterator[int]:
        """The shares of links out of a row; nought for those whose lag does not follow from its dates."""
        return (self._layout.links[tie + c.LAG_SHARE] for tie in self._chain(row, c.FIRST_OUT, c.NEXT_OUT))

    def _sweep_finish(self) -> None:
        """The project's finish; where it differs, the rows that end with it are asked again."""
        t = self._tables
        old = t.projects[c.PROJECT_FINISH]
        if self._foreign:
            kernel.project_finishes(t.rows, t.projects, t.dates, self._layout.count)
        else:
            last = max(t.dates[c.EF :: c.DATE], default=c.FAR_PAST)
            t.projects[c.PROJECT_FINISH] = last if last > c.FAR_PAST else t.projects[c.PROJECT_START]  # no rows left
        new = t.projects[c.PROJECT_FINISH]
        if new == old:
            return
        flags, causes = t.rows[c.FLAGS :: c.ROW], t.dates[c.LATE_CAUSE :: c.DATE]
        for row, cause in enumerate(causes):
            if (cause == c.BY_PROJECT or (new < old and cause != c.BY_ACTUAL)) and not flags[row] & c.SUMMARY:
                self._late.add(2 * row)

    def _sweep_backward(self) -> None:
        dates, rank = self._tables.dates, self._rank
        heap = sorted((-rank[node], node) for node in self._late)
        waiting = set(self._late)
        while heap:
            _, node = heappop(heap)
            waiting.discard(node)
            here = (node >> 1) * c.DATE
            old = dates[here : here + c.DATE]
            self._run(kernel.backward_node, node)
            if dates[here : here + c.DATE] == old:
                continue
            for other in self._moved_late(node, old):
                if other not in waiting:
                    waiting.add(other)
                    heappush(heap, (-rank[other], other))

    def _moved_late(self, node: int, old: Sequence[int]) -> list[int]:
        """Note a row whose late dates differ; gives the nodes that depend on them."""
        row, dates = node >> 1, self._tables.dates
        here = row * c.DATE
        if node % 2 == 0 and self._flags(row) & c.SUMMARY:
            return [2 * child for child in self._children(row)]
        self._touched.add(row)
        self._slack.add(row)
        if dates[here + c.LS : here + c.LF + 1] == old[c.LS : c.LF + 1]:
            return []
        links = self._layout.links
        found = [2 * links[tie + c.PREDECESSOR] for tie in self._chain(row, c.FIRST_IN, c.NEXT_IN)]
        parent = self._layout.rows[row * c.ROW + c.PARENT]
        return [*found, 2 * parent + 1] if parent >= 0 else found

    def _settle_slack(self) -> None:
        dates = self._tables.dates
        for row in self._slack:
            here = row * c.DATE
            old = dates[here : here + c.DATE]
            self._run(_slack, row)
            if dates[here : here + c.DATE] != old:
                self._touched.add(row)

    def _with_summaries(self, rows: Iterable[int]) -> set[int]:
        """The rows and all summaries above them."""
        found: set[int] = set()
        for start in rows:
            row = start
            while row >= 0 and row not in found:
                found.add(row)
                row = self._layout.rows[row * c.ROW + c.PARENT]
        return found


class Ranked(Sequence[int]):
    """The nodes in the order of their ranks, sorted when they are first read."""

    def __init__(self, layout: Layout, rank: Sequence[int]) -> None:
        self._layout = layout
        self._rank = rank

    @cached_property
    def _nodes(self) -> list[int]:
        rows, sequence = self._layout.rows, self._layout.sequence
        live = [2 * row for row in sequence]
        live += [2 * row + 1 for row in sequence if rows[row * c.ROW + c.FLAGS] & c.SUMMARY]
        return sorted(live, key=self._rank.__getitem__)

    def __len__(self) -> int:
        return len(self._nodes)

    @overload
    def __getitem__(self, at: int) -> int: ...
    @overload
    def __getitem__(self, at: slice) -> list[int]: ...
    def __getitem__(self, at: int | slice) -> int | list[int]:
        return self._nodes[at]


def _slack(
    rows: Ints, links: Ints, parts: Ints, projects: Ints, dates: Ints, clock: Ints, edge: Ints, row: int
) -> None:
    """The slacks of one row, called as the passes are."""
    kernel.slack(rows, links, dates, clock, edge, row)


def _ranked(tables: Tables) -> list[int]:
    """The place of each node in the order, with gaps; nodes that are none keep nought."""
    rank = [0] * (2 * tables.layout.count)
    for place, node in enumerate(tables.order):
        rank[node] = (place + 1) * _GAP
    return rank


def _reach(first: int, beside: Callable[[int], list[int]], inside: Callable[[int], bool]) -> set[int]:
    """All nodes reached from one over neighbours that lie inside."""
    found, waiting = {first}, [first]
    while waiting:
        for node in beside(waiting.pop()):
            if node not in found and inside(node):
                found.add(node)
                waiting.append(node)
    return found
