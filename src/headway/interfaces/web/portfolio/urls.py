"""The addresses of the portfolio."""

from __future__ import annotations

from django.urls import URLPattern, path

from headway.interfaces.web.portfolio import calendar, export, gantt, pages, timeline

urlpatterns: list[URLPattern] = [
    path("portfolio/", pages.grid, name="portfolio"),
    path("portfolio/timeline/", timeline.timeline, name="portfolio-timeline"),
    path("portfolio/gantt/", gantt.gantt, name="portfolio-gantt"),
    path("portfolio/calendar/", calendar.calendar, name="portfolio-calendar"),
    path("portfolio/calendar/milestones.ics", calendar.calendar_file, name="portfolio-calendar-file"),
    path("portfolio/export/", export.workbook, name="portfolio-export"),
    path("portfolio/views/save/", pages.save_view, name="portfolio-view-save"),
    path("portfolio/views/<int:view>/open-with/", pages.open_with, name="portfolio-open-with"),
    path("portfolio/views/<int:view>/remove/", pages.remove_view, name="portfolio-view-remove"),
    path("portfolio/<key:key>/", pages.standing, name="portfolio-standing"),
]
