"""The addresses of fields of the house's own."""

from __future__ import annotations

from django.urls import URLPattern, path

from headway.interfaces.web.fields import pages

urlpatterns: list[URLPattern] = [
    path("settings/fields/", pages.house, name="settings-fields"),
    path("settings/fields/<int:field>/", pages.house_field, name="house-field"),
    path("settings/fields/<int:field>/remove/", pages.remove_house_field, name="house-field-remove"),
    path("projects/<key:key>/plan/fields/", pages.project, name="plan-fields"),
    path("projects/<key:key>/plan/fields/<int:field>/", pages.project_field, name="plan-field"),
    path("projects/<key:key>/plan/fields/<int:field>/remove/", pages.remove_project_field, name="plan-field-remove"),
]
