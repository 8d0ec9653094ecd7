"""The addresses of programmes, and of what ties plans."""

from __future__ import annotations

from django.urls import URLPattern, path

from headway.interfaces.web.programme import links

urlpatterns: list[URLPattern] = [
    path("projects/<key:key>/plan/other-projects/", links.links, name="project-links"),
    path("projects/<key:key>/plan/other-projects/<int:placeholder>/stop/", links.untie, name="untie"),
    path("projects/<key:key>/plan/tasks/<int:task_id>/wait/", links.tie, name="tie"),
    path("projects/<key:key>/plan/tasks/<int:task_id>/show-elsewhere/", links.show_elsewhere, name="show-elsewhere"),
]
