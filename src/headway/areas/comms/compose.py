"""A mail as bytes: one header per field, quoted-printable text, files attached. Pure."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping, Sequence
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, getaddresses

from headway.kernel.errors import FieldError, Invalid

MAX_RECIPIENTS = 200


def _one_line(text: str, field: str) -> str:
    if any(char in text for char in "\r\n\x00\x85\u2028\u2029"):
        raise Invalid(f"The {field} must be one line.", fields=[FieldError(field, "remove the line break")])
    return text


def address(text: str) -> Address:
    """One address from 'Name <a@b>' or 'a@b'; Invalid names what is wrong."""
    found = getaddresses([_one_line(text, "recipients")])
    name, spec = found[0] if len(found) == 1 else ("", "")  # of several, all but one would be dropped in silence
    local, _, domain = spec.rpartition("@")
    if not local or not domain:
        raise Invalid(
            f"'{text}' is not one mail address. Give each receiver by itself, as a@b.example or Name <a@b.example>.",
            fields=[FieldError("recipients", "not one address", value=text)],
        )
    return Address(name, local, domain)


def automatic(sender: str) -> dict[str, str]:
    """What the head of a mail says that no person wrote: nobody's program is to answer it (RFC 3834)."""
    return {
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "X-Loop": address(sender).addr_spec,
    }


def message(
    *,
    recipients: Sequence[str],
    subject: str,
    body: str,
    attachments: Sequence[tuple[str, bytes]],
    sender: str = "",
    message_id: str = "",
    at: datetime | None = None,
    html: str = "",
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """The finished mail.

    Without sender, id and instant it is a draft that mail programs open for editing (X-Unsent: 1).

    html     the body once more, for programs that show it so. headers: further lines of the head, by name.
    """
    if not 1 <= len(recipients) <= MAX_RECIPIENTS:
        raise Invalid(f"A mail goes to 1 to {MAX_RECIPIENTS} recipients.", fields=[FieldError("recipients", "count")])
    mail = EmailMessage(policy=SMTP)
    if sender:
        mail["From"] = address(sender)
        mail["Message-ID"] = message_id
        mail["Date"] = format_datetime(at) if at else ""
    else:
        mail["X-Unsent"] = "1"
    mail["To"] = [address(item) for item in recipients]
    mail["Subject"] = _one_line(subject, "subject")
    for name, value in (headers or {}).items():
        mail[name] = _one_line(value, name)
    mail.set_content(body, cte="quoted-printable")
    if html:
        mail.add_alternative(html, subtype="html", cte="quoted-printable")
    for name, content in attachments:
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        main, _, sub = kind.partition("/")
        mail.add_attachment(content, maintype=main, subtype=sub, filename=_one_line(name, "attachment"))
    return mail.as_bytes()
