"""What the portfolio puts on a Desk: people of led projects with more work than time, over all projects."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from decimal import Decimal

from headway.areas.desk.providers import reader
from headway.areas.desk.types import Act, Evidence, Group, Matter
from headway.areas.desk.wording import names_text, stake
from headway.areas.portfolio.people import people_with_work
from headway.areas.portfolio.types import PersonOver
from headway.areas.projects.attention import led_projects, provider_of_led
from headway.kernel.access import may
from headway.kernel.context import Context

_MOST = 20
_NAMED = 3
_FAR_OVER = Decimal(125)  # beyond this health turns red, too
_OF_A_NAME = 80  # letters in a line's key, which is kept when it is set aside


@provider_of_led("portfolio.people", families=("load",))
def over_capacity(ctx: Context) -> Iterable[Matter]:
    """People of led projects whose next two weeks hold more work than time; one line each, at the fullest project."""
    led = led_projects(ctx)
    me = reader(ctx)
    for person in people_with_work(ctx, led)[:_MOST]:
        own = next(share for share in person.shares if share.project_id in led)
        who = person.person_id if person.person_id is not None else f"{own.project_id}-{person.name[:_OF_A_NAME]}"
        yield Matter(
            key=f"load:{who}",
            group=Group.AHEAD,
            what=f"{person.name} has more work than time",
            project_id=own.project_id,
            kind="projects.Project",
            record_id=own.project_id,
            reason=_reason(person),
            consequence="some of it will be late",
            stake=stake(None, me, severity=Decimal("0.5") if person.percent > _FAR_OVER else Decimal("0.3")),
            act=_act(ctx, person, own.project_id, led),
            evidence=_evidence(person),
        )


def _act(ctx: Context, person: PersonOver, project_id: int, led: Collection[int]) -> Act:
    """A proposal for the led projects that the person works in; to look at, where their plans may not be changed."""
    if not may(ctx, "schedule.edit", project_id=project_id):
        return Act("Open")
    keys = [share.key for share in person.shares if share.project_id in led]
    return Act("See a proposal", page="level_plans", page_keys=tuple(keys), page_person=person.person_id)


def _reason(person: PersonOver) -> str:
    """'130 % planned in the next two weeks, over on 3 days, through SITE, SHOP and projects you do not see'."""
    over = len(person.days)
    told = f", over on {over} day{'' if over == 1 else 's'}" if over else ""
    keys = [share.key for share in person.shares]
    if person.hidden:
        through = f", through {', '.join(keys[:_NAMED])} and projects you do not see"
    else:
        through = f", through {names_text(keys)}" if len(keys) > 1 else ""
    return f"{person.percent:.0f} % planned in the next two weeks{told}{through}"


def _evidence(person: PersonOver) -> tuple[Evidence, ...]:
    """Each project's part."""
    found = [
        Evidence(share.key, f"{share.percent:.0f} %", "planned work in the next 14 days / capacity by the calendar")
        for share in person.shares
    ]
    if person.hidden:
        found.append(Evidence("Other projects", f"{person.hidden:.0f} %", "planned work in projects you do not see"))
    return tuple(found)
