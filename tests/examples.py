"""How many examples a property is tried with: a part of them in every run, all when they are asked for.

HYPOTHESIS_PROFILE=thorough tries all of them, =explore as many others each time; both are for long runs.
"""

from __future__ import annotations

import os

PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "steady")
_PART = 1.0 if PROFILE in ("thorough", "explore") else 0.4


def examples(most: int) -> int:
    """Of so many, those of this run."""
    return max(1, round(most * _PART))
