"""From a use case's signature to its input schema, and from results to JSON.

The signature is the schema: it yields the API body, the command line's options, the MCP tool and
the form's fields. Built on pydantic; what is special here are references to records.
"""

from __future__ import annotations

import dataclasses
import inspect
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache, cached_property
from typing import Annotated, Any

from django.db import models
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    WithJsonSchema,
    create_model,
)
from pydantic_core import ErrorDetails

from headway.engine.currencies import fault_of
from headway.engine.units import Money, WorkTime
from headway.kernel.errors import FieldError, Invalid

MAX_ID = 2**63 - 1
MAX_TEXT = 100_000


def _clean(text: str) -> str:
    """Refuse control characters other than tab and line ends, and lone surrogates."""
    for char in text:
        if (char < " " and char not in "\t\n\r") or char == "\x7f" or "\ud800" <= char <= "\udfff":
            raise ValueError(f"contains the control character U+{ord(char):04X}; remove it")
    return text


Name = Annotated[str, StringConstraints(min_length=1, max_length=255, strip_whitespace=True), AfterValidator(_clean)]
ShortText = Annotated[str, StringConstraints(max_length=1000), AfterValidator(_clean)]
Text = Annotated[str, StringConstraints(max_length=MAX_TEXT), AfterValidator(_clean)]
Email = Annotated[
    str,
    StringConstraints(min_length=3, max_length=254, strip_whitespace=True, pattern=r"^[^@\s<>,;\"]+@[^@\s<>,;\"]+$"),
    AfterValidator(_clean),
]
# A name that may be empty, and one by which things are grouped.
Label = Annotated[str, StringConstraints(max_length=255, strip_whitespace=True), AfterValidator(_clean)]
ShortName = Annotated[
    str, StringConstraints(min_length=1, max_length=64, strip_whitespace=True), AfterValidator(_clean)
]


def _in_use(currency: str) -> str:
    fault = fault_of(currency.strip())
    if fault:
        raise ValueError(fault)
    return currency.strip()


Currency = Annotated[
    str, AfterValidator(_in_use), WithJsonSchema({"type": "string", "pattern": "^[A-Z]{3}$", "title": "ISO 4217"})
]


class _SecretMark:
    """Marks an input whose value is never written to audit or log."""


SECRET = _SecretMark()
Secret = Annotated[str, StringConstraints(max_length=4096), AfterValidator(_clean), SECRET]


@dataclass(frozen=True, slots=True)
class Ref:
    """Marks an id of a record of another area: loaded through what the actor may see.

    label  'projects.Project'.
    key    a unique text field that may stand in for the id ('key'); '' = ids only.
    """

    label: str
    key: str = ""


# The wire form of an id or key.
_RefInput = Annotated[int, Field(ge=1, le=MAX_ID)] | Annotated[str, StringConstraints(min_length=1, max_length=255)]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One input of a use case.

    model     the area's own Root, which the door loads and passes as a row; else None.
    ref       another area's Root, checked by the door and passed as its id; else None.
    many      a list of such references.
    optional  whether None is allowed.
    """

    name: str
    annotation: Any
    default: Any
    model: type[models.Model] | None
    ref: Ref | None
    many: bool
    optional: bool
    secret: bool

    @property
    def required(self) -> bool:
        """Whether the caller must give it."""
        return self.default is inspect.Parameter.empty


@dataclass(frozen=True, eq=False)
class Signature:
    """The inputs of a use case and the pydantic model that checks them.

    fields  by input name: its wire form and its default.
    """

    name: str
    parameters: tuple[Parameter, ...]
    fields: Mapping[str, tuple[Any, Any]]
    returns: Any

    @cached_property
    def body(self) -> type[BaseModel]:
        """The model. Made when first asked for: all of them together are a third of a program's start."""
        return create_model(self.name.replace(".", "_") + "_in", __base__=_Body, **dict(self.fields))  # type: ignore[call-overload,no-any-return]

    def json_schema(self) -> dict[str, Any]:
        """JSON Schema of the inputs."""
        return self.body.model_json_schema(ref_template="#/components/schemas/{model}")


class _Body(BaseModel):
    """Base of all generated bodies: unknown keys are refused, numbers must be finite."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, arbitrary_types_allowed=False)


def _strip_optional(annotation: Any) -> tuple[Any, bool]:
    origin = typing.get_origin(annotation)
    if origin is typing.Union or str(origin) == "<class 'types.UnionType'>":
        rest = [arg for arg in typing.get_args(annotation) if arg is not type(None)]
        if len(rest) == 1:
            return rest[0], True
    return annotation, False


def _reference_of(annotation: Any) -> tuple[type[models.Model] | None, Ref | None]:
    if inspect.isclass(annotation) and issubclass(annotation, models.Model):
        return annotation, None
    for mark in getattr(annotation, "__metadata__", ()):
        if isinstance(mark, Ref):
            return None, mark
    return None, None


def signature_of(function: Callable[..., Any], *, name: str) -> Signature:
    """Read a use case's signature; raises TypeError where it cannot be a schema."""
    hints = typing.get_type_hints(function, include_extras=True)
    parameters: list[Parameter] = []
    fields: dict[str, tuple[Any, Any]] = {}
    for position, raw in enumerate(inspect.signature(function).parameters.values()):
        if position == 0:
            continue  # ctx
        if raw.kind is not inspect.Parameter.KEYWORD_ONLY:
            raise TypeError(f"{name}: input '{raw.name}' must be keyword-only.")
        if raw.name not in hints:
            raise TypeError(f"{name}: input '{raw.name}' has no type.")
        annotation = hints[raw.name]
        bare, optional = _strip_optional(annotation)
        plain = typing.get_args(bare)[0] if typing.get_origin(bare) is Annotated else bare  # a list may have a limit
        many = typing.get_origin(plain) in (tuple, list)
        inner = typing.get_args(plain)[0] if many and typing.get_args(plain) else bare
        model, ref = _reference_of(inner)
        secret = any(isinstance(mark, _SecretMark) for mark in getattr(bare, "__metadata__", ()))
        parameters.append(Parameter(raw.name, annotation, raw.default, model, ref, many, optional, secret))
        wire: Any = annotation
        if model or ref:
            wire = tuple[_RefInput, ...] if many else _RefInput
            wire = wire | None if optional else wire
        default = ... if raw.default is inspect.Parameter.empty else raw.default
        fields[raw.name] = (_wire(wire), default)
    return Signature(name, tuple(parameters), fields, hints.get("return", type(None)))


_Integer = Annotated[int, Field(ge=-MAX_ID, le=MAX_ID)]


def _no_number(value: Any) -> Any:
    """Refuse numbers, and texts of digits alone, which pydantic would take for seconds since 1970."""
    if isinstance(value, int | float) or (isinstance(value, str) and not value.strip()[4:5] == "-"):
        raise ValueError("give a date as YYYY-MM-DD")
    return value


_Date = Annotated[date, BeforeValidator(_no_number)]
_Instant = Annotated[datetime, BeforeValidator(_no_number)]


def _wire(annotation: Any) -> Any:
    """Plain texts, integers and dates get the limits that every one of them has."""
    if annotation is str:
        return Text
    if annotation == (str | None):
        return Text | None
    if annotation is int:
        return _Integer
    if annotation == (int | None):
        return _Integer | None
    if annotation in (date, date | None):
        return _Date if annotation is date else _Date | None
    if annotation in (datetime, datetime | None):
        return _Instant if annotation is datetime else _Instant | None
    return annotation


def validate(signature: Signature, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Check inputs (JSON values or Python values) and give typed ones; raises Invalid naming each field."""
    try:
        checked = signature.body.model_validate(dict(inputs))
    except ValidationError as error:
        fields = [
            FieldError(_place(issue["loc"], signature), _fault(issue["type"], issue["msg"], _bounds(issue)))
            for issue in error.errors(include_url=False)
        ]
        unique = list(dict.fromkeys(fields))
        names = ", ".join(dict.fromkeys(field.field for field in unique))
        raise Invalid(f"Check {names}: {unique[0].message}.", fields=unique) from None
    return {parameter.name: getattr(checked, parameter.name) for parameter in signature.parameters}


# What pydantic calls a bound or a gap -> how it is told.
_FAULTS: Mapping[str, str] = {
    "less_than_equal": "give at most {le}",
    "less_than": "give less than {lt}",
    "greater_than_equal": "give at least {ge}",
    "greater_than": "give more than {gt}",
    "string_too_long": "it has {length:,} characters; give at most {max_length:,}",
    "missing": "it is needed",
}


def _bounds(issue: ErrorDetails) -> dict[str, Any]:
    """The limits that an input broke, and how long a text was."""
    given = issue["input"]
    return {**issue.get("ctx", {}), **({"length": len(given)} if isinstance(given, str) else {})}


def _fault(kind: str, message: str, bounds: Mapping[str, Any]) -> str:
    told = _FAULTS.get(kind)
    return told.format_map(bounds) if told else message.removeprefix("Value error, ")


def _place(location: tuple[int | str, ...], signature: Signature) -> str:
    """The dotted input name of a pydantic location, without the marks of its unions."""
    if not location:
        return ""
    kept = [str(location[0])]
    for part in location[1:]:
        if isinstance(part, int) or part.isidentifier():
            kept.append(str(part))
    names = {parameter.name for parameter in signature.parameters if parameter.model or parameter.ref}
    return kept[0] if kept[0] in names else ".".join(kept)


def to_json(value: Any) -> Any:
    """A result as JSON values: Decimal as text, dates ISO, enums by value, Money and WorkTime as objects."""
    if value is None or isinstance(value, bool | int | float | str):
        return value.value if isinstance(value, Enum) else value
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Money):
        return {"amount": format(value.amount, "f"), "currency": value.currency}
    if isinstance(value, WorkTime):
        return {"minutes": format(value.minutes, "f")}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_json(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(to_json(key)): to_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [to_json(item) for item in value]
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    raise TypeError(f"No JSON form for {type(value).__name__}.")


# Wire forms of the engine's values, for result schemas.
_DecimalText = Annotated[Decimal, PlainSerializer(lambda amount: format(amount, "f"), return_type=str)]


@cache
def result_schema(returns: Any) -> dict[str, Any]:
    """JSON Schema of a use case's answer."""
    if returns is type(None):
        return {"type": "null"}
    return TypeAdapter(returns).json_schema(mode="serialization", ref_template="#/components/schemas/{model}")
