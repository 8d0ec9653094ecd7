"""One operation of the API: inputs from path, query and body; one call through the door; the answer as JSON."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from headway.interfaces.api import strict_json
from headway.interfaces.api.guard import admitted
from headway.kernel.context import Context
from headway.kernel.errors import FieldError, Invalid, VersionRequired
from headway.kernel.registry import Kind, UseCase

DRY_RUN = "dry_run"
_LONGEST_KEY = 255
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


def answer(request: HttpRequest, use_case: UseCase[Any], path: dict[str, str]) -> HttpResponse:
    """Run one operation; failures are raised, the guard words them."""
    ctx = admitted(request)
    inputs = _inputs(request, use_case, path)
    if use_case.kind is Kind.COMMAND:
        ctx = _with_headers(request, use_case, ctx)
    result = use_case.call_json(ctx, inputs)
    response = JsonResponse(result, safe=False, json_dumps_params={"ensure_ascii": False})
    if isinstance(result, dict) and "id" in result and isinstance(result.get("version"), int):
        response.headers["ETag"] = f'"{result["version"]}"'
    return response


def _with_headers(request: HttpRequest, use_case: UseCase[Any], ctx: Context) -> Context:
    expected: int | None = None
    match = request.headers.get("If-Match", "").strip()
    if match:
        digits = match.removeprefix("W/").strip('"')
        if not (digits.isascii() and digits.isdigit()) or len(digits) > 12:
            raise Invalid("If-Match must be the ETag of the record, as we gave it.", fields=[_field("If-Match")])
        expected = int(digits)
    elif use_case.changes:
        raise VersionRequired("Send If-Match with the ETag (the version) of the record that you change.")
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > _LONGEST_KEY or not key.isprintable():
        raise Invalid(
            f"An Idempotency-Key is at most {_LONGEST_KEY} printable characters.", fields=[_field("Idempotency-Key")]
        )
    return ctx.but(expected_version=expected, idempotency_key=key, dry_run=_dry_run(request))


def _field(name: str) -> FieldError:
    return FieldError(name, "not valid")


def _dry_run(request: HttpRequest) -> bool:
    given = request.GET.get(DRY_RUN, "false")
    if given not in ("true", "false"):
        raise Invalid(f"{DRY_RUN} is true or false.", fields=[_field(DRY_RUN)])
    return given == "true"


def _inputs(request: HttpRequest, use_case: UseCase[Any], path: dict[str, str]) -> dict[str, Any]:
    inputs: dict[str, Any] = dict(path)
    with_body = request.method in _WITH_BODY
    for name, values in request.GET.lists():
        if len(values) > 1:
            raise Invalid(f"{name} is given twice.", fields=[FieldError(name, "give it once")])
        if name == DRY_RUN and use_case.kind is Kind.COMMAND:
            continue
        if with_body or name in path:
            raise Invalid(f"{name} does not belong in the query.", fields=[FieldError(name, "not in the query")])
        inputs[name] = _list_or_text(use_case, name, values[0])
    if with_body:
        inputs |= _body(request, path)
    return inputs


def _body(request: HttpRequest, path: dict[str, str]) -> dict[str, Any]:
    if request.body and request.content_type != "application/json":
        raise Invalid("Send the body as application/json.", fields=[_field("Content-Type")])
    found = strict_json.read(request.body)
    for name in found:
        if name in path:
            raise Invalid(f"{name} stands in the address already.", fields=[FieldError(name, "give it once")])
    return found


def _list_or_text(use_case: UseCase[Any], name: str, value: str) -> Any:
    """Lists in a query are comma-separated."""
    for parameter in use_case.signature.parameters:
        if parameter.name == name and parameter.many:
            return value.split(",") if value else []
    return value
