"""Tables of the Desk: Snooze, Delegation."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from headway.kernel.models import Root


class Snooze(Root):
    """A line that a person set aside. It returns at `until`, or when its points rise above `points`."""

    noun: ClassVar[str] = "Snooze"

    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=120)
    until = models.DateTimeField()
    points = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="desk_snoozed_once")]

    def __str__(self) -> str:
        return self.key


class Delegation(Root):
    """A line that a person handed to a colleague of its project; both see it until it is done or taken back."""

    noun: ClassVar[str] = "Delegation"
    project_path: ClassVar[str | None] = "project_id"

    project_id = models.BigIntegerField()
    key = models.CharField(max_length=120)
    what = models.CharField(max_length=500)
    note = models.TextField(blank=True)
    from_person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    to_person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["from_person", "key"], condition=models.Q(ended_at=None), name="desk_delegated_once"
            )
        ]
        indexes = [models.Index(fields=["to_person", "ended_at"], name="desk_delegated_to")]

    def __str__(self) -> str:
        return self.what
