"""The line of a KPI, drawn: small in a scorecard, and with limits, target and notes on its own page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from headway.areas.metrics.types import Direction, KpiDetail, Point, ScoreRow, State, TargetRow
from headway.areas.metrics.wording import value_text
from headway.documents import drawing
from headway.documents.charts import axis_for
from headway.documents.drawing import Drawing, Item, Label, Line, Rect
from headway.documents.style import text_width
from headway.interfaces.web.projects.drawings import Picture
from headway.interfaces.web.templatetags.formats import iso

_SPARK = (120.0, 30.0)
_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _FOOT = 860.0, 300.0, 58.0, 118.0, 22.0, 26.0
_SIZE = 10.0
_MOST = 120
_LABEL_ROOM = 12.0


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where periods and values lie on a canvas."""

    first: datetime
    span: float
    low: Decimal
    high: Decimal
    box: tuple[float, float, float, float]  # left, top, right, bottom

    def x(self, begins: datetime) -> float:
        left, _, right, _ = self.box
        return left + (right - left) * ((begins - self.first).total_seconds() / self.span if self.span else 0.5)

    def y(self, value: Decimal) -> float:
        _, top, _, bottom = self.box
        return bottom - (bottom - top) * float((value - self.low) / (self.high - self.low))


def _scale(points: Sequence[Point], more: Sequence[Decimal], box: tuple[float, float, float, float]) -> _Scale:
    values = [point.value for point in points if point.value is not None]
    low, high = min((*values, *more)), max((*values, *more))
    room = (high - low) / 12 or max(abs(high) / 10, Decimal(1))
    span = (points[-1].begins - points[0].begins).total_seconds()
    return _Scale(points[0].begins, span, low - room, high + room, box)


def spark(row: ScoreRow) -> SafeString:
    """The newest values of a scorecard's line, its limits as a band; '' where there are fewer than two."""
    points = [point for point in row.spark if point.value is not None]
    if len(points) < 2:
        return SafeString("")
    width, height = _SPARK
    known = row.limits
    band = (known.shown_lower, known.shown_upper) if known is not None else ()
    scale = _scale(points, band, (3.0, 3.0, width - 5.0, height - 3.0))
    items: list[Item] = []
    if known is not None:
        top, bottom = scale.y(known.shown_upper), scale.y(known.shown_lower)
        items.append(Rect(0, top, width, bottom - top, "grid"))
    items += _lines(points, scale, 1.5)
    for point in points:
        if point.signal:
            items.append(_dot(scale.x(point.begins), scale.y(point.value or Decimal(0)), 5.5, "ink"))
    last = points[-1]
    role = "ink" if last.signal else "accent"
    items.append(_dot(scale.x(last.begins), scale.y(last.value or Decimal(0)), 5.5 if last.signal else 4.5, role))
    said = f"{row.name}, {points[0].name} to {last.name}: {points[0].shown} to {last.shown}; {row.trend_text}"
    return _svg(Drawing(width, height, tuple(items), said), f"spark-{row.id}")


def _lines(points: Sequence[Point], scale: _Scale, width: float) -> Iterator[Line]:
    """The values as lines, broken where the formula changes and where periods are missing."""
    piece: list[tuple[float, float]] = []
    before: Point | None = None
    for point in points:
        broken = before is not None and (point.formula != before.formula or point.gap > 0)
        if broken and len(piece) > 1:
            yield Line(tuple(piece), "accent", width)
        if broken:
            piece = []
        piece.append((scale.x(point.begins), scale.y(point.value or Decimal(0))))
        before = point
    if len(piece) > 1:
        yield Line(tuple(piece), "accent", width)


def _dot(x: float, y: float, size: float, role: str, name: str = "") -> Rect:
    return Rect(x - size / 2, y - size / 2, size, size, role, name, rounded=True)


def picture(found: KpiDetail) -> Picture | None:
    """A KPI's line over time; None before its second value."""
    points = [point for point in found.points if point.value is not None][-_MOST:]
    if len(points) < 2:
        return None
    scale = _scale(points, _others(found, points), (_LEFT, _TOP, _WIDTH - _RIGHT, _HEIGHT - _FOOT))
    items: list[Item] = list(_grid(found, scale))
    marks: list[tuple[float, str, str]] = []
    items += _limits(found, scale, marks)
    items += _targets(found, points, scale, marks)
    items += _notes(found, scale, points)
    items += _lines(points, scale, 2.0)
    items += _dots(points, scale)
    items += _ticks(points, scale)
    items += _named(marks, scale)
    title = _finding(found)
    return Picture(
        title,
        _svg(Drawing(_WIDTH, _HEIGHT, tuple(items), title), "kpi-line"),
        note=found.limits_text,
        heads=("Period", "Value", "Target", "Attained", "n"),
        rows=tuple(
            (point.name, point.shown, point.target, point.attained_text, "" if point.n is None else str(point.n))
            for point in reversed(points)
        ),
        hrefs=tuple((reverse("kpi-trace", args=[found.row.id, iso(point.begins)]),) * 4 for point in reversed(points)),
    )


def _finding(found: KpiDetail) -> str:
    row = found.row
    said = f"{row.shown} in {row.period}"
    if row.target:
        said += f", wanted {row.target}"
    return f"{said}; {row.trend_text}"


def _others(found: KpiDetail, points: Sequence[Point]) -> list[Decimal]:
    """Limits and targets, which belong into the picture too."""
    wanted = [value for point in points for value in _target_values(found, _target_at(found, point))]
    known = found.limits
    return [*wanted, *((known.shown_lower, known.shown_upper) if known is not None else ())]


def _target_at(found: KpiDetail, point: Point) -> TargetRow | None:
    return next((one for one in found.targets if one.since <= point.begins.date()), None)


def _target_values(found: KpiDetail, target: TargetRow | None) -> tuple[Decimal, ...]:
    if target is None:
        return ()
    in_range = found.formula.direction is Direction.RANGE and target.high is not None
    return (target.value, target.high or target.value) if in_range else (target.value,)


def _grid(found: KpiDetail, scale: _Scale) -> Iterator[Item]:
    left, _, right, _ = scale.box
    step = axis_for((scale.high - scale.low,)).step
    value = (scale.low / step).to_integral_value(ROUND_CEILING) * step
    last = (scale.high / step).to_integral_value(ROUND_FLOOR) * step
    while value <= last:
        y = scale.y(value)
        yield Line(((left, y), (right, y)), "grid")
        yield Label(left - 6, y, value_text(value, found.formula.unit), _SIZE - 1, "grey-text", "end")
        value += step


def _limits(found: KpiDetail, scale: _Scale, marks: list[tuple[float, str, str]]) -> Iterator[Item]:
    known, baseline = found.limits, found.baseline
    if known is None or baseline is None:
        return
    left, _, right, _ = scale.box
    start = max(left, scale.x(baseline.first)) if scale.span else left
    for value, name, dashed in (
        (known.shown_upper, "Upper limit", True),
        (known.mean, "Mean", False),
        (known.shown_lower, "Lower limit", True),
    ):
        y = scale.y(value)
        yield Line(((start, y), (right, y)), "baseline", 1.0, dashed)
        marks.append((y, f"{name} {value_text(value, found.formula.unit)}", "grey-text"))


def _targets(
    found: KpiDetail, points: Sequence[Point], scale: _Scale, marks: list[tuple[float, str, str]]
) -> Iterator[Item]:
    """The target as steps: each period by the one that counted for it."""
    sides = max((len(_target_values(found, _target_at(found, point))) for point in points), default=0)
    for side in range(sides):
        walked: list[tuple[float, float]] = []
        for point in points:
            values = _target_values(found, _target_at(found, point))
            if side >= len(values):
                continue
            here = scale.x(point.begins), scale.y(values[side])
            if walked and walked[-1][1] != here[1]:
                walked.append((here[0], walked[-1][1]))
            walked.append(here)
        if walked:
            walked.append((scale.box[2], walked[-1][1]))
            yield Line(tuple(walked), "status", 1.25, True)
            value = _target_values(found, _target_at(found, points[-1]))
            if side < len(value):
                marks.append((scale.y(value[side]), f"Target {value_text(value[side], found.formula.unit)}", "status"))


def _notes(found: KpiDetail, scale: _Scale, points: Sequence[Point]) -> Iterator[Item]:
    left, top, right, bottom = scale.box
    for note in found.notes:
        moment = datetime.combine(note.day, datetime.min.time())
        if not points[0].begins <= moment or scale.x(moment) > right:
            continue
        x = scale.x(moment)
        yield Line(((x, top), (x, bottom)), "summary", 1.0, True, name=note.text)
        words = note.text if len(note.text) <= 28 else f"{note.text[:27]}…"
        half = text_width(words, _SIZE - 1) / 2
        yield Label(min(max(x, left + half), right - half), top - 9, words, _SIZE - 1, "grey-text", "middle")


def _dots(points: Sequence[Point], scale: _Scale) -> Iterator[Item]:
    for point in points:
        said = f"{point.name}: {point.shown}" + (f", {point.signal}" if point.signal else "")
        role = "ink" if point.signal else "grey-text" if point.state is State.TOO_FEW else "accent"
        size = 9.0 if point.signal else 6.0
        yield _dot(scale.x(point.begins), scale.y(point.value or Decimal(0)), size, role, said)


def _ticks(points: Sequence[Point], scale: _Scale) -> Iterator[Item]:
    bottom, right = scale.box[3], -1000.0
    for point in points:
        x, half = scale.x(point.begins), text_width(point.name, _SIZE - 1) / 2
        if x - half < right + 10:
            continue
        yield Line(((x, bottom), (x, bottom + 4)), "rule")
        yield Label(x, bottom + 14, point.name, _SIZE - 1, "grey-text", "middle")
        right = x + half


def _named(marks: Sequence[tuple[float, str, str]], scale: _Scale) -> Iterator[Item]:
    """Labels at the right of their lines, moved apart where they would touch."""
    below = -1000.0
    for y, words, role in sorted(marks):
        place = max(y, below + _LABEL_ROOM)
        yield Label(scale.box[2] + 6, place, words, _SIZE - 1, role)
        below = place


def _svg(shape: Drawing, name: str) -> SafeString:
    return mark_safe(drawing.svg(shape, name))  # noqa: S308  drawing.svg escapes every text it is given
