"""Puts the house together: use cases of the journeys, reactions, and the outside services that are set."""

from importlib import import_module

from django.apps import AppConfig

from headway.integrations.smtp_imap.adapter import SmtpMailer
from headway.kernel import ports, settings

DECLARING = (
    "headway.journeys.collecting",
    "headway.journeys.digests",
    "headway.journeys.housekeeping",
    "headway.journeys.imports",
    "headway.journeys.levelling",
    "headway.journeys.preparing",
    "headway.journeys.reminders",
    "headway.journeys.reports",
    "headway.journeys.month_pack",
    "headway.journeys.risk_forecast",
    "headway.config.first_sign_in",
)


class HeadwayConfig(AppConfig):
    """Loaded last, when every area has declared itself."""

    name = "headway.config"
    label = "house"

    def ready(self) -> None:
        """Register journeys and reactions, and provide the mail port."""
        for module in DECLARING:
            import_module(module)
        url = settings.read().smtp_url
        if url:
            ports.provide("mail", SmtpMailer.from_url(url))
