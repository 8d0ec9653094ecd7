"""The words of a reminder of missing hours: a fixed text to the person whose hours they are. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from headway.areas.hours.missing import MissingHours
from headway.areas.hours.sums import plain

_NAMED = 7  # days


@dataclass(frozen=True, slots=True)
class ReminderText:
    """Subject and body of a mail."""

    subject: str
    body: str


def written(found: MissingHours, *, name: str, week: str, leave: str, choose: str) -> ReminderText:
    """The mail about somebody's missing hours.

    week, leave, choose  addresses of the week sheet, of the person's leave, and of where these mails are switched off.
    """
    days = f"{_said(found.first)} to {_said(found.last)}"
    lines = [
        f"Hello {name.split(' ', 1)[0]},",
        "",
        f"{_hours(found.logged)} of the {_hours(found.expected)} h that you could work from {days} are logged.",
    ]
    if found.empty_days:
        lines += ["Nothing is there yet for:", *(f"- {_said(day)}" for day in found.empty_days[:_NAMED])]
    lines += [
        "",
        "What is still in your head is quickest entered now:",
        week,
        "The week before can be copied there, and one line such as '2h design review yesterday' is enough.",
        "",
        "You were away? Enter your leave, and its days are not asked for:",
        leave,
        "",
        "This comes at most once a week, and only while hours are missing. Switch it off:",
        choose,
        "",
    ]
    return ReminderText(f"{_hours(found.missing)} h from {days} are not logged yet", "\n".join(lines))


def _said(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"


def _hours(value: Decimal) -> str:
    return f"{plain(round(value, 2)):f}"
