"""A template's plan drawn as rows with bars, written without a template: a large one has hundreds."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from django.utils.safestring import SafeString, mark_safe

from headway.areas.method.types import DatedRow, TemplatePreview
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.templatetags.formats import ABSENT, short_date

_WIDE = 1000  # units of the drawing's width
_LEAST = 4


@dataclass(frozen=True, slots=True)
class Bar:
    """A row of the drawing: where it begins and how wide it is, in thousandths of the plan."""

    row: DatedRow
    at: int
    wide: int


def bars(found: TemplatePreview) -> list[Bar]:
    """The rows as bars from the first to the last day."""
    first, last = min(row.start for row in found.rows), max(row.finish for row in found.rows)
    whole = max((last - first).total_seconds(), 1)
    return [
        Bar(
            row,
            round((row.start - first).total_seconds() / whole * _WIDE),
            max(round((row.finish - row.start).total_seconds() / whole * _WIDE), _LEAST),
        )
        for row in found.rows
    ]


def rows(found: TemplatePreview, locale: Locale) -> SafeString:
    """A row of the table for each row of the plan."""
    return mark_safe("".join(_row(bar, locale) for bar in bars(found)))  # noqa: S308  every text is escaped


def _row(bar: Bar, locale: Locale) -> str:
    row = bar.row
    kind = "hw-template-phase" if row.phase else "" if row.milestone else "hw-template-task"
    start = ABSENT if row.milestone else escape(short_date(row.start, locale))
    return (
        f'<tr class="{kind}"><th scope="row" class="hw-wrap hw-level-{row.level}">{_named(row)}</th>'
        f'<td data-label="Time">{escape(row.duration or ABSENT)}</td><td data-label="Start">{start}</td>'
        f'<td data-label="Finish">{escape(short_date(row.finish, locale))}</td>'
        f'<td class="hw-template-when" aria-hidden="true">{_drawn(bar)}</td></tr>'
    )


def _named(row: DatedRow) -> str:
    said = f"<bdi>{escape(row.name)}</bdi>"
    if row.milestone:
        said += ' <span class="hw-chip">Milestone</span>'
    if row.roles:
        said += f'<span class="hw-quiet hw-template-roles"><bdi>{escape(row.roles)}</bdi></span>'
    if row.checklist:
        lines = "".join(f"<li>{escape(line)}</li>" for line in row.checklist)
        count = len(row.checklist)
        said += f'<details class="hw-template-checks"><summary>{count} to tick</summary><ul>{lines}</ul></details>'
    return said


def _drawn(bar: Bar) -> str:
    row = bar.row
    kind = "is-phase" if row.phase else "is-milestone" if row.milestone else "is-critical" if row.critical else ""
    top, high = (3, 4) if row.phase else (0, 10)
    return (
        '<svg class="hw-template-bar" viewBox="0 0 1000 10" preserveAspectRatio="none">'
        f'<rect class="{kind}" x="{bar.at}" y="{top}" width="{bar.wide}" height="{high}"></rect></svg>'
    )
