"""The addresses of hours over all projects, and of the entries of one."""

from __future__ import annotations

from django.urls import URLPattern, path

from headway.interfaces.web.hours import entries, team, timers, week

urlpatterns: list[URLPattern] = [
    path("hours/", week.my_week, name="my-week"),
    path("hours/rows/", week.add_row, name="week-row"),
    path("hours/save/", week.save, name="week-save"),
    path("hours/copy/", week.copy_last_week, name="week-copy"),
    path("hours/submit/", week.submit, name="week-submit"),
    path("hours/timer/", timers.timer, name="timer"),
    path("hours/timer/start/", timers.start, name="timer-start"),
    path("hours/timer/stop/", timers.stop, name="timer-stop"),
    path("hours/timer/discard/", timers.discard, name="timer-discard"),
    path("hours/team/", team.team, name="team-hours"),
    path("hours/team/decide/", team.decide, name="team-decide"),
    path("hours/rules/", week.rules_page, name="hours-rules"),
    path("projects/<key:key>/hours/entries/", entries.entries, name="entries"),
    path("projects/<key:key>/hours/entries/<int:entry>/", entries.entry, name="entry"),
    path("projects/<key:key>/hours/entries/<int:entry>/remove/", entries.remove, name="entry-remove"),
]
