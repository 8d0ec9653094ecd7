"""The addresses of the frame: signing in. Each area's pages add theirs beside it in config/urls.py."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include("headway.interfaces.web.accounts.urls")),
]
