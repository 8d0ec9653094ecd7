"""Projects at hand: a person's stars, and what they opened last."""

from __future__ import annotations

from django.db import transaction

from headway.areas.projects.models import Bookmark, Project
from headway.kernel.commands import command, maintenance
from headway.kernel.context import Context
from headway.kernel.errors import Invalid


@command(permission="projects.star", idempotent=True)
def star(ctx: Context, *, project: Project) -> None:
    """Keep a project at hand: it stands first in one's list."""
    _set_star(ctx, project, starred=True)


@command(permission="projects.star", idempotent=True)
def unstar(ctx: Context, *, project: Project) -> None:
    """Take one's star off a project."""
    _set_star(ctx, project, starred=False)


def _set_star(ctx: Context, project: Project, *, starred: bool) -> None:
    me = ctx.actor.person_id
    if me is None:
        raise Invalid("Only a person can keep projects at hand.")
    if ctx.work is not None:
        ctx.work.project_id = None  # a person's own matter: the project itself has not changed
    row, _ = Bookmark.of(project).get_or_create(project=project, person_id=me)
    if (row.starred_at is not None) != starred:
        row.starred_at = ctx.now if starred else None
        row.save(update_fields=["starred_at"])


def note_opened(ctx: Context, project_id: int) -> None:
    """Remember that this person opened a project they see, for the list of recent ones.

    No use case: like the last use of a session it is kept without an audit entry, and only when another project
    was opened before it, so that reading the pages of one project writes nothing.
    """
    me = ctx.actor.person_id
    if me is None:
        return
    opened = Bookmark.unscoped(reason="one's own list").filter(person_id=me, opened_at__isnull=False)
    if opened.order_by("-opened_at", "-id").values_list("project_id", flat=True).first() == project_id:
        return
    with maintenance("recent projects"), transaction.atomic():
        Bookmark.of(project_id).update_or_create(project_id=project_id, person_id=me, defaults={"opened_at": ctx.now})
