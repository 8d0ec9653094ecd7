"""The API's description (OpenAPI 3.1), made from the route table and the use cases' signatures."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from headway.areas.deliverables.types import Format
from headway.areas.files.types import FileRow
from headway.interfaces.api.routes import ROUTES, Route
from headway.interfaces.use_cases import registered
from headway.journeys.plan_file import PlanFormat
from headway.kernel.access import permission_table
from headway.kernel.registry import Kind, UseCase
from headway.kernel.schema import MAX_ID, result_schema

API_VERSION = "1"
_JSON, _PROBLEM = "application/json", "application/problem+json"
_REF = "#/components/schemas/"
_REFERENCE = re.compile(f'"{_REF}([^"]+)"')

_PROBLEMS = {
    "400": "The request cannot be read",
    "401": "Nobody is signed in, or the token does not work",
    "403": "Not allowed",
    "404": "Absent or hidden: one answer for both",
    "409": "Conflict of state",
    "412": "The record has a newer version",
    "422": "Invalid input; `errors` names the fields",
    "428": "If-Match is missing",
    "429": "Too many requests in a minute",
    "503": "Temporarily unavailable; try again",
}
_PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457 problem details with a stable `code`.",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {
                    "field": {"type": "string"},
                    "message": {"type": "string"},
                    "file": {"type": "string"},
                    "sheet": {"type": "string"},
                    "row": {"type": "integer"},
                    "value": {"type": "string"},
                },
            },
        },
    },
}
# The engine's working time goes out as minutes, not as the tenths it is stored in.
_WORK_TIME = {
    "type": "object",
    "title": "WorkTime",
    "description": "Working time in minutes, with at most one decimal.",
    "required": ["minutes"],
    "properties": {"minutes": {"type": "string"}},
}


@cache
def document() -> dict[str, Any]:
    """The whole description; the same routes and signatures give the same text."""
    schemas = _Schemas()
    paths: dict[str, Any] = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, schemas)
    for path, operations in _files(schemas).items():
        paths.setdefault(path, {}).update(operations)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Headway",
            "version": API_VERSION,
            "description": "Every use case of Headway. Changes of versioned records want If-Match with their ETag; "
            "writes take Idempotency-Key and ?dry_run=true; lists with `next` go on with ?cursor=.",
        },
        "servers": [{"url": "/api/v1"}],
        "security": [{"token": []}, {"session": []}],
        "paths": paths,
        "components": {
            "schemas": schemas.all(),
            "responses": _problem_responses(),
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "headway_session"},
            },
        },
    }


class _Schemas:
    """The shared definitions; of two that differ under one name, the later is named after its area and side."""

    def __init__(self) -> None:
        self._found: dict[str, Any] = {"Problem": _PROBLEM_SCHEMA}
        self._meant: dict[str, Any] = {"Problem": {"Problem": _PROBLEM_SCHEMA}}  # with all they refer to, as it came

    def all(self) -> dict[str, Any]:
        return dict(sorted(self._found.items()))

    def lifted(self, schema: dict[str, Any], *, area: str, side: str) -> dict[str, Any]:
        """A schema whose own definitions have moved to the shared ones."""
        own = {name: _WORK_TIME if name == "WorkTime" else item for name, item in schema.get("$defs", {}).items()}
        names = {name: self._free_name(name, own, area=area, side=side) for name in own}
        for name, definition in own.items():
            self._found[names[name]] = _renamed(definition, names)
            self._meant[names[name]] = _reached(name, own)
        moved: dict[str, Any] = _renamed({key: item for key, item in schema.items() if key != "$defs"}, names)
        return moved

    def _free_name(self, name: str, own: dict[str, Any], *, area: str, side: str) -> str:
        meant = _reached(name, own)
        for candidate in (name, f"{area.capitalize()}{name}", f"{area.capitalize()}{name}{side}"):
            if self._meant.get(candidate, meant) == meant:
                return candidate
        raise ValueError(f"{area}: the schema {name} is defined differently elsewhere.")


def _reached(name: str, own: dict[str, Any]) -> dict[str, Any]:
    """A definition and all that it refers to, by their names."""
    found: dict[str, Any] = {}
    left = [name]
    while left:
        one = left.pop()
        if one not in found:
            found[one] = own[one]
            left += (other for other in _REFERENCE.findall(json.dumps(own[one], default=str)) if other in own)
    return found


def _renamed(schema: Any, names: dict[str, str]) -> Any:
    if isinstance(schema, dict):
        return {
            key: _REF + names[item.removeprefix(_REF)]
            if key == "$ref" and isinstance(item, str) and item.removeprefix(_REF) in names
            else _renamed(item, names)
            for key, item in schema.items()
        }
    if isinstance(schema, list):
        return [_renamed(item, names) for item in schema]
    return schema


def _operation(route: Route, schemas: _Schemas) -> dict[str, Any]:
    case = registered(route.use_case)
    inputs = schemas.lifted(_copy(case.signature.json_schema()), area=case.area, side="In")
    properties: dict[str, Any] = inputs.get("properties", {})
    in_path = re.findall(r"{(\w+)}", route.path)
    required = set(inputs.get("required", ()))
    rest = {name: schema for name, schema in properties.items() if name not in in_path}
    result = schemas.lifted(_copy(result_schema(case.signature.returns)), area=case.area, side="Out")
    operation: dict[str, Any] = {
        "operationId": case.name.replace(".", "_"),
        "tags": [case.area],
        "summary": case.summary,
        "description": _description(case),
        "parameters": [{"name": name, "in": "path", "required": True, "schema": properties[name]} for name in in_path],
        "responses": {"200": _answered(result, etag=_has_version(result, schemas)), **_problems()},
    }
    if route.method in ("GET", "DELETE"):
        operation["parameters"] += [
            {"name": name, "in": "query", "required": name in required, **_in_query(schema)}
            for name, schema in rest.items()
        ]
    elif rest:
        operation["requestBody"] = _body(rest, wanted=sorted(required - set(in_path)))
    if case.kind is Kind.COMMAND:
        operation["parameters"] += _write_parameters(case)
    return operation


def _description(case: UseCase[Any]) -> str:
    permission = permission_table()[case.permission]
    person = " A person must do this: not with an access token." if permission.person_only else ""
    return f"{case.about}\n\nPermission: {permission.about}.{person}"


def _in_query(schema: dict[str, Any]) -> dict[str, Any]:
    """Lists stand in a query with commas between; null is said by leaving the parameter out."""
    options = [option for option in schema.get("anyOf", []) if option.get("type") != "null"]
    if options and len(options) < len(schema["anyOf"]):
        rest = {key: item for key, item in schema.items() if key not in ("anyOf", "default")}
        schema = {**rest, **(options[0] if len(options) == 1 else {"anyOf": options})}
    if schema.get("type") == "array":
        return {"schema": schema, "style": "form", "explode": False}
    return {"schema": schema}


def _body(properties: dict[str, Any], *, wanted: list[str]) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "object", "additionalProperties": False, "properties": properties}
    if wanted:
        schema["required"] = wanted
    return {"required": bool(wanted), "content": {_JSON: {"schema": schema}}}


def _write_parameters(case: UseCase[Any]) -> list[dict[str, Any]]:
    parameters: list[dict[str, Any]] = [
        {
            "name": "Idempotency-Key",
            "in": "header",
            "required": False,
            "description": "The same key with the same body is done once, and gives the same answer again.",
            "schema": {"type": "string", "maxLength": 255},
        },
        {
            "name": "dry_run",
            "in": "query",
            "required": False,
            "description": "Do all but keep it.",
            "schema": {"type": "boolean", "default": False},
        },
    ]
    if case.changes:
        parameters.append(
            {
                "name": "If-Match",
                "in": "header",
                "required": True,
                "description": "The ETag (the version) of the record that is changed.",
                "schema": {"type": "string", "pattern": '^"?[0-9]{1,12}"?$'},
            }
        )
    return parameters


def _answered(schema: dict[str, Any], *, etag: bool) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": "Done", "content": {_JSON: {"schema": schema}}}
    if etag:
        answer["headers"] = {"ETag": {"description": "The record's version.", "schema": {"type": "string"}}}
    return answer


def _has_version(schema: dict[str, Any], schemas: _Schemas) -> bool:
    """Whether an answer is one record with an id and a version."""
    if "$ref" in schema:
        schema = schemas.all()[schema["$ref"].removeprefix(_REF)]
    return {"id", "version"} <= set(schema.get("properties", {}))


def _problems() -> dict[str, Any]:
    return {status: {"$ref": f"#/components/responses/{status}"} for status in _PROBLEMS}


def _problem_responses() -> dict[str, Any]:
    content = {_PROBLEM: {"schema": {"$ref": f"{_REF}Problem"}}}
    return {status: {"description": words, "content": content} for status, words in _PROBLEMS.items()}


def _files(schemas: _Schemas) -> dict[str, Any]:
    """The addresses that take or give bytes; they stand on use cases that are internal for that reason."""
    row = schemas.lifted(_copy(result_schema(FileRow)), area="files", side="Out")
    version = {
        "name": "version",
        "in": "path",
        "required": True,
        "schema": {"type": "integer", "minimum": 1, "maximum": MAX_ID},
    }
    form = {
        "name": "format",
        "in": "path",
        "required": True,
        "schema": {"type": "string", "enum": [item.value for item in Format]},
    }
    a_file = {"type": "string", "format": "binary"}
    given = {
        "description": "The file, to save",
        "headers": {"Content-Disposition": {"schema": {"type": "string"}}},
        "content": {"*/*": {"schema": a_file}},
    }
    return {
        "/files": {
            "post": {
                "operationId": "files_upload",
                "tags": ["files"],
                "summary": "Bring one file; its id goes into an import.",
                "description": "At most 200 MB; a plan at most 50 MB. The kind is known when it is imported.",
                "parameters": [],
                "requestBody": {
                    "required": True,
                    "content": {
                        "multipart/form-data": {
                            "schema": {"type": "object", "required": ["file"], "properties": {"file": a_file}}
                        }
                    },
                },
                "responses": {"201": _answered(row, etag=False), **_problems()},
            }
        },
        "/reports/{version}/files/{format}": {
            "get": {
                "operationId": "reports_file",
                "tags": ["reports"],
                "summary": "One file of a report: the final one once approved, until then the one marked as a draft.",
                "parameters": [version, form],
                "responses": {"200": given, **_problems()},
            }
        },
        "/projects/{project}/plan/files/{format}": {
            "post": {
                "operationId": "schedule_plan_file",
                "tags": ["schedule"],
                "summary": "A project's plan as it is now, as a file: Microsoft Project XML, Excel, CSV or JSON.",
                "parameters": [
                    {"name": "project", "in": "path", "required": True, "schema": {"type": "string"}},
                    {
                        "name": "format",
                        "in": "path",
                        "required": True,
                        "schema": {"type": "string", "enum": [item.value for item in PlanFormat]},
                    },
                ],
                "responses": {"200": given, **_problems()},
            }
        },
        "/projects/{project}/month-pack/{month}/file": {
            "get": {
                "operationId": "months_pack_file",
                "tags": ["months"],
                "summary": "The files of a closed month's pack as one zip: approved ones final, the others as drafts.",
                "parameters": [
                    {"name": "project", "in": "path", "required": True, "schema": {"type": "string"}},
                    {"name": "month", "in": "path", "required": True, "schema": {"type": "string", "format": "date"}},
                ],
                "responses": {"200": given, **_problems()},
            }
        },
        "/reports/{version}/mail": {
            "get": {
                "operationId": "reports_mail",
                "tags": ["reports"],
                "summary": "An approved report as a mail draft (.eml) for one's own mail program.",
                "parameters": [version],
                "responses": {"200": given, **_problems()},
            }
        },
    }


def _copy(schema: dict[str, Any]) -> dict[str, Any]:
    copied: dict[str, Any] = json.loads(json.dumps(schema))
    return copied
