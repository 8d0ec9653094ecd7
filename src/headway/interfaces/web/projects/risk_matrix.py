"""The risks of a project in fields of five by five, as they stand and after their responses; for screen and paper."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from headway.areas.projects import queries
from headway.areas.projects.risk_types import RiskKind
from headway.areas.projects.types import Charter, RiskRow, State
from headway.engine import rag
from headway.interfaces.web.frame import Link
from headway.interfaces.web.page import offered, page, show, working_project
from headway.interfaces.web.projects.register_lists import REGISTERS, place_of, tone_of
from headway.kernel.context import Context

_WORDS = {"red": "High", "amber": "Medium", "green": "Low"}
_MOST_REFS = 3


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its exposure by word and colour, who stands in it, and where the list of them is."""

    across: int
    tone: str
    word: str
    count: int
    refs: str
    href: str
    words: str


@dataclass(frozen=True, slots=True)
class Matrix:
    """Five by five fields, the highest probability first."""

    title: str
    rows: tuple[tuple[int, tuple[Field, ...]], ...]


@page()
def matrix(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """The open threats now and after their responses; opportunities are listed below."""
    project = working_project(ctx, key)
    offered(ctx, "projects.read_registers", project)
    open_ = queries.risks(ctx, project=project.id, state=State.OPEN)
    threats = [row for row in open_ if row.kind is RiskKind.THREAT]
    values = {
        "title": "Matrix of risks",
        "answer": _answer(threats, project),
        "matrices": (
            _matrix("Now", threats, project, after=False),
            _matrix("After the responses", threats, project, after=True),
        )
        if threats
        else (),
        "opportunities": [row for row in open_ if row.kind is RiskKind.OPPORTUNITY],
    }
    crumbs = (Link("Risks", reverse("register", args=[key, "risks"])), Link("Matrix"))
    return show(request, ctx, "projects/risk_matrix.html", values, project=project, tab="registers", crumbs=crumbs)


def _answer(threats: list[RiskRow], project: Charter) -> str:
    """'5 open threats, 2 of them high; 1 after their responses.'"""
    if not threats:
        return "No threat is open."
    now, later = (sum(tone == "red" for tone in _tones(threats, project, after=after)) for after in (False, True))
    said = f"{len(threats)} open threat{'' if len(threats) == 1 else 's'}, {now or 'none'} of them high"
    return f"{said}; {later or 'none'} after the responses." if now or later else f"{said}."


def _tones(threats: Iterable[RiskRow], project: Charter, *, after: bool) -> list[str]:
    limits, kind = rag.limits_from(project.rag_limits), REGISTERS["risks"]
    places = (place_of(kind, row, after=after) for row in threats)
    return [tone_of(up * across, limits) for up, across in places]


def _matrix(title: str, threats: Iterable[RiskRow], project: Charter, *, after: bool) -> Matrix:
    limits, kind = rag.limits_from(project.rag_limits), REGISTERS["risks"]
    standing: dict[tuple[int, int], list[RiskRow]] = {}
    for row in threats:
        standing.setdefault(place_of(kind, row, after=after), []).append(row)
    listed = reverse("register", args=[project.key, kind.slug])

    def field(up: int, across: int) -> Field:
        rows = standing.get((up, across), [])
        tone = tone_of(up * across, limits)
        asked = {"up": up, "across": across} | ({"after": 1} if after else {})
        more = f" +{len(rows) - _MOST_REFS}" if len(rows) > _MOST_REFS else ""
        place = f"{_WORDS[tone]}: probability {up}, impact {across}"
        return Field(
            across,
            tone,
            _WORDS[tone],
            len(rows),
            " ".join(row.ref for row in rows[:_MOST_REFS]) + more,
            f"{listed}?{urlencode(asked)}" if rows else "",
            f"{place}: {', '.join(f'{row.ref} {row.title}' for row in rows)}" if rows else place,
        )

    return Matrix(title, tuple((up, tuple(field(up, across) for across in range(1, 6))) for up in range(5, 0, -1)))
