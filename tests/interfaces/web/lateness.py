"""The served house on a slow line and in a slow browser, for finding what a test or a page takes for granted.

`HEADWAY_TEST_LATE=400 HEADWAY_TEST_SLOW=6 pytest -m browser tests/interfaces/web` lets each request be begun and each
answer be sent up to 400 ms later, never twice alike, and gives each page a sixth of the processor.
"""

from __future__ import annotations

import os
import random
import threading
import time
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_started
from playwright.sync_api import BrowserContext, Page

_MOST = float(os.environ.get("HEADWAY_TEST_LATE", "0")) / 1000  # seconds
_SLOWER = float(os.environ.get("HEADWAY_TEST_SLOW", "1"))  # times
_chance = random.Random()


def be_late() -> None:
    """From now on, where that was asked for; what a test asks by itself, in its own thread, is not late."""
    if _MOST:
        request_started.connect(_wait, weak=False, dispatch_uid="tests.lateness")
        answer = WSGIHandler.get_response

        def get_response(self: WSGIHandler, request: Any) -> Any:
            response = answer(self, request)
            _wait()
            return response

        WSGIHandler.get_response = get_response  # type: ignore[method-assign]


def slow_pages(context: BrowserContext) -> None:
    """From now on, where that was asked for, the pages that a test opens in this window are slow."""
    if _SLOWER > 1:
        new_page = context.new_page

        def slow_page() -> Page:
            page = new_page()
            context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": _SLOWER})
            return page

        context.new_page = slow_page  # type: ignore[method-assign]


def _wait(**_: Any) -> None:
    if threading.current_thread() is not threading.main_thread():
        time.sleep(_chance.uniform(0, _MOST))
