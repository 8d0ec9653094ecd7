"""The estimates area as a Django app."""

from importlib import import_module

from django.apps import AppConfig


class EstimatesConfig(AppConfig):
    """Loads the area's use cases and policies."""

    name = "headway.areas.estimates"
    label = "estimates"

    def ready(self) -> None:
        """Register what the decorators declare."""
        for module in ("policies", "queries", "commands", "approving", "placing", "against"):
            import_module(f"{self.name}.{module}")
