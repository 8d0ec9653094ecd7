"""A drawing of rectangles, lines, polygons and labels, in points, that every format can show; and its SVG.

`charts` and `gantt` make drawings; the PDF draws them, PowerPoint and Word turn them into native shapes.
Colours are roles, so that a page can show the same drawing in light and dark.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TypeAlias

from headway.documents.style import (
    ACCENT,
    ACCENT_PALE,
    GREY_TEXT,
    GRID,
    INK,
    PALE,
    RED,
    RULE,
    SERIES_GREYS,
    WHITE,
)

# What a person paints by rules: the pale ground of a row, and the strong colour of a bar on it.
TINTS = {
    "red": ("FDE9E8", "CC2F2F"),
    "amber": ("FCF1D8", "C27B00"),
    "green": ("E4F3E8", "1F8A41"),
    "blue": ("E3ECFB", "2B5BD7"),
    "violet": ("EFE8FB", "7A4FD0"),
    "grey": ("EDF0F4", "6B7889"),
}
# Role -> colour on paper.
ROLES = {
    "ink": INK,
    "grey-text": GREY_TEXT,
    "rule": RULE,
    "grid": GRID,
    "pale": PALE,
    "rest": "EEF1F4",
    "paper": WHITE,
    "accent": ACCENT,
    "accent-pale": ACCENT_PALE,
    "critical": RED,
    "critical-pale": "F3C9C6",
    "status": "D32F2F",
    "baseline": "9AA5B1",
    "link": "8A95A1",
    "summary": "3E4956",
    "rise": "6B7785",
    "fall": "A9B3BE",
    **{f"tint-{name}": colour for name, (colour, _) in TINTS.items()},
    **{f"bar-{name}": colour for name, (_, colour) in TINTS.items()},
    **{f"series-{number}": colour for number, colour in enumerate(SERIES_GREYS)},
}
# Where a role needs another colour on a dark page.
DARK_ROLES = {
    "ink": "E6EAEE",
    "grey-text": "AAB4BE",
    "rule": "4A5560",
    "grid": "333C45",
    "pale": "20262D",
    "rest": "20272E",
    "paper": "161B20",
    "accent": "6FA8E8",
    "accent-pale": "2B4460",
    "critical": "F2867E",
    "critical-pale": "5C2B28",
    "status": "FF6B61",
    "baseline": "6F7B87",
    "link": "7C8894",
    "summary": "C3CBD3",
    "rise": "9AA6B2",
    "fall": "6B7783",
    "series-0": "A9B4BF",
    "series-1": "74808C",
    "series-2": "D0D7DE",
    "series-3": "566370",
    "series-4": "8E9AA6",
}


@dataclass(frozen=True, slots=True)
class Rect:
    """A filled box; `name` says what it stands for (tooltip, name of the native shape)."""

    x: float
    y: float
    width: float
    height: float
    role: str
    name: str = ""
    rounded: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line through points; with `arrow` at its end."""

    points: tuple[tuple[float, float], ...]
    role: str
    width: float = 0.75
    dashed: bool = False
    arrow: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True)
class Polygon:
    """A filled outline."""

    points: tuple[tuple[float, float], ...]
    role: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """One line of text; `y` is its middle, `x` its start, middle or end as `anchor` says."""

    x: float
    y: float
    text: str
    size: float = 8.5
    role: str = "ink"
    anchor: str = "start"
    bold: bool = False
    turned: bool = False  # a quarter turn to the left (titles of value axes)


Item: TypeAlias = Rect | Line | Polygon | Label


@dataclass(frozen=True, slots=True)
class Drawing:
    """Items from back to front on a canvas of width x height points, and what it shows in words."""

    width: float
    height: float
    items: tuple[Item, ...]
    description: str


def svg(drawing: Drawing, title_id: str) -> str:
    """The drawing as an SVG element that scales with its box; colours by the classes of `svg_style`."""
    body = "".join(_drawn(item) for item in drawing.items)
    return (
        f'<svg class="hd-drawing" role="img" aria-labelledby="{escape(title_id)}" '
        f'viewBox="0 0 {drawing.width:.1f} {drawing.height:.1f}" xmlns="http://www.w3.org/2000/svg">'
        f'<title id="{escape(title_id)}">{escape(drawing.description)}</title>{body}</svg>'
    )


def standalone_svg(drawing: Drawing) -> str:
    """The drawing as a file of its own: colours of paper as attributes, a white ground, sizes in points."""
    width, height = f"{drawing.width:.2f}", f"{drawing.height:.2f}"
    body = "".join(_drawn(item) for item in drawing.items)
    for role in sorted({item.role for item in drawing.items}):
        colour = f"#{ROLES[role]}"
        body = body.replace(f'class="hd-f-{role}"', f'fill="{colour}"')
        body = body.replace(f'class="hd-s-{role}"', f'fill="none" stroke="{colour}"')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{width}pt" height="{height}pt" '
        f'viewBox="0 0 {width} {height}" font-family="Carlito, Calibri, Inter, Arial, sans-serif">'
        f"<title>{escape(drawing.description)}</title>"
        f'<rect width="100%" height="100%" fill="#{WHITE}"/>{body}</svg>\n'
    )


def svg_style() -> str:
    """Style rules of the drawings, light and dark; dark by the reader's setting or by data-bs-theme."""
    light = "".join(f"--hd-{role}:#{colour};" for role, colour in ROLES.items())
    dark = "".join(f"--hd-{role}:#{colour};" for role, colour in DARK_ROLES.items())
    rules = "".join(
        f".hd-f-{role}{{fill:var(--hd-{role})}}.hd-s-{role}{{stroke:var(--hd-{role});fill:none}}" for role in ROLES
    )
    return (
        f":root{{{light}}}"
        f'@media screen and (prefers-color-scheme:dark){{:root:not([data-bs-theme="light"]){{{dark}}}}}'
        f'@media screen{{:root[data-bs-theme="dark"]{{{dark}}}}}'
        f".hd-drawing{{width:100%;height:auto;display:block;font-family:inherit;font-variant-numeric:tabular-nums}}"
        f"{rules}"
    )


def _rect(item: Rect) -> str:
    radius = f' rx="{min(item.height, item.width) * 0.2:.1f}"' if item.rounded else ""
    return _titled(
        f'<rect class="hd-f-{item.role}" x="{item.x:.2f}" y="{item.y:.2f}" '
        f'width="{item.width:.2f}" height="{item.height:.2f}"{radius}',
        "rect",
        item.name,
    )


def _line(item: Line) -> str:
    dashes = ' stroke-dasharray="4 3"' if item.dashed else ""
    points = " ".join(f"{x:.2f},{y:.2f}" for x, y in item.points)
    drawn = _titled(
        f'<polyline class="hd-s-{item.role}" stroke-width="{item.width:.2f}" '
        f'stroke-linejoin="round"{dashes} points="{points}"',
        "polyline",
        item.name,
    )
    return drawn + (_polygon(Polygon(arrow_head(item), item.role)) if item.arrow else "")


def arrow_head(item: Line, size: float = 3.2) -> tuple[tuple[float, float], ...]:
    """The triangle at the end of an arrow whose last stretch is horizontal or vertical."""
    (x0, y0), (x, y) = item.points[-2], item.points[-1]
    if abs(x - x0) >= abs(y - y0):
        back = x - size if x >= x0 else x + size
        return ((x, y), (back, y - size * 0.6), (back, y + size * 0.6))
    back = y - size if y >= y0 else y + size
    return ((x, y), (x - size * 0.6, back), (x + size * 0.6, back))


def _polygon(item: Polygon) -> str:
    points = " ".join(f"{x:.2f},{y:.2f}" for x, y in item.points)
    return _titled(f'<polygon class="hd-f-{item.role}" points="{points}"', "polygon", item.name)


def _label(item: Label) -> str:
    weight = ' font-weight="600"' if item.bold else ""
    turn = f' transform="rotate(-90 {item.x:.2f} {item.y:.2f})"' if item.turned else ""
    return (
        f'<text class="hd-f-{item.role}" x="{item.x:.2f}" y="{item.y + item.size * 0.34:.2f}" '
        f'font-size="{item.size:.1f}" text-anchor="{item.anchor}"{weight}{turn}>{escape(item.text)}</text>'
    )


def _titled(opening: str, tag: str, name: str) -> str:
    return f"{opening}><title>{escape(name)}</title></{tag}>" if name else f"{opening}/>"


def _drawn(item: Item) -> str:
    if isinstance(item, Rect):
        return _rect(item)
    if isinstance(item, Line):
        return _line(item)
    return _polygon(item) if isinstance(item, Polygon) else _label(item)
