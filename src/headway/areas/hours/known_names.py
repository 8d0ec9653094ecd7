"""What files call projects and tasks, and people: asked once, kept for next time, seen and forgotten."""

from __future__ import annotations

from headway.areas.hours.models import KnownName
from headway.areas.hours.types import KnownNameRow, KnownNames
from headway.areas.people.commands import forget_alias
from headway.areas.people.queries import aliases
from headway.areas.projects.types import ProjectId
from headway.areas.schedule.my_tasks import tasks_by_uid
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import FieldError, Invalid
from headway.kernel.queries import query

_KINDS = ("person", "project", "task")


def remember_names(ctx: Context, source: str, names: KnownNames) -> None:
    """Keep which projects and rows of plans a source's files mean; called inside an import's command."""
    for text, project_id in names.projects.items():
        _keep(ctx, project_id, source, text, None)
    for project_id, tasks in names.tasks.items():
        for text, uid in tasks.items():
            _keep(ctx, project_id, source, text, uid)


def _keep(ctx: Context, project_id: int, source: str, text: str, uid: int | None) -> None:
    rows = KnownName.unscoped(reason="part of an import").filter(source=source, text=text[:255])
    known = rows.filter(task_uid=None) if uid is None else rows.filter(project_id=project_id, task_uid__isnull=False)
    row = known.first()
    if row is None:
        KnownName.add(ctx, project_id=project_id, source=source, text=text[:255], task_uid=uid)
    else:
        row.change(ctx, project_id=project_id, task_uid=uid)


def known_projects(source: str) -> dict[str, int]:
    """Names of projects in a source's files → the project that is meant, whether the caller may see it or not."""
    rows = KnownName.unscoped(reason="matching an import").filter(source=source, task_uid=None)
    return dict(rows.values_list("text", "project_id"))


def known_tasks(project_id: int, source: str) -> dict[str, int]:
    """Names of tasks in a source's files → the row of the project's plan that is meant."""
    rows = KnownName.unscoped(reason="matching an import").filter(project_id=project_id, source=source)
    return {text: uid for text, uid in rows.exclude(task_uid=None).values_list("text", "task_uid") if uid is not None}


@query(permission="projects.import", name="hours.names_in_files")
def names_in_files(ctx: Context, *, project: ProjectId) -> tuple[KnownNameRow, ...]:
    """What is remembered of the names in imported files: people, this project, and rows of its plan."""
    rows = list(KnownName.visible_to(ctx).filter(project_id=project).order_by("source", "text", "id")[:1000])
    tasks = tasks_by_uid(ctx, project, [row.task_uid for row in rows if row.task_uid is not None])
    found = []
    for row in rows:
        kind = "project" if row.task_uid is None else "task"
        task = tasks.get(row.task_uid) if row.task_uid is not None else None
        means = "this project" if row.task_uid is None else (task.name if task else "a row that is gone")
        found.append(KnownNameRow(kind, row.pk, row.source, row.text, means))
    people = [KnownNameRow("person", pk, source, text, name) for pk, source, text, name in aliases()]
    return tuple(found + people)


@command(permission="projects.import", destructive=True)
def forget_name(ctx: Context, *, project: ProjectId, kind: str, name: int) -> None:
    """Forget a name in files, so that the next file with it asks again. Entries stay as they are.

    kind  'person', 'project' or 'task', as listed. A person's name is forgotten for all projects.
    """
    if kind not in _KINDS:
        raise Invalid(f"'{kind}' is no kind of name; give {', '.join(_KINDS)}.", fields=[FieldError("kind", "unknown")])
    if kind == "person":
        forget_alias(ctx, name)
        return
    row = KnownName.found(ctx, pk=name, project_id=project)
    ctx.record("hours.KnownName", row.pk, "", str(row), None)
    row.delete()
