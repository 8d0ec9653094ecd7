"""The file with the one-time passwords of the first start; a password leaves it when it is first changed."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from headway.areas.people.events import PasswordChanged
from headway.config.first_start import FILE
from headway.kernel import settings
from headway.kernel.context import Context
from headway.kernel.events import reacts_to


def path() -> Path:
    """Where it lies: in the data folder, readable by the owner alone."""
    return settings.read().home / FILE


def keep(users: list[dict[str, str]]) -> None:
    """Write the file whole, beside its place, and move it there."""
    beside = path().with_suffix(".new")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump({"address": settings.read().base_url, "users": users}, file, indent=1, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path())


def known() -> list[dict[str, Any]]:
    """The users whose first password still stands."""
    if not path().exists():
        return []
    users: list[dict[str, Any]] = json.loads(path().read_text(encoding="utf-8"))["users"]
    return users


@reacts_to(PasswordChanged)
def forget(ctx: Context, event: PasswordChanged) -> None:
    """Take a user out of the file once they have a password of their own."""
    users = known()
    left = [user for user in users if user["user"].lower() != event.email.lower()]
    if len(left) != len(users):
        keep(left)
