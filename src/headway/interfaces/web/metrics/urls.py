"""The addresses of KPIs."""

from __future__ import annotations

from django.urls import URLPattern, path

from headway.interfaces.web.metrics import acts, checking, files, one, samples, scorecard

urlpatterns: list[URLPattern] = [
    path("kpis/", scorecard.house, name="kpis"),
    path("kpis/files/<slug:form>/", scorecard.house_file, name="kpis-file"),
    path("kpis/new/", acts.new, name="kpi-new"),
    path("kpis/check/", checking.check, name="kpi-check-table"),
    path("kpis/<int:kpi>/", one.kpi, name="kpi"),
    path("kpis/<int:kpi>/edit/", acts.edit, name="kpi-edit"),
    path("kpis/<int:kpi>/target/", acts.target, name="kpi-target"),
    path("kpis/<int:kpi>/formula/", acts.formula, name="kpi-formula"),
    path("kpis/<int:kpi>/baseline/", acts.baseline, name="kpi-baseline"),
    path("kpis/<int:kpi>/note/", acts.note, name="kpi-note"),
    path("kpis/<int:kpi>/samples/", samples.enter, name="kpi-samples"),
    path("kpis/<int:kpi>/periods/<str:period>/", one.trace, name="kpi-trace"),
    path("kpis/<int:kpi>/file/", files.bring, name="kpi-file"),
    path("kpis/<int:kpi>/file/<str:token>/", files.look, name="kpi-file-look"),
    path("kpis/<int:kpi>/do/<slug:deed>/", acts.press, name="kpi-press"),
    path("projects/<key:key>/kpis/", scorecard.of_project, name="project-kpis"),
    path("projects/<key:key>/kpis/files/<slug:form>/", scorecard.project_file, name="project-kpis-file"),
]
