"""Snapshots for tests: a project in trouble with every block, one without records, and varied ones by seed."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from headway.documents.tree import Rag
from headway.engine.rag import Dimension
from headway.reports.status_snapshot import (
    Audience,
    Baseline,
    Basis,
    Block,
    Budget,
    ChangeRequest,
    ClientAction,
    Decision,
    EacVariant,
    EarnedSchedule,
    EarnedValue,
    Explanation,
    Feedback,
    Hours,
    HoursEntry,
    HoursForecast,
    HoursRow,
    Issue,
    Milestone,
    NotMeasured,
    Outcome,
    Override,
    Plan,
    PlanRow,
    Project,
    Provenance,
    RagReading,
    Risk,
    StatusSnapshot,
    Week,
    WeekPoint,
    changes_since,
    worst,
)

D = Decimal
DATA_DATE = date(2026, 5, 15)
START = date(2026, 3, 2)
PV = (4200, 9100, 14600, 20500, 27000, 34200, 42000, 50300, 59200, 67800, 75900)
EV = (3900, 8200, 13400, 18800, 24300, 30500, 37400, 44200, 51600, 58700, 65300)
AC = (4600, 9800, 16100, 22900, 30200, 37800, 45900, 53700, 62000, 69800, 77900)
LATER_PV = (84000, 92100, 100200, 108300, 116400, 124500, 132600, 140700, 148800, 156900, 164000, 170500, 176000)
REST_PV = (180500, 184000)
WEEKS_PLANNED = 26
LIMITS = {
    Dimension.SCHEDULE: "Green: SPI(t) 0.95 or more and no key milestone late; Red: below 0.85 or more than 10 days.",
    Dimension.COST: "Green: forecast up to 5 % over budget; Amber: up to 10 %; Red: above.",
    Dimension.SCOPE: "Green: up to 3 % of the budget; Amber: up to 8 %; Red: above.",
    Dimension.RISK: "Green: below 12 of 25; Amber: 12 to 19; Red: 20 or more without a dated response.",
    Dimension.QUALITY: "Green: no open severity 1; Red: severity 1 open or exit date missed.",
    Dimension.CLIENT_INPUTS: "Green: none late; Amber: 3 to 6 working days; Red: 7 or more.",
    Dimension.PEOPLE: "Green: nobody above 110 %; Amber: up to 125 %; Red: above.",
    Dimension.KPIS: "Each KPI by its own thresholds. KPI-1 Orders in time: Green from 97 %, amber from 95 %.",
}


def reading(
    dimension: Dimension,
    colour: Rag,
    measure: str = "",
    value: Decimal | None = None,
    *,
    unit: str = "",
    digits: int = 0,
    reason: str = "",
    previous: Rag | None = None,
    override: Override | None = None,
    computed: Rag | None = None,
    trend: str = "",
) -> RagReading:
    return RagReading(
        dimension,
        colour,
        computed or colour,
        previous,
        measure,
        value,
        unit,
        digits,
        reason,
        LIMITS[dimension],
        trend,
        override,
    )


def earned_value(bac: Decimal, pv: Decimal, ev: Decimal, ac: Decimal, basis: Basis) -> EarnedValue:
    cpi = ev / ac if ac else None
    spi = ev / pv if pv else None
    in_use = ac + (bac - ev) / cpi if cpi else None
    pressed = ac + (bac - ev) / (cpi * spi) if cpi and spi else None
    return EarnedValue(
        basis=basis,
        bac=bac,
        pv=pv,
        ev=ev,
        ac=ac,
        cv=ev - ac,
        sv=ev - pv,
        cpi=cpi,
        spi=spi,
        eac=(
            EacVariant("a", "AC + (BAC − EV)", "the variance was a one-off", ac + (bac - ev)),
            EacVariant("b", "BAC / CPI", "efficiency so far continues", in_use, in_use=True),
            EacVariant("c", "AC + (BAC − EV) / (CPI × SPI)", "deadline pressure", pressed),
            EacVariant("d", "AC + bottom-up ETC", "the rest has been estimated anew", None),
        ),
        etc=in_use - ac if in_use is not None else None,
        vac=bac - in_use if in_use is not None else None,
        tcpi_to_bac=(bac - ev) / (bac - ac) if bac > ac else None,
        tcpi_to_eac=(bac - ev) / (in_use - ac) if in_use is not None and in_use != ac else None,
        tcpi_note="" if bac > ac else "not achievable",
        percent_complete=ev / bac * 100 if bac else None,
        percent_spent=ac / bac * 100 if bac else None,
        explanations=(Explanation("CPI", "EV / AC"), Explanation("SPI", "EV / PV")),
    )


def hours_block(*, seed: int = 7, client: bool = False) -> Hours:
    chance = random.Random(seed)
    people = (
        ("Ana Ruiz", "Developer", 95),
        ("Ben Okafor", "Designer", 80),
        ("Chloé Durand", "Analyst", 70),
        ("Dmitri Volkov", "Tester", 60),
    )
    phases = ("Discovery", "Design", "Build", "Test")
    entries = []
    for week in range(11):
        for name, role, cost in people:
            for day in range(0, 5, 2):
                amount = D(chance.randrange(8, 29)) / 4
                entries.append(
                    HoursEntry(
                        START + timedelta(weeks=week, days=day),
                        name,
                        phases[min(3, (week + day // 2) // 3)],
                        role,
                        amount,
                        chance.random() < 0.9,
                        amount * 120,
                        None if client else amount * cost,
                    )
                )
    rows = tuple(entries)
    spent = sum((entry.hours for entry in rows), D(0))
    current, complete, burn = D(1660), D("35.5"), D("61.5")
    return Hours(
        budget=D(1600),
        approved_changes=D(60),
        current=current,
        spent=spent,
        percent_spent=spent / current * 100,
        percent_complete=complete,
        progress_method="accepted deliverables",
        progress_by="Ana Ruiz",
        progress_on=date(2026, 5, 14),
        gap=spent / current * 100 - complete,
        forecasts=(
            HoursForecast("Burn", spent + 15 * burn, "spent plus the weeks left at the rate of the last four"),
            HoursForecast("Straight line", spent / 11 * 26, "spent per elapsed week over the whole duration"),
            HoursForecast("Scope", spent / complete * 100, "spent over the share complete"),
        ),
        burn_rate=burn,
        runway_weeks=(current - spent) / burn,
        affordable_rate=(current - spent) / 15,
        weeks_left=D(15),
        timesheets_in=D("96.4"),
        by_person=_grouped(rows, "person", client=client),
        by_phase=_grouped(rows, "phase", client=client),
        entries=rows,
    )


def _grouped(entries: tuple[HoursEntry, ...], key: str, *, client: bool) -> tuple[HoursRow, ...]:
    made = []
    for name in sorted({getattr(entry, key) for entry in entries}):
        mine = [entry for entry in entries if getattr(entry, key) == name]
        made.append(
            HoursRow(
                name=name,
                role=mine[0].role if key == "person" else "",
                week=sum((e.hours for e in mine if e.day > DATA_DATE - timedelta(days=5)), D(0)),
                total=sum((e.hours for e in mine), D(0)),
                budget=D(400),
                bill_value=sum((e.bill_value for e in mine if e.bill_value is not None), D(0)),
                cost_value=None if client else sum((e.cost_value for e in mine if e.cost_value is not None), D(0)),
            )
        )
    return tuple(made)


def milestones() -> tuple[Milestone, ...]:
    return (
        Milestone(
            "Scope agreed", True, "Maria Lind", date(2026, 3, 20), date(2026, 3, 20), date(2026, 3, 20),
            date(2026, 3, 20), 0,
        ),
        Milestone(
            "Design approved", True, "Ben Okafor", date(2026, 4, 17), date(2026, 4, 17), date(2026, 4, 17),
            date(2026, 4, 17), 0,
        ),
        Milestone(
            "Prototype shown", False, "Ana Ruiz", date(2026, 5, 8), date(2026, 5, 8), date(2026, 5, 8),
            date(2026, 5, 8), 0,
        ),
        Milestone(
            "Content delivered", False, "Tom Berg", date(2026, 6, 5), date(2026, 6, 5), date(2026, 6, 5), None, 0
        ),
        Milestone(
            "Pilot live", True, "Ana Ruiz", date(2026, 7, 10), date(2026, 7, 15), date(2026, 7, 21), None, 7
        ),
        Milestone(
            "Roll-out complete", True, "Maria Lind", date(2026, 8, 28), date(2026, 9, 1), date(2026, 9, 8), None, 7
        ),
    )  # fmt: skip


def plan() -> Plan:
    def phase(uid: int, name: str, first: date, last: date, base: date, progress: int, late: int) -> PlanRow:
        return PlanRow(uid, name, 0, first, last, first, base, D(progress), late > 0, False, True, late)

    def task(uid: int, name: str, first: date, last: date, base: date, progress: int, late: int) -> PlanRow:
        return PlanRow(uid, name, 1, first, last, first, base, D(progress), late > 0, False, False, late)

    return Plan(
        baseline_finish=date(2026, 8, 28),
        forecast_finish=date(2026, 9, 8),
        last_forecast_finish=date(2026, 9, 1),
        contract_date=date(2026, 9, 30),
        late_days=7,
        rows=(
            phase(1, "Discovery", date(2026, 3, 2), date(2026, 3, 20), date(2026, 3, 20), 100, 0),
            task(2, "Interviews", date(2026, 3, 2), date(2026, 3, 13), date(2026, 3, 13), 100, 0),
            PlanRow(3, "Scope agreed", 1, date(2026, 3, 20), date(2026, 3, 20), date(2026, 3, 20), date(2026, 3, 20),
                    D(100), False, True, False, 0),
            phase(4, "Design", date(2026, 3, 23), date(2026, 4, 17), date(2026, 4, 17), 100, 0),
            task(5, "Page designs", date(2026, 3, 23), date(2026, 4, 17), date(2026, 4, 17), 100, 0),
            phase(6, "Build", date(2026, 4, 20), date(2026, 7, 21), date(2026, 7, 10), 32, 7),
            task(7, "Booking engine", date(2026, 4, 20), date(2026, 6, 26), date(2026, 6, 19), 40, 5),
            task(8, "Content migration", date(2026, 5, 11), date(2026, 7, 3), date(2026, 7, 3), 20, 0),
            PlanRow(9, "Pilot live", 1, date(2026, 7, 21), date(2026, 7, 21), date(2026, 7, 10), date(2026, 7, 10),
                    D(0), True, True, False, 7),
            phase(10, "Test", date(2026, 7, 13), date(2026, 8, 14), date(2026, 8, 14), 0, 0),
            phase(11, "Roll-out", date(2026, 8, 26), date(2026, 9, 8), date(2026, 8, 28), 0, 7),
        ),
        non_working=(date(2026, 5, 1), date(2026, 5, 25)),
    )  # fmt: skip


ONE = D(1)


def curve(scale: Decimal = ONE) -> tuple[WeekPoint, ...]:
    planned = PV + LATER_PV + REST_PV
    return tuple(
        WeekPoint(
            date(2026, 3, 6) + timedelta(weeks=week),
            D(planned[week]) * scale,
            D(EV[week]) * scale if week < len(EV) else None,
            D(AC[week]) * scale if week < len(AC) else None,
        )
        for week in range(WEEKS_PLANNED)
    )


def readings() -> tuple[RagReading, ...]:
    return (
        reading(Dimension.SCHEDULE, Rag.AMBER, "SPI(t)", D("65300") / D("73979"), digits=2,
                reason="Earned schedule is behind the calendar.", previous=Rag.AMBER,
                trend="worse"),
        reading(Dimension.COST, Rag.RED, "Forecast over budget", D("19.29555"), unit="%", digits=1,
                reason="The forecast is above the budget by more than the red limit.", previous=Rag.AMBER,
                trend="worse"),
        reading(Dimension.SCOPE, Rag.AMBER, "Approved and pending changes", D("4.1"), unit="%", digits=1,
                reason="Changes are above the green limit.", previous=Rag.AMBER, trend="same"),
        reading(Dimension.RISK, Rag.AMBER, "Top open exposure", D(16), unit="of 25",
                reason="The top risk lies between the limits.", previous=Rag.AMBER, trend="same"),
        reading(Dimension.QUALITY, Rag.NOT_MEASURED, reason="No test cycles exist in this project."),
        reading(Dimension.CLIENT_INPUTS, Rag.AMBER, "Latest client input", D(4), unit="working days late",
                reason="A client input is between the limits.", previous=Rag.GREEN, trend="worse"),
        reading(Dimension.PEOPLE, Rag.AMBER, "Highest load in the next two weeks", D(105), unit="%",
                reason="Nobody is above the green limit.", previous=Rag.GREEN, trend="worse",
                computed=Rag.GREEN,
                override=Override("Maria Lind", "", date(2026, 5, 14), "The only tester is on leave from Monday.")),
    )  # fmt: skip


def in_trouble(*, number: int = 12, audience: Audience = Audience.INTERNAL) -> StatusSnapshot:
    """Every block filled; the figures of earned value are the worked series of the field."""
    client = audience is Audience.CLIENT
    basis = Basis.BILL_VALUE if client else Basis.COST
    measures = earned_value(D(184000), D(75900), D(65300), D(77900), basis)
    in_use = measures.eac_in_use
    assert in_use is not None
    now = StatusSnapshot(
        number=number,
        taken_at=datetime(2026, 5, 15, 14, 30, tzinfo=UTC),
        audience=audience,
        project=Project(
            "ATLAS", "Atlas booking site", "Northwind Travel", "Maria Lind", "Build", "EUR", "Europe/Stockholm"
        ),
        week=Week(2026, 20, date(2026, 5, 11), date(2026, 5, 17)),
        data_date=DATA_DATE,
        previous_number=11,
        previous_date=date(2026, 5, 8),
        baseline=Baseline("Contract baseline", date(2026, 2, 27), date(2026, 8, 28)),
        rag=readings(),
        overall=Rag.RED,
        earned_value=measures,
        earned_schedule=EarnedSchedule(
            D(11), D("9.708641975"), D("-1.291358025"), D("0.882603816"), D(26), D("29.4583"), ""
        ),
        curve=curve(),
        budget=Budget(basis, D(184000), D(7200), D(191200), D(77900), in_use.value, "efficiency so far continues"),
        hours=hours_block(client=client),
        milestones=milestones(),
        plan=plan(),
        done=(
            Outcome("The prototype was shown to 14 travel agents and accepted", "Ana Ruiz", date(2026, 5, 8)),
            Outcome("Page designs are final in all 3 languages", "Ben Okafor", date(2026, 5, 12)),
            Outcome("The payment provider's contract is signed", "Maria Lind", date(2026, 5, 13)),
        ),
        next=(
            Outcome("Connect the booking engine to the payment provider", "Ana Ruiz", date(2026, 5, 22)),
            Outcome("Import the first 200 hotels", "Chloé Durand", date(2026, 5, 20)),
        ),
        risks=(
            Risk("R-4", "The payment provider's sandbox is unstable", "Ana Ruiz", date(2026, 5, 29), 4, 4, 16,
                 "Switch to the provider's second data centre"),
            Risk("R-7", "Hotel data comes in more than one format", "Chloé Durand", date(2026, 6, 5), 3, 4, 12,
                 "Agree one template with the three largest suppliers"),
            Risk("R-2", "The only tester is away in June", "Dmitri Volkov", None, 3, 3, 9, "Train a second tester"),
        ),
        issues=(
            Issue("I-3", "Translations arrive without accents", "Ben Okafor", date(2026, 5, 21), 2,
                  "The agency delivers again in UTF-8"),
        ),
        decisions=(
            Decision("D-5", "Launch with two languages or three", "Maria Lind",
                     ("Launch with two languages and add the third in September", "Wait for the third language"),
                     "Launch with two languages and add the third in September", date(2026, 5, 22),
                     "Each week without a decision moves the pilot by 3 working days"),
        ),
        client_actions=(
            ClientAction("A-11", "Deliver the texts of the help pages", "Tom Berg", date(2026, 5, 11), 4),
            ClientAction("A-14", "Name the approver for the pilot", "Tom Berg", date(2026, 5, 20), 0),
        ),
        changes=(
            ChangeRequest("CR-1", "Add gift vouchers", True, date(2026, 4, 10), D(60), D(7200), 3),
            ChangeRequest("CR-2", "Show prices in dollars too", False, date(2026, 5, 12), D(8), D(960), None),
        ),
        feedback=(
            Feedback("The weekly call is too long", "Tom Berg", date(2026, 4, 30), "Shortened to 30 minutes"),
            Feedback("We want to see designs earlier", "Tom Berg", date(2026, 5, 6), ""),
        ),
        next_report_on=date(2026, 5, 22),
        next_steering_on=date(2026, 5, 28),
        provenance=(
            Provenance("Plan", "plan of the project", 11, DATA_DATE),
            Provenance("Hours", "approved time entries", 132, DATA_DATE),
            Provenance("Risks", "risk register", 3, DATA_DATE),
        ),
    )  # fmt: skip
    return replace(now, moved=changes_since(week_before(now), now))


def week_before(now: StatusSnapshot) -> StatusSnapshot:
    """The snapshot that `in_trouble` compares with."""
    milestones_then = tuple(
        replace(milestone, forecast=milestone.last_forecast or milestone.forecast) for milestone in now.milestones or ()
    )
    colours = tuple(
        replace(each, colour=each.previous or each.colour, computed=each.previous or each.colour, override=None)
        for each in now.rag
    )
    assert now.plan is not None
    assert now.risks is not None
    return replace(
        now,
        number=11,
        data_date=date(2026, 5, 8),
        rag=colours,
        overall=worst(colours),
        milestones=milestones_then,
        plan=replace(now.plan, forecast_finish=date(2026, 9, 1)),
        risks=now.risks[1:],
        moved=(),
    )


def almost_empty(*, number: int = 1) -> StatusSnapshot:
    """A project of this morning: a name, and nothing else."""
    return StatusSnapshot(
        number=number,
        taken_at=datetime(2026, 5, 15, 8, 0, tzinfo=UTC),
        audience=Audience.INTERNAL,
        project=Project("NEW", "Intranet search", "", "Maria Lind", "Concept", "GBP", "Europe/London"),
        week=Week(2026, 20, date(2026, 5, 11), date(2026, 5, 17)),
        data_date=DATA_DATE,
        previous_number=None,
        previous_date=None,
        baseline=None,
        rag=tuple(
            reading(dimension, Rag.NOT_MEASURED, reason="No records exist yet.") for dimension in tuple(Dimension)[:-1]
        ),
        overall=Rag.NOT_MEASURED,
        not_measured=tuple(NotMeasured(block, f"No records of {block.value.lower()} exist yet.") for block in Block),
    )


def with_kpis(snapshot: StatusSnapshot, *names: str) -> StatusSnapshot:
    """The same project with red KPIs of these names."""
    told = [
        f"KPI-{number} {name} is red: 90.0 % in Feb 2026, wanted at least 97 %." for number, name in enumerate(names, 1)
    ]
    reason = " ".join((*told, "1 KPI is not judged."))
    more = reading(Dimension.KPIS, Rag.RED, "KPIs amber or red", D(len(names)), reason=reason)
    return replace(snapshot, rag=(*snapshot.rag, more), overall=Rag.RED)


def varied(seed: int) -> StatusSnapshot:
    """A snapshot drawn from a seed: blocks missing, counts from none to many, either audience."""
    chance = random.Random(seed)
    audience = chance.choice(list(Audience))
    whole = in_trouble(number=chance.randrange(2, 400), audience=audience)
    scale = D(chance.randrange(40, 900)) / 100
    ev_now, ac_now = D(chance.randrange(0, 90000)), D(chance.randrange(0, 90000))
    client = audience is Audience.CLIENT
    measures = earned_value(
        D(184000) * scale, D(75900) * scale, ev_now, ac_now, Basis.BILL_VALUE if client else Basis.COST
    )
    in_use = measures.eac_in_use
    forecast = in_use.value if in_use else None
    chosen: dict[str, object] = {
        "earned_value": measures,
        "curve": curve(scale),
        "budget": Budget(
            measures.basis, measures.bac, D(0), measures.bac, ac_now, forecast, "efficiency so far continues"
        ),
        "milestones": tuple(_varied_milestone(chance, number) for number in range(chance.randrange(0, 9))),
        "risks": (whole.risks or ())[: chance.randrange(0, 4)],
        "issues": (whole.issues or ())[: chance.randrange(0, 2)],
        "decisions": (whole.decisions or ())[: chance.randrange(0, 2)],
        "client_actions": (whole.client_actions or ())[: chance.randrange(0, 3)],
        "changes": (whole.changes or ())[: chance.randrange(0, 3)],
        "done": (whole.done or ())[: chance.randrange(0, 4)],
        "next": (whole.next or ())[: chance.randrange(0, 3)],
    }
    gaps = []
    droppable = (
        (Block.EARNED_VALUE, "earned_value"),
        (Block.EARNED_SCHEDULE, "earned_schedule"),
        (Block.BUDGET, "budget"),
        (Block.HOURS, "hours"),
        (Block.MILESTONES, "milestones"),
        (Block.PLAN, "plan"),
        (Block.FEEDBACK, "feedback"),
    )
    for block, name in droppable:
        if chance.random() < 0.2:
            chosen[name] = None
            gaps.append(NotMeasured(block, f"No records of {block.value.lower()} exist yet."))
    colours = tuple(
        replace(each, colour=colour, computed=colour, override=None)
        for each in whole.rag
        for colour in [chance.choice(list(Rag))]
    )
    return replace(
        whole,
        rag=colours,
        overall=worst(colours),
        baseline=whole.baseline if chance.random() < 0.8 else None,
        moved=whole.moved[: chance.randrange(0, 5)],
        not_measured=tuple(gaps),
        **chosen,
    )


def _varied_milestone(chance: random.Random, number: int) -> Milestone:
    names = ("Kick-off", "Scope agreed", "Design approved", "Prototype", "Beta", "Pilot live", "Go-live", "Handover")
    baseline = date(2026, 4, 1) + timedelta(days=chance.randrange(0, 160))
    late = chance.choice((0, 0, 0, 1, 2, 5, 12, -2))
    forecast = baseline + timedelta(days=late)
    done = forecast <= DATA_DATE
    return Milestone(
        names[number], chance.random() < 0.5, "Ana Ruiz", baseline, baseline, forecast, forecast if done else None, late
    )
