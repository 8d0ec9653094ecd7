"""A client sees nothing of another client's project and no cost rate, by any use case, API answer or page."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from typing import Any
from zlib import crc32

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from headway.areas.people import commands as people
from headway.interfaces.api.routes import ROUTES
from headway.kernel.access import visible_q
from headway.kernel.audit import canonical
from headway.kernel.commands import maintenance
from headway.kernel.errors import HeadwayError
from headway.kernel.models import Record
from headway.kernel.registry import Kind
from tests.house.cases import CASES, use_cases
from tests.house.test_registry import ADDRESSES, SAMPLES, _records
from tests.house.trials import attempt
from tests.house.world import COST_RATE, Side, World, shared_world
from tests.standing import standing

pytestmark = pytest.mark.django_db
OUTSIDERS = ("client", "guest")
MOST_OTHERS = 12  # records without a name in the world that one address is tried with
# Words of side b, the name of its people, and the rates at cost of both.
FORBIDDEN = ("zanzibar", "foreign", "B-PROJECT", *(format(rate, "f") for rate in COST_RATE.values()))


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with (
        django_db_blocker.unblock(),
        standing(lambda: shared_world(tmp_path_factory.mktemp("world"))) as world,
    ):
        yield world


def forbidden_in(text: str) -> list[str]:
    folded = text.casefold()
    return [word for word in FORBIDDEN if word.casefold() in folded]


def test_the_markers_are_there_to_be_found(world: World) -> None:
    manager = world.context("foreign_manager")
    found = []
    for item in use_cases():
        if item.kind is not Kind.QUERY or item.internal:
            continue
        with contextlib.suppress(HeadwayError):  # what is not for managers, or not on this one's Desk
            found.append(canonical(item.call_json(manager, CASES[item.name].inputs(world, world.b, "foreign_manager"))))
    text = " ".join(found).casefold()
    assert "zanzibar" in text
    assert format(COST_RATE["b"], "f") in text


@pytest.mark.parametrize("who", OUTSIDERS)
def test_no_query_says_a_forbidden_word(world: World, who: str) -> None:
    answered = 0
    for item in use_cases():
        if item.kind is not Kind.QUERY or item.internal:
            continue
        for side in (world.a, world.b):
            inputs = CASES[item.name].inputs(world, side, who)
            try:
                text = canonical(item.call_json(world.context(who), inputs))
            except HeadwayError as error:
                text = canonical(error.as_problem())
            else:
                answered += 1
            assert forbidden_in(text) == [], (item.name, side.name)
    assert answered >= 4


@pytest.mark.parametrize("who", OUTSIDERS)
def test_no_visible_row_of_any_kind_belongs_to_the_other_side(world: World, who: str) -> None:
    ctx = world.context(who)
    theirs = {world.b.project, world.b.bare, world.b.empty}
    for model in _records():
        path = getattr(model, "project_path", None)
        if path is not None:
            rows = model.visible_to(ctx).filter(**{f"{path}__in": theirs})  # type: ignore[attr-defined]
            assert not rows.exists(), model._meta.label
            assert visible_q(ctx, model, path) is not None


def _in_query(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


@pytest.mark.parametrize("who", OUTSIDERS)
def test_no_answer_of_the_api_says_a_forbidden_word(world: World, who: str) -> None:
    token = people.make_token(world.context(who), name="reader", scopes=("read", "write")).token
    client, answered = Client(headers={"Authorization": f"Bearer {token}"}), 0
    for route in ROUTES:
        if route.method != "GET":
            continue
        case = CASES[route.use_case]
        for side in (world.a, world.b):
            inputs = {name: value for name, value in case.inputs(world, side, who).items() if value is not None}
            path = route.path.format(**inputs)
            query = {name: _in_query(value) for name, value in inputs.items() if f"{{{name}}}" not in route.path}
            answer = client.get(f"/api/v1{path}", query)
            assert answer.status_code in (200, 403, 404), (route, answer.content[:300])
            assert forbidden_in(answer.content.decode()) == [], (route, side.name)
            answered += answer.status_code == 200
    assert answered >= 4


@pytest.mark.parametrize("who", OUTSIDERS)
def test_no_page_says_a_forbidden_word(world: World, who: str) -> None:
    client, opened = Client(), 0
    client.get("/accounts/login/")  # the middleware that gives a session its times is loaded by the first request
    user = get_user_model().objects.get(email=f"{who}@example.org")
    with maintenance("a test signs in"):
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    for pattern, _ in ADDRESSES:
        if pattern.startswith(("api/", "accounts/", "healthz", "readyz", "mcp")):
            continue
        for key in ("A-PROJECT", "B-PROJECT") if "<key:" in pattern else ("A-PROJECT",):
            for address in _filled(pattern, key, world):
                answer = client.get(address)
                assert answer.status_code < 500, address
                assert "/accounts/login" not in answer.headers.get("Location", ""), (address, opened)
                if answer.status_code == 405:
                    break  # the page is not for looking at, whatever its numbers
                said = "" if answer.streaming else answer.content.decode(errors="replace")
                own_words = [word for word in forbidden_in(said) if word != "B-PROJECT" or key != "B-PROJECT"]
                assert own_words == [], address
                assert key == "A-PROJECT" or answer.status_code in (403, 404), address
                opened += answer.status_code == 200
    assert opened >= 4


def _filled(pattern: str, key: str, world: World) -> Iterator[str]:
    """The address with the records that its numbers may name; of several numbers each with one of the others'."""
    samples = {**SAMPLES, "key": key}
    plain = re.sub(r"<(key|slug|register|str|path):\w+>", lambda found: samples[found[1]], "/" + pattern)
    sides = (world.b,) if key == "B-PROJECT" else (world.a, world.b)
    choices = [_some(*_numbers(name, sides), plain) for name in re.findall(r"<int:(\w+)>", plain)]
    for place in range(max(map(len, choices), default=1)):
        left = iter(numbers[place % len(numbers)] for numbers in choices)
        yield re.sub(r"<int:\w+>", lambda _, left=left: str(next(left)), plain)  # type: ignore[misc]


def _some(named: list[int], others: list[int], address: str) -> list[int]:
    """Those the world names, and a part of the others, at each address another one."""
    parts = -(-len(others) // MOST_OTHERS)
    return named + (others[crc32(address.encode()) % parts :: parts] if others else [])


def _numbers(name: str, sides: tuple[Side, ...]) -> tuple[list[int], list[int]]:
    """What an address may name: records of its kind that the world names on these sides, and all others of its kind.

    Where there is none of its kind, records of every kind.
    """
    word = name.removesuffix("_id")
    named = [number for side in sides for kind, number in side.ids.items() if word in kind.split("_")]
    if len(sides) == 1 and named:
        return named, []
    found: set[int] = set()
    for model in _records():
        if word in re.sub(r"(?<=[a-z])(?=[A-Z])", " ", model.__name__).lower().split():
            found |= _values(model, "pk")
        elif word == "number" and any(field.name == word for field in model._meta.fields):  # within a project
            found |= {one for one in _values(model, word) if isinstance(one, int)}  # an invoice's is a text
    others = sorted(found.difference(named))
    return (named, others) if named or others else ([], sorted({one for side in sides for one in side.ids.values()}))


def _values(model: type[Record], field: str) -> set[int]:
    return set(model.unscoped(reason="numbers to try").values_list(field, flat=True))


def test_a_refused_try_of_every_command_says_no_forbidden_word(world: World) -> None:
    for item in use_cases():
        if item.kind is not Kind.COMMAND or item.internal:
            continue
        inputs = CASES[item.name].inputs(world, world.b, "client")
        answer = attempt(world, item, "client", inputs)
        if answer.seen is not None:
            assert forbidden_in(canonical(answer.seen[2])) == [], item.name
