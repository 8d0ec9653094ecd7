"""Every use case stands on every door, or says why not; what is generated from them is up to date."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from tools.snapshots import ROOT, generated

from headway.interfaces.api.openapi import document
from headway.interfaces.api.routes import ROUTES
from headway.interfaces.cli import listing
from headway.interfaces.mcp import tools
from headway.interfaces.use_cases import offered, registered
from headway.kernel.registry import Kind, all_use_cases

GENERATED = generated()


def test_every_use_case_has_one_address_in_the_api() -> None:
    counted = Counter(route.use_case for route in ROUTES)
    assert set(counted) == {case.name for case in offered()}
    assert [name for name, count in counted.items() if count > 1] == []


def test_every_use_case_is_a_command_and_a_tool() -> None:
    commands = {verb["use_case"] for area in listing.areas().values() for verb in area["verbs"].values()}
    assert commands == {case.name for case in offered()}
    assert {tool["name"] for tool in tools.listing()} == {case.name.replace(".", "_") for case in offered()}


def test_what_is_internal_says_why() -> None:
    short = [case.name for case in all_use_cases() if case.internal and len(case.internal.split()) < 4]
    assert short == []


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_an_address_fits_its_use_case(route: tuple[str, str, str]) -> None:
    method, path, name = route
    case = registered(name)
    inputs = {parameter.name for parameter in case.signature.parameters}
    assert set(re.findall(r"{(\w+)}", path)) <= inputs
    assert (method == "GET") == (case.kind is Kind.QUERY)
    assert re.fullmatch(r"(/([a-z-]+|{\w+}))+", path)


def test_no_address_hides_another() -> None:
    shapes = Counter((route.method, re.sub(r"{\w+}", "{}", route.path)) for route in ROUTES)
    assert [shape for shape, count in shapes.items() if count > 1] == []


def test_the_description_is_whole() -> None:
    """Every reference leads somewhere, every operation has its own id and all refusals."""
    described = document()
    text = str(described)
    wanted = set(re.findall(r"#/components/schemas/(\w+)", text))
    assert wanted <= set(described["components"]["schemas"])
    operations = [operation for path in described["paths"].values() for operation in path.values()]
    assert len({operation["operationId"] for operation in operations}) == len(operations)
    for operation in operations:
        assert set(operation["responses"]) >= {"400", "401", "403", "404", "409", "412", "422", "428", "429", "503"}


@pytest.mark.parametrize("path", GENERATED, ids=lambda path: path.name)
def test_what_is_generated_is_up_to_date(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == GENERATED[path](), (
        f"{path.relative_to(ROOT)} is not what the use cases give. Run: python -m tools.snapshots"
    )
