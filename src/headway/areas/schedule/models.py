"""Tables of the schedule: Plan, PlanTask, PlanLink, PlanCalendar, Resource, Assignment, Baseline, fields and views."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.db import models

from headway.areas.schedule.looks import FieldKind
from headway.areas.schedule.question_models import UpdateChaser, UpdateQuestion
from headway.areas.schedule.simulation_models import PlanSimulation, RiskTask
from headway.areas.schedule.update_types import Rung, UpdateMailState, UpdateState
from headway.kernel.fields import AmountField, LocalMomentField, WorkTimeField
from headway.kernel.models import Part, Root
from headway.kernel.search import Searched

# Tables of this area that live in a file of their own.
__all__ = [
    "Assignment",
    "Baseline",
    "BaselinePlan",
    "BaselineTask",
    "CustomField",
    "FirstView",
    "Plan",
    "PlanCalendar",
    "PlanEdit",
    "PlanEditPatch",
    "PlanLink",
    "PlanSimulation",
    "PlanTask",
    "PlanView",
    "Resource",
    "RiskTask",
    "UpdateChaser",
    "UpdateMail",
    "UpdateQuestion",
    "UpdateRequest",
    "UpdateTask",
]


class Plan(Root):
    """A project's one plan. `settings` is the engine's ProjectSettings; the version counts every change.

    stamp  a new random text with every change of tasks, links, calendars, resources or assignments.
    """

    noun: ClassVar[str] = "Plan"
    project_path: ClassVar[str | None] = "project_id"

    project = models.OneToOneField("projects.Project", on_delete=models.PROTECT, related_name="+")
    settings: Any = models.JSONField(default=dict)
    warnings: Any = models.JSONField(default=list)
    start = LocalMomentField(null=True)
    finish = LocalMomentField(null=True)
    progress_on = models.DateField(null=True)
    next_uid = models.PositiveIntegerField(default=1)
    stamp = models.CharField(max_length=32, blank=True, default="")

    def __str__(self) -> str:
        return f"plan of project {self.project_id}"

    def bear(self, stamp: str) -> None:
        """Take a new stamp: whoever has kept something of the old one reads the plan again."""
        Plan.unscoped(reason="the row itself").filter(pk=self.pk).update(stamp=stamp)
        self.stamp = stamp


class PlanCalendar(Part):
    """Working days and shifts; `definition` is the engine's Calendar."""

    part_of: ClassVar[str] = "plan"

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="+")
    uid = models.IntegerField()
    name = models.CharField(max_length=255)
    definition: Any = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "uid"], name="schedule_calendar_uid")]


class _OfPlan(Root):
    """A record that changes under its plan's lock: holding it holds the plan, so that two never wait in a ring."""

    project_path: ClassVar[str | None] = "plan__project_id"

    class Meta:
        abstract = True

    @classmethod
    def hold(cls, rows: models.QuerySet[Self]) -> models.QuerySet[Self]:
        """Lock the rows' plan, then give them as they are."""
        plans = Plan.unscoped(reason="the lock of a visible record").filter(pk__in=rows.values("plan_id"))
        list(plans.select_for_update().order_by("pk").values_list("pk", flat=True))
        return rows


class PlanTask(_OfPlan):
    """A row of the plan. `definition` is the engine's Task; dates are local."""

    noun: ClassVar[str] = "Task"
    searched: ClassVar[Searched | None] = Searched(title=("name",), body=("wbs", "owner", "definition__notes"))

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    uid = models.IntegerField()
    position = models.PositiveIntegerField()
    definition: Any = models.JSONField()
    name = models.CharField(max_length=1000)
    wbs = models.CharField(max_length=255, blank=True)
    level = models.PositiveSmallIntegerField(default=1)
    summary = models.BooleanField(default=False)
    milestone = models.BooleanField(default=False)
    active = models.BooleanField(default=True)
    owner = models.CharField(max_length=255, blank=True)
    percent_complete = models.DecimalField(max_digits=9, decimal_places=4, default=0)
    actual_start = LocalMomentField(null=True)
    actual_finish = LocalMomentField(null=True)
    deadline = LocalMomentField(null=True)
    start = LocalMomentField(null=True)
    finish = LocalMomentField(null=True)
    total_slack = WorkTimeField(null=True)
    critical = models.BooleanField(default=False)
    computed: Any = models.JSONField(null=True)  # the engine's ScheduledTask
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "uid"], name="schedule_task_uid"),
        ]
        indexes = [
            models.Index(fields=["plan", "position", "id"], name="schedule_outline"),
            models.Index(fields=["plan", "milestone"], name="schedule_milestones"),
            # What a Desk asks over all plans at once: few of very many rows, each wide.
            models.Index(
                fields=["plan", "finish", "percent_complete"],
                condition=models.Q(critical=True, summary=False, active=True, removed_at=None),
                name="schedule_critical_tasks",
            ),
            models.Index(
                fields=["plan", "finish", "percent_complete"],
                condition=models.Q(milestone=True, summary=False, active=True, removed_at=None),
                name="schedule_milestones_ahead",
            ),
            models.Index(
                fields=["plan", "percent_complete"],
                condition=models.Q(deadline__isnull=False, removed_at=None),
                name="schedule_deadlines",
            ),
            models.Index(fields=["owner"], condition=models.Q(removed_at=None), name="schedule_of_owner"),
            # Who has work in some days is asked of all plans at once; the rows themselves are not read.
            models.Index(
                fields=["plan", "finish", "start", "uid"],
                condition=models.Q(summary=False, active=True, removed_at=None),
                name="schedule_dated_tasks",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PlanLink(Part):
    """A dependency; `definition` is the engine's Link."""

    part_of: ClassVar[str] = "plan"

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="+")
    predecessor_uid = models.IntegerField()
    successor_uid = models.IntegerField()
    definition: Any = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["plan", "successor_uid"], name="schedule_links_into")]


class Resource(_OfPlan):
    """Who or what does the work; `definition` is the engine's Resource."""

    noun: ClassVar[str] = "Resource"

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    uid = models.IntegerField()
    name = models.CharField(max_length=255)
    person = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    definition: Any = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "uid"], name="schedule_resource_uid")]

    def __str__(self) -> str:
        return self.name


class Assignment(Part):
    """A resource on a task; `definition` is the engine's Assignment."""

    part_of: ClassVar[str] = "plan"

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="+")
    uid = models.IntegerField()
    task_uid = models.IntegerField()
    resource_uid = models.IntegerField(null=True)
    definition: Any = models.JSONField()

    class Meta:
        indexes = [
            models.Index(fields=["plan", "task_uid"], name="schedule_assigned_to"),
            models.Index(fields=["plan", "resource_uid", "task_uid"], name="schedule_work_of_resource"),
        ]


class Baseline(_OfPlan):
    """A named copy of the plan at one moment; any number of them. The current one is measured against.

    why      what it was taken for, as 'Approved' or 'CR-3'.
    partial  only chosen tasks were taken as they stood then; the others are as in the baseline before.
    """

    noun: ClassVar[str] = "Baseline"

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=255)
    taken_at = models.DateTimeField()
    taken_by = models.CharField(max_length=255)
    current = models.BooleanField(default=False)
    from_file = models.BooleanField(default=False)
    why = models.TextField(blank=True, default="")
    partial = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="schedule_baseline_number"),
            models.UniqueConstraint(
                fields=["plan"], condition=models.Q(current=True), name="schedule_one_current_baseline"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PlanEdit(_OfPlan):
    """One entry of a plan's undo list: what somebody did to it at once.

    plan_version  the plan's version that came of it.
    kind          'change', or 'undo' and 'redo' of the entry `of`; 'begin' = the plan began with it.
    undone        of a change: it is taken back for now.
    cells         [uid, field] of what was changed, as `acts.PlanChange` names fields; '' = the whole row.
    removed       uids of the rows that went.
    """

    noun: ClassVar[str] = "Change"

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    plan_version = models.PositiveIntegerField()
    made_by = models.BigIntegerField(null=True)
    made_by_name = models.CharField(max_length=255)
    kind = models.CharField(max_length=8)
    of = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="+")
    undone = models.BooleanField(default=False)
    label = models.CharField(max_length=1000)
    rows = models.PositiveIntegerField()
    moved = models.PositiveIntegerField()
    old_finish = LocalMomentField(null=True)
    new_finish = LocalMomentField(null=True)
    finish_days = models.IntegerField()
    cells: Any = models.JSONField(default=list)
    removed: Any = models.JSONField(default=list)

    class Meta:
        indexes = [
            models.Index(fields=["plan", "-id"], name="schedule_edits_newest_first"),
            models.Index(fields=["plan", "plan_version"], name="schedule_edits_since"),
        ]

    def __str__(self) -> str:
        return self.label


class PlanEditPatch(Part):
    """What an entry made of the plan, packed (`patches`)."""

    part_of: ClassVar[str] = "edit"

    edit = models.OneToOneField(PlanEdit, on_delete=models.CASCADE, related_name="+")
    packed = models.TextField()


class BaselineTask(Part):
    """One task's dates and amounts in a baseline. Plan edits never touch it."""

    part_of: ClassVar[str] = "baseline"

    baseline = models.ForeignKey(Baseline, on_delete=models.CASCADE, related_name="+")
    uid = models.IntegerField()
    start = LocalMomentField(null=True)
    finish = LocalMomentField(null=True)
    duration = WorkTimeField(null=True)
    work = WorkTimeField(null=True)
    cost = AmountField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["baseline", "uid"], name="schedule_baseline_task_once")]


class BaselinePlan(Part):
    """The whole plan as it stood when a baseline was taken: the engine's Plan as packed JSON (`packing`)."""

    part_of: ClassVar[str] = "baseline"

    baseline = models.OneToOneField(Baseline, on_delete=models.CASCADE, related_name="+")
    packed = models.TextField()


def _choices(kind: Any) -> list[tuple[str, str]]:
    return [(item.value, item.value) for item in kind]


class CustomField(Root):
    """A field of the house's own on tasks, of every plan or of one project's. The values stand in the tasks.

    key      under which a task's definition has its value; it never changes.
    choices  names with colours, as `FieldChoice`; of the kind 'choice' alone.
    """

    noun: ClassVar[str] = "Field"
    project_path: ClassVar[str | None] = "project_id"

    project = models.ForeignKey("projects.Project", null=True, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=100)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=8, choices=_choices(FieldKind))
    choices: Any = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "key"], name="schedule_field_key_once"),
            models.UniqueConstraint(
                fields=["key"], condition=models.Q(project=None), name="schedule_house_field_key_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PlanView(Root):
    """Columns, filter, groups, order and colours of a project's plan under a name; `settings` is a `ViewSettings`."""

    noun: ClassVar[str] = "View"
    project_path: ClassVar[str | None] = "project_id"

    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    owner_user = models.BigIntegerField()
    owner = models.CharField(max_length=255)
    settings: Any = models.JSONField(default=dict)
    shared = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "owner_user", "name"], name="schedule_view_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class FirstView(Part):
    """The view that a project's plan opens with for a person: at most one each."""

    part_of: ClassVar[str] = "view"

    user = models.BigIntegerField()
    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="+")
    view = models.ForeignKey(PlanView, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "project"], name="schedule_first_view_once")]


class UpdateRequest(Root):
    """News of some tasks, or figures, asked of one person; answered inside, or by a mailed link by who has no way in.

    link_key  what the link proves to know; it stands signed in the mail and opens this request alone.
    asks      the fields of tasks that may be answered; none where figures are asked for, each by a question.
    words     what the asker says to the person.
    costs     it asks for costs, so only whoever may see those sees it.
    chase_…   working days before `due` and between reminders, and how many go by themselves.
    trouble   why news that was to be accepted by itself could not be.
    """

    noun: ClassVar[str] = "Update request"
    project_path: ClassVar[str | None] = "project_id"

    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    person_name = models.CharField(max_length=255)
    email = models.EmailField(max_length=254, blank=True)
    by_link = models.BooleanField()
    link_key = models.CharField(max_length=40, unique=True)
    asks: Any = models.JSONField(default=list)
    words = models.TextField(blank=True)
    due = models.DateField()
    expires_at = models.DateTimeField()
    auto_accept = models.BooleanField(default=False)
    costs = models.BooleanField(default=False)
    chase_before = models.PositiveSmallIntegerField(default=1)
    chase_every = models.PositiveSmallIntegerField(default=2)
    chase_most = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=9, choices=_choices(UpdateState), default=UpdateState.DRAFT.value)
    asked_by = models.CharField(max_length=255)
    asked_by_person = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=255, blank=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=255, blank=True)
    trouble = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["project", "-id"], name="schedule_updates_newest"),
            models.Index(fields=["state", "due"], name="schedule_updates_waiting"),
        ]

    def __str__(self) -> str:
        return f"{'figures' if self.wants_figures else 'news'} of {self.person_name}"

    @property
    def wants_figures(self) -> bool:
        """Whether it asks for figures, and not for news of tasks."""
        return not self.asks


class UpdateTask(Part):
    """A task that a request is about, and what was told of it. `answer`: texts by `UpdateField`."""

    part_of: ClassVar[str] = "request"

    request = models.ForeignKey(UpdateRequest, on_delete=models.CASCADE, related_name="+")
    uid = models.IntegerField()
    name = models.CharField(max_length=1000)
    answer: Any = models.JSONField(default=dict)
    answered_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=8, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "uid"], name="schedule_update_task_once")]


class UpdateMail(Root):
    """A mail of a request: the first, or a reminder. Approved as a whole before it goes."""

    noun: ClassVar[str] = "Mail"
    project_path: ClassVar[str | None] = "request__project_id"

    request = models.ForeignKey(UpdateRequest, on_delete=models.PROTECT, related_name="+")
    rung = models.CharField(max_length=6, choices=_choices(Rung))
    subject = models.CharField(max_length=300)
    body = models.TextField()
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=_choices(UpdateMailState), default=UpdateMailState.DRAFT.value)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "rung"], name="schedule_one_mail_a_rung")]

    def __str__(self) -> str:
        return self.subject
