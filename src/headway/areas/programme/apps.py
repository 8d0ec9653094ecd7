"""The programme area as a Django app."""

from importlib import import_module

from django.apps import AppConfig


class ProgrammeConfig(AppConfig):
    """Loads the area's use cases, policies and reactions."""

    name = "headway.areas.programme"
    label = "programme"

    def ready(self) -> None:
        """Register what the decorators declare."""
        for module in ("policies", "queries", "commands", "following", "reactions", "attention"):
            import_module(f"{self.name}.{module}")
