"""The addresses of approvals."""

from __future__ import annotations

from django.urls import URLPattern, path

from headway.interfaces.web.approvals import pages

urlpatterns: list[URLPattern] = [
    path("approvals/", pages.waiting, name="approvals"),
    path("approvals/<int:approval>/", pages.one, name="approval"),
]
