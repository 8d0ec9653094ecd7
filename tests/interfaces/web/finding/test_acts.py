"""Every command has a form: it opens for whoever may do it and for nobody else, and does what the command does."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from headway.interfaces.use_cases import offered
from headway.interfaces.web.finding.offers import ELSEWHERE, acts, anchor_of, is_file, label_of
from headway.kernel.commands import maintenance
from headway.kernel.registry import Kind, UseCase
from headway.kernel.schema import Parameter
from tests.house.cases import CASES
from tests.house.trials import model_of, roles, roles_in_table
from tests.house.world import HARVEST, World, rolled_back, shared_world
from tests.standing import standing

pytestmark = pytest.mark.django_db
MATRIX = json.loads((Path(__file__).parents[3] / "house" / "matrix.json").read_text(encoding="utf-8"))
WHO = ("manager", "administrator", "associate", "member", "approver", "client", "senior_reader")
# Its form opens, and is not sent here.
NOT_SENT = {
    "hours.stop_timer": "a request has the real clock, and the world's timer was started months before",
    "reports.set_template/with a logo": "the form is sent with a file of hours, which is no picture",
    "reports.prepare": "the world's earlier snapshots are no real ones to compare with",
    "imports.answer": "its answers have names with colons and ids of the world",
}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with (
        django_db_blocker.unblock(),
        standing(lambda: shared_world(tmp_path_factory.mktemp("world"))) as world,
    ):
        Client().get("/accounts/login/")  # the first request loads the middleware that times sessions
        yield world


def client_of(who: str) -> Client:
    client = Client()
    user = get_user_model().objects.get(email=f"{who}@example.org")
    with maintenance("a test signs in"):
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


COMMANDS = sorted(acts())
CASE_NAMES = sorted(name for name in CASES if name.split("/")[0] in acts())


def test_every_command_has_a_form_or_a_page_of_its_own() -> None:
    commands = {case.name for case in offered() if case.kind is Kind.COMMAND}
    assert set(COMMANDS) == commands - set(ELSEWHERE)
    assert len(COMMANDS) > 80


def who_may(world: World, name: str) -> list[str]:
    """Actors who may do it by the table; those for whom the case succeeds in the matrix come first."""
    allowed = roles_in_table(acts()[name.split("/", maxsplit=1)[0]])
    told = MATRIX.get(name, {}).get("own", {}).get("ok", [])
    fitting = [who for who in WHO if allowed & roles(world, who, world.a.project)]
    return sorted(fitting, key=lambda who: who not in told)


def address(case: UseCase[Any], inputs: dict[str, Any]) -> str:
    anchor = anchor_of(case)
    given = f"?{anchor.name}={inputs[anchor.name]}" if anchor is not None else ""
    return f"/acts/{case.name}{given}"


def form_data(case: UseCase[Any], inputs: dict[str, Any]) -> dict[str, Any]:
    """Inputs as a browser sends them."""
    anchor = anchor_of(case)
    sent: dict[str, Any] = {"sure": "on"} if case.destructive else {}
    for parameter in case.signature.parameters:
        value = inputs.get(parameter.name)
        if value is None or (anchor is not None and parameter.name == anchor.name):
            continue
        sent |= _sent(parameter, value)
    return sent


def _sent(parameter: Parameter, value: Any) -> dict[str, Any]:
    name = parameter.name
    if is_file(parameter):
        rows = f"{HARVEST}\n2026-02-27,C,Project kestrel,,Build,More,2,Yes,Member,Person\n"
        return {name: SimpleUploadedFile("more.csv", rows.encode(), "text/csv")}
    if isinstance(value, list | tuple):
        if value and isinstance(value[0], dict):
            return {f"{name}-{place}-{key}": _text(of) for place, row in enumerate(value, 1) for key, of in row.items()}
        texts = [_text(item) for item in value]
        return {name: texts if label_of(parameter) or not texts or isinstance(value[0], Enum) else "\n".join(texts)}
    if isinstance(value, dict):
        return {name: "\n".join(f"{key} = {json.dumps(of)}" for key, of in value.items())}
    if isinstance(value, bool):
        yes = "yes" if parameter.optional else "on"
        return {name: yes if value else ("no" if parameter.optional else "")}
    return {name: _text(value)}


def _text(value: Any) -> str:
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _said(body: str) -> list[str]:
    return re.findall(r'hw-field-error"[^>]*>([^<]*)<|role="alert">(?:.|\n)*?<div>([^<]*)', body)


@pytest.mark.parametrize("name", CASE_NAMES)
def test_a_form_does_what_the_command_does_and_opens_for_no_stranger(world: World, name: str) -> None:
    case = acts()[name.split("/", maxsplit=1)[0]]
    refused: list[Any] = []
    for who in who_may(world, name):
        inputs = CASES[name].inputs(world, world.a, who)
        with rolled_back():
            client = client_of(who)
            form = client.get(address(case, inputs))
            assert form.status_code == 200, who
            assert '<form class="hw-form"' in form.content.decode()
            if name in NOT_SENT:
                break
            answer = client.post(address(case, inputs), form_data(case, inputs))
            if answer.status_code == 200 and ": done" in answer.content.decode():
                break
            refused.append((who, form_data(case, inputs), answer.status_code, _said(answer.content.decode())))
    else:
        raise AssertionError(refused)
    anchor = anchor_of(case)
    if anchor is not None and model_of(anchor).project_path is not None:
        with rolled_back():
            assert client_of("foreign_client").get(address(case, inputs)).status_code == 404
            assert client_of(who).get(f"/acts/{case.name}?{anchor.name}=999999999").status_code == 404


@pytest.mark.parametrize("name", COMMANDS)
def test_a_reference_that_is_not_given_is_asked_for(world: World, name: str) -> None:
    with rolled_back():
        answer = client_of(who_may(world, name)[0]).get(f"/acts/{name}")
        assert answer.status_code == 200
        page = answer.content.decode()
        asks = 'class="hw-form" method="get"' in page or "Nothing to choose from" in page
        assert asks == (anchor_of(acts()[name]) is not None)
