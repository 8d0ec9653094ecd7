"""Which tasks can be begun now: what by a link has to be done, or begun, before them, and is not."""

from __future__ import annotations

from collections.abc import Collection

from headway.areas.schedule.models import PlanLink, PlanTask
from headway.engine.plan import LinkType
from headway.kernel.among import among_ids, among_pairs
from headway.kernel.context import Context


def held_up(ctx: Context, task_ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    """For each of these tasks that waits: the names of the tasks it waits for. Three queries, however many.

    A task that has begun waits for nothing more; of a link that holds finishes alone nothing need be done first.
    """
    rows = PlanTask.visible_to(ctx).filter(among_ids("pk", task_ids), percent_complete=0, actual_start=None)
    waiting = {(plan, uid): pk for pk, plan, uid in rows.values_list("pk", "plan_id", "uid")}
    if not waiting:
        return {}
    every = PlanLink.unscoped(reason="links into visible tasks")
    links = every.filter(among_pairs("plan_id", "successor_uid", waiting))
    before: dict[tuple[int, int], list[tuple[int, bool]]] = {}
    for plan, first, then, kind in links.values_list("plan_id", "predecessor_uid", "successor_uid", "definition__type"):
        if kind not in _HOLD_FINISHES:
            before.setdefault((plan, then), []).append((first, kind == LinkType.SS.value))
    wanted = {(plan, uid) for (plan, _), links_in in before.items() for uid, _ in links_in}
    open_tasks = PlanTask.unscoped(reason="tasks before visible ones").filter(
        among_pairs("plan_id", "uid", wanted), removed_at=None, active=True, percent_complete__lt=100
    )
    known = {
        (plan, uid): (name, started is not None)
        for plan, uid, name, started in open_tasks.values_list("plan_id", "uid", "name", "actual_start")
    }
    found: dict[int, tuple[str, ...]] = {}
    for place, links_in in before.items():
        names = tuple(
            known[place[0], uid][0]
            for uid, at_start in links_in
            if (place[0], uid) in known and not (at_start and known[place[0], uid][1])
        )
        if names:
            found[waiting[place]] = names
    return found


_HOLD_FINISHES = (LinkType.FF.value, LinkType.SF.value)
