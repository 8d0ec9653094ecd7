"""Tables of metrics."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from headway.areas.metrics.types import Direction, Formula, Frequency, Provenance, SourceKind, State
from headway.kernel.fields import LocalMomentField
from headway.kernel.models import Part, Root
from headway.kernel.search import Searched


def _choices(kind: Any) -> list[tuple[str, str]]:
    return [(item.value, item.value) for item in kind]


def _number(**more: Any) -> Any:
    return models.DecimalField(max_digits=30, decimal_places=6, **more)


class Kpi(Root):
    """A key figure of a project, or of the house: KPI-3.

    hours, zone    business hours by which ages are counted and periods named.
    needs          the permission of the query it is taken from: who may not ask that does not see the KPI; '' = none.
    state, signal, stale_at, due_at, newest  how it stands, renewed with every change: for lists over many of them.
    trouble        why the last sample could not be taken; '' = it could.
    """

    noun: ClassVar[str] = "KPI"
    project_path: ClassVar[str | None] = "project_id"
    beside: ClassVar[tuple[str, ...]] = ("owner",)
    searched: ClassVar[Searched | None] = Searched(title=("ref", "name"), body=("goal", "basis"))

    project_id = models.BigIntegerField(null=True)
    number = models.PositiveIntegerField(unique=True)
    name = models.CharField(max_length=255)
    goal = models.TextField(blank=True)
    basis = models.CharField(max_length=1000, blank=True)
    owner = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    frequency = models.CharField(max_length=9, choices=_choices(Frequency))
    stale_minutes = models.PositiveIntegerField(null=True)
    minimum_n = models.PositiveIntegerField(default=1)
    least = _number(null=True)
    most = _number(null=True)
    hours = models.CharField(max_length=255)
    zone = models.CharField(max_length=64)
    service = models.BooleanField(default=False)
    source = models.CharField(max_length=5, choices=_choices(SourceKind))
    query = models.CharField(max_length=120, blank=True)
    inputs: Any = models.JSONField(default=dict)
    figure = models.CharField(max_length=255, blank=True)
    needs = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=10, choices=_choices(State), default=State.NO_DATA.value)
    signal = models.CharField(max_length=60, blank=True)
    newest = LocalMomentField(null=True)
    stale_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=1000, blank=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["project_id", "id"], name="metrics_of_project"),
            models.Index(fields=["owner", "state"], name="metrics_of_owner"),
            models.Index(fields=["due_at"], name="metrics_due"),
        ]

    @property
    def ref(self) -> str:
        """How people quote it: 'KPI-3'."""
        return f"KPI-{self.number}"

    def __str__(self) -> str:
        return self.ref


class KpiEarlier(Part):
    """What a KPI was called, whose it was and when it was judged until a moment; written where that changes."""

    part_of: ClassVar[str] = "kpi"

    kpi = models.ForeignKey(Kpi, on_delete=models.CASCADE, related_name="+")
    until = models.DateTimeField()
    name = models.CharField(max_length=255)
    goal = models.TextField(blank=True)
    basis = models.CharField(max_length=1000, blank=True)
    owner = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    stale_minutes = models.PositiveIntegerField(null=True)
    minimum_n = models.PositiveIntegerField()
    least = _number(null=True)
    most = _number(null=True)
    hours = models.CharField(max_length=255)
    zone = models.CharField(max_length=64)


class KpiFormula(Part):
    """A version of what a KPI measures; a new one breaks its line from a period on."""

    part_of: ClassVar[str] = "kpi"

    kpi = models.ForeignKey(Kpi, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()
    since = LocalMomentField()
    formula = models.CharField(max_length=10, choices=_choices(Formula))
    unit = models.CharField(max_length=20, blank=True)
    direction = models.CharField(max_length=6, choices=_choices(Direction))
    percentile = _number(null=True)
    promises: Any = models.JSONField(default=list)
    reason = models.TextField(blank=True)
    said_by = models.CharField(max_length=255)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kpi", "number"], name="metrics_formula_number")]


class KpiTarget(Part):
    """What is wanted from a day on; of two for the same day the later said one counts."""

    part_of: ClassVar[str] = "kpi"

    kpi = models.ForeignKey(Kpi, on_delete=models.CASCADE, related_name="+")
    since = models.DateField()
    value = _number()
    high = _number(null=True)
    amber = _number(null=True)
    red = _number(null=True)
    zero = models.BooleanField(default=False)
    reason = models.TextField(blank=True)
    said_by = models.CharField(max_length=255)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amber=None, red=None) | models.Q(amber__isnull=False, red__isnull=False),
                name="metrics_both_thresholds",
            )
        ]


class KpiBaseline(Part):
    """The periods from which the limits are computed; the newest counts."""

    part_of: ClassVar[str] = "kpi"

    kpi = models.ForeignKey(Kpi, on_delete=models.CASCADE, related_name="+")
    first = LocalMomentField()
    last = LocalMomentField()
    reason = models.TextField()
    said_by = models.CharField(max_length=255)
    recorded_at = models.DateTimeField()


class KpiNote(Part):
    """Something that happened on a day, beside the line."""

    part_of: ClassVar[str] = "kpi"

    kpi = models.ForeignKey(Kpi, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    text = models.CharField(max_length=1000)
    change = models.BooleanField(default=False)
    said_by = models.CharField(max_length=255)
    recorded_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)


class SampleBatch(Part):
    """A file whose samples were taken in."""

    part_of: ClassVar[str] = "kpi"

    kpi = models.ForeignKey(Kpi, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()
    file_name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    doubt = models.CharField(max_length=1000, blank=True)
    quality: Any = models.JSONField(default=list)
    said_by = models.CharField(max_length=255)
    recorded_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kpi", "number"], name="metrics_batch_number")]


class KpiSample(Part):
    """What was measured in one period; never changed, a correction is a new revision.

    rows, cases  single values as text, and cases as they were judged: for formulas that need them.
    withdrawn    the period has no sample any more.
    """

    part_of: ClassVar[str] = "kpi"

    kpi = models.ForeignKey(Kpi, on_delete=models.CASCADE, related_name="+")
    begins = LocalMomentField()
    revision = models.PositiveIntegerField()
    value = _number(null=True)
    numerator = _number(null=True)
    denominator = _number(null=True)
    n = models.PositiveIntegerField(null=True)
    counts: Any = models.JSONField(null=True)
    rows: Any = models.JSONField(default=list)
    cases: Any = models.JSONField(default=list)
    detail: Any = models.JSONField(default=dict)
    as_of = models.DateTimeField()
    provenance = models.CharField(max_length=6, choices=_choices(Provenance))
    said_by = models.CharField(max_length=255)
    reason = models.TextField(blank=True)
    batch = models.ForeignKey(SampleBatch, null=True, on_delete=models.PROTECT, related_name="+")
    confirmed = models.BooleanField(default=True)
    withdrawn = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kpi", "begins", "revision"], name="metrics_revision_once")]
