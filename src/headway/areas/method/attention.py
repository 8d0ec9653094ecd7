"""What the method puts on a Desk: of each led project what its rules find, one line for each rule."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from headway.areas.desk.providers import reader
from headway.areas.desk.types import Act, Group, Matter
from headway.areas.desk.wording import stake
from headway.areas.method.rules import RULES, found_in, rule_rows
from headway.areas.method.types import Finding, Weight
from headway.areas.projects.attention import kept_lines, provider_of_led
from headway.kernel.context import Context

_SEVERITY = {Weight.NOTE: Decimal(0), Weight.WARNING: Decimal("0.25"), Weight.GRAVE: Decimal("0.6")}
_CONSEQUENCE = {
    "baseline": "nobody can say what has slipped",
    "gate": "the gate cannot be decided",
    "gate_late": "the next stage cannot begin",
    "milestone": "nobody is asked when it slips",
    "risk": "nobody acts before it happens",
}


@provider_of_led("method.findings", families=("method",))
def of_led(ctx: Context) -> Iterable[Matter]:
    """Findings that count, over all led projects; notes stay on the project's own page.

    They are kept by what the house's rules say, too, which no project's audit chain tells.
    """
    asked = " ".join(f"{row.key}:{row.weight.value}" for row in rule_rows(ctx).values() if row.on)
    return kept_lines(ctx, f"method {asked}", _lines)


def _lines(ctx: Context, project_ids: list[int]) -> Iterable[Matter]:
    me = reader(ctx)
    for project_id, found in found_in(ctx, project_ids, day=me.day).items():
        by_rule: dict[str, list[Finding]] = {}
        for finding in found:
            if finding.weight is not Weight.NOTE:
                by_rule.setdefault(finding.rule, []).append(finding)
        for rule, items in by_rule.items():
            kind, record = _about(project_id, items[0])
            yield Matter(
                key=f"method:{project_id}-{rule}",
                group=Group.LATE,
                what=RULES[rule].title,
                project_id=project_id,
                kind=kind,
                record_id=record,
                reason=_reason(items),
                consequence=_CONSEQUENCE[rule],
                stake=stake(None, me, severity=_SEVERITY[items[0].weight]),
                act=_act(project_id, items[0]),
            )


def _about(project_id: int, finding: Finding) -> tuple[str, int]:
    if finding.record is not None:
        return ("method.Gate" if finding.page == "gate" else "projects.Risk"), finding.record
    return ("schedule.PlanTask", finding.task) if finding.task is not None else ("projects.Project", project_id)


def _act(project_id: int, finding: Finding) -> Act:
    if finding.rule == "baseline":
        return Act("Take a baseline", "method.repair", {"project": project_id, "finding": finding.key})
    return Act(
        {"gate": "Prepare the gate", "gate_late": "Prepare the gate", "risk": "Write the response"}.get(
            finding.rule, "Name an owner"
        )
    )


def _reason(items: list[Finding]) -> str:
    more = len(items) - 1
    return f"{items[0].text}; and {more} more" if more else items[0].text
