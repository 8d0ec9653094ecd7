"""Tables of the method: templates, checklists, gates with criteria, rules, recurring tasks."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from headway.areas.method.types import GateState, Rhythm, Weight
from headway.kernel.models import Part, Root
from headway.kernel.search import Searched


def _choices(kind: Any) -> list[tuple[str, str]]:
    return [(item.value, item.value) for item in kind]


class ProjectTemplate(Root):
    """What the house begins projects with; its content stands in its editions."""

    noun: ClassVar[str] = "Template"
    searched: ClassVar[Searched | None] = Searched(title=("name",), body=("about",))

    name = models.CharField(max_length=255, unique=True)
    about = models.TextField(blank=True)
    retired_at = models.DateTimeField(null=True)

    @property
    def ref(self) -> str:
        """How it is asked for: 'T-3'."""
        return f"T-{self.pk}"

    def __str__(self) -> str:
        return self.name


class TemplateEdition(Part):
    """A template as it was saved once; `body` is a `TemplateBody`. Editions never change.

    made_from  the project it was taken from, by key.
    """

    part_of: ClassVar[str] = "template"

    template = models.ForeignKey(ProjectTemplate, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()
    body: Any = models.JSONField()
    made_from = models.CharField(max_length=255, blank=True)
    made_by = models.CharField(max_length=255)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["template", "number"], name="method_edition_once")]


class CheckItem(Root):
    """A line of a task's checklist."""

    noun: ClassVar[str] = "Checklist item"
    project_path: ClassVar[str | None] = "project_id"

    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="+")
    task = models.ForeignKey("schedule.PlanTask", on_delete=models.CASCADE, related_name="+")
    position = models.PositiveIntegerField()
    text = models.CharField(max_length=1000)
    done_at = models.DateTimeField(null=True)
    done_by = models.CharField(max_length=255, blank=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["task", "position"], condition=models.Q(removed_at=None), name="method_checks_of_task")
        ]

    def __str__(self) -> str:
        return self.text


class Gate(Root):
    """The gate that ends a stage of a project.

    task_uid      the milestone of the plan that it falls on; None = none.
    due_on        the day that was typed; it counts where no milestone says.
    asked_digest  of what the approvers were shown; '' = nobody is asked.
    asked_for     the decision that they are asked to agree to.
    """

    noun: ClassVar[str] = "Gate"
    project_path: ClassVar[str | None] = "project_id"
    searched: ClassVar[Searched | None] = Searched(title=("name",))

    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="+")
    stage = models.CharField(max_length=16)
    position = models.PositiveIntegerField(default=0)
    name = models.CharField(max_length=255)
    task_uid = models.IntegerField(null=True)
    due_on = models.DateField(null=True)
    state = models.CharField(max_length=10, choices=_choices(GateState), default=GateState.OPEN.value)
    conditions = models.TextField(blank=True)
    asked_digest = models.CharField(max_length=64, blank=True)
    asked_for = models.CharField(max_length=10, blank=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["project", "position"], name="method_gates_of_project")]

    def __str__(self) -> str:
        return self.name


class Criterion(Root):
    """What must hold at a gate."""

    noun: ClassVar[str] = "Criterion"
    project_path: ClassVar[str | None] = "gate__project_id"

    gate = models.ForeignKey(Gate, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveIntegerField()
    text = models.CharField(max_length=1000)
    check_name = models.CharField(max_length=40, blank=True)
    must = models.BooleanField(default=False)
    met = models.BooleanField(null=True)
    said_by = models.CharField(max_length=255, blank=True)
    said_at = models.DateTimeField(null=True)
    waiver = models.TextField(blank=True)
    waived_by = models.CharField(max_length=255, blank=True)
    waived_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["gate", "position"], name="method_criteria_of_gate")]

    def __str__(self) -> str:
        return self.text


class CriterionEvidence(Part):
    """What shows that a criterion holds. `document` is an uploaded version's id; `record` a reference as 'DEC-3'."""

    part_of: ClassVar[str] = "criterion"

    criterion = models.ForeignKey(Criterion, on_delete=models.CASCADE, related_name="+")
    text = models.TextField(blank=True)
    document = models.BigIntegerField(null=True)
    record = models.CharField(max_length=40, blank=True)
    by = models.CharField(max_length=255)
    at = models.DateTimeField()


class GateDecision(Part):
    """A decision about a gate: what was decided, why, by whom."""

    part_of: ClassVar[str] = "gate"

    gate = models.ForeignKey(Gate, on_delete=models.CASCADE, related_name="+")
    decision = models.CharField(max_length=10, choices=_choices(GateState))
    reason = models.TextField(blank=True)
    conditions = models.TextField(blank=True)
    by = models.CharField(max_length=1000)
    at = models.DateTimeField()
    digest = models.CharField(max_length=64, blank=True)


class MethodRule(Root):
    """That the house wants a rule otherwise than usual: off, or of another weight."""

    noun: ClassVar[str] = "Rule"

    key = models.CharField(max_length=40, unique=True)
    on = models.BooleanField(default=True)
    weight = models.CharField(max_length=8, choices=_choices(Weight))

    def __str__(self) -> str:
        return self.key


class RecurringTask(Root):
    """A rule that makes tasks again and again below a summary row; see `types.RecurrenceRow`."""

    noun: ClassVar[str] = "Recurring task"
    project_path: ClassVar[str | None] = "project_id"

    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="+")
    task_uid = models.IntegerField()
    name = models.CharField(max_length=255)
    rhythm = models.CharField(max_length=16, choices=_choices(Rhythm))
    interval = models.PositiveSmallIntegerField(default=1)
    weekdays: Any = models.JSONField(default=list)
    day = models.PositiveSmallIntegerField(null=True)
    position = models.PositiveSmallIntegerField(null=True)
    duration = models.CharField(max_length=40)
    people = models.CharField(max_length=1000, blank=True, default="")
    first = models.DateField()
    until = models.DateField(null=True)
    until_uid = models.IntegerField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["project", "id"], name="method_recurring_of_project")]

    def __str__(self) -> str:
        return self.name
