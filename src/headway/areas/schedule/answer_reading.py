"""Reading the answers to questions for figures as people type them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from headway.areas.schedule.question_types import MOST_NOTE, GivenAnswer, Part, QuestionKind, QuestionRow

_DIGITS = re.compile(r"-?\d{1,14}(\.\d{1,6})?")
_GROUPED = re.compile(r"-?\d{1,3}(,\d{3})+")


def read_answer(question: QuestionRow, given: GivenAnswer, today: date) -> tuple[dict[str, str], dict[Part, str]]:
    """What was told, put plainly by `Part`, and what cannot be read of it, in words for people.

    today  where the project is: a finish that is expected cannot lie before it.
    """
    found: dict[str, str] = {}
    faults: dict[Part, str] = {}
    for part, text in _given(question, given):
        try:
            found[part.value] = _read(question, part, text, today)
        except ValueError as fault:
            faults[part] = str(fault)
    if question.ratio and not faults and (Part.VALUE.value in found) != (Part.OUT_OF.value in found):
        missing = Part.OUT_OF if Part.VALUE.value in found else Part.VALUE
        faults[missing] = "Give both: how many, and out of how many."
    return found, faults


def typed(question: QuestionRow, given: GivenAnswer) -> dict[str, str]:
    """What was typed, as it is kept until it is sent."""
    return {part.value: text for part, text in _given(question, given)}


def _given(question: QuestionRow, given: GivenAnswer) -> Iterator[tuple[Part, str]]:
    for part in question.parts:
        text = str(getattr(given, part.value)).strip()
        if text:
            yield part, text[:MOST_NOTE]


def _read(question: QuestionRow, part: Part, text: str, today: date) -> str:
    if part is Part.NOTE:
        return text
    if question.kind is QuestionKind.FINISH:
        return _day(text, today)
    number = _number(text, question.unit)
    if part is Part.OUT_OF:
        if number <= 0:
            raise ValueError(f"Out of {text} nothing can be counted. Give a number above 0.")
        return _plain(number)
    if not question.ratio:
        _within(question, number)
    elif number < 0:
        raise ValueError(f"{text} is below 0. Give 0 or more.")
    return _plain(number)


def _day(text: str, today: date) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"'{text[:40]}' is no day. Write it as 2026-03-12.") from None
    if day < today:
        raise ValueError(f"{day} has passed. Give the day on which it will be finished; say in the note if it is done.")
    return day.isoformat()


def _number(text: str, unit: str) -> Decimal:
    """A number such as 1250.5, '1,250.50', '1.250,5' or '1 250', with or without its unit."""
    bare = re.sub(r"[\s'’]", "", text).replace("−", "-")
    said = re.sub(r"\s", "", unit)
    if said and bare.casefold().endswith(said.casefold()):
        bare = bare[: -len(said)]
    elif said and bare.casefold().startswith(said.casefold()):
        bare = bare[len(said) :]
    if "," in bare and "." in bare:
        grouping = "," if bare.rfind(".") > bare.rfind(",") else "."
        bare = bare.replace(grouping, "").replace(",", ".")
    elif _GROUPED.fullmatch(bare):
        if bare.count(",") == 1:
            raise ValueError(
                f"'{text[:40]}' can be read in two ways. Write {bare.replace(',', '')} or {_dotted(bare)}."
            )
        bare = bare.replace(",", "")
    else:
        bare = bare.replace(",", ".")
    if not _DIGITS.fullmatch(bare):
        raise ValueError(f"'{text[:40]}' is no number. Write it like 1250.5, with at most 6 digits after the point.")
    return Decimal(bare)


def _dotted(text: str) -> str:
    return text.replace(",", ".")


def _within(question: QuestionRow, number: Decimal) -> None:
    unit = f" {question.unit}" if question.unit else ""
    if question.least is not None and number < question.least:
        raise ValueError(f"{_plain(number)}{unit} is less than it can be. Give {_plain(question.least)} or more.")
    if question.most is not None and number > question.most:
        raise ValueError(f"{_plain(number)}{unit} is more than it can be. Give {_plain(question.most)} or less.")


def _plain(number: Decimal) -> str:
    """The digits of a number, without zeros at its end."""
    text = f"{number:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"
