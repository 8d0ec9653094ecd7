"""Connections of our engines made by hand, apart from the test database."""

from headway.kernel.database.elsewhere import as_default, connection_to

__all__ = ["as_default", "connection_to"]
