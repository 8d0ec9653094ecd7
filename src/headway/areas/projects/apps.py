"""The projects area as a Django app."""

from importlib import import_module

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    """Loads the area's use cases and policies, and tells the kernel where project roles are kept."""

    name = "headway.areas.projects"
    label = "projects"

    def ready(self) -> None:
        """Register what the decorators declare."""
        for module in ("policies", "queries", "histories", "commands", "recalling", "attention"):
            import_module(f"{self.name}.{module}")
