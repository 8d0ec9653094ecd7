"""The words of requests for figures: what is asked, the mail that asks, and the reminder. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from headway.areas.schedule.question_types import PreparedQuestion, QuestionKind, QuestionRow

_ASKED = {
    QuestionKind.KPI: "{name}",
    QuestionKind.HOURS: "Hours still to go: {name}",
    QuestionKind.PERCENT: "Percent complete: {name}",
    QuestionKind.FINISH: "Day of finishing: {name}",
    QuestionKind.INVOICED: "Invoiced so far: {name}",
    QuestionKind.TO_COME: "Still to come: {name}",
}


def asked_text(question: PreparedQuestion | QuestionRow) -> str:
    """A question in a line: 'Hours still to go: Build', 'Calls answered in time, Feb 2026'."""
    said = _ASKED[question.kind].format(name=question.name)
    return f"{said}, {question.period}" if question.period else said


def figures_subject(project: str, count: int) -> str:
    """The subject of the mail that asks."""
    return f"Your {figures_text(count)} for {project}, please"


def figures_body(
    *, person: str, words: str, questions: Sequence[PreparedQuestion], due: date, asked_by: str, project: str
) -> str:
    """The text of the mail that asks, before its foot."""
    opening = words.strip() or f"Could you give us the figures below for {project}?"
    lines = [f"- {asked_text(one)}" for one in questions]
    ending = f"Answer wanted by {_day(due)}. What you know now will do; leave the rest open."
    return "\n".join([f"Dear {person},", "", opening, "", *lines, "", ending, "", "Kind regards", asked_by])


def chaser_subject(project: str, count: int) -> str:
    """The subject of a reminder."""
    return f"Reminder: your {figures_text(count)} for {project}"


def chaser_body(*, person: str, project: str, count: int, due: date, today: date, asked_by: str) -> str:
    """The text of a reminder, before its foot: a fixed one, to the person asked."""
    wanted = {0: "today", 1: "tomorrow"}.get((due - today).days, f"by {_day(due)}")
    verb = ("was" if due < today else "is") if count == 1 else "were" if due < today else "are"
    return "\n".join(
        [
            f"Dear {person},",
            "",
            f"{figures_text(count)} for {project} {verb} wanted {wanted}.",
            "",
            f"{asked_by} asked for {'it' if count == 1 else 'them'}. "
            "These reminders end with your answer; what you know now will do.",
        ]
    )


def figures_text(count: int) -> str:
    """'1 figure', '3 figures'."""
    return "1 figure" if count == 1 else f"{count} figures"


def _day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b %Y}"
