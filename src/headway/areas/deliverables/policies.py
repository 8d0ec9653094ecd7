"""Who sees documents: those who lead the project, all; those who only do its work, the copies made for the client.

The client sees of these what was sent or is shown to him for approval. Internal documents may hold costs and
budgets, which are not for everybody who works on a project.
"""

from __future__ import annotations

from django.db.models import Q

from headway.areas.approvals.queries import asked_about
from headway.areas.deliverables.models import Document, DocumentVersion, Snapshot
from headway.areas.deliverables.types import VersionState
from headway.areas.projects.queries import client_project_ids, inside_q
from headway.kernel.access import visible
from headway.kernel.context import Context

# Project roles that see costs or budgets, and so internal documents; members and testers do not.
LEADING = frozenset({"approver", "manager", "associate"})
RELEASED = (VersionState.APPROVED.value, VersionState.SENT.value)


@visible(Snapshot)
def snapshots(ctx: Context) -> Q:
    """The data behind reports is for those who work on the project."""
    return inside_q(ctx)


@visible(Document)
def documents(ctx: Context) -> Q:
    """All of the projects one leads; of one's other projects, and for a client, those made for clients."""
    for_clients = inside_q(ctx) | Q(project_id__in=client_project_ids(ctx))
    return inside_q(ctx, roles=LEADING) | for_clients & Q(audience="client")


@visible(DocumentVersion)
def versions(ctx: Context) -> Q:
    """All of the projects one leads; of one's other projects the client copies.

    A client sees the client copies that were sent, and those he is asked to approve.
    """
    path = "document__project_id"
    released = Q(state=VersionState.SENT.value)
    shown = Q(state=VersionState.IN_REVIEW.value, pk__in=asked_about(ctx, DocumentVersion._meta.label))
    for_clients = Q(document__project_id__in=client_project_ids(ctx)) & (released | shown)
    copies = (inside_q(ctx, path) | for_clients) & Q(document__audience="client")
    return inside_q(ctx, path, roles=LEADING) | copies
