"""Prepares an empty data folder and loads the demo into it; `first_start` runs this as a program of its own."""

from __future__ import annotations

import os
import sys

import django

from headway.config.processes import keep_files_private, loading

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "headway.config.settings.prod")
keep_files_private()
with loading():
    django.setup()

from headway.areas.people.queries import first_administrator  # noqa: E402 - models load only after django.setup()
from headway.config import data_folder, first_sign_in  # noqa: E402
from headway.journeys.demo import load_demo  # noqa: E402
from headway.kernel.context import system_context  # noqa: E402
from headway.kernel.errors import HeadwayError  # noqa: E402


def main() -> int:
    """Exit status 0 when there is somebody who can sign in."""
    try:
        data_folder.prepare()
    except HeadwayError as refusal:
        print(f"headway: {refusal.message}", file=sys.stderr)  # noqa: T201 - a command line's words
        return refusal.exit_status
    empty = first_administrator() is None
    if empty:
        print("First start: loading the demo projects ...", file=sys.stderr)  # noqa: T201 - as above
    users = load_demo(system_context("first start")) if empty else ()
    first_sign_in.keep(
        [
            {"name": one.name, "user": one.email, "role": one.role, "password": one.password, "title": one.title}
            for one in users
        ]
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
