"""How a person looks at a plan: its own fields, and saved views of columns, filter, groups, order and colours.

Only the types. The page knows what each column shows; a view that names a column which is gone is shown without it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Annotated

from pydantic import Field, StringConstraints

from headway.kernel.schema import Ref, ShortText

PlanViewId = Annotated[int, Ref("schedule.PlanView")]
CUSTOM = "custom:"  # before the key of a field of the house's own, where fields and columns are named

ColumnKey = Annotated[str, StringConstraints(pattern=r"^(custom:.{1,100}|[A-Za-z][A-Za-z0-9]{0,39})$")]
Label = Annotated[str, StringConstraints(max_length=60)]


class FieldKind(Enum):
    """What a field of the house's own holds."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    YES_NO = "yes_no"
    CHOICE = "choice"
    PERSON = "person"


class Tint(Enum):
    """The colours that choices and rules may take; the page gives each a shade for light and for dark."""

    GREY = "grey"
    BLUE = "blue"
    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    VIOLET = "violet"


@dataclass(frozen=True, slots=True)
class FieldChoice:
    """One value of a field of choices."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=60, strip_whitespace=True)]
    colour: Tint = Tint.GREY


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A field of the house's own.

    key    what a change of the plan names it by, after 'custom:'.
    house  whether every plan has it; else it is this project's alone.
    """

    id: int
    key: str
    name: str
    kind: FieldKind
    choices: tuple[FieldChoice, ...]
    house: bool
    version: int


class Relation(Enum):
    """How a column's value stands to that of a condition."""

    IS = "is"
    IS_NOT = "is_not"
    CONTAINS = "contains"
    LACKS = "lacks"
    BELOW = "below"
    ABOVE = "above"
    EMPTY = "empty"
    FILLED = "filled"


@dataclass(frozen=True, slots=True)
class Condition:
    """A column, a relation and a value as it is typed: '5 d', '50 %', '2026-03-12', 'today', 'Ann'."""

    column: ColumnKey
    relation: Relation
    value: ShortText = ""


class Match(Enum):
    """Whether a row must meet every condition or one of them."""

    ALL = "all"
    ANY = "any"


class Painted(Enum):
    """What a rule colours."""

    ROW = "row"
    BAR = "bar"


@dataclass(frozen=True, slots=True)
class ColourRule:
    """Rows that meet a condition take a colour, and these words beside their names."""

    condition: Condition
    tint: Tint
    on: Painted = Painted.ROW
    words: Label = ""


@dataclass(frozen=True, slots=True)
class SortKey:
    """A column that rows are ordered by."""

    column: ColumnKey
    down: bool = False


@dataclass(frozen=True, slots=True)
class ColumnWidth:
    """A column's width in pixels."""

    column: ColumnKey
    width: Annotated[int, Field(ge=40, le=800)]


@dataclass(frozen=True, slots=True)
class ViewSettings:
    """What a view of a plan keeps; whatever is left empty is as the plan page begins.

    columns   from left to right.
    quick     a ready-made filter: 'critical', 'late', 'mine', 'this-week' ...
    group     the column that rows are grouped by; '' = the outline.
    switches  what the chart shows, by the names of its switches.
    zoom      the place in the row of zooms, from the widest.
    label     what stands beside the bars: 'name', 'people', 'dates' ...
    """

    columns: Annotated[tuple[ColumnKey, ...], Field(max_length=80)] = ()
    widths: Annotated[tuple[ColumnWidth, ...], Field(max_length=80)] = ()
    sort: Annotated[tuple[SortKey, ...], Field(max_length=5)] = ()
    match: Match = Match.ALL
    conditions: Annotated[tuple[Condition, ...], Field(max_length=20)] = ()
    quick: Annotated[str, StringConstraints(pattern=r"^[a-z-]{0,20}$")] = ""
    search: Annotated[str, StringConstraints(max_length=200)] = ""
    group: Annotated[str, StringConstraints(pattern=r"^(|custom:.{1,100}|[A-Za-z][A-Za-z0-9]{0,39})$")] = ""
    rules: Annotated[tuple[ColourRule, ...], Field(max_length=20)] = ()
    switches: Annotated[
        dict[Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{1,20}$")], bool], Field(max_length=40)
    ] = field(default_factory=dict)
    zoom: Annotated[int, Field(ge=0, le=30)] | None = None
    label: Annotated[str, StringConstraints(pattern=r"^[a-z]{0,20}$")] = ""


@dataclass(frozen=True, slots=True)
class PlanViewRow:
    """A saved view of a plan as its reader sees it.

    shared  whether everybody on the project may open it.
    mine    whether the reader made it, and so may change it.
    first   whether the plan opens with it for this reader.
    """

    id: int
    name: str
    settings: ViewSettings
    shared: bool
    owner: str
    mine: bool
    first: bool
    version: int
