"""A few hundred generated requests, good and bad: no fault of ours, and no answer that the description lacks."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any
from urllib.parse import quote, urlencode

import jsonschema
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode

from headway.areas.projects.types import Charter
from headway.interfaces.api import openapi
from tests.interfaces.api.conftest import Api

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
EXAMPLES = 3  # of each kind, for each of more than a hundred operations
SEED = 20260302
BYTES = {  # see test_operations.py
    "/files", "/reports/{version}/files/{format}", "/reports/{version}/mail", "/projects/{project}/plan/files/{format}",
    "/projects/{project}/month-pack/{month}/file",
}  # fmt: skip


def _operations() -> list[tuple[str, str]]:
    paths = openapi.document()["paths"]
    return [(method.upper(), path) for path in paths if path not in BYTES for method in paths[path]]


@cache
def _described() -> Any:
    """The description as the generator reads it."""
    return schemathesis.openapi.from_dict(openapi.document())


def _sent(api: Api, case: Any) -> Any:
    """Send a generated case as it stands, save for what the tests' client and the project need."""
    path = case.path
    for name, value in (case.path_parameters or {}).items():
        path = path.replace("{" + name + "}", _in_address("SITE" if name == "project" else value))
    query = {name: value for name, value in (case.query or {}).items() if value is not None}
    if query:
        path += "?" + urlencode({name: _text(value) for name, value in query.items()}, doseq=True)
    headers = {
        name: str(value)
        for name, value in (case.headers or {}).items()
        if name != "Authorization" and str(value).isascii() and str(value).isprintable()
    }
    body = case.body if isinstance(case.body, dict | list | str | int | float | bool | None) else None
    if not isinstance(case.body, dict | list) and body is None:
        return api(case.method, path, None, **headers)
    return api(case.method, path, json.dumps(body).encode(), **headers)


def _in_address(value: Any) -> str:
    return quote(str(value), safe="") or "-"


def _text(value: Any) -> Any:
    if isinstance(value, list):
        return ",".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else value


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["good", "bad"])
@pytest.mark.parametrize("address", _operations(), ids=" ".join)
def test_generated_requests_meet_the_description(
    api: Callable[..., Api],
    site: Charter,
    limits: Callable[..., None],
    address: tuple[str, str],
    mode: GenerationMode,
) -> None:
    limits(token_reads=0, token_writes=0)
    document = openapi.document()
    operation = _described()[address[1]][address[0]]
    answers = document["paths"][address[1]][address[0].lower()]["responses"]
    manager = api("manager")

    @seed(SEED)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def send(case: Any) -> None:
        response = _sent(manager, case)
        assert str(response.status_code) in answers, (response.status_code, case.body, response.content[:500])
        answer = answers[str(response.status_code)]
        described = document["components"]["responses"].get(answer.get("$ref", "")[-3:], answer)["content"]
        kind = response.headers["Content-Type"]
        assert kind in described
        schema = {**described[kind]["schema"], "components": document["components"]}
        jsonschema.Draft202012Validator(schema).validate(response.json())

    send()
