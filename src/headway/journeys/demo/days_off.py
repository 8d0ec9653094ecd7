"""Leave of the demo's people, meetings that wait in a calendar, and reminders of missing hours."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from headway.areas.hours import meetings, sheets
from headway.areas.people import leave
from headway.areas.people.types import LeaveKind
from headway.kernel.context import Context

_MEETING = "BEGIN:VEVENT\nUID:{uid}@brightwater.example\nSUMMARY:{title}\nDTSTART:{day:%Y%m%d}T{at}00Z\nDURATION:PT1H\n"
_GUEST = "ATTENDEE:mailto:{guest}\n"


def days_off(house: Context, acting_as: Callable[[str], Context], today: date) -> None:
    """Ben is away on Friday in two weeks, Nina asks for a week; Lea's calendar holds three meetings of last week.

    house      who sets the house's rules. acting_as: the context of somebody by first name.
    """
    sheets.edit_rules(house, remind_on=4, remind_below=60)  # half of the leads' work is no project's
    monday = today - timedelta(days=today.weekday())
    friday = monday + timedelta(days=18)
    mara = acting_as("Mara")
    bens = leave.ask_leave(acting_as("Ben"), first=friday, last=friday, starts_half=True, note="Moving house")
    leave.decide_leave(mara, leave=bens.id, approve=True)
    later = monday + timedelta(weeks=4)
    leave.ask_leave(acting_as("Nina"), first=later, last=later + timedelta(days=4), kind=LeaveKind.HOLIDAY)
    last = monday - timedelta(days=7)
    events = (
        ("review", "Design review with Carol", last + timedelta(days=1), "0900", "carol@acme.example"),
        ("walk", "ORDERS interface walkthrough", last + timedelta(days=2), "1300", ""),
        ("one", "One to one", last + timedelta(days=3), "1000", ""),
    )
    calendar = "".join(
        _MEETING.format(uid=f"{uid}-{day}", title=title, day=day, at=at)
        + (_GUEST.format(guest=guest) if guest else "")
        + "END:VEVENT\n"
        for uid, title, day, at, guest in events
    )
    meetings.propose_meetings(acting_as("Lea"), calendar=f"BEGIN:VCALENDAR\n{calendar}END:VCALENDAR\n", first=last)
