"""The plan as it stands on the screen, as a file to keep or as pages to print."""

from __future__ import annotations

from functools import cache, partial

from django.http import HttpRequest, HttpResponse, JsonResponse
from pydantic import TypeAdapter, ValidationError

from headway.areas.files.types import Download
from headway.interfaces.transfers import attachment
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.page import act, offered, working_project
from headway.interfaces.web.templatetags.formats import weekday_date
from headway.journeys.shown_plan import Asked, export
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, FieldError, Invalid, Unavailable

_MOST_BYTES = 16 * 1024 * 1024
_MEDIA_TYPES = {
    "pdf": "application/pdf",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "png": "image/png",
    "svg": "image/svg+xml",
}


@act
def plan_export(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """What the page shows, in the file `shown` of the form, as the file that it asks for; for print, pages as JSON."""
    project = working_project(ctx, key)
    offered(ctx, "schedule.read", project)
    locale = locale_of(request)
    try:
        asked = _asked(request)
        made = export(
            ctx,
            project=project,
            asked=asked,
            language=locale.language,
            month_first=locale.month_first,
            day=partial(weekday_date, locale=locale),
        )
    except (Invalid, Conflict, Unavailable) as refusal:
        return JsonResponse({"detail": str(refusal)}, status=refusal.status)
    if asked.form == "print":
        pages = [made.files[name].decode() for name in sorted(made.files)]
        return JsonResponse({"pages": pages})
    (content,) = made.files.values()
    name = f"{project.key} plan {ctx.now.date().isoformat()}.{asked.form}"
    return attachment(Download(name, _MEDIA_TYPES[asked.form], content))


def _asked(request: HttpRequest) -> Asked:
    brought = request.FILES.get("shown")
    if brought is None or brought.size is None or brought.size > _MOST_BYTES:
        raise Invalid("Send what the page shows, up to 16 MB.", fields=[FieldError("shown", "required")])
    try:
        return _reader().validate_json(brought.read())
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        place = ".".join(map(str, first["loc"]))
        why = f"{place}: {first['msg']}."
        raise Invalid(f"What is shown cannot be read: {why}", fields=[FieldError("shown", why)]) from None


@cache
def _reader() -> TypeAdapter[Asked]:
    return TypeAdapter(Asked)
