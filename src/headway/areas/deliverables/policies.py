"""Who sees documents: those who work on the project; the client, what was sent or is shown for approval."""

from __future__ import annotations

from django.db.models import Q

from headway.areas.approvals.queries import asked_about
from headway.areas.deliverables.models import Document, DocumentVersion, Snapshot
from headway.areas.deliverables.types import VersionState
from headway.areas.projects.queries import client_project_ids, inside_q
from headway.kernel.access import visible
from headway.kernel.context import Context

RELEASED = (VersionState.APPROVED.value, VersionState.SENT.value)


@visible(Snapshot)
def snapshots(ctx: Context) -> Q:
    """The data behind reports is for those who work on the project."""
    return inside_q(ctx)


@visible(Document)
def documents(ctx: Context) -> Q:
    """All of one's projects; a client those made for clients."""
    return inside_q(ctx) | Q(project_id__in=client_project_ids(ctx), audience="client")


@visible(DocumentVersion)
def versions(ctx: Context) -> Q:
    """All of one's projects; a client the client copies that were sent, and those he is asked to approve."""
    released = Q(state=VersionState.SENT.value)
    shown = Q(state=VersionState.IN_REVIEW.value, pk__in=asked_about(ctx, DocumentVersion._meta.label))
    for_clients = Q(document__project_id__in=client_project_ids(ctx), document__audience="client")
    return inside_q(ctx, "document__project_id") | for_clients & (released | shown)
