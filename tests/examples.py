"""How many examples a property is tried with: a part of them in every run, all when they are asked for.

HYPOTHESIS_PROFILE=quick tries few, for the fast set; =thorough tries all of them, =explore as many others each time,
for long runs.
"""

from __future__ import annotations

import os

PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "steady")
_PART = {"quick": 0.1, "steady": 0.4}.get(PROFILE, 1.0)


def examples(most: int) -> int:
    """Of so many, those of this run."""
    return max(1, round(most * _PART))
