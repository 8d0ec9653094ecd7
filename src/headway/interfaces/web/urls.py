"""The addresses of the workspace: signing in, and each area's pages."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include("headway.interfaces.web.accounts.urls")),
    path("", include("headway.interfaces.web.people.urls")),
    path("", include("headway.interfaces.web.projects.urls")),
    path("", include("headway.interfaces.web.imports.urls")),
    path("", include("headway.interfaces.web.reports.urls")),
    path("", include("headway.interfaces.web.approvals.urls")),
]
