"""The approvals area as a Django app."""

from importlib import import_module

from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    """Loads the area's use cases and policies."""

    name = "headway.areas.approvals"
    label = "approvals"

    def ready(self) -> None:
        """Register what the decorators declare."""
        for module in ("policies", "queries", "commands", "attention"):
            import_module(f"{self.name}.{module}")
