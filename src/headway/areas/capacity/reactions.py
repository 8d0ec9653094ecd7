"""What keeps people's hours up to date: a job for a plan that changed, and one for the rest and for a new week."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from headway.areas.capacity.keeping import compute, is_kept, keep, kept_days, stale_projects
from headway.areas.desk.providers import reader
from headway.areas.schedule.events import PlanChanged
from headway.areas.schedule.workloads import open_plans, stamps_of
from headway.kernel import jobs
from headway.kernel.context import Context, system_context
from headway.kernel.events import reacts_to

_REASON = "keeping the hours of people up to date"


@reacts_to(PlanChanged)
def ask_anew(ctx: Context, event: PlanChanged) -> None:
    """Ask for the hours that the plan asks of its people; a job that finds them up to date does nothing."""
    jobs.enqueue("capacity.refresh", {"project": event.project_id})


@jobs.job("capacity.refresh", queue=jobs.LONG)
def refresh(payload: dict[str, Any]) -> None:
    """Compute the days of one plan's people if it changed since."""
    ctx = system_context(_REASON)
    first, last = kept_days(reader(ctx).day)
    project = payload["project"]
    stamp = stamps_of([project]).get(project)
    if stamp is not None and not is_kept(project, stamp, first):
        keep(project, compute(project, stamp, first=first, last=last), ctx.now)


@jobs.periodic("capacity.refresh_all", every=timedelta(minutes=5), queue=jobs.LONG)
def refresh_all(payload: dict[str, Any]) -> dict[str, int]:
    """Compute what is missing, of an earlier plan or of an earlier week."""
    ctx = system_context(_REASON)
    first, last = kept_days(reader(ctx).day)
    stamps = open_plans()
    stale = stale_projects(stamps, first)
    for project in stale:
        here = jobs.running()
        if here is not None:
            here.check()
        keep(project, compute(project, stamps[project], first=first, last=last), ctx.now)
    return {"computed": len(stale)}
