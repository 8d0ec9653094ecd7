"""The API through Django's own client, with a token for each role of the house."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client

from headway.areas.people import commands as people
from headway.areas.projects import commands as projects
from headway.areas.projects.types import Charter
from headway.kernel import settings
from headway.kernel.context import Context

BASE = "/api/v1"


@dataclass
class Api:
    """Requests of one token; '' = nobody's."""

    token: str
    client: Client = field(default_factory=Client)

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """One request with a JSON body; headers by name, '_' for '-'."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            named["Authorization"] = f"Bearer {self.token}"
        data = b"" if body is None else (body if isinstance(body, bytes) else json.dumps(body).encode())
        content_type = named.pop("Content-Type", "application/json")
        return self.client.generic(method, BASE + path, data, content_type=content_type, headers=named)


House = Callable[[str], Context]


@pytest.fixture
def api(house: House) -> Callable[..., Api]:
    """api('manager') makes requests with a token of the manager's that may read and write."""

    def of(who: str, *scopes: str, **limits: Any) -> Api:
        if not who:
            return Api("")
        made = people.make_token(house(who), name="test", scopes=scopes or ("read", "write"), **limits)
        return Api(made.token)

    return of


@pytest.fixture
def site(house: House) -> Charter:
    """A project of the manager's."""
    return projects.create(house("manager"), key="SITE", name="Acme web site")


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Set limits of calls a minute."""

    def be(**values: int) -> None:
        given = settings.read()
        changed = type(given)(**{name: values.get(name, getattr(given, name)) for name in given.__dataclass_fields__})
        monkeypatch.setattr(settings, "read", lambda: changed)

    return be
