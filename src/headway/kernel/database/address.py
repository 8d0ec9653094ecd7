"""From one setting to Django's DATABASES entry."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

SQLITE_FILE = "headway.sqlite3"

# `journal_mode` is set by the start command alone, `foreign_keys` by Django.
SQLITE_OPTIONS: dict[str, Any] = {
    "timeout": 8,
    "transaction_mode": "IMMEDIATE",
    "init_command": (
        "PRAGMA synchronous=FULL;PRAGMA mmap_size=0;PRAGMA cache_size=-32000;"
        "PRAGMA temp_store=MEMORY;PRAGMA journal_size_limit=67108864"
    ),
}

# Nothing may hang longer than ten seconds; an acknowledged commit is on disk.
_POSTGRESQL_SESSION = {
    "statement_timeout": "9s",
    "lock_timeout": "8s",
    "idle_in_transaction_session_timeout": "15s",
    "synchronous_commit": "on",
}
_OWN_MACHINE = frozenset(["", "localhost", "127.0.0.1", "::1"])


def database_settings(url: str, home: Path) -> dict[str, Any]:
    """The DATABASES['default'] entry for HEADWAY_DATABASE_URL.

    url   '' for SQLite in the data folder; 'sqlite:///absolute/path', 'sqlite://:memory:', or
          'postgresql://user:password@host:port/name?sslmode=…' with percent-encoded parts. A host
          that begins with '/' (as %2F, or ?host=) is the folder of a local socket.
    Raises ImproperlyConfigured naming the setting and what is wrong, never the password.
    """
    if not url:
        return _sqlite(str(home / SQLITE_FILE))
    if url in ("sqlite://:memory:", "sqlite:///:memory:"):
        return _sqlite(":memory:")
    scheme = url.partition("://")[0]
    if scheme == "sqlite":
        path = unquote(url.partition("://")[2])
        if not path.startswith("/"):
            raise _wrong("a sqlite address needs an absolute path, as sqlite:///var/lib/headway/headway.sqlite3")
        return _sqlite("/" + path.lstrip("/"))
    if scheme in ("postgresql", "postgres"):
        return _postgresql(url)
    raise _wrong(f"'{scheme}' is not known; use postgresql://… or sqlite:///…, or leave it empty")


def _sqlite(name: str) -> dict[str, Any]:
    return {
        "ENGINE": "headway.kernel.database.sqlite",
        "NAME": name,
        "CONN_MAX_AGE": None,
        "ATOMIC_REQUESTS": False,
        "OPTIONS": dict(SQLITE_OPTIONS),
    }


def _postgresql(url: str) -> dict[str, Any]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise _wrong(f"{error}; percent-encode special characters of the password") from None
    name = unquote(parts.path.lstrip("/"))
    if not name:
        raise _wrong("the name of the database is missing after the last '/'")
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    host = query.pop("host", None) or unquote(parts.hostname or "")
    options: dict[str, Any] = {"connect_timeout": 5, **query}
    if not host.startswith("/") and host not in _OWN_MACHINE:
        options.setdefault("sslmode", "verify-full")
    session = " ".join(f"-c {key}={value}" for key, value in _POSTGRESQL_SESSION.items())
    options["options"] = f"{query.get('options', '')} {session}".strip()
    return {
        "ENGINE": "headway.kernel.database.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(port or query.get("port", "")),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
        "OPTIONS": options,
    }


def _wrong(what: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"HEADWAY_DATABASE_URL cannot be used: {what}.")
