"""The addresses of the API: one Django path for each path of the route table."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from headway.interfaces.api import pages
from headway.interfaces.api.dispatch import answer
from headway.interfaces.api.guard import guarded
from headway.interfaces.api.routes import ROUTES
from headway.interfaces.use_cases import registered

View = Callable[..., HttpResponse]


def _view(methods: dict[str, str]) -> View:
    @guarded(*methods)
    def view(request: HttpRequest, **given: str) -> HttpResponse:
        method = "GET" if request.method == "HEAD" else str(request.method)
        return answer(request, registered(methods[method]), given)

    return view


def _patterns() -> list[URLPattern]:
    by_path: dict[str, dict[str, str]] = {}
    for route in ROUTES:
        by_path.setdefault(route.path, {})[route.method] = route.use_case
    return [
        path(re.sub(r"{(\w+)}", r"<str:\1>", address).lstrip("/"), _view(methods))
        for address, methods in by_path.items()
    ]


urlpatterns = [
    path("openapi.json", pages.description, name="api-description"),
    path("docs", pages.docs, name="api-docs"),
    path("files", pages.upload),
    path("reports/<str:version>/files/<str:format>", pages.download),
    path("reports/<str:version>/mail", pages.draft_mail),
    path("document-versions/<str:upload>/file", pages.download_upload),
    path("comments/<str:comment>/files/<int:file>", pages.download_comment_file),
    path("projects/<str:project>/plan/files/<str:format>", pages.take_plan_file),
    path("projects/<str:project>/month-pack/<str:month>/file", pages.month_pack_file),
    *_patterns(),
    path("", pages.missing),
    path("<path:rest>", pages.missing),
]
