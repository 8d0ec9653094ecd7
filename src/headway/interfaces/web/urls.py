"""The addresses of the workspace: signing in, and each area's pages."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from headway.interfaces.web.live import live, signed_in_again
from headway.interfaces.web.sessions import NOT_USE

urlpatterns: list[URLPattern | URLResolver] = [
    path(NOT_USE.lstrip("/"), live, name="live"),
    path("signed-in", signed_in_again, name="signed-in-again"),
    path("", include("headway.interfaces.web.clients.urls")),  # before signing in, whose library also knows accounts/
    path("accounts/", include("headway.interfaces.web.accounts.urls")),
    path("", include("headway.interfaces.web.people.urls")),
    path("", include("headway.interfaces.web.settings.urls")),
    path("", include("headway.interfaces.web.projects.urls")),
    path("", include("headway.interfaces.web.money.urls")),
    path("", include("headway.interfaces.web.fields.urls")),
    path("", include("headway.interfaces.web.scope.urls")),
    path("", include("headway.interfaces.web.metrics.urls")),
    path("", include("headway.interfaces.web.estimates.urls")),
    path("", include("headway.interfaces.web.method.urls")),
    path("", include("headway.interfaces.web.portal.urls")),
    path("", include("headway.interfaces.web.news.urls")),
    path("", include("headway.interfaces.web.digest.urls")),
    path("", include("headway.interfaces.web.desk.urls")),
    path("", include("headway.interfaces.web.burn.urls")),
    path("", include("headway.interfaces.web.hours.urls")),
    path("", include("headway.interfaces.web.my_tasks.urls")),
    path("", include("headway.interfaces.web.imports.urls")),
    path("", include("headway.interfaces.web.reports.urls")),
    path("", include("headway.interfaces.web.approvals.urls")),
    path("", include("headway.interfaces.web.programme.urls")),
    path("", include("headway.interfaces.web.capacity.urls")),
    path("", include("headway.interfaces.web.portfolio.urls")),
    path("", include("headway.interfaces.web.finding.urls")),
]
