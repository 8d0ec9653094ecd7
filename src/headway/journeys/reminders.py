"""Reminding people of missing hours: once an hour, whoever works then and is due, each once a week."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from headway.areas.hours import reminding
from headway.kernel import jobs, ports
from headway.kernel.context import Channel, system_context
from headway.kernel.errors import Conflict, HeadwayError

logger = logging.getLogger(__name__)


@jobs.periodic("hours.remind", every=timedelta(hours=1), outgoing=True)
def remind(_payload: dict[str, Any]) -> int:
    """Put the reminders that are due now into the outbox; gives how many. None while no mail server is set."""
    if ports.service("mail") is None:
        return 0
    ctx = system_context("reminders of missing hours", channel=Channel.JOB)
    made = 0
    for person in list(reminding.due(ctx)):
        try:
            made += reminding.send_reminder(ctx, person=person) is not None
        except Conflict:  # another worker has just made it: its key is unique
            continue
        except HeadwayError as refusal:  # an address that cannot be written to keeps nobody else's mail
            logger.warning("No reminder for person %s: %s", person, refusal.message)
    return made
