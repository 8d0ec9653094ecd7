"""The addresses of finding and doing."""

from __future__ import annotations

from django.urls import URLPattern, path

from headway.interfaces.web import addresses

urlpatterns: list[URLPattern] = [
    path("go/<str:kind>/<int:record>", addresses.go, name="go"),
]
