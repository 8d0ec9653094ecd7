"""The deliverables area as a Django app."""

from importlib import import_module

from django.apps import AppConfig


class DeliverablesConfig(AppConfig):
    """Loads the area's use cases, policies and reactions."""

    name = "headway.areas.deliverables"
    label = "deliverables"

    def ready(self) -> None:
        """Register what the decorators declare."""
        for module in ("policies", "queries", "commands", "parts", "reactions", "attention"):
            import_module(f"{self.name}.{module}")
