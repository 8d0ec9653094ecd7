"""The addresses of a person's own tasks."""

from __future__ import annotations

from django.urls import URLPattern, path

from headway.interfaces.web.my_tasks import pages

urlpatterns: list[URLPattern] = [
    path("my-tasks/", pages.my_tasks, name="my-tasks"),
    path("my-tasks/<int:task>/progress/", pages.progress, name="my-task-progress"),
    path("my-tasks/<int:task>/log/", pages.log, name="my-task-log"),
]
