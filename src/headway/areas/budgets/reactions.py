"""What budgets do when hours change."""

from __future__ import annotations

from headway.areas.budgets.commands import raise_alerts
from headway.areas.hours.events import EntriesChanged
from headway.kernel.context import Context
from headway.kernel.events import reacts_to


@reacts_to(EntriesChanged)
def read_the_lines(ctx: Context, event: EntriesChanged) -> None:
    """Raise the alerts that the change of hours brought about."""
    raise_alerts(ctx, project=event.project_id)
