"""The workspace as a Django app."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Holds the templates, the static files and the table of rate limits."""

    name = "headway.interfaces.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Workspace"
