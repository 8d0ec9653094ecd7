"""Keys of new projects, for who types none."""

from __future__ import annotations

import re
import unicodedata
from itertools import count

from headway.areas.projects.models import Project

_KEY_LETTERS = 12  # of a key that is made of a name


def free_key(name: str) -> str:
    """A key for a new project, made of the first word of its name that serves, that no project has."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().upper()
    words = [word[:_KEY_LETTERS] for word in re.findall(r"[A-Z][A-Z0-9]*", plain)]
    base = next((word for word in words if len(word) > 2), words[0] if words else "PROJECT")
    taken = set(Project.unscoped(reason="keys are unique").filter(key__startswith=base).values_list("key", flat=True))
    return next(key for number in count(1) if (key := base if number == 1 else f"{base}-{number}") not in taken)
