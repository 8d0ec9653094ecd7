"""The workspace's one table: counters of rate limits. People's records are the areas'."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class CacheEntry(models.Model):
    """A value that may be forgotten, kept as JSON where all processes see it."""

    key = models.CharField(max_length=64, primary_key=True)
    value = models.TextField()
    expires_at = models.BigIntegerField(null=True)  # whole seconds since 1970

    entries: ClassVar[models.Manager[CacheEntry]] = models.Manager()

    class Meta:
        db_table = "web_cache"
        indexes: ClassVar = [models.Index(fields=["expires_at"], name="web_cache_by_expiry")]

    def __str__(self) -> str:
        return self.key
