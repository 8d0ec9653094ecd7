"""The addresses of capacity."""

from __future__ import annotations

from django.urls import URLPattern, path

from headway.interfaces.web.capacity import level, pages, proposals

urlpatterns: list[URLPattern] = [
    path("capacity/", pages.heat_map, name="capacity"),
    path("capacity/load/", pages.load, name="capacity-load"),
    path("capacity/export/", pages.workbook, name="capacity-export"),
    path("capacity/level/", level.level, name="capacity-level"),
    path("capacity/proposals/", proposals.list_of, name="capacity-proposals"),
    path("capacity/proposals/<int:proposal>/", proposals.proposal, name="capacity-proposal"),
    path("capacity/proposals/<int:proposal>/progress/", proposals.progress, name="capacity-progress"),
    path("capacity/proposals/<int:proposal>/decide/", proposals.decide, name="capacity-decide"),
    path("capacity/proposals/<int:proposal>/discard/", proposals.discard, name="capacity-discard"),
    path("capacity/proposals/<int:proposal>/stop/", proposals.stop, name="capacity-stop"),
    path("capacity/proposals/<int:proposal>/again/", proposals.again, name="capacity-again"),
    path("projects/<key:key>/plan/clear-levelling/", proposals.clear, name="clear-levelling"),
]
