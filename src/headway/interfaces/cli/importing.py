"""Runs `headway import`: the answer in the form that other programs rely on."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from headway.interfaces.cli.acting import context, database_faults
from headway.interfaces.cli.calling import read_json
from headway.interfaces.cli.output import DONE, WRONG_USE, Output
from headway.journeys import imports
from headway.journeys.bring_file import Brought
from headway.journeys.bring_file import bring as bring_file
from headway.kernel.errors import FieldError, Invalid
from headway.kernel.schema import to_json

_MOST_SHOWN = 20


def bring(given: argparse.Namespace, out: Output) -> int:
    """Import a file; status 2 while a question or an error is open."""
    with database_faults():
        brought = bring_file(
            context(given),
            project=given.project,
            kind=given.kind,
            path=str(given.file.absolute()),
            create=given.create,
            answers=_answers(given.answers),
            mapping=_mapping(given.mapping),
        )
    open_ends = bool(brought.errors or brought.questions)
    for text in _open(brought):
        out.note(f"headway: {text}")
    out.answer(_document(brought), _summary(given, brought))
    return WRONG_USE if open_ends else DONE


def undo(given: argparse.Namespace, out: Output) -> int:
    """Take an import back."""
    with database_faults():
        row = imports.undo(context(given), batch=given.batch)
    out.answer({"batch": row.id, "undone": True}, [f"Import {row.id} ({row.file_name}) is undone."])
    return DONE


def _answers(given: list[str]) -> dict[str, str]:
    answers: dict[str, str] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise Invalid(f"--set {text} lacks '='; give NAME=VALUE.", fields=[FieldError("set", "NAME=VALUE")])
        answers[name.strip()] = value.strip()
    return answers


def _mapping(given: str | None) -> dict[str, Any]:
    if given is None:
        return {}
    text = given if given.lstrip().startswith("{") else f"@{Path(given.removeprefix('@'))}"
    value = read_json("mapping", text)
    if not isinstance(value, dict):
        raise Invalid("The mapping must be a JSON object.", fields=[FieldError("mapping", "an object")])
    return value


def _document(brought: Brought) -> dict[str, Any]:
    questions = [{"field": item["field"], "choices": item.get("choices", []), **item} for item in brought.questions]
    document: dict[str, Any] = to_json(brought)
    return {**document, "questions": questions, "errors": [_placed(error) for error in brought.errors]}


def _placed(error: dict[str, Any]) -> dict[str, Any]:
    """An error with every place that programs look for; what is not known is null."""
    return {name: error.get(name) for name in ("file", "sheet", "row", "field", "value", "message")} | error


def _open(brought: Brought) -> Iterator[str]:
    for error in brought.errors[:_MOST_SHOWN]:
        place = ", ".join(
            f"{name} {error[name]}" for name in ("file", "sheet", "row", "field") if error.get(name) not in (None, "")
        )
        yield f"{place}: {error['message']}" if place else str(error["message"])
    for question in brought.questions[:_MOST_SHOWN]:
        choices = " or ".join(map(str, question.get("choices", ())))
        hint = f" Answer with --set '{question['field']}=…'" + (f" ({choices})." if choices else ".")
        yield f"{question.get('message') or question['field']}{hint}"
    more = max(0, len(brought.errors) - _MOST_SHOWN) + max(0, len(brought.questions) - _MOST_SHOWN)
    if more:
        yield f"and {more} more; --json lists them all."


def _summary(given: argparse.Namespace, brought: Brought) -> Iterator[str]:
    counts = f"{brought.create} new, {brought.update} changed, {brought.unchanged} unchanged, {brought.missing} missing"
    if brought.errors or brought.questions:
        yield "Nothing was changed."
    elif brought.applied:
        yield f"Imported {given.file} into {given.project} as batch {brought.batch}: {counts}."
    else:
        yield f"Would import {given.file} into {given.project}: {counts}. Nothing was changed (dry run)."
