"""Root and Part, whose managers are closed, and the kernel's own tables.

A Root has a visibility rule and is opened by `visible_to(ctx)`; a Part is reached only from its
Root. `unscoped(reason=…)` is long and greppable on purpose.
"""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.db import models

from headway.kernel import access, search
from headway.kernel.among import among_ids
from headway.kernel.context import Context
from headway.kernel.errors import NotFound, Stale
from headway.kernel.jobs_models import InstallationNote, Job, JobKey, WorkerSeen
from headway.kernel.search_models import SearchEntry

# Tables of this app that live in files of their own.
__all__ = ["InstallationNote", "Job", "JobKey", "SearchEntry", "WorkerSeen"]


class _Closed(models.Manager[Any]):
    """A manager that cannot be used by accident."""

    def get_queryset(self) -> models.QuerySet[Any]:
        raise RuntimeError(f"{self.model.__name__}.objects is closed: use visible_to(ctx) or unscoped(reason=…).")


class Record(models.Model):
    """What Root and Part share: a closed manager and a long way round it."""

    objects: ClassVar[models.Manager[Any]] = _Closed()

    class Meta:
        abstract = True

    @classmethod
    def unscoped(cls, *, reason: str) -> models.QuerySet[Self]:
        """All rows, whoever asks; the reason stands in the code for the reviewer."""
        if not reason:
            raise ValueError("unscoped needs a reason.")
        return models.QuerySet(cls)


class Root(Record):
    """A record that people see by themselves; has a version and a visibility rule.

    project_path  the look-up to its project's id ('project_id'; 'pk' for the project); None = of the organisation.
    noun          what people call one ('Project').
    beside        rows of other tables that its pages name, read together with it where a use case is given it.
    searched      what of it the search finds; None = it is not searched.
    """

    project_path: ClassVar[str | None] = None
    noun: ClassVar[str] = "Record"
    beside: ClassVar[tuple[str, ...]] = ()
    searched: ClassVar[search.Searched | None] = None
    bulky: ClassVar[frozenset[str]] = frozenset()  # fields too large for the history, which notes only the change

    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()

    class Meta:
        abstract = True

    @classmethod
    def visible_to(cls, ctx: Context) -> models.QuerySet[Self]:
        """The rows this actor may see."""
        return models.QuerySet(cls).filter(access.visible_q(ctx, cls, cls.project_path))

    @classmethod
    def hold(cls, rows: models.QuerySet[Self]) -> models.QuerySet[Self]:
        """Keep these rows from others until the end of the transaction (PostgreSQL), and give them as they are then.

        Whatever is always changed under a lock of its parent takes that lock first instead, in its own model.
        """
        return rows.select_for_update(of=("self",))

    @classmethod
    def add(cls, ctx: Context, **values: Any) -> Self:
        """Make and store a row at the context's instant; the audit notes its creation."""
        row = cls(created_at=ctx.now, **values)
        row.save(force_insert=True)
        ctx.record(cls._meta.label, row.pk, "", None, str(row))
        if cls.searched is not None:
            search.keep(row)
        return row

    @classmethod
    def found(cls, ctx: Context, **lookup: Any) -> Self:
        """The one visible row; NotFound alike for absent and hidden."""
        row = cls.visible_to(ctx).filter(**lookup).first()
        if row is None:
            raise NotFound(f"{cls.noun} not found.")
        return row

    def scope_project_id(self) -> int | None:
        """The project this row belongs to, if any."""
        path = type(self).project_path
        if path is None:
            return None
        value: Any = self
        for part in path.split("__"):
            value = getattr(value, part)
        return int(value) if value is not None else None

    def change(self, ctx: Context, **values: Any) -> bool:
        """Set fields, note old and new for the audit, raise the version; False when nothing differs.

        Raises Stale when another transaction has changed the row since it was read.
        """
        changed = {name: value for name, value in values.items() if getattr(self, name) != value}
        if not changed:
            return False
        for name, value in changed.items():
            if name in self.bulky:
                ctx.record(type(self)._meta.label, self.pk, name, None, "(changed)")
            else:
                ctx.record(type(self)._meta.label, self.pk, name, getattr(self, name), value)
        updated: models.QuerySet[Any] = models.QuerySet(type(self)).filter(pk=self.pk, version=self.version)
        if not updated.update(version=self.version + 1, **changed):
            raise Stale(f"{self.noun} was changed by someone else. Look at the newest version and try again.")
        for name, value in changed.items():
            setattr(self, name, value)
        self.version += 1
        if self.searched is not None and not self.searched.fields.isdisjoint(changed):
            search.keep(self)
        return True

    def touch(self) -> None:
        """Raise the version of a row whose parts have changed; Stale as for `change`."""
        updated: models.QuerySet[Any] = models.QuerySet(type(self)).filter(pk=self.pk, version=self.version)
        if not updated.update(version=self.version + 1):
            raise Stale(f"{self.noun} was changed by someone else. Look at the newest version and try again.")
        self.version += 1


class Part(Record):
    """A record reached only from its root; `part_of` names the foreign key."""

    part_of: ClassVar[str] = ""

    class Meta:
        abstract = True

    @classmethod
    def of(cls, root: models.Model | int) -> models.QuerySet[Self]:
        """The parts of one root, which the caller has loaded through its visibility."""
        return models.QuerySet(cls).filter(**{cls.part_of: root})

    @classmethod
    def among(cls, roots: models.QuerySet[Any] | list[int]) -> models.QuerySet[Self]:
        """The parts of many visible roots, in one query."""
        if isinstance(roots, models.QuerySet):
            return models.QuerySet(cls).filter(**{f"{cls.part_of}__in": roots})
        return models.QuerySet(cls).filter(among_ids(cls.part_of, roots))


class AuditChain(models.Model):
    """The newest link of one chain: one per project, 0 for the organisation."""

    scope = models.BigIntegerField(primary_key=True)
    length = models.BigIntegerField(default=0)
    head = models.CharField(max_length=64, default="")

    class Meta:
        db_table = "kernel_auditchain"


class AuditEntry(models.Model):
    """One acknowledged write or security event; append-only, hash-chained by scope."""

    scope = models.BigIntegerField()
    sequence = models.BigIntegerField()
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=255)
    operated_by = models.CharField(max_length=255, blank=True)
    channel = models.CharField(max_length=16)
    use_case = models.CharField(max_length=120)
    reason = models.TextField(blank=True)
    correlation = models.CharField(max_length=64)
    detail = models.JSONField(default=dict)
    detail_digest = models.CharField(max_length=64)
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        db_table = "kernel_auditentry"
        constraints = [models.UniqueConstraint(fields=["scope", "sequence"], name="audit_one_place_each")]
        indexes = [
            models.Index(fields=["scope", "-sequence"], name="audit_newest_first"),
            models.Index(fields=["at"], name="audit_by_time"),
            models.Index(fields=["actor_id", "-at", "-id"], name="audit_of_person"),
        ]


class FieldChange(models.Model):
    """One field of one record that a command changed: the record's history."""

    entry = models.ForeignKey(AuditEntry, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=80)
    record_id = models.BigIntegerField()
    field = models.CharField(max_length=80, blank=True)
    old = models.JSONField(null=True)
    new = models.JSONField(null=True)

    class Meta:
        db_table = "kernel_fieldchange"
        indexes = [models.Index(fields=["kind", "record_id", "-id"], name="history_of_record")]


class StoredEvent(models.Model):
    """One event of the transactional outbox."""

    name = models.CharField(max_length=120)
    payload = models.JSONField()
    at = models.DateTimeField()
    correlation = models.CharField(max_length=64)
    done = models.BooleanField(default=False)

    class Meta:
        db_table = "kernel_storedevent"
        indexes = [models.Index(fields=["done", "id"], name="events_to_do")]


class ReactionDone(models.Model):
    """That one reaction has handled one event: running it twice does nothing."""

    event = models.ForeignKey(StoredEvent, on_delete=models.CASCADE, related_name="+")
    reaction = models.CharField(max_length=200)

    class Meta:
        db_table = "kernel_reactiondone"
        constraints = [models.UniqueConstraint(fields=["event", "reaction"], name="reaction_once_per_event")]


class IdempotencyKey(models.Model):
    """A caller's key for one write, with the answer it got.

    claimed_at  when a journey, which has no transaction of its own, began to work on it.
    """

    actor_id = models.BigIntegerField()
    operation = models.CharField(max_length=120)
    key = models.CharField(max_length=255)
    body_digest = models.CharField(max_length=64)
    answer = models.JSONField(null=True)
    done = models.BooleanField(default=False)
    at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "kernel_idempotencykey"
        constraints = [models.UniqueConstraint(fields=["actor_id", "operation", "key"], name="idempotency_once")]


class Counter(models.Model):
    """Numbers given inside a transaction: gaps are possible, doubles are not."""

    name = models.CharField(max_length=120, primary_key=True)
    last = models.BigIntegerField(default=0)

    class Meta:
        db_table = "kernel_counter"


def next_number(name: str) -> int:
    """The next number of a named counter; call inside a command."""
    Counter.objects.get_or_create(name=name)
    row = Counter.objects.select_for_update().get(name=name)
    row.last += 1
    row.save(update_fields=["last"])
    return row.last
