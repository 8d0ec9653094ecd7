"""Hands mails to an SMTP server, with certificates checked.

STARTTLS is used wherever the server offers it, and demanded of any host that is not this machine.
"""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from headway.areas.comms.types import Refusal

_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_TIMEOUT_SECONDS = 10


@dataclass(frozen=True, slots=True)
class SmtpMailer:
    """The mail port over one SMTP server."""

    host: str
    port: int
    user: str
    password: str
    tls: bool

    @classmethod
    def from_url(cls, url: str) -> SmtpMailer:
        """From smtp://user:password@host:port or smtps://…; raises ValueError naming what is wrong."""
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ValueError("HEADWAY_SMTP_URL must read smtp://host:port or smtps://host:port.")
        tls = parts.scheme == "smtps"
        port = parts.port or (465 if tls else 587)
        return cls(parts.hostname, port, unquote(parts.username or ""), unquote(parts.password or ""), tls)

    def send(self, *, sender: str, recipients: list[str], message: bytes) -> None:
        """Send; returns after the server's 250. Raises Refusal for 5xx."""
        try:
            server = self._connected()
            try:
                refused = server.sendmail(sender, recipients, message)
            finally:
                _leave(server)
        except smtplib.SMTPRecipientsRefused as error:
            answers = list(error.recipients.values())
            if all(500 <= code < 600 for code, _ in answers):
                raise Refusal(_words(answers[0])) from error
            raise
        except smtplib.SMTPResponseException as error:
            if 500 <= error.smtp_code < 600 and not isinstance(error, smtplib.SMTPConnectError):
                raise Refusal(_words((error.smtp_code, error.smtp_error))) from error
            raise
        if refused:
            names = ", ".join(f"{name} ({_words(answer)})" for name, answer in refused.items())
            raise Refusal(f"Taken for the others, refused for {names}.")

    def _connected(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self.tls:
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=_TIMEOUT_SECONDS, context=context)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=_TIMEOUT_SECONDS)
            server.ehlo()
            if self.host not in _LOOPBACK or server.has_extn("starttls"):
                server.starttls(context=context)
        if self.user:
            server.login(self.user, self.password)
        return server


def _leave(server: smtplib.SMTP) -> None:
    """Say goodbye; what the server answers to that changes nothing about the mail."""
    with contextlib.suppress(smtplib.SMTPException, OSError):
        server.quit()
    server.close()


def _words(answer: tuple[int, bytes | str]) -> str:
    code, text = answer
    return f"{code} {text.decode(errors='replace') if isinstance(text, bytes) else text}"
