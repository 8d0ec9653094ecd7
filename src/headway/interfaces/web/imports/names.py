"""What files call people, projects and tasks: remembered from earlier imports, seen and forgotten."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from headway.areas.hours.known_names import forget_name, names_in_files
from headway.interfaces.web.frame import Link
from headway.interfaces.web.page import offered, page, show, working_project
from headway.interfaces.web.submitting import pressed
from headway.kernel.context import Context
from headway.kernel.errors import Invalid


@page("POST")
def names(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """The names with what they mean; a POST forgets one."""
    project = working_project(ctx, key)
    offered(ctx, "projects.import", project)
    if request.method == "POST":
        return _forget(request, ctx, key, project.id)
    rows = names_in_files(ctx, project=project.id)
    answer = "What imported files call people, this project and its tasks. A name that you forget is asked for again."
    values = {"rows": rows, "answer": answer}
    crumbs = (Link("Remembered names"),)
    return show(request, ctx, "imports/names.html", values, project=project, tab="imports", crumbs=crumbs)


def _forget(request: HttpRequest, ctx: Context, key: str, project_id: int) -> HttpResponse:
    given = request.POST.get("name", "")
    if not given.isdecimal():
        raise Invalid("Say which name.")
    kind, name = request.POST.get("kind", ""), int(given)
    return pressed(
        request,
        lambda: forget_name(ctx, project=project_id, kind=kind, name=name),
        done="Forgotten; the next file with it asks again.",
        to=reverse("import-names", args=[key]),
    )
