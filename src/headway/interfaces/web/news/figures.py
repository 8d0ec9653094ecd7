"""The answer to a request for figures as a form: the same inside and behind a mailed link."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.http import HttpRequest

from headway.areas.schedule.question_types import GivenAnswer, Part, QuestionKind, QuestionRow
from headway.areas.schedule.question_words import asked_text
from headway.areas.schedule.update_types import AskedOf
from headway.kernel.errors import Invalid

_LONGEST = 1000
_LABELS = {
    QuestionKind.HOURS: "Hours",
    QuestionKind.PERCENT: "Percent",
    QuestionKind.FINISH: "Day",
    QuestionKind.INVOICED: "All invoices together",
    QuestionKind.TO_COME: "Amount",
    QuestionKind.KPI: "Figure",
}


@dataclass(frozen=True, slots=True)
class AskedInput:
    """One input of a question: what stands in it, and what is wrong with that. kind: 'day', 'number', 'note'."""

    name: str
    kind: str
    label: str
    hint: str
    value: str
    error: str


@dataclass(frozen=True, slots=True)
class AskedFigure:
    """A question with its inputs."""

    row: QuestionRow
    text: str
    inputs: tuple[AskedInput, ...]


def figures_from(request: HttpRequest, asked: AskedOf) -> tuple[GivenAnswer, ...]:
    """What was typed, of the questions that stand on the page."""
    return tuple(
        GivenAnswer(row.number, **{part.value: _typed(request, row, part) for part in row.parts})
        for row in asked.questions
    )


def _typed(request: HttpRequest, row: QuestionRow, part: Part) -> str:
    return request.POST.get(_name(row, part), "").strip()[:_LONGEST]


def _name(row: QuestionRow, part: Part) -> str:
    return f"q{row.number}-{part.value}"


def asked_figures(
    asked: AskedOf, typed: tuple[GivenAnswer, ...] | None = None, refusal: Invalid | None = None
) -> tuple[AskedFigure, ...]:
    """The questions with what was kept or sent, or what was typed and refused."""
    errors = {fault.field: fault.message for fault in refusal.fields} if refusal is not None else {}
    given = {item.number: (place, item) for place, item in enumerate(typed or ())}
    found = []
    for row in asked.questions:
        place, item = given.get(row.number, (None, None))
        values: Mapping[str, str] = row.draft if item is None else {p.value: getattr(item, p.value) for p in row.parts}
        inputs = tuple(
            AskedInput(
                name=_name(row, part),
                kind=_kind(row, part),
                label=_label(row, part),
                hint=_hint(row, part),
                value=values.get(part.value, ""),
                error=errors.get(f"answers.{place}.{part.value}", ""),
            )
            for part in row.parts
        )
        found.append(AskedFigure(row, asked_text(row), inputs))
    return tuple(found)


def _kind(row: QuestionRow, part: Part) -> str:
    if part is Part.NOTE:
        return "note"
    return "day" if row.kind is QuestionKind.FINISH else "number"


def _label(row: QuestionRow, part: Part) -> str:
    if part is Part.NOTE:
        return "Note"
    if part is Part.OUT_OF:
        return "Out of how many"
    if row.ratio:
        return "How many"
    said = row.unit if row.kind not in (QuestionKind.HOURS, QuestionKind.PERCENT) else ""
    return f"{_LABELS[row.kind]} ({said})" if said else _LABELS[row.kind]


def _hint(row: QuestionRow, part: Part) -> str:
    if part is not Part.VALUE or row.ratio or row.kind is not QuestionKind.KPI:
        return ""
    least = "" if row.least is None else f"{row.least.normalize():f}"
    most = "" if row.most is None else f"{row.most.normalize():f}"
    if least and most:
        return f"From {least} to {most}."
    return f"{least} or more." if least else f"{most} or less." if most else ""


def told_figures(rows: Iterable[QuestionRow]) -> tuple[tuple[str, str, str], ...]:
    """What was sent: question, figure, note."""
    return tuple((asked_text(row), row.told, row.answer.get(Part.NOTE.value, "")) for row in rows if row.answer)
