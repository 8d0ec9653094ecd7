"""The arithmetic of charts, shared by every writer, and the drawn chart for formats without native ones.

Axes with round steps, the bars of a bridge, words for screen readers, and `draw`, which makes a drawing of a chart
for PDF and HTML. Not here: native Office charts (`native_charts`, `xlsx`).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from headway.documents.drawing import Drawing, Item, Label, Line, Rect
from headway.documents.style import shortened, text_width
from headway.documents.tree import CURRENCY_SIGNS, MINUS, NO_BREAK, Chart, ChartKind, Kind, Series, grouped

_STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))
_SIZE = 8.5
_FEW = 8  # categories that are all read out
_LABEL_ROOM = 11.0  # least distance of two direct labels


@dataclass(frozen=True, slots=True)
class Axis:
    """A value axis from `low` to `high` with a round `step`."""

    low: Decimal
    high: Decimal
    step: Decimal

    @property
    def ticks(self) -> tuple[Decimal, ...]:
        """The values that carry a grid line, both ends included."""
        count = int((self.high - self.low) / self.step)
        return tuple(self.low + self.step * index for index in range(count + 1))


@dataclass(frozen=True, slots=True)
class BridgeBar:
    """One bar of a bridge: from `bottom` over `height`; `value` is the level or the signed step."""

    label: str
    bottom: Decimal
    height: Decimal
    value: Decimal
    role: str  # 'accent' a level, 'rise', 'fall'


def axis_for(values: tuple[Decimal, ...], *, about: int = 5, near: bool = False) -> Axis:
    """An axis that starts at zero (or below, for negative values) and has about that many round steps.

    near  it starts near the lowest value instead.
    """
    edges = values if near and values else (*values, Decimal(0))
    low, high = min(edges), max(edges)
    if low == high:
        high = low + 1
    rough = (high - low) / about
    power = Decimal(1).scaleb(rough.adjusted())
    step = next(power * factor for factor in _STEPS if power * factor >= rough)
    bottom = (low / step).to_integral_value(rounding="ROUND_FLOOR") * step
    top = (high / step).to_integral_value(rounding="ROUND_CEILING") * step
    return Axis(bottom, top, step)


def main_axis(chart: Chart) -> Axis:
    """The axis of the lines or columns; stacked columns count with their sums, a bridge with its levels."""
    if chart.kind is ChartKind.WATERFALL:
        bars = bridge(chart)
        return axis_for(tuple(edge for bar in bars for edge in (bar.bottom, bar.bottom + bar.height)))
    drawn = [series for series in chart.series if not on_second_axis(chart, series)]
    if chart.kind is ChartKind.STACKED:
        stacks = [[series.values[index] or Decimal(0) for series in drawn] for index in range(len(chart.categories))]
        sums = [sum(part for part in stack if part > 0) for stack in stacks]
        falls = [sum(part for part in stack if part < 0) for stack in stacks]
        return axis_for(tuple(Decimal(total) for total in sums + falls))
    known = tuple(value for series in drawn for value in series.values if value is not None)
    return axis_for(known, near=chart.near and chart.kind is ChartKind.LINE)


def second_axis(chart: Chart) -> Axis | None:
    """The axis of the columns behind cumulative lines, with room above so that they stay low; None without columns."""
    values = [v for s in chart.series if on_second_axis(chart, s) for v in s.values if v is not None]
    if not values:
        return None
    return axis_for((*values, max(values) * Decimal("2.5")))


def on_second_axis(chart: Chart, series: Series) -> bool:
    """Whether the series is drawn as columns of the period behind cumulative lines."""
    return chart.kind is ChartKind.S_CURVE and series.columns


def bridge(chart: Chart) -> tuple[BridgeBar, ...]:
    """The bars of a waterfall: levels from zero, steps hanging between the level before and after them."""
    bars = []
    level = Decimal(0)
    for index, (label, value) in enumerate(zip(chart.categories, chart.series[0].values, strict=True)):
        amount = value or Decimal(0)
        if index in chart.totals:
            level = amount
            bars.append(BridgeBar(label, min(amount, Decimal(0)), abs(amount), amount, "accent"))
            continue
        after = level + amount
        role = "rise" if amount >= 0 else "fall"
        bars.append(BridgeBar(label, min(level, after), abs(amount), amount, role))
        level = after
    return tuple(bars)


def is_empty(chart: Chart) -> bool:
    """Whether no series has a single value."""
    return not any(value is not None for series in chart.series for value in series.values)


def axis_text(chart: Chart, amount: Decimal, *, signed: bool = False) -> str:
    """A value of the chart in words, thousands shortened: €184k; exact when it is no whole hundred."""
    sign = CURRENCY_SIGNS.get(chart.unit, chart.unit + NO_BREAK if chart.unit else "")
    lead = sign if chart.value_kind is Kind.MONEY else ""
    tail = f"{NO_BREAK}%" if chart.value_kind is Kind.PERCENT else ""
    digits = 0 if amount == amount.to_integral_value() else max(chart.digits, 1)
    size, factor = "", Decimal(1)
    if abs(amount) >= 10_000 and amount % 100 == 0:
        size, factor = "k", Decimal(1000)
        digits = 0 if amount % 1000 == 0 else 1
    shown = grouped(amount / factor, digits, signed=signed)
    minus = shown[0] if shown[0] in (MINUS, "+") else ""
    return f"{minus}{lead}{shown[len(minus) :]}{size}{tail}"


def second_axis_text(amount: Decimal) -> str:
    """A value of the second axis: a plain amount, whose unit its title names."""
    return grouped(amount, 0 if amount == amount.to_integral_value() else 1)


def value_text(chart: Chart, amount: Decimal, *, signed: bool = False) -> str:
    """A value of the chart in full: €183,960."""
    sign = CURRENCY_SIGNS.get(chart.unit, chart.unit + NO_BREAK if chart.unit else "")
    shown = grouped(amount, chart.digits, signed=signed)
    minus = shown[0] if shown[0] in (MINUS, "+") else ""
    if chart.value_kind is Kind.MONEY:
        return f"{minus}{sign}{shown[len(minus) :]}"
    tail = {Kind.PERCENT: f"{NO_BREAK}%", Kind.HOURS: f"{NO_BREAK}h"}.get(chart.value_kind, "")
    return shown + tail


def series_text(chart: Chart, series: Series, amount: Decimal) -> str:
    """A value of one series in full; columns of the period count in their own unit, not the axis's."""
    return second_axis_text(amount) if on_second_axis(chart, series) else value_text(chart, amount)


def describe(chart: Chart) -> str:
    """The chart in words: the finding, what is drawn, and the last value of each series."""
    if chart.description:
        return chart.description
    if is_empty(chart):
        return f"{chart.title} {chart.empty}".strip()
    names = {
        ChartKind.LINE: "Line chart",
        ChartKind.BAR: "Column chart",
        ChartKind.STACKED: "Stacked column chart",
        ChartKind.S_CURVE: "Cumulative line chart",
        ChartKind.WATERFALL: "Bridge",
    }
    if chart.kind is ChartKind.WATERFALL:
        steps = ", ".join(
            f"{label} {value_text(chart, value or Decimal(0), signed=index not in chart.totals)}"
            for index, (label, value) in enumerate(zip(chart.categories, chart.series[0].values, strict=True))
        )
        return f"{chart.title} Bridge: {steps}."
    if chart.kind is ChartKind.BAR and len(chart.categories) <= _FEW:
        spoken = [
            f"{series.name}: "
            + ", ".join(
                f"{label} {value_text(chart, value)}"
                for label, value in zip(chart.categories, series.values, strict=True)
                if value is not None
            )
            for series in chart.series
        ]
        return f"{chart.title} Column chart. {'; '.join(spoken)}."
    span = f" from {chart.categories[0]} to {chart.categories[-1]}" if chart.categories else ""
    ends = []
    for series in chart.series:
        last = last_index(series)
        if last is not None:
            value = series_text(chart, series, series.values[last] or Decimal(0))
            ends.append(f"{series.name} {value} at {chart.categories[last]}")
    return f"{chart.title} {names[chart.kind]}{span}: {'; '.join(ends)}."


def last_index(series: Series) -> int | None:
    """Index of the last value that is not a gap."""
    filled = [index for index, value in enumerate(series.values) if value is not None]
    return filled[-1] if filled else None


def series_roles(chart: Chart) -> tuple[str, ...]:
    """The drawing role of each series: the accent for the highlighted one, numbered greys for the others."""
    roles, greys = [], 0
    for series in chart.series:
        if series.highlight:
            roles.append("accent")
        elif on_second_axis(chart, series):
            roles.append("series-3")
        else:
            roles.append(f"series-{greys % 5}")
            greys += 1
    return tuple(roles)


# --- drawing --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Frame:
    """The plot's box and its scales."""

    left: float
    top: float
    right: float
    bottom: float
    count: int

    def x(self, index: float) -> float:
        return self.left + (index + 0.5) * self.slot

    @property
    def slot(self) -> float:
        return (self.right - self.left) / max(self.count, 1)

    def y(self, axis: Axis, value: Decimal) -> float:
        share = float((value - axis.low) / (axis.high - axis.low))
        return self.bottom - share * (self.bottom - self.top)


def draw(chart: Chart, width: float, height: float) -> Drawing:
    """The chart as a drawing; an empty chart is a pale box with the sentence that says so."""
    if is_empty(chart) or not chart.categories:
        items: tuple[Item, ...] = (
            Rect(0, 0, width, height, "pale"),
            Label(width / 2, height / 2, chart.empty, 10, "grey-text", "middle"),
        )
        return Drawing(width, height, items, describe(chart))
    lines = chart.kind in (ChartKind.LINE, ChartKind.S_CURVE)
    axis, second = main_axis(chart), second_axis(chart)
    legend = (not lines or second is not None) and len(chart.series) > 1
    tick_room = max(text_width(axis_text(chart, tick), _SIZE) for tick in axis.ticks) + 6
    right_room = _label_room(chart) if lines else 4.0
    if second:
        right_room += max(text_width(second_axis_text(tick), _SIZE) for tick in second.ticks) + 10
        right_room += 12 if chart.y2_title else 0
    frame = _Frame(
        left=tick_room + (14 if chart.y_title else 0),
        top=(18 if legend else 8) + (0 if lines else 9),  # room for the label of a bar that reaches the top
        right=width - right_room,
        bottom=height - 16 - (12 if chart.x_title else 0),
        count=len(chart.categories),
    )
    parts: list[Item] = _grid(chart, frame, axis, second, (width, height))
    if legend:
        parts += _legend(chart, frame, lines_labelled=lines)
    if chart.kind is ChartKind.WATERFALL:
        parts += _bridge(chart, frame, axis)
    elif lines:
        if second:
            parts += _columns(chart, frame, second, tuple(on_second_axis(chart, s) for s in chart.series))
        parts += _marker(chart, frame) + _lines(chart, frame, axis, width - right_room + 4)
    elif chart.kind is ChartKind.STACKED:
        parts += _stack(chart, frame, axis)
    else:
        parts += _columns(chart, frame, axis, (True,) * len(chart.series)) + _marker(chart, frame)
    return Drawing(width, height, tuple(parts), describe(chart))


def _label_room(chart: Chart) -> float:
    names = [series.name for series in chart.series if not on_second_axis(chart, series)]
    return min(max(text_width(name, _SIZE, bold=True) for name in names) + 10, 110) if names else 4.0


def _grid(chart: Chart, frame: _Frame, axis: Axis, second: Axis | None, size: tuple[float, float]) -> list[Item]:
    items: list[Item] = []
    width, height = size
    for tick in axis.ticks:
        y = frame.y(axis, tick)
        role = "rule" if tick == 0 else "grid"
        items.append(Line(((frame.left, y), (frame.right, y)), role, 0.6))
        items.append(Label(frame.left - 4, y, axis_text(chart, tick), _SIZE, "grey-text", "end"))
    if second:
        for tick in second.ticks[: len(second.ticks) // 2 + 1]:
            shown = second_axis_text(tick)
            items.append(Label(frame.right + 4, frame.y(second, tick), shown, _SIZE, "grey-text"))
    items += _category_labels(chart, frame)
    if chart.y_title:
        middle = (frame.top + frame.bottom) / 2
        items.append(Label(6, middle, chart.y_title, _SIZE, "grey-text", "middle", turned=True))
    if chart.y2_title and second:
        middle = (frame.top + frame.bottom) / 2
        items.append(Label(width - 6, middle, chart.y2_title, _SIZE, "grey-text", "middle", turned=True))
    if chart.x_title:
        centre = (frame.left + frame.right) / 2
        items.append(Label(centre, height - 6, chart.x_title, _SIZE, "grey-text", "middle"))
    return items


def _category_labels(chart: Chart, frame: _Frame) -> list[Item]:
    widest = max(text_width(name, _SIZE) for name in chart.categories) + 8
    if chart.kind in (ChartKind.LINE, ChartKind.S_CURVE):
        every = max(1, -(-int(widest) // max(int(frame.slot), 1)))
        chosen = range(0, frame.count, every)
        return [
            Label(frame.x(index), frame.bottom + 9, chart.categories[index], _SIZE, "grey-text", "middle")
            for index in chosen
        ]
    return [
        Label(frame.x(index), frame.bottom + 9, shortened(name, _SIZE, frame.slot - 2), _SIZE, "grey-text", "middle")
        for index, name in enumerate(chart.categories)
    ]


def _legend(chart: Chart, frame: _Frame, *, lines_labelled: bool) -> list[Item]:
    items: list[Item] = []
    x = frame.left
    for series, role in zip(chart.series, series_roles(chart), strict=True):
        if lines_labelled and not on_second_axis(chart, series):
            continue
        items.append(Rect(x, 3, 8, 8, role))
        items.append(Label(x + 12, 7, series.name, _SIZE, "ink"))
        x += 12 + text_width(series.name, _SIZE) + 16
    return items


def _lines(chart: Chart, frame: _Frame, axis: Axis, label_x: float) -> list[Item]:
    items: list[Item] = []
    ends: list[tuple[float, float, Series, str]] = []
    for series, role in zip(chart.series, series_roles(chart), strict=True):
        if on_second_axis(chart, series):
            continue
        stretch: list[tuple[float, float]] = []
        for index, value in enumerate((*series.values, None)):
            if value is not None:
                stretch.append((frame.x(index), frame.y(axis, value)))
                continue
            if len(stretch) > 1:
                items.append(
                    Line(tuple(stretch), role, 2.2 if series.highlight else 1.5, series.dashed, name=series.name)
                )
            elif stretch:
                x, y = stretch[0]
                items.append(Rect(x - 1.5, y - 1.5, 3, 3, role, series.name))
            stretch = []
        last = last_index(series)
        if last is not None:
            value = series.values[last]
            ends.append((frame.y(axis, value or Decimal(0)), frame.x(last), series, role))
    return items + _end_labels(chart, ends, label_x, frame)


def _end_labels(
    chart: Chart, ends: list[tuple[float, float, Series, str]], label_x: float, frame: _Frame
) -> list[Item]:
    """Names at the right edge, pushed apart where lines end close together; a thin lead to lines that end early."""
    items: list[Item] = []
    second_room = 0.0
    second = second_axis(chart)
    if second:
        second_room = max(text_width(second_axis_text(tick), _SIZE) for tick in second.ticks) + 8
    lowest = frame.top - _LABEL_ROOM
    placed = []
    for y, x, series, role in sorted(ends, key=lambda end: end[0]):
        lowest = max(y, lowest + _LABEL_ROOM)
        placed.append((lowest, y, x, series, role))
    overflow = placed[-1][0] - frame.bottom if placed else 0.0
    for label_y, y, x, series, role in placed:
        shown_y = label_y - max(overflow, 0.0)
        start = label_x + second_room
        if x < frame.right - frame.slot:
            items.append(Line(((x + 2, y), (start - 3, shown_y)), "rule", 0.5))
        items.append(Label(start, shown_y, shortened(series.name, _SIZE, 104, bold=True), _SIZE, role, bold=True))
    return items


def _marker(chart: Chart, frame: _Frame) -> list[Item]:
    if chart.marker is None:
        return []
    x = frame.x(chart.marker)
    return [Line(((x, frame.top), (x, frame.bottom)), "status", 0.9, dashed=True, name="Status date")]


def _columns(chart: Chart, frame: _Frame, axis: Axis, drawn: tuple[bool, ...]) -> list[Item]:
    items: list[Item] = []
    chosen = [
        (series, role) for series, role, take in zip(chart.series, series_roles(chart), drawn, strict=True) if take
    ]
    group = frame.slot * 0.68
    width = group / len(chosen)
    zero = frame.y(axis, max(axis.low, Decimal(0)))
    labelled = chart.kind is ChartKind.BAR and width >= 18
    for position, (series, role) in enumerate(chosen):
        for index, value in enumerate(series.values):
            if value is None:
                continue
            x = frame.x(index) - group / 2 + position * width
            y = frame.y(axis, value)
            name = f"{series.name}, {chart.categories[index]}: {series_text(chart, series, value)}"
            items.append(Rect(x, min(y, zero), max(width - 1, 0.8), max(abs(zero - y), 0.4), role, name))
            if labelled:
                above = min(y, zero) - 6 if value >= 0 else max(y, zero) + 6
                items.append(Label(x + width / 2, above, _label_text(chart, value, width), 7.5, "ink", "middle"))
    return items


def _label_text(chart: Chart, value: Decimal, room: float, *, signed: bool = False) -> str:
    """What stands at a bar: the value as the chart's words say it, shortened only where that is too wide."""
    whole = value_text(chart, value, signed=signed)
    return whole if text_width(whole, 7.5) <= room + 6 else axis_text(chart, value, signed=signed)


def _stack(chart: Chart, frame: _Frame, axis: Axis) -> list[Item]:
    items: list[Item] = []
    width = frame.slot * 0.62
    up = [Decimal(0)] * frame.count
    down = [Decimal(0)] * frame.count
    for series, role in zip(chart.series, series_roles(chart), strict=True):
        for index, value in enumerate(series.values):
            if not value:
                continue
            side = up if value > 0 else down
            before = side[index]
            side[index] = before + value
            top, bottom = sorted((frame.y(axis, before), frame.y(axis, side[index])))
            name = f"{series.name}, {chart.categories[index]}: {series_text(chart, series, value)}"
            items.append(Rect(frame.x(index) - width / 2, top, width, bottom - top, role, name))
    for index, total in enumerate(up):
        if total:
            y = frame.y(axis, total) - 6
            items.append(Label(frame.x(index), y, axis_text(chart, total), 7.5, "ink", "middle", bold=True))
    return items


def _bridge(chart: Chart, frame: _Frame, axis: Axis) -> list[Item]:
    items: list[Item] = []
    width = frame.slot * 0.6
    bars = bridge(chart)
    level = Decimal(0)
    for index, bar in enumerate(bars):
        x = frame.x(index) - width / 2
        top, bottom = frame.y(axis, bar.bottom + bar.height), frame.y(axis, bar.bottom)
        total = bar.role == "accent"
        shown = _label_text(chart, bar.value, frame.slot, signed=not total)
        items.append(Rect(x, top, width, max(bottom - top, 0.5), bar.role, f"{bar.label}: {shown}"))
        items.append(Label(frame.x(index), top - 6, shown, _SIZE, "ink", "middle", bold=total))
        level = bar.value if total else level + bar.value
        if index + 1 < len(bars):
            y = frame.y(axis, level)
            items.append(Line(((x + width, y), (frame.x(index + 1) - width / 2, y)), "rule", 0.6))
    return items
