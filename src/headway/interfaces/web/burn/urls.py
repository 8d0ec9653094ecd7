"""The addresses of burn and forecast, earned value, progress, and people's time."""

from __future__ import annotations

from django.urls import URLPattern, path

from headway.interfaces.web.burn import earned, pages, people, progress

urlpatterns: list[URLPattern] = [
    path("projects/<key:key>/hours/burn/", pages.burn, name="burn"),
    path("projects/<key:key>/hours/earned-value/", earned.earned, name="earned-value"),
    path("projects/<key:key>/hours/progress/", progress.progress, name="progress-method"),
    path("projects/<key:key>/hours/progress/<int:statement>/withdraw/", progress.withdraw, name="progress-withdraw"),
    path("hours/people/", people.utilisation, name="utilisation"),
    path("hours/people/files/<slug:form>/", people.file, name="utilisation-file"),
    path("hours/people/<int:person>/", people.person, name="person-time"),
]
