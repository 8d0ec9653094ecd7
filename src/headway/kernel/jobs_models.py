"""The tables beside the job library's own: attempts, leases, keys, workers, and the hold after a restore."""

from __future__ import annotations

from django.db import models


class Job(models.Model):
    """What the library's row lacks: attempts, the lease of the worker that runs it, progress, cancel.

    worker       who holds the lease; '' = nobody.
    lease_until  the real instant after which another worker may take the job.
    outgoing     its effect leaves the building: it waits while outgoing work is held.
    """

    task = models.OneToOneField(
        "django_tasks_database.DBTaskResult", models.CASCADE, primary_key=True, related_name="headway_job"
    )
    name = models.CharField(max_length=120)
    outgoing = models.BooleanField(default=False)
    attempts = models.PositiveIntegerField(default=0)
    max_attempts = models.PositiveIntegerField(default=4)
    worker = models.CharField(max_length=64, default="", blank=True)
    lease_until = models.DateTimeField(null=True)
    cancel_requested = models.BooleanField(default=False)
    cancelled = models.BooleanField(default=False)
    progress_done = models.BigIntegerField(default=0)
    progress_total = models.BigIntegerField(null=True)
    progress_text = models.CharField(max_length=200, default="", blank=True)
    error = models.TextField(default="", blank=True)

    class Meta:
        db_table = "kernel_job"
        indexes = [models.Index(fields=["lease_until"], name="job_leases")]


class JobKey(models.Model):
    """A key that lets one job in: the unique insert decides, between any number of processes."""

    key = models.CharField(max_length=200, primary_key=True)
    task_id = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "kernel_jobkey"
        indexes = [models.Index(fields=["at"], name="job_keys_by_age")]


class WorkerSeen(models.Model):
    """A worker process and when it last said that it lives."""

    name = models.CharField(max_length=64, primary_key=True)
    queues = models.CharField(max_length=200)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        db_table = "kernel_workerseen"


class InstallationNote(models.Model):
    """A fact about this installation: that outgoing work is held, when the last backup was made."""

    name = models.CharField(max_length=60, primary_key=True)
    value = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        db_table = "kernel_installationnote"
