"""From a snapshot to finished files, inside the limited child process.

`render_files` is the child's entry. It writes the draft (marked on every page) and the final file of each format.
Another child reads them back (`headway.reports.checking`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from headway.documents.docx import write_docx
from headway.documents.html import write_html
from headway.documents.pdf import write_pdf
from headway.documents.pptx import write_pptx
from headway.documents.text import write_markdown
from headway.documents.tree import Document, Mark
from headway.documents.xlsx import write_xlsx
from headway.reports.registry import REPORTS, build
from headway.reports.status_snapshot import StatusSnapshot
from headway.reports.template import LOGO_FILE, STANDARD, TEMPLATE_FILE, Template

Writer = Callable[[Document], bytes]

WRITERS: Mapping[str, Writer] = {
    "docx": write_docx,
    "pptx": write_pptx,
    "xlsx": write_xlsx,
    "pdf": write_pdf,
    "html": write_html,
    "md": write_markdown,
}


def render_files(payload: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Write the files of a report.

    payload  {"kind", "formats": ["docx", …], "marks": ["draft", "final"], "preview": bool}; the snapshot lies in
             snapshot.json, the house's template in template.json, its logo in logo.png; both may be absent.
    Leaves `draft.<format>` and `final.<format>`; for a preview also `draft-preview.html` and `final-preview.html`.
    """
    snapshot = StatusSnapshot.from_json((folder / "snapshot.json").read_text(encoding="utf-8"))
    template = _template(folder)
    out = folder / "out"
    out.mkdir(exist_ok=True)
    for form in payload["formats"]:
        for name in payload["marks"]:
            mark = Mark.NONE if name == "final" else Mark.DRAFT
            document = build(payload["kind"], form, snapshot, mark=mark, template=template)
            (out / f"{name}.{form}").write_bytes(WRITERS[form](document))
    if payload.get("preview"):
        report = REPORTS[payload["kind"]]
        form = "html" if "html" in report.builders else next(iter(report.builders))
        for name in payload["marks"]:
            mark = Mark.NONE if name == "final" else Mark.DRAFT
            document = build(payload["kind"], form, snapshot, mark=mark, template=template)
            (out / f"{name}-preview.html").write_bytes(write_html(document))
    return {}


def _template(folder: Path) -> Template:
    stored, logo = folder / TEMPLATE_FILE, folder / LOGO_FILE
    if not stored.exists():
        return STANDARD
    picture = logo.read_bytes() if logo.exists() else None
    return Template.from_json(stored.read_text(encoding="utf-8"), logo=picture)
