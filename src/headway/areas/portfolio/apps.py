"""The portfolio area as a Django app."""

from importlib import import_module

from django.apps import AppConfig


class PortfolioConfig(AppConfig):
    """Loads the area's use cases, policies and reactions."""

    name = "headway.areas.portfolio"
    label = "portfolio"

    def ready(self) -> None:
        """Register what the decorators declare."""
        for module in ("policies", "queries", "across", "accounts", "people", "commands", "reactions", "attention"):
            import_module(f"{self.name}.{module}")
