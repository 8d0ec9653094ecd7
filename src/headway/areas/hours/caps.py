"""Whether new hours may be billed: asked of the areas above, which know of budgets and their caps.

Hours that are logged ask; an import keeps what its file says, so that a second import of it changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Worked:
    """Whose hours these are and on what."""

    project_id: int
    person_id: int
    task_uid: int | None
    phase: str
    role: str


Cap = Callable[[Worked], bool]
_caps: list[Cap] = []


def stops_billing(cap: Cap) -> Cap:
    """Let an area above say that billing has stopped for some hours."""
    _caps.append(cap)
    return cap


def may_be_billed(worked: Worked) -> bool:
    """Whether no cap stands against billing these hours."""
    return not any(cap(worked) for cap in _caps)
