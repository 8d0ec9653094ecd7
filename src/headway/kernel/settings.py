"""The typed settings, read once from the environment. What a person may change at run time is a record.

Every field is documented in docs/reference/settings.md, which a test compares with this list.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import platformdirs


@dataclass(frozen=True, slots=True)
class Settings:
    """All that the environment may say.

    home           HEADWAY_HOME: data folder; default the platform's user data folder.
    database_url   HEADWAY_DATABASE_URL: postgresql://…; default SQLite in the data folder.
    base_url       HEADWAY_BASE_URL: address in links and mails; default http://localhost:8000.
    smtp_url       HEADWAY_SMTP_URL: smtp://user:password@host:port, smtps://…; empty = mail is not sent.
    imap_url       HEADWAY_IMAP_URL: where mail is read from; empty = none.
    time_zone      HEADWAY_TIME_ZONE: IANA name; default UTC.
    production     HEADWAY_ENV=production: HEADWAY_NOW refused, cookies demand https.
    mail_from      HEADWAY_MAIL_FROM: sender of all mail.
    token_reads    HEADWAY_TOKEN_READS: reads a minute that one access token may ask of the API; 0 = no limit.
    token_writes   HEADWAY_TOKEN_WRITES: the same for writes.
    mcp_calls      HEADWAY_MCP_CALLS: tool calls a minute over MCP; 0 = no limit.
    """

    home: Path
    database_url: str
    base_url: str
    smtp_url: str
    imap_url: str
    time_zone: str
    production: bool
    mail_from: str
    token_reads: int = 6000
    token_writes: int = 3000
    mcp_calls: int = 60


@cache
def read() -> Settings:
    """Read the environment; refuses a pinned clock in production."""
    env = os.environ
    production = env.get("HEADWAY_ENV", "") == "production"
    if production and env.get("HEADWAY_NOW"):
        raise SystemExit("HEADWAY_NOW pins the clock and is refused when HEADWAY_ENV=production. Unset one of them.")
    home = Path(env.get("HEADWAY_HOME") or platformdirs.user_data_dir("headway"))
    base = env.get("HEADWAY_BASE_URL") or f"http://localhost:{env.get('PORT', '8000')}"
    return Settings(
        home=home.expanduser().resolve(),
        database_url=env.get("HEADWAY_DATABASE_URL", ""),
        base_url=base.rstrip("/"),
        smtp_url=env.get("HEADWAY_SMTP_URL", ""),
        imap_url=env.get("HEADWAY_IMAP_URL", ""),
        time_zone=env.get("HEADWAY_TIME_ZONE", "UTC"),
        production=production,
        mail_from=env.get("HEADWAY_MAIL_FROM", "Headway <headway@localhost>"),
        token_reads=_whole(env, "HEADWAY_TOKEN_READS", 6000),
        token_writes=_whole(env, "HEADWAY_TOKEN_WRITES", 3000),
        mcp_calls=_whole(env, "HEADWAY_MCP_CALLS", 60),
    )


def _whole(env: Mapping[str, str], name: str, default: int) -> int:
    given = env.get(name) or str(default)
    if not given.isascii() or not given.isdigit():
        raise SystemExit(f"{name} is '{given}'; give a whole number of calls a minute, or 0 for no limit.")
    return int(given)


def secret_key() -> str:
    """HEADWAY_SECRET_KEY, else the data folder's own, made at first use and readable by the owner alone."""
    given = os.environ.get("HEADWAY_SECRET_KEY")
    if given:
        return given
    return _kept_secret(read().home / "secret-key", length=48)


def set_up_code_file() -> Path:
    """Where the code lies by which the first administrator is made in the browser; gone once there is one."""
    return read().home / "set-up-code"


def set_up_code() -> str:
    """That code, made at first use: whoever can read the data folder may set Headway up."""
    return _kept_secret(set_up_code_file(), length=18)


def _kept_secret(path: Path, *, length: int) -> str:
    """The secret in a file that the owner alone can read; made at first use from `length` random bytes."""
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = secrets.token_urlsafe(length)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    return key
