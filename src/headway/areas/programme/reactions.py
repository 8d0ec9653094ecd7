"""What programmes do when something happened: when a plan has moved, the plans that wait for it are dated anew."""

from __future__ import annotations

from headway.areas.programme import commands
from headway.areas.programme.following import out_of_step
from headway.areas.schedule.events import PlanChanged
from headway.kernel.context import Context
from headway.kernel.events import reacts_to


@reacts_to(PlanChanged)
def follow_on(ctx: Context, event: PlanChanged) -> None:
    """Date the plans that wait for this one; each tells of itself in turn, so that a chain goes on to its end."""
    for project in out_of_step(event.project_id):
        commands.follow(ctx.as_system("follows another project"), project=project, because=event.project_id)
