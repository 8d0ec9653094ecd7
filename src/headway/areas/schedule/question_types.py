"""What asking for figures takes and answers with: forecasts and missing figures, one question for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated

from pydantic import Field

from headway.kernel.schema import Name, ShortText

MOST_QUESTIONS = 40  # of one request
MOST_NOTE = 1000


class QuestionKind(Enum):
    """What is asked for.

    KPI         the figure of a KPI for a period.
    HOURS       hours still to go, of the project or of a row of its plan; PERCENT how much of it is complete.
    FINISH      the day on which a task will be finished.
    INVOICED    what a supplier has invoiced of an order so far; TO_COME what is still to come of it.
    """

    KPI = "kpi"
    HOURS = "hours_to_go"
    PERCENT = "percent_complete"
    FINISH = "finish"
    INVOICED = "invoiced_to_date"
    TO_COME = "still_to_come"


COSTS = (QuestionKind.INVOICED, QuestionKind.TO_COME)  # seen by whoever may see costs


class Part(Enum):
    """An input of a question: its figure, or of a ratio how many out of how many; and a note."""

    VALUE = "value"
    OUT_OF = "out_of"
    NOTE = "note"


class Outcome(Enum):
    """What became of what was told of a task, or of a figure."""

    ACCEPTED = "accepted"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it is asked for.

    target  a KPI, an order, or the uid of a row of the plan; none = the whole project.
    period  of a KPI: '2026-02', '2026-W09', a day in it; '' = the last one that is complete.
    """

    kind: QuestionKind
    target: Annotated[int, Field(ge=0, le=2**63 - 1)] | None = None
    period: ShortText = ""


@dataclass(frozen=True, slots=True)
class PreparedQuestion:
    """A question with all that its page says and checks.

    name    what it is about, as the person reads it. unit: '%', 'h', 'EUR', a KPI's own; '' for none.
    period  as the person reads it; begins  the day or minute by which it is found again.
    ratio   whether it is answered by how many out of how many.
    least, most  bounds of the figure; None = none. hint: what is counted, and how.
    """

    kind: QuestionKind
    target: int | None
    name: Name
    unit: ShortText = ""
    period: ShortText = ""
    begins: ShortText = ""
    ratio: bool = False
    least: Decimal | None = None
    most: Decimal | None = None
    hint: ShortText = ""


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """What somebody tells of a question, by its number in the request; '' says nothing.

    value  '120', '1,250.50'; a day as 2026-03-12. out_of: of a ratio, out of how many.
    """

    number: Annotated[int, Field(ge=1, le=MOST_QUESTIONS)]
    value: ShortText = ""
    out_of: ShortText = ""
    note: ShortText = ""


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """A question of a request, with what was told.

    draft   texts by `Part` as they were typed last, kept or sent; shown to the person asked alone.
    answer  texts as they were sent, read and put plainly.
    """

    number: int
    kind: QuestionKind
    target: int | None
    name: str
    unit: str
    period: str
    begins: str
    ratio: bool
    least: Decimal | None
    most: Decimal | None
    hint: str
    draft: Mapping[str, str]
    answer: Mapping[str, str]
    answered_at: datetime | None
    outcome: Outcome | None

    @property
    def parts(self) -> tuple[Part, ...]:
        """Its inputs, in order."""
        return (Part.VALUE, Part.OUT_OF, Part.NOTE) if self.ratio else (Part.VALUE, Part.NOTE)

    @property
    def told(self) -> str:
        """What was sent, in a line: '120 h', '18 out of 20', '12 Mar 2026'; '' where no figure was told."""
        value = self.answer.get(Part.VALUE.value, "")
        if not value:
            return ""
        if self.kind is QuestionKind.FINISH:
            day = date.fromisoformat(value)
            return f"{day.day} {day:%b %Y}"
        if self.ratio:
            return f"{value} out of {self.answer.get(Part.OUT_OF.value, '')}"
        return f"{value} {self.unit}".strip()


@dataclass(frozen=True, slots=True)
class Chasing:
    """When somebody who has not answered is reminded.

    before  working days before the day the answer is wanted; 0 = not before it.
    every   working days between the reminders after that day. most: how many in all; 0 = none.
    """

    before: Annotated[int, Field(ge=0, le=10)] = 1
    every: Annotated[int, Field(ge=1, le=20)] = 2
    most: Annotated[int, Field(ge=0, le=10)] = 5


@dataclass(frozen=True, slots=True)
class ChaserRow:
    """A reminder that was sent: which of them, when, and whether by mail or into the inbox."""

    number: int
    sent_at: datetime
    by_mail: bool
