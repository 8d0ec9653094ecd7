"""What asking for news and asking for figures share: whom one can ask, by when, and the words when it is done."""

from __future__ import annotations

from datetime import date, timedelta

from headway.areas.people.queries import persons
from headway.areas.people.types import PersonRow
from headway.kernel.access import may
from headway.kernel.context import Context

_DAYS_TO_ANSWER = 3
_MOST_PERSONS = 200


def prepared(made: int, drafts: int) -> str:
    """What became of so many requests, of which so many go by mail."""
    told = f"{made - drafts} {'person finds' if made - drafts == 1 else 'people find'} the request in the inbox."
    mails = f"{drafts} {'mail waits' if drafts == 1 else 'mails wait'} for approval before anything leaves."
    return " ".join(said for said, count in ((told, made - drafts), (mails, drafts)) if count)


def some_days_on(today: date) -> date:
    """The day by which an answer is wanted, if nothing else is said."""
    found = today
    left = _DAYS_TO_ANSWER
    while left:
        found += timedelta(days=1)
        left -= found.weekday() < 5
    return found


def active_persons(ctx: Context) -> tuple[PersonRow, ...]:
    """Everybody who could be asked, for who may see people."""
    return persons(ctx, active=True, limit=_MOST_PERSONS).items if may(ctx, "people.read") else ()


def is_number(text: str) -> bool:
    """Whether a text of a form is the number of a record."""
    return text.isascii() and text.isdigit() and len(text) < 15
