"""A Desk as its page shows it: lines with their addresses and sources, cut to what one screen can hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse

from headway.areas.desk.types import Act, Desk, DeskLine, GroupLines, Sentence
from headway.interfaces.web.addresses import PAGES, go_url
from headway.interfaces.web.frame import Input, Source

SHOWN = 8  # lines of a group before "Show all"
MOST = 60  # lines of a group that is shown alone
_NAMED = 8  # lines that a figure of the brief names
_OPENS = {
    "my_week": "my-week",
    "waiting_hours": "team-hours",
    "missing_hours": "missing-hours",
    "leave": "leave",
    "month_close": "month-close",
    "level_plans": "capacity-level",
}


@dataclass(frozen=True, slots=True)
class Refused:
    """Why an act on a line was not carried out, and what was typed."""

    key: str
    text: str
    typed: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """A line with what its row needs: an id for addresses, where it leads, why it stands here."""

    line: DeskLine
    id: str
    href: str
    why: Source
    refused: str
    typed: Mapping[str, str]
    act_href: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A group cut to what is shown; `more` lines are left out."""

    group: GroupLines
    lines: tuple[Line, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Bit:
    """A piece of a sentence; with a source, a figure that opens."""

    text: str
    id: str
    source: Source | None


def row_id(key: str) -> str:
    """A line's id in the page: 'line-decision-12'."""
    return "line-" + "".join(char if char.isalnum() else "-" for char in key)


def groups_of(desk: Desk, *, only: str, refused: Refused | None) -> list[Shown]:
    """The groups that hold lines; `only` names the one that is shown alone, in full."""
    shown = []
    for group in desk.groups:
        if not group.lines or (only and group.group.value != only):
            continue
        cut = group.lines[: MOST if only else SHOWN]
        if refused is not None:
            cut += tuple(line for line in group.lines if line.key == refused.key and line not in cut)
        lines = tuple(as_line(line, desk.day, refused) for line in cut)
        shown.append(Shown(group, lines, len(group.lines) - len(lines)))
    return shown


def as_line(line: DeskLine, day: date, refused: Refused | None = None) -> Line:
    """A line with its addresses; what was typed into a refused act stays in its fields."""
    hit = refused if refused is not None and refused.key == line.key else None
    href = _address(line)
    return Line(
        line,
        row_id(line.key),
        href,
        _why(line, day),
        hit.text if hit else "",
        hit.typed if hit else {},
        _act_address(line.act, href),
    )


def _address(line: DeskLine) -> str:
    return go_url(line.kind, line.record_id) if line.kind in PAGES else ""


def _act_address(act: Act, record: str) -> str:
    if act.use_case:
        return ""
    if act.page:
        given = [("day", act.page_day.isoformat())] if act.page_day else []
        given += [("project", key) for key in act.page_keys]
        given += [("person", str(act.page_person))] if act.page_person is not None else []
        return reverse(_OPENS[act.page]) + (f"?{urlencode(given)}" if given else "")
    return record


def _why(line: DeskLine, day: date) -> Source:
    """Points by factor, and the figures behind the words of the row."""
    places = tuple(Input(factor.words, f"{factor.points} points") for factor in line.factors)
    figures = tuple(Input(f"{item.figure}: {item.formula}", item.value) for item in line.evidence)
    return Source(
        formula=f"{line.points} points: what it moves, how bad it is, its day, who waits",
        inputs=places + figures,
        as_of=day,
        records=f"{line.project}: {line.what}" if line.project else line.what,
        href=_address(line),
        short=f"Why here: {line.points} points",
    )


def brief_of(desk: Desk) -> list[list[Bit]]:
    """The sentences, each figure with its formula and the lines it was counted from."""
    lines = {line.key: line for group in desk.groups for line in group.lines}
    return [_bits(sentence, place, lines, desk.day) for place, sentence in enumerate(desk.brief)]


def _bits(sentence: Sentence, place: int, lines: Mapping[str, DeskLine], day: date) -> list[Bit]:
    bits = []
    for index, piece in enumerate(sentence.pieces):
        source = None
        if piece.formula and piece.lines:
            named = [lines[key] for key in piece.lines[:_NAMED]]
            rest = len(piece.lines) - len(named)
            source = Source(
                formula=piece.formula,
                inputs=tuple(Input(line.what, line.reason, _address(line)) for line in named),
                as_of=day,
                records=f"{len(piece.lines)} lines of your Desk" + (f", the first {len(named)} named" if rest else ""),
            )
        bits.append(Bit(piece.text, f"brief-{place}-{index}", source))
    return bits
