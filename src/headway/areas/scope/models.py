"""Tables of the scope statement and of change requests."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from headway.areas.scope.types import Area, Confidence, ItemKind, RequestState, StatementState
from headway.kernel.fields import AmountField, HoursField
from headway.kernel.models import Part, Root
from headway.kernel.search import Searched


def _choices(kind: Any) -> list[tuple[str, str]]:
    return [(item.value, item.value) for item in kind]


def _project() -> Any:
    return models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="+")


def _person() -> Any:
    return models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")


class ScopeItem(Root):
    """A line of a project's scope statement."""

    noun: ClassVar[str] = "Scope item"
    project_path: ClassVar[str | None] = "project_id"
    searched: ClassVar[Searched | None] = Searched(title=("ref", "text"), body=("deliverable", "acceptance"))

    project = _project()
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=_choices(ItemKind))
    deliverable = models.CharField(max_length=255, blank=True)
    text = models.CharField(max_length=1000)
    acceptance = models.TextField(blank=True)
    hours = HoursField(null=True)
    fee = AmountField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="scope_item_number"),
            models.CheckConstraint(
                condition=models.Q(hours=None) | models.Q(hours__gte=0), name="scope_hours_not_less"
            ),
            models.CheckConstraint(condition=models.Q(fee=None) | models.Q(fee__gte=0), name="scope_fee_not_less"),
        ]

    @property
    def ref(self) -> str:
        """How people quote it: 'SI-3'."""
        return f"SI-{self.number}"

    def __str__(self) -> str:
        return self.ref


class ItemTask(Part):
    """That a row of the plan, by its uid, delivers an item."""

    part_of: ClassVar[str] = "item"

    item = models.ForeignKey(ScopeItem, on_delete=models.CASCADE, related_name="+")
    uid = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "uid"], name="scope_item_row_once")]


class ScopeVersion(Root):
    """The scope statement as it was sent for approval; never changed."""

    noun: ClassVar[str] = "Scope version"
    project_path: ClassVar[str | None] = "project_id"
    bulky: ClassVar[frozenset[str]] = frozenset({"items"})

    project = _project()
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=9, choices=_choices(StatementState), default=StatementState.ASKED.value)
    note = models.TextField(blank=True)
    items: Any = models.JSONField(default=list)
    digest = models.CharField(max_length=64)
    asked_by = models.CharField(max_length=255)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=1000, blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="scope_version_number")]

    def __str__(self) -> str:
        return f"scope version {self.number}"


class ChangeRequest(Root):
    """A change of the project that somebody asks for: CR-3."""

    noun: ClassVar[str] = "Change request"
    project_path: ClassVar[str | None] = "project_id"
    beside: ClassVar[tuple[str, ...]] = ("owner",)
    bulky: ClassVar[frozenset[str]] = frozenset({"forecast", "frozen"})
    searched: ClassVar[Searched | None] = Searched(
        title=("ref", "title"), body=("description", "why", "if_nothing", "asked_by", "recommendation")
    )

    project = _project()
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=255)
    description = models.TextField(blank=True)
    why = models.TextField(blank=True)
    asked_by = models.CharField(max_length=255)
    asked_on = models.DateField()
    decide_by = models.DateField(null=True)
    if_nothing = models.TextField(blank=True)
    owner = _person()
    state = models.CharField(max_length=11, choices=_choices(RequestState), default=RequestState.DRAFT.value)
    recommendation = models.TextField(blank=True)
    recommended = models.ForeignKey("scope.ChangeOption", null=True, on_delete=models.PROTECT, related_name="+")
    dissent = models.TextField(blank=True)
    it_probability = models.PositiveSmallIntegerField(null=True)
    it_impact = models.PositiveSmallIntegerField(null=True)
    rollback_tested = models.BooleanField(default=False)
    first_time = models.BooleanField(default=False)
    freeze = models.BooleanField(default=False)
    digest = models.CharField(max_length=64, blank=True)
    frozen: Any = models.JSONField(null=True)
    chosen = models.ForeignKey("scope.ChangeOption", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=1000, blank=True)
    decision_reason = models.TextField(blank=True)
    plan_change = models.BigIntegerField(null=True)
    budget_change = models.BigIntegerField(null=True)
    forecast: Any = models.JSONField(null=True)
    made: Any = models.JSONField(default=list)
    carried_out_at = models.DateTimeField(null=True)
    carried_out_by = models.CharField(max_length=255, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="scope_request_number"),
            models.CheckConstraint(
                condition=models.Q(it_probability=None) | models.Q(it_probability__range=(1, 5)),
                name="scope_probability_scale",
            ),
            models.CheckConstraint(
                condition=models.Q(it_impact=None) | models.Q(it_impact__range=(1, 5)), name="scope_impact_scale"
            ),
        ]
        indexes = [models.Index(fields=["project", "state"], name="scope_requests_by_state")]

    @property
    def ref(self) -> str:
        """How people quote it: 'CR-3'."""
        return f"CR-{self.number}"

    def __str__(self) -> str:
        return self.ref


class ChangeOption(Root):
    """A way of dealing with a change request, and its computed effect.

    steps    what it does in words, each with the changes of the plan that do it.
    effect   as computed; `plan_version` is that of the plan it was computed from.
    """

    noun: ClassVar[str] = "Option"
    project_path: ClassVar[str | None] = "request__project_id"
    beside: ClassVar[tuple[str, ...]] = ("request",)
    bulky: ClassVar[frozenset[str]] = frozenset({"effect", "steps"})

    request = models.ForeignKey(ChangeRequest, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=255)
    nothing = models.BooleanField(default=False)
    steps: Any = models.JSONField(default=list)
    hours: Any = models.JSONField(default=list)
    one_off = AmountField(default=0)
    risks = models.TextField(blank=True)
    effect: Any = models.JSONField(null=True)
    plan_version = models.PositiveIntegerField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "number"], name="scope_option_number")]

    def __str__(self) -> str:
        return self.name


class OptionRisk(Part):
    """That an option brings a risk of the project's register."""

    part_of: ClassVar[str] = "option"

    option = models.ForeignKey(ChangeOption, on_delete=models.CASCADE, related_name="+")
    risk = models.ForeignKey("projects.Risk", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["option", "risk"], name="scope_option_risk_once")]


class Impact(Root):
    """What a change means for a group of people."""

    noun: ClassVar[str] = "Impact"
    project_path: ClassVar[str | None] = "request__project_id"
    beside: ClassVar[tuple[str, ...]] = ("request",)

    request = models.ForeignKey(ChangeRequest, on_delete=models.PROTECT, related_name="+")
    area = models.CharField(max_length=12, choices=_choices(Area))
    group = models.CharField(max_length=255)
    group_size = models.PositiveIntegerField()
    reached = models.PositiveIntegerField()
    description = models.TextField(blank=True)
    severity = models.PositiveSmallIntegerField()
    likelihood = models.PositiveSmallIntegerField()
    residual_severity = models.PositiveSmallIntegerField()
    mitigation = models.TextField(blank=True)
    owner = _person()
    due = models.DateField(null=True)
    onset = models.DateField(null=True)
    lasts = models.CharField(max_length=255, blank=True)
    reversible = models.BooleanField(default=True)
    confidence = models.CharField(max_length=6, choices=_choices(Confidence), default=Confidence.MEDIUM.value)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    severity__range=(0, 4), residual_severity__range=(0, 4), likelihood__range=(1, 5), group_size__gte=1
                ),
                name="scope_impact_scales",
            ),
            models.CheckConstraint(
                condition=models.Q(reached__lte=models.F("group_size")), name="scope_reach_within_group"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area} of {self.group}"
