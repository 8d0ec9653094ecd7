"""Tables of capacity: KeptLoads, Proposal, ProposalPlan.

Kept loads are derived: they can be dropped at any time and are computed anew.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from headway.areas.capacity.proposal_types import ProposalState
from headway.kernel.models import Part, Root


class KeptLoads(Root):
    """What a project's plan asks of its people, day by day from `first` on (`keeping`).

    stamp   that of the plan it was made from.
    people  [resource uid, name, group], a row of the table each. packed: the table (`engine.load_table`).
    """

    noun: ClassVar[str] = "Hours of people"
    project_path: ClassVar[str | None] = "project_id"

    project = models.OneToOneField("projects.Project", on_delete=models.CASCADE, related_name="+")
    computed_at = models.DateTimeField()
    stamp = models.CharField(max_length=32, blank=True)
    first = models.DateField()
    people: Any = models.JSONField(default=list)
    packed = models.TextField()

    def __str__(self) -> str:
        return f"hours of people of project {self.project_id}"


class Proposal(Root):
    """How some plans could be levelled: asked for by a person, computed by a job, taken or left by a person.

    asked    how it is to be levelled (`proposal_types.Asked`). job: the background job that computes it.
    fault    why it could not be computed. note: why it is computed anew.
    """

    noun: ClassVar[str] = "Proposal"
    bulky: ClassVar[frozenset[str]] = frozenset({"asked"})

    asked: Any = models.JSONField(default=dict)
    made_by = models.BigIntegerField(null=True)
    made_by_name = models.CharField(max_length=255)
    state = models.CharField(
        max_length=12,
        choices=[(state.value, state.value) for state in ProposalState],
        default=ProposalState.WAITING.value,
    )
    job = models.CharField(max_length=64, blank=True)
    fault = models.TextField(blank=True)
    note = models.TextField(blank=True)
    computed_at = models.DateTimeField(null=True)
    decided_by_name = models.CharField(max_length=255, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state", "-id"], name="capacity_proposals_by_state")]

    def __str__(self) -> str:
        return f"levelling proposal {self.pk}"


class ProposalPlan(Part):
    """One plan of a proposal, in the order in which the projects keep their dates.

    stamp   that of the plan it was computed from; '' = not computed yet.
    moves   by task uid what levelling sets, as `schedule.levelling` takes it.
    told    what is shown of it (`proposal_types.PlanTold`), as JSON.
    taken   uids of the rows that were accepted. change: that of the plan's undo list which set them.
    """

    part_of: ClassVar[str] = "proposal"

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="+")
    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="+")
    place = models.PositiveIntegerField()
    stamp = models.CharField(max_length=32, blank=True)
    moves: Any = models.JSONField(default=dict)
    told: Any = models.JSONField(null=True)
    taken: Any = models.JSONField(default=list)
    change = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["proposal", "project"], name="capacity_plan_once_a_proposal")]
