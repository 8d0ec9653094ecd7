"""Amounts as their currency has them: what is finer is refused, never rounded without a word."""

from __future__ import annotations

from decimal import Decimal

from headway.engine.currencies import digits_fault
from headway.kernel.errors import FieldError, Invalid


def payable(amount: Decimal | None, currency: str, *, field: str = "amount") -> None:
    """Refuse an amount with more digits after the point than its currency has. None passes.

    field  the input that the refusal names.
    """
    fault = digits_fault(amount, currency) if amount is not None else ""
    if fault:
        raise Invalid(
            f"{fault} Give it rounded as it was paid.",
            fields=[FieldError(field, f"{fault} Give it rounded as it was paid.", value=f"{amount:f}")],
        )
