"""The claims checker: does a finished file say only what its data say?

A `ClaimSet` (`claim_set.py`) lists what may be said: figures and dates with the words they belong to, counts of
things in a state, colours of subjects, names, and texts quoted from records. `check` compares a file's pieces with it
and reports each number, date, name or colour word that does not match, and each required statement that is missing.
Formulas of a workbook are calculated anew and compared with the stored values.

`check_file` is the entry for the limited child process. Not here: how files are read (`claims_read.py`), which claims
a report has (`headway.reports`).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from headway.documents.claim_set import IN_FIGURE, ClaimSet, Count, Day, Figure, Terms, tidy
from headway.documents.claims_formulas import formula_faults
from headway.documents.claims_read import Piece, pieces

_ROW = "row:"
_COLUMN = "column:"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that a file says and should not, or does not say and should.

    kind   'number', 'date', 'colour', 'name', 'count', 'formula' or 'missing'.
    found  the words at fault; `place` and `sentence` say where they stand.
    """

    kind: str
    found: str
    place: str
    sentence: str
    why: str

    def as_json(self) -> dict[str, str]:
        """The fault as a JSON object of its fields."""
        return asdict(self)


def check_file(payload: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Entry for the child process: checks `folder/<name>` against the claims in `folder/claims.json`.

    payload  {"name": file name in the folder, "format": 'docx', 'pptx', 'xlsx', 'pdf', 'html' or 'md'}.
    Returns {"faults": [...]}, each with the fields of `Fault`.
    """
    claims = ClaimSet.from_json((folder / "claims.json").read_text(encoding="utf-8"))
    faults = check((folder / payload["name"]).read_bytes(), payload["format"], claims)
    return {"faults": [fault.as_json() for fault in faults]}


def check(content: bytes, form: str, claims: ClaimSet) -> tuple[Fault, ...]:
    """Every fault of a finished file against its claims; () = the file says what it may and all it must.

    Raises UnreadableFileError when the file cannot be read back.
    """
    said = pieces(content, form)
    checker = _Checker(claims)
    faults = [fault for piece in said for fault in checker.faults(piece)]
    faults += checker.missing(said)
    if form == "xlsx":
        faults += [
            Fault("formula", fault.stored, f"sheet {fault.sheet}, cell {fault.cell}", fault.formula, fault.message)
            for fault in formula_faults(content)
        ]
    return tuple(dict.fromkeys(faults))


# --- words of numbers, dates, colours -------------------------------------------------------------------------------

_WORD_NUMBERS = {
    word: number
    for number, word in enumerate(
        ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
    )
}
_WORDS = "|".join(_WORD_NUMBERS)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTH = r"(?P<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
_DATE = re.compile(
    rf"(?:(?P<weekday>Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,?\s)?(?P<day>\d{{1,2}})\s{_MONTH}(?:\s(?P<year>\d{{4}}))?\b"
)
_ISO = re.compile(r"\b(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})\b")
_MONTH_OF_YEAR = re.compile(rf"\b{_MONTH}\s(?P<year>\d{{4}})\b|\b(?P<iso>\d{{4}}-\d{{2}})\b")
_SIGNS = {"EUR": "€", "GBP": "£", "USD": "$", "JPY": "¥"}
_NUMBER = (
    r"(?P<sign>[+−-](?=[€£$¥\dA-Z]))?(?P<currency>[€£$¥]|\bCODE\s)?"
    r"(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)"
    r"(?P<scale>[km]\b)?(?:\s?(?P<unit>%|h\b|hours?\b|weeks?\b|points?\b|working days?\b|days?\b))?"
)
_COLOUR = re.compile(r"\b(Green|Amber|Red|Grey|Gray|Yellow|Orange|GREEN|AMBER|RED|GREY|Not measured)\b")
_UNITS = {"hours": "h", "hour": "h", "week": "weeks", "point": "points", "day": "days", "working day": "days",
          "working days": "days"}  # fmt: skip
_DIGITS = frozenset("0123456789-")
# The number of a page, of a part that goes over several, and of what had no room: they come with the layout.
_PAGE = re.compile(
    r"\b[Pp]age \d+(?: (?:of|/) \d+)?\b"
    r"|(?<=[.!?]) ?\(\d{1,3} of \d{1,3}\)(?=$|\s)"
    r"|^\d+ more (?:is|are) not shown here\.$"
)
_PERSON_COLUMNS = {"owner", "who", "person", "manager", "decider", "approver", "by whom"}
_CAPITALISED = re.compile(r"\b[A-ZÀ-ÖØ-Þ][\w'’-]*[a-zà-öø-ÿ][\w'’-]*(?:\s[A-ZÀ-ÖØ-Þ][\w'’-]*[a-zà-öø-ÿ][\w'’-]*)+")
_QUANTIFIER = (
    rf"(?P<many>\d+|{_WORDS}|all|every|each|no|none|both|the only|the sole|only one)"
    rf"(?:\sof\s(?:the\s)?(?P<of>\d+|{_WORDS}))?(?:\s(?:the\s)?(?P<again>\d+|{_WORDS}))?"
)
_HIDDEN = "\x00"  # stands for each letter that has been checked already, so that places stay the same


_SHORT = 4
_LOST = Decimal("1e-9")  # of a number, when it was written as a binary one


def _packed(words: str) -> str:
    """Words without spaces, for texts that a line end may have cut."""
    return words.replace(" ", "")


_packed_part = lru_cache(maxsize=50_000)(_packed)  # of quotes and names, which are looked for in every piece


@lru_cache(maxsize=50_000)
def _folded(term: str) -> tuple[str, str]:
    """A term without capitals, and also without spaces where that is long enough to be known by; else ""."""
    folded = term.casefold()
    packed = _packed(folded)
    return folded, packed if len(packed) > (2 * _SHORT if term.isascii() else _SHORT) else ""


def _value(figure: Figure) -> Decimal:
    return figure.value


def _mask(match: re.Match[str]) -> str:
    return _HIDDEN * len(match.group())


class _Checker:
    def __init__(self, claims: ClaimSet) -> None:
        self._claims = claims
        self._quotes = sorted({tidy(quote) for quote in claims.quotes if tidy(quote)}, key=len, reverse=True)
        self._names = sorted({tidy(name) for name in claims.names if tidy(name)}, key=len, reverse=True)
        self._known_names = frozenset(self._names)
        self._known_texts = frozenset(self._quotes)
        self._by_day: dict[date, list[Day]] = {}
        for day in claims.days:
            self._by_day.setdefault(day.on, []).append(day)
        self._of_each_year: dict[tuple[int, int], list[date]] = {}  # by month and day of the month
        for on in self._by_day:
            self._of_each_year.setdefault((on.month, on.day), []).append(on)

    # Order matters: what is recognised first is hidden from the later looks.

    def faults(self, piece: Piece) -> Iterator[Fault]:
        """What a piece says against the claims."""
        persons = piece.column.casefold() in _PERSON_COLUMNS
        if piece.text in self._known_names or (piece.text in self._known_texts and not persons):
            return
        if self._is_part_of_a_quote(piece):
            return
        around = _Around(piece)
        if piece.typed and piece.text[:1] in _DIGITS:
            text, dates = self._dates(piece.text, piece, around)
            yield from dates
            yield from self._numbers(text, piece, around)
            return
        text = self._without(_PAGE.sub(_mask, piece.text), self._quotes)
        yield from self._foreign_name(piece, text)
        text = self._without(text, self._names)
        text, dates = self._dates(text, piece, around)
        yield from dates
        text, counts = self._counts(text, piece)
        yield from counts
        text, colours = self._colours(text, piece, around)
        yield from colours
        yield from self._numbers(text, piece, around)
        yield from self._names_in(text, piece)

    def missing(self, said: tuple[Piece, ...]) -> list[Fault]:
        """Required statements that no piece makes."""
        whole = " \n ".join(" ".join((piece.column, piece.row, piece.text)).casefold() for piece in said)
        bare = " \n ".join(piece.text.casefold() for piece in said)
        return [
            Fault("missing", "", "whole file", " / ".join(each.wordings), f"The file does not say {each.what}.")
            for each in self._claims.required
            if not any(tidy(wording).casefold() in text for wording in each.wordings for text in (whole, bare))
        ]

    @staticmethod
    def _without(text: str, parts: list[str]) -> str:
        packed = _packed(text)
        for part in parts:
            if len(part) > len(text) + 8:
                continue
            if part in text:
                text = re.sub(rf"(?<!\w){re.escape(part)}(?!\w)", _mask, text)
            elif len(part) > _SHORT and _packed_part(part) in packed:  # a line broke inside it
                letters = r"\s?".join(re.escape(letter) for letter in _packed(part))
                text = re.sub(rf"(?<!\w){letters}(?!\w)", _mask, text)
        return text

    def _is_part_of_a_quote(self, piece: Piece) -> bool:
        """Whether a drawn label is a line of a record's text, or its beginning where the room ended."""
        label = piece.text.rstrip("…").strip()
        named = len(label) > 2 and any(letter.isalpha() for letter in label)
        return piece.figure and named and any(label in quote for quote in self._quotes)

    # dates

    def _dates(self, text: str, piece: Piece, around: _Around) -> tuple[str, list[Fault]]:
        faults = []
        for pattern in (_ISO, _DATE):
            for match in pattern.finditer(text):
                why = self._date_fault(match, around, figure=piece.figure)
                if why:
                    faults.append(_fault("date", match.group(), piece, why))
            text = pattern.sub(_mask, text)
        for match in _MONTH_OF_YEAR.finditer(text):
            if not self._month_known(match):
                faults.append(_fault("date", match.group(), piece, f"No date of the data lies in {match.group()}."))
        return _MONTH_OF_YEAR.sub(_mask, text), faults

    def _date_fault(self, match: re.Match[str], around: _Around, *, figure: bool) -> str:
        parts = match.groupdict()
        month = int(parts["month"]) if parts["month"].isdigit() else _MONTHS.index(parts["month"].lower()) + 1
        year = parts.get("year")
        yearly = self._of_each_year.get((month, int(parts["day"])), [])
        found = [on for on in yearly if year is None or on.year == int(year)]
        if not found:
            return (
                ""
                if figure and year is None and self._within_plan(int(parts["day"]), month)
                else (f"The data hold no date {match.group()}.")
            )
        weekday = parts.get("weekday")
        if weekday is not None and all(_WEEKDAYS[on.weekday()] != weekday.lower() for on in found):
            return f"{match.group()} is not a {weekday}."
        if any(around.meets(day.about) for on in found for day in self._by_day[on]):
            return ""
        return f"The data hold {match.group()}, but not for what is said here."

    def _within_plan(self, day: int, month: int) -> bool:
        """Whether an axis may show this day: it lies between the first and the last date of the data."""
        first, last = min(self._by_day, default=None), max(self._by_day, default=None)
        if first is None or last is None:
            return False
        for year in range(first.year, last.year + 1):
            try:
                if first.replace(day=1) <= date(year, month, day) and date(year, month, 1) <= last:
                    return True
            except ValueError:
                continue
        return False

    def _month_known(self, match: re.Match[str]) -> bool:
        if match["iso"]:
            year, month = (int(part) for part in match["iso"].split("-"))
        else:
            year, month = int(match["year"]), _MONTHS.index(match["month"].lower()) + 1
        months = [on.year * 12 + on.month for on in self._by_day]
        return bool(months) and min(months) - 1 <= year * 12 + month <= max(months) + 1

    # counts of things in a state

    def _counts(self, text: str, piece: Piece) -> tuple[str, list[Fault]]:
        faults: list[Fault] = []
        for noun in dict.fromkeys(count.noun for count in self._claims.counts):
            pattern = re.compile(rf"\b{_QUANTIFIER}\s(?:measured\s|open\s)?{noun}(?:s|es)?\b", re.IGNORECASE)
            for match in pattern.finditer(text):
                if not self._count_holds(match, noun, _clause(text, match.start())):
                    why = f"The data do not say this of the {noun}s: {self._counts_of(noun)}."
                    faults.append(_fault("count", match.group(), piece, why))
            text = pattern.sub(_mask, text)
        for match in re.finditer(rf"\b(?P<many>\d+|{_WORDS}|none)\s(?:is|are)\s(?P<state>[a-z]+)", text, re.IGNORECASE):
            state, many = match["state"].lower(), _quantity(match["many"])
            known = [count for count in self._claims.counts if state in count.states]
            if known and all(count.count != many for count in known):
                faults.append(_fault("count", match.group(), piece, f"The data count {known[0].count} {state}."))
            if known:
                text = text[: match.start()] + _mask(match) + text[match.end() :]
        loose = re.compile(rf"\b(?P<many>\d+|{_WORDS})\sof\s(?:the\s)?(?P<of>{_WORDS})\b", re.IGNORECASE)
        faults += [
            _fault("count", match.group(), piece, "The data hold no such count.") for match in loose.finditer(text)
        ]
        return loose.sub(_mask, text), faults

    def _count_holds(self, match: re.Match[str], noun: str, clause: str) -> bool:
        word = match["many"].lower()
        total = match["of"] or match["again"]
        stated = [count for count in self._claims.counts if count.noun == noun]
        about = [count for count in stated if any(_has(clause, state) for state in count.states)]
        if not about:
            sweeping = word in {"the only", "the sole", "only one", "all", "every", "each", "both"}
            return not sweeping and total is None and any(count.total == _quantity(word) for count in stated)
        return any(_agrees(word, None if total is None else _quantity(total), count) for count in about)

    def _counts_of(self, noun: str) -> str:
        return "; ".join(
            f"{count.count} of {count.total} {count.states[0] if count.states else ''}".strip()
            for count in self._claims.counts
            if count.noun == noun
        )

    # colours

    def _colours(self, text: str, piece: Piece, around: _Around) -> tuple[str, list[Fault]]:
        faults = []
        for match in _COLOUR.finditer(text):
            word = match.group().capitalize()
            subjects = self._subjects(piece, match)
            known = [each for each in self._claims.colours if each.subject in subjects and around.meets(each.near)]
            bound = [each for each in known if any(term.startswith(_COLUMN) for group in each.near for term in group)]
            known = bound or known
            if not known:
                faults.append(_fault("colour", match.group(), piece, "It is not said what has this colour."))
            elif all(each.word != word for each in known):
                right = " or ".join(sorted({each.word for each in known}))
                faults.append(_fault("colour", match.group(), piece, f"{known[0].subject} is {right}, not {word}."))
            faults += self._reasons(piece, match, word)
        return _COLOUR.sub(_mask, text), faults

    def _subjects(self, piece: Piece, match: re.Match[str]) -> set[str]:
        """What a colour word belongs to: the nearest subject before it, else row, column, what follows, heading."""
        before = re.split(r"(?<=[.!?])\s", piece.text[: match.start()])[-1].casefold()
        placed = [(before.rfind(each.casefold()), each) for each in self._subject_names if _has(before, each)]
        if placed:
            return {max(placed)[1]}
        for place in (piece.column, piece.row, piece.text[match.end() :], piece.heading):
            named = {each for each in self._subject_names if _has(place, each)}
            if named:
                return named
        return set()

    def _reasons(self, piece: Piece, match: re.Match[str], word: str) -> list[Fault]:
        """'Red because of Cost': what is named as the reason must have that colour."""
        after = re.match(r"\s(?:because of|due to)\s([^.!?:;]*)", piece.text[match.end() :])
        if after is None:
            return []
        named = [each for each in self._subject_names if _has(after.group(1), each)]
        wrong = [
            each
            for each in named
            if not any(colour.word == word for colour in self._claims.colours if colour.subject == each)
        ]
        if not named:
            return [_fault("colour", after.group(1), piece, "The reason named is no dimension of the data.")]
        return [_fault("colour", each, piece, f"{each} is not {word}.") for each in wrong]

    @cached_property
    def _subject_names(self) -> tuple[str, ...]:
        return tuple({colour.subject: None for colour in self._claims.colours})

    # numbers

    def _numbers(self, text: str, piece: Piece, around: _Around) -> Iterator[Fault]:
        for match in self._number.finditer(text):
            before = text[match.start() - 1 : match.start()] if match.start() else ""
            if before.isalnum() or before == "_":  # part of a word or reference such as R-4
                word = re.split(r"\s", text[: match.start()])[-1] + re.split(r"\s", text[match.start() :])[0]
                yield _fault("name", word, piece, f"The data know no {word!r}.")
                continue
            spoken = self._spoken(match, typed=piece.typed)
            if spoken is None or self._figure_holds(spoken, text, match.span(), around):
                continue
            if piece.figure and match.group().strip() == text.strip() and self._is_tick(spoken):
                continue
            all_near = (figure for figures in self._figures_near(around) for figure in figures.all)
            near = [figure for figure in all_near if figure.about and around.meets(figure.about)]
            right = ", ".join(sorted({f"{figure.value:f}"[:14] for figure in near})[:6])
            why = f"The data say {right} here." if right else "The data hold no such figure."
            yield _fault("number", match.group().strip(), piece, why)
        for match in re.finditer(rf"\b({_WORDS})\s(?P<unit>weeks?|days?|hours?|points?)\b", text, re.IGNORECASE):
            many = _WORD_NUMBERS[match.group(1).lower()]
            unit = _UNITS.get(match["unit"].lower(), match["unit"].lower())
            spoken = _Spoken(Decimal(many), 0, unit, signed=False, typed=False)
            if not self._figure_holds(spoken, text, match.span(), around):
                yield _fault("number", match.group(), piece, "The data hold no such figure.")

    @cached_property
    def _number(self) -> re.Pattern[str]:
        return re.compile(_NUMBER.replace("CODE", re.escape(self._claims.currency or "XXX")))

    def _spoken(self, match: re.Match[str], *, typed: bool) -> _Spoken | None:
        """The number of a match; None where the digits are no number."""
        try:
            value = Decimal(match["digits"].replace(",", ""))
        except InvalidOperation:
            return None
        digits = max(0, -int(value.as_tuple().exponent))
        if match["scale"]:
            steps = 3 if match["scale"] == "k" else 6
            value, digits = value.scaleb(steps), digits - steps
        negative = match["sign"] in {"-", "−"}
        unit = match["unit"] or ""
        unit = self._money(match["currency"].strip()) if match["currency"] else _UNITS.get(unit, unit)
        return _Spoken(-value if negative else value, digits, unit, match["sign"] is not None, typed)

    def _money(self, sign: str) -> str:
        """The unit of an amount; that of another currency is no unit of the data."""
        own = self._claims.currency
        return "money" if not own or sign in {own, _SIGNS.get(own)} else f"money in {sign}"

    def _figure_holds(self, spoken: _Spoken, text: str, match: tuple[int, int], around: _Around) -> bool:
        bound = self._labels_behind(text[match[1] :]) or self._labels_before(text[: match[0]])
        return any(
            around.meets(figure.about)
            and (not bound or any(term.casefold() in bound for group in figure.about for term in group))
            for figures in self._figures_near(around)
            for figure in figures.said_as(spoken)
        )

    def _labels_before(self, text: str) -> set[str]:
        """The labels that stand directly before a number ('CPI 0.84', 'CPI is 0.84') and so bind it."""
        tail = re.split(r"[,;:.()|]|\band\b", text)[-1].casefold().rstrip()
        tail = re.sub(r"\s(?:is|was|of|at|=)$", "", tail)
        last = tail.rsplit(" ", 1)[-1]
        return {label for label in self._labels.get(last, ()) if tail.endswith(label) and _has(tail, label)}

    def _labels_behind(self, text: str) -> set[str]:
        """The labels that stand directly after a number ('€10,600 less than planned') and so bind it."""
        ahead = text.casefold().lstrip(" ")
        last = re.match(r"[\w()% ]*", ahead)
        words = last.group().split(" ") if last else []
        tried = (" ".join(words[:count]) for count in range(1, min(len(words), 6) + 1))
        return {label for label in tried if label in self._labels.get(label.rsplit(" ", 1)[-1], ())}

    @cached_property
    def _labels(self) -> dict[str, set[str]]:
        """Words that name figures, by their last word."""
        found: dict[str, set[str]] = {}
        for figure in self._claims.figures:
            for term in (term.casefold() for group in figure.about for term in group):
                if not term.startswith((_ROW, _COLUMN, IN_FIGURE)):
                    found.setdefault(term.rsplit(" ", 1)[-1], set()).add(term)
        return found

    def _is_tick(self, spoken: _Spoken) -> bool:
        """Whether an axis may show it: a round number, or a year that the data touch."""
        return spoken.round or any(spoken.value == on.year for on in self._by_day)

    def _figures_near(self, around: _Around) -> Iterator[_Figures]:
        """The figures of this row first, then those that belong to no one row."""
        for row in (_packed(f"{_ROW}{around.row}"), ""):
            if row in self._figures_by_row:
                yield self._figures_by_row[row]

    @cached_property
    def _figures_by_row(self) -> dict[str, _Figures]:
        found: dict[str, list[Figure]] = {}
        for figure in self._claims.figures:
            rows = [term for group in figure.about[:1] for term in group if term.startswith(_ROW)]
            for row in rows or [""]:
                found.setdefault(_packed(row.casefold()), []).append(figure)
        return {row: _Figures(figures) for row, figures in found.items()}

    # names

    def _foreign_name(self, piece: Piece, text: str) -> Iterator[Fault]:
        if piece.column.casefold() not in _PERSON_COLUMNS:
            return
        left = self._without(text, self._names).replace(_HIDDEN, "").strip(" –,;")
        if left and left.casefold() not in {"total", *(label.casefold() for label in self._claims.labels)}:
            yield _fault("name", piece.text, piece, f"The data know nobody called {left!r} here.")

    def _names_in(self, text: str, piece: Piece) -> Iterator[Fault]:
        known = {label.casefold() for label in self._claims.labels}
        for match in _CAPITALISED.finditer(text):
            if match.group().casefold() not in known:
                yield _fault("name", match.group(), piece, f"The data know no {match.group()!r}.")


@dataclass(frozen=True, slots=True)
class _Spoken:
    """A number as it was said."""

    value: Decimal
    digits: int
    unit: str
    signed: bool
    typed: bool

    @property
    def round(self) -> bool:
        """Whether it has at most two leading digits, or three of which the last is 5."""
        leading = self.value.copy_abs().normalize().as_tuple().digits
        return len(leading) <= 2 or (len(leading) == 3 and leading[-1] == 5)


class _Figures:
    """Figures of one row, or of none, found by the numbers that are a true way to say them."""

    def __init__(self, figures: list[Figure]) -> None:
        self.all = figures
        self._rounded: dict[tuple[str, int], dict[Decimal, list[Figure]]] = {}  # by unit and decimals, then by value

    def said_as(self, spoken: _Spoken) -> Sequence[Figure]:
        """Those that the number says."""
        if spoken.typed:
            return self._close_to(spoken)
        key = spoken.unit, spoken.digits
        if key not in self._rounded:
            self._rounded[key] = self._by_rounded_value(*key)
        return self._rounded[key].get(spoken.value, ())

    def _by_rounded_value(self, unit: str, digits: int) -> dict[Decimal, list[Figure]]:
        step = Decimal(1).scaleb(-digits)
        found: dict[Decimal, list[Figure]] = {}
        for figure in self.all:
            if figure.unit == unit and figure.digits <= digits:
                with suppress(InvalidOperation):  # more decimals than any figure has
                    found.setdefault(figure.value.quantize(step, ROUND_HALF_EVEN), []).append(figure)
        return found

    def _close_to(self, spoken: _Spoken) -> list[Figure]:
        """A typed number is the figure itself, but for what a binary number loses; its unit may be left out."""
        margin = (abs(spoken.value) + 1) * 2 * _LOST  # wider than what is lost of any figure this near
        first = bisect_left(self._by_value, spoken.value - margin, key=_value)
        last = bisect_right(self._by_value, spoken.value + margin, key=_value)
        return [
            figure
            for figure in self._by_value[first:last]
            if spoken.unit in ("", figure.unit) and abs(spoken.value - figure.value) <= (abs(figure.value) + 1) * _LOST
        ]

    @cached_property
    def _by_value(self) -> list[Figure]:
        return sorted(self.all, key=_value)


class _Around:
    """The words near a piece: its own, its row, column and heading."""

    def __init__(self, piece: Piece) -> None:
        self.row = piece.row.casefold()
        self._column = piece.column.casefold()
        self._figure = piece.figure
        self._words = f" {piece.text} | {piece.row} | {piece.column} | {piece.heading} | {piece.place} ".casefold()
        self._packed = _packed(self._words)
        self._met: dict[tuple[str, ...], bool] = {}

    def meets(self, about: Terms) -> bool:
        """Whether each group has a word here."""
        return all(self._meets_one(group) for group in about)

    def _meets_one(self, group: tuple[str, ...]) -> bool:
        if group not in self._met:
            self._met[group] = any(self._is_here(term) for term in group)
        return self._met[group]

    def _is_here(self, term: str) -> bool:
        if term == IN_FIGURE:
            return self._figure
        if term.startswith(_ROW):
            return _packed(self.row) == _packed(term[len(_ROW) :].casefold())
        if term.startswith(_COLUMN):
            return self._column == term[len(_COLUMN) :].casefold()
        folded, packed = _folded(term)
        if folded not in self._words:
            return bool(packed) and packed in self._packed
        return _has(self._words, folded) or (bool(packed) and packed in self._packed)


def _has(words: str, term: str) -> bool:
    """Whether a term stands in the words as words of its own; 'SPI' is not in 'SPI(t)'."""
    low, sought = words.casefold(), term.casefold()
    place = low.find(sought)
    while place >= 0:
        before, after = low[place - 1 : place], low[place + len(sought) : place + len(sought) + 1]
        if not (before.isalnum() and sought[0].isalnum()) and not (
            (after.isalnum() or after == "(") and sought[-1].isalnum()
        ):
            return True
        place = low.find(sought, place + 1)
    return False


def _clause(text: str, start: int) -> str:
    """The sentence that holds a place."""
    first = max(text.rfind(mark, 0, start) for mark in (". ", "! ", "? ", "; "))
    ends = [place for mark in (". ", "! ", "? ", "; ") if (place := text.find(mark, start)) >= 0]
    return text[first + 1 : min(ends, default=len(text))]


def _quantity(word: str) -> int:
    low = word.lower()
    if low in {"no", "none"}:
        return 0
    if low in {"the only", "the sole", "only one"}:
        return 1
    return int(low) if low.isdigit() else _WORD_NUMBERS.get(low, -1)


def _agrees(word: str, total: int | None, count: Count) -> bool:
    if word in {"all", "every", "each", "both"}:
        return count.count == count.total and total in {None, count.total} and (word != "both" or count.total == 2)
    return _quantity(word) == count.count and total in {None, count.total}


def _fault(kind: str, found: str, piece: Piece, why: str) -> Fault:
    sentence = " | ".join(part for part in dict.fromkeys((piece.row, piece.column, piece.text)) if part)
    return Fault(kind, found.replace(_HIDDEN, "…"), piece.place, sentence, why)
