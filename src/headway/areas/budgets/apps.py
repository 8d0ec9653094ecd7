"""The budgets area as a Django app."""

from importlib import import_module

from django.apps import AppConfig

_MORE = (
    *("alert_rules", "alerting", "alert_mails", "retainer_ledger", "retainers"),
    *("costs", "expenses", "expense_correcting", "commitments", "invoiced", "invoices", "exchange"),
)
_FIGURES = (
    *("by_part", "by_period", "causes", "cost_margin", "people_time", "progress", "realising"),
    *("statements", "status"),
)


class BudgetsConfig(AppConfig):
    """Loads the area's use cases, policies and reactions."""

    name = "headway.areas.budgets"
    label = "budgets"

    def ready(self) -> None:
        """Register what the decorators declare."""
        for module in ("policies", "queries", "commands", *_MORE, *_FIGURES, "reactions", "attention", "capping"):
            import_module(f"{self.name}.{module}")
