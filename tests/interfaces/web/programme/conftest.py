"""Two projects whose plans can wait for each other, looked at by their people."""

from __future__ import annotations

from tests.areas.programme.conftest import House, ids, tied

__all__ = ["House", "ids", "tied"]
