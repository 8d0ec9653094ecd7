"""What stands before and behind every answer of the API: method, proof of origin, rate limit, errors as problems."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import UnreadablePostError
from django.middleware.csrf import CsrfViewMiddleware
from django.views.decorators.csrf import csrf_exempt

from headway.interfaces.actors import context_of, token_key
from headway.interfaces.limits import spend
from headway.interfaces.web.headers import reference_of
from headway.kernel import settings
from headway.kernel.context import Channel, Context
from headway.kernel.errors import Denied, HeadwayError, Invalid, TooMany, Unavailable

logger = logging.getLogger(__name__)

PROBLEM = "application/problem+json"
RETRY_SECONDS = 5
READS = frozenset({"GET", "HEAD"})

Answer = Callable[..., HttpResponse]


class Forged(Denied):
    """A session's request without the workspace's proof of origin."""

    code = "csrf"


class _Csrf(CsrfViewMiddleware):
    """Django's check for requests that stand on a session; its refusal is ours to word."""

    def _reject(self, request: HttpRequest, reason: str) -> HttpResponse:
        return HttpResponse(status=403)


def guarded(*methods: str) -> Callable[[Answer], Answer]:
    """Make a view that answers only these methods, and every failure with a problem."""
    allowed = ", ".join(sorted(methods))

    def around(answer: Answer) -> Answer:
        @csrf_exempt  # tokens need none; whoever stands on a session is checked in `admitted`
        @functools.wraps(answer)
        def view(request: HttpRequest, **given: str) -> HttpResponse:
            method = "GET" if request.method == "HEAD" else request.method
            if method not in methods:
                response = problem(405, "method_not_allowed", f"{request.method} is not for this address: {allowed}.")
                response.headers["Allow"] = allowed
                return response
            try:
                return answer(request, **given)
            except HeadwayError as error:
                return refusal(error)
            except RequestDataTooBig:
                return refusal(Invalid("The body is larger than 2 MB."))
            except (SuspiciousOperation, TooManyFieldsSent, UnreadablePostError):
                return problem(400, "unreadable", "The request cannot be read.")
            except DatabaseError as error:
                return _of_database(request, error)
            except Exception:
                return _fault(request)

        return view

    return around


def admitted(request: HttpRequest, *, channel: Channel = Channel.API) -> Context:
    """Whose request this is; raises when a session lacks its proof of origin, or a token has called too often."""
    ctx = context_of(request, channel=channel)
    if ctx.is_token:
        limits = settings.read()
        if request.method in READS:
            spend(token_key(request), "reads", limit=limits.token_reads)
        else:
            spend(token_key(request), "writes", limit=limits.token_writes)
    elif ctx.actor.user_id is not None and request.method not in READS:
        nothing = HttpResponse()
        if _Csrf(lambda _: nothing).process_view(request, lambda _: nothing, (), {}) is not None:
            raise Forged("The request lacks the workspace's proof of origin (the CSRF token).")
    return ctx


def problem(status: int, code: str, detail: str, **more: str) -> HttpResponse:
    """A problem that no use case raised."""
    body = {"type": "about:blank", "title": "Not done", "status": status, "code": code, "detail": detail, **more}
    return JsonResponse(body, status=status, content_type=PROBLEM, json_dumps_params={"ensure_ascii": False})


def refusal(error: HeadwayError) -> HttpResponse:
    """The problem of an expected failure."""
    response = JsonResponse(
        error.as_problem(), status=error.status, content_type=PROBLEM, json_dumps_params={"ensure_ascii": False}
    )
    if error.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, TooMany | Unavailable):
        response.headers["Retry-After"] = str(error.extra.get("retry_after", RETRY_SECONDS))
    return response


def _of_database(request: HttpRequest, error: DatabaseError) -> HttpResponse:
    if isinstance(error.__cause__, HeadwayError):
        return refusal(error.__cause__)
    said = str(error)
    if "locked" in said or "timeout" in said or "deadlock" in said:
        return refusal(Unavailable("The database is busy. Try again in a few seconds."))
    return _fault(request)


def _fault(request: HttpRequest) -> HttpResponse:
    """A fault of ours: only a reference to the log leaves the building."""
    reference = reference_of(request)
    logger.exception("API request failed", extra={"reference": reference})
    return problem(500, "fault", "Something went wrong on our side; the log has it.", reference=reference)
