"""Every address, by the interface that answers it."""

from django.urls import URLPattern, URLResolver, include, path

from headway.config.health import healthz, readyz
from headway.interfaces.mcp.http import endpoint as mcp

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz),
    path("readyz", readyz),
    path("api/v1/", include("headway.interfaces.api.urls")),
    path("mcp", mcp),
    path("", include("headway.interfaces.web.urls")),
]

handler400 = "headway.interfaces.web.errors.bad_request"
handler403 = "headway.interfaces.web.errors.denied"
handler404 = "headway.interfaces.web.errors.not_found"
handler429 = "headway.interfaces.web.errors.too_many"
handler500 = "headway.interfaces.web.errors.failed"
