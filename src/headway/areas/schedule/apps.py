"""The schedule area as a Django app."""

from importlib import import_module

from django.apps import AppConfig


class ScheduleConfig(AppConfig):
    """Loads the area's use cases and policies."""

    name = "headway.areas.schedule"
    label = "schedule"

    def ready(self) -> None:
        """Register what the decorators declare."""
        for module in (
            "policies",
            "queries",
            "milestones_hit",
            "explaining",
            "comparing",
            "faults",
            "repairs",
            "weeks",
            "forecasting",
            "simulating",
            "simulation_keeping",
            "my_tasks",
            "fields",
            "views",
            "exporting",
            "commands",
            "changing",
            "undoing",
            "pruning",
            "levelling",
            "past",
            "recalling",
            "updates",
            "asking",
            "answering",
            "figures",
            "chasing",
            "reactions",
            "attention",
            "chance_attention",
            "update_attention",
        ):
            import_module(f"{self.name}.{module}")
