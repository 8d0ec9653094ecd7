"""The addresses of reports over all projects, and of a project's reports, snapshots and documents."""

from __future__ import annotations

from django.urls import URLPattern, path

from headway.interfaces.web.reports import centre, documents, pages, preparing, snapshots

urlpatterns: list[URLPattern] = [
    path("reports/", centre.centre, name="report-centre"),
    path("projects/<key:key>/reports/", pages.versions, name="reports"),
    path("projects/<key:key>/reports/new/", preparing.prepare, name="report-new"),
    path("projects/<key:key>/reports/preparing/<int:preparation>/", preparing.preparing, name="report-preparing"),
    path("projects/<key:key>/reports/preparing/<int:preparation>/now/", preparing.progress, name="report-progress"),
    path("projects/<key:key>/reports/preparing/<int:preparation>/stop/", preparing.stop, name="report-stop"),
    path("projects/<key:key>/reports/<int:version>/", pages.version, name="report"),
    path("projects/<key:key>/reports/<int:version>/files/<slug:form>/", pages.file, name="report-file"),
    path("projects/<key:key>/reports/<int:version>/look/", pages.look, name="report-look"),
    path("projects/<key:key>/reports/<int:version>/mail/", pages.mail, name="report-mail"),
    path("projects/<key:key>/reports/<int:version>/ask/", pages.ask, name="report-ask"),
    path("projects/<key:key>/reports/<int:version>/send/", pages.send, name="report-send"),
    path("projects/<key:key>/reports/<int:version>/mails/<int:mail>/retry/", pages.retry, name="mail-retry"),
    path("projects/<key:key>/snapshots/", snapshots.snapshots, name="snapshots"),
    path("projects/<key:key>/snapshots/<int:number>/", snapshots.snapshot, name="snapshot"),
    path("projects/<key:key>/documents/", documents.documents, name="documents"),
    path("projects/<key:key>/documents/new/", documents.new, name="document-new"),
    path("projects/<key:key>/documents/<int:document>/", documents.document, name="document"),
    path("projects/<key:key>/documents/<int:document>/new/", documents.add_version, name="document-version-new"),
    path("projects/<key:key>/documents/files/<int:upload>/", documents.file, name="document-file"),
    path("projects/<key:key>/documents/files/<int:upload>/share/", documents.share, name="document-share"),
    path("projects/<key:key>/documents/files/<int:upload>/unshare/", documents.unshare, name="document-unshare"),
]
