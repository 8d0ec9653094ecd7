"""The addresses of the portal."""

from __future__ import annotations

from django.urls import URLPattern, path

from headway.interfaces.web.portal import approvals, balance, pages

urlpatterns: list[URLPattern] = [
    path("portal/", pages.home, name="portal"),
    path("portal/approvals/", approvals.waiting, name="portal-approvals"),
    path("portal/approvals/<int:approval>/", approvals.one, name="portal-approval"),
    path("portal/approvals/<int:approval>/look/", approvals.look, name="portal-approval-look"),
    path("portal/<key:key>/", pages.status, name="portal-project"),
    path("portal/<key:key>/hours/", balance.hours_left, name="portal-hours"),
    path("portal/<key:key>/hours/<int:retainer>/<int:period>/", balance.statement, name="portal-statement"),
    path(
        "portal/<key:key>/hours/<int:retainer>/<int:period>/<slug:form>/",
        balance.statement_file,
        name="portal-statement-file",
    ),
    path("portal/<key:key>/documents/", pages.documents, name="portal-documents"),
    path("portal/<key:key>/documents/<int:version>/<slug:form>/", pages.report_file, name="portal-report-file"),
    path("portal/<key:key>/files/<int:upload>/", pages.shared_file, name="portal-file"),
]
