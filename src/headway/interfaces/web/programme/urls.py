"""The addresses of programmes, and of what ties plans."""

from __future__ import annotations

from django.urls import URLPattern, path

from headway.interfaces.web.programme import links, pages

urlpatterns: list[URLPattern] = [
    path("portfolio/programmes/", pages.programmes, name="programmes"),
    path("portfolio/programmes/new/", pages.new, name="programme-new"),
    path("portfolio/programmes/<int:programme>/", pages.programme, name="programme"),
    path("portfolio/programmes/<int:programme>/edit/", pages.edit, name="programme-edit"),
    path("portfolio/programmes/<int:programme>/remove/", pages.remove, name="programme-remove"),
    path("portfolio/programmes/<int:programme>/projects/add/", pages.add_project, name="programme-project-add"),
    path(
        "portfolio/programmes/<int:programme>/projects/<key:key>/remove/",
        pages.remove_project,
        name="programme-project-remove",
    ),
    path("projects/<key:key>/plan/other-projects/", links.links, name="project-links"),
    path("projects/<key:key>/plan/other-projects/<int:placeholder>/stop/", links.untie, name="untie"),
    path("projects/<key:key>/plan/tasks/<int:task_id>/wait/", links.tie, name="tie"),
    path("projects/<key:key>/plan/tasks/<int:task_id>/show-elsewhere/", links.show_elsewhere, name="show-elsewhere"),
]
