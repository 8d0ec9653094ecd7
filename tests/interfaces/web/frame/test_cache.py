"""The cache of rate limits: shared, JSON, and forgetting in time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def test_a_value_comes_back_until_it_expires() -> None:
    with time_machine.travel(START, tick=False) as clock:
        cache.set("tries", [1.5, 2.5], timeout=60)
        assert cache.get("tries") == [1.5, 2.5]
        clock.shift(timedelta(seconds=61))
        assert cache.get("tries", "gone") == "gone"


def test_only_the_first_add_wins_until_it_expires() -> None:
    with time_machine.travel(START, tick=False) as clock:
        assert cache.add("lock", True, timeout=10)
        assert not cache.add("lock", True, timeout=10)
        clock.shift(timedelta(seconds=11))
        assert cache.add("lock", True, timeout=10)


def test_what_json_cannot_carry_is_refused() -> None:
    with pytest.raises(TypeError):
        cache.set("tries", object())
    assert cache.get("tries") is None


def test_rows_are_json_under_hashed_keys() -> None:
    cache.set("of:ada@example.org", {"count": 3})
    with connection.cursor() as cursor:
        cursor.execute("SELECT key, value FROM web_cache")
        ((key, value),) = cursor.fetchall()
    assert value == '{"count": 3}'
    assert "ada" not in key


def test_deleting_touching_and_clearing() -> None:
    with time_machine.travel(START, tick=False) as clock:
        cache.set("a", 1, timeout=10)
        assert cache.touch("a", timeout=100)
        clock.shift(timedelta(seconds=50))
        assert cache.get("a") == 1
        assert cache.delete("a")
        assert not cache.delete("a")
        assert not cache.touch("a")
        cache.set("b", None, timeout=None)
        assert "b" in cache
        cache.clear()
        assert "b" not in cache
