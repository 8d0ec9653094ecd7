"""What a process keeps of projects while they stand still: read anew only where a project has changed (decision 0059).

Not here: what of it a reader may see. Whoever asks names projects whose records that reader may read.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping
from typing import Any, TypeVar

from headway.kernel.among import among_ids
from headway.kernel.context import Context
from headway.kernel.models import AuditChain
from headway.kernel.queries import once

ItemT = TypeVar("ItemT")
_kept: dict[tuple[str, int], tuple[Any, Any]] = {}


def kept_while_still(
    ctx: Context,
    name: str,
    project_ids: Collection[int],
    make: Callable[[Context, list[int]], Mapping[int, ItemT]],
    *,
    beside: Callable[[int], Hashable] = lambda _: None,
) -> dict[int, ItemT]:
    """By project what its records give; projects of which `make` tells nothing are left out.

    name    under which it is kept, one of each project.
    make    gives it for some projects, from what their audit chains cover and from `beside` alone.
    beside  what else it depends on, by project: a day, a stage.
    Kept with the head of the project's audit chain, which is read before the rows, so that no change is missed.
    Within a command, whose changes the chain does not tell yet, nothing is kept.
    """
    if ctx.work is not None:
        return dict(make(ctx, list(project_ids)))
    heads = once(ctx, ("heads of chains", frozenset(project_ids)), lambda: _heads(project_ids))
    marks = {project: (heads.get(project), beside(project)) for project in project_ids}
    kept = {project: _kept.get((name, project), (None, None)) for project in marks}
    changed = [project for project, mark in marks.items() if kept[project][0] != mark]
    made = make(ctx, changed) if changed else {}
    for project in changed:
        kept[project] = _kept[name, project] = (marks[project], made.get(project))
    return {project: item for project, (_, item) in kept.items() if item is not None}


def forget() -> None:
    """Keep nothing of what was read so far."""
    _kept.clear()


def _heads(project_ids: Collection[int]) -> dict[int, str]:
    return dict(AuditChain.objects.filter(among_ids("scope", project_ids)).values_list("scope", "head"))
