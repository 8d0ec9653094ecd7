"""The table of files."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from headway.kernel.models import Root


class StoredFile(Root):
    """A name for bytes that lie in the store under their hash."""

    noun: ClassVar[str] = "File"
    key_field: ClassVar[str] = "token"

    token = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=255)
    media_type = models.CharField(max_length=120)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    brought_by = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["sha256"], name="files_by_hash")]

    def __str__(self) -> str:
        return self.name
