"""The people area as a Django app."""

from importlib import import_module

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Loads the area's use cases and policies."""

    name = "headway.areas.people"
    label = "people"

    def ready(self) -> None:
        """Register what the decorators declare."""
        for module in ("policies", "queries", "away", "commands", "leave"):
            import_module(f"{self.name}.{module}")
