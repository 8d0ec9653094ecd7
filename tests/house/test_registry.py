"""The declarations hold together: permissions, visibility rules, docstrings, events, and the doors' front."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from tools.permissions_page import PAGE, page

from headway.kernel import events
from headway.kernel.access import has_visible_rule, permission_table
from headway.kernel.models import Part, Record, Root
from headway.kernel.registry import Kind
from tests.house.cases import CASES, use_cases
from tests.house.trials import TABLE, model_of, references

SOURCE = Path(__file__).parents[2] / "src" / "headway"
MATRIX = json.loads((Path(__file__).parent / "matrix.json").read_text(encoding="utf-8"))
ROLES = {
    *("administrator", "senior_reader", "approver", "manager", "associate", "member", "tester", "client", "guest"),
    *("anyone", "signed_in", "staff", "system"),
}
# Permissions that pages and steps ask for by name, with no use case of their own.
ASKED_BY_NAME: frozenset[str] = frozenset()
# What nobody needs a permission for: one's own tokens, files, password, notices and stars.
ONES_OWN = {
    "people.make_token",
    "people.revoke_token",
    "files.keep",
    "imports.bring",
    "comms.mark_read",
    "comms.archive",
    "comms.archive_all",
    "comms.put_away",
    "comms.bring_back",
    "comms.set_aside",
    "comms.set_notices",
    "projects.star",
    "projects.unstar",
}
# Addresses that answer somebody who has not signed in. Each by its name, or its path where it has none.
OPEN_ADDRESSES = {
    "healthz": "whether the process lives; says no more",
    "readyz": "whether it can serve; says no more",
    "account_login": "signing in",
    "account_logout": "nobody is signed out already: it leads home",
    "account_inactive": "says that the account is off, to whoever comes",
    "account_reset_password": "asking for a link by mail; the answer is always the same",
    "account_reset_password_done": "says that a mail may have gone",
    "account_reset_password_from_key": "the mailed link; its secret is the proof",
    "account_reset_password_from_key_done": "says that the password was set",
    "account_signup": "says that one is invited; makes no account",
    "mfa_authenticate": "the second step; asks for the first one without it",
    "mfa_login_webauthn": "signing in by passkey",
    "invitation": "the mailed link; its secret is the proof",
    "news": "the mailed link; its signed key is the proof, for the tasks it names alone",
    "digest": "the link in a digest; its signature is the proof, for stopping that mail alone",
    "signed-in-again": "says to close the tab; knows nobody",
    "drawing-style": "colours of drawings, the same for all",
    "api-docs": "describes the programs' interface, without data",
    "api-description": "describes the programs' interface, without data",
}


def test_every_permission_exists_and_is_used() -> None:
    asked = {item.permission for item in use_cases()} | ASKED_BY_NAME
    assert asked - set(permission_table()) == set(), "not in areas/permissions.toml"
    assert set(permission_table()) - asked == set(), "in areas/permissions.toml, and nothing asks for it"


def test_every_permission_names_known_roles_and_says_what_it_is() -> None:
    for area, verbs in TABLE.items():
        for verb, row in verbs.items():
            assert set(row) <= {"about", "roles", "person_only"}, f"{area}.{verb}"
            assert row["roles"], f"{area}.{verb}"
            assert set(row["roles"]) <= ROLES, f"{area}.{verb}"
            assert re.fullmatch(r"[a-z].+[^.]", row["about"]), f"{area}.{verb}"


def _records() -> Iterator[type[Record]]:
    for model in apps.get_models():
        if issubclass(model, Record) and model.__module__.startswith("headway."):
            yield model


def test_every_root_has_a_visibility_rule_and_every_part_a_root() -> None:
    found = list(_records())
    assert len(found) > 30
    for model in found:
        if issubclass(model, Root):
            assert has_visible_rule(model), f"{model._meta.label} has no visibility rule"
            assert model.noun != "Record" or model._meta.abstract, f"{model._meta.label} has no noun"
        else:
            assert issubclass(model, Part)
            assert any(field.name == model.part_of for field in model._meta.fields), model._meta.label


def test_every_use_case_says_what_it_does_in_a_sentence() -> None:
    found = list(use_cases())
    assert len(found) > 120
    for item in found:
        assert re.match(r"[A-Z][^\n]{3,130}[.:]( |$)", item.summary), f"{item.name}: {item.summary!r}"
        assert not item.internal or len(item.internal.split()) > 3, f"{item.name}: say why it is internal"
        for parameter in item.signature.parameters:
            assert parameter.name == parameter.name.lower(), item.name


def test_every_command_is_refused_to_nobody_and_to_a_stranger() -> None:
    commands = [item for item in use_cases() if item.kind is Kind.COMMAND]
    assert len(commands) > 70
    for item in commands:
        anyone = "anyone" in permission_table()[item.permission].roles
        scoped = any(model_of(parameter).project_path is not None for parameter in references(item))
        for name in (name for name in CASES if name.split("/")[0] == item.name):
            own = MATRIX[name]["own"].get("ok", [])
            assert anyone or "nobody" not in own, name
            strange = scoped and item.name not in ONES_OWN and "foreign_manager" in own
            assert not strange, f"{name}: a stranger to the project may do it"
            assert anyone or item.name in ONES_OWN or "guest" not in own, f"{name}: a guest may do it"


def _all_events(kind: type[events.Event]) -> Iterator[type[events.Event]]:
    for below in kind.__subclasses__():
        yield below
        yield from _all_events(below)


def test_every_event_is_registered_and_named_in_the_past() -> None:
    ours = [kind for kind in _all_events(events.Event) if kind.__module__.startswith("headway.")]
    assert len(ours) >= 10
    for kind in ours:
        assert events._events.get(events.event_name(kind)) is kind, f"decorate {kind.__qualname__} with @event"
        assert kind.__doc__, kind.__qualname__
        assert re.search(r"(ed|Made|Begun|Taken|Sent|Given|Read|Set|Withdrawn)$", kind.__name__), kind.__name__


def _attributes(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute):
            yield node.lineno, node.attr


@pytest.mark.parametrize("room", ["interfaces", "reports", "integrations"])
def test_rows_come_only_through_the_doors(room: str) -> None:
    own_tables = {"cache.py"}  # the counters of the rate limits, which are no records
    found = [
        f"{path.relative_to(SOURCE)}:{line} {name}"
        for path in sorted((SOURCE / room).rglob("*.py"))
        if "migrations" not in path.parts and path.name not in own_tables
        for line, name in _attributes(path)
        if name in ("objects", "unscoped", "_base_manager", "_default_manager", "as_system")
    ]
    assert found == []


def _addresses(patterns: list[Any], before: str = "") -> Iterator[tuple[str, str]]:
    for item in patterns:
        if isinstance(item, URLResolver):
            yield from _addresses(item.url_patterns, before + str(item.pattern))
        elif isinstance(item, URLPattern):
            yield before + str(item.pattern), item.name or before + str(item.pattern)


SAMPLES = {"key": "A-PROJECT", "int": "1", "slug": "risks", "register": "risks", "str": "1", "path": "x"}


def _filled(pattern: str) -> str:
    plain = re.sub(r"\(\?P<uidb36>.*\$$", "1-set-password/", pattern).replace("^", "").replace("$", "")
    return "/" + re.sub(r"<(\w+):\w+>", lambda found: SAMPLES[found[1]], plain)


ADDRESSES = sorted(set(_addresses(get_resolver().url_patterns)))


def test_the_list_of_open_addresses_is_true() -> None:
    assert len(ADDRESSES) > 100
    assert set(OPEN_ADDRESSES) - {name for _, name in ADDRESSES} == set()


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
def test_every_other_address_wants_somebody_signed_in(method: str, house: Any) -> None:
    client = Client()
    let_in = []
    for pattern, name in ADDRESSES:
        if name in OPEN_ADDRESSES:
            continue
        answer = getattr(client, method)(_filled(pattern))
        to_sign_in = answer.status_code == 302 and "/accounts/login" in answer.headers["Location"]
        if not (to_sign_in or answer.status_code in (401, 403, 404, 405, 422)):
            let_in.append(f"{method.upper()} {pattern} ({name}): {answer.status_code}")
    assert let_in == []


def test_the_page_of_permissions_says_what_the_table_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "renew it: python -m tools.permissions_page"
