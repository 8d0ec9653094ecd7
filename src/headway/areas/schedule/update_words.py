"""The words of requests for news: what the mails say. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from headway.areas.schedule.update_types import Rung

LINK_SHOWN = "(here stands the person's own link)"
_OPENINGS = {
    Rung.BEFORE: "A friendly reminder: your news of the tasks below is wanted tomorrow.",
    Rung.DUE: "A friendly reminder: your news of the tasks below is wanted today.",
    Rung.LATE: "Your news of the tasks below is still missing. A line on each is enough; what you know now will do.",
}


@dataclass(frozen=True, slots=True)
class NamedDays:
    """A task as a mail names it."""

    name: str
    start: datetime | None
    finish: datetime | None


def subject_of(rung: Rung, project: str, count: int) -> str:
    """The mail's subject."""
    what = f"news of {count} {'task' if count == 1 else 'tasks'} of {project}"
    return f"Your {what}, please" if rung is Rung.ASK else f"Reminder: your {what}"


def body_of(rung: Rung, *, person: str, words: str, tasks: Sequence[NamedDays], due: date, asked_by: str) -> str:
    """The mail's text, before its foot."""
    first = words.strip() if rung is Rung.ASK else _OPENINGS[rung]
    opening = first or f"How far are the tasks below? Please answer by {_day(due)}."
    lines = [f"- {task.name}{_span(task)}" for task in tasks]
    ending = f"Answer wanted by {_day(due)}."
    return "\n".join([f"Dear {person},", "", opening, "", *lines, "", ending, "", "Kind regards", asked_by])


def foot_of(link: str, expires_at: datetime) -> str:
    """What stands under each mail: the way to answer."""
    return (
        f"Answer here, without signing in: {link}\n"
        f"The link is for you alone, for this request alone, and good until {_day(expires_at.date())}. "
        "What you save can be completed later; it is sent when you press Send."
    )


def shown_of(to: str, subject: str, body: str, expires_at: datetime) -> str:
    """All of a mail as an approver sees it: the link alone is not shown."""
    return f"To: {to}\nSubject: {subject}\n\n{body}\n\n{foot_of(LINK_SHOWN, expires_at)}"


def digest_of(shown: str, update_id: int) -> str:
    """SHA-256 of exactly what was shown, and of which request it is."""
    return hashlib.sha256(json.dumps([shown, update_id]).encode()).hexdigest()


def _span(task: NamedDays) -> str:
    if task.start is None or task.finish is None:
        return ""
    return f" (planned {_day(task.start.date())} to {_day(task.finish.date())})"


def _day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b %Y}"
