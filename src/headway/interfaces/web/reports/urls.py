"""The addresses of a project's reports."""

from __future__ import annotations

from django.urls import URLPattern, path

from headway.interfaces.web.reports import pages

urlpatterns: list[URLPattern] = [
    path("projects/<key:key>/reports/", pages.versions, name="reports"),
    path("projects/<key:key>/reports/new/", pages.prepare, name="report-new"),
    path("projects/<key:key>/reports/<int:version>/", pages.version, name="report"),
    path("projects/<key:key>/reports/<int:version>/files/<slug:form>/", pages.file, name="report-file"),
    path("projects/<key:key>/reports/<int:version>/look/", pages.look, name="report-look"),
    path("projects/<key:key>/reports/<int:version>/mail/", pages.mail, name="report-mail"),
    path("projects/<key:key>/reports/<int:version>/ask/", pages.ask, name="report-ask"),
    path("projects/<key:key>/reports/<int:version>/send/", pages.send, name="report-send"),
    path("projects/<key:key>/reports/<int:version>/mails/<int:mail>/retry/", pages.retry, name="mail-retry"),
]
