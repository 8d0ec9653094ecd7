"""What every demo needs: who can sign in, acting as one of them, and standings that are there at once."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from headway.areas.people import queries as who
from headway.areas.portfolio.computing import compute, keep
from headway.areas.projects.lines import lines_inside
from headway.kernel.context import Context
from headway.kernel.errors import Conflict


@dataclass(frozen=True, slots=True)
class DemoUser:
    """Somebody who can sign in to the demo; the password is theirs to change."""

    name: str
    email: str
    role: str
    password: str
    title: str = ""


def new_password() -> str:
    """A one-time password that can be read out."""
    return "-".join(secrets.token_hex(2) for _ in range(4))


def acting(system: Context, email: str) -> Context:
    """The context of a user, whose rights then hold, and who gives no reason for what they do."""
    user = who.user_by_email(email)
    actor = who.actor_of(user) if user is not None else None
    if actor is None:
        raise Conflict(f"The user {email} is missing.")
    return system.but(actor=actor, reason="")


def keep_standing(system: Context, project_id: int) -> None:
    """Compute how a project stands at the context's instant, and keep it with the reading of that week."""
    line = next(line for line in lines_inside(system) if line.id == project_id)
    keep(line, compute(system, line, past={}))
