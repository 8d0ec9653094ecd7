"""The rows of an import between its file and the entries: what their names mean, packed for keeping, unpacked.

`Taken` is a file's row whose person and project are known. Packing keeps the rows out of audit and history, which
note only their size. Rows pass by in pieces: of a file of any length, a few thousand are in memory. Not here:
comparing them with the store (`comparing`, `reconciling`).
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import blake2b
from itertools import islice
from typing import NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from headway.documents.exchange.hours import HoursRow, read_staged_with_text

PIECE = 2000
ItemT = TypeVar("ItemT")


def in_runs(items: Iterable[ItemT], size: int = PIECE) -> Iterator[list[ItemT]]:
    """A stream in lists."""
    source = iter(items)
    while run := list(islice(source, size)):
        yield run


class Taken(NamedTuple):
    """One row of a file whose person and project are known, ready to be an entry.

    start, end  aware instants.
    project     the file's own name for the project.
    raw         the file's cells as JSON: one text takes a fifth of the memory of its parts.
    task_uid    the row of the plan that its task was matched to.
    """

    number: int
    person_id: int
    day: date
    start: datetime | None
    end: datetime | None
    zone: str
    project: str
    phase: str
    role: str
    note: str
    hours: Decimal
    billable: bool
    bill_rate: Decimal | None
    bill_amount: Decimal | None
    cost_rate: Decimal | None
    cost_amount: Decimal | None
    currency: str
    source_key: str
    content_key: str
    raw: str
    project_id: int
    task_uid: int | None = None

    @property
    def key(self) -> str:
        """What a re-import finds it by."""
        return self.source_key or self.content_key

    @property
    def digest(self) -> str:
        """Of all that the file says; the person it was matched to and the row's place do not count."""
        parts = (self.content_key.split("-")[0], *map(str, self[3:6]), self.phase, self.role, *map(str, self[10:17]))
        return blake2b("\x1f".join(parts).encode(), digest_size=16).hexdigest()


@dataclass(frozen=True)
class Meaning:
    """What the names in a file mean: whose, of which project and on which row of its plan the hours are.

    projects  (name, code) → project; rows of others are left out. people: (name, e-mail) → person.
    tasks     (project, task) → row of the plan. zones: project → its time zone.
    """

    projects: Mapping[tuple[str, str], int] = field(default_factory=dict)
    people: Mapping[tuple[str, str], int] = field(default_factory=dict)
    tasks: Mapping[tuple[int, str], int] = field(default_factory=dict)
    zones: Mapping[int, str] = field(default_factory=dict)

    def of(self, rows: Iterable[tuple[HoursRow, str]]) -> Iterator[Taken]:
        """The rows that are taken, each given with its cells as JSON. A file that does not say counts as billable."""
        zones = {name: ZoneInfo(name) for name in self.zones.values()}
        for row, raw in rows:
            project_id = self.projects.get((row.project, row.project_code))
            if project_id is None:
                continue
            zone = (row.zone or self.zones[project_id]) if row.start else ""
            if zone and zone not in zones:
                zones[zone] = ZoneInfo(zone)
            task = row.task or row.task_code
            yield Taken(
                number=row.number,
                person_id=self.people[row.person, row.email],
                day=row.day,
                start=_instant(row.start, zones.get(zone)),
                end=_instant(row.end, zones.get(zone)),
                zone=zone,
                project=row.project or row.project_code,
                phase=task,
                role=row.role,
                note=row.note,
                hours=row.hours,
                billable=row.billable is not False,
                bill_rate=row.bill_rate,
                bill_amount=row.bill_amount,
                cost_rate=row.cost_rate,
                cost_amount=row.cost_amount,
                currency=row.currency,
                source_key=row.source_key,
                content_key=row.content_key,
                raw=raw,
                project_id=project_id,
                task_uid=self.tasks.get((project_id, task)),
            )


def _instant(local: datetime | None, zone: ZoneInfo | None) -> datetime | None:
    return None if local is None or zone is None else local.replace(tzinfo=zone).astimezone(UTC)


def pack(meaning: Meaning, staged: bytes) -> str:
    """A file's rows, as their reader left them, with what their names mean, as text."""
    parts = (meaning.projects, meaning.people, meaning.tasks)
    head = [*([[*names, found] for names, found in part.items()] for part in parts), list(meaning.zones.items())]
    return f"{json.dumps(head)}\n{base64.b64encode(staged).decode()}"


def unpack(packed: str) -> Iterator[Taken]:
    """The rows that are taken, one by one."""
    head, _, staged = packed.partition("\n")
    projects, people, tasks, zones = json.loads(head)
    meaning = Meaning(
        {(name, code): found for name, code, found in projects},
        {(name, email): found for name, email, found in people},
        {(project_id, task): found for project_id, task, found in tasks},
        dict(zones),
    )
    return meaning.of(read_staged_with_text(base64.b64decode(staged)))
