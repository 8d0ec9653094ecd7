"""An SMTP server on loopback that misbehaves as told, and keeps what it took."""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass, field
from email.parser import BytesHeaderParser
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.postgres import free_port

MODES = ("ok", "451", "cut", "slow")
REFUSED = "refused@example.org"  # this receiver is answered 550 for good
SLOW_SECONDS = 0.4


@dataclass(frozen=True)
class Delivery:
    """One message that came whole. `answered` = the sender was told 250."""

    message_id: str
    content: bytes
    recipients: tuple[str, ...]
    answered: bool


@dataclass
class MailServer:
    """Each message meets one of the modes, chosen by seed: taken, put off, cut after the data, or slow.

    faults  how many of ten messages meet a fault.
    """

    seed: int = 0
    faults: int = 0
    deliveries: list[Delivery] = field(default_factory=list)
    modes_met: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)
        self._lock = threading.Lock()
        self._port = free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self._port, ready_timeout=20)

    @property
    def url(self) -> str:
        """Its address for HEADWAY_SMTP_URL."""
        return f"smtp://127.0.0.1:{self._port}"

    def __enter__(self) -> MailServer:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """The server's answer after the final dot."""
        content: Any = envelope.content
        recipients = tuple(envelope.rcpt_tos)
        mode = "550" if REFUSED in recipients else self._mode()
        with self._lock:
            self.modes_met[mode] = self.modes_met.get(mode, 0) + 1
        if mode == "451":
            return "451 Try again later"
        if mode == "550":
            return "550 No such person"
        if mode == "slow":
            time.sleep(SLOW_SECONDS)
        message_id = str(BytesHeaderParser().parsebytes(content)["Message-ID"])
        with self._lock:
            self.deliveries.append(Delivery(message_id, content, recipients, mode != "cut"))
        if mode == "cut":
            server.transport.abort()  # type: ignore[union-attr]
        return "250 Taken"

    def _mode(self) -> str:
        with self._lock:
            return self._chance.choice(MODES[1:]) if self._chance.randrange(10) < self.faults else "ok"

    def taken(self) -> dict[str, list[Delivery]]:
        """What came, by Message-ID."""
        found: dict[str, list[Delivery]] = {}
        for delivery in list(self.deliveries):
            found.setdefault(delivery.message_id, []).append(delivery)
        return found
