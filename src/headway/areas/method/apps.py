"""The method area as a Django app."""

from importlib import import_module

from django.apps import AppConfig


class MethodConfig(AppConfig):
    """Loads the area's use cases and policies."""

    name = "headway.areas.method"
    label = "method"

    def ready(self) -> None:
        """Register what the decorators declare."""
        for module in ("policies", "queries", "checklists", "gates", "rules", "recurring", "commands", "attention"):
            import_module(f"{self.name}.{module}")
