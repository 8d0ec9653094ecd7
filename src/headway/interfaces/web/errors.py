"""Error pages: what happened in plain words and a reference, and nothing else of it.

The expected failures of use cases become pages of their own status; unexpected ones are left to the server's
500 handler, which logs them under the same reference.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.template.loader import render_to_string
from django.utils.http import urlencode

from headway.interfaces.web.frame import ErrorPage, Frame
from headway.interfaces.web.headers import reference_of
from headway.kernel.errors import HeadwayError, SignInRequired, Unavailable

logger = logging.getLogger(__name__)

RETRY_SECONDS = 5
_TEXTS = {
    400: ("That request cannot be read", "The address or the form is damaged. Go back and try once more."),
    403: ("You may not open this", "Your role does not allow it. Ask the project's manager if you need it."),
    404: ("There is nothing here", "It does not exist, or you may not see it. Check the address you followed."),
    409: ("This has moved on", "Somebody changed it meanwhile. Open it again and repeat your change."),
    429: ("Too many tries", "Wait a few minutes, then try once more."),
    500: (
        "Something went wrong on our side",
        "Nothing was saved. The log has it under the reference below.",
    ),
    503: ("Not available just now", "The workspace is busy or restarting. Try once more in a few seconds."),
}


def error_response(request: HttpRequest, status: int, text: str = "") -> HttpResponse:
    """The error page of a status. `text` replaces the general words where the failure has its own.

    Rendered without the request's context, so that a failure in a context processor still gets its page.
    """
    title, general = _TEXTS.get(status, _TEXTS[400])
    page = ErrorPage(status=status, title=title, text=text or general, reference=reference_of(request))
    template = f"{status}.html" if status in (400, 403, 404, 500, 503) else "frame/error.html"
    response = HttpResponse(render_to_string(template, {"error": page, "frame": Frame()}), status=status)
    if status == Unavailable.status:
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler400."""
    return error_response(request, 400)


def denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler403."""
    return error_response(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler404."""
    return error_response(request, 404)


def failed(request: HttpRequest) -> HttpResponse:
    """Django's handler500."""
    logger.error("request failed", extra={"reference": reference_of(request), "path": request.path})
    try:
        return error_response(request, 500)
    except Exception:  # whatever broke the page may break its error page too: then the reference alone
        logger.exception("error page failed", extra={"reference": reference_of(request)})
        text = f"{_TEXTS[500][0]}. Reference: {reference_of(request)}\n"
        return HttpResponse(text, status=500, content_type="text/plain; charset=utf-8")


def too_many(request: HttpRequest) -> HttpResponse:
    """The sign-in library's handler429."""
    response = error_response(request, 429)
    response.headers["Retry-After"] = "60"
    return response


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """CSRF_FAILURE_VIEW: a form from another place, or one kept open past the end of its session."""
    return error_response(request, 403, "The form is too old, or came from elsewhere. Open the page again.")


class ExpectedFailures:
    """Turns the failures that use cases expect into pages; whoever is not signed in is sent to sign in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A page for an expected failure; None leaves it to the 500 handler."""
        if isinstance(exception, SignInRequired):
            if request.headers.get("HX-Request"):
                # a part of a page: the page says it and keeps what was typed
                return HttpResponse(status=401, headers={"HX-Reswap": "none"})
            return redirect(f"{resolve_url('account_login')}?{urlencode({'next': request.get_full_path()})}")
        if isinstance(exception, HeadwayError):
            shown = exception.status not in (403, 404)  # those two say nothing of what is hidden
            return error_response(request, exception.status, exception.message if shown else "")
        return None
