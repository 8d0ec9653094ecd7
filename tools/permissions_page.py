"""Writes docs/reference/permissions.md from the permission table: `python -m tools.permissions_page`."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "src/headway/areas/permissions.toml"
PAGE = ROOT / "docs/reference/permissions.md"
ROLES = (
    ("administrator", "Admin"),
    ("senior_reader", "Senior reader"),
    ("approver", "Approver"),
    ("manager", "Manager"),
    ("associate", "Associate"),
    ("member", "Member"),
    ("tester", "Tester"),
    ("client", "Client"),
    ("guest", "Guest"),
)
OUTSIDE = ("client", "guest")
INTRODUCTION = """\
# Permissions

Made from `src/headway/areas/permissions.toml` by `python -m tools.permissions_page`; a test compares the two.

Roles are held on a project. Administrators and senior readers hold theirs on every project. Where an act concerns no
project, the role in the organisation counts. What a role may do, it may do with records that it can see: a member with
their own hours, a client with what was sent to them or is shown to them for approval. A record that somebody may not
see answers as one that does not exist.

✓ may. **P** may, as a person in the workspace: an access token, and so an agent, is refused.
"""


def page() -> str:
    """The page's text."""
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    parts = [INTRODUCTION]
    for area, verbs in table.items():
        parts.append(f"\n## {area.title()}\n")
        parts.append("| Permission | To | " + " | ".join(title for _, title in ROLES) + " |")
        parts.append("|---|---|" + ":-:|" * len(ROLES))
        for verb, row in verbs.items():
            mark = "**P**" if row.get("person_only") else "✓"
            cells = [mark if _may(role, row["roles"]) else "" for role, _ in ROLES]
            parts.append(f"| `{area}.{verb}` | {row['about']}{_more(row['roles'])} | " + " | ".join(cells) + " |")
    return "\n".join(parts) + "\n"


def _may(role: str, roles: list[str]) -> bool:
    everybody = {"signed_in", "anyone"} & set(roles)
    return role in roles or bool(everybody) or ("staff" in roles and role not in OUTSIDE)


def _more(roles: list[str]) -> str:
    if "anyone" in roles:
        return " (also without signing in)"
    return " (Headway itself)" if "system" in roles else ""


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
