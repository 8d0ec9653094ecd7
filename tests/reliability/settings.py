"""The product's own settings, with one more address to write to."""

from headway.config.settings.prod import *  # noqa: F403
from headway.config.settings.prod import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.reliability.apps.ReliabilityConfig"]
ROOT_URLCONF = "tests.reliability.urls"
