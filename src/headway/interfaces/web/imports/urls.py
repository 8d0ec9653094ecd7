"""The addresses of imports, over all projects and into one."""

from __future__ import annotations

from django.urls import URLPattern, path

from headway.interfaces.web.imports import centre, mapping, names, pages

urlpatterns: list[URLPattern] = [
    path("imports/", centre.centre, name="import-centre"),
    path("projects/<key:key>/imports/", pages.history, name="imports"),
    path("projects/<key:key>/imports/names/", names.names, name="import-names"),
    path("projects/<key:key>/imports/new/", pages.new, name="import-new"),
    path("projects/<key:key>/imports/<int:batch>/", pages.one, name="import"),
    path("projects/<key:key>/imports/<int:batch>/columns/", mapping.columns, name="import-columns"),
    path("projects/<key:key>/imports/<int:batch>/apply/", pages.apply, name="import-apply"),
    path("projects/<key:key>/imports/<int:batch>/undo/", pages.undo, name="import-undo"),
]
