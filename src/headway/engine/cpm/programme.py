"""Several plans scheduled together, with links between their tasks.

Each plan keeps its own calendars, resources, start, finish and settings; a link across plans is a link like any other.
Not here: the rules (`kernel`), shared resources (`headway.engine.levelling`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from headway.engine.cpm import columns as c
from headway.engine.cpm.calculation import project_start, settle, tabulate_several
from headway.engine.cpm.clock import Clock
from headway.engine.cpm.layout import KINDS, Layout, lag_of, lay_out, no_effect, tie
from headway.engine.cpm.outcome import Dated, outcome
from headway.engine.plan import NO_LAG, Lag, Link, LinkType, Plan, PlanError, Schedule


@dataclass(frozen=True, slots=True)
class CrossLink:
    """A dependency between tasks of two plans, each named by its project and its uid there."""

    predecessor: tuple[str, int]
    successor: tuple[str, int]
    type: LinkType = LinkType.FS
    lag: Lag = NO_LAG


def schedule_together(
    plans: Mapping[str, Plan], links: Sequence[CrossLink] = (), *, compiled: bool = False
) -> dict[str, Schedule]:
    """Place the tasks of several plans, by the name of their project.

    links     between the plans; a plan should hold no placeholders of the same tasks, they would drive as well.
    compiled  as for `schedule`.
    Raises PlanError for what `schedule` refuses, for unknown projects and tasks, for cycles (naming tasks and
    projects), and for plans scheduled from their finish.
    """
    for name, plan in plans.items():
        if not plan.project.schedule_from_start:
            raise PlanError(f"Project '{name}' is scheduled from its finish. Schedule it by itself, or from its start.")
    names = list(plans)
    clock = Clock(min((project_start(plan) for plan in plans.values()), default=0))
    layouts = [lay_out(plan, start=0, clock=clock) for plan in plans.values()]
    if not layouts:
        return {}
    whole, firsts = _joined(layouts, names)
    _tie(whole, {name: (layout, first) for name, layout, first in zip(names, layouts, firsts, strict=True)}, links)
    tables = tabulate_several(whole, list(plans.values()), compiled=compiled)
    settle(tables)
    shared = Dated(tables)
    found = {}
    for number, (name, layout) in enumerate(zip(names, layouts, strict=True)):
        view = replace(
            whole,
            plan=layout.plan,
            calendars=layout.calendars,
            builder=layout.builder,
            sequence=range(firsts[number], firsts[number] + layout.count),
            warnings=layout.warnings,
        )
        found[name] = outcome(Dated(replace(tables, layout=view, project=number), shared=shared))
    return found


def _joined(layouts: Sequence[Layout], names: Sequence[str]) -> tuple[Layout, list[int]]:
    """One layout of all rows, and the first row of each plan in it."""
    whole = replace(layouts[0], tasks=[], rows=[], links=[], parts=[], link_list=[], spans=[], part_resources=[])
    firsts: list[int] = []
    for number, layout in enumerate(layouts):
        first, link, part = whole.count, len(whole.links), len(whole.part_resources)
        firsts.append(first)
        rows, links = layout.rows.copy(), layout.links.copy()
        for at in range(0, len(rows), c.ROW):
            rows[at + c.PROJECT] = number
            rows[at + c.FIRST_PART] += part
            _shift(rows, at, (c.PARENT, c.FIRST_CHILD, c.NEXT_CHILD), first)
            _shift(rows, at, (c.FIRST_IN, c.FIRST_OUT), link)
        for at in range(0, len(links), c.LINK):
            _shift(links, at, (c.PREDECESSOR, c.SUCCESSOR), first)
            _shift(links, at, (c.NEXT_IN, c.NEXT_OUT), link)
        whole.tasks += layout.tasks
        whole.rows += rows
        whole.links += links
        whole.parts += layout.parts
        whole.link_list += layout.link_list
        whole.spans += layout.spans
        whole.part_resources += layout.part_resources
    owners = [name for name, layout in zip(names, layouts, strict=True) for _ in layout.tasks]
    return replace(whole, owners=owners, sequence=range(whole.count)), firsts


def _shift(table: list[int], at: int, names: Sequence[int], by: int) -> None:
    for name in names:
        if table[at + name] >= 0:
            table[at + name] += by


def _tie(whole: Layout, layouts: Mapping[str, tuple[Layout, int]], links: Sequence[CrossLink]) -> None:
    """Append the links between the plans."""
    rows = whole.rows
    for cross in links:
        before, after = (_row(layouts, *end) for end in (cross.predecessor, cross.successor))
        if before < 0 or after < 0:
            continue  # an inactive task takes no part
        link = Link(cross.predecessor[1], cross.successor[1], cross.type, cross.lag)
        kind, at = KINDS[cross.type], after * c.ROW
        if kind >= c.FF and rows[at + c.FLAGS] & c.SUMMARY:
            layouts[cross.successor[0]][0].warnings.append(no_effect(link, whole.tasks[after]))
            continue
        tie(whole, link, before, after, lag_of(rows, link, before * c.ROW, at))


def _row(layouts: Mapping[str, tuple[Layout, int]], project: str, uid: int) -> int:
    """The row of a task of a project in the whole; -1 when the task is inactive."""
    if project not in layouts:
        raise PlanError(f"A link names project '{project}', which is not among those scheduled together.")
    layout, first = layouts[project]
    if uid in layout.index:
        return first + layout.index[uid]
    if any(task.uid == uid for task in layout.plan.tasks):
        return -1
    raise PlanError(f"A link names task {uid} of project '{project}', which has no such task.", (uid,))
