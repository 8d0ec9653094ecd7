"""Who sees a file by itself: whoever brought it."""

from __future__ import annotations

from django.db.models import Q

from headway.areas.files.models import StoredFile
from headway.kernel.access import NOTHING, visible
from headway.kernel.context import Context


@visible(StoredFile)
def files(ctx: Context) -> Q:
    """One's own uploads; everything else goes through the record that holds it."""
    return Q(brought_by=ctx.actor.user_id) if ctx.actor.user_id is not None else NOTHING
