"""Styles, lists and settings of our Word files, as whole parts: nothing is inherited from a template's defaults.

Style ids that begin with Heading, Title or Caption are what screen readers and the claims check take as headings.
Not here: the document's content (`docx`).
"""

from __future__ import annotations

from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from headway.documents.style import ACCENT, GREY_TEXT, INK, OFFICE_FONT, RULE

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
TABLE_SIZE = 9.5
TABLE_TEXT = "HeadwayTable"
BODY, LEAD, SMALL = "Normal", "HeadwayLead", "HeadwaySmall"
BULLET, NUMBER = "HeadwayBullet", "HeadwayNumber"
BULLET_LIST, NUMBER_LIST = 1, 2  # abstract lists of `numbering_xml`


@dataclass(frozen=True, slots=True)
class _Look:
    """One paragraph style; sizes and distances in points."""

    id: str
    name: str
    size: float
    before: float = 0.0
    after: float = 0.0
    line: float = 1.0
    bold: bool = False
    colour: str = INK
    keep_next: bool = False
    outline: int | None = None  # level in the navigation pane, 0 = first
    indent: float = 0.0
    more: str = ""  # further paragraph properties that stand before the distances


_LOOKS = (
    _Look("Title", "Title", 22, after=2, bold=True, keep_next=True),
    _Look("Subtitle", "Subtitle", 12, after=8, colour=GREY_TEXT),
    _Look("Heading1", "heading 1", 16, before=14, after=3, bold=True, keep_next=True, outline=0),
    _Look("Heading2", "heading 2", 13, before=9, after=2, bold=True, keep_next=True, outline=1),
    _Look("Heading3", "heading 3", 11.5, before=10, after=2, bold=True, keep_next=True, outline=2),
    _Look("Caption", "caption", 10, before=6, after=2, bold=True, keep_next=True),
    _Look(LEAD, "Headway lead", 12.5, before=2, after=6, line=1.1),
    _Look(SMALL, "Headway small", 9, before=1, after=4, colour=GREY_TEXT),
    _Look(BULLET, "Headway bullet", 11, after=1.5, line=1.05, more="<w:numPr><w:numId w:val=\"1\"/></w:numPr>"),
    _Look(NUMBER, "Headway number", 11, after=2, line=1.1),
    _Look(TABLE_TEXT, "Headway table", TABLE_SIZE),
    _Look("HeadwayFigure", "Headway figure", 11, before=2, after=4),
    _Look("HeadwayDrawing", "Headway drawing", 8.5),
    _Look("HeadwayGap", "Headway gap", 4, after=1.5),
    _Look("HeadwayEdge", "Headway edge", 8.5, colour=GREY_TEXT),
    _Look(
        "HeadwayNote", "Headway note", 11, before=3, after=5, line=1.1, indent=9.5,
        more=f'<w:pBdr><w:left w:val="single" w:sz="18" w:space="8" w:color="{RULE}"/></w:pBdr>',
    ),
)  # fmt: skip


def styles_xml(language: str) -> bytes:
    """The styles part for a document in that language (BCP 47)."""
    tag = quoteattr(language)
    fonts = " ".join(f'w:{script}="{OFFICE_FONT}"' for script in ("ascii", "hAnsi", "eastAsia", "cs"))
    return (
        f'<w:styles xmlns:w="{WORD}"><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts {fonts}/>'
        f'<w:color w:val="{INK}"/><w:sz w:val="22"/><w:szCs w:val="22"/><w:lang w:val={tag} w:eastAsia={tag} '
        'w:bidi="ar-SA"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:after="0" w:line="240" '
        'w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>'
        f'<w:style w:type="paragraph" w:default="1" w:styleId="{BODY}"><w:name w:val="Normal"/><w:qFormat/>'
        '<w:pPr><w:spacing w:after="120" w:line="264" w:lineRule="auto"/></w:pPr></w:style>'
        '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
        '<w:name w:val="Default Paragraph Font"/><w:uiPriority w:val="1"/><w:semiHidden/></w:style>'
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
        '<w:uiPriority w:val="99"/><w:semiHidden/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar>'
        '<w:top w:w="0" w:type="dxa"/><w:left w:w="0" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/>'
        '<w:right w:w="0" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>'
        '<w:style w:type="numbering" w:default="1" w:styleId="NoList"><w:name w:val="No List"/>'
        '<w:uiPriority w:val="99"/><w:semiHidden/></w:style>'
        f"{''.join(_style(look) for look in _LOOKS)}</w:styles>"
    ).encode()


def _style(look: _Look) -> str:
    keep = "<w:keepNext/><w:keepLines/>" if look.keep_next else ""
    level = f'<w:outlineLvl w:val="{look.outline}"/>' if look.outline is not None else ""
    spacing = (
        f'<w:spacing w:before="{round(look.before * 20)}" w:after="{round(look.after * 20)}" '
        f'w:line="{round(look.line * 240)}" w:lineRule="auto"/>'
    )
    bold = "<w:b/><w:bCs/>" if look.bold else ""
    following = f'<w:next w:val="{BODY}"/>' if look.keep_next else ""
    indent = f'<w:ind w:left="{round(look.indent * 20)}"/>' if look.indent else ""
    half = round(look.size * 2)
    return (
        f'<w:style w:type="paragraph" w:styleId="{look.id}"><w:name w:val="{look.name}"/>'
        f'<w:basedOn w:val="{BODY}"/>{following}'
        f"<w:qFormat/><w:pPr>{keep}{look.more}{spacing}{indent}{level}</w:pPr>"
        f'<w:rPr>{bold}<w:color w:val="{look.colour}"/><w:sz w:val="{half}"/><w:szCs w:val="{half}"/></w:rPr></w:style>'
    )


def numbering_xml(numbered: int) -> bytes:
    """The lists: number 1 with bullets; numbers 2 and up count from one, one for each of `numbered` lists."""
    levels = (
        (BULLET_LIST, "bullet", "•"),
        (NUMBER_LIST, "decimal", "%1."),
    )
    kinds = "".join(
        f'<w:abstractNum w:abstractNumId="{number}"><w:multiLevelType w:val="singleLevel"/><w:lvl w:ilvl="0">'
        f'<w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{mark}"/><w:lvlJc w:val="left"/>'
        f'<w:pPr><w:ind w:left="284" w:hanging="284"/></w:pPr><w:rPr><w:color w:val="{ACCENT}"/></w:rPr></w:lvl>'
        "</w:abstractNum>"
        for number, kind, mark in levels
    )
    restarts = "".join(
        f'<w:num w:numId="{number}"><w:abstractNumId w:val="{NUMBER_LIST}"/><w:lvlOverride w:ilvl="0">'
        '<w:startOverride w:val="1"/></w:lvlOverride></w:num>'
        for number in range(2, numbered + 2)
    )
    bullets = f'<w:num w:numId="1"><w:abstractNumId w:val="{BULLET_LIST}"/></w:num>'
    return f'<w:numbering xmlns:w="{WORD}">{kinds}{bullets}{restarts}</w:numbering>'.encode()


def settings_xml(language: str) -> bytes:
    """Settings of a current Word file; fields are not updated at opening, which would ask the reader a question."""
    uri = "http://schemas.microsoft.com/office/word"
    compat = (("compatibilityMode", 15), ("overrideTableStyleFontSizeAndJustification", 1),
              ("enableOpenTypeFeatures", 1), ("doNotFlipMirrorIndents", 1),
              ("differentiateMultirowTableHeaders", 1))  # fmt: skip
    listed = "".join(f'<w:compatSetting w:name="{name}" w:uri="{uri}" w:val="{value}"/>' for name, value in compat)
    return (
        f'<w:settings xmlns:w="{WORD}"><w:zoom w:percent="100"/><w:defaultTabStop w:val="720"/>'
        f'<w:characterSpacingControl w:val="doNotCompress"/><w:compat>{listed}</w:compat>'
        f"<w:themeFontLang w:val={quoteattr(language)}/>"
        '<w:clrSchemeMapping w:bg1="light1" w:t1="dark1" w:bg2="light2" w:t2="dark2" w:accent1="accent1" '
        'w:accent2="accent2" w:accent3="accent3" w:accent4="accent4" w:accent5="accent5" w:accent6="accent6" '
        'w:hyperlink="hyperlink" w:followedHyperlink="followedHyperlink"/>'
        '<w:decimalSymbol w:val="."/><w:listSeparator w:val=","/></w:settings>'
    ).encode()
