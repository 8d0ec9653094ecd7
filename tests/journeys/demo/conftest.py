"""The demo, loaded once for all of this folder, and its people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from headway.journeys.demo import DemoUser, load_demo
from headway.journeys.demo.house import acting
from headway.kernel.context import Context, system_context
from tests.standing import standing

WEDNESDAY = datetime(2026, 3, 4, 9, tzinfo=UTC)


@pytest.fixture(scope="package")
def users(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[DemoUser, ...]]:
    """Everybody of a demo that is taken away again behind the last test."""
    with (
        django_db_blocker.unblock(),
        standing(lambda: load_demo(system_context("demo").but(now=WEDNESDAY))) as loaded,
    ):
        yield loaded


def as_one(email: str) -> Context:
    """The context of somebody of the demo, on its day."""
    return acting(system_context("look").but(now=WEDNESDAY), email)


@pytest.fixture
def tom(users: tuple[DemoUser, ...]) -> Context:
    """The associate."""
    return as_one("tom@brightwater.example")


@pytest.fixture
def mara(users: tuple[DemoUser, ...]) -> Context:
    """The project manager."""
    return as_one("mara@brightwater.example")
