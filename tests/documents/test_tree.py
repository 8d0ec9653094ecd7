"""The document tree: values and their text, templates, claims, cleaning, storing."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from headway.documents import tree
from headway.documents.tree import Document, Kind, Meta, Rag
from headway.engine.units import Money, WorkTime

META = Meta(
    project="Harbour web site",
    data_date=date(2026, 3, 13),
    snapshot=7,
    timestamp=datetime(2026, 3, 13, 16, 0, tzinfo=UTC),
    source="Plan of 12 Mar",
)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (tree.money(Money(Decimal("-12600"), "EUR")), "−€12,600"),
        (tree.money(Money(Decimal("219504.355"), "GBP"), digits=2), "£219,504.36"),
        (tree.money(Money(Decimal(184000), "CHF")), "CHF\N{NO-BREAK SPACE}184,000"),
        (tree.money(Money(Decimal(500), "USD"), signed=True), "+$500"),
        (tree.hours(WorkTime.from_hours(487.25)), "487.2\N{NO-BREAK SPACE}h"),
        (tree.hours(WorkTime.from_hours(8), unit=False, digits=0), "8"),
        (tree.percent(Decimal("35.5"), digits=1), "35.5\N{NO-BREAK SPACE}%"),
        (tree.number(Decimal("0.8827"), digits=2), "0.88"),
        (tree.number(-6, unit="days"), "−6\N{NO-BREAK SPACE}days"),
        (tree.number(Decimal("-0.004"), digits=2), "0.00"),
        (tree.day(date(2026, 3, 14), weekday=True), "Sat 14 Mar 2026"),
        (tree.day(datetime(2026, 3, 14, 17, 0), year=False), "14 Mar"),
        (tree.day(None), "–"),
        (tree.no_value(Kind.NUMBER), "–"),
    ],
)
def test_a_value_prints_as_people_read_it(value: tree.Value, shown: str) -> None:
    assert value.text == shown


def test_a_sentence_keeps_its_figures_traceable() -> None:
    runs = tree.sentence(
        "{late} of {total} milestones are late; overall {colour}.",
        late=tree.number(2, claim="milestones.late"),
        total=tree.number(12, claim="milestones.total"),
        colour=Rag.AMBER,
    )
    assert tree.plain(runs) == "2 of 12 milestones are late; overall Amber."
    assert [run.claim for run in runs if run.claim] == ["milestones.late", "milestones.total"]
    assert runs[-2].tint is Rag.AMBER


def test_a_sentence_refuses_missing_unused_and_formatted_places() -> None:
    with pytest.raises(KeyError):
        tree.sentence("{late} late")
    with pytest.raises(ValueError, match="no place"):
        tree.sentence("nothing", late=tree.number(1))
    with pytest.raises(ValueError, match="carries a format"):
        tree.sentence("{late:.2f}", late=tree.number(1))


def test_a_table_refuses_a_row_of_the_wrong_length() -> None:
    with pytest.raises(ValueError, match="Row 1 of table 'Hours' has 1 cells for 2 columns"):
        tree.Table((tree.Column("Phase"), tree.Column("Hours", Kind.HOURS)), (tree.row("Build"),), caption="Hours")


def test_a_chart_refuses_a_series_of_the_wrong_length() -> None:
    with pytest.raises(ValueError, match="2 values for 1 categories"):
        tree.Chart(tree.ChartKind.LINE, "t", ("w1",), (tree.Series("Plan", (Decimal(1), Decimal(2))),))


def test_claims_are_found_once_wherever_they_stand() -> None:
    spi = tree.number(Decimal("0.88"), digits=2, claim="evm.spi_t")
    document = Document(
        "Status",
        "",
        META,
        blocks=(
            tree.Paragraph(tree.runs("SPI(t) ", spi)),
            tree.Table((tree.Column("SPI(t)", Kind.NUMBER),), (tree.row(spi),)),
            tree.RagRow(Rag.RED, tree.runs("Cost"), (tree.RagCell("Cost", Rag.RED, claim="rag.cost"),), "rag.overall"),
            tree.Paragraph((tree.Run("Amina Diallo", claim="sponsor"),)),
        ),
    )
    assert [(claim.id, claim.text) for claim in tree.claims(document)] == [
        ("evm.spi_t", "0.88"),
        ("rag.overall", "Red"),
        ("rag.cost", "Red"),
        ("sponsor", "Amina Diallo"),
    ]


def test_cleaning_removes_control_characters_and_direction_overrides_everywhere() -> None:
    dirty = "a\x00b\x1b[31m\u202egpj.exe\ud800\ufffe\r\nnext\tcell é 名 שלום"
    document = Document(dirty, "", META, blocks=(tree.Bullets((tree.runs(dirty),)), tree.Heading(dirty)))
    tidy = tree.cleaned(document)
    assert tidy.title == "ab[31mgpj.exe\nnext\tcell é 名 שלום"
    assert tidy.blocks[0] == tree.Bullets((tree.runs(tidy.title),))
    assert tidy.meta == META


def test_a_stored_document_reads_back_equal() -> None:
    document = Document(
        "Status",
        "Week 11",
        META,
        blocks=(
            tree.KeyFigures((tree.KeyFigure("EAC", tree.money(Money(Decimal("219504.36"), "EUR"), claim="eac")),)),
            tree.Table(
                (tree.Column("Due", Kind.DATE),), (tree.row(tree.day(date(2026, 4, 1))),), totals=(tree.row("x"),)
            ),
            tree.Gantt(
                "Plan",
                (tree.GanttRow(1, "Build", datetime(2026, 3, 2, 8), date(2026, 3, 6), progress=Decimal("12.5")),),
                (tree.GanttLink(1, 1),),
            ),
            tree.Figure(b"\x89PNG", "logo"),
            tree.PageBreak(),
        ),
        slides=(tree.Slide("We finish late.", layout=tree.Layout.SPLIT),),
        sheets=(tree.Sheet("Hours", ()),),
    )
    assert tree.from_json(tree.to_json(document)) == document


@pytest.mark.parametrize("stored", ["[]", '{"$":"Heading","text":"x"}', '{"$":"os.system"}', "{", '{"no":1}'])
def test_something_else_is_not_read_as_a_document(stored: str) -> None:
    with pytest.raises(ValueError):
        tree.from_json(stored)
