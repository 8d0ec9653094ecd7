"""The address of mailed links for news."""

from __future__ import annotations

from django.urls import URLPattern, path

from headway.interfaces.web.news import pages

urlpatterns: list[URLPattern] = [path("news/<str:token>/", pages.news, name="news")]
