"""The addresses of hours over all projects, and of the entries of one."""

from __future__ import annotations

from django.urls import URLPattern, path

from headway.interfaces.web.hours import (
    burned,
    closing,
    entries,
    leave,
    line,
    meetings,
    missing,
    month,
    rules,
    team,
    timers,
    week,
)

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
    path("hours/line/", line.preview, name="hours-line"),
    path("hours/line/log/", line.log, name="hours-line-log"),
    path("hours/meetings/", meetings.meetings, name="meetings"),
    path("hours/meetings/decide/", meetings.decide, name="meetings-decide"),
    path("hours/meetings/<int:meeting>/reopen/", meetings.reopen, name="meeting-reopen"),
    path("hours/team/missing/", missing.missing, name="missing-hours"),
    path("hours/burned/", burned.burned, name="hours-burned"),
    path("hours/burned/<slug:form>/", burned.file, name="hours-burned-file"),
    path("hours/month/", closing.month, name="month-close"),
    path("hours/month/<int:row>/reopen/", closing.reopen, name="month-reopen"),
    path("leave/", leave.leave, name="leave"),
    path("leave/<int:row>/decide/", leave.decide, name="leave-decide"),
    path("leave/<int:row>/withdraw/", leave.withdraw, name="leave-withdraw"),
    path("settings/hours/", rules.rules, name="settings-hours"),
    path("settings/hours/reminders/", rules.reminders, name="hours-reminders"),
    path("projects/<key:key>/hours/month/", month.month, name="project-month"),
    path("projects/<key:key>/hours/month/close/", month.close, name="project-month-close"),
    path("projects/<key:key>/hours/month/pack/", month.make, name="project-month-pack"),
    path("projects/<key:key>/hours/month/pack.zip", month.pack_file, name="project-month-zip"),
    path("projects/<key:key>/hours/entries/", entries.entries, name="entries"),
    path("projects/<key:key>/hours/entries/<int:entry>/", entries.entry, name="entry"),
    path("projects/<key:key>/hours/entries/<int:entry>/remove/", entries.remove, name="entry-remove"),
]
