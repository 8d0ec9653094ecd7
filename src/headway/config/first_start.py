"""What `make run` does before it serves: the demo at the first start, then who can sign in.

Later starts only read the file of the first one; Django is not loaded for that.
"""

from __future__ import annotations

import json
import subprocess
import sys

from headway.kernel import settings

FILE = "first-start.json"


def main() -> int:
    """Load the demo where nobody has started yet, then say where to sign in and as whom."""
    path = settings.read().home / FILE
    if not path.exists():
        loaded = subprocess.run([sys.executable, "-m", "headway.config.loading_demo"], check=False)
        if loaded.returncode != 0:
            return loaded.returncode
    users = json.loads(path.read_text(encoding="utf-8"))["users"]
    lines = ["", f"Headway: {settings.read().base_url}", ""]
    if users:
        lines.append("Sign in as (one-time passwords; change them after the first sign-in):")
        width = max(len(user["user"]) for user in users)
        lines += [f"  {user['user']:<{width}}  {user['password']}  {_who(user)}" for user in users]
        lines.append(f"Kept also in {path} until they are changed.")
    print("\n".join(lines), flush=True)  # noqa: T201 - a command line's words
    return 0


def _who(user: dict[str, str]) -> str:
    """The role, and in a demo the name and title behind it."""
    title = user.get("title", "")
    return f"{user['role']:<13}  {user['name']}, {title}" if title else user["role"]


if __name__ == "__main__":
    sys.exit(main())
