"""The addresses of accounts."""

from __future__ import annotations

from django.urls import URLPattern, path

from headway.interfaces.web.clients import pages

urlpatterns: list[URLPattern] = [
    path("accounts/", pages.clients, name="clients"),
    path("accounts/<int:organisation>/", pages.client, name="client"),
]
