"""The addresses of estimates."""

from __future__ import annotations

from django.urls import URLPattern, path

from headway.interfaces.web.estimates import acts, actual, lines, pages

_ESTIMATE = "projects/<key:key>/estimates/<int:number>/"

urlpatterns: list[URLPattern] = [
    path("projects/<key:key>/estimates/", pages.estimates, name="estimates"),
    path("projects/<key:key>/estimates/actual/", actual.project, name="estimate-actual"),
    path("projects/<key:key>/estimates/actual/<slug:form>/", actual.project_file, name="estimate-actual-file"),
    path("estimates/finished/", actual.finished, name="estimates-finished"),
    path("estimates/finished/<slug:form>/", actual.finished_file, name="estimates-finished-file"),
    path("projects/<key:key>/estimates/new/", acts.new, name="estimate-new"),
    path(_ESTIMATE, pages.estimate, name="estimate"),
    path(f"{_ESTIMATE}about/", acts.about, name="estimate-about"),
    path(f"{_ESTIMATE}lines/", lines.lines, name="estimate-lines"),
    path(f"{_ESTIMATE}paste/", lines.paste, name="estimate-paste"),
    path(f"{_ESTIMATE}from-plan/", acts.from_plan, name="estimate-from-plan"),
    path(f"{_ESTIMATE}rates/", acts.rates, name="estimate-rates"),
    path(f"{_ESTIMATE}calibration/", acts.calibration, name="estimate-calibration"),
    path(f"{_ESTIMATE}approval/", acts.ask, name="estimate-ask"),
    path(f"{_ESTIMATE}approval/back/", acts.recall, name="estimate-recall"),
    path(f"{_ESTIMATE}remove/", acts.remove, name="estimate-remove"),
    path(f"{_ESTIMATE}plan/", acts.plan, name="estimate-plan"),
    path(f"{_ESTIMATE}files/<slug:edition>/<slug:form>/", pages.file, name="estimate-file"),
]
