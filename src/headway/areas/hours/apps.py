"""The hours area as a Django app."""

from importlib import import_module

from django.apps import AppConfig


class HoursConfig(AppConfig):
    """Loads the area's use cases and policies."""

    name = "headway.areas.hours"
    label = "hours"

    def ready(self) -> None:
        """Register what the decorators declare."""
        for module in ("policies", "queries", "on_tasks", "weeks", "commands", "sheets", "timing", "attention"):
            import_module(f"{self.name}.{module}")
