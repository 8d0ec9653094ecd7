"""What finished files say, read from their saved bytes alone: DOCX, PPTX, XLSX, PDF, HTML, Markdown.

Every reader gives the same pieces: a text with its place, and for table cells the label of the row and the header
of the column. It shares no code with the writers, so that a writer's error cannot hide itself. Runs in the limited
child process. Not here: what the pieces should say (`claims.py`).
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from html.parser import HTMLParser
from pathlib import PurePosixPath
from typing import Any

import openpyxl
import pypdf
from lxml import etree

from headway.documents.claim_set import tidy

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_LARGEST_PART = 80 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Piece:
    """One statement of a file.

    place    page, slide or sheet with its cell, for people.
    row, column   label of the row and header of the column, for table cells.
    heading  the nearest heading, slide title or caption above.
    figure   inside a drawn chart or Gantt, where axis ticks stand too.
    typed    the cell held a number or date, not a text; its unit stands in the header or number format.
    """

    place: str
    text: str
    row: str = ""
    column: str = ""
    heading: str = ""
    figure: bool = False
    typed: bool = False


class UnreadableFileError(ValueError):
    """The file cannot be read back; the message says which part."""


def pieces(content: bytes, form: str) -> tuple[Piece, ...]:
    """Everything that a file of this format says. Raises UnreadableFileError for a damaged file."""
    reader = _READERS.get(form)
    if reader is None:
        raise UnreadableFileError(f"There is no reader for {form!r}; there are {', '.join(_READERS)}.")
    try:
        return tuple(_tidied(piece) for piece in reader(content) if piece.text.strip())
    except (zipfile.BadZipFile, etree.XMLSyntaxError, pypdf.errors.PyPdfError, KeyError, UnicodeDecodeError) as fault:
        raise UnreadableFileError(f"The finished {form} file cannot be read back: {fault}.") from fault


def _tidied(piece: Piece) -> Piece:
    return replace(
        piece,
        text=tidy(piece.text),
        row=tidy(piece.row),
        column=tidy(piece.column),
        heading=tidy(piece.heading),
    )


@dataclass(slots=True)
class _Grid:
    """Turns the rows of one table into pieces that know their row and column."""

    place: str
    heading: str

    def pieces(self, rows: list[list[str]]) -> Iterator[Piece]:
        header = rows[0] if rows else []
        for number, cells in enumerate(rows):
            label = next((cell for cell in cells if cell.strip()), "")
            for position, cell in enumerate(cells):
                column = header[position] if number and position < len(header) else ""
                yield Piece(f"{self.place}, row {number + 1}", cell, label, column, self.heading)


# --- Office packages ------------------------------------------------------------------------------------------------


class _Package:
    """The parts of an OOXML file, with their relations."""

    def __init__(self, content: bytes) -> None:
        self._zip = zipfile.ZipFile(io.BytesIO(content))

    def names(self, pattern: str) -> list[str]:
        """Part names that match, in the order of their numbers."""
        found = [name for name in self._zip.namelist() if re.fullmatch(pattern, name)]
        return sorted(found, key=lambda name: [int(digits) for digits in re.findall(r"\d+", name)])

    def content(self, name: str) -> bytes:
        """Bytes of a part."""
        if self._zip.getinfo(name).file_size > _LARGEST_PART:
            raise UnreadableFileError(f"Part {name} is too large.")
        return self._zip.read(name)

    def xml(self, name: str) -> Any:
        """Root element of a part."""
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        return etree.fromstring(self.content(name), parser)

    def related(self, name: str) -> dict[str, str]:
        """Relation id to part name, for the relations of one part that stay inside the package."""
        folder, base = str(PurePosixPath(name).parent), PurePosixPath(name).name
        relations = f"{folder}/_rels/{base}.rels"
        if relations not in self._zip.namelist():
            return {}
        found = {}
        for relation in self.xml(relations):
            if relation.get("TargetMode") != "External":
                target = relation.get("Target")
                found[relation.get("Id")] = _joined(folder, target)
        return found


def _joined(folder: str, target: str) -> str:
    parts: list[str] = [] if target.startswith("/") else folder.split("/")
    for step in target.lstrip("/").split("/"):
        if step == "..":
            parts.pop()
        elif step != ".":
            parts.append(step)
    return "/".join(parts)


def _docx(content: bytes) -> Iterator[Piece]:
    package = _Package(content)
    yield from _word_part(package, "word/document.xml", "document")
    for kind in ("header", "footer", "footnotes", "endnotes"):
        for name in package.names(rf"word/{kind}\d*\.xml"):
            yield from _word_part(package, name, PurePosixPath(name).stem)
    for name in package.names(r"word/charts/chart\d*\.xml"):
        yield from _chart(package, name, PurePosixPath(name).stem)


def _word_part(package: _Package, name: str, place: str) -> Iterator[Piece]:
    root = package.xml(name)
    body = root.find(f"{_W}body")
    heading = ""
    for number, node in enumerate(body if body is not None else root, start=1):
        if node.tag == f"{_W}tbl":
            yield from _Grid(f"{place}, table at block {number}", heading).pieces(_word_rows(node))
        elif node.tag in {f"{_W}p", f"{_W}sdt", f"{_W}footnote", f"{_W}endnote"}:
            words = _word_text(node)
            drawn = tuple(_drawn(node, f"{place}, block {number}", heading))
            style = node.find(f"{_W}pPr/{_W}pStyle")
            if style is not None and re.match(r"(?i)heading|title|caption", style.get(f"{_W}val", "")):
                heading = words or heading
            yield Piece(f"{place}, block {number}", words, heading=heading)
            yield from drawn


def _word_text(node: Any) -> str:
    """The words of a paragraph without those of shapes drawn in it."""
    said = []
    for child in node.iter(f"{_W}t", f"{_W}tab", f"{_W}br", f"{_W}p"):
        if _inside_drawing(child, node):
            continue
        said.append(child.text or "" if child.tag == f"{_W}t" else " ")
    return "".join(said)


def _inside_drawing(child: Any, top: Any) -> bool:
    parent = child.getparent()
    while parent is not None and parent is not top:
        if etree.QName(parent).localname in {"drawing", "pict", "AlternateContent"}:
            return True
        parent = parent.getparent()
    return False


def _drawn(node: Any, place: str, heading: str) -> Iterator[Piece]:
    """Texts and descriptions of the shapes in a paragraph."""
    for shape in node.iter("{*}docPr", "{*}cNvPr"):
        yield Piece(f"{place}, description", shape.get("descr", ""), heading=heading)
    for box in node.iter(f"{_W}txbxContent"):
        if any(etree.QName(parent).localname == "Fallback" for parent in box.iterancestors()):
            continue
        for paragraph in box.iter(f"{_W}p"):
            words = "".join(text.text or "" for text in paragraph.iter(f"{_W}t"))
            yield Piece(f"{place}, shape", words, heading=heading, figure=True)
    for paragraph in node.iter(f"{_A}p"):
        yield Piece(f"{place}, shape", _drawing_text(paragraph), heading=heading, figure=True)


def _word_rows(table: Any) -> list[list[str]]:
    return [
        [
            " ".join(part for part in (_word_text(paragraph) for paragraph in cell.iter(f"{_W}p")) if part)
            for cell in line.findall(f"{_W}tc")
        ]
        for line in table.findall(f"{_W}tr")
    ]


def _pptx(content: bytes) -> Iterator[Piece]:
    package = _Package(content)
    for name in package.names(r"ppt/slides/slide\d+\.xml"):
        number = re.findall(r"\d+", name)[-1]
        place = f"slide {number}"
        title = _slide_title(package.xml(name))
        yield from _slide_pieces(package.xml(name), place, title)
        for target in package.related(name).values():
            if "/charts/chart" in target:
                yield from _chart(package, target, f"{place}, chart", title)
            elif "/notesSlides/" in target:
                yield from _slide_pieces(package.xml(target), f"{place}, notes", title)
    for name in package.names(r"ppt/slideLayouts/slideLayout\d+\.xml") + package.names(r"ppt/slideMasters/.*\.xml"):
        for paragraph in package.xml(name).iter(f"{_A}p"):
            if paragraph.find(f"{_A}fld") is None and not _is_placeholder(paragraph):
                yield Piece(PurePosixPath(name).stem, _drawing_text(paragraph))


def _is_placeholder(paragraph: Any) -> bool:
    for parent in paragraph.iterancestors(f"{_P}sp"):
        return parent.find(f"{_P}nvSpPr/{_P}nvPr/{_P}ph") is not None
    return False


def _slide_title(root: Any) -> str:
    for shape in root.iter(f"{_P}sp"):
        place = shape.find(f"{_P}nvSpPr/{_P}nvPr/{_P}ph")
        if place is not None and place.get("type") in {"title", "ctrTitle"}:
            return tidy(" ".join(_drawing_text(paragraph) for paragraph in shape.iter(f"{_A}p")))
    return ""


def _slide_pieces(root: Any, place: str, title: str) -> Iterator[Piece]:
    for described in root.iter("{*}cNvPr"):
        yield Piece(f"{place}, description", described.get("descr", ""), heading=title)
    for table in root.iter(f"{_A}tbl"):
        rows = [
            [" ".join(_drawing_text(paragraph) for paragraph in cell.iter(f"{_A}p")) for cell in line.iter(f"{_A}tc")]
            for line in table.iter(f"{_A}tr")
        ]
        yield from _Grid(f"{place}, table", title).pieces(rows)
    for shape in root.iter(f"{_P}sp", f"{_P}cxnSp"):
        words = [_drawing_text(paragraph) for paragraph in shape.iter(f"{_A}p") if paragraph.find(f"{_A}fld") is None]
        fields = [
            paragraph for paragraph in shape.iter(f"{_A}p") if paragraph.find(f"{_A}fld") is not None
        ]  # slide numbers
        words += ["".join(run.text or "" for run in paragraph.iterfind(f"{_A}r/{_A}t")) for paragraph in fields]
        placed = shape.find(f"{_P}nvSpPr/{_P}nvPr/{_P}ph") is not None
        grouped = any(etree.QName(parent).localname == "grpSp" for parent in shape.iterancestors())
        for position, said in enumerate(words):
            before = words[0] if position else ""
            yield Piece(place, said, row=before, heading=title, figure=grouped and not placed)


def _drawing_text(paragraph: Any) -> str:
    return "".join(
        (node.text or "") if node.tag == f"{_A}t" else " "
        for node in paragraph.iter(f"{_A}t", f"{_A}br")
        if not any(etree.QName(parent).localname == "fld" for parent in node.iterancestors())
    )


def _chart(package: _Package, name: str, place: str, heading: str = "") -> Iterator[Piece]:
    """Titles, and each stored point with its series and category; the embedded workbook must agree."""
    root = package.xml(name)
    for paragraph in root.iter(f"{_A}p"):
        yield Piece(f"{place}, title", _drawing_text(paragraph), heading=heading)
    unseen = set()
    for series in root.iter(f"{_C}ser"):
        called = "".join(node.text or "" for node in series.iterfind(f"{_C}tx//{_C}v"))
        if _is_invisible(series):
            unseen.add(called)
            continue
        labels = _points(series.find(f"{_C}cat"))
        yield Piece(f"{place}, series", called, heading=heading)
        for position, value in _points(series.find(f"{_C}val")).items():
            label = labels.get(position, "")
            yield Piece(
                f"{place}, {called}, {label}", value, row=label, column=called, heading=heading, figure=True, typed=True
            )
        for label in labels.values():
            yield Piece(f"{place}, category", label, heading=heading, figure=True)
    for target in package.related(name).values():
        if target.endswith(".xlsx"):
            said = _sheet_pieces(package.content(target), f"{place}, data", figure=True)
            yield from (piece for piece in said if piece.column not in unseen)


def _is_invisible(series: Any) -> bool:
    """Whether it only lifts the bars of a bridge: columns without fill and line."""
    columns = series.getparent().tag == f"{_C}barChart"
    empty = series.find(f"{_C}spPr/{_A}noFill"), series.find(f"{_C}spPr/{_A}ln/{_A}noFill")
    return columns and all(node is not None for node in empty)


def _points(node: Any) -> dict[int, str]:
    if node is None:
        return {}
    return {int(point.get("idx")): point.findtext(f"{_C}v") or "" for point in node.iter(f"{_C}pt")}


def _xlsx(content: bytes) -> Iterator[Piece]:
    yield from _sheet_pieces(content, "")
    package = _Package(content)
    for name in package.names(r"xl/worksheets/sheet\d+\.xml"):
        for footer in package.xml(name).iter("{*}oddFooter", "{*}oddHeader", "{*}evenFooter", "{*}firstFooter"):
            said = re.sub(r"&(?:[LCRPNDTFA]|\d+|K[0-9A-F]{6}|\"[^\"]*\")", " | ", footer.text or "").replace("&&", "&")
            yield Piece(f"{PurePosixPath(name).stem}, footer", said)
    for name in package.names(r"xl/charts/chart\d+\.xml"):
        yield from _chart(package, name, PurePosixPath(name).stem)
    for name in package.names(r"xl/drawings/drawing\d+\.xml"):
        for paragraph in package.xml(name).iter(f"{_A}p"):
            yield Piece(PurePosixPath(name).stem, _drawing_text(paragraph))


def _sheet_pieces(content: bytes, place: str, *, figure: bool = False) -> Iterator[Piece]:
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    try:
        for sheet in book.worksheets:
            where = f"{place}, {sheet.title}" if place else f"sheet {sheet.title}"
            yield from _sheet(sheet, where, figure=figure)
    finally:
        book.close()


def _sheet(sheet: Any, place: str, *, figure: bool) -> Iterator[Piece]:
    header: dict[int, str] = {}
    heading = ""
    for cells in sheet.iter_rows():
        filled = [cell for cell in cells if cell.value is not None and str(cell.value).strip()]
        if not filled:
            header = {}
            continue
        if not figure and len(filled) == 1 and isinstance(filled[0].value, str) and not header:
            heading = filled[0].value
        words = all(isinstance(cell.value, str) for cell in filled)
        starts_table = not header and words and (figure or len(filled) > 1)
        label = str(filled[0].value) if not isinstance(filled[0].value, date) else _iso(filled[0].value)
        for cell in filled:
            column = "" if starts_table else header.get(cell.column, "")
            typed = not isinstance(cell.value, str)
            yield Piece(
                f"{place}, cell {cell.coordinate}", _cell_text(cell), label, column, heading, figure=figure, typed=typed
            )
        if starts_table:
            header = {cell.column: str(cell.value) for cell in filled}


def _cell_text(cell: Any) -> str:
    value = cell.value
    if isinstance(value, bool | str):
        return str(value)
    if isinstance(value, date):
        return _iso(value)
    if isinstance(value, float | int) and "%" in str(cell.number_format):
        return f"{float(value) * 100:.12g}%"
    return repr(value) if isinstance(value, float) else str(value)


def _iso(value: date) -> str:
    return (value.date() if isinstance(value, datetime) else value).isoformat()


# --- PDF ------------------------------------------------------------------------------------------------------------


def _pdf(content: bytes) -> Iterator[Piece]:
    reader = pypdf.PdfReader(io.BytesIO(content))
    root: Any = reader.trailer["/Root"]
    if "/StructTreeRoot" not in root:
        raise UnreadableFileError("The PDF is not tagged, so that its tables cannot be read back.")
    marked = [_marked_texts(page) for page in reader.pages]
    numbers = {page.indirect_reference.idnum: position for position, page in enumerate(reader.pages)}  # type: ignore[union-attr]
    for number, (_, loose) in enumerate(marked, start=1):
        for words in loose:
            yield Piece(f"page {number}, margin", words)
    walker = _Tagged(tuple(texts for texts, _ in marked), numbers)
    yield from walker.walk(root["/StructTreeRoot"])
    meta = reader.metadata
    for key in ("/Title", "/Subject"):
        if meta is not None and key in meta:
            yield Piece(f"document {key[1:].lower()}", str(meta[key]))


def _marked_texts(page: Any) -> tuple[dict[int, str], list[str]]:
    """Text of each marked content by its id; and the artefacts (headers, footers) in order."""
    texts: dict[int, str] = {}
    loose: list[str] = []
    stack: list[int | None] = []

    def operand(operator: bytes, arguments: Any, _cm: Any, _tm: Any) -> None:
        if operator == b"BDC":
            properties = arguments[1].get_object() if hasattr(arguments[1], "get_object") else arguments[1]
            stack.append(properties.get("/MCID") if hasattr(properties, "get") else None)
        elif operator == b"BMC":
            stack.append(None)
        elif operator == b"EMC" and stack:
            stack.pop()
            loose.append(_END)

    def text(words: str, *_: Any) -> None:
        inner = next((mark for mark in reversed(stack) if mark is not None), None)
        if inner is None:
            loose.append(words)
        else:
            texts[inner] = texts.get(inner, "") + words

    page.extract_text(visitor_operand_before=operand, visitor_text=text)
    return texts, [_unwrapped(words) for words in "".join(loose).split(_END)]


_END = "\x1f"  # between two artefacts


def _unwrapped(words: str) -> str:
    """Words without the line ends of the layout: none after the hyphen or slash inside a word, a space elsewhere."""
    return re.sub(r"(?<=\w[-/])\s*\n\s*(?=\w)", "", words).replace("\n", " ")


class _Tagged:
    """Walks the structure tree of a tagged PDF."""

    def __init__(self, texts: tuple[dict[int, str], ...], pages: dict[int, int]) -> None:
        self._texts = texts
        self._pages = pages
        self._heading = ""

    def walk(self, node: Any, page: int = 0) -> Iterator[Piece]:
        """Pieces of an element and all below it."""
        node = node.get_object()
        page = self._page_of(node, page)
        kind = str(node.get("/S", ""))
        if kind == "/Table":
            place = f"page {self._first_page(node, page) + 1}, table"
            yield from _Grid(place, self._heading).pieces(self._rows(node, page))
        elif kind in {"/Figure", "/Formula"}:
            place = f"page {self._first_page(node, page) + 1}, figure"
            alternative = str(node.get("/Alt", ""))
            yield Piece(f"{place}, description", alternative, heading=self._heading)
            for words in self._leaves(node, page):
                yield Piece(place, words, row=alternative, heading=self._heading, figure=True)
        elif re.fullmatch(r"/(H\d?|Title|P|Caption|Lbl|LBody|Span|Note|TOCI|BlockQuote|Strong|Em|Link)", kind):
            words = _unwrapped("".join(self._leaves(node, page)))
            if re.fullmatch(r"/(H\d?|Title|Caption)", kind):
                self._heading = words
            yield Piece(f"page {self._first_page(node, page) + 1}", words, heading=self._heading)
        else:
            for child in self._children(node):
                if not isinstance(child, int) and "/MCID" not in child:
                    yield from self.walk(child, page)
                else:
                    yield Piece(f"page {page + 1}", self._text_of(child, page), heading=self._heading)

    def _rows(self, node: Any, page: int) -> list[list[str]]:
        rows = []
        for child in self._children(node):
            if isinstance(child, int) or "/MCID" in child:
                continue
            if child.get("/S") == "/TR":
                rows.append(
                    [
                        _unwrapped("".join(self._leaves(cell, self._page_of(child, page))))
                        for cell in self._children(child)
                        if not isinstance(cell, int)
                    ]
                )
            else:
                rows += self._rows(child, self._page_of(child, page))
        return rows

    def _leaves(self, node: Any, page: int) -> list[str]:
        page = self._page_of(node, page)
        said = []
        for child in self._children(node):
            if isinstance(child, int) or "/MCID" in child:
                said.append(self._text_of(child, page))
            else:
                said += self._leaves(child, page)
        return said

    def _first_page(self, node: Any, page: int) -> int:
        page = self._page_of(node, page)
        for child in self._children(node):
            if isinstance(child, int):
                return page
            return self._page_of(child, page) if "/MCID" in child else self._first_page(child, page)
        return page

    def _text_of(self, child: Any, page: int) -> str:
        if isinstance(child, int):
            return self._texts[page].get(child, "")
        return self._texts[self._page_of(child, page)].get(int(child["/MCID"]), "")

    def _page_of(self, node: Any, page: int) -> int:
        if "/Pg" not in node:
            return page
        return self._pages.get(node.raw_get("/Pg").idnum, page)

    @staticmethod
    def _children(node: Any) -> list[Any]:
        kids = node.get("/K")
        kids = kids.get_object() if hasattr(kids, "get_object") else kids
        if kids is None:
            return []
        listed = [kid.get_object() for kid in kids] if isinstance(kids, list) else [kids]
        return [int(kid) if isinstance(kid, int) else kid for kid in listed if isinstance(kid, int | dict)]


# --- HTML and Markdown ----------------------------------------------------------------------------------------------


class _Html(HTMLParser):
    """Headings, paragraphs, lists, tables and drawings of a page of ours."""

    _BLOCKS = frozenset({"p", "li", "h1", "h2", "h3", "h4", "caption", "figcaption", "dt", "dd", "div", "header",
                         "footer", "section", "main", "article", "aside", "title", "text", "desc", "ul", "ol", "br",
                         "figure", "svg", "tspan", "summary", "nav"})  # fmt: skip
    _IN_WORDS = frozenset({"b", "strong", "i", "em", "a", "sup", "sub", "mark", "abbr", "time"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Piece] = []
        self._open: list[str] = []
        self._said: list[str] = []
        self._rows: list[list[str]] | None = None
        self._heading = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Close what was said before, open the next; descriptions of pictures count as said."""
        if tag in {"meta", "link", "img", "br", "hr", "input", "col", "wbr"}:
            self._describe(attrs)
            if tag == "br":
                self._say(" ")
            return
        self._describe(attrs)
        if tag == "table":
            self._flush()
            self._rows = []
        elif tag == "tr" and self._rows is not None:
            self._rows.append([])
        elif tag in {"td", "th"} and self._rows:
            self._rows[-1].append("")
        elif tag in self._BLOCKS and not self._in_cell():
            self._flush()
        elif tag not in self._IN_WORDS:
            self._say(" ")
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """End a block; a finished table becomes pieces."""
        if tag in self._BLOCKS and not self._in_cell():
            self._flush()
        if tag in self._open:
            while self._open and self._open.pop() != tag:
                pass
        if tag == "table" and self._rows is not None:
            self.found += _Grid("table", self._heading).pieces(self._rows)
            self._rows = None

    def handle_data(self, data: str) -> None:
        """Words that are shown."""
        if not {"script", "style"} & set(self._open):
            self._say(data)

    def close(self) -> None:
        """What remains."""
        super().close()
        self._flush()

    def _describe(self, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in {"alt", "aria-label", "title"} and value:
                self.found.append(Piece(f"{name} text", value, heading=self._heading))

    def _in_cell(self) -> bool:
        return self._rows is not None and any(tag in {"td", "th"} for tag in self._open)

    def _say(self, words: str) -> None:
        if self._in_cell() and self._rows and self._rows[-1]:
            self._rows[-1][-1] += words
        else:
            self._said.append(words)

    def _flush(self) -> None:
        words = tidy("".join(self._said))
        self._said = []
        if not words:
            return
        inner = self._open[-1] if self._open else ""
        block = next((tag for tag in reversed(self._open) if tag in self._BLOCKS), inner)
        if block in {"h1", "h2", "h3", "h4", "caption", "figcaption"}:
            self._heading = words
        drawn = "svg" in self._open
        self.found.append(Piece(f"page, {block or 'text'}", words, heading=self._heading, figure=drawn))


def _html(content: bytes) -> Iterator[Piece]:
    page = _Html()
    page.feed(content.decode("utf-8"))
    page.close()
    yield from page.found


def _markdown(content: bytes) -> Iterator[Piece]:
    heading = ""
    rows: list[list[str]] = []
    lines = content.decode("utf-8").splitlines()
    for number, line in enumerate([*lines, ""], start=1):
        bare = line.strip()
        if bare.startswith("|"):
            if not re.fullmatch(r"\|[\s:|-]+\|?", bare):
                rows.append([_bare_markdown(cell) for cell in re.split(r"(?<!\\)\|", bare.strip("|"))])
            continue
        if rows:
            yield from _Grid(f"line {number - len(rows) - 1}", heading).pieces(rows)
            rows = []
        if bare.startswith("#"):
            heading = _bare_markdown(bare.lstrip("#"))
        yield Piece(f"line {number}", _bare_markdown(bare.lstrip("#")), heading=heading)


def _bare_markdown(words: str) -> str:
    words = re.sub(r"^\s*(?:[-*+]|\d+[.)])\s+|^>\s*", "", words)
    words = re.sub(r"(?<!\\)(\*\*|__|\*|`)", "", words)
    return re.sub(r"\\(.)", r"\1", words).replace("&nbsp;", " ").replace("&lt;", "<").replace("&amp;", "&")


_READERS: dict[str, Callable[[bytes], Iterator[Piece]]] = {
    "docx": _docx,
    "pptx": _pptx,
    "xlsx": _xlsx,
    "pdf": _pdf,
    "html": _html,
    "md": _markdown,
}
