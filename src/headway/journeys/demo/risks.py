"""What the web shop's risks cost in days and money, which tasks they hit, and what their responses leave of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from headway.areas.projects import commands as projects
from headway.areas.projects.queries import risks
from headway.areas.projects.risk_types import ResponseKind, RiskKind
from headway.areas.projects.types import State
from headway.areas.schedule.queries import summary
from headway.areas.schedule.rows import numbered_rows
from headway.areas.schedule.simulation_keeping import set_risk_tasks
from headway.journeys import risk_forecast
from headway.kernel.context import Context

_Acting = Callable[[str], Context]


@dataclass(frozen=True, slots=True)
class _Told:
    """A risk of the story in figures; `after` is what its response leaves: level of probability, impact, days."""

    category: str
    percent: int
    days: tuple[int, int, int]
    money: tuple[int, int, int]
    response: ResponseKind
    after: tuple[int, int, tuple[int, int, int]]
    tasks: tuple[str, ...]


_ROOM = timedelta(days=14)  # from the planned finish to the last day that the charter names
# By the first words of a risk's title.
_RISKS = {
    "Product texts": _Told(
        "Client", 65, (5, 10, 20), (2_000, 4_000, 9_000), ResponseKind.MITIGATE, (2, 3, (2, 5, 8)), ("Content entered",)
    ),
    "Payment provider": _Told(
        "Supplier", 45, (5, 15, 30), (0, 1_500, 4_000), ResponseKind.MITIGATE, (2, 3, (3, 5, 10)),
        ("Payment provider certifies the checkout",),
    ),
    "Rankings fall": _Told(
        "Market", 50, (0, 3, 10), (5_000, 12_000, 30_000), ResponseKind.MITIGATE, (2, 3, (0, 1, 3)),
        ("Redirects tested against 1,200 addresses", "Crawl errors mended"),
    ),
    "Search quality": _Told(
        "Technology", 50, (2, 4, 9), (1_000, 3_000, 6_000), ResponseKind.AVOID, (1, 2, (1, 2, 4)),
        ("Defects corrected",),
    ),
}  # fmt: skip


def risks_in_days(acting: _Acting, project: int) -> None:
    """What stands in the register this morning, and the simulation that it feeds."""
    tom = acting("Tom")
    rows = {row.name: row.id for row in numbered_rows(project)}
    for risk in risks(tom, project=project, state=State.OPEN):
        told = next((one for words, one in _RISKS.items() if risk.title.startswith(words)), None)
        if told is None:
            continue
        left, impact, days = told.after
        projects.edit_risk(
            tom,
            risk=risk.id,
            category=told.category,
            percent=Decimal(told.percent),
            days=_points(told.days),
            money=_points(told.money),
            response_kind=told.response,
            residual_probability=left,
            residual_impact=impact,
            residual_days=_points(days),
        )
        set_risk_tasks(tom, risk=risk.id, tasks=tuple(rows[name] for name in told.tasks if name in rows))
    team = projects.add_risk(
        tom,
        project=project,
        title="Acme's own testers join the acceptance",
        kind=RiskKind.OPPORTUNITY,
        category="Client",
        probability=2,
        impact=2,
        days=_points((1, 2, 3)),
        effect="The acceptance is over sooner",
        response_kind=ResponseKind.ENHANCE,
        response="Asked for two testers; test accounts are ready",
    )
    set_risk_tasks(tom, risk=team.id, tasks=(rows["Acceptance by Acme"],))
    finish = summary(tom, project=project).finish
    if finish is not None:
        projects.edit(acting("Mara"), project=project, ends_on=finish.date() + _ROOM)
    risk_forecast.carry_out(tom.as_system("the demo's simulation"), project=project)


def _points(values: tuple[int, int, int]) -> tuple[Decimal, ...]:
    return tuple(map(Decimal, values))
