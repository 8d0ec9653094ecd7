"""A change request as those decide on it who do not work on the project: a client sees this, and nothing else of it.

Dates, hours of the contract, fees and risks; never costs, rates, budgets, or who has how much to do (decision 0124).
Not here: what those see who work on the project (`reading`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from headway.areas.approvals.queries import show
from headway.areas.approvals.types import ApprovalId, ApprovalRow
from headway.areas.hours.sums import plain
from headway.areas.people.types import Role
from headway.areas.projects.queries import people_with_role
from headway.areas.scope import effects
from headway.areas.scope.asked_types import AskedChange, AskedOption, ContractLine
from headway.areas.scope.effects import OptionEffect
from headway.areas.scope.models import ChangeRequest
from headway.areas.scope.reading import REQUEST
from headway.kernel.context import Context
from headway.kernel.errors import NotFound
from headway.kernel.queries import query


@query(permission="scope.read_asked")
def asked_change(ctx: Context, *, approval: ApprovalId) -> AskedChange:
    """The change request that one is asked to approve: what each option does to dates, contract hours and fee."""
    row: ApprovalRow = show(ctx, approval=approval)
    change = ChangeRequest.unscoped(reason="what a visible approval is about").filter(pk=row.subject_id).first()
    if row.subject != REQUEST or change is None or change.frozen is None or change.digest != row.digest:
        raise NotFound("This approval holds no change request, or one that has changed since.")
    return shown_outside(change.frozen)


def asked_outside(project_id: int, approvers: Collection[int]) -> bool:
    """Whether one of the approvers is a client of the project: then what all are shown is what a client may see."""
    return not set(approvers).isdisjoint(people_with_role(project_id, [Role.CLIENT.value]))


def shown_outside(frozen: Mapping[str, Any]) -> AskedChange:
    """What was frozen for the decision, without what is the house's own; the recommended option comes first."""
    contract = frozen.get("contract") or {}
    return AskedChange(
        ref=frozen["ref"],
        title=frozen["title"],
        description=frozen["description"],
        why=frozen["why"],
        if_nothing=frozen["if_nothing"],
        recommendation=frozen["recommendation"],
        asked_by=frozen["asked_by"],
        asked_on=date.fromisoformat(frozen["asked_on"]),
        decide_by=date.fromisoformat(frozen["decide_by"]) if frozen["decide_by"] else None,
        currency=contract.get("currency", ""),
        contract_hours=Decimal(contract.get("hours", 0)),
        contract_fee=Decimal(contract["fee"]) if contract.get("fee") is not None else None,
        options=tuple(
            sorted(
                (
                    _option(place, one, recommended=one["id"] == frozen["recommended"])
                    for place, one in enumerate(frozen["options"], start=1)
                ),
                key=lambda option: not option.recommended,
            )
        ),
    )


def _option(place: int, one: Mapping[str, Any], *, recommended: bool) -> AskedOption:
    effect = effects.unpacked(one["effect"])
    risks = [text.strip() for text in one["risks"].splitlines() if text.strip()]
    risks += [row["title"] for row in one.get("register", ())]
    return AskedOption(
        number=one.get("number", place),
        name=one["name"],
        nothing=one["nothing"],
        recommended=recommended,
        steps=tuple(step["text"] for step in one["steps"]),
        finish=effect.new_finish if effect is not None else None,
        finish_days=effect.finish_days if effect is not None else 0,
        milestones=effect.milestones if effect is not None else (),
        hours=plain(effect.more_hours) if effect is not None else Decimal(0),
        fee=fee_of(effect) if effect is not None else None,
        lines=tuple(ContractLine(row.ref, row.text, row.hours, row.fee) for row in effect.scope) if effect else (),
        risks=tuple(risks),
    )


def fee_of(effect: OptionEffect) -> Decimal | None:
    """What the client would pay more: hours at bill rates and once only costs; None where nothing says."""
    return effect.more_bill if effect.more_bill is not None else effect.one_off or None
