"""The desk area as a Django app."""

from importlib import import_module

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """Loads the area's use cases and policies."""

    name = "headway.areas.desk"
    label = "desk"

    def ready(self) -> None:
        """Register what the decorators declare."""
        for module in ("policies", "queries", "commands"):
            import_module(f"{self.name}.{module}")
