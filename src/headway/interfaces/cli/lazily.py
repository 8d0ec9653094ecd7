"""Loads Django only for commands that need it: most of the start's time is Django's."""

from __future__ import annotations

import importlib
import logging
import os
from types import ModuleType

SETTINGS = "headway.config.settings.prod"


def with_django(module: str) -> ModuleType:
    """Set Django up, unless it is, and import a module that needs it. New files are the owner's alone from here on."""
    if "DJANGO_SETTINGS_MODULE" not in os.environ:
        os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
        os.umask(0o077)
        logging.disable(logging.CRITICAL)  # an error is one message on standard error, which the command writes
    importlib.import_module("django").setup()
    return importlib.import_module(module)
