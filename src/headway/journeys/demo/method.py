"""The method in the demo: the web shop's gate of the launch, half prepared, and the checklists of its last tests."""

from __future__ import annotations

from headway.areas.method import checklists, gates
from headway.areas.method.types import GateCriterion
from headway.areas.projects.types import Stage
from headway.areas.schedule.queries import tasks
from headway.kernel.context import Context

_CRITERIA = (
    GateCriterion("Acceptance is signed by the client", must=True),
    GateCriterion("The way back was rehearsed", must=True),
    GateCriterion("No open issue is critical or high", "issues"),
    GateCriterion("No open risk is red", "red_risks"),
    GateCriterion("Redirects are tested against 1,200 addresses"),
    GateCriterion("The service team is trained"),
)
_LINES = {
    "Acceptance by Acme": (
        "Every case has a result and a name",
        "Open defects have an owner and a day",
        "Orders by phone were tried by somebody who never saw the shop",
    ),
    "Cut-over rehearsal": ("Each step has a person and a time", "The last moment for the way back is named"),
}


def prepare_launch(manager: Context, key: str) -> None:
    """The gate of the launch with what is known so far, and checklists, of which one line is ticked."""
    rows = {row.name: row.id for row in tasks(manager, project=key, limit=200).items}
    gate = gates.add_gate(
        manager,
        project=key,
        stage=Stage.DELIVERY,
        name="Go live",
        milestone=rows["Go or no-go decided"],
        criteria=_CRITERIA,
    )
    redirects = gate.criteria[4].id
    gates.add_evidence(manager, criterion=redirects, text="First run: 1,180 of 1,200 lead to their page in one step")
    gates.judge(manager, criterion=redirects, met=False)
    for name, lines in _LINES.items():
        for text in lines:
            made = checklists.add_check(manager, task=rows[name], text=text)
        checklists.tick(manager, item=made.id)
