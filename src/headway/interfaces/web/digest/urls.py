"""The address of the link in a digest."""

from __future__ import annotations

from django.urls import URLPattern, path

from headway.interfaces.web.digest import pages

urlpatterns: list[URLPattern] = [path("digest/<str:token>/", pages.digest, name="digest")]
