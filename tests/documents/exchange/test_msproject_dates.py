"""Small MSPDI files of what real ones seldom hold, with the dates that docs/explanation/schedule.md gives them.

The week is Monday 5 January 2026 on the standard calendar, 08:00-12:00 and 13:00-17:00, unless a case says otherwise.
"""

from __future__ import annotations

import pytest

from headway.documents.exchange.msproject import read_mspdi
from headway.engine.cpm import schedule

HOUR = "PT{}H0M0S"
_DAY_SHIFT = (("08:00:00", "12:00:00"), ("13:00:00", "17:00:00"))
_ROUND_THE_CLOCK = (("00:00:00", "00:00:00"),)
_NIGHT_BEGINS, _NIGHT = ("23:00:00", "00:00:00"), (("00:00:00", "03:00:00"), ("04:00:00", "08:00:00"))


def times(shifts) -> str:
    inner = "".join(f"<WorkingTime><FromTime>{a}</FromTime><ToTime>{b}</ToTime></WorkingTime>" for a, b in shifts)
    return f"<WorkingTimes>{inner}</WorkingTimes>" if shifts else ""


def week(*days) -> str:
    """Days from Sunday on, each with its shifts."""
    rows = (
        f"<WeekDay><DayType>{number}</DayType><DayWorking>{int(bool(shifts))}</DayWorking>{times(shifts)}</WeekDay>"
        for number, shifts in enumerate(days, start=1)
    )
    return f"<WeekDays>{''.join(rows)}</WeekDays>"


def exception(first: str, last: str, *, shifts=(), **fields: object) -> str:
    told = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
    return (
        f"<Exception>{told}<TimePeriod><FromDate>{first}T00:00:00</FromDate><ToDate>{last}T23:59:00</ToDate>"
        f"</TimePeriod><DayWorking>{int(bool(shifts))}</DayWorking>{times(shifts)}</Exception>"
    )


def calendar(uid: int, inner: str, base: int = -1) -> str:
    return (
        f"<Calendar><UID>{uid}</UID><Name>C{uid}</Name><IsBaseCalendar>{int(base < 0)}</IsBaseCalendar>"
        f"<BaseCalendarUID>{base}</BaseCalendarUID>{inner}</Calendar>"
    )


STANDARD = week((), *(_DAY_SHIFT,) * 5, ())
CLOCK = calendar(2, week(*(_ROUND_THE_CLOCK,) * 7))
NIGHT = calendar(3, week((), (_NIGHT_BEGINS,), *((*_NIGHT, _NIGHT_BEGINS),) * 4, _NIGHT))


def task(uid: int, hours: float, inner: str = "", unit: int = 7) -> str:
    return (
        f"<Task><UID>{uid}</UID><ID>{uid}</ID><Name>T{uid}</Name><OutlineLevel>1</OutlineLevel>"
        f"<Duration>{HOUR.format(hours)}</Duration><DurationFormat>{unit}</DurationFormat>{inner}</Task>"
    )


def after(uid: int, *, kind: int = 1, lag: int = 0, unit: int = 7) -> str:
    """kind: 0 FF, 1 FS, 2 SF, 3 SS; lag: tenths of a minute, or percent in the units 19 and 20."""
    return (
        f"<PredecessorLink><PredecessorUID>{uid}</PredecessorUID><Type>{kind}</Type>"
        f"<LinkLag>{lag}</LinkLag><LagFormat>{unit}</LagFormat></PredecessorLink>"
    )


def staffed(task_uid: int, resource_uid: int, hours: float, inner: str = "") -> str:
    return (
        f"<Assignment><UID>{10 * task_uid + resource_uid}</UID><TaskUID>{task_uid}</TaskUID>"
        f"<ResourceUID>{resource_uid}</ResourceUID><Units>1</Units><Work>{HOUR.format(hours)}</Work>{inner}</Assignment>"
    )


def person(uid: int, calendar_uid: int) -> str:
    return (
        f"<Resource><UID>{uid}</UID><ID>{uid}</ID><Name>R{uid}</Name><Type>1</Type>"
        f"<CalendarUID>{calendar_uid}</CalendarUID></Resource>"
    )


def constraint(kind: int, date: str) -> str:
    return f"<ConstraintType>{kind}</ConstraintType><ConstraintDate>2026-01-{date}:00</ConstraintDate>"


def dates_of(path, tasks: str, *, days=STANDARD, exceptions="", weeks="", calendars="", people="", work="", project=""):
    standard = calendar(1, days + f"<Exceptions>{exceptions}</Exceptions><WorkWeeks>{weeks}</WorkWeeks>")
    path.write_text(
        '<Project xmlns="http://schemas.microsoft.com/project"><CalendarUID>1</CalendarUID>'
        f"{project or '<StartDate>2026-01-05T08:00:00</StartDate>'}<Calendars>{standard}{calendars}</Calendars>"
        f"<Tasks>{tasks}</Tasks><Resources>{people}</Resources><Assignments>{work}</Assignments></Project>"
    )
    found = schedule(read_mspdi(path)[0])
    return {row.uid: f"{row.start:%d %H:%M} - {row.finish:%d %H:%M}" for row in found.tasks}


TUESDAY_OFF = calendar(4, f"<Exceptions>{exception('2026-01-06', '2026-01-06', Type=1)}</Exceptions>", base=1)
YEAR = "2026-01-01", "2026-12-31"
CASES = {
    # C2: each kind of recurring exception takes its days out of a row of ten working days.
    "every second Friday off, counted in weeks from Sunday": (
        {"tasks": task(1, 80), "exceptions": exception(*YEAR, Type=6, Period=2, DaysOfWeek=32)},
        {1: "05 08:00 - 19 17:00"},  # the 2nd and the 16th are off
    ),
    "the last weekday of the month off": (
        {"tasks": task(1, 160), "exceptions": exception(*YEAR, Type=5, Period=1, MonthItem=1, MonthPosition=4)},
        {1: "05 08:00 - 02 17:00"},  # Friday the 30th is off: 19 days in January, one on 2 February
    ),
    "the fourth weekend day of the month worked": (
        {
            "tasks": task(1, 48),
            "exceptions": exception(*YEAR, shifts=_DAY_SHIFT, Type=5, Period=1, MonthItem=2, MonthPosition=3),
        },
        {1: "05 08:00 - 11 17:00"},  # after the 3rd, the 4th and the 10th: Sunday the 11th
    ),
    "the same day each year off": (
        {"tasks": task(1, 80), "exceptions": exception("2025-01-01", "2030-12-31", Type=2, Month=0, MonthDay=14)},
        {1: "05 08:00 - 19 17:00"},
    ),
    "three occurrences of every third day off": (
        {
            "tasks": task(1, 40),
            "exceptions": exception(
                "2026-01-05", "2026-12-31", Type=7, Period=3, EnteredByOccurrences=1, Occurrences=3
            ),
        },
        {1: "06 08:00 - 13 17:00"},  # off: Mon 5, Thu 8, Sun 11
    ),
    "three weekdays off, counted": (
        {
            "tasks": task(1, 48),
            "exceptions": exception(
                "2026-01-08", "2026-12-31", Type=8, Period=1, EnteredByOccurrences=1, Occurrences=3
            ),
        },
        {1: "05 08:00 - 15 17:00"},  # off: Thu 8, Fri 9, Mon 12
    ),
    "three weekdays off in the middle": (
        {
            "tasks": task(1, 40),
            "exceptions": exception("2026-01-08", "2026-01-12", Type=8, Period=1),
        },
        {1: "05 08:00 - 14 17:00"},  # off: Thu 8, Fri 9, Mon 12
    ),
    # C2: a dated week says Saturday is worked until noon; a day it does not name is as usual; an exception beats it.
    "a work week with a Saturday, and a holiday in it": (
        {
            "tasks": task(1, 44),
            "weeks": "<WorkWeek><TimePeriod><FromDate>2026-01-05T00:00:00</FromDate>"
            f"<ToDate>2026-01-18T23:59:00</ToDate></TimePeriod><Name>Rush</Name><WeekDays><WeekDay><DayType>7</DayType><DayWorking>1</DayWorking>"
            f"{times(_DAY_SHIFT[:1])}</WeekDay></WeekDays></WorkWeek>",
            "exceptions": exception("2026-01-07", "2026-01-07", Type=1),
        },
        {1: "05 08:00 - 12 17:00"},  # four days, Saturday morning, Monday
    ),
    # C6: shifts over midnight stand in two days; round the clock is written as midnight to midnight.
    "a night shift": (
        {"tasks": task(1, 8, "<CalendarUID>3</CalendarUID>"), "calendars": NIGHT},
        {1: "05 23:00 - 06 08:00"},
    ),
    "a night shift ends the week on Saturday morning": (
        {"tasks": task(1, 48, "<CalendarUID>3</CalendarUID>"), "calendars": NIGHT},
        {1: "05 23:00 - 13 08:00"},
    ),
    "round the clock after a working day": (
        {"tasks": task(1, 8) + task(2, 24, f"<CalendarUID>2</CalendarUID>{after(1)}"), "calendars": CLOCK},
        {1: "05 08:00 - 05 17:00", 2: "05 17:00 - 06 17:00"},
    ),
    # F3: lags run on the successor's calendar, elapsed ones on the clock, percent ones on what the predecessor lasts.
    "half of two days as a lag on the night shift": (
        {
            "tasks": task(1, 16) + task(2, 1, f"<CalendarUID>3</CalendarUID>{after(1, lag=50, unit=19)}"),
            "calendars": NIGHT,
        },
        {1: "05 08:00 - 06 17:00", 2: "07 23:00 - 08 00:00"},
    ),
    "an elapsed half of two days as a lag": (
        {"tasks": task(1, 16) + task(2, 1, after(1, lag=50, unit=20))},
        {1: "05 08:00 - 06 17:00", 2: "07 08:00 - 07 09:00"},
    ),
    "two elapsed days as a lag over a weekend": (
        {"tasks": task(1, 40) + task(2, 1, after(1, lag=28800, unit=8))},
        {1: "05 08:00 - 09 17:00", 2: "12 08:00 - 12 09:00"},
    ),
    # F5: the flag of the file is read as on: the date beats the link, and the predecessor is short of time.
    "start no later than a day that its predecessor passes": (
        {
            "tasks": task(1, 24) + task(2, 8, constraint(5, "06T08:00") + after(1)),
            "project": "<StartDate>2026-01-05T08:00:00</StartDate><HonorConstraints>0</HonorConstraints>",
        },
        {1: "05 08:00 - 07 17:00", 2: "06 08:00 - 06 17:00"},
    ),
    # F7
    "from the finish, one as late and one as soon as possible": (
        {
            "tasks": task(1, 16, "<ConstraintType>1</ConstraintType>")
            + task(2, 8, "<ConstraintType>0</ConstraintType>")
            + task(3, 8, f"<ConstraintType>1</ConstraintType>{after(1)}"),
            "project": "<FinishDate>2026-01-09T17:00:00</FinishDate><ScheduleFromStart>0</ScheduleFromStart>",
        },
        {1: "07 08:00 - 08 17:00", 2: "07 08:00 - 07 17:00", 3: "09 08:00 - 09 17:00"},
    ),
    # F8: what is switched off hands nothing on.
    "a task switched off between two": (
        {"tasks": task(1, 16) + task(2, 40, f"<Active>0</Active>{after(1)}") + task(3, 8, after(2))},
        {1: "05 08:00 - 06 17:00", 3: "05 08:00 - 05 17:00"},
    ),
    # R5: a start and a duration, or a finish alone, are enough; the successor follows what is typed.
    "typed by hand, in part": (
        {
            "tasks": task(1, 16, "<Manual>1</Manual><ManualStart>2026-01-07T08:00:00</ManualStart>")
            + task(2, 8, "<Manual>1</Manual><ManualFinish>2026-01-13T17:00:00</ManualFinish>")
            + task(3, 8, after(1))
        },
        {1: "07 08:00 - 08 17:00", 2: "13 08:00 - 13 17:00", 3: "09 08:00 - 09 17:00"},
    ),
    # W5, F6: a started bell keeps its whole span from the actual start: 20 h of work at a mean of 50 % take 40 h.
    "a contour in progress": (
        {
            "tasks": task(
                1,
                40,
                "<ActualStart>2026-01-06T08:00:00</ActualStart><PercentComplete>20</PercentComplete>"
                "<ActualDuration>PT8H0M0S</ActualDuration><RemainingDuration>PT32H0M0S</RemainingDuration>",
            ),
            "people": person(1, 1),
            "work": staffed(1, 1, 20, "<WorkContour>6</WorkContour><ActualWork>PT1H12M0S</ActualWork>"),
        },
        {1: "06 08:00 - 12 17:00"},
    ),
    # P2: stopped Monday night, resumed Thursday: two of three days are left.
    "a split in progress": (
        {
            "tasks": task(
                1,
                24,
                "<ActualStart>2026-01-05T08:00:00</ActualStart><PercentComplete>33</PercentComplete>"
                "<ActualDuration>PT8H0M0S</ActualDuration><RemainingDuration>PT16H0M0S</RemainingDuration>"
                "<Stop>2026-01-05T17:00:00</Stop><Resume>2026-01-08T08:00:00</Resume>",
            )
        },
        {1: "05 08:00 - 09 17:00"},
    ),
    # C5: the person is away on Tuesday by an exception of their own calendar, which fills its week from its base.
    "a person's day off": (
        {
            "tasks": task(1, 16),
            "people": person(1, 4),
            "work": staffed(1, 1, 16),
            "calendars": calendar(
                4, f"<Exceptions>{exception('2026-01-06', '2026-01-06', Type=1)}</Exceptions>", base=1
            ),
        },
        {1: "05 08:00 - 07 17:00"},
    ),
    "a task calendar that ignores the person's day off": (
        {
            "tasks": task(1, 16, "<CalendarUID>1</CalendarUID><IgnoreResourceCalendar>1</IgnoreResourceCalendar>"),
            "people": person(1, 4),
            "work": staffed(1, 1, 16),
            "calendars": calendar(
                4, f"<Exceptions>{exception('2026-01-06', '2026-01-06', Type=1)}</Exceptions>", base=1
            ),
        },
        {1: "05 08:00 - 06 17:00"},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_dates_of_features_that_files_seldom_hold(tmp_path, name):
    given, wanted = CASES[name]
    assert dates_of(tmp_path / "plan.xml", **given) == wanted
