"""Reads an hours file: recognises the tracker, decides dates and decimals, checks every row.

Runs in a child process for uploads. Two passes over the file: one to see what all values say of
date order and decimal sign, one to read the rows; nothing but the answer is held in memory.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from hashlib import blake2b
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from headway.documents.child import OUTPUT_FOLDER, Refused
from headway.documents.exchange.cells import (
    Cell,
    CellError,
    DateOrder,
    DecimalSign,
    Moment,
    date_order,
    hours_from_seconds,
    hours_of,
    moment_of,
    number_of,
    plain,
    sign_evidence,
    text_of,
    time_of,
    yes_or_no,
)
from headway.documents.exchange.faults import RowError
from headway.documents.exchange.fidelity import Question
from headway.documents.exchange.hours.odd_rows import (
    AS_WRITTEN,
    DOUBLED,
    MIXED_SIGNS,
    THE_FIRST,
    doubled_columns,
    doubled_question,
    is_heading,
    mixed_question,
    other_signs,
)
from headway.documents.exchange.hours.records import STAGED, HoursFile, HoursRow, stage_rows
from headway.documents.exchange.hours.sources import (
    FIELDS,
    Match,
    complete,
    looks_like_hours,
    names_person,
    recognise,
    score,
)
from headway.documents.exchange.hours.tally import Tally
from headway.documents.exchange.plan_table import looks_like_plan
from headway.documents.exchange.tables import HOURS_LIMITS, Table, TableLimits, find_table, open_book, reveal

MOST_ERRORS = 10_000
FIRST_YEAR, LAST_YEAR = 1990, 2100
_MOST_DISTINCT = 20_000
_LONGEST_NAME = 255
_BUDGETS_TOLD = 20
_NUMBERS = ("bill_rate", "bill_amount", "cost_rate", "cost_amount")
_DATES = ("date", "start_date", "end_date", "start", "end")
_SAID = frozenset({"note", "tags", "client"})  # words that no total hangs on
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_CURRENCY = re.compile(r"(?:^|[\s-])([A-Z]{3})$")
_PLAIN_AMOUNT = re.compile(r"\d+(?:[.,]\d+)?")
_UNIT_SECONDS = {"hours": 3600, "minutes": 60, "seconds": 1}


def parse_hours(
    path: Path,
    *,
    answers: Mapping[str, str] | None = None,
    mapping: Mapping[str, Any] | None = None,
    limits: TableLimits = HOURS_LIMITS,
) -> HoursFile:
    """The whole file in memory.

    answers  to questions: date_order (dmy, mdy, ymd), decimal_sign (point, comma), encoding,
             duration_unit (hours, minutes, seconds), person; and time_zone (an IANA name).
    mapping  {"columns": {field: column}, "sheet": name, "source": name}; overrides what the
             column names say. Fields are listed in `sources.FIELDS`.
    Raises Refused for a file that is no readable table; faults of rows are in the result.
    """
    reading = _Reading(path, answers or {}, mapping or {}, limits)
    rows = tuple(reading.rows())
    return reading.result(rows)


def stage(payload: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """The child's entry: rows go to a packed file of JSON lines, all else into the answer.

    payload  "file" (its name in `folder`), "answers", "mapping".
    """
    reading = _Reading(folder / payload["file"], payload["answers"], payload["mapping"], HOURS_LIMITS)
    target = folder / OUTPUT_FOLDER / STAGED
    with target.open("wb") as stream:
        stage_rows(reading.rows(), stream)
    result = reading.result(())
    if not result.usable:
        target.unlink()
    return result.as_json()


# ---- columns -----------------------------------------------------------------------------------


def _columns_asked(mapping: Mapping[str, Any]) -> Mapping[str, Any]:
    columns = mapping.get("columns", {})
    if not isinstance(columns, Mapping):
        raise Refused("In the mapping, 'columns' must name a column for each field.", {"field": "columns"})
    unknown = sorted(set(columns) - FIELDS)
    if unknown:
        message = f"The mapping names unknown fields: {', '.join(unknown)}. Known: {', '.join(sorted(FIELDS))}."
        raise Refused(message, {"field": unknown[0]})
    return columns


def _mapped(found: Match, table: Table, columns: Mapping[str, Any]) -> tuple[dict[str, int], list[RowError]]:
    places = dict(found.places)
    by_name = {name.casefold(): place for place, name in reversed(list(enumerate(table.columns))) if name}
    errors = []
    for name, column in columns.items():
        places.pop(name, None)
        if column in {None, ""}:
            continue
        place = by_name.get(str(column).strip().casefold())
        if place is None:
            message = (
                f"The mapping asks for column '{column}', which is not there. Columns: {', '.join(table.columns)}."
            )
            errors.append(table.error(table.header_row, name, str(column), message))
        else:
            places[name] = place
    return places, errors


# ---- what the values of a whole column say -----------------------------------------------------


@dataclass
class _Style:
    """How this file writes dates and numbers; questions where it cannot be known."""

    order: DateOrder = DateOrder.YMD
    signs: dict[str, DecimalSign] = field(default_factory=dict)
    own_signs: dict[Cell, DecimalSign] = field(default_factory=dict)  # of values that only the other sign reads
    unit: str = "hours"
    questions: list[Question] = field(default_factory=list)


def _style(
    table: Table, places: Mapping[str, int], answers: Mapping[str, str], *, chosen: Collection[str], ask_unit: bool
) -> _Style:
    """chosen: the fields whose columns a person has named."""
    dates: set[str] = set()
    numbers: dict[str, dict[str, int]] = {name: {} for name in (*_NUMBERS, "hours", "duration") if name in places}
    date_places = [places[name] for name in _DATES if name in places]
    number_places = [(places[name], values) for name, values in numbers.items()]
    named = sorted(places.values())
    asked = sorted({place for name, place in places.items() if name not in chosen and name not in _SAID})
    doubled = doubled_columns(table.columns, table.doubled, asked)
    for row, cells in table.rows():
        if is_heading(cells, table.columns, named):
            continue
        for one in doubled:
            one.look(row, cells)
        for place in date_places:
            value = cells[place]
            if isinstance(value, str) and len(dates) < _MOST_DISTINCT and value[4:5] != "-":
                dates.add(value)
        for place, values in number_places:
            value = cells[place]
            if isinstance(value, str) and value not in values and len(values) < _MOST_DISTINCT:
                values[value] = row
    style = _Style()
    _decide_order(style, dates, answers)
    _decide_signs(style, numbers, answers)
    _ask_about_mixed(style, numbers, {name: table.columns[places[name]] for name in numbers}, answers)
    if any(one.found for one in doubled) and not _answer(answers, DOUBLED, (THE_FIRST,)):
        style.questions.append(doubled_question(doubled, table.columns))
    if ask_unit:
        _decide_unit(style, set(numbers.get("duration", ())), answers)
    return style


def _decide_order(style: _Style, dates: set[str], answers: Mapping[str, str]) -> None:
    choices = tuple(order.value for order in DateOrder)
    answer = _answer(answers, "date_order", choices)
    order, open_values = date_order(dates)
    if answer:
        style.order = DateOrder(answer)
    elif order is not None:
        style.order = order
    else:
        style.order = DateOrder.DMY
        shown = ", ".join(sorted(open_values)[:5])
        message = f"Which comes first in dates such as {shown}: day (dmy), month (mdy) or year (ymd)?"
        style.questions.append(Question("date_order", message, choices, ""))


def _ask_about_mixed(
    style: _Style,
    numbers: Mapping[str, Mapping[str, int]],
    columns: Mapping[str, str],
    answers: Mapping[str, str],
) -> None:
    """Values that only the other sign reads are asked about once, by their cells, and then read by their own."""
    cells = []
    for name, values in numbers.items():
        for value, own in other_signs(values, style.signs[name]).items():
            style.own_signs[value] = own
            cells.append((values[value], columns[name], value, own))
    if cells and not _answer(answers, MIXED_SIGNS, (AS_WRITTEN,)):
        style.questions.append(mixed_question(cells))


def _decide_signs(style: _Style, numbers: Mapping[str, Iterable[str]], answers: Mapping[str, str]) -> None:
    choices = tuple(sign.value for sign in DecimalSign)
    answer = _answer(answers, "decimal_sign", choices)
    evidence = {name: sign_evidence(values) for name, values in numbers.items()}
    whole = sum(e.point for e in evidence.values()) - sum(e.comma for e in evidence.values())
    unsure: set[str] = set()
    for name, found in evidence.items():
        if answer:
            style.signs[name] = DecimalSign(answer)
        elif found.sign is not None:
            style.signs[name] = found.sign
        elif whole:
            style.signs[name] = DecimalSign.POINT if whole > 0 else DecimalSign.COMMA
        else:
            style.signs[name] = DecimalSign.POINT
            unsure |= set(found.unsure)
    if unsure:
        shown = ", ".join(sorted(unsure)[:5])
        message = f"Is the comma in numbers such as {shown} a decimal comma (comma) or a thousands mark (point)?"
        style.questions.append(Question("decimal_sign", message, choices, ""))


def _decide_unit(style: _Style, durations: set[str], answers: Mapping[str, str]) -> None:
    choices = tuple(_UNIT_SECONDS)
    answer = _answer(answers, "duration_unit", choices)
    if answer:
        style.unit = answer
        return
    large = sorted(v for v in durations if v.strip().isdecimal() and int(v[:12]) > 24)
    if large and all(_PLAIN_AMOUNT.fullmatch(v.strip()) for v in durations if v.strip()):
        message = f"In which unit are durations such as {', '.join(large[:5])}: hours, minutes or seconds?"
        style.questions.append(Question("duration_unit", message, choices, ""))


def _answer(answers: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    answer = str(answers.get(name, "")).strip().casefold()
    if answer and answer not in choices:
        raise Refused(f"The answer '{answer}' to {name} is not one of: {', '.join(choices)}.", {"field": name})
    return answer


def _zone(answers: Mapping[str, str]) -> ZoneInfo | None:
    name = str(answers.get("time_zone", "")).strip()
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        message = f"'{name}' is not a time zone. Give a name such as Europe/Berlin."
        raise Refused(message, {"field": "time_zone", "value": name}) from None


# ---- the rows ----------------------------------------------------------------------------------


class _Skip(Exception):
    """The row is left out, with a warning."""


class _Fault(Exception):
    """What is wrong with one field of a row."""

    def __init__(self, name: str, value: str, message: str) -> None:
        super().__init__(message)
        self.field, self.value, self.message = name, value, message


_EACH_ROW = "each row is an entry"


class _Reading:
    """One pass from the file to its rows; errors, totals and warnings gather on the way."""

    def __init__(self, path: Path, answers: Mapping[str, str], mapping: Mapping[str, Any], limits: TableLimits) -> None:
        columns = _columns_asked(mapping)
        book = open_book(path, answers=answers, limits=limits)
        wanted = {str(column).strip().casefold() for column in columns.values() if column}

        def points(row: Any) -> float:  # a header row as texts
            return score(row) + 3 * sum(name.casefold() in wanted for name in row)

        self.table = find_table(book, points, sheet=str(mapping.get("sheet") or ""))
        self.found = recognise(self.table.columns)
        self.answers = answers
        self.chosen = columns.keys()
        self.zone = _zone(answers)
        self.zone_name = self.zone.key if self.zone else ""
        self.family = str(mapping.get("source") or self.found.source.family)
        self.errors: list[RowError] = []
        self.error_count = 0
        self.warnings = list(self.table.warnings)
        self.questions = list(self.table.questions)
        self.places, faults = _mapped(self.found, self.table, columns)
        for fault in faults:
            self._note(fault)
        self._check_columns()
        self.style = _Style()
        self.count = 0
        self._tally = Tally()
        self._twins: dict[bytes, int] = {}
        self._keys: dict[str, int] = {}
        self._caches: dict[str, dict[str, Any]] = {}
        self._empty: list[int] = []
        self._headings: list[int] = []
        self._utc: list[int] = []
        self._long: list[int] = []
        self._apart: list[int] = []
        self._text = book.kind == "csv"

    def _note(self, error: RowError) -> None:
        self.error_count += 1
        if len(self.errors) < MOST_ERRORS:
            self.errors.append(error)

    def _check_columns(self) -> None:
        table = self.table
        header = ", ".join(filter(None, table.columns))
        if self.found.source.no_entries:
            message = (
                f"This is the list '{self.found.source.label}', which holds totals, not time entries. "
                f"Export the detailed time report instead. {self._budgets()}"
            ).strip()
            self._note(table.error(table.header_row, "", header, message))
            return
        named = Match(self.found.source, self.places)
        if not complete(named):
            missing = "hours" if self.places.keys() & {"date", "start_date", "start"} else "date"
            message = (
                f"No column for the {missing} was recognised. Rename it, or name it in the mapping, "
                f'as {{"columns": {{"{missing}": "…"}}}}.'
            )
            self._note(table.error(table.header_row, missing, header, message))
        seems_plan = looks_like_plan(table.columns) and not looks_like_hours(table.columns)
        if seems_plan and "as_hours" not in self.answers:
            message = (
                "This looks like a plan: its columns tell what only plans tell of tasks. "
                "If it is one, import it as a plan. Or is each row an entry of hours?"
            )
            self.questions.append(Question("as_hours", message, (_EACH_ROW,), _EACH_ROW))
        if not names_person(named) and not str(self.answers.get("person", "")).strip():
            message = "No column names the person. Whose hours are these? Give the person's name or e-mail."
            self.questions.append(Question("person", message, (), ""))

    def _budgets(self) -> str:
        """What a list of projects tells that can be taken by hand: each project's budget, the first ones."""
        places = {name.casefold(): place for place, name in enumerate(self.table.columns)}
        budget = next((places[name] for name in ("budget", "estimated (h)") if name in places), None)
        project, unit = places.get("project"), places.get("budget by")
        if budget is None or project is None:
            return ""
        told: list[str] = []
        for _, cells in self.table.rows():
            name, amount = text_of(cells[project]), text_of(cells[budget])
            if name and amount and len(told) < _BUDGETS_TOLD:
                told.append(f"{name} {amount} ({text_of(cells[unit]) if unit is not None else 'hours'})")
        return f"Its budgets can be entered under Budget: {'; '.join(told)}." if told else ""

    def rows(self) -> Iterator[HoursRow]:
        """Each good row; faulty ones are noted. Nothing is yielded after the first fault or with open questions."""
        if self.error_count:
            return
        for error in self.table.source.errors:
            if error.row and error.row > self.table.header_row:
                self._note(error)
        ask_unit = self.found.source.family == "generic" and "hours" not in self.places
        self.style = _style(self.table, self.places, self.answers, chosen=self.chosen, ask_unit=ask_unit)
        self.questions += self.style.questions
        read, names = self._reader(), self._names()
        wide: list[RowError] = []
        named = sorted(self.places.values())
        for number, cells in self.table.rows(wide):
            if is_heading(cells, self.table.columns, named):
                self._headings.append(number)
                continue
            try:
                row = read(number, cells)
            except _Fault as fault:
                column = self._column(fault.field)
                self._note(self.table.error(number, column, fault.value, fault.message))
                with contextlib.suppress(_Fault):
                    self._tally.name(names(cells))
                continue
            except _Skip:
                self._empty.append(number)
                continue
            self.count += 1
            self._tally.add(row)
            if not self.error_count and not self.questions:
                yield row
        for error in wide:
            self._note(error)

    def _column(self, name: str) -> str:
        place = self.places.get(name)
        return self.table.columns[place] if place is not None else name

    def _reader(self) -> Callable[[int, list[Cell]], HoursRow]:
        """A function that reads one row, with all look-ups made beforehand."""
        text, name = self._texts, self._name
        billed, currency_of = self._flag, self._currency
        project, code, client = name("project"), name("project_code"), name("client")
        task, task_code, role, note = name("task"), name("task_code"), name("role"), text("note")
        email, employee, key = name("email"), name("employee_id"), text("source_key")
        tags = self._tags()
        rates = [self._number(field_name) for field_name in _NUMBERS]
        person, when = self._person(), self._when()
        family, twins = self.family, self._twins
        typed = not self._text

        def read(number: int, cells: list[Cell]) -> HoursRow:
            day, start, end, hours = when(number, cells)
            who = person(cells)
            in_project, in_code, on_task, on_code = project(cells), code(cells), task(cells), task_code(cells)
            noted = note(cells)
            words = (
                family, who.casefold(), day.isoformat(), (in_project or in_code).casefold(),
                (on_code or on_task).casefold(), noted, plain(hours),
            )  # fmt: skip
            digest = blake2b("\x1f".join(words).encode(), digest_size=16).digest()
            twins[digest] = nth = twins.get(digest, 0) + 1
            content_key = digest.hex() if nth == 1 else f"{digest.hex()}-{nth}"
            source_key = key(cells)
            if source_key:
                self._check_key(source_key, number)
            raw = tuple(map(text_of if typed else str, cells))
            return HoursRow(
                number, who, email(cells), employee(cells), day, start, end, self.zone_name if start else "",
                in_project, in_code, client(cells), on_task, on_code, role(cells), noted, hours, billed(cells),
                rates[0](cells), rates[1](cells), rates[2](cells), rates[3](cells), currency_of(cells),
                tags(cells), source_key, content_key, raw,
            )  # fmt: skip

        return read

    def _check_key(self, key: str, number: int) -> None:
        first = self._keys.setdefault(key, number)
        if first != number:
            raise _Fault("source_key", key, f"The entry id stands in row {first} too. Remove one of the rows.")

    def _texts(self, name: str) -> Callable[[list[Cell]], str]:
        place = self.places.get(name)
        if place is None:
            return lambda cells: ""
        dash = self.found.source.dash_is_empty
        guarded = self._text

        def read(cells: list[Cell]) -> str:
            text = text_of(cells[place])
            if _CONTROL.search(text):
                raise _Fault(name, repr(text[:80]), "The text holds control characters. Remove them.")
            if dash and text == "-":
                return ""
            return reveal(text) if guarded and text.startswith("'") else text

        return read

    def _name(self, name: str) -> Callable[[list[Cell]], str]:
        """Short texts that repeat: read once each."""
        place = self.places.get(name)
        if place is None:
            return lambda cells: ""
        plain_text = self._texts(name)
        cache: dict[Cell, str] = {}

        def read(cells: list[Cell]) -> str:
            cell = cells[place]
            known = cache.get(cell)
            if known is None:
                known = plain_text(cells)
                if len(known) > _LONGEST_NAME:
                    raise _Fault(
                        name, known, f"The name is longer than {_LONGEST_NAME} characters, which is the limit."
                    )
                if len(cache) < _MOST_DISTINCT:
                    cache[cell] = known
            return known

        return read

    def _person(self) -> Callable[[list[Cell]], str]:
        first, last = self._name("first_name"), self._name("last_name")
        person, user, email, employee = (self._name(n) for n in ("person", "user", "email", "employee_id"))
        given = str(self.answers.get("person", "")).strip()
        if not names_person(Match(self.found.source, self.places)):
            return lambda cells: given

        def read(cells: list[Cell]) -> str:
            who = person(cells) or f"{first(cells)} {last(cells)}".strip() or user(cells) or email(cells)
            who = who or employee(cells) or given
            if not who:
                raise _Fault("person", "", "The row names no person. Fill in who did the work.")
            return who

        return read

    def _names(self) -> Callable[[list[Cell]], tuple[str, str, str, str]]:
        """Person, e-mail, project and project code of a row, whatever else is wrong with it."""
        person = self._person()
        email, project, code = (self._name(name) for name in ("email", "project", "project_code"))
        return lambda cells: (person(cells), email(cells), project(cells), code(cells))

    def _flag(self, cells: list[Cell]) -> bool | None:
        place = self.places.get("billable")
        if place is None:
            return None
        cell = cells[place]
        if cell == "Yes":
            return True
        if cell in {"No", "", "-"}:
            return False if cell == "No" else None
        try:
            return yes_or_no(cell)
        except CellError as error:
            raise _Fault("billable", text_of(cell), str(error)) from None

    def _currency(self, cells: list[Cell]) -> str:
        place = self.places.get("currency")
        if place is None:
            return self.found.currency
        cell = cells[place]
        if not isinstance(cell, str) or not cell.strip():
            return self.found.currency
        cache: dict[str, str] = self._caches.setdefault("currency", {})
        known = cache.get(cell)
        if known is None:
            found = _CURRENCY.search(cell.strip())
            if not found:
                raise _Fault("currency", cell, "Expected a currency code of three capitals, such as EUR.")
            known = cache[cell] = found[1]
        return known

    def _number(self, name: str) -> Callable[[list[Cell]], Decimal | None]:
        place = self.places.get(name)
        if place is None:
            return lambda cells: None
        sign = self.style.signs.get(name, DecimalSign.POINT)
        own_signs = self.style.own_signs
        cache: dict[Cell, Decimal | None] = {"": None, "-": None}

        def read(cells: list[Cell]) -> Decimal | None:
            cell = cells[place]
            if cell in cache:
                return cache[cell]
            try:
                number = number_of(cell, own_signs.get(cell, sign)) if text_of(cell) else None
            except CellError as error:
                raise _Fault(name, text_of(cell), str(error)) from None
            if len(cache) < _MOST_DISTINCT:
                cache[cell] = number
            return number

        return read

    def _tags(self) -> Callable[[list[Cell]], tuple[str, ...]]:
        words = self._texts("tags")
        cache: dict[str, tuple[str, ...]] = {"": ()}

        def read(cells: list[Cell]) -> tuple[str, ...]:
            text = words(cells)
            if text not in cache:
                if len(cache) > _MOST_DISTINCT:
                    cache.clear()
                cache[text] = tuple(filter(None, (tag.strip() for tag in re.split("[,;]", text))))
            return cache[text]

        return read

    # -- when and how long

    def _moment(self, name: str) -> Callable[[list[Cell]], Moment | None]:
        place = self.places.get(name)
        if place is None:
            return lambda cells: None
        order = self.style.order
        cache: dict[Cell, Moment | None] = {"": None, "-": None}

        def read(cells: list[Cell]) -> Moment | None:
            cell = cells[place]
            if cell in cache:
                return cache[cell]
            if not text_of(cell):
                return None
            try:
                moment = moment_of(cell, order)
            except CellError as error:
                raise _Fault(name, text_of(cell), str(error)) from None
            if not FIRST_YEAR <= moment.day.year <= LAST_YEAR:
                raise _Fault(name, text_of(cell), f"Expected a date between {FIRST_YEAR} and {LAST_YEAR}.")
            if len(cache) < _MOST_DISTINCT:
                cache[cell] = moment
            return moment

        return read

    def _clock(self, name: str) -> Callable[[list[Cell]], time | None]:
        place = self.places.get(name)
        if place is None:
            return lambda cells: None
        cache: dict[Cell, time | None] = {"": None, "-": None}

        def read(cells: list[Cell]) -> time | None:
            cell = cells[place]
            if cell in cache:
                return cache[cell]
            try:
                clock = time_of(cell) if text_of(cell) else None
            except CellError as error:
                raise _Fault(name, text_of(cell), str(error)) from None
            if len(cache) < _MOST_DISTINCT:
                cache[cell] = clock
            return clock

        return read

    def _amount(self, name: str) -> Callable[[list[Cell]], Decimal | None]:
        place = self.places.get(name)
        if place is None:
            return lambda cells: None
        sign = self.style.signs.get(name, DecimalSign.POINT)
        seconds = 1 if self.found.source.seconds else _UNIT_SECONDS[self.style.unit]
        whole = name == "duration" and seconds != _UNIT_SECONDS["hours"]
        own_signs = self.style.own_signs
        cache: dict[Cell, Decimal | None] = {"": None, "-": None}

        def read(cells: list[Cell]) -> Decimal | None:
            cell = cells[place]
            if cell in cache:
                return cache[cell]
            text, own = text_of(cell), own_signs.get(cell, sign)
            try:
                if not text:
                    amount = None
                elif whole and _PLAIN_AMOUNT.fullmatch(text):
                    amount = hours_from_seconds(number_of(cell, own) * seconds)
                else:
                    amount = hours_of(cell, own)
            except CellError as error:
                raise _Fault(name, text, str(error)) from None
            if len(cache) < _MOST_DISTINCT:
                cache[cell] = amount
            return amount

        return read

    def _when(self) -> Callable[[int, list[Cell]], tuple[date, datetime | None, datetime | None, Decimal]]:
        day_of, start_day, end_day = self._moment("date"), self._moment("start_date"), self._moment("end_date")
        start_at, end_at = self._moment("start"), self._moment("end")
        start_clock, end_clock = self._clock("start_time"), self._clock("end_time")
        duration, decimal = self._amount("duration"), self._amount("hours")
        main = next((name for name in ("date", "start_date", "start") if name in self.places), "date")
        measure = next((name for name in ("hours", "duration") if name in self.places), "end")

        def read(number: int, cells: list[Cell]) -> tuple[date, datetime | None, datetime | None, Decimal]:
            moment, began = day_of(cells) or start_day(cells), start_at(cells)
            if began is not None and began.clock is None:
                moment, began = moment or began, None
            start, end = self._local(began, number), self._local(end_at(cells), number)
            if moment is None and start is None:
                raise _Fault(main, "", "The row has no date. Fill it in.")
            if moment is not None and start is None:
                clock = start_clock(cells)
                own = self._local(moment, number) if clock is None and moment.clock is not None else None
                start = own or (datetime.combine(moment.day, clock) if clock is not None else None)
            day = moment.day if moment is not None and moment.instant is None else start.date()  # type: ignore[union-attr]
            if end is None and start is not None:
                end = self._end(start, end_day(cells), end_clock(cells))
            exact, rounded = duration(cells), decimal(cells)
            hours = exact if exact is not None else rounded
            if exact is not None and rounded is not None and abs(exact - rounded) > Decimal("0.02"):
                self._apart.append(number)
            if hours is None and start is not None and end is not None:
                hours = self._between(start, end, cells)
            if hours is None:
                if self.found.source.hours_may_be_empty:
                    raise _Skip
                raise _Fault(measure, "", "The row has no hours. Fill them in, or start and end.")
            if abs(hours) > 24:
                self._long.append(number)
            return day, start, end, hours

        return read

    def _end(self, start: datetime, day: Moment | None, clock: time | None) -> datetime | None:
        if clock is None:
            return None
        if day is not None:
            return datetime.combine(day.day, clock)
        end = datetime.combine(start.date(), clock)
        return end + timedelta(days=1) if end < start else end

    def _local(self, moment: Moment | None, number: int) -> datetime | None:
        """The wall clock in the zone asked for; instants without one are read as UTC, with a warning."""
        if moment is None:
            return None
        if moment.instant is None:
            return datetime.combine(moment.day, moment.clock or time())
        if self.zone is None and (not self._utc or self._utc[-1] != number):
            self._utc.append(number)
        return moment.instant.astimezone(self.zone or UTC).replace(tzinfo=None)

    def _between(self, start: datetime, end: datetime, cells: list[Cell]) -> Decimal:
        if self.zone is not None:
            span = end.replace(tzinfo=self.zone).astimezone(UTC) - start.replace(tzinfo=self.zone).astimezone(UTC)
        else:
            span = end - start
        if span < timedelta():
            raise _Fault("end_time", end.isoformat(" "), f"The end is before the start, {start.isoformat(' ')}.")
        return hours_from_seconds(Decimal(str(span.total_seconds())))

    # -- result

    def result(self, rows: tuple[HoursRow, ...]) -> HoursFile:
        """What is known after the last row."""
        usable = not self.error_count and not self.questions
        table, source, tally = self.table, self.found.source, self._tally
        self._warn(self._headings, "say the headings again and are left out")
        self._warn(self._empty, "hold no hours and are left out")
        self._warn(self._long, "hold more than 24 hours")
        self._warn(self._apart, "differ between duration and decimal hours; the duration is read")
        self._warn(self._utc, "give times in UTC, and no time zone is set: days are read as UTC days")
        return HoursFile(
            file=table.file,
            sheet=table.sheet,
            source=self.family,
            layout=source.name,
            label=source.label,
            columns=table.columns,
            fields={name: table.columns[place] for name, place in self.places.items()},
            rows=rows if usable else (),
            count=self.count,
            questions=tuple(self.questions),
            errors=tuple(sorted(self.errors, key=lambda error: error.row or 0)),
            error_count=self.error_count,
            warnings=tuple(self.warnings),
            first_day=tally.first_day if usable else None,
            last_day=tally.last_day if usable else None,
            by_person=tally.by_person() if usable else {},
            by_project=tally.by_project() if usable else {},
            who=tally.who(),
            worked=tally.worked() if usable else {},
            tasks=tally.tasks(),
        )

    def _warn(self, rows: list[int], what: str) -> None:
        if rows:
            more = f" and {len(rows) - 10:,} more" if len(rows) > 10 else ""
            self.warnings.append(f"Rows {', '.join(map(str, rows[:10]))}{more} {what}.")
