"""Every use case by name: what the API, the command line, MCP and the house tests are made from."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any, Generic, Protocol, TypeVar

from headway.kernel.context import Context
from headway.kernel.schema import Signature, signature_of

ResultT = TypeVar("ResultT")
ResultT_co = TypeVar("ResultT_co", covariant=True)


class Kind(Enum):
    """Which door."""

    COMMAND = "command"
    QUERY = "query"


class Runner(Protocol):
    """How a door runs a use case; with `as_json` the answer is its JSON form."""

    def __call__(self, use_case: UseCase[Any], ctx: Context, inputs: dict[str, Any], *, as_json: bool) -> Any: ...


@dataclass(frozen=True, eq=False)
class UseCase(Generic[ResultT]):
    """One command or query: a function behind its door.

    name         'area.verb'.
    changes      the input whose version a caller must state (If-Match); '' = none.
    destructive  deletes or leaves the building.
    idempotent   the same call twice is as once.
    internal     a reason, when it is reachable only from code.
    reads_first  of a command: reads what it needs before the transaction is opened, from the context and the checked
                 inputs; given as `ctx.read_first`. It runs before the door has asked: it refuses nothing and gives
                 None where it may not read. The body must see for itself whether that still holds. What has a
                 `close` is closed after the act.
    only_reads_when_tried  of a command: its body sees the dry run and writes nothing then, so that no transaction is
                 opened and nobody waits for one.
    """

    name: str
    kind: Kind
    permission: str
    function: Callable[..., ResultT]
    signature: Signature
    runner: Runner
    changes: str = ""
    destructive: bool = False
    idempotent: bool = False
    internal: str = ""
    reads_first: Callable[[Context, dict[str, Any]], Any] | None = None
    only_reads_when_tried: bool = False

    @property
    def area(self) -> str:
        """The part before the dot."""
        return self.name.split(".")[0]

    @property
    def verb(self) -> str:
        """The part after the dot."""
        return self.name.split(".")[1]

    @property
    def about(self) -> str:
        """The docstring."""
        return inspect.getdoc(self.function) or ""

    @property
    def summary(self) -> str:
        """The docstring's first line."""
        return self.about.splitlines()[0]

    def __call__(self, ctx: Context, **inputs: Any) -> ResultT:
        """Through the door, with Python values."""
        result: ResultT = self.runner(self, ctx, inputs, as_json=False)
        return result

    def call_json(self, ctx: Context, inputs: dict[str, Any]) -> Any:
        """Through the door, with JSON values in and out; honours the idempotency key."""
        return self.runner(self, ctx, inputs, as_json=True)


_use_cases: dict[str, UseCase[Any]] = {}


def register(
    function: Callable[..., ResultT],
    *,
    kind: Kind,
    permission: str,
    runner: Runner,
    name: str = "",
    changes: str = "",
    destructive: bool = False,
    idempotent: bool = False,
    internal: str = "",
    reads_first: Callable[[Context, dict[str, Any]], Any] | None = None,
    only_reads_when_tried: bool = False,
) -> UseCase[ResultT]:
    """Put a function behind its door. Raises TypeError where the declaration is incomplete."""
    full = name or f"{function.__module__.split('.')[-2]}.{function.__name__}"
    if not permission:
        raise TypeError(f"{full} has no permission.")
    if not inspect.getdoc(function):
        raise TypeError(f"{full} has no docstring.")
    signature = signature_of(function, name=full)
    if changes and changes not in {parameter.name for parameter in signature.parameters}:
        raise TypeError(f"{full} says it changes '{changes}', which is none of its inputs.")
    if full in _use_cases and _use_cases[full].function.__qualname__ != function.__qualname__:
        raise TypeError(f"{full} is registered twice.")
    use_case = UseCase(
        full,
        kind,
        permission,
        function,
        signature,
        runner,
        changes,
        destructive,
        idempotent,
        internal,
        reads_first,
        only_reads_when_tried,
    )
    _use_cases[full] = use_case
    return use_case


def all_use_cases() -> Iterator[UseCase[Any]]:
    """All, by name."""
    for name in sorted(_use_cases):
        yield _use_cases[name]


def use_case(name: str) -> UseCase[Any]:
    """One by name; KeyError when there is none."""
    return _use_cases[name]
