"""What the database refuses at run time reaches people as one of our own refusals."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DataError, IntegrityError, OperationalError, connection, transaction

from headway.areas.people import commands as people
from headway.areas.people import queries
from headway.areas.people.types import OrganisationKind
from headway.kernel import commands
from headway.kernel.commands import journey
from headway.kernel.context import Context, real_clock, system_context
from headway.kernel.database.faults import as_refusals
from headway.kernel.database.write_lock import allow_writes
from headway.kernel.errors import Conflict, HeadwayError, Invalid, Unavailable
from headway.kernel.models import Counter, IdempotencyKey, next_number
from headway.kernel.registry import use_case
from tests.kernel.database.connections import as_default, connection_to
from tests.migrated import migrated_url

House = Callable[[str], Context]


class _Answer(Exception):
    """A driver's error with PostgreSQL's five letters."""

    def __init__(self, sqlstate: str | None) -> None:
        self.sqlstate = sqlstate


def _refusal(fault: Exception, cause: Exception) -> HeadwayError:
    with pytest.raises(HeadwayError) as refusal, as_refusals():
        raise fault from cause
    return refusal.value


@pytest.mark.parametrize("sqlstate", ["55P03", "57014", "40P01", "40001", "08006", None])
def test_a_wait_that_took_too_long_and_a_lost_connection_are_for_later(sqlstate: str | None) -> None:
    refusal = _refusal(OperationalError("canceling statement due to lock timeout"), _Answer(sqlstate))
    assert (type(refusal), refusal.status) == (Unavailable, 503)
    assert "try again" in refusal.message


def test_a_double_is_a_conflict_and_a_value_that_does_not_fit_is_invalid() -> None:
    assert type(_refusal(IntegrityError("duplicate key"), _Answer("23505"))) is Conflict
    assert type(_refusal(IntegrityError("UNIQUE constraint failed: x"), sqlite3.IntegrityError())) is Conflict
    assert type(_refusal(DataError("value too long"), _Answer("22001"))) is Invalid


def test_our_own_mistakes_are_not_hidden() -> None:
    with pytest.raises(IntegrityError), as_refusals():
        raise IntegrityError("violates check constraint") from _Answer("23514")
    with pytest.raises(OperationalError), as_refusals():
        raise OperationalError("no such table: x") from sqlite3.OperationalError("no such table: x")


@pytest.mark.postgres
def test_a_command_that_waits_too_long_for_a_lock_is_unavailable(tmp_path: Path, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        url = migrated_url("postgresql", tmp_path)
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with as_default(connection_to(url, tmp_path)), allow_writes("test"), transaction.atomic():
            Counter.objects.create(name="held", last=0)
            held.set()
            done.wait(20)

    with django_db_blocker.unblock(), as_default(connection_to(url, tmp_path, options="-c lock_timeout=200ms")):
        thread = threading.Thread(target=hold)
        thread.start()
        held.wait(20)
        try:
            with pytest.raises(Unavailable), as_refusals(), allow_writes("test"), transaction.atomic():
                next_number("held")
            with connection.cursor() as cursor:
                cursor.execute("SET statement_timeout = '100ms'")
            slow = use_case("people.organisations")
            with pytest.raises(Unavailable):
                slow.runner(_slowed(slow), system_context("test"), {}, as_json=False)
        finally:
            done.set()
            thread.join(20)


def _slowed(slow: Any) -> Any:
    def sleep(ctx: Context, **_: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(5)")

    return replace(slow, function=sleep)


_ran: list[str] = []


@journey(permission="people.add_organisation", name="testing.found", internal="a journey of this test alone")
def found(ctx: Context, *, name: str) -> str:
    """Found an organisation in a step of its own, unless its name is bad."""
    _ran.append(name)
    if name == "Bad":
        raise Invalid("A bad name.")
    people.add_organisation(ctx, name=name, kind=OrganisationKind.CLIENT)
    return name


@pytest.mark.django_db
def test_a_journey_asked_for_again_while_it_runs_is_refused_and_one_that_died_runs_anew(house: House) -> None:
    ctx = house("manager").but(idempotency_key="k-1")
    _ran.clear()
    with allow_writes("test"):
        row = commands._known_key(found, ctx, {"name": "Contoso"})
        assert row is not None
        IdempotencyKey.objects.filter(pk=row.pk).update(claimed_at=real_clock())
    with pytest.raises(Conflict, match="still running"):
        found.call_json(ctx, {"name": "Contoso"})
    assert _ran == []
    with allow_writes("test"):
        IdempotencyKey.objects.filter(pk=row.pk).update(claimed_at=real_clock() - timedelta(hours=1))
    assert found.call_json(ctx, {"name": "Contoso"}) == "Contoso"
    assert found.call_json(ctx, {"name": "Contoso"}) == "Contoso"
    assert _ran == ["Contoso"]
    assert [row.name for row in queries.organisations(ctx)].count("Contoso") == 1


@pytest.mark.django_db
def test_a_journey_that_was_refused_may_be_asked_for_again_with_its_key(house: House) -> None:
    ctx = house("manager").but(idempotency_key="k-2")
    for _ in range(2):
        with pytest.raises(Invalid, match="bad name"):
            found.call_json(ctx, {"name": "Bad"})
