"""The health pages, and one address that appends to the ledger."""

from django.urls import path

from headway.config.health import healthz, readyz
from tests.reliability.ledger import append_view

urlpatterns = [path("healthz", healthz), path("readyz", readyz), path("append", append_view)]
