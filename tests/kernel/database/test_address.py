"""From one setting to a database entry."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from headway.kernel.database.address import database_settings

HOME = Path("/var/lib/headway")


def test_without_an_address_the_data_folder_holds_sqlite() -> None:
    entry = database_settings("", HOME)
    assert entry["ENGINE"] == "headway.kernel.database.sqlite"
    assert entry["NAME"] == "/var/lib/headway/headway.sqlite3"
    assert entry["ATOMIC_REQUESTS"] is False
    assert entry["CONN_MAX_AGE"] is None


def test_sqlite_by_path_and_in_memory() -> None:
    assert database_settings("sqlite:///srv/a%20b.db", HOME)["NAME"] == "/srv/a b.db"
    assert database_settings("sqlite://:memory:", HOME)["NAME"] == ":memory:"


def test_percent_encoded_parts_are_decoded() -> None:
    entry = database_settings("postgresql://hea%40d:p%2Fw%3A%40rd%25@localhost:5433/head%20way", HOME)
    assert (entry["USER"], entry["PASSWORD"], entry["NAME"]) == ("hea@d", "p/w:@rd%", "head way")
    assert (entry["HOST"], entry["PORT"]) == ("localhost", "5433")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "%2Frun%2Fpostgresql", ""])
def test_this_machine_needs_no_certificate(host: str) -> None:
    entry = database_settings(f"postgresql://u:p@{host}/headway", HOME)
    assert "sslmode" not in entry["OPTIONS"]


def test_another_host_is_verified_unless_told_otherwise() -> None:
    assert database_settings("postgresql://u:p@db.example/headway", HOME)["OPTIONS"]["sslmode"] == "verify-full"
    told = database_settings("postgres://u:p@db.example/headway?sslmode=require", HOME)
    assert told["OPTIONS"]["sslmode"] == "require"


def test_a_socket_folder_may_come_as_host_of_the_query() -> None:
    entry = database_settings("postgresql:///headway?host=/run/postgresql", HOME)
    assert entry["HOST"] == "/run/postgresql"
    assert "host" not in entry["OPTIONS"]


def test_nothing_may_hang_longer_than_ten_seconds() -> None:
    options = database_settings("postgresql:///headway", HOME)["OPTIONS"]
    assert options["connect_timeout"] == 5
    assert "statement_timeout=9s" in options["options"]
    assert "lock_timeout=8s" in options["options"]
    assert "synchronous_commit=on" in options["options"]


@pytest.mark.parametrize(
    ("url", "what"),
    [
        ("mysql://u:secretpw@h/x", "mysql"),
        ("postgresql://u:secretpw@h/", "name of the database"),
        ("postgresql://u:secretpw@h:port/x", "HEADWAY_DATABASE_URL"),
        ("sqlite://relative.db", "absolute"),
    ],
)
def test_a_wrong_address_is_named_without_its_password(url: str, what: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=what) as refusal:
        database_settings(url, HOME)
    assert "secretpw" not in str(refusal.value)
