"""One reader for tables in CSV, TSV, XLSX and ODS: rows of cells that know where they stood.

Text files are streamed; spreadsheets are checked for size, far cells and forbidden declarations
before a library opens them. Formulas are never evaluated: their stored results are read.
Not here: what the columns mean (`hours`, `plan_table`).
"""

from __future__ import annotations

import codecs
import csv
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn
from xml.parsers import expat

import python_calamine
from charset_normalizer import from_bytes

from headway.documents.child import Refused
from headway.documents.exchange.cells import Cell, text_of
from headway.documents.exchange.faults import RowError
from headway.documents.exchange.fidelity import Question
from headway.documents.exchange.zip_guard import check_zip

MEGABYTE = 1024 * 1024
HEADER_DEPTH = 20
EXAMPLES = 10


@dataclass(frozen=True, slots=True)
class TableLimits:
    """Largest table accepted.

    rows         data rows of a text file; `sheet_rows` of a sheet of a workbook.
    characters   of one cell.
    area         rows x columns of one sheet's used rectangle, which is held in memory.
    """

    rows: int = 50_000
    sheet_rows: int = 50_000
    columns: int = 500
    characters: int = 32_767
    sheets: int = 100
    area: int = 2_000_000
    megabytes: int = 50


TABLE_LIMITS = TableLimits()
HOURS_LIMITS = TableLimits(rows=1_000_000, megabytes=200)


# ---- the guard against formulas in written text ------------------------------------------------

_DANGEROUS = re.compile(r"'*[=+\-@\t\r＝＋－＠]")
_GUARDED = re.compile(r"'+[=+\-@\t\r＝＋－＠]")


def neutralise(text: str) -> str:
    """Text that no spreadsheet takes for a formula; `reveal` gives the original back."""
    return f"'{text}" if _DANGEROUS.match(text) else text


def reveal(text: str) -> str:
    """Text without the guard that `neutralise` put before it."""
    return text[1:] if _GUARDED.match(text) else text


# ---- a file and its sheets ---------------------------------------------------------------------

Rows = Iterator[tuple[int, list[Cell]]]


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook, or the whole of a text file (then without a name).

    rows    opens the sheet anew: row number as a spreadsheet shows it, and its cells.
    errors  faults that are known before reading, such as formulas without a stored result.
    """

    name: str
    rows: Callable[[], Rows]
    hidden: bool = False
    formulas: int = 0
    errors: tuple[RowError, ...] = ()


@dataclass(frozen=True)
class Book:
    """A file as sheets. `kind` is csv, xlsx or ods; `encoding` and `delimiter` only of a text file."""

    file: str
    kind: str
    sheets: tuple[Sheet, ...]
    questions: tuple[Question, ...] = ()
    warnings: tuple[str, ...] = ()
    encoding: str = ""
    delimiter: str = ""

    def sheet(self, name: str) -> Sheet | None:
        """The visible sheet of that name, however it is capitalised."""
        wanted = name.strip().casefold()
        return next((s for s in self.sheets if s.name.casefold() == wanted and not s.hidden), None)


@dataclass(frozen=True)
class Table:
    """A sheet whose header row is known. Doubled column names carry a number: 'Epic Link (2)'."""

    file: str
    kind: str
    sheet: str
    header_row: int
    columns: tuple[str, ...]
    doubled: tuple[str, ...]
    source: Sheet
    questions: tuple[Question, ...] = ()
    warnings: tuple[str, ...] = ()

    def rows(self, errors: list[RowError] | None = None) -> Rows:
        """Data rows, each as wide as the header; empty rows are left out.

        A row with more filled cells than the header is left out and told to `errors`.
        """
        width = len(self.columns)
        padding: list[Cell] = [""] * width
        for number, cells in self.source.rows():
            if number <= self.header_row:
                continue
            if len(cells) != width:
                if len(cells) > width:
                    extra = [text_of(cell) for cell in cells[width:] if text_of(cell)]
                    if extra:
                        if errors is not None:
                            message = (
                                f"The row has {len(cells)} cells, the header {width}. Remove or name the extra ones."
                            )
                            errors.append(self.error(number, "", extra[0], message))
                        continue
                    del cells[width:]
                else:
                    cells.extend(padding[len(cells) :])
            if any(cells) or any(cell != "" for cell in cells):
                yield number, cells

    def error(self, row: int | None, name: str, value: str, message: str) -> RowError:
        """A fault in this table."""
        return RowError(self.file, self.sheet, row, name, value[:200], message)


def open_book(path: Path, *, answers: Mapping[str, str] | None = None, limits: TableLimits = TABLE_LIMITS) -> Book:
    """The file's sheets, checked for the limits that can be known before reading.

    Raises Refused for a wrong kind, a damaged or hostile file, or a limit.
    """
    size = path.stat().st_size
    if size > limits.megabytes * MEGABYTE:
        raise Refused(f"The file is larger than {limits.megabytes} MB, which is the limit.", {"file": path.name})
    with path.open("rb") as stream:
        magic = stream.read(8)
    suffix = path.suffix.casefold()
    if magic.startswith(b"\xd0\xcf\x11\xe0"):
        message = "This is an old binary Excel file (.xls) or one with a password. Save it as .xlsx without a password."
        raise Refused(message, {"file": path.name})
    if magic.startswith(b"PK"):
        if suffix in {".csv", ".tsv", ".txt"}:
            raise Refused("The name says text, but this is a workbook. Give it its true ending.", {"file": path.name})
        return _open_workbook(path, suffix, limits)
    if suffix in {".xlsx", ".xlsm", ".ods"}:
        raise Refused(f"The name says {suffix}, but this is not a workbook.", {"file": path.name})
    return _open_text(path, answers or {}, limits)


def find_table(book: Book, score: Callable[[Sequence[str]], float], *, sheet: str = "") -> Table:
    """The visible sheet and row that look most like the header wanted.

    score  how well a row of texts serves as header; the first best one wins.
    Raises Refused when the named sheet is missing or nothing is filled.
    """
    visible = [s for s in book.sheets if not s.hidden]
    if sheet:
        named = book.sheet(sheet)
        if named is None:
            names = ", ".join(s.name for s in visible)
            raise Refused(f"There is no visible sheet '{sheet}'. Sheets: {names}.", {"file": book.file})
        visible = [named]
    best: tuple[float, Sheet, int, list[str]] | None = None
    for candidate in visible:
        for number, cells in _first_rows(candidate):
            texts = [text_of(cell) for cell in cells]
            points = score(texts)
            if best is None or points > best[0]:
                best = (points, candidate, number, texts)
    if best is None:
        raise Refused("The file holds no filled row.", {"file": book.file})
    _, chosen, number, texts = best
    columns, doubled = _unique(texts)
    warnings = list(book.warnings)
    hidden = [s.name for s in book.sheets if s.hidden]
    if hidden:
        warnings.append(f"Hidden sheets are not read: {', '.join(hidden)}.")
    if len(visible) > 1:
        others = ", ".join(s.name for s in visible if s is not chosen)
        warnings.append(f"Read from sheet '{chosen.name}'. Other sheets: {others}.")
    if chosen.formulas:
        warnings.append(f"{chosen.formulas} cells hold formulas; their stored results are read, nothing is calculated.")
    if doubled:
        warnings.append(
            f"Columns that stand more than once: {', '.join(doubled)}. The first one is read unless another is named."
        )
    return Table(book.file, book.kind, chosen.name, number, columns, doubled, chosen, book.questions, tuple(warnings))


def _first_rows(sheet: Sheet) -> Rows:
    seen = 0
    for number, cells in sheet.rows():
        if any(text_of(cell) for cell in cells):
            seen += 1
            yield number, cells
        if seen >= HEADER_DEPTH:
            return


def _unique(names: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    while names and not names[-1]:
        names = names[:-1]
    counts: dict[str, int] = {}
    columns = []
    for name in names:
        counts[name.casefold()] = count = counts.get(name.casefold(), 0) + 1
        columns.append(name if count == 1 else f"{name} ({count})")
    doubled = tuple(dict.fromkeys(n for n in names if n and counts[n.casefold()] > 1))
    return tuple(columns), doubled


# ---- text files --------------------------------------------------------------------------------

ENCODINGS = (
    "windows-1252", "windows-1250", "windows-1251", "windows-1253", "windows-1254", "iso-8859-1", "iso-8859-2",
    "iso-8859-15", "koi8-r", "mac-roman", "cp437", "cp850", "cp852", "cp866", "shift_jis", "gb18030", "big5", "euc-kr",
)  # fmt: skip
_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_DELIMITERS = ",;\t|"


def _open_text(path: Path, answers: Mapping[str, str], limits: TableLimits) -> Book:
    encoding, questions = _encoding(path, answers)
    delimiter, skip = _delimiter(path, encoding)
    sheet = Sheet("", lambda: _text_rows(path, encoding, delimiter, skip, limits))
    return Book(path.name, "csv", (sheet,), questions, encoding=encoding, delimiter=delimiter)


def _encoding(path: Path, answers: Mapping[str, str]) -> tuple[str, tuple[Question, ...]]:
    """The encoding, and a question when it is only a guess."""
    with path.open("rb") as stream:
        start = stream.read(4)
        wide = start[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}
        stream.seek(0)
        decoder = codecs.getincrementaldecoder("utf-16" if wide else "utf-8-sig")()
        sound = True
        nul = False
        while chunk := stream.read(MEGABYTE):
            nul = nul or (not wide and b"\0" in chunk)
            if sound:
                try:
                    nul = ("\0" in decoder.decode(chunk)) if wide else nul
                    if not wide:
                        decoder.decode(chunk)
                except UnicodeDecodeError:
                    sound = False
        if sound:
            try:
                decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                sound = False
    if nul:
        row = _line_of(path, b"\0") if not wide else None
        message = "The file holds a NUL character: it is not a text table, or is damaged."
        raise Refused(message, {"file": path.name, "row": row})
    if sound:
        return ("utf-16" if wide else "utf-8-sig"), ()
    if wide or start[:3] == codecs.BOM_UTF8:
        raise Refused("The file says it is Unicode but holds bytes that are not. Export it again.", {"file": path.name})
    return _guessed_encoding(path, answers)


def _line_of(path: Path, needle: bytes) -> int | None:
    with path.open("rb") as stream:
        return next((number for number, line in enumerate(stream, 1) if needle in line), None)


def _guessed_encoding(path: Path, answers: Mapping[str, str]) -> tuple[str, tuple[Question, ...]]:
    touched: list[tuple[int, bytes]] = []
    count = 0
    utf8_line: int | None = None
    with path.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            if line.isascii():
                continue
            try:
                line.decode("utf-8")
                utf8_line = utf8_line or number
            except UnicodeDecodeError:
                count += 1
                if len(touched) < 1000:
                    touched.append((number, line))
                if _MULTIBYTE.search(line):
                    utf8_line = utf8_line or number
    first = touched[0][0]
    if utf8_line is not None:
        message = (
            f"The file mixes encodings: line {utf8_line} is UTF-8, line {first} is not. "
            "Save it once as UTF-8 and check the letters."
        )
        raise Refused(message, {"file": path.name, "row": first})
    answer = answers.get("encoding", "").casefold()
    if answer:
        if answer not in ENCODINGS:
            message = f"Encoding '{answer}' is not one of: {', '.join(ENCODINGS)}."
            raise Refused(message, {"file": path.name, "field": "encoding"})
        with path.open("rb") as stream:
            for number, line in enumerate(stream, 1):
                _check_line(line, answer, path.name, number)
        return answer, ()
    guess = _best_guess(b"".join(line for _, line in touched[:200]))
    shown = "; ".join(
        f"line {number}: {line.decode(guess, 'replace').strip()[:120]}" for number, line in touched[:EXAMPLES]
    )
    lines = "1 line holds" if count == 1 else f"{count:,} lines hold"
    text = f"The file is not UTF-8. {lines} other letters, read here as {guess}. Are they right? {shown}"
    return guess, (Question("encoding", text, (guess, *(e for e in ENCODINGS if e != guess)), guess),)


def _check_line(line: bytes, encoding: str, file: str, number: int) -> None:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        message = f"Line {number} is not {encoding}. Choose another encoding."
        raise Refused(message, {"file": file, "row": number}) from None


def _best_guess(sample: bytes) -> str:
    """The usual Windows encoding unless the bytes look decidedly Cyrillic or otherwise."""
    high = sum(byte >= 0x80 for byte in sample)
    letters = sum(chr(byte).isalpha() and byte < 0x80 for byte in sample)
    if high <= letters / 2:
        try:
            sample.decode("windows-1252")
            return "windows-1252"
        except UnicodeDecodeError:
            pass
    best = from_bytes(sample, cp_isolation=list(ENCODINGS)).best()
    found = codecs.lookup(best.encoding).name if best else ""
    return next((name for name in ENCODINGS if codecs.lookup(name).name == found), "windows-1252")


def _delimiter(path: Path, encoding: str) -> tuple[str, int]:
    """The delimiter of the first filled lines, and how many lines stand before them ('sep=;')."""
    with path.open(encoding=encoding, errors="replace", newline="") as stream:
        head = stream.read(MEGABYTE).splitlines(keepends=True)[:HEADER_DEPTH]
    if head and head[0].casefold().startswith("sep=") and len(head[0].strip()) == 5:
        return head[0][4], 1
    widths = {}
    for delimiter in _DELIMITERS:
        try:
            rows = [row for row in csv.reader(head, delimiter=delimiter) if any(row)]
        except csv.Error:
            rows = []
        widths[delimiter] = (sum(len(row) > 1 for row in rows[:1]) and len(rows[0]), sum(map(len, rows)))
    return max(_DELIMITERS, key=lambda d: (widths[d], -_DELIMITERS.index(d))), 0


def _text_rows(path: Path, encoding: str, delimiter: str, skip: int, limits: TableLimits) -> Rows:
    columns, characters = limits.columns, limits.characters
    with path.open(encoding=encoding, errors="replace", newline="") as stream:
        reader = csv.reader(stream, delimiter=delimiter, doublequote=True, strict=True)
        number = filled = 0
        try:
            for number, row in enumerate(reader, 1):
                if not row or number <= skip:
                    continue
                filled += 1
                if len(row) > columns:
                    _over(path, number, f"The row has more than {columns} columns, which is the limit.")
                if max(map(len, row)) > characters:
                    _over(path, number, f"A cell holds more than {characters:,} characters, which is the limit.")
                if filled > limits.rows + 1:
                    _over(path, number, f"The file has more than {limits.rows:,} rows, which is the limit. Split it.")
                yield number, row  # type: ignore[misc]  # list[str] is read only as list[Cell]
        except csv.Error as error:
            if "field larger" in str(error):
                _over(path, number + 1, f"A cell holds more than {characters:,} characters, which is the limit.")
            message = "A quotation mark is not closed or not doubled here. Mend the line or export the file again."
            raise Refused(message, {"file": path.name, "row": number + 1}) from None


def _over(path: Path, row: int, message: str) -> NoReturn:
    raise Refused(message, {"file": path.name, "row": row})


# ---- workbooks ---------------------------------------------------------------------------------


def _open_workbook(path: Path, suffix: str, limits: TableLimits) -> Book:
    members = {member.name for member in check_zip(path)}
    with zipfile.ZipFile(path) as archive:
        if "xl/workbook.xml" in members and suffix in {".xlsx", ".xlsm"}:
            kind, scans = "xlsx", _scan_xlsx(archive, members, path.name, limits)
        elif "content.xml" in members and suffix == ".ods":
            kind, scans = "ods", _scan_ods(archive, path.name, limits)
        else:
            message = f"The ending {suffix or '(none)'} does not fit the contents. Give an .xlsx, .ods or .csv table."
            raise Refused(message, {"file": path.name})
    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
    except python_calamine.CalamineError as error:
        raise Refused(f"The workbook cannot be read ({error}). Save it again.", {"file": path.name}) from None
    worksheets = [m for m in book.sheets_metadata if m.typ == python_calamine.SheetTypeEnum.WorkSheet]
    sheets = tuple(
        _calamine_sheet(book, m.name, m.visible != python_calamine.SheetVisibleEnum.Visible, scan, path.name, limits)
        for m in worksheets
        if (scan := scans.get(m.name)) is not None
    )
    return Book(path.name, kind, sheets)


@dataclass
class _Scan:
    """What the raw sheet says that the values alone do not."""

    last_row: int = 0
    last_column: int = 0
    formulas: int = 0
    faults: dict[tuple[int, int], str] = field(default_factory=dict)  # (row, column) from 1 -> error text
    unstored: list[tuple[int, int]] = field(default_factory=list)
    percents: set[tuple[int, int]] = field(default_factory=set)
    sheet: Any = None  # calamine's own, parsed when first asked for

    def fill(self, row: int, column: int, file: str, sheet: str, limits: TableLimits) -> None:
        """Note a filled cell; refuses one beyond the limits."""
        where = {"file": file, "sheet": sheet, "row": row}
        if row > limits.sheet_rows + 1:
            raise Refused(f"The sheet reaches beyond row {limits.sheet_rows:,}, which is the limit.", where)
        if column > limits.columns:
            raise Refused(f"The sheet reaches beyond column {limits.columns}, which is the limit.", where)
        self.last_row, self.last_column = max(self.last_row, row), max(self.last_column, column)
        if self.last_row * self.last_column > limits.area:
            raise Refused(f"The sheet spans more than {limits.area:,} cells, which is the limit.", where)


def _calamine_sheet(
    book: Any,  # python-calamine ships no usable types
    name: str,
    hidden: bool,
    scan: _Scan,
    file: str,
    limits: TableLimits,
) -> Sheet:
    message = "The formula has no stored result. Open the file in a spreadsheet program, save it and import again."
    errors = tuple(RowError(file, name, row, _column_letters(column), "", message) for row, column in scan.unstored)
    return Sheet(name, lambda: _sheet_rows(book, name, scan, file, limits), hidden, scan.formulas, errors)


def _sheet_rows(book: Any, name: str, scan: _Scan, file: str, limits: TableLimits) -> Rows:
    if not scan.last_row:
        return
    if scan.sheet is None:
        scan.sheet = book.get_sheet_by_name(name)
    sheet = scan.sheet
    first_row, first_column = sheet.start or (0, 0)
    special: dict[int, list[int]] = {}
    for row, column in [*scan.faults, *scan.percents]:
        special.setdefault(row, []).append(column)
    for number, values in enumerate(sheet.iter_rows(), first_row + 1):
        if number not in special and values.count("") == len(values):
            continue
        cells: list[Cell] = [""] * first_column
        cells += [_typed(value) for value in values]
        for column in special.get(number, ()):
            cells += [""] * (column - len(cells))
            fault = scan.faults.get((number, column))
            value = cells[column - 1]
            if fault is not None:
                cells[column - 1] = fault
            elif isinstance(value, Decimal):
                cells[column - 1] = f"{text_of(value * 100)}%"
        if any(isinstance(cell, str) and len(cell) > limits.characters for cell in cells):
            message = f"A cell holds more than {limits.characters:,} characters, which is the limit."
            raise Refused(message, {"file": file, "sheet": name, "row": number})
        yield number, cells


def _typed(value: Any) -> Cell:  # calamine's own set of cell values
    if isinstance(value, float):
        return Decimal(f"{value:.15g}")
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    result: Cell = value
    return result


def _column_letters(column: int) -> str:
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
MAX_DEPTH, MAX_ATTRIBUTES = 256, 200


class _Xml:
    """An expat run over one member that refuses DOCTYPE, depth and attribute floods."""

    def __init__(self, archive: zipfile.ZipFile, member: str, file: str) -> None:
        self.archive, self.member, self.file = archive, member, file

    def read(
        self,
        start: Callable[[str, dict[str, str]], None],
        end: Callable[[str], None] | None = None,
        text: Callable[[str], None] | None = None,
    ) -> None:
        """Call back with local names; attribute names keep their prefix."""
        parser = expat.ParserCreate()
        parser.buffer_text = True

        depth = 0

        def opened(name: str, attributes: dict[str, str]) -> None:
            nonlocal depth
            depth += 1
            if depth > MAX_DEPTH or len(attributes) > MAX_ATTRIBUTES:
                self._refuse(f"is nested deeper than {MAX_DEPTH} or has more than {MAX_ATTRIBUTES} attributes")
            start(name if ":" not in name else name.rpartition(":")[2], attributes)

        def closed(name: str) -> None:
            nonlocal depth
            depth -= 1
            if end is not None:
                end(name if ":" not in name else name.rpartition(":")[2])

        parser.StartElementHandler = opened
        parser.EndElementHandler = closed
        if text is not None:
            parser.CharacterDataHandler = text
        parser.StartDoctypeDeclHandler = lambda *_: self._refuse("declares a document type, which is never read")
        try:
            with self.archive.open(self.member) as stream:
                while chunk := stream.read(MEGABYTE):
                    parser.Parse(chunk, False)
                parser.Parse(b"", True)
        except expat.ExpatError as error:
            self._refuse(f"is not well-formed XML ({error})")

    def _refuse(self, what: str) -> NoReturn:
        raise Refused(f"Part '{self.member}' of the workbook {what}.", {"file": self.file})


def _scan_xlsx(archive: zipfile.ZipFile, members: set[str], file: str, limits: TableLimits) -> dict[str, _Scan]:
    sheets: list[tuple[str, str]] = []
    targets: dict[str, str] = {}

    def sheet(name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            identity = next((v for k, v in attributes.items() if k.rpartition(":")[2] == "id"), "")
            sheets.append((attributes.get("name", ""), identity))

    def relation(name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship":
            target = attributes.get("Target", "")
            targets[attributes.get("Id", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"

    _Xml(archive, "xl/workbook.xml", file).read(sheet)
    if len(sheets) > limits.sheets:
        raise Refused(f"The workbook has more than {limits.sheets} sheets, which is the limit.", {"file": file})
    if "xl/_rels/workbook.xml.rels" in members:
        _Xml(archive, "xl/_rels/workbook.xml.rels", file).read(relation)
    if "xl/sharedStrings.xml" in members:
        _Xml(archive, "xl/sharedStrings.xml", file).read(lambda *_: None)
    percents = _percent_styles(archive, file) if "xl/styles.xml" in members else frozenset()
    return {
        name: _scan_xlsx_sheet(archive, member, file, name, percents, limits)
        for name, identity in sheets
        if (member := targets.get(identity, "")) in members
    }


def _percent_styles(archive: zipfile.ZipFile, file: str) -> frozenset[str]:
    """Numbers of the cell styles that show a percentage."""
    formats = {"9", "10"}
    found: set[str] = set()
    state = {"inside": False, "count": 0}

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt" and "%" in attributes.get("formatCode", ""):
            formats.add(attributes.get("numFmtId", ""))
        elif name == "cellXfs":
            state["inside"] = True
        elif name == "xf" and state["inside"]:
            if attributes.get("numFmtId") in formats:
                found.add(str(state["count"]))
            state["count"] += 1

    def end(name: str) -> None:
        if name == "cellXfs":
            state["inside"] = False

    _Xml(archive, "xl/styles.xml", file).read(start, end)
    return frozenset(found)


class _XlsxSheetScan:
    """Walks one sheet's cells in file order."""

    def __init__(self, file: str, sheet: str, percents: frozenset[str], limits: TableLimits) -> None:
        self.file, self.sheet, self.percents, self.limits = file, sheet, percents, limits
        self.scan = _Scan()
        self.row = self.column = 0
        self.kind = self.style = ""
        self.formula = self.filled = self.in_value = False
        self.value = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            found = _REFERENCE.fullmatch(attributes.get("r", ""))
            self.column += 1
            if found:
                self.row, self.column = int(found[2]), _column_number(found[1])
            self.kind, self.style = attributes.get("t", ""), attributes.get("s", "")
            self.formula = self.filled = False
            self.value = ""
        elif name in {"v", "is"}:
            if not self.filled:
                self.filled = True
                self.scan.fill(self.row, self.column, self.file, self.sheet, self.limits)
            self.in_value = name == "v" and self.kind == "e"
        elif name == "f":
            self.formula = True
        elif name == "row":
            number = attributes.get("r", "")
            self.row = int(number) if number.isdecimal() and len(number) < 9 else self.row + 1
            self.column = 0

    def end(self, name: str) -> None:
        if name == "c":
            place = (self.row, self.column)
            if self.formula:
                self.scan.formulas += 1
                if not self.filled and self.kind != "str":
                    self.scan.fill(*place, self.file, self.sheet, self.limits)
                    self.scan.unstored.append(place)
            if self.kind == "e" and self.filled:
                self.scan.faults[place] = self.value[:50] or "#ERROR"
            elif self.filled and self.style in self.percents and self.kind in {"", "n"}:
                self.scan.percents.add(place)
        elif name == "v":
            self.in_value = False

    def text(self, text: str) -> None:
        if self.in_value:
            self.value += text[:50]


def _scan_xlsx_sheet(
    archive: zipfile.ZipFile, member: str, file: str, sheet: str, percents: frozenset[str], limits: TableLimits
) -> _Scan:
    walker = _XlsxSheetScan(file, sheet, percents, limits)
    _Xml(archive, member, file).read(walker.start, walker.end, walker.text)
    return walker.scan


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


class _OdsScan:
    """Walks all tables of an ODS document; repeated empty cells take no room."""

    def __init__(self, file: str, limits: TableLimits) -> None:
        self.file, self.limits = file, limits
        self.scans: dict[str, _Scan] = {}
        self.sheet = ""
        self.row = self.column = 0
        self.row_repeat = self.cell_repeat = 1
        self.filled = self.percent = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "table":
            self.sheet = attributes.get("table:name", "")
            self.scans[self.sheet] = _Scan()
            self.row = 0
            if len(self.scans) > self.limits.sheets:
                message = f"The workbook has more than {self.limits.sheets} sheets, which is the limit."
                raise Refused(message, {"file": self.file})
        elif name == "table-row":
            self.row_repeat = _repeat(attributes.get("table:number-rows-repeated"))
            self.column = 0
        elif name in {"table-cell", "covered-table-cell"}:
            self.cell_repeat = _repeat(attributes.get("table:number-columns-repeated"))
            self.filled = "office:value-type" in attributes or "table:formula" in attributes
            self.percent = attributes.get("office:value-type") == "percentage"
            if self.sheet in self.scans and "table:formula" in attributes:
                self.scans[self.sheet].formulas += 1
        elif name == "p":
            self.filled = True

    def end(self, name: str) -> None:
        if name in {"table-cell", "covered-table-cell"}:
            self.column += self.cell_repeat
            if self.filled and self.sheet in self.scans:
                row = self.row + self.row_repeat
                scan = self.scans[self.sheet]
                scan.fill(row, self.column, self.file, self.sheet, self.limits)
                if self.percent:
                    columns = range(self.column - self.cell_repeat + 1, self.column + 1)
                    scan.percents |= {(r, c) for r in range(self.row + 1, row + 1) for c in columns}
            self.filled = self.percent = False
        elif name == "table-row":
            self.row += self.row_repeat
        elif name == "table":
            self.sheet = ""


def _repeat(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 12 else 1


def _scan_ods(archive: zipfile.ZipFile, file: str, limits: TableLimits) -> dict[str, _Scan]:
    walker = _OdsScan(file, limits)
    _Xml(archive, "content.xml", file).read(walker.start, walker.end)
    return walker.scans
