"""Tables of hours: entries, rates, imports, timers, rules, reminders, meetings. Sums of entries are kept in `kept`."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.db import models

from headway.areas.hours.closed import ClosedMonth, refuse_closed
from headway.areas.hours.kept import DaySum, PartSum, counted
from headway.areas.hours.types import EntryStatus, MeetingState, RateKind
from headway.kernel.context import Context
from headway.kernel.fields import AmountField, HoursField
from headway.kernel.models import Root

# Tables of this area that live in a file of their own.
__all__ = [
    "ClosedMonth",
    "DaySum",
    "HoursRules",
    "KnownName",
    "Meeting",
    "PartSum",
    "RateLine",
    "StagedImport",
    "TimeEntry",
    "Timer",
    "Unreminded",
]

_COUNTED = frozenset(
    {
        *("project", "project_id", "person", "person_id", "day", "task_uid", "phase", "role", "hours", "billable"),
        *("bill_amount", "bill_currency", "cost_amount", "cost_currency", "removed_at"),
    }
)


class TimeEntry(Root):
    """Hours of one person on one day. Rates and amounts are copied on saving and never follow a card.

    import_key   the source's own key, or the content key: what a re-import finds the entry by.
    file_digest  of all that the file said of it: a re-import with the same digest changes nothing.
    returned     why the entry was given back, while it waits to be handed in again; '' otherwise.
    corrects     the closed entry that this one corrects; counter: it takes that one's hours back, else it stands in
                 its place. correction: why.
    removed_at   removed entries count nowhere; undoing an import may bring them back.
    """

    noun: ClassVar[str] = "Time entry"
    project_path: ClassVar[str | None] = "project_id"

    # No index of one column: those below begin with it, and an import of very many rows writes each of them.
    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
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
    batch = models.ForeignKey(
        "projects.ImportBatch", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    changed_by = models.ForeignKey(
        "projects.ImportBatch", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    bill_rate = AmountField(null=True)
    bill_amount = AmountField(null=True)
    bill_currency = models.CharField(max_length=3, blank=True)
    cost_rate = AmountField(null=True)
    cost_amount = AmountField(null=True)
    cost_currency = models.CharField(max_length=3, blank=True)
    raw: Any = models.JSONField(null=True)
    returned = models.TextField(blank=True, default="")
    corrects = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    counter = models.BooleanField(default=False)
    correction = models.TextField(blank=True, default="")
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["corrects", "counter"],
                condition=models.Q(corrects__isnull=False, removed_at=None),
                name="hours_corrected_once",
            ),
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
            models.Index(
                fields=["changed_by"], condition=models.Q(changed_by__isnull=False), name="hours_changed_by_import"
            ),
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

    @classmethod
    def add(cls, ctx: Context, **values: Any) -> Self:
        """Make and store an entry, which the kept sums count at once; a closed month takes corrections only."""
        if values.get("corrects_id") is None:
            refuse_closed(values["project_id"], [values["day"]])
        row = super().add(ctx, **values)
        row._count()
        return row

    def change(self, ctx: Context, **values: Any) -> bool:
        """Set fields; the kept sums follow. Refused in a closed month."""
        if _COUNTED.isdisjoint(values):
            return super().change(ctx, **values)
        refuse_closed(self.project_id, {self.day, values.get("day", self.day)})
        self._count(away=True)
        changed = super().change(ctx, **values)
        self._count()
        return changed

    def _count(self, *, away: bool = False) -> None:
        rows = type(self).unscoped(reason="the entry's own sums").filter(pk=self.pk, removed_at=None)
        counted(rows, away=away)


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
    """The rows of a previewed import, packed; after applying, what undoing it needs.

    whole  the import that this one is a part of, where one file held hours of several projects.
    """

    noun: ClassVar[str] = "Import"
    project_path: ClassVar[str | None] = "project_id"

    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="+")
    batch = models.OneToOneField("projects.ImportBatch", on_delete=models.PROTECT, related_name="+")
    whole = models.ForeignKey("projects.ImportBatch", null=True, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=64)
    packed = models.TextField(blank=True)
    undo: Any = models.JSONField(null=True)

    def __str__(self) -> str:
        return f"rows of import {self.batch_id}"


class KnownName(Root):
    """What a source's files call a project, or a row of its plan; asked once, kept for next time.

    project   the project that is meant, or whose plan holds the row.
    task_uid  the row; None = the name is the project's.
    """

    noun: ClassVar[str] = "Name in files"
    project_path: ClassVar[str | None] = "project_id"

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="+")
    source = models.CharField(max_length=64)
    text = models.CharField(max_length=255)
    task_uid = models.IntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "text"], condition=models.Q(task_uid=None), name="hours_project_name_once"
            ),
            models.UniqueConstraint(
                fields=["project", "source", "text"],
                condition=models.Q(task_uid__isnull=False),
                name="hours_task_name_once",
            ),
        ]

    def __str__(self) -> str:
        return f"'{self.text}' of {self.source}"


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
    remind_on       the ISO weekday on which people are reminded of hours that are missing; 0 = never.
    remind_below    who has logged less than so many percent of what they could work is reminded.
    """

    noun: ClassVar[str] = "Rules for hours"

    only = models.BooleanField(default=True, unique=True)
    round_minutes = models.PositiveSmallIntegerField(default=0)
    round_up = models.BooleanField(default=False)
    notes_required = models.BooleanField(default=False)
    remind_on = models.PositiveSmallIntegerField(default=0)
    remind_below = models.PositiveSmallIntegerField(default=90)

    def __str__(self) -> str:
        return "rules for hours"


class Unreminded(Root):
    """A person who gets no mail about hours that are missing."""

    noun: ClassVar[str] = "Person without reminders"

    person = models.OneToOneField("people.Person", on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return f"no reminders for person {self.person_id}"


class Meeting(Root):
    """A meeting of a person's own calendar file, proposed as hours.

    key     names it in every file of that calendar: its uid and its start.
    hours   from start to end. day: on which it began, in `zone`.
    project, task_uid, phase  where its hours are thought to belong; project None = nothing is known. why: in words.
    state   `MeetingState`; entry: what was logged.
    """

    noun: ClassVar[str] = "Meeting"

    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=64)
    title = models.CharField(max_length=500)
    start = models.DateTimeField()
    end = models.DateTimeField()
    zone = models.CharField(max_length=64)
    day = models.DateField()
    hours = HoursField()
    project = models.ForeignKey("projects.Project", null=True, on_delete=models.PROTECT, related_name="+")
    task_uid = models.IntegerField(null=True)
    phase = models.CharField(max_length=255, blank=True)
    why = models.CharField(max_length=500, blank=True)
    state = models.CharField(
        max_length=8, choices=[(item.value, item.value) for item in MeetingState], default=MeetingState.OPEN.value
    )
    entry = models.ForeignKey(TimeEntry, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="hours_meeting_once")]
        indexes = [models.Index(fields=["person", "state", "start"], name="hours_meetings_open")]

    def __str__(self) -> str:
        return f"meeting of {self.day}"  # without its title, which is nobody else's
