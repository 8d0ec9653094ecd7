"""Sending mails of notices: every few minutes whoever's working day has begun gets theirs, each once."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from headway.areas.comms import digests
from headway.kernel import jobs, ports
from headway.kernel.context import Channel, system_context
from headway.kernel.errors import Conflict, HeadwayError

logger = logging.getLogger(__name__)


@jobs.periodic("digests.send", every=timedelta(minutes=5), outgoing=True)
def send(_payload: dict[str, Any]) -> int:
    """Put the mails of notices that are due now into the outbox; gives how many. None while no mail server is set."""
    if ports.service("mail") is None:
        return 0
    ctx = system_context("mails of notices", channel=Channel.JOB)
    made = 0
    for person, rule, upto in list(digests.due(ctx.now)):
        try:
            made += digests.send_notices(ctx, person=person, rule=rule, upto=upto) is not None
        except Conflict:  # another worker has just made it: its key is unique
            continue
        except HeadwayError as refusal:  # an address that cannot be written to keeps nobody else's mail
            logger.warning("No mail of notices for person %s: %s", person, refusal.message)
    return made
