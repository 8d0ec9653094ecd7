"""What a portfolio page is asked for: filters, order, grouping and columns, read from the address or a saved view.

The address always says what is shown, so that it can be sent as a link.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict

from headway.areas.portfolio.commands import COLUMNS, USUAL_COLUMNS
from headway.areas.portfolio.types import Group, Health, Sort, ViewRow
from headway.areas.projects.types import Stage

EnumT = TypeVar("EnumT", bound=Enum)
_SETTINGS = ("q", "client", "manager", "stage", "health", "programme", "group", "sort", "descending", "c")


@dataclass(frozen=True, slots=True)
class Asked:
    """Filters, order, grouping and columns. `view` is the saved view that they came from, if any."""

    search: str = ""
    client: int | None = None
    manager: int | None = None
    stage: Stage | None = None
    health: Health | None = None
    programme: int | None = None
    group: Group = Group.NONE
    sort: Sort = Sort.NAME
    descending: bool = False
    columns: tuple[str, ...] = USUAL_COLUMNS
    view: ViewRow | None = None

    @property
    def filters(self) -> dict[str, Any]:
        """The filters as the queries take them."""
        return {
            "search": self.search,
            "client": self.client,
            "manager": self.manager,
            "stage": self.stage,
            "health": self.health,
            "programme": self.programme,
        }

    @property
    def narrowed(self) -> bool:
        """Whether any filter is set."""
        return any(self.filters.values())

    def address(self, path: str, **changes: Any) -> str:
        """The address that shows this, with something changed."""
        return f"{path}?{urlencode(replace(self, **changes).parameters(), doseq=True)}"

    def parameters(self) -> dict[str, Any]:
        """As the address writes it; what is usual is left out, but one filter, so that it counts as said."""
        given = {
            "q": self.search,
            "client": str(self.client or ""),
            "manager": str(self.manager or ""),
            "stage": self.stage.value if self.stage else "",
            "health": self.health.value if self.health else "",
            "programme": str(self.programme or ""),
            "group": self.group.value,
            "sort": "" if self.sort is Sort.NAME else self.sort.value,
            "descending": "1" if self.descending else "",
            "c": list(self.columns) if self.columns != USUAL_COLUMNS else [],
            "view": str(self.view.id) if self.view else "",
        }
        return {name: value for name, value in given.items() if value or name == "q"}

    def settings(self) -> dict[str, Any]:
        """As a saved view keeps it."""
        kept = {name: value for name, value in self.parameters().items() if value and name not in ("c", "view")}
        return kept | {"columns": list(self.columns)}


def asked(request: HttpRequest, views: tuple[ViewRow, ...]) -> Asked:
    """What the address asks for; without any word of it, the view it names, else the reader's own default."""
    chosen = next((row for row in views if str(row.id) == request.GET.get("view")), None)
    if any(name in request.GET for name in _SETTINGS):
        return replace(_read(request.GET, tuple(request.GET.getlist("c"))), view=chosen)
    chosen = chosen or (None if "view" in request.GET else next((row for row in views if row.default), None))
    if chosen is None:
        return Asked()
    return replace(_read(chosen.settings, tuple(chosen.settings.get("columns", ()))), view=chosen)


def _read(given: QueryDict | Mapping[str, Any], columns: tuple[str, ...]) -> Asked:
    known = tuple(dict.fromkeys(name for name in columns if name in COLUMNS))
    return Asked(
        search=str(given.get("q", "")).strip()[:200],
        client=_number(given.get("client")),
        manager=_number(given.get("manager")),
        stage=_one_of(Stage, given.get("stage")),
        health=_one_of(Health, given.get("health")),
        programme=_number(given.get("programme")),
        group=_one_of(Group, given.get("group")) or Group.NONE,
        sort=_one_of(Sort, given.get("sort")) or Sort.NAME,
        descending=given.get("descending") == "1",
        columns=known or USUAL_COLUMNS,
    )


def _number(text: Any) -> int | None:
    return int(text) if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 16 else None


def _one_of(kind: type[EnumT], text: Any) -> EnumT | None:
    return next((item for item in kind if item.value == text and item.value), None)
