"""What is taken and told of progress by a declared method."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from headway.engine.measures import Measure
from headway.engine.planned_value import ProgressMethod
from headway.kernel.schema import Name, Ref

StatementId = Annotated[int, Ref("budgets.ProgressStatement")]
SharePercent = Annotated[Decimal, Field(ge=0, le=100, max_digits=7, decimal_places=4)]
RowUid = Annotated[int, Field(ge=0, le=2**31 - 1)]
MOST_WEIGHTS = 50


@dataclass(frozen=True, slots=True)
class ProgressWeight:
    """A milestone or a deliverable and its share of the whole, out of 100.

    task_uid     of a milestone: its row in the plan, which says whether it is reached.
    accepted_on  of a deliverable: the day on which it was accepted; none = not yet.
    """

    name: Name
    share: SharePercent
    task_uid: RowUid | None = None
    accepted_on: date | None = None


Weights = Annotated[tuple[ProgressWeight, ...], Field(max_length=MOST_WEIGHTS)]


@dataclass(frozen=True, slots=True)
class StatementRow:
    """What was said of the progress of a project or of a row of its plan.

    task_uid   the row; None = the whole project. row: its name.
    complete   percent complete by it today, with its formula; None where each task speaks for itself.
    percent    what was said; None where the method works it out. ac, etc: hours worked then, hours to go then.
    in_use     whether it counts today.
    """

    id: int
    task_uid: int | None
    row: str
    method: ProgressMethod
    complete: Measure | None
    percent: Decimal | None
    ac: Decimal | None
    etc: Decimal | None
    weights: tuple[ProgressWeight, ...]
    said_by: str
    said_on: date
    entered_by: str
    withdrawn_on: date | None
    in_use: bool
    version: int


@dataclass(frozen=True, slots=True)
class ProgressMethods:
    """How a project's progress is known today, and all that was said of it, the newest first.

    text  the method in use with who said so and when, as it stands beside every percent complete.
    """

    text: str
    percent: Decimal | None
    said_on: date | None
    statements: tuple[StatementRow, ...]


@dataclass(frozen=True, slots=True)
class Trust:
    """Whether figures can be believed today. grey: why not, in words; empty = they can.

    progress_age  days since progress was entered; None = never.
    timesheets    percent of people whose hours of the last complete week are in; None = nobody is expected, or the
                  reader may not know.
    """

    as_of: date
    progress_on: date | None
    progress_age: int | None
    timesheets: Decimal | None
    grey: tuple[str, ...]
