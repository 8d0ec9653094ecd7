"""Outside services by name: whoever needs one declares a Protocol, an integration provides it."""

from __future__ import annotations

from typing import Any

_providers: dict[str, Any] = {}


def provide(name: str, service: Any) -> None:
    """Make a service available; called by config at start, and by tests."""
    _providers[name] = service


def service(name: str) -> Any:
    """The provided service, or None when there is none."""
    return _providers.get(name)
