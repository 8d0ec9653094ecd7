"""A Plan as JSON and back, without loss; the keys are listed in docs/reference/plan-json.md.

Keys are the field names of `headway.engine.plan`; amounts of working time are minutes under the
name with `_minutes`, dates are local ISO text, numbers keep their digits. Not here: where the JSON
comes from or goes to.
"""

from __future__ import annotations

import dataclasses
import json
import types
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from enum import Enum
from pathlib import Path
from typing import Any, NoReturn, TypeVar, Union, get_args, get_origin, get_type_hints

from headway.documents.child import Refused
from headway.documents.exchange.fidelity import DROPPED, KEPT, Fidelity, FidelityRow
from headway.engine.plan import Assignment, Calendar, Link, Plan, ProjectSettings, Resource, Task
from headway.engine.units import WorkTime

FORMAT_NAME = "headway-plan"
FORMAT_VERSION = 1
PARTS: Mapping[str, type[Any]] = {
    "calendars": Calendar,
    "tasks": Task,
    "links": Link,
    "resources": Resource,
    "assignments": Assignment,
}
_LARGEST = 1 << 63
_BESIDE = {"format", "version", "fidelity", "questions"}

Encoder = Callable[[Any], Any]
Decoder = Callable[[Any], Any]
T = TypeVar("T")


def plan_as_json(plan: Plan, *, compact: bool = False) -> dict[str, Any]:
    """The plan as a JSON object; compact leaves out every field that has its default value."""
    return {
        "format": FORMAT_NAME,
        "version": FORMAT_VERSION,
        "project": _codec(ProjectSettings).encode(plan.project, compact=compact),
    } | {
        name: [_codec(kind).encode(item, compact=compact) for item in getattr(plan, name)]
        for name, kind in PARTS.items()
    }


def plan_from_json(document: Any, *, file: str = "") -> Plan:
    """The plan that `plan_as_json` made an object of; absent fields take their defaults.

    Raises Refused naming the part, row and field that does not fit.
    """
    if not isinstance(document, dict) or not isinstance(document.get("project"), dict):
        raise Refused(
            "This is not a plan in Headway's JSON: it has no 'project' object. See docs/reference/plan-json.md.",
            {"file": file},
        )
    if document.get("version", FORMAT_VERSION) != FORMAT_VERSION:
        raise Refused(
            f"The plan has version {document['version']!r}; this program reads {FORMAT_VERSION}.", {"file": file}
        )
    project = _decode(ProjectSettings, document["project"], {"file": file, "sheet": "project"})
    parts: dict[str, Any] = {}
    for name, kind in PARTS.items():
        items = document.get(name, [])
        if not isinstance(items, list):
            raise Refused(f"'{name}' is not a list.", {"file": file, "sheet": name})
        parts[name] = tuple(
            _decode(kind, item, {"file": file, "sheet": name, "row": row}) for row, item in enumerate(items, 1)
        )
    return Plan(project=project, **parts)


def read_plan_json(path: Path) -> tuple[Plan, list[FidelityRow]]:
    """The plan in a JSON file, and which of its fields were kept or not known."""
    document = strict_json(path)
    plan = plan_from_json(document, file=path.name)
    fidelity = Fidelity()
    for name in document:
        if name not in PARTS and name != "project" and name not in _BESIDE:
            fidelity.note("project", name, DROPPED, "not a part of a plan")
    for name, kind in [("project", ProjectSettings), *PARTS.items()]:
        known = _codec(kind).keys
        entries = [document["project"]] if name == "project" else document.get(name, [])
        for entry in entries:
            for key in entry:
                fidelity.note(name.removesuffix("s"), key, KEPT if key in known else DROPPED)
    return plan, fidelity.rows()


def write_plan_json(plan: Plan, path: Path) -> list[FidelityRow]:
    """Write the whole plan; JSON carries every field."""
    fidelity = Fidelity()
    document = plan_as_json(plan)
    for name in ("project", *PARTS):
        for entry in [document[name]] if name == "project" else document[name]:
            for key, value in entry.items():
                if value not in (None, "", [], {}):
                    fidelity.note(name.removesuffix("s"), key, KEPT)
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n", encoding="utf-8")
    return fidelity.rows()


def strict_json(path: Path) -> Any:
    """The JSON document in a file: UTF-8, each key once, finite numbers below 2^63, no NUL, no lone surrogates."""
    where = {"file": path.name}
    try:
        content = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(f"The JSON file is not UTF-8 (byte {error.start}). Save it as UTF-8.", where) from error
    try:
        document = json.loads(
            content, object_pairs_hook=_once, parse_constant=_no_constant, parse_int=_small_integer, parse_float=_number
        )
    except json.JSONDecodeError as error:
        raise Refused(
            f"The JSON file is damaged: {error.msg}, column {error.colno}.", where | {"row": error.lineno}
        ) from error
    except RecursionError as error:
        raise Refused("The JSON file nests too deeply for a plan.", where) from error
    except ValueError as error:
        raise Refused(f"The JSON file cannot be read: {error}", where) from error
    return document


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key '{key}' stands twice in one object.")
        found[key] = _clean(value) if isinstance(value, str) else value
    return found


def _clean(text: str) -> str:
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise ValueError("a text holds a NUL or half a character.")
    return text


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number.")


def _small_integer(text: str) -> int:
    if len(text) > 20 or abs(int(text)) >= _LARGEST:
        raise ValueError(f"the number {text[:30]} is too large.")
    return int(text)


def _number(text: str) -> Decimal:
    number = Decimal(text)
    if abs(number) >= _LARGEST or len(text) > 40:
        raise ValueError(f"the number {text[:30]} is too large.")
    return number


# ---- one codec per class, made from its field types -------------------------------------------


@dataclasses.dataclass(frozen=True, slots=True)
class _Field:
    key: str
    name: str
    encode: Encoder
    decode: Decoder
    default: Any  # of the field's own type; MISSING when the field must be given


class _Codec:
    def __init__(self, kind: type[Any]) -> None:
        hints = get_type_hints(kind)
        self.kind = kind
        self.fields = [_field(field, hints[field.name]) for field in dataclasses.fields(kind)]
        self.keys = {field.key for field in self.fields}

    def encode(self, item: Any, *, compact: bool) -> dict[str, Any]:
        found = {}
        for field in self.fields:
            value = getattr(item, field.name)
            if not compact or value != field.default:
                found[field.key] = field.encode(value)
        return found

    def decode(self, item: Mapping[str, Any]) -> Any:
        values = {}
        for field in self.fields:
            if field.key in item:
                try:
                    values[field.name] = field.decode(item[field.key])
                except (ValueError, TypeError, KeyError, AttributeError, InvalidOperation) as error:
                    raise _FieldError(field.key, item[field.key]) from error
            elif field.default is dataclasses.MISSING:
                raise _FieldError(field.key, None)
        return self.kind(**values)


class _FieldError(ValueError):
    def __init__(self, key: str, value: object) -> None:
        super().__init__(key)
        self.key = key
        self.value = value


_codecs: dict[type[Any], _Codec] = {}


def _codec(kind: type[Any]) -> _Codec:
    if kind not in _codecs:
        _codecs[kind] = _Codec(kind)
    return _codecs[kind]


def _decode(kind: type[T], item: Any, where: dict[str, str | int]) -> T:
    try:
        if not isinstance(item, dict):
            raise Refused("This is not an object with the fields of a plan.", where)
        found: T = _codec(kind).decode(item)
    except _FieldError as error:
        inner = error.__cause__
        key, value = (inner.key, inner.value) if isinstance(inner, _FieldError) else (error.key, error.value)
        raise Refused(
            "The field is missing."
            if value is None
            else "The value does not fit the field. See docs/reference/plan-json.md.",
            where | {"field": key, "value": str(value)[:60]},
        ) from error
    return found


def _field(field: dataclasses.Field[Any], hint: Any) -> _Field:
    default = field.default
    if default is dataclasses.MISSING and field.default_factory is not dataclasses.MISSING:
        default = field.default_factory()
    plain = _without_none(hint)
    encode, decode = _codec_of(plain)
    if plain is not hint:
        encode, decode = _optional(encode), _optional(decode)
    key = f"{field.name}_minutes" if plain is WorkTime else field.name
    return _Field(key, field.name, encode, decode, default)


def _without_none(hint: Any) -> Any:
    if get_origin(hint) in {Union, types.UnionType}:
        given = [argument for argument in get_args(hint) if argument is not type(None)]
        if len(given) == 1:
            return given[0]
    return hint


def _optional(inner: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else inner(value)


def _codec_of(hint: Any) -> tuple[Encoder, Decoder]:
    if hint in _SIMPLE:
        return _SIMPLE[hint]
    if get_origin(hint) is tuple:
        return _tuple_codec(get_args(hint))
    if isinstance(hint, type) and issubclass(hint, Enum):
        return (lambda value: value.value), hint
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return (lambda value: _codec(hint).encode(value, compact=False)), (lambda value: _codec(hint).decode(value))
    return _encode_custom, _decode_custom


def _tuple_codec(arguments: tuple[Any, ...]) -> tuple[Encoder, Decoder]:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        plain = _without_none(arguments[0])
        encode, decode = _codec_of(plain)
        if plain is not arguments[0]:
            encode, decode = _optional(encode), _optional(decode)
        return (lambda items: [encode(item) for item in items]), (
            lambda items: tuple(decode(item) for item in _list(items))
        )
    codecs = [_codec_of(argument) for argument in arguments]
    return (
        lambda items: [codec[0](item) for codec, item in zip(codecs, items, strict=True)],
        lambda items: tuple(codec[1](item) for codec, item in zip(codecs, _list(items), strict=True)),
    )


def _list(items: Any) -> Iterable[Any]:
    if not isinstance(items, list):
        raise TypeError("not a list")
    return items


def number_as_json(number: Decimal) -> int | float | str:
    """A JSON number where that loses no digit, else the digits as text."""
    if number == number.to_integral_value() and abs(number) < 1 << 53:
        return int(number)
    return float(number) if Decimal(repr(float(number))) == number else str(number)


def moment_as_json(moment: datetime) -> str:
    """Local ISO date and time, with seconds only where they are not 0."""
    return moment.isoformat(timespec="seconds" if moment.second else "minutes")


def minutes_as_json(work: WorkTime) -> int | float:
    """Minutes with at most one decimal."""
    whole, tenths = divmod(work.tenths, 10)
    return work.tenths / 10 if tenths else whole


def _clock_as_json(clock: time) -> str:
    return clock.isoformat(timespec="seconds" if clock.second else "minutes")


def _decode_decimal(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise TypeError("not a number")
    number = Decimal(str(value))
    if not number.is_finite():
        raise ValueError("not finite")
    return number


def _decode_work(value: Any) -> WorkTime:
    return WorkTime.from_minutes(_decode_decimal(value))


def _decode_integer(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError("not a whole number")
    return value


def _decode_text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("not text")
    return value


def _decode_flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError("not true or false")
    return value


def _decode_moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is not None:
        raise ValueError("dates of a plan are local, without a zone")
    return moment


def _same(value: Any) -> Any:
    return value


_SIMPLE: dict[Any, tuple[Encoder, Decoder]] = {
    int: (_same, _decode_integer),
    str: (_same, _decode_text),
    bool: (_same, _decode_flag),
    Decimal: (number_as_json, _decode_decimal),
    WorkTime: (minutes_as_json, _decode_work),
    datetime: (moment_as_json, _decode_moment),
    date: (date.isoformat, date.fromisoformat),
    time: (_clock_as_json, time.fromisoformat),
}


def _encode_custom(custom: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _encode_value(value) for name, value in custom.items()}


def _encode_value(value: Any) -> Any:
    if isinstance(value, Decimal | float):
        return {"number": number_as_json(Decimal(str(value)))}
    if isinstance(value, datetime):
        return {"date_time": moment_as_json(value)}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    return dict(value) if isinstance(value, Mapping) else value


def _decode_custom(custom: Any) -> dict[str, Any]:
    return {_decode_text(name): _decode_value(value) for name, value in custom.items()}


def _decode_value(value: Any) -> Any:
    if isinstance(value, dict) and len(value) == 1:
        ((name, inner),) = value.items()
        readers: dict[str, Decoder] = {
            "number": _decode_decimal,
            "date_time": _decode_moment,
            "date": date.fromisoformat,
        }
        if name in readers and isinstance(inner, str | int | float | Decimal):
            return readers[name](inner)
    return value
