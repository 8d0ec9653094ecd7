"""Tables of the simulation: which tasks a risk hits, and the newest simulation of each plan."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from headway.kernel.fields import LocalMomentField
from headway.kernel.models import Part, Root


class RiskTask(Part):
    """That a risk, once it happens, lengthens a task of the plan; an opportunity shortens it."""

    part_of: ClassVar[str] = "plan"

    plan = models.ForeignKey("schedule.Plan", on_delete=models.CASCADE, related_name="+")
    risk = models.ForeignKey("projects.Risk", on_delete=models.PROTECT, related_name="+")
    task_uid = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["risk", "task_uid"], name="schedule_risk_task_once")]


class PlanSimulation(Root):
    """The newest simulation of a plan, and the one that is asked for.

    job        which computes the one that is asked for; '' = none was asked for yet.
    fault      why the last one could not be computed.
    plan_version, stamp, mark  of the plan, and of its risks and deadlines, that were simulated or refused last.
    found      a `Chances`, None until one was computed. What lists need of it stands in columns:
    chance     percent that the deadline is met; None without a deadline. driver  what moves the finish most.
    """

    noun: ClassVar[str] = "Simulation"
    project_path: ClassVar[str | None] = "plan__project_id"
    bulky: ClassVar[frozenset[str]] = frozenset({"found"})

    plan = models.OneToOneField("schedule.Plan", on_delete=models.PROTECT, related_name="+")
    job = models.CharField(max_length=40, blank=True, default="")
    fault = models.TextField(blank=True, default="")
    plan_version = models.PositiveIntegerField(null=True)
    stamp = models.CharField(max_length=32, blank=True, default="")
    mark = models.CharField(max_length=64, blank=True, default="")
    runs = models.PositiveIntegerField(null=True)
    seed = models.BigIntegerField(default=0)
    computed_at = models.DateTimeField(null=True)
    found: Any = models.JSONField(null=True)
    chance = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    deadline = models.DateField(null=True)
    driver = models.CharField(max_length=1100, blank=True, default="")
    p80 = LocalMomentField(null=True)

    def __str__(self) -> str:
        return f"simulation of plan {self.plan_id}"
