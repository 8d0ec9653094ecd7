"""Fails when a model differs from its migrations."""

import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "headway.config.settings.test")

import django
from django.core.management import call_command

import headway  # noqa: F401 - sets the SQLite build before Django loads one


def main() -> None:
    """Exit 1 with the names of the changes."""
    django.setup()
    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=1)


if __name__ == "__main__":
    sys.exit(main())
