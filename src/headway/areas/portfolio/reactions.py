"""What keeps standings up to date: a job for a project that changed, and one a minute for the rest and for the day."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from headway.areas.deliverables.events import VersionMade
from headway.areas.hours.events import EntriesChanged
from headway.areas.portfolio.computing import changes_of, compute, figures_from, is_current, keep
from headway.areas.portfolio.models import StoredStanding
from headway.areas.projects.events import ProjectCreated, StageChanged
from headway.areas.projects.lines import ProjectLine, lines_inside
from headway.areas.schedule.events import BaselineTaken, PlanChanged
from headway.kernel import jobs
from headway.kernel.context import Context, system_context
from headway.kernel.errors import HeadwayError
from headway.kernel.events import reacts_to

logger = logging.getLogger(__name__)
_REASON = "keeping standings up to date"


def ask_anew(ctx: Context, event: Any) -> None:
    """Ask for the project's standing to be computed; a job that finds it up to date does nothing."""
    jobs.enqueue("portfolio.refresh", {"project": event.project_id})


for _kind in (PlanChanged, BaselineTaken, EntriesChanged, ProjectCreated, StageChanged, VersionMade):
    reacts_to(_kind)(ask_anew)


@jobs.job("portfolio.refresh", queue=jobs.LONG)
def refresh(payload: dict[str, Any]) -> None:
    """Compute one project's standing if something changed since."""
    ctx = system_context(_REASON)
    _refresh(ctx, [line for line in lines_inside(ctx) if line.id == payload["project"]])


@jobs.periodic("portfolio.refresh_all", every=timedelta(minutes=1), queue=jobs.LONG)
def refresh_all(payload: dict[str, Any]) -> dict[str, int]:
    """Compute every standing that is missing, older than its project's records, of another day or another shape."""
    ctx = system_context(_REASON)
    return {"computed": _refresh(ctx, lines_inside(ctx))}


def _refresh(ctx: Context, lines: list[ProjectLine]) -> int:
    """How many of these were out of date and are computed. One that cannot be computed does not stop the others."""
    columns = ("project_id", "changes", "as_of", "good_until", "figures", "loads")
    rows = StoredStanding.unscoped(reason="standings to refresh").filter(project_id__in=[line.id for line in lines])
    kept = {
        pk: {"kept": changes, "as_of": as_of, "good_until": good_until}
        for pk, changes, as_of, good_until, figures, loads in rows.values_list(*columns)
        if figures_from(figures) is not None and loads is not None
    }
    changes = changes_of([line.id for line in lines])
    done = 0
    for line in lines:
        here, now = jobs.running(), kept.get(line.id)
        if here is not None:
            here.check()
        if now and is_current(line, **now, changes=changes.get(line.id, 0), now=ctx.now):
            continue
        past = rows.filter(project_id=line.id).values_list("past", flat=True).first()
        try:
            made = compute(ctx.but(), line, past=past or {})
        except HeadwayError:
            logger.exception("A standing could not be computed.", extra={"project": line.id})
            continue
        keep(line, made)
        done += 1
    return done
