"""Forms that make something carry a key: going back and sending one again makes nothing a second time.

The key is the use case's idempotency key. A browser keeps it with the page's place in its history
(`assets/ts/once.ts`), so that it is the same one when somebody comes back to the page, and a new one for a new page.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django import forms
from django.http import QueryDict

from headway.kernel.commands import was_done
from headway.kernel.context import Context
from headway.kernel.errors import Conflict
from headway.kernel.registry import UseCase

ONCE = "once"
LONGEST = 64
MadeT = TypeVar("MadeT")


class SavedAlready(Conflict):
    """The form was sent before, and says something else now."""


@dataclass(frozen=True, slots=True)
class Made(Generic[MadeT]):
    """What a form made; `again` = it was made before, and this time nothing was."""

    result: MadeT
    again: bool


def new_key() -> str:
    """A key that no other form has."""
    return secrets.token_hex(16)


def carry_key(form: forms.Form) -> None:
    """Let a form carry a key of its own."""
    hidden = forms.HiddenInput(attrs={"data-once": ""})
    form.fields[ONCE] = forms.CharField(widget=hidden, required=False, max_length=LONGEST, initial=new_key)


def renew_key(form: forms.Form) -> None:
    """Give a form that is shown again a new key: sent once more, it makes another."""
    if isinstance(form.data, QueryDict):
        posted = form.data.copy()
        posted[form.add_prefix(ONCE)] = new_key()
        form.data = posted


def make_once(ctx: Context, key: str, case: UseCase[Any], do: Callable[[Context], MadeT]) -> Made[MadeT]:
    """Carry out a use case under the key of its form; without a key as ever.

    do  calls `case` once with the context that it is given.
    Raises SavedAlready where the form made something before and says something else now.
    """
    again = was_done(case, ctx, key)
    try:
        return Made(do(ctx.but(idempotency_key=key)), again)
    except Conflict as refusal:
        if not again:
            raise
        raise SavedAlready(
            "This form was saved already, and what you changed since is not saved. Change what was saved where it "
            "stands, or press the button again to save another one."
        ) from refusal
