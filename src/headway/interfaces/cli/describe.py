"""The listing of generated commands, made from the registry: what `listing.json` must hold.

Not here: reading it (`listing.py`), which must not load the registry.
"""

from __future__ import annotations

from typing import Any

from headway.interfaces.use_cases import about_area, offered
from headway.kernel.access import permission_table
from headway.kernel.registry import Kind, UseCase
from headway.kernel.schema import Parameter, to_json

_SIMPLE = {"string": "text", "integer": "integer", "number": "number", "boolean": "yes-no"}
_FORMATS = {"date": "date", "date-time": "instant"}


def listing() -> dict[str, Any]:
    """Areas, their verbs and options; the same registry gives the same listing."""
    areas: dict[str, Any] = {}
    for case in offered():
        area = areas.setdefault(case.area, {"about": _without_name(case), "verbs": {}})
        area["verbs"][case.verb.replace("_", "-")] = _verb(case)
    return {"areas": areas}


def _without_name(case: UseCase[Any]) -> str:
    """What an area is, without saying its name again."""
    about = about_area(case)
    head, colon, rest = about.partition(": ")
    return rest[:1].upper() + rest[1:] if colon and head.casefold() == case.area else about


def _verb(case: UseCase[Any]) -> dict[str, Any]:
    schema = case.signature.json_schema()
    definitions = schema.get("$defs", {})
    return {
        "use_case": case.name,
        "summary": case.summary,
        "about": case.about,
        "writes": case.kind is Kind.COMMAND,
        "versioned": bool(case.changes),
        "person_only": permission_table()[case.permission].person_only,
        "options": [
            _option(parameter, schema["properties"][parameter.name], definitions)
            for parameter in case.signature.parameters
        ],
    }


def _option(parameter: Parameter, schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    option: dict[str, Any] = {"name": parameter.name, "required": parameter.required}
    bare = _resolved(schema, definitions)
    if bare.get("type") == "array":
        option["many"] = True
        bare = _resolved(bare.get("items", {}), definitions)
    option["kind"] = _kind(parameter, bare)
    if option["kind"] == "choice":
        option["choices"] = bare["enum"]
    if parameter.required and parameter.optional:
        option["nullable"] = True
    if not parameter.required and parameter.default not in (None, "", ()):
        option["default"] = to_json(parameter.default)
    return option


def _kind(parameter: Parameter, schema: dict[str, Any]) -> str:
    if parameter.secret:
        return "secret"
    if parameter.model or parameter.ref:
        return "record"
    if "enum" in schema:
        return "choice"
    if schema.get("type") == "object":
        return "json"
    kinds = {option.get("type") for option in schema.get("anyOf", [])}
    if kinds == {"number", "string"}:
        return "number"
    if kinds:
        return "json"
    return _FORMATS.get(schema.get("format", ""), _SIMPLE.get(schema.get("type", ""), "json"))


def _resolved(schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """A schema without its null and its reference."""
    options = [option for option in schema.get("anyOf", []) if option.get("type") != "null"]
    if len(options) == 1:
        schema = options[0]
    elif options:
        schema = {**schema, "anyOf": options}
    if "$ref" in schema:
        found: dict[str, Any] = definitions[schema["$ref"].rsplit("/", 1)[-1]]
        return found
    return schema
