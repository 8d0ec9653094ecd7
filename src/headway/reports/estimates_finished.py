"""How finished projects came out against their approved estimates, as a document: factor, its spread, phases, roles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from headway.areas.estimates.types import Came, Comparison, Finished
from headway.areas.estimates.wording import NO_FINISHED, factor_words
from headway.documents import tree
from headway.documents.tree import (
    Cell,
    Chart,
    ChartKind,
    Column,
    Document,
    KeyFigure,
    KeyFigures,
    Kind,
    Runs,
    Series,
    Sheet,
    Table,
    Value,
    cell,
    row,
    runs,
)
from headway.reports.figure_report import About, Parts, Section, framed, hours
from headway.reports.words import plural

_CHARTED = 12  # projects of one chart
SOURCE = "Approved estimates of closed projects as estimated, and all hours logged on these projects"


def build(found: Comparison, *, about: About) -> Document:
    """The report for all formats."""
    return framed(
        Parts(
            title="How estimates came out",
            subtitle=plural(len(found.projects), "finished project"),
            scope=plural(len(found.projects), "finished project"),
            source=SOURCE,
            lead=lead(found),
            figures=tuple(_figures(found)),
            sections=tuple(_sections(found)),
            sheets=tuple(_sheets(found)),
            sources=(
                ("Factor", "All hours worked / all hours estimated, so that large projects count more"),
                ("Deviation", "Standard deviation of the factors of single projects, of a sample"),
                ("Phases and roles", "Matched by their names, where a project has both hours estimated and worked"),
                ("Finished projects that say nothing", f"{found.waiting}: no approved estimate, or no hours"),
            ),
        ),
        about,
    )


def lead(found: Comparison) -> Runs:
    """'4 finished projects took 18 % more than estimated: single ones from 0.90 to 1.52 hours an hour estimated.'"""
    if found.whole is None:
        return runs(NO_FINISHED)
    said = f"{plural(found.whole.projects, 'finished project')} took {factor_words(found.whole.factor)}"
    if found.whole.projects > 1:
        low, high = (tree.grouped(value, 2) for value in (found.whole.low, found.whole.high))
        said += f": single ones from {low} to {high} hours for each hour estimated"
    return runs(f"{said}.")


def _figures(found: Comparison) -> Iterable[KeyFigures]:
    if found.whole is None:
        return
    whole = found.whole
    span = runs(f"{tree.grouped(whole.low, 2)} to {tree.grouped(whole.high, 2)}")
    yield KeyFigures(
        (
            KeyFigure("Factor", _ratio(whole.factor), span),
            KeyFigure("Deviation", _ratio(whole.sd), runs("of single projects")),
            KeyFigure("Estimated hours", hours(sum((one.estimated for one in found.projects), Decimal(0)))),
            KeyFigure("Worked hours", hours(sum((one.worked for one in found.projects), Decimal(0)))),
        )
    )


def _ratio(value: Decimal | None) -> Value:
    return tree.no_value(Kind.NUMBER) if value is None else tree.number(value, digits=2)


def _sections(found: Comparison) -> Iterable[Section]:
    projects = _projects(found.projects)
    if not found.projects:
        yield Section(runs(NO_FINISHED), (projects,))
        return
    over = sum(1 for one in found.projects if one.factor > 1)
    said = f"{over} of {len(found.projects)} finished projects took more hours than estimated."
    if len(found.projects) == 1:
        said = f"{found.projects[0].name} took {factor_words(found.projects[0].factor)}."
    yield Section(runs(said), (_chart(found.projects), projects), slide=(_chart(found.projects),))
    yield Section(runs(said), (projects,), text=False)
    for rows, noun in ((found.phases, "phase"), (found.roles, "role")):
        if rows:
            most = max(rows, key=lambda one: (one.factor, one.name))
            yield Section(
                runs(f"{most.name} took {factor_words(most.factor)}, {_place(rows, noun)}."), (_parts(rows, noun),)
            )


def _place(rows: Sequence[Came], noun: str) -> str:
    return f"the only {noun}" if len(rows) == 1 else f"the most of {plural(len(rows), noun)}"


def _chart(projects: Sequence[Finished]) -> Chart:
    shown = sorted(projects, key=lambda one: (-one.estimated, one.name))[:_CHARTED]
    left_out = len(projects) - len(shown)
    return Chart(
        kind=ChartKind.BAR,
        title="Hours estimated and worked by project, the largest first",
        categories=tuple(one.name for one in shown),
        series=(
            Series("Estimated", tuple(round(one.estimated, 2) for one in shown)),
            Series("Worked", tuple(round(one.worked, 2) for one in shown), highlight=True),
        ),
        y_title="Hours",
        value_kind=Kind.HOURS,
        unit="h",
        note=f"{left_out} more projects stand in the table." if left_out else "",
    )


def _projects(projects: Sequence[Finished], *, name: str = "") -> Table:
    """Every finished project; the factor is worked over estimated. name: of the workbook's table."""
    estimated = sum((one.estimated for one in projects), Decimal(0))
    worked = sum((one.worked for one in projects), Decimal(0))

    def line(one: Finished) -> tuple[Cell, ...]:
        return row(
            one.name,
            one.ref,
            hours(one.estimated),
            hours(one.worked),
            cell(_ratio(one.factor), formula="{c3}{row}/{c2}{row}"),
            factor_words(one.factor),
        )

    totals: tuple[tuple[Cell, ...], ...] = ()
    if projects and not name:
        factor = worked / estimated
        totals = (row("All", "", hours(estimated), hours(worked), _ratio(factor), factor_words(factor)),)
    return Table(
        columns=(
            Column("Project", width=2.6),
            Column("Estimate", width=1),
            Column("Estimated", Kind.HOURS, 1.1),
            Column("Worked", Kind.HOURS, 1.1),
            Column("Factor", Kind.NUMBER),
            Column("Came out", width=2),
        ),
        rows=tuple(line(one) for one in projects),
        totals=totals,
        caption="Finished projects",
        empty=NO_FINISHED,
        name=name,
    )


def _parts(rows: Sequence[Came], noun: str) -> Table:
    return Table(
        columns=(
            Column(noun.capitalize(), width=2.4),
            Column("Came out", width=2),
            *(Column(name, Kind.NUMBER) for name in ("Factor", "Lowest", "Highest", "Deviation", "Projects")),
        ),
        rows=tuple(
            row(
                one.name,
                factor_words(one.factor),
                *(_ratio(value) for value in (one.factor, one.low, one.high, one.sd)),
                tree.number(one.projects),
            )
            for one in rows
        ),
        caption=f"By {noun}",
        empty=f"No {noun} has hours estimated and worked.",
    )


# --- the workbook ---------------------------------------------------------------------------------


def _sheets(found: Comparison) -> Iterable[Sheet]:
    yield Sheet("Factors", (_factors(found),), landscape=False)
    yield Sheet("Projects", (_projects(found.projects, name="Projects"),))
    yield Sheet("Phases", (_parts(found.phases, "phase"),))
    yield Sheet("Roles", (_parts(found.roles, "role"),))


def _factors(found: Comparison) -> Table:
    """The factor of all and its spread, from the sheet Projects."""
    whole = found.whole
    known: list[tuple[str, Value, str]] = []
    if whole is not None:
        known = [
            ("Factor of all hours", _ratio(whole.factor), "SUM(Projects[Worked])/SUM(Projects[Estimated])"),
            ("Lowest project", _ratio(whole.low), "MIN(Projects[Factor])"),
            ("Highest project", _ratio(whole.high), "MAX(Projects[Factor])"),
            ("Deviation", _ratio(whole.sd), "STDEV(Projects[Factor])" if whole.sd is not None else ""),
            ("Projects", tree.number(whole.projects), "COUNT(Projects[Factor])"),
        ]
    return Table(
        columns=(Column("Hours worked for each hour estimated", width=3), Column("Value", Kind.NUMBER)),
        rows=tuple(row(name, cell(value, formula=formula)) for name, value, formula in known),
        caption="How finished projects came out",
        empty=NO_FINISHED,
    )
