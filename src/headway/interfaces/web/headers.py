"""The headers that every answer carries, error pages and static files included: it stands outermost.

HSTS is Django's own (SECURE_HSTS_SECONDS), sent only over https. The policy allows nothing inline and no other host.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    # Pages hold people's data: only an answer that says otherwise (static files) may be kept by a browser or proxy.
    "Cache-Control": "no-store",
}


class SecurityHeaders:
    """Adds what an answer does not say itself, and gives every request a reference that its log lines share."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, with the headers."""
        request.reference = secrets.token_hex(6)  # type: ignore[attr-defined]
        response = self._get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers["X-Request-Id"] = reference_of(request)
        return response


def reference_of(request: HttpRequest) -> str:
    """The request's reference, for error pages, log lines and the correlation of what it causes."""
    return getattr(request, "reference", "")
