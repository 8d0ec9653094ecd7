"""How people's time is used: a heat map by week or month, and what makes up somebody's time in some days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from html import escape
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from headway.areas.budgets import people_time
from headway.areas.budgets.people_types import (
    PersonTime,
    PlannedTime,
    TimeGrouping,
    TimePeriod,
    TimeRow,
    TimeScale,
    TimeSum,
    UsedTime,
    Utilisation,
)
from headway.areas.people import queries as people
from headway.engine.measures import Measure, Unit, shown
from headway.engine.units import Money
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.explaining import of_row
from headway.interfaces.web.frame import Input, Link, Source
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.page import page, pages_in, show
from headway.interfaces.web.projects.figures import KeyFigure
from headway.interfaces.web.report_files import file_links, sent
from headway.interfaces.web.submitting import day_of
from headway.interfaces.web.templatetags.formats import hours, money_short, number, short_date, weekday_date
from headway.journeys.utilisation_report import UTILISATION
from headway.kernel.context import Context
from headway.kernel.errors import NotFound

PER_PAGE = 50
_AHEAD = {TimeScale.WEEK: 4, TimeScale.MONTH: 2}
_SCALES = (("Weeks", TimeScale.WEEK), ("Months", TimeScale.MONTH))
_GROUPS = (
    ("Not added up", TimeGrouping.NONE),
    ("Sums by team", TimeGrouping.TEAM),
    ("Sums by role", TimeGrouping.ROLE),
)
_LOW, _FULL, _OVER = Decimal(50), Decimal(75), Decimal(100)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for; '' and None are not asked for."""

    scale: TimeScale = TimeScale.WEEK
    last: date | None = None
    team: int | None = None
    role: str = ""
    search: str = ""
    group: TimeGrouping = TimeGrouping.NONE

    @property
    def narrowed(self) -> bool:
        """Whether only some people are shown."""
        return bool(self.team or self.role or self.search)

    def query(self, **changes: Any) -> str:
        """The part of an address behind '?', with some of it changed."""
        asked = replace(self, **changes)
        given = {
            "scale": asked.scale.value,
            "to": asked.last.isoformat() if asked.last else "",
            "team": asked.team or "",
            "role": asked.role,
            "q": asked.search,
            "group": asked.group.value,
        }
        return urlencode({name: value for name, value in given.items() if value})

    def limits(self) -> dict[str, Any]:
        """Inputs of the use case."""
        return {
            "scale": self.scale,
            "last": self.last,
            "team": self.team,
            "role": self.role,
            "search": self.search,
            "group": self.group,
        }


def _asked(request: HttpRequest, teams: Mapping[int, str]) -> Asked:
    given = request.GET
    team = next((pk for pk in teams if str(pk) == given.get("team")), None)
    return Asked(
        scale={one.value: one for one in TimeScale}.get(given.get("scale", ""), TimeScale.WEEK),
        last=day_of(given.get("to")),
        team=team,
        role=given.get("role", "").strip(),
        search=given.get("q", "").strip(),
        group={one.value: one for one in TimeGrouping}.get(given.get("group", ""), TimeGrouping.NONE),
    )


@page()
def utilisation(request: HttpRequest, ctx: Context) -> HttpResponse:
    """Utilisation of people by week or month; a member's own, everybody's for those who lead."""
    teams, _ = people.team_members(ctx)
    given, locale = _asked(request, teams), locale_of(request)
    found = people_time.utilisation(
        ctx,
        **given.limits(),
        ahead=_AHEAD[given.scale],
        cursor=request.GET.get("cursor", ""),
        limit=PER_PAGE,
    )
    length = (found.periods[-1].last - found.periods[0].first).days + 1
    later = min(found.periods[-1].last + timedelta(days=length), found.today)
    values = {
        "found": found,
        "asked": given,
        "answer": answer(found),
        "figures": _figures(found, locale),
        "heads": heads(found, locale),
        "sums": sums((found.whole, *found.sums)),
        "rows": rows(found.rows, found),
        "scales": [
            Link(label, f"?{given.query(scale=scale)}", active=scale is given.scale) for label, scale in _SCALES
        ],
        "groups": [(group.value, label) for label, group in _GROUPS],
        "teams": sorted(teams.items(), key=lambda item: item[1].casefold()),
        "earlier": f"?{given.query(last=found.periods[0].first - timedelta(days=1))}",
        "later": f"?{given.query(last=later)}" if found.periods[-1].last < found.today else "",
        "now": f"?{given.query(last=None)}",
        "shown": len(found.rows),
        "files": file_links("utilisation-file", query=given.query()),
        **pages_in(request, found.next),
    }
    return show(request, ctx, "burn/people.html", values)


@page()
def file(request: HttpRequest, ctx: Context, form: str) -> HttpResponse:
    """Utilisation as a file, with the limits that stand in the address."""
    teams, _ = people.team_members(ctx)
    given = _asked(request, teams)
    back = f"{reverse('utilisation')}?{given.query()}"
    said = (("Team", teams.get(given.team or 0, "")), ("Role", given.role), ("Found by", given.search))
    asked = [(name, value) for name, value in said if value]
    return sent(request, ctx, UTILISATION, form=form, back=back, asked=asked, **given.limits())


def answer(found: Utilisation) -> str:
    """'8 people worked 640 h, 480 of them billable: 75 % of the time that could be worked.'"""
    total = found.whole.total
    if not found.whole.people:
        return "Nobody matches these filters."
    who = "You" if found.own_only else f"{found.whole.people} {'person' if found.whole.people == 1 else 'people'}"
    said = f"{who} worked {_short(total.worked)} h, {_short(total.billable)} of them billable"
    if total.net is None:
        return f"{said}."
    return f"{said}: {shown(total.net, Unit.PERCENT, 0)} % of the time that could be worked."


def _figures(found: Utilisation, locale: Locale) -> list[KeyFigure]:
    span = f"{weekday_date(found.periods[0].first, locale)} to {weekday_date(found.periods[-1].until, locale)}"
    figures = [
        _figure(found.net, span, "leave taken off", locale, ""),
        _figure(found.gross, span, "leave not taken off", locale, ""),
    ]
    if not found.own_only:
        figures += [
            _figure(found.effective_rate, span, "billable value / all hours", locale, found.currency),
            _figure(found.realisation_hours, span, "", locale, ""),
            _figure(found.realisation_value, span, "", locale, ""),
        ]
    return figures


def _figure(measure: Measure, records: str, note: str, locale: Locale, currency: str) -> KeyFigure:
    source = Source(
        formula=f"{measure.name} = {measure.formula}" + (f". {measure.reason}" if measure.reason else ""),
        inputs=tuple(Input(one.name, shown(one.value, one.unit)) for one in measure.inputs),
        records=records,
        short=measure.formula,
    )
    if measure.value is None:
        return KeyFigure(measure.key.replace("_", "-"), measure.name, "–", measure.reason, "", source)
    text = f"{measure.shown()}\u00a0%"
    if measure.unit is Unit.MONEY_PER_HOUR:
        text = f"{currency}\u00a0{number(round(measure.value, 2), locale)}"
    return KeyFigure(measure.key.replace("_", "-"), measure.name, text, note, "", source)


# --- the heat map, written without a template: a page holds many cells ------------------------


def heads(found: Utilisation, locale: Locale) -> SafeString:
    """A head for each period, the running one marked, and one for all of them."""
    parts = []
    for period in found.periods:
        upper, lower = _head(found.scale, period, locale)
        now = '<span class="hw-hidden-text"> (to today)</span>' if period.running else ""
        mark = " is-today" if period.running else ""
        parts.append(f'<th scope="col" class="hm-head{mark}"><span>{escape(upper)}</span> {escape(lower)}{now}</th>')
    parts.append('<th scope="col" class="hm-head"><span>In</span> all</th>')
    for period in found.ahead:
        upper, lower = _head(found.scale, period, locale)
        parts.append(
            f'<th scope="col" class="hm-head hm-ahead"><span>{escape(upper)}</span> {escape(lower)}'
            '<span class="hw-hidden-text"> (planned)</span></th>'
        )
    return mark_safe("".join(parts))  # noqa: S308  every text is escaped


def _head(scale: TimeScale, period: TimePeriod, locale: Locale) -> tuple[str, str]:
    if scale is TimeScale.WEEK:
        day = short_date(period.first, locale).split(" ", 1)[-1]
        return f"Wk {period.first.isocalendar().week}", day
    return f"{period.first:%b}", str(period.first.year)


def rows(shown_: Sequence[TimeRow], found: Utilisation) -> SafeString:
    """A row for each person: the name as its head, cells that open what makes them up, and the plan ahead."""
    return mark_safe("".join(_row(row, found.periods, found.ahead) for row in shown_))  # noqa: S308  escaped


def _row(row: TimeRow, periods: Sequence[TimePeriod], ahead: Sequence[TimePeriod]) -> str:
    note = f'<span class="hw-cell-note"><bdi>{escape(row.role)}</bdi></span>' if row.role else ""
    address = f"{reverse('person-time', args=[row.person_id])}?first="
    spans = [*((one.first, one.last) for one in periods), (periods[0].first, periods[-1].last)]
    cells = "".join(
        _cell(time, f"{address}{first.isoformat()}&amp;last={last.isoformat()}")
        for time, (first, last) in zip((*row.cells, row.total), spans, strict=True)
    )
    load = f"{reverse('capacity-load')}?who={row.person_id}&amp;first="
    cells += "".join(
        _planned_cell(time, f"{load}{one.first.isoformat()}&amp;last={one.last.isoformat()}")
        for time, one in zip(row.ahead, ahead, strict=True)
    )
    return f'<tr data-row><th scope="row" class="hm-name"><bdi>{escape(row.name)}</bdi>{note}</th>{cells}</tr>'


def sums(shown_: Sequence[TimeSum]) -> SafeString:
    """A row for everybody, and for each team or role."""
    parts = []
    for one in shown_:
        note = f'<span class="hw-cell-note">{one.people} {"person" if one.people == 1 else "people"}</span>'
        cells = "".join(_cell(time, "") for time in (*one.cells, one.total))
        cells += "".join(_planned_cell(time, "") for time in one.ahead)
        parts.append(
            f'<tr class="hm-sum"><th scope="row" class="hm-name"><bdi>{escape(one.name)}</bdi>{note}</th>{cells}</tr>'
        )
    return mark_safe("".join(parts)) if any(one.cells for one in shown_) else mark_safe("")  # noqa: S308  escaped


def _cell(time: UsedTime, address: str) -> str:
    words = escape(cell_words(time))
    hidden = f'<span class="hw-hidden-text"> {words}</span>'
    plan = "" if time.planned is None else f'<span class="ut-planned">plan {_short(time.planned)}</span>'
    text = f"{_text(time)}{plan}{hidden}"
    inner = f'<a href="{address}" title="{words}">{text}</a>' if address else f'<span title="{words}">{text}</span>'
    return f'<td class="hm-cell ut-{level(time)}">{inner}</td>'


def _planned_cell(time: PlannedTime, address: str) -> str:
    """What is planned in a period ahead, as a share of the time that can be worked."""
    words = escape(planned_words(time))
    text, shade = "–", "off"
    if time.load is not None:
        over = time.load > _OVER
        mark = '<span class="hm-mark" aria-hidden="true">▲</span>' if over else ""
        text = f'{shown(time.load, Unit.PERCENT, 0)}<span class="hm-of"> %</span>{mark}'
        shade = "over" if over else "plan"
    text += f'<span class="hw-hidden-text"> {words}</span>'
    link = address and time.planned is not None
    inner = f'<a href="{address}" title="{words}">{text}</a>' if link else f'<span title="{words}">{text}</span>'
    return f'<td class="hm-cell hm-ahead ut-{shade}">{inner}</td>'


def planned_words(time: PlannedTime) -> str:
    """'36 h planned; 40 h of time less 8 h of leave'"""
    said = "plans are not kept so far ahead" if time.planned is None else f"{_short(time.planned)} h planned"
    said += f"; {_short(time.capacity)} h of time"
    return f"{said} less {_short(time.leave)} h of leave" if time.leave else said


def level(time: UsedTime) -> str:
    """How much of the time that could be worked was billable, as the colour of a cell."""
    if time.net is None:
        return "off"
    if time.net > _OVER:
        return "over"
    return "full" if time.net >= _FULL else "part" if time.net >= _LOW else "low"


def _text(time: UsedTime) -> str:
    if time.net is None:
        return "–" if not time.worked else f"{_short(time.worked)} h"
    mark = '<span class="hm-mark" aria-hidden="true">▲</span>' if time.net > _OVER else ""
    return f'{shown(time.net, Unit.PERCENT, 0)}<span class="hm-of"> %</span>{mark}'


def cell_words(time: UsedTime) -> str:
    """'30 h billable of 32 h worked; 40 h of time less 8 h of leave; 36 h planned'."""
    said = f"{_short(time.billable)} h billable of {_short(time.worked)} h worked; {_short(time.capacity)} h of time"
    if time.leave:
        said += f" less {_short(time.leave)} h of leave"
    return said if time.planned is None else f"{said}; {_short(time.planned)} h planned"


def _short(hours: Decimal) -> str:
    return f"{hours:.0f}" if hours >= 10 or hours == int(hours) else f"{hours:.1f}"


# --- one person -------------------------------------------------------------------------------


@page()
def person(request: HttpRequest, ctx: Context, person: int) -> HttpResponse:
    """What makes up somebody's time in some days: projects with their entries, leave, capacity."""
    first, last = day_of(request.GET.get("first")), day_of(request.GET.get("last"))
    if first is None or last is None or not first <= last <= first + timedelta(days=people_time.LONGEST - 1):
        raise NotFound("There is nothing here.")
    found, locale = people_time.time_of_person(ctx, person=person, first=first, last=last), locale_of(request)
    span = urlencode({"person": person, "first": first.isoformat(), "last": last.isoformat()})
    entries = [f"{reverse('entries', args=[one.project_key])}?{span}" for one in found.projects]
    values = {
        "found": found,
        "answer": _person_answer(found),
        "figures": [
            _figure(found.net, found.source, "leave taken off", locale, ""),
            _figure(found.gross, found.source, "leave not taken off", locale, ""),
            *_rate(found, locale),
        ],
        "rows": [
            (one, href, _money(one.value, found.currency, locale))
            for one, href in zip(found.projects, entries, strict=True)
        ],
        "total_source": of_row(
            ("Total = sum of the projects",),
            [
                Input(
                    one.project, str(hours(one.hours, locale)), f"{reverse('entries', args=[one.project_key])}?{span}"
                )
                for one in found.projects
            ],
            as_of=found.last,
            records="time entries of every status",
        ),
        "sees_value": found.time.value is not None,
        "source": found.source.replace("of your plan", "of their plan").replace("you are", "they are"),
        "back": reverse("utilisation"),
    }
    crumbs = (Link("Utilisation", reverse("utilisation")), Link(found.name))
    return show(request, ctx, "burn/person.html", values, crumbs=crumbs)


def _person_answer(found: PersonTime) -> str:
    time = found.time
    left = f" less {_short(time.leave)} h of leave" if time.leave else ""
    return f"{_short(time.worked)} h worked, {_short(time.billable)} billable, of {_short(time.capacity)} h{left}."


def _rate(found: PersonTime, locale: Locale) -> list[KeyFigure]:
    if found.time.value is None:
        return []
    return [_figure(found.effective_rate, found.source, "billable value / all hours", locale, found.currency)]


def _money(value: Decimal | None, currency: str, locale: Locale) -> str:
    return "–" if value is None else money_short(Money(value, currency), locale)
