"""Impacts of a change: whom it reaches, how heavily, what softens it. Scores are computed, never typed in."""

from __future__ import annotations

from datetime import date
from typing import Any

from headway.areas.people.types import PersonId
from headway.areas.scope.models import ChangeRequest, Impact
from headway.areas.scope.reading import impact_rows
from headway.areas.scope.requests import still_written
from headway.areas.scope.types import Area, Confidence, ImpactRow
from headway.engine.impact import reach_percent, score
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, FieldError, Invalid
from headway.kernel.schema import Name, ShortText, Text

_MOST = 200
_MOST_PEOPLE = 2_000_000_000


@command(permission="scope.edit", changes="change")
def add_impact(
    ctx: Context,
    *,
    change: ChangeRequest,
    area: Area,
    group: Name,
    group_size: int,
    reached: int,
    severity: int,
    likelihood: int = 3,
    residual_severity: int | None = None,
    description: Text = "",
    mitigation: Text = "",
    owner: PersonId | None = None,
    due: date | None = None,
    onset: date | None = None,
    lasts: ShortText = "",
    reversible: bool = True,
    confidence: Confidence = Confidence.MEDIUM,
) -> ImpactRow:
    """Say what a change means for a group of people.

    group, group_size, reached  who they are, how many, and how many of them it reaches.
    severity           0 none, 1 some adjustment, 2 visible and training needed, 3 roles or procedures rebuilt,
                       4 cannot work the old way.
    likelihood         1 to 5; told beside the score and no part of it.
    residual_severity  once the mitigation is done; None = the same.
    onset, lasts       from when, and for how long.
    """
    still_written(change)
    if Impact.unscoped(reason="of a visible change request").filter(request=change, removed_at=None).count() >= _MOST:
        raise Conflict(f"A change request names at most {_MOST} impacts.")
    left = severity if residual_severity is None else residual_severity
    _on_scales(group_size, reached, severity, left, likelihood)
    row = Impact.add(
        ctx,
        request=change,
        area=area.value,
        group=group,
        group_size=group_size,
        reached=reached,
        severity=severity,
        likelihood=likelihood,
        residual_severity=left,
        description=description,
        mitigation=mitigation,
        owner_id=owner,
        due=due,
        onset=onset,
        lasts=lasts[:255],
        reversible=reversible,
        confidence=confidence.value,
    )
    return impact_rows([row])[0]


@command(permission="scope.edit", changes="impact")
def edit_impact(
    ctx: Context,
    *,
    impact: Impact,
    area: Area | None = None,
    group: Name | None = None,
    group_size: int | None = None,
    reached: int | None = None,
    severity: int | None = None,
    likelihood: int | None = None,
    residual_severity: int | None = None,
    description: Text | None = None,
    mitigation: Text | None = None,
    owner: PersonId | None = None,
    due: date | None = None,
    onset: date | None = None,
    lasts: ShortText | None = None,
    reversible: bool | None = None,
    confidence: Confidence | None = None,
    clear: tuple[ShortText, ...] = (),
) -> ImpactRow:
    """Change what is said of an impact; what is not given stays.

    clear  what to empty: owner, due or onset.
    """
    still_written(impact.request)
    given: dict[str, Any] = {
        "area": area.value if area is not None else None,
        "group": group,
        "group_size": group_size,
        "reached": reached,
        "severity": severity,
        "likelihood": likelihood,
        "residual_severity": residual_severity,
        "description": description,
        "mitigation": mitigation,
        "owner_id": owner,
        "due": due,
        "onset": onset,
        "lasts": None if lasts is None else lasts[:255],
        "reversible": reversible,
        "confidence": confidence.value if confidence is not None else None,
    }
    values = {name: value for name, value in given.items() if value is not None}
    for name in clear:
        if name not in ("owner", "due", "onset"):
            raise Invalid(
                f"'{name}' cannot be emptied; owner, due and onset can.",
                fields=[FieldError("clear", "not one of these")],
            )
        values["owner_id" if name == "owner" else name] = None
    scales = ("group_size", "reached", "severity", "residual_severity", "likelihood")
    _on_scales(*(values.get(name, getattr(impact, name)) for name in scales))
    impact.change(ctx, **values)
    return impact_rows([impact])[0]


@command(permission="scope.edit", destructive=True, idempotent=True, changes="impact")
def remove_impact(ctx: Context, *, impact: Impact) -> None:
    """Take an impact off a change request."""
    if impact.removed_at is None:
        still_written(impact.request)
        impact.change(ctx, removed_at=ctx.now)


def _on_scales(group_size: int, reached: int, severity: int, residual: int, likelihood: int) -> None:
    """Refused where a number is not on its scale."""
    if not 1 <= group_size <= _MOST_PEOPLE:
        raise Invalid("Say how many people the group is.", fields=[FieldError("group_size", "give at least 1")])
    try:
        percent = reach_percent(reached, group_size)
    except ValueError as error:
        raise Invalid(str(error), fields=[FieldError("reached", str(error), value=str(reached))]) from None
    for name, value in (("severity", severity), ("residual_severity", residual)):
        try:
            score(value, percent)
        except ValueError as error:
            raise Invalid(str(error), fields=[FieldError(name, "give 0 to 4", value=str(value))]) from None
    if not 1 <= likelihood <= 5:
        raise Invalid(
            f"Likelihood {likelihood}; give 1 to 5.",
            fields=[FieldError("likelihood", "give 1 to 5", value=str(likelihood))],
        )
