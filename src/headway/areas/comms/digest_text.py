"""The words of a mail of notices, as text and as HTML: grouped by project, summarised over the cap. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from headway.areas.comms.types import MailRule, NoticeReason

MOST_LINES = 20  # of one mail; what is more is counted by reason
_WORDS = {
    NoticeReason.ASSIGNED: "given to you",
    NoticeReason.MENTIONED: "mentions of you",
    NoticeReason.DUE: "due",
    NoticeReason.APPROVAL: "to approve",
    NoticeReason.DECIDED: "decided",
    NoticeReason.MOVED: "moved",
    NoticeReason.JOINED: "roles of yours",
    NoticeReason.DELEGATED: "handed on to you",
    NoticeReason.ANSWERED: "answers",
    NoticeReason.ASKED: "asked of you",
    NoticeReason.FOLLOWED: "on what you follow",
}
_WHY = {
    MailRule.WEEKLY: "You get this once a week, when your working week begins.",
    MailRule.DAILY: "You get this once a day, when your working day begins.",
    MailRule.URGENT: "This does not wait for your digest.",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A notice as a mail tells it. project: '' = of none. more: things told along. href: where it leads."""

    reason: NoticeReason
    project: str
    text: str
    more: int
    by: str
    href: str

    @property
    def said(self) -> str:
        """'Milestone Live moved 4 days later, and 59 others (Mona Manager)'."""
        along = f", and {self.more} other{'' if self.more == 1 else 's'}" if self.more else ""
        return f"{self.text}{along}{f' ({self.by})' if self.by else ''}"


@dataclass(frozen=True, slots=True)
class DigestText:
    """A mail's subject, its words twice, and its further headers."""

    subject: str
    body: str
    html: str
    headers: dict[str, str]


def written(
    lines: Sequence[Line], *, name: str, rule: MailRule, more: int, inbox: str, choose: str, stop: str
) -> DigestText:
    """The mail of some notices, the newest first.

    more    notices beside `lines`, which are only counted. inbox, choose: addresses of the inbox and of one's settings.
    stop    the address that stops these mails.
    """
    count = len(lines) + more
    shown, rest = lines[:MOST_LINES], lines[MOST_LINES:]
    groups = _by_project(shown)
    summary = _summary(rest, more)
    why = _WHY[rule]
    end = [f"Your inbox: {inbox}", "", why, f"Choose when and what you are told: {choose}", f"Stop these mails: {stop}"]
    body = [f"{name}, {_waits(count)} in your inbox.", ""]
    for project, group in groups:
        body += [project, *(f"- {line.said}\n  {line.href}" for line in group), ""]
    body += [summary, ""] if summary else []
    return DigestText(
        subject=_subject(lines, count, rule),
        body="\n".join([*body, *end, ""]),
        html=_html(groups, name, count, summary, why, inbox, choose, stop),
        headers={"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
    )


def _subject(lines: Sequence[Line], count: int, rule: MailRule) -> str:
    if count == 1:
        return " ".join(lines[0].said.split())[:200]
    return f"{count} notices {'need you now' if rule is MailRule.URGENT else 'wait in your inbox'}"


def _waits(count: int) -> str:
    return "1 notice waits" if count == 1 else f"{count} notices wait"


def _by_project(lines: Iterable[Line]) -> list[tuple[str, list[Line]]]:
    groups: dict[str, list[Line]] = {}
    for line in lines:
        groups.setdefault(line.project, []).append(line)
    return [(project or "Not of a project", group) for project, group in groups.items()]


def _summary(rest: Sequence[Line], more: int) -> str:
    """'And 59 more: 40 moved, 19 due.'"""
    if not rest and not more:
        return ""
    counted = Counter(line.reason for line in rest)
    said = [f"{number} {_WORDS[reason]}" for reason, number in counted.most_common()]
    said += [f"{more} older"] if more else []
    return f"And {len(rest) + more} more: {', '.join(said)}."


def _html(
    groups: list[tuple[str, list[Line]]],
    name: str,
    count: int,
    summary: str,
    why: str,
    inbox: str,
    choose: str,
    stop: str,
) -> str:
    parts = [format_html("<p>{}, {} in your inbox.</p>", name, _waits(count))]
    for project, group in groups:
        items = format_html_join("", '<li><a href="{}">{}</a></li>', ((line.href, line.said) for line in group))
        parts.append(format_html("<h2>{}</h2><ul>{}</ul>", project, items))
    if summary:
        parts.append(format_html("<p>{}</p>", summary))
    parts.append(format_html('<p><a href="{}">Open your inbox</a></p>', inbox))
    stops = format_html('<a href="{}">Stop these mails</a>.', stop)
    chooses = format_html('<a href="{}">Choose when and what you are told</a>.', choose)
    parts.append(format_html("<p><small>{} {} {}</small></p>", why, chooses, stops))
    return str(format_html('<!doctype html><html lang="en"><body>{}</body></html>', SafeString("".join(parts))))
