"""The contingency of an estimate: what the register's open risks cost, each times its chance as it is now."""

from __future__ import annotations

from headway.areas.estimates.models import Estimate
from headway.areas.estimates.types import RiskShare
from headway.areas.projects.queries import charter, risks
from headway.areas.projects.risk_types import mean_of
from headway.areas.projects.types import State
from headway.kernel.context import Context


def open_shares(ctx: Context, estimate: Estimate) -> tuple[tuple[RiskShare, ...], int]:
    """Each open risk that costs or saves money, with its expected value; and how many risks say nothing of money.

    The register counts in the project's currency: an estimate in another one has no contingency from it.
    """
    rows = risks(ctx, project=estimate.project_id, state=State.OPEN)
    if charter(ctx, project=estimate.project_id).currency != estimate.currency:
        return (), len(rows)
    found = []
    for row in rows:
        mean, expected = mean_of(row.money), row.expected_money
        if mean is not None and expected is not None:
            found.append(RiskShare(row.ref, row.title, row.chance, -mean if expected < 0 else mean, expected))
    return tuple(sorted(found, key=lambda share: -share.expected)), len(rows) - len(found)
