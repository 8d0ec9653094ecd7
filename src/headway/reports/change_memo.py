"""The memo of a change request: one to two pages on what is asked, what each option does, and what is to be decided.

Built from the effects as they were computed; nothing is computed here. A draft until somebody has decided.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal

from headway.areas.projects.types import Charter
from headway.areas.scope.effects import OptionEffect
from headway.areas.scope.types import OptionRow, RequestDetail, RequestState
from headway.areas.scope.wording import days_text, hours_text, project_words
from headway.documents import tree
from headway.documents.tree import (
    Block,
    Bullets,
    Column,
    Document,
    Heading,
    Mark,
    Meta,
    Paragraph,
    Rag,
    Runs,
    Table,
    Tone,
    runs,
)
from headway.engine.units import Money

_MOST = 6
_DECIDED = frozenset({RequestState.APPROVED, RequestState.IMPLEMENTED, RequestState.REJECTED})
_NONE = tree.NO_VALUE_TEXT


def build(
    found: RequestDetail, *, project: Charter, organisation: str, day: date, at: datetime, language: str
) -> Document:
    """The memo of a change request, as its reader may see it."""
    decided = found.row.state in _DECIDED
    return Document(
        title=f"{found.row.ref} {found.row.title}",
        subtitle=project.name,
        meta=Meta(
            project=project.name,
            data_date=day,
            snapshot=None,
            timestamp=at,
            source=_source(found),
            language=language,
            organisation=organisation,
            mark=Mark.NONE if decided else Mark.DRAFT,
        ),
        blocks=tuple(_blocks(found, project)),
    )


def _source(found: RequestDetail) -> str:
    computed = [option.effect for option in found.options if option.effect is not None]
    if not computed:
        return "No effect is computed yet"
    return f"Effects computed from the plan in version {computed[0].plan_version} on {_day(computed[0].computed_at)}"


def _blocks(found: RequestDetail, project: Charter) -> Iterable[Block]:
    row = found.row
    yield Paragraph(runs(_lead(found)), Tone.LEAD)
    asked = f"Asked by {row.asked_by} on {_day(row.asked_on)}"
    wanted = f"; decision wanted by {_day(row.decide_by)}" if row.decide_by else ""
    yield Paragraph(runs(f"{asked}{wanted}."))
    for title, text in (
        ("What is asked for", found.description),
        ("Why", found.why),
        ("If nothing is done", found.if_nothing),
    ):
        if text.strip():
            yield Heading(title, 2)
            yield Paragraph(runs(text.strip()))
    yield Heading("Options", 2)
    yield _options(found.options, project)
    for option in found.options:
        if option.steps or option.risks.strip() or option.register:
            yield Heading(f"{option.number}. {option.name}", 3)
            yield Bullets(tuple(_points(option)))
    yield from _recommendation(found)
    if found.impacts:
        yield Heading("Impacts", 2)
        yield _impacts(found)
    if row.state in _DECIDED:
        yield Heading("Decision", 2)
        reason = f" {found.decision_reason}" if found.decision_reason else ""
        yield Paragraph(runs(f"{row.state.word} by {found.decided_by}, {_day(row.decided_at)}.{reason}"))
    missing = dict.fromkeys(text for option in found.options if option.effect for text in option.effect.not_computed)
    if missing:
        yield Paragraph(runs(f"Not computed: {'; '.join(missing)}."), Tone.SMALL)


def _lead(found: RequestDetail) -> str:
    """The one sentence that a busy reader takes along."""
    told = next((one for one in found.options if one.chosen or one.recommended), None)
    if told is None:
        return "No option is recommended yet."
    said = "Approved" if told.chosen else "Recommended"
    if told.effect is None or told.effect.new_finish is None:
        return f"{said}: {told.name}."
    effect = told.effect
    finish = f"finish {_day(effect.new_finish)}, {days_text(effect.finish_days)}"
    return f"{said}: {told.name}: {finish}; {hours_text(effect.more_hours)}."


def _options(options: tuple[OptionRow, ...], project: Charter) -> Table:
    """The measures of all options side by side."""
    computed = [(option, option.effect) for option in options if option.effect is not None]
    columns = (Column("", width=1.2), *(Column(f"{option.number}. {option.name}", width=1.5) for option, _ in computed))
    rows = []
    for label, tell in _MEASURES:
        told = [tell(effect, project.currency) for _, effect in computed]
        if any(text != _NONE for text in told):
            rows.append(tree.row(label, *told))
    return Table(columns, tuple(rows), caption="Options side by side", empty="No effect is computed yet.")


def _finish(effect: OptionEffect, _: str) -> str:
    return _NONE if effect.new_finish is None else f"{_day(effect.new_finish)}, {days_text(effect.finish_days)}"


def _critical(effect: OptionEffect, _: str) -> str:
    if effect.finish_days > 0:
        return "critical path: the finish moves"
    if effect.slack_days:
        return f"{effect.slack_days.normalize():f} d of slack of {effect.slack_of} used"
    return "untouched"


def _milestones(effect: OptionEffect, _: str) -> str:
    moved = [f"{row.name} {_day(row.new)}, {days_text(row.days)}" for row in effect.milestones if row.days]
    return "; ".join(moved[:_MOST]) or ("none moves" if effect.milestones else _NONE)


def _deadlines(effect: OptionEffect, _: str) -> str:
    return "; ".join(f"{row.name} missed" for row in effect.deadlines_broken[:_MOST]) or _NONE


def _work(effect: OptionEffect, _: str) -> str:
    people = ", ".join(f"{row.name} {hours_text(row.more)}" for row in effect.hours[:_MOST])
    return f"{hours_text(effect.more_hours)} ({people})" if people else hours_text(effect.more_hours)


def _cost(effect: OptionEffect, currency: str) -> str:
    more = effect.more_cost if effect.more_cost is not None else effect.one_off or None
    return _NONE if more is None else tree.money(Money(more, currency), signed=True).text


def _eac(effect: OptionEffect, _: str) -> str:
    if effect.old_eac is None or effect.new_eac is None:
        return _NONE
    return f"{_number(effect.old_eac)} h → {_number(effect.new_eac)} h"


def _eac_cost(effect: OptionEffect, currency: str) -> str:
    if effect.old_eac_cost is None or effect.new_eac_cost is None:
        return _NONE
    before, after = (tree.money(Money(amount, currency)).text for amount in (effect.old_eac_cost, effect.new_eac_cost))
    return f"{before} → {after}"


def _other(effect: OptionEffect, _: str) -> str:
    told = [f"{row.name or 'a project that is not named here'}: {project_words(row)}" for row in effect.elsewhere]
    return ". ".join(told[:_MOST]) or _NONE


def _people(effect: OptionEffect, _: str) -> str:
    return ", ".join(f"{row.name} {row.worst_percent} %" for row in effect.over_capacity[:_MOST]) or "none more"


def _health(effect: OptionEffect, _: str) -> str:
    changed = [f"{row.dimension} {_word(row.old)} → {_word(row.new)}" for row in effect.health if row.old != row.new]
    return "; ".join(changed) or "as before"


def _scope(effect: OptionEffect, _: str) -> str:
    return "; ".join(f"{row.ref} {row.text}" for row in effect.scope[:_MOST]) or _NONE


_MEASURES: tuple[tuple[str, Callable[[OptionEffect, str], str]], ...] = (
    ("Finish", _finish),
    ("Critical path", _critical),
    ("Milestones", _milestones),
    ("Deadlines", _deadlines),
    ("Work", _work),
    ("Cost", _cost),
    ("Hours at completion", _eac),
    ("Cost at completion", _eac_cost),
    ("People over capacity", _people),
    ("Health", _health),
    ("Scope", _scope),
    ("Other projects", _other),
)


def _points(option: OptionRow) -> Iterable[Runs]:
    yield from (runs(step.text) for step in option.steps)
    yield from (runs(f"Risk: {risk.strip()}") for risk in option.risks.splitlines() if risk.strip())
    yield from (
        runs(f"Risk {row.ref}: {row.title}, {row.probability} × {row.impact} = {row.exposure}")
        for row in option.register
    )


def _recommendation(found: RequestDetail) -> Iterable[Block]:
    told = next((one for one in found.options if one.recommended), None)
    if told is None and not found.recommendation:
        return
    yield Heading("Recommendation", 2)
    name = f"{told.number}. {told.name}. " if told is not None else ""
    yield Paragraph(runs(f"{name}{found.recommendation}".strip()))
    if found.dissent:
        yield Paragraph(runs(f"Dissent: {found.dissent}"))


def _impacts(found: RequestDetail) -> Table:
    columns = (
        Column("Group", width=2.0),
        Column("On", width=1.6),
        Column("Score"),
        Column("Likelihood"),
        Column("Once mitigated"),
        Column("Mitigation", width=2.4),
    )
    rows = tuple(
        tree.row(
            row.group,
            row.area.word,
            tree.cell(str(row.score), tint=_TINTS[row.colour]),
            f"{row.likelihood} of 5",
            tree.cell(str(row.residual), tint=_TINTS[row.residual_colour]),
            row.mitigation or _NONE,
        )
        for row in found.impacts
    )
    note = "Score = severity × reach band; likelihood stands beside it and is no part of it."
    return Table(columns, rows, caption="Impacts by group", notes=(note,))


_TINTS = {"green": Rag.GREEN, "amber": Rag.AMBER, "red": Rag.RED}


def _day(day: date | datetime | None) -> str:
    if day is None:
        return _NONE
    return tree.day_text(day.date() if isinstance(day, datetime) else day, weekday=True)


def _number(amount: Decimal) -> str:
    return tree.grouped(amount, 1)


def _word(colour: str) -> str:
    return colour.replace("_", " ")
