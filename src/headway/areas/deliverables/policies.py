"""Who sees documents: those who lead the project, all; those who only do its work, the copies made for the client.

The client sees of these what was sent or is shown to him for approval. Internal documents may hold costs and
budgets, which are not for everybody who works on a project. Of uploaded documents the project's people see those kept
for the team, who lead it all; the client's people the versions whose sharing was approved, or is asked of them.
"""

from __future__ import annotations

from django.db.models import Q

from headway.areas.approvals.queries import asked_about
from headway.areas.deliverables.models import (
    Document,
    DocumentVersion,
    Preparation,
    ReportTemplate,
    Snapshot,
    UploadedDocument,
    UploadedVersion,
)
from headway.areas.deliverables.types import Readers, ShareState, VersionState
from headway.areas.projects.queries import client_project_ids, inside_project_ids, inside_q
from headway.kernel.access import EVERYTHING, NOTHING, OUTSIDE_ROLES, permission_table, visible
from headway.kernel.context import Context

# Project roles that see costs or budgets, and so internal documents; members and testers do not.
LEADING = frozenset({"approver", "manager", "associate"})
# The audience of documents that say what things cost and earn: of the leaders those who may see it.
COSTS = "costs"
_SEE_COSTS = frozenset({"manager"})
RELEASED = (VersionState.APPROVED.value, VersionState.SENT.value)


@visible(Snapshot)
def snapshots(ctx: Context) -> Q:
    """The data behind reports is for those who work on the project."""
    return inside_q(ctx)


@visible(Document)
def documents(ctx: Context) -> Q:
    """All of the projects one leads; of one's other projects, and for a client, those made for clients."""
    for_clients = inside_q(ctx) | Q(project_id__in=client_project_ids(ctx))
    return _led(ctx, "project_id", "audience") | for_clients & Q(audience="client")


def _led(ctx: Context, project: str, audience: str) -> Q:
    """Documents of the projects one leads; those about costs for fewer."""
    return inside_q(ctx, project, roles=LEADING) & ~Q(**{audience: COSTS}) | inside_q(ctx, project, roles=_SEE_COSTS)


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
    return _led(ctx, path, "document__audience") | copies


@visible(Preparation)
def preparations(ctx: Context) -> Q:
    """For those who may prepare reports of the project."""
    return inside_q(ctx, roles=permission_table()["deliverables.prepare"].roles)


@visible(ReportTemplate)
def templates(ctx: Context) -> Q:
    """For everybody inside: it is what their reports look like."""
    inside = ctx.actor.user_id is not None and ctx.actor.org_role not in OUTSIDE_ROLES
    return EVERYTHING if inside else NOTHING


@visible(UploadedVersion)
def uploads(ctx: Context) -> Q:
    """Those of documents one may read inside; for a client the shared ones, and those he is asked about."""
    path = "document__project_id"
    shared = Q(state=ShareState.SHARED.value)
    shown = Q(state=ShareState.ASKED.value, pk__in=asked_about(ctx, UploadedVersion._meta.label))
    for_clients = Q(document__project_id__in=client_project_ids(ctx)) & (shared | shown)
    for_team = inside_q(ctx, path) & Q(document__readers=Readers.TEAM.value)
    return inside_q(ctx, path, roles=LEADING) | for_team | for_clients


@visible(UploadedDocument)
def uploaded_documents(ctx: Context) -> Q:
    """All of the projects one leads, the team's of one's others; for a client those with a version he sees."""
    for_team = inside_q(ctx) & Q(readers=Readers.TEAM.value)
    seen = UploadedVersion.visible_to(ctx).filter(document__project_id__in=client_project_ids(ctx))
    return inside_q(ctx, roles=LEADING) | for_team | Q(pk__in=seen.values("document_id"))


def leads(ctx: Context, project_id: int) -> bool:
    """Whether the actor sees what is kept from those who only do the project's work."""
    led = inside_project_ids(ctx, LEADING)
    return led is None or project_id in led
