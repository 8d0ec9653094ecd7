"""The first start of `make run`: data folder, database, demo project, and who can sign in.

Later starts say the address and the passwords that still stand.
"""

from __future__ import annotations

import os
import sys

import django

from headway.config.processes import keep_files_private

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "headway.config.settings.prod")
keep_files_private()
django.setup()

from headway.areas.people.queries import first_administrator  # noqa: E402 - models load only after django.setup()
from headway.config import data_folder, first_sign_in  # noqa: E402
from headway.journeys.demo import load_demo  # noqa: E402
from headway.kernel import settings  # noqa: E402
from headway.kernel.context import system_context  # noqa: E402
from headway.kernel.errors import HeadwayError  # noqa: E402


def main() -> int:
    """Prepare where needed, then say where to sign in and as whom."""
    try:
        data_folder.prepare()
    except HeadwayError as refusal:
        print(f"headway: {refusal.message}", file=sys.stderr)  # noqa: T201 - a command line's words
        return refusal.exit_status
    if first_administrator() is None:
        print("First start: loading the demo project ...", file=sys.stderr)  # noqa: T201 - as above
        users = load_demo(system_context("first start"))
        first_sign_in.keep(
            [{"name": one.name, "user": one.email, "role": one.role, "password": one.password} for one in users]
        )
    _say()
    return 0


def _say() -> None:
    users = first_sign_in.known()
    lines = ["", f"Headway: {settings.read().base_url}", ""]
    if users:
        lines.append("Sign in as (one-time passwords; change them after the first sign-in):")
        width = max(len(user["user"]) for user in users)
        lines += [f"  {user['user']:<{width}}  {user['password']}  {user['role']}" for user in users]
        lines.append(f"Kept also in {first_sign_in.path()} until they are changed.")
    print("\n".join(lines), flush=True)  # noqa: T201 - as above


if __name__ == "__main__":
    sys.exit(main())
