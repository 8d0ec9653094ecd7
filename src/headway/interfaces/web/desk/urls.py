"""The addresses of the Desk and the inbox."""

from __future__ import annotations

from django.urls import URLPattern, path

from headway.interfaces.web.desk import inbox, pages

urlpatterns: list[URLPattern] = [
    path("desk/", pages.desk, name="desk"),
    path("desk/act/", pages.carry_out, name="desk-act"),
    path("desk/snooze/", pages.snooze, name="desk-snooze"),
    path("desk/unsnooze/", pages.unsnooze, name="desk-unsnooze"),
    path("desk/delegate/", pages.delegate, name="desk-delegate"),
    path("desk/take-back/", pages.take_back, name="desk-take-back"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/act/", inbox.carry_out, name="inbox-act"),
]
