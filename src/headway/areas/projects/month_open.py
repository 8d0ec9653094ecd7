"""Which imports of hours leave a project's month open, for those who close it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models.fields.json import KeyTransform

from headway.areas.projects.models import ImportBatch
from headway.areas.projects.types import ImportState


@dataclass(frozen=True, slots=True)
class ImportsOpen:
    """Names of files, the newest first: brought since the month began and not entered; entered, with other totals."""

    waiting: tuple[str, ...] = ()
    differing: tuple[str, ...] = ()


def imports_open(project_id: int, first: date) -> ImportsOpen:
    """The imports of hours of a project that wait, or whose totals of a month differ from what is stored; two queries.

    For callers who passed their own door. Totals are those told when the file was entered.
    """
    rows = ImportBatch.unscoped(reason="imports of a project that the caller runs").filter(
        project_id=project_id, kind="hours", created_at__date__gte=first
    )
    waiting = rows.filter(state=ImportState.PREVIEW.value).order_by("-id").values_list("file_name", flat=True)
    entered = rows.filter(state=ImportState.APPLIED.value).annotate(sides=KeyTransform("reconciliation", "preview"))
    month = f"{first:%Y-%m}"
    differing = [
        name for name, sides in entered.order_by("-id").values_list("file_name", "sides") if _differs(sides, month)
    ]
    return ImportsOpen(tuple(dict.fromkeys(waiting)), tuple(dict.fromkeys(differing)))


def _differs(sides: dict[str, Iterable[dict[str, Any]]] | None, month: str) -> bool:
    """Whether a row of the month is flagged, by person or by project."""
    rows = (row for part in (sides or {}).values() for row in part)
    return any(row["flag"] and row["month"] == month for row in rows)
