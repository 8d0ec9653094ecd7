"""The addresses of finding and doing."""

from __future__ import annotations

from django.urls import URLPattern, path

from headway.interfaces.web import addresses
from headway.interfaces.web.finding import acts, pages, people
from headway.interfaces.web.quick_add import pages as quick_add

urlpatterns: list[URLPattern] = [
    path("go/<str:kind>/<int:record>", addresses.go, name="go"),
    path("search", pages.search, name="search"),
    path("search/palette", pages.palette, name="palette"),
    path("people/<int:person>/", people.card, name="person-card"),
    path("add", quick_add.add, name="quick-add"),
    path("acts/", acts.index, name="acts"),
    path("acts/choices", acts.record_choices, name="act-choices"),
    path("acts/<str:name>", acts.one, name="act"),
]
