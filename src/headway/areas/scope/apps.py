"""The scope area as a Django app."""

from importlib import import_module

from django.apps import AppConfig


class ScopeConfig(AppConfig):
    """Loads the area's use cases, policies and reactions."""

    name = "headway.areas.scope"
    label = "scope"

    def ready(self) -> None:
        """Register what the decorators declare."""
        modules = (
            "policies",
            "queries",
            "asked",
            "commands",
            "requests",
            "options",
            "option_risks",
            "impacts",
            "deciding",
            "attention",
        )
        for module in modules:
            import_module(f"{self.name}.{module}")
