"""The metrics area as a Django app."""

from importlib import import_module

from django.apps import AppConfig


class MetricsConfig(AppConfig):
    """Loads the area's use cases and policies."""

    name = "headway.areas.metrics"
    label = "metrics"

    def ready(self) -> None:
        """Register what the decorators declare."""
        for module in ("policies", "queries", "comparing", "commands", "sampling", "taking", "attention"):
            import_module(f"{self.name}.{module}")
