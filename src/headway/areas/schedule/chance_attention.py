"""What a plan's simulation puts on a Desk: a deadline that is less probable than its project asks for."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from headway.areas.desk.providers import reader
from headway.areas.desk.types import Act, Evidence, Group, Matter
from headway.areas.desk.wording import stake
from headway.areas.projects.across import promises_of
from headway.areas.projects.attention import kept_lines, provider_of_led
from headway.areas.schedule.models import PlanSimulation
from headway.areas.schedule.simulation_keeping import chance_lines
from headway.kernel.context import Context

_SEVERE = Decimal("0.4")


@provider_of_led("schedule.chances", families=("chance",))
def chances(ctx: Context) -> Iterable[Matter]:
    """For each led project the chance of its deadline, where it is below the project's limit."""
    return kept_lines(ctx, "schedule.chances", _chances)


def _chances(ctx: Context, project_ids: list[int]) -> Iterable[Matter]:
    me = reader(ctx)
    lines, promises = chance_lines(project_ids), promises_of(project_ids)
    for project, line in lines.items():
        limit = promises[project].limits.deadline_chance
        if line.chance >= limit or line.deadline < me.day:
            continue
        on = line.simulated_on.astimezone(me.zone).date()
        likely = f"8 of 10 runs end by {me.says(line.p80.date())}" if line.p80 is not None else ""
        yield Matter(
            key=f"chance:{project}",
            group=Group.LATE,
            what=f"Deadline {me.says(line.deadline)}: {line.chance:.0f} % likely",
            project_id=project,
            kind=PlanSimulation._meta.label,
            record_id=line.id,
            reason=f"below the {limit.normalize():f} % that the project asks for",
            consequence="; ".join(filter(None, (f"driven by {line.driver}" if line.driver else "", likely))),
            stake=stake(None, me, severity=_SEVERE),
            act=Act("Open the forecast"),
            due=line.deadline,
            evidence=(
                Evidence("Chance", f"{line.chance:.0f} %", f"share of the runs that meet it, simulated {me.says(on)}"),
                Evidence("Limit", f"{limit.normalize():f} %", "the project's own, kept on its Forecast page"),
                Evidence("Driver", line.driver or "none", "the task or risk that moves the finish most"),
            ),
        )
