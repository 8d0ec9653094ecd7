"""Tables of hours: TimeEntry, RateLine, StagedImport, Timer, HoursRules."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from headway.areas.hours.types import EntryStatus, RateKind
from headway.kernel.fields import AmountField, HoursField
from headway.kernel.models import Root


class TimeEntry(Root):
    """Hours of one person on one day. Rates and amounts are copied on saving and never follow a card.

    import_key   the source's own key, or the content key: what a re-import finds the entry by.
    file_digest  of all that the file said of it: a re-import with the same digest changes nothing.
    returned     why the entry was given back, while it waits to be handed in again; '' otherwise.
    removed_at   removed entries count nowhere; undoing an import may bring them back.
    """

    noun: ClassVar[str] = "Time entry"
    project_path: ClassVar[str | None] = "project_id"

    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    start = models.DateTimeField(null=True)
    end = models.DateTimeField(null=True)
    zone = models.CharField(max_length=64, blank=True)
    task_uid = models.IntegerField(null=True)
    phase = models.CharField(max_length=255, blank=True)
    role = models.CharField(max_length=255, blank=True)
    hours = HoursField()
    billable = models.BooleanField(default=True)
    note = models.TextField(blank=True)
    status = models.CharField(
        max_length=10, choices=[(item.value, item.value) for item in EntryStatus], default=EntryStatus.DRAFT.value
    )
    source = models.CharField(max_length=64, default="headway")
    source_key = models.CharField(max_length=255, blank=True)
    content_key = models.CharField(max_length=80, blank=True)
    import_key = models.CharField(max_length=255, blank=True)
    file_digest = models.CharField(max_length=32, blank=True)
    batch = models.ForeignKey("projects.ImportBatch", null=True, on_delete=models.PROTECT, related_name="+")
    changed_by = models.ForeignKey("projects.ImportBatch", null=True, on_delete=models.PROTECT, related_name="+")
    bill_rate = AmountField(null=True)
    bill_amount = AmountField(null=True)
    bill_currency = models.CharField(max_length=3, blank=True)
    cost_rate = AmountField(null=True)
    cost_amount = AmountField(null=True)
    cost_currency = models.CharField(max_length=3, blank=True)
    raw: Any = models.JSONField(null=True)
    returned = models.TextField(blank=True, default="")
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "source", "import_key"],
                condition=models.Q(removed_at=None) & ~models.Q(import_key=""),
                name="hours_imported_once",
            ),
        ]
        indexes = [
            models.Index(fields=["project", "-day", "-id"], name="hours_newest_first"),
            models.Index(fields=["project", "person", "day"], name="hours_of_person"),
            models.Index(fields=["batch"], name="hours_of_batch"),
            models.Index(fields=["person", "day"], name="hours_of_a_week"),
            # Who logged on which project in some weeks, over all projects, without reading the rows.
            models.Index(
                fields=["project", "day", "person"], condition=models.Q(removed_at=None), name="hours_logged_by_day"
            ),
            models.Index(
                fields=["project", "person", "day"],
                condition=models.Q(status=EntryStatus.SUBMITTED.value, removed_at=None),
                name="hours_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hours} h on {self.day}"


class RateLine(Root):
    """One hourly rate from a day on: of a person or role on a project, a client's role, or a person."""

    noun: ClassVar[str] = "Rate"
    project_path: ClassVar[str | None] = "project_id"

    kind = models.CharField(max_length=4, choices=[(item.value, item.value) for item in RateKind])
    scope = models.CharField(max_length=20)
    rate = AmountField()
    currency = models.CharField(max_length=3)
    first = models.DateField()
    last = models.DateField(null=True)
    project = models.ForeignKey("projects.Project", null=True, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    client = models.ForeignKey("people.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=255, blank=True)
    slot = models.CharField(max_length=400)  # kind, scope, whom it is for and first day: one rate each
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["slot"], condition=models.Q(removed_at=None), name="hours_one_rate_a_day"),
            models.CheckConstraint(condition=models.Q(rate__gte=0), name="hours_rate_not_negative"),
        ]
        indexes = [models.Index(fields=["project", "kind", "first"], name="hours_rates_of_project")]

    def __str__(self) -> str:
        return f"{self.kind} {self.rate} {self.currency} from {self.first}"


class StagedImport(Root):
    """The rows of a previewed import, packed; after applying, what undoing it needs."""

    noun: ClassVar[str] = "Import"
    project_path: ClassVar[str | None] = "project_id"

    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="+")
    batch = models.OneToOneField("projects.ImportBatch", on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=64)
    packed = models.TextField(blank=True)
    undo: Any = models.JSONField(null=True)

    def __str__(self) -> str:
        return f"rows of import {self.batch_id}"


class Timer(Root):
    """A person's one running timer; stopping it makes time entries, and the row goes.

    zone  where the person was when it began: their midnight splits it.
    """

    noun: ClassVar[str] = "Timer"
    project_path: ClassVar[str | None] = "project_id"

    person = models.OneToOneField("people.Person", on_delete=models.PROTECT, related_name="+")
    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="+")
    task_uid = models.IntegerField(null=True)
    phase = models.CharField(max_length=255, blank=True)
    note = models.TextField(blank=True)
    started_at = models.DateTimeField()
    zone = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"timer since {self.started_at}"


class HoursRules(Root):
    """How the house logs hours: one row, made by its first change.

    round_minutes   timers are booked in steps of so many minutes; 0 = as measured, to the minute.
    round_up        up to the next step instead of to the nearest.
    notes_required  a week is handed in only with a note on every entry.
    """

    noun: ClassVar[str] = "Rules for hours"

    only = models.BooleanField(default=True, unique=True)
    round_minutes = models.PositiveSmallIntegerField(default=0)
    round_up = models.BooleanField(default=False)
    notes_required = models.BooleanField(default=False)

    def __str__(self) -> str:
        return "rules for hours"
