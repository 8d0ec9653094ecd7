"""Tables of programmes: Placeholder, PlanMove, Programme, ProgrammeProject."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from headway.kernel.fields import LocalMomentField
from headway.kernel.models import Part, Root
from headway.kernel.search import Searched


class Placeholder(Root):
    """A row of a project's plan that stands for a task of another project; its links are ordinary links of the plan.

    uid       of the row in `project`'s plan; the row may be gone from it, and come back by undo.
    original  the task it stands for; where the import that made its plan is undone, the record goes with it, and the
              row keeps the dates it has.
    trouble   why its dates could not be followed; '' = they are.
    """

    noun: ClassVar[str] = "Placeholder"
    project_path: ClassVar[str | None] = "project_id"

    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="+")
    uid = models.IntegerField()
    original = models.ForeignKey("schedule.PlanTask", on_delete=models.CASCADE, related_name="+")
    original_project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="+")
    made_by = models.CharField(max_length=255)
    trouble = models.TextField(blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "uid"], name="programme_placeholder_row_once")]
        indexes = [models.Index(fields=["original_project", "project"], name="programme_follows")]

    def __str__(self) -> str:
        return "a task of another project"


class PlanMove(Root):
    """That a project's plan was dated anew because another project's plan had moved.

    cause       the project that moved first.
    entry       of the plan's undo list.
    milestones  [uid, name, old finish, new finish, working days] of each that moved. deadlines  names of those missed.
    """

    noun: ClassVar[str] = "Move"
    project_path: ClassVar[str | None] = "project_id"

    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="+")
    cause = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="+")
    original = models.ForeignKey("schedule.PlanTask", on_delete=models.CASCADE, related_name="+")
    entry = models.BigIntegerField(null=True)
    old_finish = LocalMomentField(null=True)
    new_finish = LocalMomentField(null=True)
    finish_days = models.IntegerField()
    moved = models.PositiveIntegerField()
    milestones: Any = models.JSONField(default=list)
    deadlines: Any = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["project", "-created_at"], name="programme_moves_newest")]

    def __str__(self) -> str:
        return f"move of the plan of project {self.project_id}"


class Programme(Root):
    """Projects with one aim. `owner` answers for it; whoever made it may change it, too."""

    noun: ClassVar[str] = "Programme"
    searched: ClassVar[Searched | None] = Searched(title=("name",), body=("objective",))

    name = models.CharField(max_length=120, unique=True)
    objective = models.TextField(blank=True, default="")
    owner = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    made_by_user = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return self.name


class ProgrammeProject(Part):
    """A project in a programme."""

    part_of: ClassVar[str] = "programme"

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="+")
    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "project"], name="programme_project_once"),
        ]
