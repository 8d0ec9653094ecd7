"""Runs a generated command: options to JSON inputs, one call through the door, the answer as JSON or as text."""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from headway.interfaces.cli.acting import context, database_faults
from headway.interfaces.cli.generated import INPUT
from headway.interfaces.cli.output import DONE, Output, table
from headway.interfaces.use_cases import registered
from headway.kernel.errors import FieldError, Invalid

_MOST_COLUMNS = 8
_WIDEST = 60


def call(given: argparse.Namespace, out: Output) -> int:
    """One use case."""
    verb = given.verb
    inputs = inputs_of(given, verb["options"])
    with database_faults():
        result = registered(verb["use_case"]).call_json(context(given), inputs)
    out.answer(result, in_words(result))
    return DONE


def inputs_of(given: argparse.Namespace, options: list[dict[str, Any]]) -> dict[str, Any]:
    """The inputs that were given, as JSON values."""
    inputs: dict[str, Any] = {}
    for option in options:
        value = getattr(given, INPUT + option["name"])
        if option["kind"] == "secret":
            if option["required"] or value:
                inputs[option["name"]] = secret(option["name"])
        elif value is not None:
            inputs[option["name"]] = _value(option, value)
    return inputs


def secret(name: str) -> str:
    """A secret, typed unseen at a terminal, else one line of standard input: never an argument others can read."""
    if sys.stdin.isatty():
        return getpass.getpass(f"{name.replace('_', ' ').capitalize()}: ")
    return sys.stdin.readline().rstrip("\r\n")


def _value(option: dict[str, Any], given: Any) -> Any:
    if option.get("nullable") and given == "none":
        return None
    if option["kind"] != "json":
        return given
    if not option.get("many"):
        return read_json(option["name"], given)
    values: list[Any] = []
    for text in given:
        value = read_json(option["name"], text)
        values += value if isinstance(value, list) else [value]
    return values


def read_json(name: str, text: str) -> Any:
    """JSON from an argument, or from the file that @ names."""
    try:
        if text.startswith("@"):
            text = Path(text[1:]).read_text(encoding="utf-8")
        return json.loads(text)
    except ValueError as error:
        raise Invalid(
            f"--{name.replace('_', '-')} is not JSON: {error}.", fields=[FieldError(name, "give JSON, or @file")]
        ) from None


def in_words(result: Any) -> Iterator[str]:
    """An answer for people: lists as tables, a record as name and value."""
    if result is None:
        yield "Done."
    elif isinstance(result, list):
        yield from _listed(result)
    elif isinstance(result, dict) and isinstance(result.get("items"), list):
        yield from _listed(result["items"])
        if result.get("next"):
            yield f"There is more: --cursor {result['next']}"
    elif isinstance(result, dict):
        yield from _record(result)
    else:
        yield str(result)


def _record(record: dict[str, Any]) -> Iterator[str]:
    width = max((len(name) for name in record), default=0)
    for name, value in record.items():
        if _is_table(value):
            yield f"{name}:"
            yield from (f"  {line}" for line in _listed(value))
        else:
            yield f"{name.ljust(width)}  {_cell(value, None)}"


def _is_table(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)


def _listed(items: list[Any]) -> Iterator[str]:
    if not items:
        yield "None."
    elif not _is_table(items):
        yield from (_cell(item, None) for item in items)
    else:
        names = [name for name in items[0] if not _always_empty(name, items) and not _is_nested(name, items)]
        names = [name for name in names if name != "version"][:_MOST_COLUMNS]
        yield from table(names, ([_cell(item.get(name), _WIDEST) for name in names] for item in items))


def _always_empty(name: str, items: Iterable[dict[str, Any]]) -> bool:
    return all(item.get(name) in (None, "", [], {}) for item in items)


def _is_nested(name: str, items: Iterable[dict[str, Any]]) -> bool:
    return any(isinstance(item.get(name), dict | list) and not _short(item[name]) for item in items)


def _short(value: Any) -> bool:
    if isinstance(value, dict):
        return set(value) in ({"amount", "currency"}, {"minutes"})
    return all(isinstance(item, str | int) for item in value)


def _cell(value: Any, most: int | None) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict) and set(value) == {"amount", "currency"}:
        text = f"{value['amount']} {value['currency']}"
    elif isinstance(value, dict) and set(value) == {"minutes"}:
        text = f"{value['minutes']} min"
    elif isinstance(value, list) and _short(value):
        text = ", ".join(map(str, value))
    elif isinstance(value, dict | list):
        text = json.dumps(value, ensure_ascii=False)
    else:
        text = str(value)
    return text if most is None or len(text) <= most else text[: most - 1] + "…"
