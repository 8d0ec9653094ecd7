"""How reports, uploaded documents and mails are worded on their pages."""

from __future__ import annotations

from headway.areas.comms.types import MailState
from headway.areas.deliverables.types import Format, ShareState, VersionState

FORMATS = {
    Format.DOCX: "Word",
    Format.PPTX: "PowerPoint",
    Format.XLSX: "Excel",
    Format.PDF: "PDF",
    Format.HTML: "Web page",
    Format.MD: "Markdown",
}
# Words and tone of each state.
VERSIONS = {
    VersionState.DRAFT: ("Draft", ""),
    VersionState.IN_REVIEW: ("Waits for approval", "amber"),
    VersionState.APPROVED: ("Approved", "green"),
    VersionState.REJECTED: ("Refused", "red"),
    VersionState.SENT: ("Sent", "green"),
}
SHARES = {
    ShareState.INSIDE: ("Inside only", ""),
    ShareState.ASKED: ("Waits for approval", "amber"),
    ShareState.SHARED: ("Shared with the client", "green"),
    ShareState.REFUSED: ("Sharing refused", "red"),
    ShareState.WITHDRAWN: ("Taken back", ""),
}
MAILS = {
    MailState.QUEUED: ("On its way", "amber"),
    MailState.HELD: ("Held back after a restore", "amber"),
    MailState.SENT: ("Sent", "green"),
    MailState.FAILED: ("Failed", "red"),
    MailState.DROPPED: ("Taken back", ""),
}


def listed(names: tuple[str, ...], most: int = 3) -> str:
    """The first of some names, and how many more there are."""
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def many(count: int, noun: str) -> str:
    """'1 report', '3 reports'."""
    return f"{count} {noun}{'' if count == 1 else 's'}"
