"""Runs `headway demo load` and `headway demo large`."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator

from headway.interfaces.cli.acting import database_faults, owner
from headway.interfaces.cli.output import DONE, Output, table
from headway.journeys.demo import DemoUser, load_demo, load_large
from headway.kernel.context import Channel, Context, system_context
from headway.kernel.schema import to_json


def load(_given: argparse.Namespace, out: Output) -> int:
    """Load the demo and show its users' one-time passwords."""
    ctx = _context("demo load")
    with database_faults():
        users = load_demo(ctx)
    out.answer({"users": to_json(users)}, _users(users))
    return DONE


def large(given: argparse.Namespace, out: Output) -> int:
    """Make a large portfolio; say how large, and who can sign in."""
    ctx = _context("demo large")
    with database_faults():
        made = load_large(ctx, count=given.projects, tasks=given.tasks, entries=given.entries, seed=given.seed)
    counts = f"{made.projects:,} projects, {made.tasks:,} tasks, {made.entries:,} time entries, {made.people:,} people"
    out.answer(to_json(made), (counts, "", *_users(made.users)))
    return DONE


def _context(reason: str) -> Context:
    return system_context(reason, channel=Channel.CLI).but(operated_by=owner())


def _users(users: Iterable[DemoUser]) -> Iterator[str]:
    rows = ((user.name, user.title, user.email, user.role, user.password) for user in users)
    return table(("name", "title", "e-mail", "role", "password"), rows)
