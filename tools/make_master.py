"""Makes our own 16:9 PowerPoint master: `python -m tools.make_master`, then commit the file it writes.

Three layouts (cover, title and body, title only) share one left edge for title, body and footer. The theme has one
accent, greys for the rest, one font and no effects.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

from lxml import etree
from pptx import Presentation
from pptx.opc.constants import RELATIONSHIP_TYPE as RT
from pptx.util import Pt

from headway.documents.packaging import repacked
from headway.documents.pptx_layout import BODY, COVER_BODY, COVER_TITLE, FOOTER, NUMBER, PAGE, TITLE, Box
from headway.documents.style import ACCENT, GREY_TEXT, INK, OFFICE_FONT, PALE, RED, SERIES_GREYS, WHITE

TARGET = Path(__file__).parent.parent / "src" / "headway" / "documents" / "assets" / "master.pptx"
_NAMESPACES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_KEPT = {"Title Slide": "Cover", "Title and Content": "Title and body", "Title Only": "Title only"}
_PROMPTS = {
    "title": "The conclusion as a full sentence of at most two lines",
    "ctrTitle": "The conclusion as a full sentence of at most two lines",
    "subTitle": "Occasion, date, author",
    "body": "Text",
    "ftr": "",
    "sldNum": "",
}


def make() -> bytes:
    """The master as a file without slides."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = Pt(PAGE.width), Pt(PAGE.height)
    deck.part._element.find(f"{_P}sldSz").attrib.pop("type", None)
    for layout in list(deck.slide_layouts):
        if layout.name not in _KEPT:
            deck.slide_layouts.remove(layout)
    master = deck.slide_master
    _place(master._element, {"title": TITLE, "body": BODY, "ftr": FOOTER, "sldNum": NUMBER})
    _replace_styles(master._element)
    for layout in deck.slide_layouts:
        places = {
            "Title Slide": {"ctrTitle": COVER_TITLE, "subTitle": COVER_BODY},
            "Title and Content": {"title": TITLE, "body": BODY},
            "Title Only": {"title": TITLE},
        }[layout.name]
        _place(layout._element, {**places, "ftr": FOOTER, "sldNum": NUMBER})
        layout._element.cSld.set("name", _KEPT[layout.name])
    theme = master.part.part_related_by(RT.THEME)
    theme._blob = _theme(theme.blob)
    _drop(deck.part, RT.PRINTER_SETTINGS)
    _drop(deck.part.package, RT.THUMBNAIL)
    _clear_properties(deck.core_properties)
    stream = io.BytesIO()
    deck.save(stream)
    return _fixed(stream.getvalue())


def _place(root: Any, places: dict[str, Box]) -> None:
    """Only these placeholders, each at its box."""
    tree = root.find(f"{_P}cSld/{_P}spTree")
    for shape in tree.findall(f"{_P}sp"):
        tree.remove(shape)
    for number, (kind, box) in enumerate(places.items(), start=2):
        tree.append(etree.fromstring(_placeholder(number, kind, box)))


def _placeholder(number: int, kind: str, box: Box) -> str:
    index = {
        "body": ' idx="1"',
        "subTitle": ' idx="1"',
        "ftr": ' sz="quarter" idx="11"',
        "sldNum": ' sz="quarter" idx="12"',
    }
    x, y, width, height = (int(Pt(edge)) for edge in (box.x, box.y, box.width, box.height))
    words = f"<a:r><a:t>{_PROMPTS[kind]}</a:t></a:r>" if _PROMPTS[kind] else ""
    if kind == "sldNum":
        words = '<a:fld id="{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}" type="slidenum"><a:t>‹#›</a:t></a:fld>'
    anchor = "b" if kind == "ctrTitle" else "t"
    return (
        f'<p:sp {_NAMESPACES}><p:nvSpPr><p:cNvPr id="{number}" name="{_NAMES[kind]}"/>'
        f'<p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph type="{kind}"{index.get(kind, "")}/></p:nvPr>'
        f'</p:nvSpPr><p:spPr><a:xfrm><a:off x="{x}" y="{y}"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'
        f'<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr>'
        f'<p:txBody><a:bodyPr vert="horz" wrap="square" lIns="0" tIns="0" rIns="0" bIns="0" anchor="{anchor}">'
        f"<a:noAutofit/></a:bodyPr><a:lstStyle>{_list_style(kind)}</a:lstStyle><a:p>{words}</a:p></p:txBody></p:sp>"
    )


_NAMES = {
    "title": "Title", "ctrTitle": "Title", "subTitle": "Subtitle", "body": "Body", "ftr": "Footer",
    "sldNum": "Slide number",
}  # fmt: skip


def _list_style(kind: str) -> str:
    look = {
        "ctrTitle": ("l", 3200, "tx1"), "subTitle": ("l", 1600, "tx2"), "ftr": ("l", 900, "tx2"),
        "sldNum": ("r", 900, "tx2"),
    }  # fmt: skip
    if kind not in look:
        return ""
    align, size, colour = look[kind]
    return (
        f'<a:lvl1pPr marL="0" indent="0" algn="{align}"><a:buNone/>'
        f'<a:defRPr sz="{size}"><a:solidFill><a:schemeClr val="{colour}"/></a:solidFill></a:defRPr></a:lvl1pPr>'
    )


def _replace_styles(root: Any) -> None:
    """Conclusion titles bold at 26 pt, body at 14, 13, 12 and 11 pt."""
    old = root.find(f"{_P}txStyles")
    body = "".join(_level(number, size) for number, size in enumerate((14, 13, 12, 11, 11), start=1))
    new = (
        f'<p:txStyles {_NAMESPACES}><p:titleStyle><a:lvl1pPr algn="l"><a:lnSpc><a:spcPct val="100000"/></a:lnSpc>'
        f'<a:spcBef><a:spcPts val="0"/></a:spcBef><a:buNone/><a:defRPr sz="2600" b="1" kern="1200">{_FACE}'
        f"</a:defRPr></a:lvl1pPr></p:titleStyle><p:bodyStyle>{body}</p:bodyStyle><p:otherStyle>"
        f'<a:lvl1pPr algn="l"><a:defRPr sz="1200" kern="1200">{_FACE}</a:defRPr></a:lvl1pPr>'
        "</p:otherStyle></p:txStyles>"
    )
    root.replace(old, etree.fromstring(new))


_FACE = (
    '<a:solidFill><a:schemeClr val="tx1"/></a:solidFill><a:latin typeface="+mn-lt"/><a:ea typeface="+mn-ea"/>'
    '<a:cs typeface="+mn-cs"/>'
)


def _level(number: int, size: int) -> str:
    margin = 171450 * number
    return (
        f'<a:lvl{number}pPr marL="{margin}" indent="-171450" algn="l"><a:spcBef><a:spcPts val="400"/></a:spcBef>'
        f'<a:buClr><a:schemeClr val="accent1"/></a:buClr><a:buFont typeface="Arial"/><a:buChar char="•"/>'
        f'<a:defRPr sz="{size * 100}" kern="1200">{_FACE}</a:defRPr></a:lvl{number}pPr>'
    )


def _theme(blob: bytes) -> bytes:
    """One accent, greys, one font, no shadows."""
    root = etree.fromstring(blob)
    root.set("name", "Headway")
    colours = {
        "dk1": INK, "lt1": WHITE, "dk2": GREY_TEXT, "lt2": PALE, "accent1": ACCENT,
        **{f"accent{number}": grey for number, grey in enumerate(SERIES_GREYS[:4], start=2)},
        "accent6": RED, "hlink": ACCENT, "folHlink": GREY_TEXT,
    }  # fmt: skip
    scheme = root.find(f".//{_A}clrScheme")
    scheme.set("name", "Headway")
    for name, colour in colours.items():
        slot = scheme.find(f"{_A}{name}")
        for old in list(slot):
            slot.remove(old)
        etree.SubElement(slot, f"{_A}srgbClr", val=colour)
    fonts = root.find(f".//{_A}fontScheme")
    fonts.set("name", "Headway")
    for face in fonts.iter(f"{_A}latin"):
        face.set("typeface", OFFICE_FONT)
    for style in root.iter(f"{_A}effectStyle"):
        for old in list(style):
            style.remove(old)
        etree.SubElement(style, f"{_A}effectLst")
    for defaults in root.findall(f"{_A}objectDefaults"):
        for old in list(defaults):
            defaults.remove(old)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def _drop(source: Any, kind: str) -> None:
    relations = source._rels
    for key in [key for key, relation in relations.items() if relation.reltype == kind]:
        relations.pop(key)


def _clear_properties(properties: Any) -> None:
    for name in ("title", "author", "last_modified_by", "subject", "keywords", "comments", "category"):
        setattr(properties, name, "")


def _fixed(content: bytes) -> bytes:
    """The same package with our own application part and fixed times, so that it changes only when the master does."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(stream, "w") as target:
        for name in source.namelist():
            target.writestr(name, _APPLICATION if name == "docProps/app.xml" else source.read(name))
    return repacked(stream.getvalue())


_APPLICATION = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
    b"<Application>Headway</Application><PresentationFormat>Widescreen</PresentationFormat></Properties>"
)


if __name__ == "__main__":
    TARGET.write_bytes(make())
