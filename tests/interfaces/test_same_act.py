"""The same act through API, command line and MCP: the same answer, the same audit row, the same refusal."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from headway.areas.people import commands as people
from headway.areas.projects import commands as projects
from headway.interfaces.api.routes import ROUTES
from headway.interfaces.cli import listing
from headway.interfaces.cli.main import main
from headway.interfaces.mcp import tools
from headway.kernel.commands import maintenance
from headway.kernel.context import Channel, Context
from headway.kernel.models import AuditEntry

pytestmark = pytest.mark.django_db
House = Callable[[str], Context]
Said = tuple[Any, str]  # the answer or the problem, and its code; '' when it was done
DOORS = ("api", "cli", "mcp")

ACTS: dict[str, dict[str, Any]] = {
    "projects.add_risk": {"project": "SITE", "title": "Late", "probability": 3, "impact": 4},
    "projects.create": {"key": "NEW", "name": "New"},
    "projects.set_member": {"project": "SITE", "person": "member@example.org", "role": "member"},
    "projects.show": {"project": "NOPE"},
    "projects.risks": {"project": "SITE"},
    "projects.list": {"limit": 0},
    "people.add_organisation": {"name": "Acme Two", "kind": "client"},
    "people.invite": {"name": "X", "email": "x@example.org", "role": "member"},
    "people.set_role": {"person": "member@example.org", "role": "administrator"},
    "people.revoke_token": {"token": 99},
    "schedule.start_plan": {"project": "SITE", "start": "2026-03-02"},
    "schedule.show": {"project": "SITE"},
    "hours.log": {"project": "SITE", "day": "2026-03-02", "hours": "7.5", "note": "Design"},
    "hours.set_rate": {"kind": "bill", "rate": "100", "currency": "EUR", "first": "2026-01-01"},
    "hours.approve": {"project": "SITE", "first": "2026-03-02", "last": "2026-03-08"},
    "budgets.list": {"project": "SITE"},
    "imports.apply": {"batch": 5},
    "reports.send": {"version": 1},
    "comms.outbox": {},
}


@pytest.fixture
def secrets(house: House) -> dict[str, str]:
    """A token for each who asks; the project SITE is the manager's."""
    projects.create(house("manager"), key="SITE", name="Acme web site")
    asking = ("manager", "member", "client", "stranger")
    made = {name: people.make_token(house(name), name="test", scopes=("read", "write")).token for name in asking}
    made["reader"] = people.make_token(house("manager"), name="test", scopes=("read",)).token
    return made


def _by_api(secret: str, name: str, inputs: dict[str, Any]) -> Said:
    route = next(route for route in ROUTES if route.use_case == name)
    path, rest = route.path, dict(inputs)
    for key in inputs:
        if "{" + key + "}" in path:
            path = path.replace("{" + key + "}", str(rest.pop(key)))
    headers = {"Authorization": f"Bearer {secret}"}
    client = Client()
    if route.method in ("GET", "DELETE"):
        response = client.generic(
            route.method, f"/api/v1{path}", QUERY_STRING="&".join(f"{k}={v}" for k, v in rest.items()), headers=headers
        )
    else:
        response = client.generic(
            route.method, f"/api/v1{path}", json.dumps(rest), content_type="application/json", headers=headers
        )
    body = response.json()
    return body, "" if response.status_code < 300 else body["code"]


def _by_command_line(
    secret: str, name: str, inputs: dict[str, Any], monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> Said:
    area, verb = name.split(".")
    assert verb.replace("_", "-") in listing.areas()[area]["verbs"]
    monkeypatch.setenv("HEADWAY_TOKEN", secret)
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    options = [part for key, value in inputs.items() for part in ("--" + key.replace("_", "-"), str(value))]
    capsys.readouterr()
    status = main([area, verb.replace("_", "-"), *options, "--json"])
    body = json.loads(capsys.readouterr().out)
    return body, "" if status == 0 else body["code"]


def _by_mcp(secret: str, name: str, inputs: dict[str, Any]) -> Said:
    ctx = people.context_of_token(secret, channel=Channel.MCP)
    assert ctx is not None
    answer = tools.call(ctx, name.replace(".", "_"), inputs)
    body = json.loads(answer.text)
    return (body, body["code"]) if answer.is_error else (body["data"], "")


def _audited() -> dict[str, Any]:
    entry = AuditEntry.objects.order_by("-id").values("use_case", "actor_name", "scope", "detail").first()
    assert entry is not None
    return dict(entry)


@pytest.mark.parametrize("asking", ["manager", "reader", "member", "client", "stranger"])
@pytest.mark.parametrize("name", ACTS)
def test_the_same_act_has_one_verdict(
    secrets: dict[str, str], name: str, asking: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    secret, inputs = secrets[asking], ACTS[name]
    said: dict[str, Said] = {}
    audited: dict[str, Any] = {}
    for door in DOORS:
        mark = transaction.savepoint()
        if door == "api":
            said[door] = _by_api(secret, name, inputs)
        elif door == "cli":
            said[door] = _by_command_line(secret, name, inputs, monkeypatch, capsys)
        else:
            said[door] = _by_mcp(secret, name, inputs)
        audited[door] = _audited()
        with maintenance("back to the start"):
            transaction.savepoint_rollback(mark)
    assert _alike(said["api"]) == _alike(said["cli"]) == _alike(said["mcp"])
    assert _alike(audited["api"]) == _alike(audited["cli"]) == _alike(audited["mcp"])


_OWN = frozenset({"at", "id", "scope"})  # a new project's entry has its id as scope


def _alike(value: Any) -> Any:
    """Without what differs from one try to the next: instants, ids (a sequence does not roll back), numbers as text."""
    if isinstance(value, dict):
        return {name: _alike(item) for name, item in value.items() if not name.endswith("_at") and name not in _OWN}
    if isinstance(value, list | tuple):
        return [_alike(item) for item in value]
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
