"""The kernel as a Django app: its tables, and the write lock on every connection."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created

from headway.kernel.database.write_lock import install


def _lock(connection: object, **_: object) -> None:
    install(connection)  # type: ignore[arg-type]


class KernelConfig(AppConfig):
    """Installs the write lock when a connection opens."""

    name = "headway.kernel"
    label = "kernel"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Hook every new connection."""
        connection_created.connect(_lock, dispatch_uid="headway.write_lock")
