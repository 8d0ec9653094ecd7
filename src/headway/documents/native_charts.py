"""Charts as native, editable Office charts: the chart part and its workbook, the same for Word and PowerPoint.

`chart_parts` gives the DrawingML of one chart and the embedded workbook that its "Edit data" opens. The writers put
the parts into their package: the chart part relates to the workbook as `WORKBOOK_RELATION`. Elements stand in the
order of the schema of ECMA-376 part 1, section 21.2. Not here: the arithmetic of axes and bridges (`charts`), the
charts of workbooks themselves (`xlsx`).
"""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from xml.sax.saxutils import escape

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from headway.documents import charts, tree
from headway.documents.drawing import ROLES
from headway.documents.style import GREY_TEXT, GRID, INK, OFFICE_FONT, RULE, WHITE, number_format, text_width
from headway.documents.tree import Chart, ChartKind, Kind, Series

WORKBOOK_RELATION = "rId1"
_SHEET = "Sheet1"
_POINT = 12_700  # EMU
_CREATED = datetime(2000, 1, 1)  # of each embedded workbook, so that equal charts give equal bytes
_MOST_COLUMN_LABELS = 16
_MOST_STACK_LABELS = 32
_LEAST_LABELLED = Decimal("0.06")  # of the axis: lower parts of a stack have no room for their value
_PLOT_SHARE = 0.85  # of the width, about: the rest are axis labels
_GAP, _BRIDGE_GAP = 60, 35  # room between columns, per cent of a column
_LINES, _COLUMNS = (101, 102), (201, 202)  # axis ids: category axis, value axis
_SPACES = (
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)


@dataclass(frozen=True, slots=True)
class ChartParts:
    """The two parts of a native chart: its chartSpace XML, and the XLSX that holds its figures."""

    xml: bytes
    workbook: bytes


def chart_parts(chart: Chart, *, size: float = 9.0, width: float = 480.0) -> ChartParts:
    """The native chart with its workbook; equal charts give equal bytes.

    size   of its text in points.
    width  in points at which it will be shown first: decides how many labels of a long time axis are drawn.
    The chart's title and note are not part of it: the page says them. Percentages are stored as points.
    Raises ValueError for a chart without a single value; the page says `chart.empty` in its place.
    """
    if charts.is_empty(chart):
        raise ValueError(f"The chart {chart.title!r} has no values; write its sentence {chart.empty!r} instead.")
    chart = tree.cleaned(chart)
    columns = _columns_of(chart)
    return ChartParts(_Space(chart, columns, size, width).xml(), _workbook(chart, columns))


@dataclass(frozen=True, slots=True)
class _Column:
    """One series of the native chart: a column of figures in the workbook."""

    index: int
    name: str
    values: tuple[Decimal | None, ...]
    role: str = ""  # '' invisible
    series: Series | None = None


_STATUS = "Status date"


def _columns_of(chart: Chart) -> tuple[_Column, ...]:
    """The series of the native chart: those of the tree, of a bridge its hidden feet and its three sorts of bars."""
    made: list[tuple[str, tuple[Decimal | None, ...], str, Series | None]]
    if chart.kind is ChartKind.WATERFALL:
        bars = charts.bridge(chart)
        feet = tuple(None if bar.role == "accent" else bar.bottom for bar in bars)
        made = [("Foot", feet, "", None)]
        for name, role in (("Level", "accent"), ("Rise", "rise"), ("Fall", "fall")):
            heights = tuple(bar.height if bar.role == role else None for bar in bars)
            if any(heights):
                made.append((name, heights, role, None))
    else:
        roles = charts.series_roles(chart)
        made = [(each.name, each.values, role, each) for each, role in zip(chart.series, roles, strict=True)]
    if chart.marker is not None and chart.kind in (ChartKind.LINE, ChartKind.S_CURVE, ChartKind.BAR):
        top = charts.main_axis(chart).high
        at = tuple(top if index == chart.marker else None for index in range(len(chart.categories)))
        made.append((_STATUS, at, "status", None))
    return tuple(_Column(index, *each) for index, each in enumerate(made))


def _workbook(chart: Chart, columns: tuple[_Column, ...]) -> bytes:
    """The figures as a sheet: categories in column A, one series a column, names in row 1."""
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(target, options)
    book.set_properties({"created": _CREATED})
    sheet = book.add_worksheet(_SHEET)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, len(columns), 16)
    shown = book.add_format({"num_format": _plain_format(chart)})
    for row, category in enumerate(chart.categories, start=1):
        sheet.write_string(row, 0, category)
    for column in columns:
        sheet.write_string(0, column.index + 1, column.name)
        for row, value in enumerate(column.values, start=1):
            if value is not None:
                sheet.write_number(row, column.index + 1, float(value), shown)
    book.close()
    return target.getvalue()


# --- number formats -------------------------------------------------------------------------------------------------


def _plain_format(chart: Chart) -> str:
    """Format of the workbook's cells: figures without their unit, which percentages as points could not bear."""
    return number_format(Kind.NUMBER, "", chart.digits)


def _format(chart: Chart, values: tuple[Decimal, ...], lead: str = "") -> str:
    """Format of axis and labels; thousands shortened to k where that loses nothing. `lead`: a sign put before."""
    most = max((abs(value) for value in values), default=Decimal(0))
    short = most >= 10_000 and all(value % 100 == 0 for value in values)
    if chart.value_kind is Kind.PERCENT:
        core = _core(_digits(chart, values)) + '"\N{NO-BREAK SPACE}%"'
    elif chart.value_kind in (Kind.MONEY, Kind.NUMBER, Kind.HOURS):
        sign = charts.axis_text(chart, Decimal(0)).removesuffix("0") if chart.value_kind is Kind.MONEY else ""
        quoted = f'"{sign.replace(chr(34), "")}"' if sign else ""
        if short:
            core = f'{quoted}{_core(int(any(value % 1000 for value in values)))},"k"'
        else:
            core = quoted + _core(_digits(chart, values))
    else:
        core = "General"
    return f'{lead}{core};"−"{core};{core}'


def _digits(chart: Chart, values: tuple[Decimal, ...]) -> int:
    """Decimals shown: none for whole values, and one more where Office would round a half otherwise than we do."""
    if not _odd(values):
        return 0
    digits = max(chart.digits, 1)
    halves = any((value.scaleb(digits) % 1).copy_abs() == Decimal("0.5") for value in values)
    return digits + 1 if halves else digits


def _core(digits: int) -> str:
    return "#,##0" + ("." + "0" * digits if digits else "")


def _odd(values: tuple[Decimal, ...]) -> bool:
    return any(value != value.to_integral_value() for value in values)


# --- the chart space ------------------------------------------------------------------------------------------------


class _Space:
    """Writes the chartSpace of one chart."""

    def __init__(self, chart: Chart, columns: tuple[_Column, ...], size: float, width: float) -> None:
        self._chart = chart
        self._columns = columns
        self._size = size
        self._slot = width * _PLOT_SHARE / max(len(chart.categories), 1)  # room of one category
        self._axis = charts.main_axis(chart)
        self._second = charts.second_axis(chart)
        self._status = next((each for each in columns if each.role == "status"), None)

    def xml(self) -> bytes:
        """The part's bytes."""
        written = (
            '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
            f'<c:chartSpace {_SPACES}><c:date1904 val="0"/><c:roundedCorners val="0"/>'
            f'<c:chart><c:autoTitleDeleted val="1"/><c:plotArea><c:layout/>{self._plots()}'
            f"<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr></c:plotArea>{self._legend()}"
            '<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart>'
            "<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>"
            f"{self._text(GREY_TEXT)}"
            f'<c:externalData r:id="{WORKBOOK_RELATION}"><c:autoUpdate val="0"/></c:externalData></c:chartSpace>'
        )
        return written.encode("utf-8")

    def _plots(self) -> str:
        kind = self._chart.kind
        if kind in (ChartKind.LINE, ChartKind.S_CURVE):
            return self._line_plots()
        status = self._line_plot((self._status,), _COLUMNS) if self._status else ""
        columns = tuple(each for each in self._columns if each is not self._status)
        stacked = kind in (ChartKind.STACKED, ChartKind.WATERFALL)
        return self._column_plot(columns, stacked=stacked) + status + self._axes(_COLUMNS)

    def _line_plots(self) -> str:
        """Cumulative lines; columns of the period stand on the second axis, see-through, so that no line is hidden."""
        behind = tuple(
            each for each in self._columns if each.series and charts.on_second_axis(self._chart, each.series)
        )
        lines = tuple(each for each in self._columns if each not in behind)
        plots = self._line_plot(lines, _LINES)
        if not behind:
            return plots + self._axes(_LINES)
        plots += self._column_plot(behind, stacked=False)
        return plots + self._axes(_LINES) + self._axes(_COLUMNS, second=True)

    def _column_plot(self, columns: tuple[_Column, ...], *, stacked: bool) -> str:
        grouping = "stacked" if stacked else "clustered"
        overlap = '<c:overlap val="100"/>' if stacked else '<c:overlap val="-5"/>' if len(columns) > 1 else ""
        series = "".join(self._column_series(each, stacked=stacked) for each in columns)
        gap = _BRIDGE_GAP if self._chart.kind is ChartKind.WATERFALL else _GAP
        return (
            f'<c:barChart><c:barDir val="col"/><c:grouping val="{grouping}"/><c:varyColors val="0"/>{series}'
            f'<c:gapWidth val="{gap}"/>{overlap}{_axis_ids(_COLUMNS)}</c:barChart>'
        )

    def _column_series(self, column: _Column, *, stacked: bool) -> str:
        behind = self._chart.kind is ChartKind.S_CURVE
        fill = f"{_solid(ROLES[column.role], behind=behind)}<a:ln><a:noFill/></a:ln>" if column.role else _INVISIBLE
        labels = self._stack_labels(column) if stacked else self._column_labels(column)
        return (
            f"<c:ser>{self._named(column)}<c:spPr>{fill}</c:spPr>"
            f'<c:invertIfNegative val="0"/>{labels}{self._data(column)}</c:ser>'
        )

    def _line_plot(self, columns: tuple[_Column, ...], ids: tuple[int, int]) -> str:
        series = "".join(
            self._status_series(each) if each is self._status else self._line_series(each) for each in columns
        )
        return (
            f'<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>{series}'
            f'<c:marker val="1"/>{_axis_ids(ids)}</c:lineChart>'
        )

    def _line_series(self, column: _Column) -> str:
        series = column.series
        highlight, dashed = bool(series and series.highlight), bool(series and series.dashed)
        colour = ROLES[column.role]
        dot = f'<c:marker><c:symbol val="circle"/><c:size val="5"/><c:spPr>{_solid(colour)}</c:spPr></c:marker>'
        dots = "".join(
            f'<c:dPt><c:idx val="{index}"/>{dot}<c:bubble3D val="0"/></c:dPt>' for index in _alone(column.values)
        )
        line = _line(colour, 2.25 if highlight else 1.5, dashed=dashed)
        return (
            f"<c:ser>{self._named(column)}<c:spPr>{line}</c:spPr>"
            f'<c:marker><c:symbol val="none"/></c:marker>{dots}{self._data(column)}<c:smooth val="0"/></c:ser>'
        )

    def _status_series(self, column: _Column) -> str:
        """One point at the top of the plot with an error bar down to its foot: an upright line that can be moved."""
        height = _plain(self._axis.high - self._axis.low)
        line = _line(ROLES["status"], 1.0, dashed=True)
        return (
            f"<c:ser>{self._named(column)}<c:spPr>{line}</c:spPr>"
            '<c:marker><c:symbol val="none"/></c:marker>'
            '<c:errBars><c:errDir val="y"/><c:errBarType val="minus"/><c:errValType val="fixedVal"/>'
            f'<c:noEndCap val="1"/><c:val val="{height}"/><c:spPr>{line}</c:spPr></c:errBars>'
            f'{self._data(column)}<c:smooth val="0"/></c:ser>'
        )

    def _named(self, column: _Column) -> str:
        place = xl_rowcol_to_cell(0, column.index + 1, row_abs=True, col_abs=True)
        return (
            f'<c:idx val="{column.index}"/><c:order val="{column.index}"/><c:tx><c:strRef><c:f>{_SHEET}!{place}</c:f>'
            f'<c:strCache><c:ptCount val="1"/><c:pt idx="0"><c:v>{escape(column.name)}</c:v></c:pt></c:strCache>'
            "</c:strRef></c:tx>"
        )

    def _data(self, column: _Column) -> str:
        """Categories and values: where they stand in the workbook, and what stands there."""
        count = len(self._chart.categories)
        names = "".join(
            f'<c:pt idx="{index}"><c:v>{escape(name)}</c:v></c:pt>' for index, name in enumerate(self._chart.categories)
        )
        values = "".join(
            f'<c:pt idx="{index}"><c:v>{_plain(value)}</c:v></c:pt>'
            for index, value in enumerate(column.values)
            if value is not None
        )
        return (
            f'<c:cat><c:strRef><c:f>{_cells(0, count)}</c:f><c:strCache><c:ptCount val="{count}"/>{names}'
            f"</c:strCache></c:strRef></c:cat><c:val><c:numRef><c:f>{_cells(column.index + 1, count)}</c:f>"
            f'<c:numCache><c:formatCode>General</c:formatCode><c:ptCount val="{count}"/>{values}'
            "</c:numCache></c:numRef></c:val>"
        )

    # labels

    def _column_labels(self, column: _Column) -> str:
        """The value over each column, while there are few of them."""
        drawn = len(self._chart.categories) * len(self._columns)
        if self._chart.kind is not ChartKind.BAR or drawn > _MOST_COLUMN_LABELS:
            return ""
        values = tuple(value for each in self._columns if each.series for value in each.values if value is not None)
        return self._labels(_format(self._chart, values), INK, place="outEnd")

    def _stack_labels(self, column: _Column) -> str:
        """The value in each part of a stack that has room for it; on each bar of a bridge."""
        if not column.role:
            return ""
        values = tuple(value for value in column.values if value is not None)
        inside = WHITE if column.role in _DARK else INK
        if self._chart.kind is ChartKind.WATERFALL:
            return self._bridge_labels(column, values, inside)
        if len(self._chart.categories) * len(self._columns) > _MOST_STACK_LABELS:
            return ""
        without = tuple(i for i, value in enumerate(column.values) if value is None or self._is_low(value))
        return self._labels(_format(self._chart, values), inside, place="ctr", without=without)

    def _bridge_labels(self, column: _Column, values: tuple[Decimal, ...], inside: str) -> str:
        """The signed value in each bar; over a bar too low for it, on white where it is wider than the bar."""
        shown = _format(self._chart, values, {"rise": "+", "fall": "−"}.get(column.role, ""))
        low = tuple(i for i, value in enumerate(column.values) if value is not None and self._is_low(value))
        longest = max(text_width(charts.value_text(self._chart, value), self._size - 1) for value in values)
        wide = longest > self._slot / (1 + _BRIDGE_GAP / 100)
        return self._labels(shown, INK if wide else inside, place="ctr", outside=low, boxed=wide)

    def _is_low(self, value: Decimal) -> bool:
        return abs(value) < (self._axis.high - self._axis.low) * _LEAST_LABELLED

    def _labels(
        self,
        shown: str,
        colour: str,
        *,
        place: str,
        without: tuple[int, ...] = (),
        outside: tuple[int, ...] = (),
        boxed: bool = False,
    ) -> str:
        """Value labels; none at `without`, above a bar too low for them at `outside`, on white when `boxed`."""
        box = f"<c:spPr>{_solid(WHITE)}<a:ln><a:noFill/></a:ln></c:spPr>" if boxed else _NO_BOX
        form = f'<c:numFmt formatCode="{_attribute(shown)}" sourceLinked="0"/>'
        ending = f'<c:dLblPos val="{place}"/>{_SHOWS_VALUE}'
        single = {
            index: f'<c:layout><c:manualLayout><c:x val="0"/><c:y val="{_ABOVE}"/></c:manualLayout></c:layout>'
            f"{form}{_NO_BOX}{self._text(INK, small=True)}{ending}"
            for index in outside
        } | dict.fromkeys(without, '<c:delete val="1"/>')
        singles = "".join(f'<c:dLbl><c:idx val="{index}"/>{single[index]}</c:dLbl>' for index in sorted(single))
        return f"<c:dLbls>{singles}{form}{box}{self._text(colour, small=True)}{ending}{_NO_LEADERS}</c:dLbls>"

    def _legend(self) -> str:
        """The legend on top; none for a single series, nor for a bridge, whose labels bear signs."""
        if self._chart.kind is ChartKind.WATERFALL or len(self._columns) == 1:
            return ""
        return f'<c:legend><c:legendPos val="t"/><c:overlay val="0"/>{self._text(INK)}</c:legend>'

    # axes

    def _axes(self, ids: tuple[int, int], *, second: bool = False) -> str:
        """A category and a value axis. `second`: of the columns behind, at the right, without gridlines."""
        return self._category_axis(ids, hidden=second) + self._value_axis(ids, second=second)

    def _category_axis(self, ids: tuple[int, int], *, hidden: bool) -> str:
        title = "" if hidden else self._title(self._chart.x_title)
        timed = self._chart.kind in (ChartKind.LINE, ChartKind.S_CURVE)
        # Names of things wrap; labels of a time axis do not, which takes an angle that is not quite zero.
        turn = f' rot="{int(timed)}" vert="horz"'
        skip = "" if hidden else f'<c:tickLblSkip val="{self._label_step()}"/>'
        return (
            f'<c:catAx><c:axId val="{ids[0]}"/><c:scaling><c:orientation val="minMax"/></c:scaling>'
            f'<c:delete val="{int(hidden)}"/><c:axPos val="b"/>{title}'
            '<c:numFmt formatCode="General" sourceLinked="0"/>'
            '<c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="low"/>'
            f"<c:spPr>{_line(RULE, 0.75)}</c:spPr>{self._text(GREY_TEXT, turn=turn)}"
            f'<c:crossAx val="{ids[1]}"/><c:crosses val="autoZero"/><c:auto val="0"/><c:lblAlgn val="ctr"/>'
            f'<c:lblOffset val="100"/>{skip}<c:noMultiLvlLbl val="1"/></c:catAx>'
        )

    def _label_step(self) -> int:
        """Every how many categories a time axis bears a label; names of things all stand."""
        if self._chart.kind not in (ChartKind.LINE, ChartKind.S_CURVE):
            return 1
        widest = max(text_width(name, self._size) for name in self._chart.categories)
        return max(1, math.ceil((widest + 6) / self._slot))

    def _value_axis(self, ids: tuple[int, int], *, second: bool) -> str:
        axis = self._second if second and self._second else self._axis
        own = bool(second or self._status or self._chart.near)  # else the programs choose
        fixed = f'<c:max val="{_plain(axis.high)}"/><c:min val="{_plain(axis.low)}"/>' if own else ""
        if not fixed and axis.low == 0 and self._chart.kind is ChartKind.WATERFALL:
            fixed = '<c:min val="0"/>'  # else the programs cut the levels off where they are about equally high
        unit = f'<c:majorUnit val="{_plain(axis.step)}"/>' if own else ""
        grid = "" if second else f"<c:majorGridlines><c:spPr>{_line(GRID, 0.75)}</c:spPr></c:majorGridlines>"
        name = self._chart.y2_title if second else self._chart.y_title
        shown = _core(int(_odd(axis.ticks))) if second else _format(self._chart, axis.ticks)
        return (
            f'<c:valAx><c:axId val="{ids[1]}"/><c:scaling><c:orientation val="minMax"/>{fixed}</c:scaling>'
            f'<c:delete val="0"/><c:axPos val="{"r" if second else "l"}"/>{grid}{self._title(name, turned=True)}'
            f'<c:numFmt formatCode="{_attribute(shown)}" sourceLinked="0"/>'
            '<c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/>'
            f"<c:spPr><a:ln><a:noFill/></a:ln></c:spPr>{self._text(GREY_TEXT)}"
            f'<c:crossAx val="{ids[0]}"/><c:crosses val="{"max" if second else "autoZero"}"/>'
            f'<c:crossBetween val="between"/>{unit}</c:valAx>'
        )

    def _title(self, words: str, *, turned: bool = False) -> str:
        if not words:
            return ""
        turn = ' rot="-5400000" vert="horz"' if turned else ""
        look = _run_look("defRPr", self._size, GREY_TEXT)
        own = _run_look("rPr", self._size, GREY_TEXT)
        return (
            f"<c:title><c:tx><c:rich><a:bodyPr{turn}/><a:p><a:pPr>{look}</a:pPr><a:r>{own}<a:t>{escape(words)}</a:t>"
            '</a:r></a:p></c:rich></c:tx><c:overlay val="0"/></c:title>'
        )

    def _text(self, colour: str, *, small: bool = False, turn: str = "") -> str:
        look = _run_look("defRPr", self._size - 1 if small else self._size, colour)
        return f'<c:txPr><a:bodyPr{turn}/><a:p><a:pPr>{look}</a:pPr><a:endParaRPr lang="en-GB"/></a:p></c:txPr>'


_DARK = frozenset({"accent", "series-0", "series-2", "series-4", "rise"})  # roles that white words are read on
_ABOVE = -0.05  # of the chart's height: from the middle of a low bar to over it
_NO_LEADERS = (
    '<c:extLst><c:ext uri="{CE6537A1-D6FC-4f65-9D91-7224C49458BB}" '
    'xmlns:c15="http://schemas.microsoft.com/office/drawing/2012/chart"><c15:showLeaderLines val="0"/></c:ext>'
    "</c:extLst>"
)
_INVISIBLE = "<a:noFill/><a:ln><a:noFill/></a:ln>"
_NO_BOX = "<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>"


def _alone(values: tuple[Decimal | None, ...]) -> tuple[int, ...]:
    """Indexes of values between gaps, which no line shows."""
    around = (None, *values, None)
    return tuple(
        index
        for index, value in enumerate(values)
        if value is not None and around[index] is None and around[index + 2] is None
    )


_SHOWS_VALUE = (
    '<c:showLegendKey val="0"/><c:showVal val="1"/><c:showCatName val="0"/>'
    '<c:showSerName val="0"/><c:showPercent val="0"/><c:showBubbleSize val="0"/>'
)


def _run_look(tag: str, size: float, colour: str) -> str:
    return (
        f'<a:{tag} lang="en-GB" sz="{round(size * 100)}" b="0">{_solid(colour)}'
        f'<a:latin typeface="{OFFICE_FONT}"/><a:cs typeface="{OFFICE_FONT}"/></a:{tag}>'
    )


def _solid(colour: str, *, behind: bool = False) -> str:
    see_through = '<a:alpha val="45000"/>' if behind else ""
    return f'<a:solidFill><a:srgbClr val="{colour}">{see_through}</a:srgbClr></a:solidFill>'


def _line(colour: str, width: float, *, dashed: bool = False) -> str:
    dash = '<a:prstDash val="dash"/>' if dashed else ""
    return f'<a:ln w="{round(width * _POINT)}" cap="rnd">{_solid(colour)}{dash}<a:round/></a:ln>'


def _axis_ids(ids: tuple[int, int]) -> str:
    return "".join(f'<c:axId val="{axis}"/>' for axis in ids)


def _cells(column: int, count: int) -> str:
    first = xl_rowcol_to_cell(1, column, row_abs=True, col_abs=True)
    last = xl_rowcol_to_cell(count, column, row_abs=True, col_abs=True)
    return f"{_SHEET}!{first}:{last}"


def _plain(value: Decimal) -> str:
    """A number in plain digits, without exponent."""
    return f"{value.normalize():f}"


def _attribute(words: str) -> str:
    return escape(words, {'"': "&quot;"})
