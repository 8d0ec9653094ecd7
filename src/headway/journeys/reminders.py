"""Reminding people once an hour, each in their working time: of missing hours, and of figures they were asked for."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from headway.areas.hours import reminding
from headway.areas.schedule import chasing
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


@jobs.periodic("schedule.chase", every=timedelta(hours=1), outgoing=True)
def chase(_payload: dict[str, Any]) -> int:
    """Send the reminders of figures that are due now; gives how many. No mails while no mail server is set."""
    ctx = system_context("reminders of figures that were asked for", channel=Channel.JOB)
    made = 0
    for update in chasing.due(ctx, by_mail=ports.service("mail") is not None):
        try:
            made += chasing.send_chaser(ctx, update=update) > 0
        except Conflict:  # another worker has just made it: its number is unique
            continue
        except HeadwayError as refusal:  # an address that cannot be written to keeps nobody else's mail
            logger.warning("No reminder of request %s: %s", update, refusal.message)
    return made
