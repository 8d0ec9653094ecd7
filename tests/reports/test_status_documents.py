"""What the three documents of a snapshot hold, before any format."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from headway.documents import tree
from headway.documents.tree import (
    Block,
    Chart,
    ChartKind,
    Gantt,
    Heading,
    Kind,
    Mark,
    Note,
    PageBreak,
    Rag,
    RagRow,
    Table,
    walk,
)
from headway.reports.registry import REPORTS, build
from headway.reports.status_snapshot import Audience
from tests.reports.samples import almost_empty, in_trouble, varied

ALL_FORMATS = {"docx", "pptx", "xlsx", "pdf", "html", "md"}


def captions(blocks: tuple[Block, ...]) -> list[str]:
    return [block.caption for block in blocks if isinstance(block, Table)]


def test_the_status_report_is_offered_in_every_format():
    assert set(REPORTS["status"].builders) == ALL_FORMATS


def test_an_unknown_report_or_format_names_what_there_is():
    with pytest.raises(KeyError, match="there are status, steering"):
        build("minutes", "pdf", in_trouble())
    with pytest.raises(KeyError, match="but as pptx, pdf"):
        build("steering", "xlsx", in_trouble())


def test_the_weekly_status_has_every_part_in_its_order():
    blocks = build("status", "docx", in_trouble()).blocks
    cut = next(number for number, block in enumerate(blocks) if isinstance(block, PageBreak))
    page, annex = blocks[:cut], blocks[cut:]

    assert isinstance(page[2], RagRow)
    assert len(page[2].cells) == 7
    assert [heading.text for heading in page if isinstance(heading, Heading)] == [
        "Changed since snapshot 11 of 8 May 2026",
        "Done",
        "Next",
        "Milestones of the next 90 days",
        "Hours and budget",
        "Top risks and issues",
        "Changes",
        "Decisions and client actions due",
        "You said, we did",
    ]
    assert [caption for caption in captions(page) if caption] == [
        "Top risks, exposure of 25",
        "Issues, severity 1 is the worst",
        "Decisions due",
        "Client actions",
    ]
    assert {"Hours by person", "Hours by phase", "Burn of hours"} <= set(captions(annex))
    assert any(isinstance(block, Gantt) for block in annex)


def test_each_page_says_project_date_snapshot_and_draft():
    for form in ALL_FORMATS:
        meta = build("status", form, in_trouble()).meta
        assert tree.footer_text(meta).startswith("ATLAS Atlas booking site · Data date 15 May 2026 · Snapshot 12")
        assert meta.mark is Mark.DRAFT
    assert build("status", "pdf", in_trouble(), mark=Mark.NONE).meta.mark is Mark.NONE


def test_the_deck_has_ten_slides_and_an_annex_with_sentences_as_titles():
    slides = build("status", "pptx", in_trouble()).slides

    assert len(slides) == 13
    matrix = next(slide for slide in slides if slide.title.startswith("Annex: the open risks"))
    (table,) = (block for block in matrix.blocks if isinstance(block, Table))
    cells = {cell.value.text: cell.tint for row in table.rows for cell in row}
    assert cells["Medium: R-4"] is Rag.AMBER
    assert cells["High"] is Rag.RED
    assert all(slide.title.endswith(".") for slide in slides)
    assert max(len(slide.title) for slide in slides) <= 140
    charts = [node.kind for node in walk(slides) if isinstance(node, Chart)]
    assert charts == [ChartKind.S_CURVE, ChartKind.BAR, ChartKind.WATERFALL]


def test_the_cost_bridge_ends_at_the_forecast():
    chart = next(
        node
        for node in walk(build("status", "pptx", in_trouble()).slides)
        if isinstance(node, Chart) and node.kind is ChartKind.WATERFALL
    )
    values = [value or Decimal(0) for value in chart.series[0].values]
    levels = [values[index] for index in chart.totals]
    steps = [value for index, value in enumerate(values) if index not in chart.totals]

    assert chart.categories[-1] == "Forecast"
    assert levels[0] + sum(steps) == levels[-1]


def test_blocks_without_records_say_not_measured_and_why():
    document = build("status", "docx", almost_empty())
    notes = [block for block in document.blocks if isinstance(block, Note)]

    assert notes
    assert all(not note.measured for note in notes)
    assert {"Milestones: not measured", "Risks: not measured"} <= {note.title for note in notes}


def test_a_clients_copy_shows_bill_values_and_no_cost():
    for form in ALL_FORMATS:
        whole = [node for node in walk(build("status", form, in_trouble())) if isinstance(node, Table)]
        copy = [
            node
            for node in walk(build("status", form, in_trouble(audience=Audience.CLIENT)))
            if isinstance(node, Table)
        ]
        assert not any(column.title == "Cost" for table in copy for column in table.columns)
        if form != "pptx":
            assert any(column.title == "Cost" for table in whole for column in table.columns)
            assert any(column.title == "Bill value" for table in copy for column in table.columns)


def test_the_workbook_keeps_one_row_an_entry():
    snapshot = in_trouble()
    sheets = {sheet.name: sheet for sheet in build("status", "xlsx", snapshot).sheets}
    assert snapshot.hours is not None
    table = sheets["Hours"].blocks[0]
    assert isinstance(table, Table)

    assert len(table.rows) == len(snapshot.hours.entries)
    assert not table.totals


def test_formulas_stand_only_where_they_give_the_snapshots_value():
    snapshot = in_trouble()
    block = snapshot.earned_value
    assert block is not None

    def formula_of(measured, label):
        sheets = {sheet.name: sheet for sheet in build("status", "xlsx", measured).sheets}
        table = sheets["Earned value"].blocks[0]
        assert isinstance(table, Table)
        return next(row[1].formula for row in table.rows if row[0].value.text == label)

    assert formula_of(snapshot, "CPI") == "hw_ev/hw_ac"
    odd = replace(snapshot, earned_value=replace(block, cpi=Decimal("0.9")))
    assert formula_of(odd, "CPI") == ""


@pytest.mark.parametrize("seed", range(25))
def test_every_varied_snapshot_builds_in_every_format(seed):
    snapshot = varied(seed)

    for form in ALL_FORMATS:
        document = build("status", form, snapshot)
        assert tree.from_json(tree.to_json(document)) == document
        values = [node for node in walk(document) if isinstance(node, tree.Value) and node.raw is None]
        assert all(value.text == tree.NO_VALUE_TEXT for value in values if value.kind is not Kind.TEXT)
