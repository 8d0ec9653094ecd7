"""What every test of a use case needs: a house with people, made through commands, at a frozen instant."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from headway.kernel.context import Channel, Context, system_context
from tests.counting import Counting
from tests.examples import PROFILE, examples
from tests.left_out import LeftOut

# The same examples in every run, so that a change alone can break a test. Looking for new ones is a task of its own:
# HYPOTHESIS_PROFILE=explore draws others each time, and keeps what it finds; =thorough tries more of the same.
# None of them judges how long an example takes: on a busy machine that says nothing.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
patient = settings.get_profile("patient")
settings.register_profile("steady", patient, derandomize=True, max_examples=examples(100))
settings.register_profile("quick", patient, derandomize=True, max_examples=examples(100))
settings.register_profile("thorough", patient, derandomize=True)
settings.register_profile("explore", patient)
settings.load_profile(PROFILE)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Runs of a part of the tests."""
    told = "leave out the test functions that this file lists (tests/left_out.py)"
    parser.addoption("--without", type=Path, action="append", default=[], help=told)


def pytest_configure(config: pytest.Config) -> None:
    """Count tests by what they need."""
    config.pluginmanager.register(Counting(), "headway-counting")
    for left in config.getoption("--without"):
        config.pluginmanager.register(LeftOut(left), f"headway-{left.stem}")


def pytest_collection_finish() -> None:
    """What was loaded lives as long as the run: the collector need not look at it again in every test."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # a Monday
PASSWORD = "correct horse battery staple"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: Any) -> None:
    """The tests' database is copied from a migrated one."""
    from tests.migrated import fill_from_migrated

    with django_db_blocker.unblock():
        fill_from_migrated()


@pytest.fixture(scope="session", autouse=True)
def static_files_are_found_once() -> None:
    """Each client of a test loads the middleware anew: the first finds the static files, the others take them over.

    One that is written again later is noticed, as under a running server.
    """
    from headway.interfaces.web.static_files import ServedFiles

    find = ServedFiles.add_files_from_finders
    found: dict[str, dict[str, Any]] = {}

    def add(served: Any) -> None:
        if not found:
            find(served)
            found.update(files=dict(served.files), _known=dict(served._known))
        served.files.update(found["files"])
        served._known.update(found["_known"])

    ServedFiles.add_files_from_finders = add


@pytest.fixture(autouse=True)
def fresh_charts() -> None:
    """Charts, plans and lines kept in the process belong to another test's database."""
    for name in (
        "schedule.charting",
        "schedule.comparing",
        "schedule.faults",
        "schedule.keeping",
        "schedule.past",
        "projects.keeping",
        "portfolio.people",
        "capacity.keeping",
    ):
        module = sys.modules.get(f"headway.areas.{name}")
        if module is not None:
            module.forget()


@pytest.fixture
def as_user(db: None) -> Callable[[str], Context]:
    """The context of a user by e-mail, as the web workspace makes it."""
    return _as_user


def _as_user(email: str) -> Context:
    from headway.areas.people import queries as people

    user_id = people.user_by_email(email)
    assert user_id is not None, email
    actor = people.actor_of(user_id)
    assert actor is not None
    return Context(actor=actor, now=NOW, channel=Channel.WEB)


@pytest.fixture
def house(db: None, as_user: Callable[[str], Context]) -> Callable[[str], Context]:
    """An organisation with one user per role, named by the role: house('manager') is its context."""
    from tests.made_once import made_once

    made_once(_house)
    return lambda who: as_user(f"{who}@example.org")


def _house() -> None:
    from headway.areas.people import commands as people
    from headway.areas.people.types import OrganisationKind, Role

    system = system_context("set up").but(now=NOW)
    people.set_up(
        system, organisation="Northwind", name="Ada Admin", email="administrator@example.org", password=PASSWORD
    )
    admin = _as_user("administrator@example.org")
    acme = people.add_organisation(admin, name="Acme", kind=OrganisationKind.CLIENT)
    rival = people.add_organisation(admin, name="Rival", kind=OrganisationKind.CLIENT)
    names = {
        Role.SENIOR_READER: "Sena Senior",
        Role.APPROVER: "Abel Approver",
        Role.MANAGER: "Mona Manager",
        Role.ASSOCIATE: "Asha Associate",
        Role.MEMBER: "Max Member",
        Role.TESTER: "Tess Tester",
        Role.CLIENT: "Cleo Client",
        Role.GUEST: "Gus Guest",
    }
    for role, name in names.items():
        home = acme.id if role is Role.CLIENT else None
        people.add_user(
            admin, name=name, email=f"{role.value}@example.org", role=role, password=PASSWORD, organisation=home
        )
    people.add_user(
        admin,
        name="Rita Rival",
        email="rival@example.org",
        role=Role.CLIENT,
        password=PASSWORD,
        organisation=rival.id,
    )
    people.add_user(admin, name="Sid Stranger", email="stranger@example.org", role=Role.MANAGER, password=PASSWORD)
