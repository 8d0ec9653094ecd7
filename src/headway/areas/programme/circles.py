"""Whether plans would wait for themselves through other plans.

A task that moves moves what follows it by links, its summary, and the tasks under a summary that is itself moved; a
placeholder moves with its original. A circle over projects is a way from a task back to itself by these steps.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from headway.areas.programme.models import Placeholder
from headway.areas.schedule.placeholders import plan_now
from headway.engine import plan as engine

Place = tuple[int, int]  # a project and the uid of a task of its plan
_Step = tuple[int, int, bool]  # with whether the task itself moves, and not only the span of a summary


@dataclass
class Web:
    """All placeholders by what they stand for, and the plans that a search has come to.

    changed  a plan as it would be, in place of the one that is stored.
    """

    standing: Mapping[Place, list[Place]]
    changed: Mapping[int, engine.Plan] = field(default_factory=dict)
    _plans: dict[int, _Ways] = field(default_factory=dict)

    @classmethod
    def read(cls, changed: Mapping[int, engine.Plan] | None = None) -> Web:
        """As it is stored; one query, and one plan for each project that a search comes to."""
        rows = Placeholder.unscoped(reason="circles over projects").order_by("id")
        standing: dict[Place, list[Place]] = {}
        for original_project, original_uid, project, uid in rows.values_list(
            "original_project_id", "original__uid", "project_id", "uid"
        ):
            standing.setdefault((original_project, original_uid), []).append((project, uid))
        return cls(standing, changed or {})

    def returns(self, project_id: int) -> bool:
        """Whether any other project stands between this one and itself; without a look at the plans."""
        after: dict[int, set[int]] = {}
        for (original, _), rows in self.standing.items():
            after.setdefault(original, set()).update(project for project, _ in rows)
        reached: set[int] = set()
        waiting = [project_id]
        while waiting:
            for project in after.get(waiting.pop(), ()):
                if project not in reached:
                    reached.add(project)
                    waiting.append(project)
        return project_id in reached

    def way(self, start: Place, goal: Place) -> list[Place]:
        """The tasks from one to another along which a move goes; none where it does not come there."""
        first: _Step = (*start, True)
        before: dict[_Step, _Step | None] = {first: None}
        waiting = [first]
        while waiting:
            step = waiting.pop()
            for following in self._following(step):
                if following[:2] == goal:
                    return [*_told(before, step), goal]
                if following not in before:
                    before[following] = step
                    waiting.append(following)
        return []

    def circle(self, project_id: int) -> list[Place]:
        """A way from a placeholder of the project back to it; none where there is no circle."""
        rows = [place for places in self.standing.values() for place in places if place[0] == project_id]
        for place in rows:
            if place[1] in self._ways(project_id).parents:
                found = self.way(place, place)
                if found:
                    return found
        return []

    def _following(self, step: _Step) -> Iterator[_Step]:
        project, uid, itself = step
        ways = self._ways(project)
        for successor in ways.after.get(uid, ()):
            yield project, successor, True
        parent = ways.parents.get(uid)
        if parent is not None:
            yield project, parent, False
        if itself:
            for child in ways.children.get(uid, ()):
                yield project, child, True
        for other, row in self.standing.get((project, uid), ()):
            if row in self._ways(other).parents:
                yield other, row, True

    def _ways(self, project: int) -> _Ways:
        if project not in self._plans:
            self._plans[project] = _Ways.of(self.changed[project] if project in self.changed else plan_now(project))
        return self._plans[project]


def _told(before: Mapping[_Step, _Step | None], last: _Step) -> list[Place]:
    """The places from the first step to the last one, each once."""
    found: list[Place] = []
    step: _Step | None = last
    while step is not None:
        if not found or found[-1] != step[:2]:
            found.append((step[0], step[1]))
        step = before[step]
    return found[::-1]


@dataclass(frozen=True, slots=True)
class _Ways:
    """Along what a move goes inside one plan. `parents` has every task."""

    after: Mapping[int, list[int]]
    parents: Mapping[int, int | None]
    children: Mapping[int, list[int]]

    @classmethod
    def of(cls, plan: engine.Plan) -> _Ways:
        after: dict[int, list[int]] = {}
        for link in plan.links:
            after.setdefault(link.predecessor_uid, []).append(link.successor_uid)
        parents = {task.uid: task.parent_uid for task in plan.tasks}
        children: dict[int, list[int]] = {}
        for task in plan.tasks:
            if task.parent_uid is not None and not task.external:
                children.setdefault(task.parent_uid, []).append(task.uid)
        return cls(after, parents, children)
