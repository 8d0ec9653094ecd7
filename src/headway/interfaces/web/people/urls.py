"""The addresses of the house: the first page, settings, invitations."""

from __future__ import annotations

from django.urls import URLPattern, path

from headway.interfaces.web.people import pages

urlpatterns: list[URLPattern] = [
    path("", pages.start, name="home"),
    path("settings/", pages.settings, name="settings"),
    path("settings/tokens/<int:token>/revoke/", pages.token_revoke, name="token-revoke"),
    path("invitation/<str:token>/", pages.invitation, name="invitation"),
]
