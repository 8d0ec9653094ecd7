"""What ties two of the demo's projects: tasks that wait for each other's milestones, and a programme of both."""

from __future__ import annotations

from headway.areas.programme import commands as programme
from headway.areas.schedule.queries import tasks
from headway.kernel.context import Context

_PROJECTS = ("ORDERS", "REFER")
# The task that waits, and what it waits for; neither moves anything as the plans stand.
_WAITS = (
    (("ORDERS", "Go or no-go decided"), ("REFER", "Promotion live")),
    (("REFER", "Results and recommendations"), ("ORDERS", "Migration ready")),
)


def tie_projects(manager: Context) -> None:
    """The programme of the telecom company's two projects, and the links between their plans."""
    made = programme.add_programme(
        manager,
        name="Small business growth",
        objective="Small businesses order the new offer without a call back, and recommend it to others.",
    )
    for key in _PROJECTS:
        programme.add_project(manager, programme=made.id, project=key)
    ids = {(key, row.name): row.id for key in _PROJECTS for row in tasks(manager, project=key, limit=200).items}
    for task, other in _WAITS:
        programme.wait_for(manager, task=ids[task], waits_for=ids[other])
