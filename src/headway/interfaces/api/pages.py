"""What is not JSON in and out: the description, the documentation page, uploads, downloads."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from headway.areas.comms import discussions
from headway.areas.deliverables import queries as deliverables
from headway.interfaces.api import openapi
from headway.interfaces.api.guard import admitted, guarded, problem
from headway.interfaces.transfers import MAX_UPLOAD, MEGABYTE, Quota, attachment, kept_upload
from headway.journeys import reports
from headway.journeys.month_pack import pack_file
from headway.journeys.plan_file import PlanFormat, plan_file
from headway.kernel.access import check
from headway.kernel.errors import FieldError, Invalid, NotFound
from headway.kernel.schema import to_json

_ENVELOPE = MEGABYTE  # what multipart adds around the file


@guarded("GET")
def description(_request: HttpRequest) -> HttpResponse:
    """GET /openapi.json."""
    return JsonResponse(openapi.document(), json_dumps_params={"ensure_ascii": False})


@guarded("GET")
def docs(request: HttpRequest) -> HttpResponse:
    """GET /docs: every operation, readable without scripts."""
    described = openapi.document()
    areas: dict[str, list[dict[str, object]]] = {}
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            shown = {"method": method.upper(), "path": path, **operation, "inputs": _inputs(operation)}
            areas.setdefault(operation["tags"][0], []).append(shown)
    return render(request, "api/docs.html", {"info": described["info"], "areas": sorted(areas.items())})


def _inputs(operation: dict[str, object]) -> list[dict[str, object]]:
    """Parameters and body fields of an operation in one table."""
    rows: list[dict[str, object]] = [
        {"name": item["name"], "where": item["in"], "required": item["required"], "type": _type(item["schema"])}
        for item in operation.get("parameters", [])  # type: ignore[attr-defined]
    ]
    body = operation.get("requestBody")
    if isinstance(body, dict):
        for media in body["content"].values():
            wanted = media["schema"].get("required", [])
            for name, schema in media["schema"]["properties"].items():
                rows.append({"name": name, "where": "body", "required": name in wanted, "type": _type(schema)})
    return rows


def _type(schema: dict[str, object]) -> str:
    """A schema in a few words."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    options = schema.get("anyOf")
    if isinstance(options, list):
        return " or ".join(dict.fromkeys(_type(option) for option in options))
    items = schema.get("items")
    if schema.get("type") == "array" and isinstance(items, dict):
        return f"list of {_type(items)}"
    return str(schema.get("format") or schema.get("type") or "any")


@guarded("POST")
def upload(request: HttpRequest) -> HttpResponse:
    """POST /files: bring a file (multipart field 'file'); the answer's id goes into imports."""
    request.upload_handlers = [Quota(request)]
    _refuse_too_large(request)
    ctx = admitted(request)
    check(ctx, "files.keep", {}, project_id=None, writes=True)
    if request.content_type != "multipart/form-data":
        raise Invalid("Send one file, as multipart/form-data in the field 'file'.", fields=[FieldError("file", "")])
    if request.GET:
        raise Invalid("This address takes no query.", fields=[FieldError(next(iter(request.GET)), "not known")])
    return JsonResponse(to_json(kept_upload(ctx, request)), status=201)


def _refuse_too_large(request: HttpRequest) -> None:
    given = request.META.get("CONTENT_LENGTH") or "0"
    if given.isascii() and given.isdigit() and int(given) > MAX_UPLOAD + _ENVELOPE:
        raise Invalid(f"The file is larger than {MAX_UPLOAD // MEGABYTE} MB, the limit for uploads.")


@guarded("GET")
def download(request: HttpRequest, version: str, format: str) -> HttpResponse:
    """GET /reports/{version}/files/{format}: the file as it may be given out now."""
    return attachment(deliverables.download(admitted(request), version=version, format=format))


@guarded("GET")
def download_upload(request: HttpRequest, upload: str) -> HttpResponse:
    """GET /document-versions/{upload}/file: the file of a version of an uploaded document."""
    return attachment(deliverables.download_upload(admitted(request), upload=upload))


@guarded("GET")
def download_comment_file(request: HttpRequest, comment: str, file: int) -> HttpResponse:
    """GET /comments/{comment}/files/{file}: a file beside a comment."""
    return attachment(discussions.comment_file(admitted(request), comment=comment, file=file))


@guarded("POST")
def take_plan_file(request: HttpRequest, project: str, format: str) -> HttpResponse:
    """POST /projects/{project}/plan/files/{format}: the plan as a file, xml (Microsoft Project), xlsx, csv or json."""
    ctx = admitted(request)
    if format not in {item.value for item in PlanFormat}:
        raise NotFound("Plans are written as xml, xlsx, csv or json.")
    return attachment(plan_file(ctx, project=project, form=PlanFormat(format)).file)


@guarded("GET")
def draft_mail(request: HttpRequest, version: str) -> HttpResponse:
    """GET /reports/{version}/mail: an approved version as an .eml draft for one's own mail program."""
    return attachment(reports.draft_mail(admitted(request), version=version))


@guarded("GET")
def month_pack_file(request: HttpRequest, project: str, month: str) -> HttpResponse:
    """GET /projects/{project}/month-pack/{month}/file: the files of a closed month's pack, as one zip."""
    ctx = admitted(request)
    try:
        day = date.fromisoformat(month)
    except ValueError:
        raise NotFound("The month is named by one of its days, such as 2026-01-31.") from None
    return attachment(pack_file(ctx, project=project, month=day))


@guarded("DELETE", "GET", "PATCH", "POST", "PUT")
def missing(_request: HttpRequest, **_: str) -> HttpResponse:
    """Every other address."""
    return problem(404, "not_found", "There is no such address in the API; see /api/v1/docs.")
