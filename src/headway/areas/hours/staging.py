"""The rows of an import between its file and the entries: what their names mean, packed for keeping, unpacked.

`Taken` is a file's row whose person and project are known. Packing keeps the rows out of audit and history, which
note only their size. Rows pass by in pieces: of a file of any length, some ten thousand are in memory. Not here:
comparing them with the store (`comparing`, `reconciling`).
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import blake2b
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from headway.documents.exchange.hours import read_staged_with_text

_MOST_KNOWN = 20_000


@dataclass(frozen=True, slots=True, eq=False)
class Worth:
    """What rows of a file say of hours and money; rows that say the same share one, and it equals itself alone.

    text  all of it, as part of a row's digest.
    """

    hours: Decimal
    billable: bool
    bill_rate: Decimal | None
    bill_amount: Decimal | None
    cost_rate: Decimal | None
    cost_amount: Decimal | None
    currency: str
    text: str


class Taken(NamedTuple):
    """One row of a file whose person and project are known, ready to be an entry.

    month       'YYYY-MM'. start, end: aware instants.
    raw         the file's cells as JSON: one text takes a fifth of the memory of its parts.
    task_uid    the row of the plan that its task was matched to.
    digest      of all that the file says; the person it was matched to and the row's place do not count.
    """

    number: int
    project_id: int
    person_id: int
    day: date
    month: str
    start: datetime | None
    end: datetime | None
    zone: str
    phase: str
    role: str
    note: str
    worth: Worth
    source_key: str
    content_key: str
    digest: str
    raw: str
    task_uid: int | None

    @property
    def key(self) -> str:
        """What a re-import finds it by."""
        return self.source_key or self.content_key


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

    def of(self, rows: Iterable[tuple[list[Any], str]]) -> Iterator[Taken]:
        """The rows that are taken, each given as it was staged, with its cells as JSON.

        One loop, and what comes again and again is read once: it runs half a million times for a large file.
        """
        worths, days, instants = _Known(_worth), _Known(_day), _Known(_instant)
        nowhen: tuple[None, str] = (None, "None")
        for values, raw in rows:
            number, person, email, _, on, start, end, zone, project, code, _, task, task_code, role, note = values[:15]
            project_id = self.projects.get((project, code))
            if project_id is None:
                continue
            zone = (zone or self.zones[project_id]) if start else ""
            began, began_text = instants[start, zone] if zone else nowhen
            ended, ended_text = instants[end, zone] if zone and end else nowhen
            day, month = days[on]
            phase, worth, (source_key, content_key) = task or task_code, worths[tuple(values[15:22])], values[23:25]
            said = (content_key.partition("-")[0], began_text, ended_text, zone, phase, role, worth.text)
            yield Taken(
                number,
                project_id,
                self.people[person, email],
                day,
                month,
                began,
                ended,
                zone,
                phase,
                role,
                note,
                worth,
                source_key,
                content_key,
                blake2b("\x1f".join(said).encode(), digest_size=16).hexdigest(),
                raw,
                self.tasks.get((project_id, phase)),
            )


class _Known(dict[Any, Any]):
    """What was made of a key before; it forgets all when that becomes much."""

    def __init__(self, make: Callable[[Any], Any]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, key: Any) -> Any:
        if len(self) >= _MOST_KNOWN:
            self.clear()
        made = self[key] = self._make(key)
        return made


def _worth(said: tuple[Any, ...]) -> Worth:
    """Of hours, billable, rates and amounts as staged, and the currency. Where the file is silent, it is billable."""
    hours, billable, *money, currency = said
    billable = billable is not False
    bill_rate, bill_amount, cost_rate, cost_amount = (None if text is None else Decimal(text) for text in money)
    text = "\x1f".join((hours, str(billable), *map(str, money), currency))
    return Worth(Decimal(hours), billable, bill_rate, bill_amount, cost_rate, cost_amount, currency, text)


def _day(text: str) -> tuple[date, str]:
    return date.fromisoformat(text), text[:7]


def _instant(said: tuple[str, str]) -> tuple[datetime, str]:
    """The instant of a local time in a zone, and its text in a digest."""
    local, zone = said
    instant = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    return instant, str(instant)


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
