"""The web server of `headway serve`: granian over our WSGI application.

It loads the program once, and forks its workers from itself: they share what is loaded, and one that is replaced
answers at once. Nothing is connected and no thread of ours runs yet at that time.
"""

from __future__ import annotations

import argparse
import importlib
import os

import django
from django.conf import settings
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from headway.config.processes import end_with_supervisor, keep_files_private, loading

# More threads hurt pages that compute.
BLOCKING_THREADS = 2
RESPAWN_SECONDS = 0.5
# A worker that does not end by then is killed; what it had acknowledged is committed.
END_WITHIN_SECONDS = 6


def main() -> None:
    """Serve until told to end. A killed worker is replaced; without that switch it would end the server."""
    parser = argparse.ArgumentParser(prog="headway.config.web")
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--workers", type=int, required=True)
    given = parser.parse_args()
    keep_files_private()
    end_with_supervisor()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "headway.config.settings.prod")
    with loading():
        django.setup()
        importlib.import_module(settings.ROOT_URLCONF)
    Granian(
        "headway.config.wsgi:application",
        address=given.host,
        port=given.port,
        interface=Interfaces.WSGI,
        workers=given.workers,
        blocking_threads=BLOCKING_THREADS,
        websockets=False,
        respawn_failed_workers=True,
        respawn_interval=RESPAWN_SECONDS,
        workers_kill_timeout=END_WITHIN_SECONDS,
        log_level=LogLevels.warning,
    ).serve()


if __name__ == "__main__":
    main()
