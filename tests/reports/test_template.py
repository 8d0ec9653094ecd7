"""A house's template: what it shows and hides, how it is called, its logo; the figures stay what they are."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from PIL import Image

from headway.documents.claims import check
from headway.documents.tree import Figure, Heading, Mark, running_blocks
from headway.reports.registry import build
from headway.reports.rendering import WRITERS, render_files
from headway.reports.status_claims import claims_of
from headway.reports.status_snapshot import Block, StatusSnapshot
from headway.reports.template import ALL_SECTIONS, LOGO_FILE, STANDARD, TEMPLATE_FILE, Template
from tests.reports.samples import in_trouble


def picture() -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (300, 80), "#1F5FA8").save(kept, format="PNG")
    return kept.getvalue()


@pytest.fixture(scope="module")
def snapshot() -> StatusSnapshot:
    return in_trouble()


def headings(snapshot: StatusSnapshot, template: Template) -> list[str]:
    document = build("status", "docx", snapshot, template=template)
    found = []
    for block in running_blocks(document):
        if isinstance(block, Heading):
            found.append(block.text if isinstance(block.text, str) else "".join(run.text for run in block.text))
    return found


def test_sections_stand_in_the_order_wanted_and_the_rest_is_left_out(snapshot: StatusSnapshot) -> None:
    template = Template(sections=("next", "done", "gantt"))
    assert headings(snapshot, template) == ["Next", "Done", "Annex", "Plan on a page"]
    assert headings(snapshot, Template(sections=("done",))) == ["Done"]
    assert len(headings(snapshot, STANDARD)) == len(ALL_SECTIONS) + 1


def test_title_foot_and_logo_are_the_houses(snapshot: StatusSnapshot) -> None:
    template = Template("Client weekly", "Confidential: Northwind", logo=picture(), logo_of="Northwind")
    document = build("status", "docx", snapshot, template=template)
    assert (document.title, document.meta.confidential) == ("Client weekly", "Confidential: Northwind")
    first = document.blocks[0]
    assert isinstance(first, Figure)
    assert first.description == "Logo of Northwind"


def test_a_hidden_section_need_not_say_why_it_is_empty() -> None:
    assert Block.FEEDBACK in Template(sections=("done",)).hidden_blocks
    assert STANDARD.hidden_blocks == frozenset()


@pytest.mark.parametrize("form", list(WRITERS))
def test_every_format_with_a_template_passes_the_check(form: str, snapshot: StatusSnapshot) -> None:
    template = Template("Client weekly", "Confidential: Northwind", ("done", "risks", "gantt"), picture(), "Northwind")
    content = WRITERS[form](build("status", form, snapshot, mark=Mark.NONE, template=template))
    assert check(content, form, claims_of(snapshot, template)) == ()


def test_the_child_reads_the_template_beside_the_snapshot(snapshot: StatusSnapshot, tmp_path: Path) -> None:
    template = Template("Client weekly", sections=("done",), logo_of="Northwind")
    (tmp_path / "snapshot.json").write_text(snapshot.to_json(), encoding="utf-8")
    (tmp_path / TEMPLATE_FILE).write_text(template.to_json(), encoding="utf-8")
    (tmp_path / LOGO_FILE).write_bytes(picture())
    render_files({"kind": "status", "formats": ["md", "html"], "marks": ["final"]}, tmp_path)
    text = (tmp_path / "out" / "final.md").read_text(encoding="utf-8")
    assert "Client weekly" in text
    assert "Milestones of the next 90 days" not in text
    assert "data:image/png" in (tmp_path / "out" / "final.html").read_text(encoding="utf-8")
    assert json.loads(template.to_json())["sections"] == ["done"]
