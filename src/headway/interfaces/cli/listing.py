"""The generated commands as a committed listing, so that help and usage need neither Django nor the registry.

`python -m tools.snapshots` renews it; a test sees that it is what the registry gives.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

PATH = Path(__file__).with_name("listing.json")


@cache
def areas() -> dict[str, Any]:
    """Areas by name: what they are, and their verbs with options."""
    found: dict[str, Any] = json.loads(PATH.read_text(encoding="utf-8"))["areas"]
    return found
