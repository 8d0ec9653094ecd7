"""The capacity area as a Django app."""

from importlib import import_module

from django.apps import AppConfig


class CapacityConfig(AppConfig):
    """Loads the area's use cases, policies and reactions."""

    name = "headway.areas.capacity"
    label = "capacity"

    def ready(self) -> None:
        """Register what the decorators declare."""
        for module in ("policies", "queries", "details", "proposals", "next_up", "commands", "reactions"):
            import_module(f"{self.name}.{module}")
