"""The hours area as a Django app."""

from importlib import import_module

from django.apps import AppConfig

MODULES = (
    *(
        "policies",
        "queries",
        "on_tasks",
        "approved",
        "weeks",
        "commands",
        "sheets",
        "timing",
        "quick",
        "correcting",
        "closing",
        "reporting",
    ),
    *("missing", "reminding", "meetings", "attention"),
)


class HoursConfig(AppConfig):
    """Loads the area's use cases and policies."""

    name = "headway.areas.hours"
    label = "hours"

    def ready(self) -> None:
        """Register what the decorators declare."""
        for module in MODULES:
            import_module(f"{self.name}.{module}")
