"""Plans made for the tests: one that uses every field, and a Hypothesis strategy for many more."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from headway.documents.exchange.msproject_fields import MONTH_ITEMS
from headway.engine.plan import (
    Assignment,
    Calendar,
    CalendarException,
    ConstraintType,
    Duration,
    Lag,
    Link,
    LinkType,
    Plan,
    ProjectSettings,
    Recurrence,
    Resource,
    ResourceType,
    Shift,
    SplitPart,
    StoredDates,
    Task,
    TaskBaseline,
    TaskMode,
    TaskType,
    Timephased,
    WorkContour,
    WorkWeek,
)
from headway.engine.units import WorkTime

DAY = (Shift(time(8), time(12)), Shift(time(13), time(17)))
LATE = (Shift(time(9), time(18)),)
WEEK = (DAY, DAY, DAY, DAY, DAY, (), ())


def hours(amount: float) -> WorkTime:
    return WorkTime.from_hours(amount)


def at(day: int, hour: int = 8, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour)


def calendars() -> tuple[Calendar, ...]:
    recurring = (
        Recurrence("daily", interval=3, occurrences=4),
        Recurrence("weekly", interval=2, weekdays=(0, 4)),
        Recurrence("monthly_day", interval=2, day=15),
        Recurrence("monthly_weekday", weekdays=(6,), position=5, occurrences=3),
        Recurrence("monthly_weekday", weekdays=MONTH_ITEMS[1], position=5),
        Recurrence("yearly_day", day=24, month=12),
        Recurrence("yearly_weekday", weekdays=(3,), position=4, month=11),
    )
    exceptions = tuple(
        CalendarException(date(2026, 1, 1), date(2030, 12, 31), LATE if i % 2 else (), f"Rule {i}", recurrence)
        for i, recurrence in enumerate(recurring)
    )
    single = CalendarException(date(2026, 4, 6), date(2026, 4, 7), name="Easter")
    summer = WorkWeek(date(2026, 7, 1), date(2026, 8, 31), (LATE, LATE, None, None, (), None, None), "Summer")
    return (
        Calendar(1, "Standard", WEEK, (single, *exceptions), (summer,)),
        Calendar(3, "Anna Prüß", (None, LATE, None, None, (), None, None), base_uid=1),
    )


def full_plan() -> Plan:
    """A plan in which nearly every field of every part is filled."""
    stored = StoredDates(
        at(2), at(3, 17), at(2), at(3, 17), at(4), at(5, 17), hours(16), hours(8), hours(16), hours(17), critical=False
    )
    baselines = (
        TaskBaseline(0, at(2), at(3, 17), hours(16), hours(16), Decimal("960.5"), ((at(2), at(3), Decimal("480.25")),)),
        TaskBaseline(10, at(9), at(10, 17)),
    )
    tasks = (
        Task(10, 1, "Phase <1> & more", Duration(hours(80)), wbs="1", summary=True, stored=StoredDates(critical=True)),
        Task(
            11,
            2,
            "Build ü 日本",
            Duration(hours(16), "d", estimated=True),
            wbs="1.1",
            outline_level=2,
            parent_uid=10,
            type=TaskType.FIXED_WORK,
            effort_driven=True,
            constraint=ConstraintType.FNLT,
            constraint_date=at(20, 17),
            deadline=at(25, 17),
            calendar_uid=3,
            ignore_resource_calendar=True,
            leveling_delay=Duration(WorkTime(14400), "d", elapsed=True),
            priority=700,
            percent_complete=Decimal(25),
            percent_work_complete=Decimal(30),
            physical_percent_complete=Decimal(35),
            actual_start=at(2),
            actual_duration=hours(4),
            remaining_duration=hours(12),
            stop=at(2, 12),
            resume=at(2, 13),
            work=hours(16),
            actual_work=hours(4.8),
            remaining_work=hours(11.2),
            cost=Decimal("960.5"),
            actual_cost=Decimal(240),
            fixed_cost=Decimal("12.34"),
            baselines=baselines,
            stored=stored,
            notes="Two\nlines & <tags>",
            owner="Ann",
            optimistic=Duration(hours(8)),
            pessimistic=Duration(hours(40), "w"),
            custom={"Risk": "high", "Number1": Decimal("3.5"), "Flag1": True, "Date1": at(9), "Cost1": Decimal("7.5")},
        ),
        Task(
            12,
            3,
            "Typed by hand",
            Duration(hours(24), "h"),
            wbs="1.2",
            outline_level=2,
            parent_uid=10,
            mode=TaskMode.MANUAL,
            manual_start=at(9),
            manual_finish=at(11, 17),
            manual_duration=Duration(hours(24), "h"),
            stored=StoredDates(at(9), at(11, 17), critical=True),
            custom={"StartText": "after Easter"},
        ),
        Task(
            13,
            4,
            "Split",
            Duration(hours(16)),
            wbs="1.3",
            outline_level=2,
            parent_uid=10,
            splits=(SplitPart(at(2), at(2, 17)), SplitPart(at(5), at(5, 17))),
            stored=StoredDates(at(2), at(5, 17), critical=False),
        ),
        Task(14, 6, "Done", Duration(WorkTime(0)), wbs="2", milestone=True, active=False,
             stored=StoredDates(critical=True)),
        Task(15, 7, "Elsewhere", Duration(WorkTime(14400), "d", elapsed=True), wbs="3", external=True, recurring=True,
             stored=StoredDates(critical=False)),
    )  # fmt: skip
    links = (
        Link(11, 12, LinkType.FS, Lag(hours(8), "d")),
        Link(11, 13, LinkType.SS, Lag(WorkTime(-2880), "d", elapsed=True)),
        Link(12, 13, LinkType.FF, Lag(percent=Decimal(-50), unit="%")),
        Link(13, 14, LinkType.SF),
    )
    resources = (
        Resource(1, 1, "Anna", initials="A", email="a@example.org", group="Dev", max_units=Decimal("0.5"),
                 calendar_uid=3, standard_rate=Decimal(60), overtime_rate=Decimal("90.5"),
                 cost_per_use=Decimal(5), notes="n"),
        Resource(2, 2, "Steel", type=ResourceType.MATERIAL),
        Resource(3, 3, "Travel", type=ResourceType.COST),
    )  # fmt: skip
    assignments = (
        Assignment(
            1, 11, 1, Decimal("0.5"), hours(16), hours(4.8), hours(11.2), hours(2), Duration(hours(1)),
            Duration(hours(24), "d", elapsed=True), WorkContour.FRONT_LOADED, at(2), at(3, 17), at(2), None, at(2, 12),
            at(2, 13), Decimal(960), Decimal(240),
        ),
        Assignment(
            2, 12, 1, Decimal(1), hours(12), contour=WorkContour.EDITED, start=at(9), finish=at(11, 17),
            timephased=(
                Timephased(at(9), at(9, 17), hours(8), actual=True),
                Timephased(at(10), at(10, 12), hours(4)),
            ),
        ),
        Assignment(3, 13, 2),
    )  # fmt: skip
    project = ProjectSettings(
        name="sample",
        title="Sample “plan”",
        start=at(2),
        finish=at(31, 17),
        status_date=at(3, 17),
        calendar_uid=1,
        minutes_per_day=450,
        minutes_per_week=2250,
        days_per_month=21,
        default_start=time(9),
        default_finish=time(17, 30),
        critical_slack_limit=WorkTime(9000),
        multiple_critical_paths=True,
        split_in_progress=False,
        currency="EUR",
        author="A",
        manager="M",
        company="C",
        application="MSPDI 14",
        custom={"custom_fields": {"Risk": 188743731, "Number1": 188743767, "Flag1": 188743752, "Date1": 188743945,
                                  "Cost1": 188743786}},
    )  # fmt: skip
    return Plan(project, calendars(), tasks, links, resources, assignments)


# ---- strategies -------------------------------------------------------------------------------

_texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co", "Cn")), max_size=20).map(str.strip)
_moments = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)).map(lambda moment: moment.replace(microsecond=0))
_work = st.integers(0, 10**7).map(WorkTime)
_slack = st.integers(-(10**7), 10**7).map(WorkTime)
_percent = st.integers(0, 100).map(Decimal)
_cost = st.decimals(0, 10**9, places=2).map(lambda cost: cost.normalize()).map(lambda cost: cost + 0)


def _maybe(strategy: st.SearchStrategy) -> st.SearchStrategy:
    return st.none() | strategy


_durations = st.builds(Duration, _work, st.sampled_from(["m", "h", "d", "w", "mo"]), st.booleans(), st.booleans())
_stored = st.builds(StoredDates, *[_maybe(_moments)] * 6, *[_maybe(_slack)] * 4, st.booleans())


@st.composite
def _shifts(draw: st.DrawFn) -> tuple[Shift, ...]:
    marks = sorted(draw(st.lists(st.integers(0, 1439), max_size=6, unique=True)))
    clock = [(datetime(2000, 1, 1) + timedelta(minutes=mark)).time() for mark in marks]
    return tuple(Shift(start, end) for start, end in zip(clock[::2], clock[1::2], strict=False))


@st.composite
def _exceptions(draw: st.DrawFn) -> CalendarException:
    first = draw(st.dates(date(2000, 1, 1), date(2050, 1, 1)))
    kind = draw(
        st.sampled_from([None, "daily", "weekly", "monthly_day", "monthly_weekday", "yearly_day", "yearly_weekday"])
    )
    recurrence = None
    if kind is not None:
        on_weekday = kind.endswith("_weekday")
        many = draw(st.lists(st.integers(0, 6), min_size=1, unique=True)) if kind == "weekly" else []
        recurrence = Recurrence(
            kind,
            interval=1 if kind.startswith("yearly") else draw(st.integers(1, 12)),
            weekdays=draw(st.sampled_from(MONTH_ITEMS)) if on_weekday else tuple(sorted(many)),
            day=draw(st.integers(1, 31)) if kind.endswith("_day") else None,
            month=draw(st.integers(1, 12)) if kind.startswith("yearly") else None,
            position=draw(st.integers(1, 5)) if on_weekday else None,
            occurrences=draw(_maybe(st.integers(1, 50))),
        )
    last = first + timedelta(days=draw(st.integers(0, 2000)))
    return CalendarException(first, last, draw(_shifts()), draw(_texts), recurrence)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Plans as MSPDI can carry them: ids unique, parents above, no links in a ring."""
    base = Calendar(
        1,
        draw(_texts),
        (*(draw(_shifts()) for _ in range(5)), DAY, ()),
        tuple(draw(st.lists(_exceptions(), max_size=3))),
    )
    tasks: list[Task] = []
    level = 0
    for row in range(1, draw(st.integers(0, 5)) + 1):
        level = draw(st.integers(1, level + 1))
        parent = next((task.uid for task in reversed(tasks) if task.outline_level < level), None)
        manual = draw(st.booleans())
        duration = draw(_durations)
        tasks.append(
            Task(
                uid=row * 7,
                id=row,
                name=draw(_texts),
                duration=duration,
                wbs=draw(_texts),
                outline_level=level,
                parent_uid=parent,
                summary=draw(st.booleans()),
                milestone=draw(st.booleans()),
                active=draw(st.booleans()),
                mode=TaskMode.MANUAL if manual else TaskMode.AUTO,
                type=draw(st.sampled_from(TaskType)),
                effort_driven=draw(st.booleans()),
                constraint=draw(st.sampled_from(ConstraintType)),
                constraint_date=draw(_maybe(_moments)),
                deadline=draw(_maybe(_moments)),
                priority=draw(st.integers(0, 1000)),
                percent_complete=draw(_percent),
                actual_start=draw(_maybe(_moments)),
                remaining_duration=draw(_maybe(_work)),
                work=draw(_maybe(_work)),
                cost=draw(_maybe(_cost)),
                manual_duration=Duration(draw(_work), duration.unit, duration.elapsed) if manual else None,
                stored=draw(_stored),
                notes=draw(_texts),
                baselines=tuple(
                    TaskBaseline(
                        number,
                        draw(_maybe(_moments)),
                        draw(_maybe(_moments)),
                        draw(_maybe(_work)),
                        None,
                        draw(_maybe(_cost)),
                    )
                    for number in sorted(draw(st.sets(st.integers(0, 10), max_size=2)))
                ),
            )
        )
    uids = [task.uid for task in tasks]
    links = tuple(
        Link(
            before,
            after,
            draw(st.sampled_from(LinkType)),
            Lag(draw(_slack), draw(st.sampled_from("mhdw")), draw(st.booleans())),
        )
        for i, before in enumerate(uids)
        for after in uids[i + 1 :]
        if draw(st.booleans())
    )
    ordered = tuple(sorted(links, key=lambda link: link.successor_uid))
    return Plan(
        ProjectSettings(
            name=draw(_texts),
            start=draw(_maybe(_moments)),
            calendar_uid=1,
            application="MSPDI 14",
            schedule_from_start=draw(st.booleans()),
        ),
        (base,),
        tuple(tasks),
        ordered,
    )
