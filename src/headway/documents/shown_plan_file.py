"""A plan as it is shown, to a file: PDF, PowerPoint, PNG or SVG. Runs inside the limited child process."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

from headway.documents import pdf, pptx, pptx_layout
from headway.documents.child import Refused
from headway.documents.drawing import Drawing, standalone_svg
from headway.documents.plan_sheets import COPY_WORDS, PAPERS, ROW, Paper, page_count, picture, sheets
from headway.documents.shown_plan import PLAN, PRINT, ShownPlan
from headway.documents.tree import Document, Mark, Meta

MOST_PAGES = {"pdf": 200, PRINT: 200, "pptx": 60}
MOST_ROWS = 1_000  # of a picture
_PPI = 144.0
_MOST_PIXELS = 16_000  # of a side
_SLIDE = Paper(pptx_layout.BODY.width, pptx_layout.body_under("").height, margin=0, framed=False)


def write(payload: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The child's entry: what is shown lies in plan.json; leaves out/plan.<format>, for print out/0001.svg and so on.

    payload  format, paper (of PAPERS), timestamp (ISO, aware), data_date, language, author, organisation.
    """
    shown = ShownPlan.from_json((folder / PLAN).read_text(encoding="utf-8"))
    form = payload["format"]
    document = _document(shown, payload)
    out = folder / "out"
    out.mkdir(exist_ok=True)
    if form in {"png", "svg"}:
        whole = _picture(shown)
        content = standalone_svg(whole).encode() if form == "svg" else pdf.write_picture(document, whole, _ppi(whole))
        (out / f"plan.{form}").write_bytes(content)
        return {"pages": 1}
    pages = _sheets(shown, form, _SLIDE if form == "pptx" else PAPERS[payload["paper"]])
    if form == PRINT:
        for number, page in enumerate(pages, start=1):
            (out / f"{number:04}.svg").write_text(standalone_svg(page), encoding="utf-8")
    elif form == "pdf":
        (out / "plan.pdf").write_bytes(pdf.write_sheets(document, pages))
    else:
        (out / "plan.pptx").write_bytes(pptx.write_sheets(document, pages, COPY_WORDS))
    return {"pages": len(pages)}


def _sheets(shown: ShownPlan, form: str, paper: Paper) -> tuple[Drawing, ...]:
    count, most = page_count(shown, paper), MOST_PAGES[form]
    if count > most:
        raise Refused(
            f"That would be {count} pages; at most {most} can be made. "
            "Fold or filter rows, zoom out, or take only what is on the screen."
        )
    return sheets(shown, paper)


def _picture(shown: ShownPlan) -> Drawing:
    if len(shown.rows) > MOST_ROWS:
        raise Refused(
            f"A picture holds at most {MOST_ROWS} rows, and {len(shown.rows)} are shown. "
            "Fold or filter rows, or choose PDF."
        )
    made = picture(shown)
    if max(made.width, made.height) > MOST_ROWS * ROW * 2:
        raise Refused("The picture would be too wide. Zoom out, or take only what is on the screen.")
    return made


def _ppi(drawn: Drawing) -> float:
    """As fine as usual, coarser where a side would get too long."""
    return min(_PPI, _MOST_PIXELS / max(drawn.width, drawn.height) * 72)


def _document(shown: ShownPlan, payload: dict[str, Any]) -> Document:
    meta = Meta(
        project=shown.title,
        data_date=date.fromisoformat(payload["data_date"]),
        snapshot=None,
        timestamp=datetime.fromisoformat(payload["timestamp"]),
        source=" · ".join(shown.remarks),
        language=payload["language"],
        author=payload["author"],
        organisation=payload["organisation"],
        mark=Mark.NONE,
    )
    return Document(title=shown.title, subtitle=COPY_WORDS.capitalize(), meta=meta)
