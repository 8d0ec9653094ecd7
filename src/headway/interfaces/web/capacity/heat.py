"""The heat map drawn: heads and rows, written without a template, for a page holds thousands of cells."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from html import escape

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from headway.areas.capacity.types import HeatCell, HeatMap, HeatRow, HeatSum, Level, Period, Scale
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.templatetags.formats import short_date

_TEN = 10
_MARKS = {Level.OVER: "▲", Level.UNEVEN: "△"}


def heads(found: HeatMap, locale: Locale) -> SafeString:
    """A head for each period: its day, today's marked in words and by a class."""
    parts = []
    for period in found.periods:
        here = period.first <= found.today <= period.last
        off = found.scale is Scale.DAY and period.first.weekday() >= _SATURDAY
        upper, lower = head_words(period, found.scale, locale)
        now = f'<span class="hw-hidden-text"> ({_now(found.scale)})</span>' if here else ""
        marks = f"hm-head{' is-weekend' if off else ''}{' is-today' if here else ''}"
        parts.append(f'<th scope="col" class="{marks}"><span>{escape(upper)}</span> {escape(lower)}{now}</th>')
    return mark_safe("".join(parts))  # noqa: S308  every text is escaped


_SATURDAY = 5


def _now(scale: Scale) -> str:
    return "today" if scale is Scale.DAY else f"this {scale.value}"


def head_words(period: Period, scale: Scale, locale: Locale) -> tuple[str, str]:
    """'Mon' and '16 Nov'; for a month 'Nov' and '2026'; for a week 'Week' and its Monday."""
    if scale is Scale.MONTH:
        return f"{period.first:%b}", f"{period.first.year}"
    day = short_date(period.first, locale).split(" ", 1)[-1].lstrip(", ")
    return (f"{period.first:%a}" if scale is Scale.DAY else f"Wk {period.first.isocalendar().week}"), day


def rows(found: HeatMap) -> SafeString:
    """A row for each person: the name as its head, a cell for each period that opens what makes it up."""
    return mark_safe("".join(_row(row, found) for row in found.rows))  # noqa: S308  every text is escaped


def _row(row: HeatRow, found: HeatMap) -> str:
    detail = f'<span class="hw-cell-note"><bdi>{escape(row.detail)}</bdi></span>' if row.detail else ""
    much = "more than one person" if row.to_fill else "too much"
    over = f'<span class="hm-over-sum">{short(row.over)} h {much}</span>' if row.over else ""
    head = f'<th scope="row" class="hm-name"><bdi>{escape(row.name)}</bdi>{detail}{over}</th>'
    address = f"{reverse('capacity-load')}?who={escape(row.who)}&amp;first="
    cells = "".join(
        _cell(cell, f"{address}{period.first.isoformat()}&amp;last={period.last.isoformat()}", period, found.today)
        for cell, period in zip(row.cells, found.periods, strict=True)
    )
    return f"<tr data-row>{head}{cells}</tr>"


def _cell(cell: HeatCell, address: str, period: Period, today: date) -> str:
    here = " is-today" if period.first <= today <= period.last else ""
    text, words = cell_text(cell), cell_words(cell)
    return (
        f'<td class="hm-cell hm-{cell.level.value}{here}"><a href="{address}" hx-get="{address}" '
        f'title="{words}">{text}<span class="hw-hidden-text"> {words}</span></a></td>'
    )


def noun(found: HeatMap) -> str:
    """'people', and 'roles' where rows shown stand for no person: a plan's role that nobody has yet."""
    if any(row.person_id is None for row in found.rows):
        return "people and roles"
    return "person" if found.whole.people == 1 else "people"


def sum_rows(sums: Sequence[HeatSum], periods: Sequence[Period], today: date, whole: str) -> SafeString:
    """A row for everybody, which comes first and counts what `whole` says, and for each team or role."""
    parts = []
    for one in sums:
        counted = whole if one is sums[0] else "person" if one.people == 1 else "people"
        over = f", {one.over} with too much" if one.over else ""
        cells = "".join(
            f'<td class="hm-cell hm-{cell.level.value}{" is-today" if period.first <= today <= period.last else ""}" '
            f'title="{cell_words(cell)}"><span>{cell_text(cell)}'
            f'<span class="hw-hidden-text"> {cell_words(cell)}</span></span></td>'
            for cell, period in zip(one.cells, periods, strict=True)
        )
        note = f'<span class="hw-cell-note">{one.people} {counted}{over}</span>'
        parts.append(
            f'<tr class="hm-sum"><th scope="row" class="hm-name"><bdi>{escape(one.name)}</bdi>{note}</th>{cells}</tr>'
        )
    return mark_safe("".join(parts))  # noqa: S308  every text is escaped


def cell_text(cell: HeatCell) -> str:
    """'46/40 ▲': planned against capacity; '–' where nobody works and nothing is planned."""
    if cell.level is Level.OFF:
        return "–"
    if cell.level is Level.FREE:
        return '<span class="hm-of">0</span>'
    mark = f'<span class="hm-mark" aria-hidden="true">{_MARKS[cell.level]}</span>' if cell.level in _MARKS else ""
    return f'{short(cell.planned)}<span class="hm-of">/{short(cell.capacity)}</span>{mark}'


def cell_words(cell: HeatCell) -> str:
    """'46 of 40 hours: more work than time, on 3 days'."""
    if cell.level is Level.OFF:
        return "not working"
    said = f"{short(cell.planned)} of {short(cell.capacity)} hours: {cell.level.word}"
    if cell.over_days:
        said += f", on {cell.over_days} day{'' if cell.over_days == 1 else 's'}"
    return said


def short(hours: Decimal) -> str:
    """Hours as a cell can hold them: whole from ten on, else to a tenth."""
    if hours >= _TEN or hours == int(hours):
        return str(round(hours))
    return str(hours)


def earlier_later(found: HeatMap) -> tuple[date | None, date | None]:
    """The first days of the stretch before and of the one after; None where hours are not kept."""
    length = (found.last - found.first).days + 1
    before = max(found.kept_first, found.first - timedelta(days=length)) if found.first > found.kept_first else None
    after = found.last + timedelta(days=1) if found.last < found.kept_last else None
    return before, after
