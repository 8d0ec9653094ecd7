"""The addresses of the first page and of invitations."""

from __future__ import annotations

from django.urls import URLPattern, path

from headway.interfaces.web.people import pages

urlpatterns: list[URLPattern] = [
    path("", pages.start, name="home"),
    path("guide/hide/", pages.hide_guide, name="guide-hide"),
    path("invitation/<str:token>/", pages.invitation, name="invitation"),
]
