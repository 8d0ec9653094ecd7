"""Risks of the project's register that an option of a change request brings: chosen there, or entered with it."""

from __future__ import annotations

from headway.areas.projects.commands import add_risk
from headway.areas.projects.queries import risks as register
from headway.areas.scope.models import ChangeOption, OptionRisk
from headway.areas.scope.reading import option_row
from headway.areas.scope.requests import still_written
from headway.areas.scope.types import OptionRow, RiskId
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, FieldError, Invalid
from headway.kernel.schema import ShortText, Text

_MOST = 50


@command(permission="scope.edit", changes="option", idempotent=True)
def add_option_risk(
    ctx: Context,
    *,
    option: ChangeOption,
    risk: RiskId | None = None,
    title: ShortText = "",
    probability: int = 3,
    impact: int = 3,
    response: Text = "",
) -> OptionRow:
    """Say that an option brings a risk: one of the project's register, or a new one that is entered there.

    risk   of the register. Without one, `title` with probability and impact (1 to 5) and the response enters it.
    """
    still_written(option.request)
    if (risk is None) == (not title.strip()):
        raise Invalid(
            "Choose a risk of the register, or give the title of a new one.",
            fields=[FieldError("title", "either this or a risk of the register")],
        )
    if OptionRisk.of(option).count() >= _MOST:
        raise Conflict(f"An option names at most {_MOST} risks.")
    if risk is not None:
        pk, ref = _known(ctx, option, risk)
    else:
        pk, ref = _entered(ctx, option, title.strip(), probability, impact, response)
    if OptionRisk.of(option).get_or_create(option=option, risk_id=pk)[1]:
        ctx.record(ChangeOption._meta.label, option.pk, "risk", None, ref)
        option.touch()
    return option_row(ctx, option)


def _known(ctx: Context, option: ChangeOption, risk: int) -> tuple[int, str]:
    """A risk of this project's register."""
    for row in register(ctx, project=option.request.project_id):
        if row.id == risk:
            return row.id, row.ref
    raise Invalid("This risk is of another project.", fields=[FieldError("risk", "not of this project")])


def _entered(
    ctx: Context, option: ChangeOption, title: str, probability: int, impact: int, response: str
) -> tuple[int, str]:
    row = add_risk(
        ctx,
        project=option.request.project_id,
        title=title,
        probability=probability,
        impact=impact,
        response=response,
        cause=f"{option.request.ref}, option {option.number}: {option.name}",
    )
    return row.id, row.ref


@command(permission="scope.edit", changes="option", destructive=True, idempotent=True)
def remove_option_risk(ctx: Context, *, option: ChangeOption, risk: RiskId) -> OptionRow:
    """Say no longer that an option brings a risk; the risk stays in the register."""
    still_written(option.request)
    if OptionRisk.of(option).filter(risk_id=risk).delete()[0]:
        ctx.record(ChangeOption._meta.label, option.pk, "risk", risk, None)
        option.touch()
    return option_row(ctx, option)
