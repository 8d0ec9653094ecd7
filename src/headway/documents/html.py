"""A document as an accessible page of one file, and as a fragment for pages that have their own frame.

No scripts, nothing loaded from elsewhere, print style, light and dark. Everything that comes from the tree is
escaped. `fragment` brings no style of its own: the page that embeds it serves `style_sheet` once.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Sequence
from html import escape
from itertools import count

from headway.documents import charts, drawing, gantt, tree
from headway.documents.style import DRAFT_WORDS, RAG_LOOKS, TREND_SIGNS
from headway.documents.tree import (
    Block,
    Bullets,
    Cell,
    Chart,
    Column,
    Document,
    Figure,
    Gantt,
    Heading,
    KeyFigures,
    Mark,
    Note,
    PageBreak,
    Paragraph,
    Rag,
    RagCell,
    RagRow,
    Run,
    Runs,
    Table,
    Tone,
)

_CHART_SIZE = (640.0, 250.0)
_GANTT_WIDTH = 860.0
_SLUGS = {rag: rag.name.lower().replace("_", "-") for rag in Rag}

_STYLE = """
.hd-doc{font:16px/1.5 Inter,system-ui,Calibri,Carlito,"Segoe UI",sans-serif;color:var(--hd-ink);
max-width:62rem;margin:0 auto;padding:1.5rem 1rem 3rem;overflow-wrap:break-word}
.hd-doc h1{font-size:1.75rem;line-height:1.2;margin:0 0 .25rem}
.hd-doc h2{font-size:1.25rem;line-height:1.3;margin:2rem 0 .5rem}
.hd-doc h3{font-size:1.05rem;margin:1.5rem 0 .4rem}.hd-doc h4{font-size:1rem;margin:1.2rem 0 .3rem}
.hd-doc p,.hd-doc ul,.hd-doc ol{margin:.4rem 0}
.hd-sub,.hd-small,.hd-doc figcaption,.hd-doc footer{color:var(--hd-grey-text);font-size:.875rem}
.hd-lead{font-size:1.15rem}
.hd-mark{display:inline-block;border:2px solid var(--hd-critical);color:var(--hd-critical);font-weight:700;
padding:.05rem .5rem;margin-bottom:.75rem}
.hd-scroll{overflow-x:auto}
.hd-doc table{border-collapse:collapse;width:100%;font-size:.875rem;font-variant-numeric:tabular-nums}
.hd-doc caption{text-align:left;font-weight:600;padding:.5rem 0 .25rem;color:var(--hd-ink)}
.hd-doc th{font-weight:600;color:var(--hd-grey-text);border-bottom:1.5px solid var(--hd-rule);vertical-align:bottom}
.hd-doc tbody th{vertical-align:top}
.hd-doc th,.hd-doc td{text-align:left;padding:.3rem .6rem .3rem 0}
.hd-doc td{border-bottom:1px solid var(--hd-grid);vertical-align:top}
.hd-doc .hd-right{text-align:right;white-space:nowrap}.hd-doc .hd-centre{text-align:center}
.hd-doc tfoot td{font-weight:600;border-top:1.5px solid var(--hd-rule);border-bottom:0}
.hd-rag{font-weight:700;padding:.05rem .4rem;white-space:nowrap}
.hd-figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.5rem,1fr));gap:1rem;margin:1rem 0;padding:0}
.hd-figures>div{border-top:2px solid var(--hd-rule);padding-top:.35rem}
.hd-figures dt{color:var(--hd-grey-text);font-size:.875rem}
.hd-figures dd{margin:0}.hd-figures .hd-big{font-size:1.5rem;font-weight:600;font-variant-numeric:tabular-nums}
.hd-doc figure{margin:1.25rem 0}.hd-doc .hd-finding{font-weight:600;color:var(--hd-ink);font-size:1rem;margin:0 0 .4rem}
.hd-doc img{max-width:100%;height:auto}
.hd-note{border-left:3px solid var(--hd-rule);padding:.2rem 0 .2rem .75rem;margin:1rem 0}
.hd-doc details{font-size:.875rem;margin-top:.25rem}.hd-doc summary{cursor:pointer;color:var(--hd-grey-text)}
.hd-doc footer{border-top:1px solid var(--hd-rule);margin-top:2.5rem;padding-top:.5rem}
.hd-break{border:0;border-top:1px solid var(--hd-rule);margin:2.5rem 0}
@media (max-width:40rem){.hd-doc{padding:1rem .75rem}.hd-drawing{min-width:36rem}}
@media print{@page{size:A4;margin:16mm 15mm 18mm}.hd-doc{max-width:none;padding:0;font-size:10.5pt}
.hd-doc h2,.hd-doc h3,.hd-finding,.hd-doc caption{break-after:avoid}
.hd-doc tr,.hd-doc figure,.hd-figures{break-inside:avoid}
.hd-doc thead{display:table-header-group}.hd-break{break-after:page;border:0;margin:0}.hd-doc details{display:none}
.hd-scroll{overflow:visible}}
"""


def write_html(document: Document) -> bytes:
    """The document as one UTF-8 file that needs nothing else."""
    document = tree.cleaned(document)
    meta = document.meta
    page = (
        f'<!doctype html>\n<html lang="{escape(meta.language)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n"
        f"<title>{escape(document.title)} – {escape(meta.project)}</title>\n"
        f"<style>body{{margin:0;background:var(--hd-paper)}}{style_sheet()}</style>\n</head>\n<body>\n"
        f"<main>{_article(document)}</main>\n</body>\n</html>\n"
    )
    return page.encode("utf-8")


def fragment(document: Document, *, heading_level: int = 1, id_prefix: str = "hd") -> str:
    """The document as one <article> for another page.

    heading_level  level of the document's title there; sections follow below it (6 at most).
    id_prefix      start of the ids inside, unique on the page.
    """
    return _article(tree.cleaned(document), heading_level, id_prefix)


def block_fragment(blocks: Sequence[Block], *, heading_level: int = 2, id_prefix: str = "hd") -> str:
    """Some blocks alone, e.g. one chart or the Gantt, for another page. Headings of level 1 get `heading_level`."""
    return _Page(heading_level - 1, id_prefix).blocks(tree.cleaned(tuple(blocks)))


def style_sheet() -> str:
    """Style rules of the page and its drawings; every rule stands under a class of its own."""
    rags = "".join(f".hd-{_SLUGS[rag]}{{background:#{look.fill};color:#{look.ink}}}" for rag, look in RAG_LOOKS.items())
    return drawing.svg_style() + _STYLE.replace("\n", "") + rags


def _article(document: Document, heading_level: int = 1, id_prefix: str = "hd") -> str:
    page = _Page(heading_level, id_prefix)
    meta = document.meta
    blocks = tree.running_blocks(document)
    mark = f'<p class="hd-mark">{escape(DRAFT_WORDS)}</p>' if meta.mark is Mark.DRAFT else ""
    subtitle = f'<p class="hd-sub">{escape(document.subtitle)}</p>' if document.subtitle else ""
    return (
        f'<article class="hd-doc" lang="{escape(meta.language)}"><header>{mark}'
        f"{page.heading(document.title, 0)}{subtitle}</header>\n{page.blocks(blocks)}"
        f"<footer>{escape(tree.footer_text(meta))} · Version {escape(meta.version)}</footer></article>"
    )


class _Page:
    """Writes blocks; counts the ids it gives."""

    def __init__(self, level: int, prefix: str) -> None:
        self._level = level
        self._prefix = prefix
        self._ids = count(1)

    def blocks(self, blocks: Iterable[Block]) -> str:
        return "".join(self._block(block) + "\n" for block in blocks)

    def heading(self, words: str, level: int) -> str:
        tag = f"h{min(self._level + level, 6)}"
        return f"<{tag}>{escape(words)}</{tag}>"

    def _block(self, block: Block) -> str:
        if isinstance(block, Heading):
            return self.heading(block.text, block.level)
        if isinstance(block, Paragraph):
            tone = {Tone.LEAD: ' class="hd-lead"', Tone.SMALL: ' class="hd-small"'}.get(block.tone, "")
            return f"<p{tone}>{_runs(block.runs)}</p>"
        if isinstance(block, Bullets):
            return _bullets(block)
        if isinstance(block, KeyFigures):
            return _key_figures(block)
        if isinstance(block, RagRow):
            return _rag_row(block)
        if isinstance(block, Table):
            return _table(block)
        if isinstance(block, Chart):
            return self._drawn(block.title, charts.draw(block, *_CHART_SIZE), _chart_notes(block), _chart_data(block))
        if isinstance(block, Gantt):
            return self._drawn(block.title, gantt.draw(block, _GANTT_WIDTH), block.note, "")
        if isinstance(block, Figure):
            return _figure(block)
        if isinstance(block, Note):
            return f'<div class="hd-note"><strong>{escape(block.title)}</strong> {_runs(block.runs)}</div>'
        assert isinstance(block, PageBreak)  # noqa: S101  # the union has no other member
        return '<hr class="hd-break">'

    def _drawn(self, title: str, picture: drawing.Drawing, note: str, data: str) -> str:
        identifier = f"{self._prefix}-{next(self._ids)}"
        caption = f"<figcaption>{escape(note)}</figcaption>" if note else ""
        return (
            f'<figure><p class="hd-finding">{escape(title)}</p>'
            f'<div class="hd-scroll">{drawing.svg(picture, identifier)}</div>{caption}{data}</figure>'
        )


def _runs(runs: Runs) -> str:
    return "".join(_run(run) for run in runs)


def _run(run: Run) -> str:
    shown = escape(run.text).replace("\n", "<br>")
    if run.tint is not None:
        return _rag(run.tint, run.text)
    if run.bold:
        shown = f"<strong>{shown}</strong>"
    if run.italic:
        shown = f"<em>{shown}</em>"
    claim = run.claim or (run.value.claim if run.value else "")
    return f'<span data-claim="{escape(claim)}">{shown}</span>' if claim else shown


def _rag(rag: Rag, words: str) -> str:
    shape = RAG_LOOKS[rag].shape
    return f'<span class="hd-rag hd-{_SLUGS[rag]}"><span aria-hidden="true">{shape} </span>{escape(words)}</span>'


def _bullets(block: Bullets) -> str:
    if not block.items:
        return f'<p class="hd-small">{escape(block.empty)}</p>'
    tag = "ol" if block.numbered else "ul"
    return f"<{tag}>" + "".join(f"<li>{_runs(item)}</li>" for item in block.items) + f"</{tag}>"


def _key_figures(block: KeyFigures) -> str:
    cells = []
    for figure in block.figures:
        claim = f' data-claim="{escape(figure.value.claim)}"' if figure.value.claim else ""
        tint = f" hd-{_SLUGS[figure.tint]}" if figure.tint else ""
        note = f'<dd class="hd-small">{_runs(figure.note)}</dd>' if figure.note else ""
        cells.append(
            f'<div><dt>{escape(figure.label)}</dt><dd><span class="hd-big{tint}"{claim}>'
            f"{escape(figure.value.text)}</span></dd>{note}</div>"
        )
    return f'<dl class="hd-figures">{"".join(cells)}</dl>'


def _rag_row(block: RagRow) -> str:
    head = f'<p class="hd-lead">Overall {_rag(block.overall, block.overall.word)} {_runs(block.overall_reason)}</p>'
    if not block.cells:
        return head
    rows = "".join(
        f'<tr><th scope="row">{escape(cell.dimension)}</th><td>{_rag(cell.colour, cell.colour.word)}'
        f"{_overruled(cell)}</td><td>{_runs(cell.measure)}</td><td>{escape(TREND_SIGNS.get(cell.trend, cell.trend))}"
        f'</td><td>{_runs(cell.reason)}<br><span class="hd-small">{escape(cell.limits)}</span></td></tr>'
        for cell in block.cells
    )
    heads = "".join(
        f'<th scope="col">{name}</th>' for name in ("Dimension", "Health", "Measure", "Trend", "Why, and limits")
    )
    return (
        f'{head}<div class="hd-scroll"><table><caption>Health by dimension</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _overruled(cell: RagCell) -> str:
    if cell.computed is None:
        return ""
    return f'<br><span class="hd-small">rule: {_rag(cell.computed, cell.computed.word)} {escape(cell.override)}</span>'


def _table(block: Table) -> str:
    heads = "".join(f'<th scope="col"{_aligned(column)}>{escape(column.title)}</th>' for column in block.columns)
    caption = f"<caption>{escape(block.caption)}</caption>" if block.caption else ""
    if block.rows:
        body = "".join(_table_row(block.columns, cells) for cells in block.rows)
    else:
        body = f'<tr><td colspan="{len(block.columns)}">{escape(block.empty)}</td></tr>'
    foot = "".join(_table_row(block.columns, cells) for cells in block.totals)
    foot = f"<tfoot>{foot}</tfoot>" if foot else ""
    notes = "".join(f'<p class="hd-small">{escape(note)}</p>' for note in block.notes)
    return (
        f'<div class="hd-scroll"><table>{caption}<thead><tr>{heads}</tr></thead><tbody>{body}</tbody>{foot}</table>'
        f"</div>{notes}"
    )


def _table_row(columns: Sequence[Column], cells: Sequence[Cell]) -> str:
    return "<tr>" + "".join(_cell(column, cell) for column, cell in zip(columns, cells, strict=True)) + "</tr>"


def _cell(column: Column, cell: Cell) -> str:
    if cell.tint is not None and cell.value.text:
        shown = _rag(cell.tint, cell.value.text)
    else:
        shown = escape(cell.value.text).replace("\n", "<br>")
        shown = f"<strong>{shown}</strong>" if cell.bold else shown
    claim = cell.claim or cell.value.claim
    mark = f' data-claim="{escape(claim)}"' if claim else ""
    indent = f' style="padding-left:{cell.level * 0.9:.1f}rem"' if cell.level else ""
    return f"<td{_aligned(column)}{mark}{indent}>{shown}</td>"


def _aligned(column: Column) -> str:
    if column.right:
        return ' class="hd-right"'
    return ' class="hd-centre"' if column.align is tree.Align.CENTRE else ""


def _chart_notes(chart: Chart) -> str:
    return " ".join(filter(None, (chart.note, f"Source: {chart.source}" if chart.source else "")))


def _chart_data(chart: Chart) -> str:
    """The chart's figures as a table that opens on request: the way to them without seeing the picture."""
    if charts.is_empty(chart):
        return ""
    heads = '<th scope="col"></th>' + "".join(
        f'<th scope="col" class="hd-right">{escape(series.name)}</th>' for series in chart.series
    )
    lines = []
    for index, name in enumerate(chart.categories):
        cells = ""
        for series in chart.series:
            value = series.values[index]
            shown = "" if value is None else charts.series_text(chart, series, value)
            cells += f'<td class="hd-right">{escape(shown)}</td>'
        lines.append(f'<tr><th scope="row">{escape(name)}</th>{cells}</tr>')
    return (
        '<details><summary>Figures of this chart</summary><div class="hd-scroll"><table>'
        f"<thead><tr>{heads}</tr></thead><tbody>{''.join(lines)}</tbody></table></div></details>"
    )


def _figure(block: Figure) -> str:
    kind = "png" if block.content.startswith(b"\x89PNG") else "jpeg"
    data = b64encode(block.content).decode("ascii")
    caption = f"<figcaption>{escape(block.caption)}</figcaption>" if block.caption else ""
    return (
        f'<figure><img src="data:image/{kind};base64,{data}" alt="{escape(block.description)}" '
        f'style="width:{block.width * 100:.0f}%">{caption}</figure>'
    )
