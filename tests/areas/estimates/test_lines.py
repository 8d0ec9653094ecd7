"""Lines as they are written: what is put in order, what is refused by its line, tables from a spreadsheet."""

from __future__ import annotations

from decimal import Decimal

import pytest

from headway.areas.estimates.lines import completed, read_number, read_table
from headway.areas.estimates.types import LineInput, Unit
from headway.areas.estimates.wording import class_words, factor_words, numbered
from headway.engine.statistics import EstimateClass
from headway.kernel.errors import Invalid

D = Decimal


def test_the_most_likely_figure_alone_stands_for_all_three() -> None:
    (row,) = completed([LineInput("Design", likely=D(8), role=" Designer ")])
    assert (row.optimistic, row.likely, row.pessimistic, row.role) == (8, 8, 8, "Designer")


@pytest.mark.parametrize(
    ("lines", "field", "said"),
    [
        ([LineInput("A", optimistic=D(5), likely=D(4), pessimistic=D(9))], "lines.0.likely", "must not fall"),
        ([LineInput("A", optimistic=D(5), likely=D(6), pessimistic=D(3))], "lines.0.pessimistic", "must not fall"),
        ([LineInput("A", optimistic=D(5), likely=D(6))], "lines.0.pessimistic", "no pessimistic figure"),
        ([LineInput("A", likely=D(6)), LineInput("B", level=2)], "lines.0.optimistic", "lines below it"),
        ([LineInput("A"), LineInput("B", level=3)], "lines", "Line 2 stands on level 3"),
        ([LineInput("A", unit=Unit.MONEY, likely=D(6), rate=D(1))], "lines.0.rate", "has no rate"),
    ],
)
def test_what_is_not_in_order_is_refused_by_its_line(lines: list[LineInput], field: str, said: str) -> None:
    with pytest.raises(Invalid, match=said) as refusal:
        completed(lines)
    assert refusal.value.fields[0].field == field


def test_a_table_of_a_spreadsheet_is_read_by_its_order() -> None:
    rows = read_table(
        "Design\n  Concept\tDesigner\t10\t15\t26\t115,50\tTwo rounds\n  Licence\t\tEUR 400\tEUR 500\tEUR 700"
    )
    assert [(row.name, row.level, row.unit) for row in rows] == [
        ("Design", 1, Unit.HOURS),
        ("Concept", 2, Unit.HOURS),
        ("Licence", 2, Unit.MONEY),
    ]
    assert (rows[1].role, rows[1].optimistic, rows[1].rate, rows[1].assumptions) == (
        "Designer",
        D(10),
        D("115.50"),
        "Two rounds",
    )
    assert (rows[2].likely, rows[2].pessimistic) == (D(500), D(700))


def test_headings_and_numbers_in_front_say_what_is_what() -> None:
    rows = read_table("WBS;Role;Task;Min;Most likely;Max\n1;;Build;;;\n1.1;Developer;Templates;16;32;48 h")
    assert [(row.name, row.level, row.role, row.likely) for row in rows] == [
        ("Build", 1, "", None),
        ("Templates", 2, "Developer", D(32)),
    ]
    assert [row.level for row in read_table("1\tA\n1.1\tB\n2\tC")] == [1, 2, 1]


@pytest.mark.parametrize(
    ("text", "number"),
    [("1,200.5", "1200.5"), ("1.200,5", "1200.5"), ("12,5 h", "12.5"), ("1,200", "1200"), ("€ 80", "80"), ("", None)],
)
def test_numbers_are_read_as_people_write_them(text: str, number: str | None) -> None:
    assert read_number(text) == (None if number is None else D(number))


@pytest.mark.parametrize("text", ["abc", "-4", "1-2", "1/2"])
def test_what_is_no_number_is_refused_with_its_row(text: str) -> None:
    with pytest.raises(Invalid, match=f"Row 2 has '{text}'"):
        read_table(f"Design\nConcept\tDesigner\t{text}")


def test_words_of_estimates() -> None:
    assert numbered([1, 2, 2, 1, 2]) == ("1", "1.1", "1.2", "2", "2.1")
    assert class_words(EstimateClass.ORDER_OF_MAGNITUDE) == "an order of magnitude estimate (−25 % / +75 %)"
    assert factor_words(D("1.18")) == "18 % more than estimated"
    assert factor_words(D("0.9")) == "10 % less than estimated"
    assert factor_words(D(1)) == "as estimated"
