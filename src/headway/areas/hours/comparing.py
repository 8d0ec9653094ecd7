"""An import's rows against the stored entries of its source: which are new, which changed, which are missing.

Also what became of an import's entries since, for who wants to undo it. Nothing here writes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple, Protocol, TypeVar

from headway.areas.hours.models import StagedImport, TimeEntry
from headway.areas.hours.sums import plain
from headway.areas.hours.types import CLOSED, ImportEffect, MissingEntry, MissingRule

SHOWN = 200  # missing entries and blocked rows listed one by one
Days = tuple[date, date] | None  # first and last day of a whole file, rows that are left out included


class Stored(NamedTuple):
    """What is known of a stored entry when a file is compared with it."""

    pk: int
    import_key: str
    file_digest: str
    day: date
    status: str


class Keyed(Protocol):
    """A row of a file, as far as it takes to find its entry."""

    @property
    def number(self) -> int: ...
    @property
    def key(self) -> str: ...
    @property
    def digest(self) -> str: ...


KeyedT = TypeVar("KeyedT", bound=Keyed)


@dataclass
class Comparison:
    """A file's rows of one project against the stored entries of its source, as far as they have passed by.

    missing_rule  what becomes of entries that the file no longer holds.
    create, update, unchanged  rows so far. blocked: why entries that they would change may not change.
    """

    project_id: int
    source: str
    days: Days
    missing_rule: MissingRule
    create: int = 0
    update: int = 0
    unchanged: int = 0
    blocked: list[str] = field(default_factory=list)
    _met: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.knows_any = self._stored().exists()

    def run(self, rows: Sequence[KeyedT]) -> tuple[list[KeyedT], list[tuple[int, KeyedT]]]:
        """The new ones of some rows, and the changed ones with their entries' ids."""
        known = self._of({row.key for row in rows}) if self.knows_any else {}
        new: list[KeyedT] = []
        changed: list[tuple[int, KeyedT]] = []
        for row in rows:
            stored = known.get(row.key)
            if stored is None:
                new.append(row)
                continue
            self._met.add(stored.pk)
            if stored.file_digest == row.digest:
                continue
            changed.append((stored.pk, row))
            if stored.status in CLOSED:
                self._block(
                    f"Row {row.number} changes the entry of {stored.day}, which is {stored.status}. "
                    "Return that entry first, or take the row out of the file."
                )
        self.create += len(new)
        self.update += len(changed)
        self.unchanged += len(rows) - len(new) - len(changed)
        return new, changed

    def missing(self, *, besides: int = 0) -> list[Stored]:
        """Stored entries of the file's days that it no longer holds; ask when all rows have passed by.

        besides  an import whose entries were written meanwhile and are of the file.
        """
        if not self.knows_any or self.days is None:
            return []
        first, last = self.days
        rows = self._stored().filter(day__gte=first, day__lte=last).exclude(batch_id=besides)
        stored = map(Stored._make, _columns(rows).iterator())
        gone = [row for row in stored if row.pk not in self._met]
        if self.missing_rule is MissingRule.REMOVE:
            for row in gone:
                if row.status in CLOSED:
                    self._block(
                        f"The file no longer holds the entry of {row.day}, which is {row.status}. "
                        "Return that entry first."
                    )
        return gone

    def _block(self, why: str) -> None:
        if len(self.blocked) < SHOWN:
            self.blocked.append(why)

    def _of(self, keys: set[str]) -> dict[str, Stored]:
        found = map(Stored._make, _columns(self._stored().filter(import_key__in=keys).order_by()))
        return {row.import_key: row for row in found}

    def _stored(self) -> Any:
        return of_source(self.project_id, self.source)


def _columns(rows: Any) -> Any:
    return rows.values_list("pk", "import_key", "file_digest", "day", "status")


def of_source(project_id: int, source: str) -> Any:
    """Live entries that imports of the source brought into a project, by day."""
    rows = TimeEntry.unscoped(reason="comparing an import").filter(project_id=project_id, source=source)
    return rows.filter(removed_at=None).exclude(import_key="").order_by("day", "pk")


def effect(comparison: Comparison, missing: Sequence[Stored]) -> ImportEffect:
    """The comparison in counts, with the first missing entries named."""
    listed = TimeEntry.unscoped(reason="named in an import's preview").filter(
        pk__in=[row.pk for row in missing[:SHOWN]]
    )
    return ImportEffect(
        comparison.create,
        comparison.update,
        comparison.unchanged,
        len(missing),
        tuple(
            MissingEntry(row.pk, row.person.name, row.day, plain(row.hours), row.phase, row.note)
            for row in listed.select_related("person").order_by("day", "pk")
        ),
        tuple(comparison.blocked),
    )


@dataclass(frozen=True, slots=True)
class UndoFacts:
    """What became of an import's entries since: those that are left, and those that stand against undoing it.

    touched  entries that people changed or handed in since; closed are approved or locked.
    """

    created: int
    updated: int
    removed: int
    touched: int
    closed: int


def undo_facts(batch_id: int) -> UndoFacts:
    """Counted for an import that the caller may see, with its parts in other projects."""
    staged = StagedImport.unscoped(reason="of a visible import")
    ids = [batch_id, *staged.filter(whole_id=batch_id).values_list("batch_id", flat=True)]
    everything = TimeEntry.unscoped(reason="an import's own entries").filter(removed_at=None)
    created, updated = everything.filter(batch_id__in=ids), everything.filter(changed_by_id__in=ids)
    undone = staged.filter(batch_id__in=ids).values_list("undo", flat=True)
    return UndoFacts(
        created=created.count(),
        updated=updated.count(),
        removed=sum(len((undo or {}).get("removed", ())) for undo in undone),
        touched=created.filter(version__gt=1).count(),
        closed=(created | updated).filter(status__in=sorted(CLOSED)).count(),
    )
