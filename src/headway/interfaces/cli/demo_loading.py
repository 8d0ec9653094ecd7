"""Runs `headway demo load`."""

from __future__ import annotations

import argparse

from headway.interfaces.cli.acting import database_faults, owner
from headway.interfaces.cli.output import DONE, Output, table
from headway.journeys.demo import load_demo
from headway.kernel.context import Channel, system_context
from headway.kernel.schema import to_json


def run(_given: argparse.Namespace, out: Output) -> int:
    """Load the demo and show its users' one-time passwords."""
    operator = owner()
    with database_faults():
        users = load_demo(system_context("demo load", channel=Channel.CLI).but(operated_by=operator))
    rows = ((user.name, user.email, user.role, user.password) for user in users)
    out.answer({"users": to_json(users)}, table(("name", "e-mail", "role", "password"), rows))
    return DONE
