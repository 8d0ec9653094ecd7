"""The comms area as a Django app."""

from importlib import import_module

from django.apps import AppConfig

_DECLARING = (
    "policies",
    "queries",
    "discussions",
    "settings",
    "watching",
    "commands",
    "inboxes",
    "digests",
    "commenting",
    "reactions",
    "attention",
)


class CommsConfig(AppConfig):
    """Loads the area's use cases, policies and jobs."""

    name = "headway.areas.comms"
    label = "comms"

    def ready(self) -> None:
        """Register what the decorators declare."""
        for module in _DECLARING:
            import_module(f"{self.name}.{module}")
