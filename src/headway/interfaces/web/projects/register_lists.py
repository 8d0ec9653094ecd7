"""Which registers there are, and what a list of one shows: filters, order, the grid that filters, the answer.

A project's register is short (a thousand rows at most), so it is read whole and narrowed here: one query whatever is
asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms

from headway.areas.projects import commands, queries
from headway.areas.projects.types import DecisionOption, DecisionRow, RecordKind, State
from headway.engine.rag import RagLimits
from headway.interfaces.web.projects.forms import AssumptionForm, DecisionForm, IssueForm, RiskForm, StakeholderForm

PER_PAGE = 50
_SEVERITIES = {"low": 1, "medium": 2, "high": 3, "critical": 4}


@dataclass(frozen=True, slots=True)
class Register:
    """One register: its words, its form, and the use cases behind it.

    clears  fields that a form may empty.
    closes  whether a record is closed and opened again with one act; decisions are decided instead.
    """

    slug: str
    noun: str
    title: str
    kind: RecordKind
    rows: Callable[..., tuple[Any, ...]]
    form: Callable[..., forms.Form]
    add: Callable[..., Any]
    edit: Callable[..., Any]
    clears: tuple[str, ...]
    closes: bool

    def short(self, row: Any) -> str:
        """'RISK-3'; a stakeholder by name."""
        return str(getattr(row, "ref", "") or row.name)

    def called(self, row: Any) -> str:
        """'RISK-3 Late texts'."""
        if self.kind is RecordKind.STAKEHOLDER:
            return str(row.name)
        return f"{row.ref} {_words_of(row)}"

    def may_change(self, row: Any) -> bool:
        """Whether its fields can be changed: what was decided stands until it is taken up again."""
        return not (isinstance(row, DecisionRow) and row.state is State.CLOSED)


def _words_of(row: Any) -> str:
    return str(next(getattr(row, name) for name in ("title", "question", "text", "name") if hasattr(row, name)))


def _add_decision(ctx: Any, *, options: str, **given: Any) -> Any:
    return commands.add_decision(ctx, options=_options(options), **given)


def _edit_decision(ctx: Any, *, options: str, **given: Any) -> Any:
    return commands.edit_decision(ctx, options=_options(options), **given)


def _edit_stakeholder(ctx: Any, *, clear: tuple[str, ...], **given: Any) -> Any:
    return commands.edit_stakeholder(ctx, **given)


def _options(lines: str) -> tuple[DecisionOption, ...]:
    parts = [line.partition("|") for line in lines.splitlines() if line.strip()]
    return tuple(DecisionOption(title.strip() or "Option", consequences.strip()) for title, _, consequences in parts)


REGISTERS = {
    item.slug: item
    for item in (
        Register(
            "risks",
            "risk",
            "Risks",
            RecordKind.RISK,
            queries.risks,
            RiskForm,
            commands.add_risk,
            commands.edit_risk,
            (
                "owner",
                "response_due",
                "percent",
                "response_kind",
                "residual_probability",
                "residual_impact",
                "residual_percent",
            ),
            closes=True,
        ),
        Register(
            "issues",
            "issue",
            "Issues",
            RecordKind.ISSUE,
            queries.issues,
            IssueForm,
            commands.add_issue,
            commands.edit_issue,
            ("owner", "due"),
            closes=True,
        ),
        Register(
            "decisions",
            "decision",
            "Decisions",
            RecordKind.DECISION,
            queries.decisions,
            DecisionForm,
            _add_decision,
            _edit_decision,
            ("owner", "decide_by"),
            closes=False,
        ),
        Register(
            "assumptions",
            "assumption",
            "Assumptions",
            RecordKind.ASSUMPTION,
            queries.assumptions,
            AssumptionForm,
            commands.add_assumption,
            commands.edit_assumption,
            ("owner", "check_by"),
            closes=True,
        ),
        Register(
            "stakeholders",
            "stakeholder",
            "Stakeholders",
            RecordKind.STAKEHOLDER,
            queries.stakeholders,
            StakeholderForm,
            commands.add_stakeholder,
            _edit_stakeholder,
            (),
            closes=False,
        ),
    )
}

# --- what a list can be ordered by: the first is how it comes from the query -------------------

_LAST = date.max
_ORDERS: dict[str, dict[str, Callable[[Any], Any]]] = {
    "risks": {
        "exposure": lambda row: -row.exposure,
        "title": lambda row: row.title.casefold(),
        "due": lambda row: row.response_due or _LAST,
        "owner": lambda row: (row.owner == "", row.owner.casefold()),
    },
    "issues": {
        "number": lambda row: -row.number,
        "title": lambda row: row.title.casefold(),
        "severity": lambda row: -_SEVERITIES[row.severity.value],
        "due": lambda row: row.due or _LAST,
        "owner": lambda row: (row.owner == "", row.owner.casefold()),
    },
    "decisions": {
        "due": lambda row: row.decide_by or _LAST,
        "title": lambda row: row.question.casefold(),
        "owner": lambda row: (row.owner == "", row.owner.casefold()),
    },
    "assumptions": {
        "number": lambda row: row.number,
        "title": lambda row: row.text.casefold(),
        "due": lambda row: row.check_by or _LAST,
        "owner": lambda row: (row.owner == "", row.owner.casefold()),
    },
    "stakeholders": {
        "power": lambda row: (-row.power, -row.interest),
        "title": lambda row: row.name.casefold(),
        "gap": lambda row: row.engagement is row.desired,
    },
}
_LARGEST_FIRST = {("risks", "exposure"), ("issues", "number"), ("issues", "severity"), ("stakeholders", "power")}
_DUE = {"risks": "response_due", "issues": "due", "decisions": "decide_by", "assumptions": "check_by"}
_GRIDS = {"risks": ("Probability", "Impact"), "stakeholders": ("Power", "Interest")}


@dataclass(frozen=True, slots=True)
class Cell:
    """One field of a grid: how many records stand in it; following it narrows the list to them."""

    across: int
    count: int
    tone: str
    href: str
    chosen: bool
    words: str


@dataclass(frozen=True, slots=True)
class Grid:
    """Five by five fields, the highest row first."""

    up: str
    across: str
    rows: tuple[tuple[int, tuple[Cell, ...]], ...]


@dataclass(frozen=True, slots=True)
class Sort:
    """A column's way to be ordered: where its head leads, and how it is ordered now."""

    href: str
    now: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A register narrowed to what is asked for.

    lines  (record, address that opens it beside the list).
    asked  what the address says; `state` is the one shown when it says none.
    """

    lines: tuple[tuple[Any, str], ...]
    total: int
    grid: Grid | None
    sorts: Mapping[str, Sort]
    owners: tuple[str, ...]
    categories: tuple[str, ...]
    answer: str
    asked: Mapping[str, str]
    state: str
    narrowed: bool
    next_url: str
    first_url: str
    cell_off: str
    after: bool

    def address(self, **changes: str | None) -> str:
        """The list's address with some of what is asked changed; None takes one out."""
        return _address(self.asked, **changes)


def _address(asked: Mapping[str, str], **changes: str | None) -> str:
    values = {name: value for name, value in (dict(asked) | changes).items() if value}
    return f"?{urlencode(values)}"


_ASKED = ("state", "q", "owner", "category", "up", "across", "after", "late", "sort", "from")


def listed(
    kind: Register, rows: tuple[Any, ...], given: Mapping[str, str], *, today: date, limits: RagLimits
) -> Listing:
    """The rows that are asked for, in the order asked for."""
    asked = {name: given.get(name, "").strip()[:200] for name in _ASKED if given.get(name, "").strip()}
    has_state = kind.kind is not RecordKind.STAKEHOLDER
    state = asked.get("state", State.OPEN.value if has_state else "all")
    standing = [row for row in rows if not has_state or state in ("all", row.state.value)]
    chosen = [row for row in standing if _fits(kind, row, asked, today)]
    order = asked.get("sort", "")
    back = order.startswith("-")
    key = _ORDERS[kind.slug].get(order.lstrip("-"))
    if key is not None:
        chosen.sort(key=key, reverse=back)
    first = int(asked["from"]) if asked.get("from", "").isdecimal() else 0
    shown = chosen[first : first + PER_PAGE]
    more = len(chosen) > first + PER_PAGE
    open_ = [row for row in rows if not has_state or row.state is State.OPEN]
    return Listing(
        lines=tuple((row, _address(asked, open=str(row.number))) for row in shown),
        total=len(chosen),
        grid=_grid(kind, standing, asked, limits),
        sorts=_sorts(kind, asked, order),
        owners=tuple(sorted({row.owner for row in rows if getattr(row, "owner", "")})),
        categories=tuple(sorted({row.category for row in rows if getattr(row, "category", "")})),
        answer=_ANSWERS[kind.slug](open_, today),
        asked=asked,
        state=state,
        narrowed=bool(set(asked) & {"q", "owner", "category", "up", "across", "late"}),
        next_url=_address(asked, **{"from": str(first + PER_PAGE)}) if more else "",
        first_url=_address(asked, **{"from": None}) if first else "",
        cell_off=_address(asked, **{"up": None, "across": None, "from": None}),
        after="after" in asked,
    )


def _fits(kind: Register, row: Any, asked: Mapping[str, str], today: date) -> bool:
    words = asked.get("q", "").casefold()
    if words and words not in f"{kind.called(row)} {getattr(row, 'organisation', '')}".casefold():
        return False
    owner = asked.get("owner")
    if owner and getattr(row, "owner", "") != ("" if owner == "nobody" else owner):
        return False
    if asked.get("category") and getattr(row, "category", "") != asked["category"]:
        return False
    if asked.get("late") and kind.slug in _DUE and not _late(kind, row, today):
        return False
    if kind.slug in _GRIDS:
        up, across = place_of(kind, row, after="after" in asked)
        return asked.get("up", str(up)) == str(up) and asked.get("across", str(across)) == str(across)
    return True


def _late(kind: Register, row: Any, today: date) -> bool:
    due = getattr(row, _DUE[kind.slug])
    return due is not None and due < today and row.state is State.OPEN


def place_of(kind: Register, row: Any, *, after: bool) -> tuple[int, int]:
    """Where a record stands in the grid of its register; a risk also `after` its response."""
    if kind.slug != "risks":
        return row.power, row.interest
    if after:
        return row.residual_probability or row.probability, row.residual_impact or row.impact
    return row.probability, row.impact


def _grid(kind: Register, rows: list[Any], asked: Mapping[str, str], limits: RagLimits) -> Grid | None:
    if kind.slug not in _GRIDS:
        return None
    up_word, across_word = _GRIDS[kind.slug]
    counts: dict[tuple[int, int], int] = {}
    for row in rows:
        place = place_of(kind, row, after="after" in asked)
        counts[place] = counts.get(place, 0) + 1
    chosen = (asked.get("up"), asked.get("across"))

    def cell(up: int, across: int) -> Cell:
        count = counts.get((up, across), 0)
        here = chosen == (str(up), str(across))
        target = {"up": None, "across": None} if here else {"up": str(up), "across": str(across)}
        words = f"{up_word} {up}, {across_word.lower()} {across}: {_many(count, kind.noun)}"
        tone = tone_of(up * across, limits) if kind.slug == "risks" else ""
        return Cell(across, count, tone, _address(asked, **{"from": None} | target), here, words)

    rows_of_cells = tuple((up, tuple(cell(up, across) for across in range(1, 6))) for up in range(5, 0, -1))
    return Grid(up_word, across_word, rows_of_cells)


def tone_of(exposure: int, limits: RagLimits) -> str:
    """The colour of an exposure by the project's limits."""
    if exposure >= limits.exposure_red_from:
        return "red"
    return "amber" if exposure >= limits.exposure_amber_from else "green"


def _sorts(kind: Register, asked: Mapping[str, str], order: str) -> dict[str, Sort]:
    orders = _ORDERS[kind.slug]
    now = order if order.lstrip("-") in orders else next(iter(orders))
    found = {}
    for name in orders:
        ways = ("descending", "ascending") if (kind.slug, name) in _LARGEST_FIRST else ("ascending", "descending")
        standing = ways[0] if now == name else ways[1] if now == f"-{name}" else "none"
        target = f"-{name}" if now == name else name
        found[name] = Sort(_address(asked, **{"sort": target, "from": None}), standing)
    return found


# --- the answer a register opens with -----------------------------------------------------------


def _many(count: int, noun: str) -> str:
    return f"{count or 'no'} {noun}{'' if count == 1 else 's'}"


def _sentence(parts: list[str]) -> str:
    text = "; ".join(part for part in parts if part)
    return f"{text[:1].upper()}{text[1:]}."


def _without_owner(rows: list[Any]) -> str:
    count = sum(1 for row in rows if not row.owner)
    return f"{count} without an owner" if count else ""


def _past(rows: list[Any], name: str, today: date, words: str) -> str:
    count = sum(1 for row in rows if getattr(row, name) is not None and getattr(row, name) < today)
    return f"{count} {words}" if count else ""


def _risks_answer(rows: list[Any], today: date) -> str:
    worst = max(rows, key=lambda row: row.exposure, default=None)
    lead = _many(len(rows), "open risk")
    if worst is not None:
        lead += f", the highest exposure {worst.exposure} of 25 ({worst.ref})"
    late = _past([row for row in rows if row.response], "response_due", today, "past the day of the response")
    bare = sum(1 for row in rows if not row.response)
    return _sentence([lead, f"{bare} without a response" if bare else "", late, _without_owner(rows)])


def _issues_answer(rows: list[Any], today: date) -> str:
    grave = sum(1 for row in rows if row.severity.value in ("high", "critical"))
    lead = _many(len(rows), "open issue") + (f", {grave} high or critical" if grave else "")
    return _sentence([lead, _past(rows, "due", today, "past due"), _without_owner(rows)])


def _decisions_answer(rows: list[Any], today: date) -> str:
    lead = f"{_many(len(rows), 'decision')} to take"
    return _sentence([lead, _past(rows, "decide_by", today, "past the day it was needed"), _without_owner(rows)])


def _assumptions_answer(rows: list[Any], today: date) -> str:
    lead = _many(len(rows), "assumption") + " not checked yet"
    return _sentence([lead, _past(rows, "check_by", today, "past the day of the check"), _without_owner(rows)])


def _stakeholders_answer(rows: list[Any], today: date) -> str:
    gap = sum(1 for row in rows if row.engagement is not row.desired)
    return _sentence([_many(len(rows), "stakeholder"), f"{gap} not yet where they should stand" if gap else ""])


_ANSWERS: dict[str, Callable[[list[Any], date], str]] = {
    "risks": _risks_answer,
    "issues": _issues_answer,
    "decisions": _decisions_answer,
    "assumptions": _assumptions_answer,
    "stakeholders": _stakeholders_answer,
}
