"""Fixed-text mails of the sign-in pages (reset, confirmation) through the outbox, to the person concerned alone.

They need no approval; the outbox shows that they went, never their text, which may hold a secret link.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from headway.areas.comms import commands as comms
from headway.kernel.context import system_context


class OutboxBackend(BaseEmailBackend):
    """Django's mail backend over our outbox."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Queue each message; the delivery job sends it."""
        for mail in email_messages:
            comms.queue(
                system_context("sign-in mail"),
                event_key=f"system:{secrets.token_hex(16)}",
                subject_kind="",
                subject_id=0,
                project_id=None,
                approval_id=None,
                recipients=tuple(mail.to),
                subject=str(mail.subject),
                body=str(mail.body),
            )
        return len(email_messages)
