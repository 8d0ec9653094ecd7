"""The addresses of the settings."""

from __future__ import annotations

from django.urls import URLPattern, path

from headway.interfaces.web.settings import (
    calendar,
    installation,
    mail,
    money,
    notices,
    organisation,
    people,
    rates,
    reports,
    tokens,
)

urlpatterns: list[URLPattern] = [
    path("settings/", organisation.organisation, name="settings"),
    path("settings/clients/", organisation.add_client, name="client-add"),
    path("settings/people/", people.listing, name="settings-people"),
    path("settings/people/invite/", people.invite, name="person-invite"),
    path("settings/people/invitations/<int:invitation>/revoke/", people.revoke, name="invitation-revoke"),
    path("settings/people/<int:person>/", people.person, name="person"),
    path("settings/people/<int:person>/<str:act_name>/", people.standing, name="person-standing"),
    path("settings/teams/", people.team, name="team-set"),
    path("settings/calendar/", calendar.calendar, name="settings-calendar"),
    path("settings/calendar/<int:holiday>/remove/", calendar.remove, name="holiday-remove"),
    path("settings/calendar/public/", calendar.take_public, name="holidays-public"),
    path("settings/calendar/into-plan/", calendar.into_plan, name="holidays-into-plan"),
    path("settings/rates/", rates.rates, name="settings-rates"),
    path("settings/rates/<int:line>/remove/", rates.remove, name="house-rate-remove"),
    path("settings/money/", money.money, name="settings-money"),
    path("settings/money/<int:rate>/remove/", money.remove, name="exchange-rate-remove"),
    path("settings/reports/", reports.templates, name="settings-reports"),
    path("settings/reports/<int:template>/remove/", reports.remove, name="template-remove"),
    path("settings/reports/<int:template>/logo.png", reports.logo, name="template-logo"),
    path("settings/reports/<str:which>/", reports.template, name="report-template"),
    path("settings/mail/", mail.mail, name="settings-mail"),
    path("settings/mail/test/", mail.test, name="mail-test"),
    path("settings/mail/<int:mail>/retry/", mail.retry, name="settings-mail-retry"),
    path("settings/notices/", notices.notices, name="settings-notices"),
    path("settings/notices/unwatch/", notices.unwatch, name="notices-unwatch"),
    path("settings/mail/week/", mail.week, name="settings-mail-week"),
    path("settings/tokens/", tokens.tokens, name="settings-tokens"),
    path("settings/tokens/<int:token>/revoke/", tokens.revoke, name="token-revoke"),
    path("settings/installation/", installation.installation, name="settings-installation"),
    path("settings/installation/examine/", installation.examine, name="house-examine"),
    path("settings/installation/back-up/", installation.back_up, name="house-back-up"),
]
