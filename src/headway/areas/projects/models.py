"""Tables of projects."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.validators import RegexValidator
from django.db import models

from headway.areas.projects.risk_types import ResponseKind, RiskKind
from headway.areas.projects.types import Engagement, ImportState, Raci, Severity, Stage, State
from headway.kernel.models import Part, Root
from headway.kernel.search import Searched


def _choices(kind: Any) -> list[tuple[str, str]]:
    return [(item.value, item.value) for item in kind]


def _person(*, null: bool = True) -> Any:
    return models.ForeignKey("people.Person", null=null, on_delete=models.PROTECT, related_name="+")


class Project(Root):
    """A temporary undertaking with a charter; everything above hangs on its id."""

    noun: ClassVar[str] = "Project"
    key_field: ClassVar[str] = "key"
    project_path: ClassVar[str | None] = "pk"
    beside: ClassVar[tuple[str, ...]] = ("client", "manager")
    searched: ClassVar[Searched | None] = Searched(title=("key", "name"), body=("purpose", "charter_words"))

    key = models.CharField(max_length=20, unique=True, validators=[RegexValidator(r"^[A-Z][A-Z0-9-]*$")])
    name = models.CharField(max_length=255)
    client = models.ForeignKey("people.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    manager = _person()
    stage = models.CharField(max_length=16, choices=_choices(Stage), default=Stage.CONCEPT.value)
    purpose = models.TextField(blank=True)
    currency = models.CharField(max_length=3)
    time_zone = models.CharField(max_length=64)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    hours_tracked = models.BooleanField(default=True)
    rag_limits: Any = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["name", "id"], name="projects_by_name")]

    @property
    def charter_words(self) -> list[str]:
        """What its charter's lines say: whoever sees the project reads the charter."""
        lines = CharterLine.of(self).order_by("kind", "position").values_list("text", "measure", "target")
        return [words for line in lines for words in line if words]

    def __str__(self) -> str:
        return self.name


class Membership(Part):
    """A person's role on a project; a person may hold several."""

    part_of: ClassVar[str] = "project"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    person = _person(null=False)
    role = models.CharField(max_length=16)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "person", "role"], name="projects_role_once")]
        indexes = [models.Index(fields=["person", "project"], name="projects_of_person")]


class Bookmark(Part):
    """That a person keeps a project at hand: starred by their own act, or opened not long ago."""

    part_of: ClassVar[str] = "project"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    person = _person(null=False)
    starred_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "person"], name="projects_bookmark_once")]
        indexes = [models.Index(fields=["person", "-opened_at"], name="projects_opened_newest")]


class CharterLine(Part):
    """An objective, a success measure, or a thing in or out of scope."""

    part_of: ClassVar[str] = "project"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=16)  # objective, success, in, out
    position = models.PositiveIntegerField()
    text = models.CharField(max_length=1000)
    measure = models.CharField(max_length=1000, blank=True)
    target = models.CharField(max_length=1000, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "kind", "position"], name="projects_line_once")]


class _OfProject(Root):
    """A numbered record of a project."""

    project_path: ClassVar[str | None] = "project_id"
    prefix: ClassVar[str] = ""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    owner = _person()
    state = models.CharField(max_length=8, choices=_choices(State), default=State.OPEN.value)

    class Meta:
        abstract = True

    @property
    def ref(self) -> str:
        """How people quote it: 'RISK-3'."""
        return f"{self.prefix}-{self.number}"

    def __str__(self) -> str:
        return self.ref


class Stakeholder(Root):
    """Somebody affected by the project, or able to affect it."""

    noun: ClassVar[str] = "Stakeholder"
    project_path: ClassVar[str | None] = "project_id"
    searched: ClassVar[Searched | None] = Searched(title=("name",), body=("organisation", "notes"))

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+")
    person = _person()
    name = models.CharField(max_length=255)
    organisation = models.CharField(max_length=255, blank=True)
    interest = models.PositiveSmallIntegerField(default=3)
    power = models.PositiveSmallIntegerField(default=3)
    engagement = models.CharField(max_length=16, choices=_choices(Engagement), default=Engagement.NEUTRAL.value)
    desired = models.CharField(max_length=16, choices=_choices(Engagement), default=Engagement.SUPPORTIVE.value)
    raci = models.CharField(max_length=1, choices=_choices(Raci), default=Raci.INFORMED.value)
    notes = models.TextField(blank=True)
    removed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class Risk(_OfProject):
    """Something that may happen and would hurt, or help.

    percent      its own chance; None = what its level of probability stands for.
    days, money  three-point estimates of what it costs once it happens, least, likely and most; [] = not estimated.
    residual_*   what is left of it after the response.
    issue        what it became when it happened. outcome  why it was closed.
    """

    noun: ClassVar[str] = "Risk"
    prefix: ClassVar[str] = "RISK"
    searched: ClassVar[Searched | None] = Searched(
        title=("ref", "title"), body=("category", "cause", "effect", "response", "outcome")
    )

    title = models.CharField(max_length=255)
    cause = models.TextField(blank=True)
    effect = models.TextField(blank=True)
    probability = models.PositiveSmallIntegerField()
    impact = models.PositiveSmallIntegerField()
    response = models.TextField(blank=True)
    response_due = models.DateField(null=True)
    kind = models.CharField(max_length=11, choices=_choices(RiskKind), default=RiskKind.THREAT.value)
    category = models.CharField(max_length=60, blank=True, default="")
    percent = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    days: Any = models.JSONField(default=list)
    money: Any = models.JSONField(default=list)
    response_kind = models.CharField(max_length=8, choices=_choices(ResponseKind), null=True)
    residual_probability = models.PositiveSmallIntegerField(null=True)
    residual_impact = models.PositiveSmallIntegerField(null=True)
    residual_percent = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    residual_days: Any = models.JSONField(default=list)
    outcome = models.TextField(blank=True, default="")
    issue = models.ForeignKey("projects.Issue", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="projects_risk_number"),
            models.CheckConstraint(
                condition=models.Q(probability__range=(1, 5), impact__range=(1, 5)), name="projects_risk_scale"
            ),
            models.CheckConstraint(
                condition=models.Q(residual_probability__range=(1, 5)) | models.Q(residual_probability=None),
                name="projects_risk_residual_probability",
            ),
            models.CheckConstraint(
                condition=models.Q(residual_impact__range=(1, 5)) | models.Q(residual_impact=None),
                name="projects_risk_residual_impact",
            ),
        ]


class Issue(_OfProject):
    """Something that has happened and hurts."""

    noun: ClassVar[str] = "Issue"
    prefix: ClassVar[str] = "ISS"
    searched: ClassVar[Searched | None] = Searched(title=("ref", "title"), body=("description", "resolution"))

    title = models.CharField(max_length=255)
    description = models.TextField(blank=True)
    severity = models.CharField(max_length=8, choices=_choices(Severity), default=Severity.MEDIUM.value)
    due = models.DateField(null=True)
    resolution = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="projects_issue_number")]


class Decision(_OfProject):
    """A question with options, decided or waiting."""

    noun: ClassVar[str] = "Decision"
    prefix: ClassVar[str] = "DEC"
    searched: ClassVar[Searched | None] = Searched(
        title=("ref", "question"), body=("options", "recommendation", "cost_of_waiting", "outcome")
    )

    question = models.CharField(max_length=1000)
    options: Any = models.JSONField(default=list)
    recommendation = models.TextField(blank=True)
    decide_by = models.DateField(null=True)
    cost_of_waiting = models.TextField(blank=True)
    outcome = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=255, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="projects_decision_number")]


class Assumption(_OfProject):
    """Something taken as true until it is checked."""

    noun: ClassVar[str] = "Assumption"
    prefix: ClassVar[str] = "ASM"
    searched: ClassVar[Searched | None] = Searched(title=("ref", "text"), body=("outcome",))

    text = models.TextField()
    check_by = models.DateField(null=True)
    outcome = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="projects_assumption_number")]


class HealthOverride(Root):
    """A person's colour for a health dimension; the newest counts until it is lifted."""

    noun: ClassVar[str] = "Override"
    project_path: ClassVar[str | None] = "project_id"

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+")
    dimension = models.CharField(max_length=40)
    colour = models.CharField(max_length=8)
    computed = models.CharField(max_length=16)
    reason = models.TextField()
    set_by = models.CharField(max_length=255)
    approved_by = models.CharField(max_length=255, blank=True)
    lifted_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.dimension} {self.colour}"


class ImportBatch(Root):
    """A file on its way into a project: read, previewed, applied, perhaps undone."""

    noun: ClassVar[str] = "Import"
    project_path: ClassVar[str | None] = "project_id"
    bulky: ClassVar[frozenset[str]] = frozenset({"parsed", "preview", "undo"})
    searched: ClassVar[Searched | None] = Searched(title=("file_name",), body=("kind",))

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    file_id = models.BigIntegerField()
    file_name = models.CharField(max_length=255)
    state = models.CharField(max_length=10, choices=_choices(ImportState), default=ImportState.READING.value)
    answers: Any = models.JSONField(default=dict)
    mapping: Any = models.JSONField(default=dict)
    parsed: Any = models.JSONField(null=True)
    preview: Any = models.JSONField(default=dict)
    undo: Any = models.JSONField(null=True)
    created_by = models.CharField(max_length=255)
    applied_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["project", "-id"], name="projects_imports_newest")]

    def __str__(self) -> str:
        return self.file_name
