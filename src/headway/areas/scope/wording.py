"""Effects of options in words. Pure."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from headway.areas.scope.asked_types import AskedOption
from headway.areas.scope.effects import OptionEffect, ProjectTouched

_MOST = 5


def change_text(ref: str, title: str) -> str:
    """'CR-3: Newsletter signup', as the undo list calls a change."""
    return f"{ref}: {title}"[:255]


def day_text(day: date | datetime | None) -> str:
    """'Fri 14 Mar 2026'; '–' for none."""
    return "–" if day is None else f"{day:%a} {day.day} {day:%b %Y}"


def days_text(days: int) -> str:
    """'4 working days later', '1 working day earlier', 'as before'."""
    if not days:
        return "as before"
    return f"{abs(days)} working {'day' if abs(days) == 1 else 'days'} {'later' if days > 0 else 'earlier'}"


def hours_text(hours: Decimal) -> str:
    """'+36 h', '−4 h', 'no hours more or less'."""
    if not hours:
        return "no hours more or less"
    amount = format(abs(hours).normalize(), "f")
    return f"{'+' if hours > 0 else '−'}{amount} h"


def project_words(row: ProjectTouched) -> str:
    """'finish 3 working days later, 4 tasks move; Ann has 20 h there until Fri 27 Mar 2026, and +8 h here'."""
    parts = []
    if row.moved or row.finish_days:
        finish = f"finish {days_text(row.finish_days)}" if row.finish_days else "the finish stays"
        parts.append(f"{finish}, {row.moved} {'task moves' if row.moved == 1 else 'tasks move'}")
    if row.deadlines_broken:
        parts.append(f"{row.deadlines_broken} {'deadline' if row.deadlines_broken == 1 else 'deadlines'} missed")
    return "; ".join([", ".join(parts), *row.people] if parts else row.people)


def effect_lines(effect: OptionEffect) -> tuple[str, ...]:
    """What an option does, the heaviest first; without costs, which not everybody may see."""
    lines = []
    if effect.new_finish is not None:
        lines.append(f"Finish {day_text(effect.new_finish)}, {days_text(effect.finish_days)}")
    if not effect.finish_days and effect.slack_days:
        lines.append(f"Uses {_number(effect.slack_days)} working days of slack of '{effect.slack_of}'")
    lines.append(f"Work {hours_text(effect.more_hours)}")
    lines += [
        f"Milestone '{row.name}' {day_text(row.new)}, {days_text(row.days)}"
        for row in effect.milestones[:_MOST]
        if row.days
    ]
    lines += [
        f"Deadline of '{row.name}' ({day_text(row.deadline)}) is missed" for row in effect.deadlines_broken[:_MOST]
    ]
    lines += [
        f"{row.name} has more work than time from {day_text(row.first)} to {day_text(row.last)}"
        for row in effect.over_capacity[:_MOST]
    ]
    lines += [f"Scope: {row.ref} {row.text}" for row in effect.scope[:_MOST]]
    lines += [f"Not computed: {text}" for text in effect.not_computed]
    return tuple(lines)


def asked_lines(option: AskedOption, currency: str) -> tuple[str, ...]:
    """What an option does, as a client reads it."""
    lines = [f"Option {option.number}: {option.name}", *(f"- {step}" for step in option.steps)]
    if option.finish is not None:
        lines.append(f"- Finish {day_text(option.finish)}, {days_text(option.finish_days)}")
    lines += [
        f"- Milestone '{row.name}' {day_text(row.new)}, {days_text(row.days)}"
        for row in option.milestones[:_MOST]
        if row.days
    ]
    lines.append(f"- Hours {hours_text(option.hours)}" if option.hours else "- No hours more or less")
    if option.fee is not None:
        lines.append(f"- Fee {currency} {'+' if option.fee > 0 else ''}{_number(option.fee)}")
    lines += [f"- Scope: {row.ref} {row.text}" for row in option.lines[:_MOST]]
    lines += [f"- Risk: {text}" for text in option.risks]
    return tuple(lines)


def _number(value: Decimal) -> str:
    return format(value.normalize(), "f")
