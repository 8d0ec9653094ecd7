"""A realistic status pack of a web site build, for the writers' tests and the benchmark."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from headway.documents import tree
from headway.documents.tree import (
    Bullets,
    Chart,
    ChartKind,
    Column,
    Document,
    Gantt,
    GanttKind,
    GanttLink,
    GanttRow,
    Heading,
    KeyFigure,
    KeyFigures,
    Kind,
    Layout,
    Mark,
    Meta,
    PageBreak,
    Paragraph,
    Rag,
    RagCell,
    RagRow,
    Series,
    Sheet,
    Slide,
    Table,
    Tone,
    cell,
    row,
    runs,
    sentence,
)
from headway.engine.units import Money, WorkTime

PLANNED = [4200, 9100, 14600, 20500, 27000, 34200, 42000, 50300, 59200, 67800, 75900]
PLANNED += [84500, 93400, 102000, 110300, 118400, 126200, 133700, 140900, 147800, 154400, 160700, 166700, 172600]
PLANNED += [178400, 184000]
EARNED = [4000, 8600, 13500, 18600, 24100, 30300, 37000, 43700, 51000, 58300, 65300]
ACTUAL = [4600, 10200, 16500, 22900, 29800, 37200, 45300, 53200, 61700, 69900, 77900]
WEEKS = tuple(f"W{number}" for number in range(1, 27))


def euros(amount: str | int, **options: object) -> tree.Value:
    """An amount of the sample project."""
    return tree.money(Money(Decimal(amount), "EUR"), **options)  # type: ignore[arg-type]


def hour(amount: str | int, **options: object) -> tree.Value:
    """Hours for a column headed so."""
    return tree.hours(WorkTime.from_hours(Decimal(amount)), unit=False, **options)  # type: ignore[arg-type]


def meta(mark: Mark = Mark.DRAFT) -> Meta:
    """Origin of the sample pack."""
    return Meta(
        project="Harbour & Sons web site",
        data_date=date(2026, 3, 20),
        snapshot=7,
        timestamp=datetime(2026, 3, 20, 16, 0, tzinfo=UTC),
        source="plan of 19 Mar 2026, timesheets to 20 Mar 2026",
        version="1",
        author="Amina Diallo",
        organisation="Northlight Studio",
        confidential="Confidential",
        mark=mark,
    )


def rag_row() -> RagRow:
    """Seven dimensions, one of them without records."""
    spi = tree.number(Decimal("0.8827"), digits=2, claim="evm.spi_t")
    gap = tree.percent(Decimal("19.3"), digits=1, signed=True, claim="evm.eac_gap")
    return RagRow(
        Rag.RED,
        sentence("because of Cost / hours: the forecast is {gap} over budget.", gap=gap),
        (
            RagCell(
                "Schedule", Rag.AMBER, runs("SPI(t) ", spi), "worse", runs("UAT start slips 6 working days."),
                "Green ≥ 0.95 and no key milestone late; Amber 0.85–0.95 or 1–10 days; Red below or later",
                claim="rag.schedule",
            ),
            RagCell(
                "Cost / hours", Rag.RED, runs("EAC ", gap), "worse", runs("Integration took 41 h more than planned."),
                "Green ≤ +5 %; Amber +5–10 %; Red > +10 % (EAC b)", claim="rag.cost",
            ),
            RagCell(
                "Scope", Rag.GREEN, runs("changes ", tree.percent(Decimal("2.1"), digits=1), " of BAC"), "same",
                runs("One change approved, one pending."), "Green ≤ 3 %; Amber 3–8 %; Red > 8 %",
            ),
            RagCell(
                "Risk", Rag.AMBER, runs("top exposure ", tree.number(16)), "same",
                runs("Payment provider contract is not signed."), "Green < 12; Amber 12–19; Red ≥ 20",
            ),
            RagCell(
                "Quality (UAT/ORT)", Rag.NOT_MEASURED, (), "", runs("Testing starts on 13 Apr 2026."),
                "Green: no open severity 1, pass rate on plan",
            ),
            RagCell(
                "Client inputs", Rag.AMBER, runs("latest ", tree.number(4, unit="working days"), " late"), "better",
                runs("Product photographs are due since 16 Mar."), "Green none; Amber 3–6 days; Red ≥ 7 days",
                computed=Rag.GREEN, override="worsened by A. Diallo: second reminder unanswered",
            ),
            RagCell(
                "People", Rag.GREEN, runs("highest load ", tree.percent(104)), "same", runs("Nobody above 110 %."),
                "Green ≤ 110 %; Amber 110–125 %; Red > 125 %",
            ),
        ),
        overall_claim="rag.overall",
    )  # fmt: skip


def s_curve() -> Chart:
    """Planned, earned and actual cost over 26 weeks, with hours of the week."""
    gap = (None,) * (26 - len(EARNED))
    weekly = tuple(Decimal(n) for n in (42, 51, 58, 57, 62, 68, 74, 71, 77, 74, 72))
    return Chart(
        ChartKind.S_CURVE,
        "Earned value is 1.3 weeks behind the plan, and cost runs ahead of it.",
        WEEKS,
        (
            Series("Planned value", tuple(Decimal(n) for n in PLANNED), dashed=True),
            Series("Earned value", tuple(Decimal(n) for n in EARNED) + gap, highlight=True),
            Series("Actual cost", tuple(Decimal(n) for n in ACTUAL) + gap),
            Series("Hours of the week", weekly + gap, columns=True),
        ),
        y_title="EUR, cumulative",
        y2_title="Hours a week",
        value_kind=Kind.MONEY,
        unit="EUR",
        marker=10,
        source="snapshot 7",
    )


def hours_by_phase() -> Chart:
    """Stacked columns."""
    phases = ("Discovery", "UX and design", "Build", "Integration", "Content", "Test and launch")
    return Chart(
        ChartKind.STACKED,
        "Integration has used more hours than its whole budget.",
        phases,
        (
            Series("Used", tuple(Decimal(n) for n in ("96", "214.5", "268", "181", "22", "0")), highlight=True),
            Series("Still to go", tuple(Decimal(n) for n in ("0", "18", "212", "64.5", "138", "240"))),
        ),
        y_title="Hours",
        value_kind=Kind.HOURS,
        digits=1,
    )


def cost_bridge() -> Chart:
    """From budget to forecast."""
    return Chart(
        ChartKind.WATERFALL,
        "Integration explains most of the way from budget to forecast.",
        ("Budget", "Approved change", "Integration", "Design rounds", "Content", "Savings", "Forecast"),
        (Series("Cost", tuple(Decimal(n) for n in (184000, 3900, 21400, 9200, 4304, -3300, 219504))),),
        value_kind=Kind.MONEY,
        unit="EUR",
        totals=(0, 6),
    )


_PLAN: list[tuple[str, int, int, int, int, bool, str]] = [
    # name, level, start day, days, progress, critical, kind
    ("Discovery", 0, 0, 19, 100, False, "summary"),
    ("Stakeholder interviews", 1, 0, 8, 100, False, "task"),
    ("Content audit of the old site", 1, 4, 10, 100, False, "task"),
    ("Scope signed", 1, 18, 0, 100, False, "milestone"),
    ("UX and design", 0, 21, 47, 92, False, "summary"),
    ("Information architecture", 1, 21, 12, 100, False, "task"),
    ("Wireframes, two rounds of review with the client's brand, legal and export teams", 1, 30, 17, 100, False, "task"),
    ("Visual design", 1, 44, 21, 80, False, "task"),
    ("Design approved", 1, 67, 0, 0, False, "milestone"),
    ("Build", 0, 49, 70, 45, True, "summary"),
    ("Page templates", 1, 49, 26, 85, False, "task"),
    ("Product catalogue", 1, 56, 35, 55, True, "task"),
    ("Search", 1, 70, 21, 20, False, "task"),
    ("Accessibility review", 1, 88, 9, 0, False, "task"),
    ("Integration", 0, 56, 58, 60, True, "summary"),
    ("Payment provider", 1, 56, 38, 65, True, "task"),
    ("Stock and price feed from ERP", 1, 63, 42, 50, True, "task"),
    ("Integration complete", 1, 105, 0, 0, True, "milestone"),
    ("Content", 0, 70, 48, 12, False, "summary"),
    ("Product texts and photographs (client)", 1, 70, 35, 15, False, "task"),
    ("Migration and redirects", 1, 98, 18, 0, False, "task"),
    ("Test and launch", 0, 108, 50, 0, True, "summary"),
    ("UAT", 1, 108, 24, 0, True, "task"),
    ("ORT and go/no-go", 1, 133, 9, 0, True, "task"),
    ("Launch", 1, 147, 0, 0, True, "milestone"),
]


def plan(row_count: int = len(_PLAN)) -> Gantt:
    """A Gantt of that many rows."""
    first = date(2026, 1, 5)
    rows = []
    for uid, (name, level, start, days, progress, critical, kind) in enumerate(_PLAN[:row_count], start=1):
        begin = first + timedelta(days=start)
        finish = begin + timedelta(days=max(days - 1, 0))
        slip = timedelta(days=8 if critical else 0)
        label = tree.day_text(finish, year=False) if kind == "milestone" else ("Team A" if days > 25 and level else "")
        rows.append(
            GanttRow(
                uid, name, begin, finish, GanttKind(kind), level, Decimal(progress), critical,
                begin - slip if kind != "summary" else None, finish - slip if kind != "summary" else None, label,
            )
        )  # fmt: skip
    links = [(2, 4), (3, 4), (4, 6), (6, 7), (7, 8), (8, 9), (11, 14), (12, 14), (16, 18), (17, 18), (18, 23)]
    links += [(20, 21), (23, 24), (24, 25)]
    return Gantt(
        "Payment, catalogue and the stock feed drive the launch on 1 Jun.",
        tuple(rows),
        tuple(GanttLink(a, b) for a, b in links if a <= row_count and b <= row_count),
        status_date=date(2026, 3, 20),
        non_working=(date(2026, 4, 3), date(2026, 4, 6), date(2026, 5, 1)),
        note="Grey bars under the tasks: baseline 2. Red: critical.",
    )


def milestones() -> Table:
    """Twelve milestones with baseline, last and current forecast."""
    names = (
        "Scope signed", "Design approved", "Templates complete", "Catalogue complete",
        "Payment contract signed with the provider and the client's bank", "Integration complete",
        "Texts and photographs delivered", "UAT start", "UAT exit", "Go/no-go", "Launch", "End of hypercare",
    )  # fmt: skip
    slips = (0, 0, 3, 6, 10, 6, 4, 6, 6, 6, 6, 6)
    lines = []
    for index, (name, slip) in enumerate(zip(names, slips, strict=True)):
        base = date(2026, 1, 23) + timedelta(days=14 * index)
        health = Rag.GREEN if slip == 0 else Rag.RED if slip >= 10 else Rag.AMBER
        lines.append(
            row(
                name, tree.day(base), tree.day(base + timedelta(days=max(slip - 2, 0))),
                cell(tree.day(base + timedelta(days=slip), claim=f"milestone.{index}.forecast")),
                cell(tree.number(slip, signed=True), formula="{c3}{row}-{c1}{row}"), health,
            )
        )  # fmt: skip
    return Table(
        (
            Column("Milestone"), Column("Baseline", Kind.DATE), Column("Last forecast", Kind.DATE),
            Column("Forecast", Kind.DATE), Column("Slip, days", Kind.NUMBER), Column("Health"),
        ),
        tuple(lines),
        caption="Milestones",
        notes=("Slip in calendar days against baseline 2.",),
    )  # fmt: skip


def hours_table() -> Table:
    """Hours by phase with live totals."""
    source = (
        ("Discovery", "96", "96", "0"), ("UX and design", "220", "214.5", "18"), ("Build", "460", "268", "212"),
        ("Integration", "180", "181", "64.5"), ("Content", "150", "22", "138"), ("Test and launch", "240", "0", "240"),
    )  # fmt: skip
    lines = []
    for name, budget, used, to_go in source:
        eac = Decimal(used) + Decimal(to_go)
        lines.append(
            row(
                name, hour(budget), hour(used), hour(to_go), cell(hour(str(eac)), formula="{c2}{row}+{c3}{row}"),
                cell(
                    tree.percent((eac / Decimal(budget) - 1) * 100, digits=1, signed=True),
                    formula="{c4}{row}/{c1}{row}-1",
                ),
            )
        )  # fmt: skip
    sums = [sum((Decimal(line[column]) for line in source), Decimal(0)) for column in (1, 2, 3)]
    eac = sums[1] + sums[2]
    names = ("hours_budget", "hours_used", "hours_to_go")
    total = row(
        "Total",
        *(
            cell(
                hour(str(amount), claim=f"hours.{name}"), formula=f"SUM({{c{n}}}{{first}}:{{c{n}}}{{last}})", name=name
            )
            for n, (amount, name) in enumerate(zip(sums, names, strict=True), start=1)
        ),
        cell(hour(str(eac), claim="hours.eac"), formula="SUM({c4}{first}:{c4}{last})"),
        cell(
            tree.percent((eac / sums[0] - 1) * 100, digits=1, signed=True),
            formula="(hours_used+hours_to_go)/hours_budget-1",
        ),
    )
    return Table(
        (
            Column("Phase"), Column("Budget", Kind.HOURS), Column("Used", Kind.HOURS), Column("To go", Kind.HOURS),
            Column("Forecast", Kind.HOURS), Column("Against budget", Kind.PERCENT),
        ),
        tuple(lines),
        totals=(total,),
        caption="Hours by phase",
    )  # fmt: skip


def cost_table() -> Table:
    """Three forecasts."""
    bac = Decimal(184000)
    lines = []
    for name, eac in (
        ("a: the variance was a one-off", "196600"),
        ("b: efficiency so far continues", "219504"),
        ("c: deadline pressure", "242490"),
    ):
        lines.append(
            row(
                name, euros(eac), cell(euros(str(Decimal(eac) - bac), signed=True), formula="{c1}{row}-184000"),
                cell(
                    tree.percent((Decimal(eac) / bac - 1) * 100, digits=1, signed=True),
                    formula="{c1}{row}/184000-1",
                ),
            )
        )  # fmt: skip
    columns = (
        Column("Forecast at completion"), Column("EAC", Kind.MONEY), Column("Against BAC", Kind.MONEY),
        Column("Per cent", Kind.PERCENT),
    )  # fmt: skip
    return Table(columns, tuple(lines), caption="Three forecasts of cost (BAC €184,000)")


def risks() -> Table:
    """Top risks."""
    return Table(
        (Column("Risk", width=1.4), Column("P×I", Kind.NUMBER), Column("Response"), Column("Owner"), Column("Due")),
        (
            row("Payment contract is signed after 2 Apr <late>", tree.number(16), "Escalate to the client's CFO",
                "Marta Łukasiewicz", tree.day(date(2026, 3, 27))),
            row("Photographs come too late for UAT", tree.number(12), "Use stand-ins; agree on a cut-off",
                "Jean-François d'Alembert-Montgolfier", tree.day(date(2026, 4, 3))),
            row("=HYPERLINK(\"http://x\",\"click\") in the old site's texts", tree.number(9), "Filter at migration",
                "שרה כהן", tree.day(date(2026, 4, 17))),
        ),
        caption="Top risks",
    )  # fmt: skip


def key_figures() -> KeyFigures:
    """Four figures."""
    return KeyFigures(
        (
            KeyFigure("Earned value", euros(65300, claim="evm.ev"), runs("planned ", euros(75900))),
            KeyFigure("Actual cost", euros(77900, claim="evm.ac"), runs("CPI 0.84")),
            KeyFigure("Forecast (EAC b)", euros(219504, claim="evm.eac_b"), runs("budget ", euros(184000)), Rag.RED),
            KeyFigure("Finish", tree.day(date(2026, 6, 1), claim="finish"), runs("6 working days late"), Rag.AMBER),
        )
    )  # fmt: skip


def headline() -> Paragraph:
    """The one sentence."""
    return Paragraph(
        sentence(
            "Launch moves to {finish}, {late} late; {red} of {total} milestones are red, and the forecast is {eac}.",
            finish=tree.day(date(2026, 6, 1), weekday=True, claim="finish"),
            late=tree.number(6, unit="working days", claim="late"),
            red=tree.number(1, claim="milestones.red"),
            total=tree.number(12, claim="milestones.total"),
            eac=euros(219504, claim="evm.eac_b"),
        ),
        Tone.LEAD,
    )


def actions() -> Bullets:
    """What is wanted."""
    return Bullets(
        (
            runs("Decide by ", tree.day(date(2026, 3, 27)), ": buy the hosted payment page (€6,400) or move UAT."),
            runs("Client: deliver the 140 product photographs, ", tree.number(4, unit="working days"), " late."),
            runs("Sign the payment contract & send the keys to <ops@harbour.example>."),
        )
    )


def decisions() -> Table:
    """Options of the one decision."""
    return Table(
        (Column("Option"), Column("Cost", Kind.MONEY), Column("Launch", Kind.DATE), Column("Consequence")),
        (
            row("A  Buy the hosted payment page", euros(6400), tree.day(date(2026, 5, 26)), "Two weeks are saved"),
            row("B  Keep building, move UAT", euros(0), tree.day(date(2026, 6, 8)), "Spring campaign is missed"),
            row("C  Do nothing", euros(0), tree.day(date(2026, 6, 22)), "Contract date is lost"),
        ),
        caption="Options (A is recommended)",
    )  # fmt: skip


def status_pack(mark: Mark = Mark.DRAFT) -> Document:
    """The whole pack: running report, deck and workbook."""
    done = Bullets(
        (runs("Product catalogue shows all 1,420 articles."), runs("Old content audited; 312 pages will go."),
         runs("ERP price feed delivers nightly.")),
    )  # fmt: skip
    following = Bullets(
        (runs("Finish the payment provider's sandbox tests."), runs("Visual design: last round of review."))
    )
    return Document(
        "Weekly status: Harbour & Sons web site",
        "Week 12 of 2026, baseline 2",
        meta(mark),
        blocks=(
            headline(), rag_row(), key_figures(), Heading("Done this week", 2), done, Heading("Next", 2), following,
            Heading("Milestones"), milestones(), Heading("Hours and budget"), hours_table(), cost_table(), s_curve(),
            hours_by_phase(), cost_bridge(),
            Heading("Risks, decisions and actions"), risks(), decisions(), actions(),
            tree.not_measured("Quality", "no test cycle exists yet; it starts on 13 Apr 2026."),
            PageBreak(), Heading("Annex: plan"), plan(),
        ),
        slides=(
            Slide("Harbour & Sons web site: steering", (Paragraph(runs("27 March 2026")),), Layout.COVER),
            Slide("Cost is red: the forecast of €219,504 is 19.3 % over budget", (rag_row(), actions()),
                  notes="Ask for the decision on the payment page first."),
            Slide("We are 1.3 weeks behind and pay €1.19 for each euro of value", (key_figures(), s_curve())),
            Slide("Integration has used more than its whole budget of hours", (hours_by_phase(), hours_table()),
                  Layout.HALVES),
            Slide("Payment, catalogue and the stock feed drive the launch on 1 June", (plan(),)),
            Slide("One of twelve milestones is red, and nine of them are late", (milestones(),)),
            Slide("The unsigned payment contract is the largest of three risks", (risks(),)),
            Slide("Integration explains most of the way from budget to forecast", (cost_bridge(),)),
            Slide("We recommend to buy the hosted payment page for €6,400", (decisions(), actions())),
        ),
        sheets=(
            Sheet("Summary", (headline(), rag_row(), key_figures())),
            Sheet("Milestones", (milestones(),)),
            Sheet("Hours and cost", (hours_table(), cost_table(), hours_by_phase(), s_curve())),
            Sheet("Plan", (plan(),)),
            Sheet("Risks", (risks(), decisions())),
        ),
    )  # fmt: skip


def empty_pack() -> Document:
    """A project without any record: everything empty."""
    nothing = Chart(ChartKind.LINE, "No progress has been reported.", (), ())
    flat = Chart(ChartKind.S_CURVE, "Nothing is planned.", ("W1",), (Series("Planned value", (None,)),))
    table = Table((Column("Risk"), Column("P×I", Kind.NUMBER)), (), caption="Top risks", empty="No open risks.")
    blocks: tuple[tree.Block, ...] = (
        Paragraph(()), Bullets(()), KeyFigures(()), RagRow(Rag.NOT_MEASURED, (), ()), table, nothing, flat,
        Gantt("Plan", ()), tree.not_measured("Hours", "no hours were imported."),
    )  # fmt: skip
    return Document(
        "Status", "", meta(), blocks, (Slide("Nothing is known yet", (table, nothing)),), (Sheet("All", blocks),)
    )


HOSTILE = (
    "=1+1<b>&amp;]]>\"'#panic()#{1+1}$x$*_`\\{%x%}{{y}}\x00\x0b\ufffe\ud800\u202e|"
    "@x -1 +1 \r\n\t[a](javascript:x)<script>"
)


def hostile_pack() -> Document:
    """Every text is an attack or a trap."""
    bad = HOSTILE
    table = Table((Column(bad), Column(bad, Kind.NUMBER)), (row(bad, tree.number(1)),), (row(bad, "="),), bad, (bad,))
    chart = Chart(ChartKind.BAR, bad, (bad, "b"), (Series(bad, (Decimal(1), Decimal(2))),), bad, bad, note=bad)
    rag = RagRow(Rag.RED, runs(bad), (RagCell(bad, Rag.RED, runs(bad), "worse", runs(bad), bad, Rag.GREEN, bad),))
    gantt = Gantt(bad, (GanttRow(1, bad, date(2026, 1, 1), date(2026, 1, 9), label=bad),), note=bad)
    figures = KeyFigures((KeyFigure(bad, tree.text(bad), runs(bad)),))
    blocks: tuple[tree.Block, ...] = (
        Heading(bad), Paragraph(runs(bad, tree.Run(bad, bold=True))), Bullets((runs(bad),)), figures, rag, table, chart,
        gantt, tree.not_measured(bad, bad),
    )  # fmt: skip
    origin = Meta(bad, date(2026, 1, 1), 1, datetime(2026, 1, 1, tzinfo=UTC), bad, bad, "en-GB", bad, bad, bad)
    return Document(bad, bad, origin, blocks, (Slide(bad, blocks[4:6], notes=bad), Slide(bad, blocks[6:8])),
                    (Sheet(bad, blocks), Sheet(bad, ())))  # fmt: skip
