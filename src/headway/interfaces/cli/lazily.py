"""Loads Django only for commands that need it: most of the start's time is Django's."""

from __future__ import annotations

import importlib
import logging
import os
import subprocess
import sys
from types import ModuleType

from headway.kernel import settings
from headway.kernel.errors import Unavailable

SETTINGS = "headway.config.settings.prod"
_PREPARE = "headway.config.operations"  # a program of its own, as for `headway init`


def with_django(module: str) -> ModuleType:
    """Set Django up, unless it is, and import a module that needs it. New files are the owner's alone from here on."""
    if "DJANGO_SETTINGS_MODULE" not in os.environ:
        os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
        os.umask(0o077)
        logging.disable(logging.CRITICAL)  # an error is one message on standard error, which the command writes
        _prepare_first()
    importlib.import_module("django").setup()
    return importlib.import_module(module)


def _prepare_first() -> None:
    """Make the data folder and database where there is none yet, so that the first command of all just works."""
    found = settings.read()
    if found.database_url or (found.home / "headway.sqlite3").exists():
        return
    done = subprocess.run([sys.executable, "-m", _PREPARE, "prepare"], check=False, stdout=subprocess.DEVNULL)
    if done.returncode != 0:
        raise Unavailable(f"The data folder {found.home} could not be prepared. Run 'headway doctor'.")
