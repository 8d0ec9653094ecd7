"""A new project with a working calendar at once: the standard week, less a country's public holidays."""

from __future__ import annotations

from datetime import date

from headway.areas.people.types import DayOff
from headway.areas.projects import commands as projects
from headway.areas.projects.types import Charter
from headway.areas.schedule import commands as schedule
from headway.journeys.housekeeping import holidays_of
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import FieldError, Invalid
from headway.kernel.schema import Name, Text

STANDARD = "standard"
_YEARS_BEYOND = 2  # holidays are entered to the end of the second year after the start, or after the end if later


@command(
    permission="projects.create",
    name="projects.begin",
    internal="the command line's short form of creating a project, starting its plan and entering holidays",
)
def begin(
    ctx: Context,
    *,
    key: Name,
    name: Name,
    calendar: Name,
    client: int | None = None,
    purpose: Text = "",
    starts_on: date | None = None,
    ends_on: date | None = None,
    currency: Name | None = None,
    time_zone: Name | None = None,
) -> Charter:
    """Make a project with an empty plan on a calendar.

    calendar  'standard' (Monday to Friday, eight hours), or a country whose public holidays are taken out of it:
              'DE', with a region 'DE-BY' (ISO 3166).
    """
    start = starts_on or ctx.now.date()
    days = _holidays(calendar, first=start, last=ends_on)
    charter = projects.create(
        ctx,
        key=key,
        name=name,
        client=client,
        purpose=purpose,
        starts_on=starts_on,
        ends_on=ends_on,
        currency=currency,
        time_zone=time_zone,
    )
    schedule.start_plan(ctx, project=charter.id, start=start)
    if days:
        off = tuple(DayOff(day, called) for day, called in days.items())
        schedule.take_days_off(ctx, project=charter.id, days=off)
    return charter


def _holidays(calendar: str, *, first: date, last: date | None) -> dict[date, str]:
    """Public holidays of the years from `first` on, by day."""
    if calendar.casefold() == STANDARD:
        return {}
    years = range(first.year, max(first.year + _YEARS_BEYOND, last.year if last else 0) + 1)
    try:
        found = holidays_of(calendar, tuple(years))
    except Invalid:
        raise Invalid(
            f"There is no calendar '{calendar}'. Give 'standard', or a country as 'DE' or with a region as 'DE-BY'.",
            fields=[FieldError("calendar", "unknown", value=calendar)],
        ) from None
    return {day: name for day, name in found.items() if day >= first and day.weekday() < 5}
