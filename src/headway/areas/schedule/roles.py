"""Roles that nobody has taken yet, which stand in a plan as resources: work for somebody to find, not too much work."""

from __future__ import annotations


def is_role(name: str, group: str) -> bool:
    """Whether a resource is a role to fill: it is called as its role is."""
    return bool(group) and group == name
