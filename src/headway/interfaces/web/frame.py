"""What the frame around a page shows: values that pages and the context processor make, and templates read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from headway.interfaces.web.locale import BRITISH, Locale


@dataclass(frozen=True, slots=True)
class Link:
    """A link in a menu, in tabs or in breadcrumbs. `count` None = no figure beside it."""

    label: str
    href: str = ""
    icon: str = ""
    active: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True)
class NavEntry:
    """One entry of the navigation. `keys` is its shortcut ('g p'), read by the key registry; '' = none."""

    label: str
    href: str
    icon: str
    keys: str = ""
    count: int | None = None
    active: bool = False


@dataclass(frozen=True, slots=True)
class NavGroup:
    """Entries under one title; '' = without a title."""

    entries: tuple[NavEntry, ...]
    title: str = ""


def navigation(groups: Sequence[NavGroup], *, path: str) -> tuple[NavGroup, ...]:
    """The groups with the entry marked that `path` lies under: the longest address that fits wins."""
    fitting = [entry.href for group in groups for entry in group.entries if _lies_under(path, entry.href)]
    here = max(fitting, key=len, default=None)
    return tuple(
        replace(group, entries=tuple(replace(entry, active=entry.href == here) for entry in group.entries))
        for group in groups
        if group.entries
    )


def _lies_under(path: str, href: str) -> bool:
    return path == href or path.startswith(href if href.endswith("/") else f"{href}/")


@dataclass(frozen=True, slots=True)
class PersonInFrame:
    """Who is signed in, for the menu at the top. `sign_out_url` '' = no way to sign out is shown."""

    name: str
    detail: str = ""
    links: tuple[Link, ...] = ()
    sign_out_url: str = ""


@dataclass(frozen=True, slots=True)
class Live:
    """From where a page listens for changes of others: of one project, or with `project` '' of all that one sees."""

    person: int
    project: str
    mark: int


@dataclass(frozen=True, slots=True)
class Frame:
    """The frame of one page. `search_url` '' = no search is offered."""

    organisation: str = ""
    person: PersonInFrame | None = None
    locale: Locale = BRITISH
    home_url: str = "/"
    search_url: str = ""


@dataclass(frozen=True, slots=True)
class Input:
    """One input of a figure, already written as people read it."""

    name: str
    value: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a figure comes from, for <c-figure> and <c-source>.

    short    one line, shown when the pointer rests on the figure.
    records  which records it was counted from ('48 tasks, baseline 2'), with `href` to open them.
    """

    formula: str = ""
    inputs: tuple[Input, ...] = ()
    as_of: date | datetime | None = None
    records: str = ""
    href: str = ""
    short: str = field(default="Where this comes from")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a walk; state is 'done', 'here' or 'ahead'."""

    label: str
    state: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A name and a value, for <c-facts>. The value may be any text or safe markup."""

    name: str
    value: Any


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """What an error page says. `reference` finds the entry in the log; nothing else of it is shown."""

    status: int
    title: str
    text: str
    reference: str = ""
