"""As whom the command line acts: HEADWAY_TOKEN, else --as USER, else the first administrator.

The latter two are for the owner of the data folder alone, and the audit keeps the operating-system user beside them.
"""

from __future__ import annotations

import argparse
import getpass
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError

from headway.areas.people import commands, queries
from headway.kernel import settings
from headway.kernel.context import Channel, Context, clock, system_context
from headway.kernel.errors import Conflict, Denied, HeadwayError, Invalid, SignInRequired, Unavailable

FIRST_ADMINISTRATOR = "administrator@localhost"


def context(given: argparse.Namespace) -> Context:
    """The context of one command, with its --dry-run, --if-match and --reason."""
    return _actor(getattr(given, "as_user", None)).but(
        dry_run=bool(getattr(given, "dry_run", False)),
        expected_version=getattr(given, "if_match", None),
        reason=getattr(given, "reason", "") or "",
    )


def _actor(as_user: str | None) -> Context:
    secret = os.environ.get("HEADWAY_TOKEN", "")
    if secret and as_user:
        raise Invalid("HEADWAY_TOKEN is set, and so is --as. Unset the one or leave out the other.")
    if secret:
        found = commands.context_of_token(secret.strip(), channel=Channel.CLI)
        if found is None:
            raise SignInRequired("The token in HEADWAY_TOKEN is unknown, expired or revoked.")
        return found
    operator = owner()
    user_id = queries.user_by_email(as_user) if as_user else queries.first_administrator() or _first()
    actor = queries.actor_of(user_id) if user_id else None
    if actor is None:
        raise Invalid(f"There is no active user {as_user}. Give the e-mail that this person signs in with.")
    return Context(actor=actor, now=clock(), channel=Channel.CLI, operated_by=operator)


def owner() -> str:
    """The operating-system user, who must own the data folder."""
    home = settings.read().home
    if not home.is_dir():
        raise Unavailable(f"There is no data folder {home}. Make it with 'headway init'.")
    if hasattr(os, "geteuid") and home.stat().st_uid != os.geteuid():
        raise Denied(f"The data folder {home} belongs to another user. Set HEADWAY_TOKEN to act with a token.")
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # no name for this user id
        return f"user {os.geteuid()}"


def _first() -> int | None:
    """An installation without anybody gets its first administrator, who cannot sign in before a password is set."""
    nobody_yet = system_context("first use of the command line", channel=Channel.CLI)
    try:
        commands.set_up(
            nobody_yet,
            organisation="My organisation",
            name="Administrator",
            email=FIRST_ADMINISTRATOR,
            password=secrets.token_urlsafe(24),
        )
    except Conflict:
        raise Denied("There is no active administrator. Say as whom to act: --as E-MAIL.") from None
    sys.stderr.write(
        f"Made the first administrator, {FIRST_ADMINISTRATOR}. "
        f"To sign in, give it a password: headway user passwd {FIRST_ADMINISTRATOR}\n"
    )
    return queries.first_administrator()


@contextmanager
def database_faults() -> Iterator[None]:
    """Say in words what a database that is not ready, or busy, says in its own."""
    try:
        yield
    except DatabaseError as error:
        if isinstance(error.__cause__, HeadwayError):
            raise error.__cause__ from error
        said = str(error)
        if "no such table" in said or "does not exist" in said or "unable to open" in said:
            raise Unavailable("The database is not ready. Run 'headway init', or 'headway upgrade'.") from error
        if "no such column" in said:
            raise Unavailable("The database belongs to another version. Run 'headway upgrade'.") from error
        if "locked" in said or "timeout" in said:
            raise Unavailable("The database is busy. Try again in a few seconds.") from error
        raise
