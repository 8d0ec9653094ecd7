"""Runs `headway user` and `headway token`."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from headway.areas.people import commands, queries
from headway.areas.people.types import PersonRow, Role
from headway.areas.projects.queries import charter
from headway.interfaces.cli.acting import context, database_faults
from headway.interfaces.cli.calling import in_words, secret
from headway.interfaces.cli.output import DONE, Output, table
from headway.kernel.context import Channel, Context, system_context
from headway.kernel.errors import FieldError, Invalid
from headway.kernel.schema import to_json


def add_user(given: argparse.Namespace, out: Output) -> int:
    """Add a user; in an empty installation, set it up with its first administrator."""
    password = secret("password")
    with database_faults():
        if queries.first_administrator() is None and given.role == Role.ADMINISTRATOR.value and not given.as_user:
            row = commands.set_up(
                system_context("first user", channel=Channel.CLI).but(dry_run=given.dry_run),
                organisation=given.organisation or "My organisation",
                name=given.name,
                email=given.email,
                password=password,
            )
        else:
            row = commands.add_user(
                context(given),
                name=given.name,
                email=given.email,
                role=given.role,
                password=password,
                organisation=given.organisation,
            )
    out.answer(to_json(row), [f"Added {row.name} <{row.email}> as {row.org_role}."])
    return DONE


def set_password(given: argparse.Namespace, out: Output) -> int:
    """Give a user a new password."""
    password = secret("password")
    with database_faults():
        ctx = context(given)
        row = commands.set_password(ctx, person=_person(ctx, given.email).id, password=password)
    out.answer(to_json(row), [f"{row.name} <{row.email}> has a new password; all earlier sessions and tokens ended."])
    return DONE


def list_users(given: argparse.Namespace, out: Output) -> int:
    """All who can sign in."""
    with database_faults():
        ctx = context(given)
        found: list[PersonRow] = []
        cursor = ""
        while True:
            page = queries.persons(ctx, cursor=cursor, limit=200)
            found += [row for row in page.items if row.user_id is not None]
            cursor = page.next
            if not cursor:
                break
    rows = ((row.name, row.email, row.org_role, row.organisation, "" if row.active else "disabled") for row in found)
    out.answer({"users": to_json(found)}, table(("name", "e-mail", "role", "organisation", "state"), rows))
    return DONE


def make_token(given: argparse.Namespace, out: Output) -> int:
    """Make an access token for a user; the secret is shown once."""
    with database_faults():
        ctx = context(given)
        made = commands.make_token(
            ctx,
            name=given.name,
            scopes=tuple(scope.strip() for text in given.scope for scope in text.split(",") if scope.strip()),
            project_ids=tuple(charter(ctx, project=key).id for key in given.project) if given.project else None,
            expires_at=_instant(given.expires),
            person=_person(ctx, given.user).id,
        )
    out.answer(to_json(made), in_words(made.token))
    return DONE


def _person(ctx: Context, email: str) -> PersonRow:
    cursor = ""
    while True:
        page = queries.persons(ctx, search=email, cursor=cursor, limit=200)
        for row in page.items:
            if row.email.casefold() == email.casefold():
                return row
        cursor = page.next
        if not cursor:
            raise Invalid(f"There is nobody with the e-mail {email}.", fields=[FieldError("user", "unknown")])


def _instant(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid(f"'{text}' is no instant; give YYYY-MM-DDTHH:MM.", fields=[FieldError("expires", "")]) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
