"""Lets every process of the installation under test know the ledger."""

from django.apps import AppConfig


class ReliabilityConfig(AppConfig):
    """Loads the ledger's command and job."""

    name = "tests.reliability"

    def ready(self) -> None:
        """Register them."""
        from tests.reliability import ledger  # noqa: F401
