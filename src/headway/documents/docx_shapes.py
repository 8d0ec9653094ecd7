"""Drawings as native Word shapes: a group of boxes, lines, outlines and text boxes that can be edited one by one.

Not here: what is drawn (`gantt`, `charts`), charts with figures behind them (`native_charts`).
"""

from __future__ import annotations

from itertools import count
from xml.sax.saxutils import escape, quoteattr

from headway.documents.drawing import ROLES, Drawing, Item, Label, Line, Polygon, Rect
from headway.documents.style import text_width

GROUP_SPACES = (
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:wpg="http://schemas.microsoft.com/office/word/2010/wordprocessingGroup" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)
_GROUP = "http://schemas.microsoft.com/office/word/2010/wordprocessingGroup"
_POINT = 12_700  # EMU
_QUARTER_LEFT = 16_200_000  # 60,000ths of a degree, clockwise


def emu(points: float) -> int:
    """Points as English metric units."""
    return round(points * _POINT)


def inline(width: float, height: float, number: int, name: str, description: str, graphic: str) -> str:
    """A graphic in the line of text, with the text that stands for it; sizes in points."""
    return (
        f'<wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{emu(width)}" cy="{emu(height)}"/>'
        f'<wp:docPr id="{number}" name={quoteattr(name)} descr={quoteattr(description)}/>'
        f"<wp:cNvGraphicFramePr/><a:graphic>{graphic}</a:graphic></wp:inline>"
    )


def group(drawing: Drawing, number: int, name: str, numbers: count[int]) -> str:
    """The drawing as a run's content; programs older than Word 2010 show its description. `numbers` gives ids."""
    size = f'cx="{emu(drawing.width)}" cy="{emu(drawing.height)}"'
    shapes = "".join(_shape(item, next(numbers)) for item in drawing.items)
    graphic = (
        f'<a:graphicData uri="{_GROUP}"><wpg:wgp><wpg:cNvGrpSpPr/><wpg:grpSpPr><a:xfrm><a:off x="0" y="0"/>'
        f'<a:ext {size}/><a:chOff x="0" y="0"/><a:chExt {size}/></a:xfrm></wpg:grpSpPr>{shapes}</wpg:wgp>'
        "</a:graphicData>"
    )
    placed = inline(drawing.width, drawing.height, number, name, drawing.description, graphic)
    return (
        f'<mc:AlternateContent><mc:Choice Requires="wpg"><w:drawing>{placed}</w:drawing></mc:Choice>'
        f'<mc:Fallback><w:t xml:space="preserve">{escape(drawing.description)}</w:t></mc:Fallback>'
        "</mc:AlternateContent>"
    )


def _shape(item: Item, number: int) -> str:
    if isinstance(item, Rect):
        kind = "roundRect" if item.rounded else "rect"
        geometry = f'<a:prstGeom prst="{kind}"><a:avLst/></a:prstGeom>'
        box = _box(item.x, item.y, item.width, item.height)
        return _wsp(number, item.name, f"{box}{geometry}{_fill(item.role)}<a:ln><a:noFill/></a:ln>")
    if isinstance(item, Line):
        return _wsp(number, item.name, f"{_path(item.points, closed=False)}<a:noFill/>{_stroke(item)}")
    if isinstance(item, Polygon):
        outline = f"{_path(item.points, closed=True)}{_fill(item.role)}<a:ln><a:noFill/></a:ln>"
        return _wsp(number, item.name, outline)
    return _label(item, number)


def _wsp(number: int, name: str, look: str) -> str:
    return (
        f'<wps:wsp><wps:cNvPr id="{number}" name={quoteattr(name or f"Shape {number}")}/><wps:cNvSpPr/>'
        f"<wps:spPr>{look}</wps:spPr><wps:bodyPr/></wps:wsp>"
    )


def _label(item: Label, number: int) -> str:
    """A text box without insets around one line of text, anchored as the label asks."""
    width = text_width(item.text, item.size, bold=item.bold) * 1.06 + 4
    height = item.size * 1.35
    left = {"start": item.x, "middle": item.x - width / 2, "end": item.x - width}[item.anchor]
    if item.turned:
        left = item.x - width / 2
    turn = f' rot="{_QUARTER_LEFT}"' if item.turned else ""
    side = "center" if item.turned else {"start": "left", "middle": "center", "end": "right"}[item.anchor]
    half = round(item.size * 2)
    bold = "<w:b/>" if item.bold else ""
    return (
        f'<wps:wsp><wps:cNvPr id="{number}" name="Label {number}"/><wps:cNvSpPr txBox="1"/>'
        f"<wps:spPr>{_box(left, item.y - height / 2, width, height, turn)}"
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/><a:ln><a:noFill/></a:ln></wps:spPr>'
        '<wps:txbx><w:txbxContent><w:p><w:pPr><w:pStyle w:val="HeadwayDrawing"/>'
        f'<w:jc w:val="{side}"/></w:pPr><w:r><w:rPr>{bold}<w:color w:val="{ROLES[item.role]}"/>'
        f'<w:sz w:val="{half}"/><w:szCs w:val="{half}"/></w:rPr>'
        f'<w:t xml:space="preserve">{escape(item.text)}</w:t></w:r></w:p></w:txbxContent></wps:txbx>'
        '<wps:bodyPr wrap="none" lIns="0" tIns="0" rIns="0" bIns="0" anchor="ctr"><a:noAutofit/></wps:bodyPr></wps:wsp>'
    )


def _box(left: float, top: float, width: float, height: float, turn: str = "") -> str:
    return (
        f'<a:xfrm{turn}><a:off x="{emu(left)}" y="{emu(top)}"/>'
        f'<a:ext cx="{max(emu(width), 0)}" cy="{max(emu(height), 0)}"/></a:xfrm>'
    )


def _path(points: tuple[tuple[float, float], ...], *, closed: bool) -> str:
    """Place and outline of a polyline, whose points count from its own corner."""
    left, top = min(x for x, _ in points), min(y for _, y in points)
    width, height = max(x for x, _ in points) - left, max(y for _, y in points) - top
    if not closed and (not emu(width) or not emu(height)):  # an outline cannot be scaled to nothing
        return f'{_box(left, top, width, height)}<a:prstGeom prst="line"><a:avLst/></a:prstGeom>'
    steps = "".join(
        f'<a:{"lnTo" if index else "moveTo"}><a:pt x="{emu(x - left)}" y="{emu(y - top)}"/>'
        f"</a:{'lnTo' if index else 'moveTo'}>"
        for index, (x, y) in enumerate(points)
    )
    ending, fill = ("<a:close/>", "") if closed else ("", ' fill="none"')
    return (
        f"{_box(left, top, width, height)}<a:custGeom><a:avLst/><a:gdLst/><a:ahLst/><a:cxnLst/>"
        '<a:rect l="0" t="0" r="r" b="b"/><a:pathLst>'
        f'<a:path w="{emu(width)}" h="{emu(height)}"{fill}>{steps}{ending}</a:path></a:pathLst></a:custGeom>'
    )


def _fill(role: str) -> str:
    return f'<a:solidFill><a:srgbClr val="{ROLES[role]}"/></a:solidFill>'


def _stroke(item: Line) -> str:
    dash = '<a:prstDash val="dash"/>' if item.dashed else ""
    head = '<a:tailEnd type="triangle" w="sm" len="sm"/>' if item.arrow else ""
    return f'<a:ln w="{emu(item.width)}">{_fill(item.role)}{dash}<a:round/>{head}</a:ln>'
