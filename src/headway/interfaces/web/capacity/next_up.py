"""The one thing to do next, as the Desk and My tasks show it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.backends.utils import csrf_input
from django.urls import reverse

from headway.areas.capacity.types import NextUp
from headway.interfaces.web.addresses import PAGES, go_url
from headway.interfaces.web.frame import Input, Source


def next_shown(request: HttpRequest, found: NextUp | None) -> dict[str, Any] | None:
    """What the page says of it: why it is next, where it opens, and the timer for a task."""
    if found is None:
        return None
    why = found.reason
    if found.consequence:
        why = f"{why}; {found.consequence}"
    return {
        "up": found,
        "why": why[:1].upper() + why[1:],
        "source": Source(
            formula=f"{found.points} points, the most of what you can do now",
            inputs=tuple(Input(words, "") for words in found.because),
            records=f"{found.project}: {found.what}" if found.project else found.what,
            short=f"Why this: {found.points} points",
        ),
        "href": go_url(found.kind, found.record_id) if found.kind in PAGES else "",
        "timer": found.is_task and found.project_id is not None,
        "timer_url": reverse("timer-start"),
        "back": request.path,
        "csrf_field": csrf_input(request),
    }
