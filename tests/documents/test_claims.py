"""The claims checker on small hand-made files: what it must catch, and what it must let pass."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from headway.documents import child
from headway.documents.claim_set import ClaimSet, Colour, Count, Day, Figure, Required
from headway.documents.claims import check
from headway.documents.claims_read import UnreadableFileError

CLAIMS = ClaimSet(
    figures=(
        Figure(Decimal("-1.291358"), 1, "weeks", (("SV(t)",),)),
        Figure(Decimal("1.291358"), 1, "weeks", (("behind schedule", "behind"),)),
        Figure(Decimal("0.838254"), 2, "", (("CPI",),)),
        Figure(Decimal("0.860343"), 2, "", (("SPI",),)),
        Figure(Decimal("219503.83"), 0, "money", (("forecast",),)),
        Figure(Decimal("15.25"), 1, "h", (("row:Ana Ruiz",), ("column:Total",))),
        Figure(Decimal("40"), 1, "h", (("row:Ben Okafor",), ("column:Total",))),
    ),
    days=(Day(date(2026, 7, 21), (("pilot",),)), Day(date(2026, 8, 28), (("finish",),))),
    counts=(
        Count("milestone", ("hold",), 4, 6),
        Count("milestone", ("late",), 2, 6),
        Count("phase", ("off plan",), 2, 5),
    ),
    colours=(Colour("Overall", "Red"), Colour("Cost", "Red"), Colour("Schedule", "Amber")),
    names=("Ana Ruiz", "Ben Okafor"),
    quotes=("Import the first 200 hotels",),
)


def faults(text: str, claims: ClaimSet = CLAIMS) -> list[tuple[str, str]]:
    return [(fault.kind, fault.found) for fault in check(text.encode(), "md", claims)]


@pytest.mark.parametrize(
    "sentence",
    [
        "The work is 1.3 weeks behind schedule.",
        "CPI 0.84, SPI 0.86.",
        "CPI is 0.838 and SPI is 0.860.",
        "The forecast is €219,504.",
        "Four of six milestones hold.",
        "4 of the 6 milestones hold.",
        "2 of 6 milestones are late.",
        "Two phases are off plan.",
        "Overall is Red because of Cost.",
        "Schedule is Amber.",
        "The pilot is forecast for Tue 21 Jul 2026.",
        "The pilot goes live on 2026-07-21.",
        "Page 3 of 12",
        "Ana Ruiz and Ben Okafor: Import the first 200 hotels.",
        "| Person | Total |\n| --- | ---: |\n| Ana Ruiz | 15.2 h |\n| Ben Okafor | 40.0 h |",
    ],
)
def test_what_the_data_say_passes(sentence):
    assert faults(sentence) == []


@pytest.mark.parametrize(
    ("sentence", "kind", "found"),
    [
        ("The work is 1.2 weeks behind schedule.", "number", "1.2 weeks"),
        ("Overall is Amber, with Cost Red.", "colour", "Amber"),
        ("Five of six milestones hold.", "count", "Five of six milestones"),
        ("4 of 5 milestones hold.", "count", "4 of 5 milestones"),
        ("All milestones hold.", "count", "All milestones"),
        ("No milestone is late.", "count", "No milestone"),
        ("Build is the only phase off plan.", "count", "the only phase"),
        ("CPI 0.86.", "number", "0.86"),
        ("CPI 0.8.", "number", "0.8"),
        ("The forecast is €219,500.", "number", "€219,500"),
        ("The forecast is 219,504 h.", "number", "219,504 h"),
        ("The pilot is forecast for 22 Jul 2026.", "date", "22 Jul 2026"),
        ("The pilot is forecast for Wed 21 Jul 2026.", "date", "Wed 21 Jul 2026"),
        ("The finish is forecast for 21 Jul 2026.", "date", "21 Jul 2026"),
        ("Overall is Red because of Schedule.", "colour", "Schedule"),
        ("Schedule is Green.", "colour", "Green"),
        ("The answer is Red.", "colour", "Red"),
        ("Agreed with Carl Bo on the phone.", "name", "Carl Bo"),
        ("Import the first 300 hotels.", "number", "300"),
        ("About three weeks are lost.", "number", "three weeks"),
        ("Seven of nine are done.", "count", "Seven of nine"),
    ],
)
def test_what_the_data_do_not_say_is_caught(sentence, kind, found):
    assert (kind, found) in faults(sentence)


def test_a_figure_in_the_wrong_row_is_caught():
    swapped = "| Person | Total |\n| --- | ---: |\n| Ana Ruiz | 40.0 h |\n| Ben Okafor | 15.2 h |"

    assert faults(swapped) == [("number", "40.0 h"), ("number", "15.2 h")]


def test_a_stranger_in_a_column_of_persons_is_caught():
    assert faults("| Task | Owner |\n| --- | --- |\n| Build | Ana |\n") == [("name", "Ana")]


def test_a_fault_says_where_it_stands():
    fault = check(b"# Plan\n\nCPI 0.86 is low.\n", "md", CLAIMS)[0]

    assert fault.place == "line 3"
    assert fault.sentence == "CPI 0.86 is low."
    assert "0.838254" in fault.why


def test_a_required_statement_that_is_missing_is_reported():
    claims = replace(CLAIMS, required=(Required("the overall colour", ("Overall is Red", "Overall: Red")),))

    assert faults("Overall: **Red**", claims) == []
    assert faults("Cost is Red.", claims) == [("missing", "")]


def test_claims_survive_their_own_json():
    assert ClaimSet.from_json(CLAIMS.to_json()) == CLAIMS


def test_a_damaged_file_is_named_as_such():
    with pytest.raises(UnreadableFileError, match="finished docx file cannot be read back"):
        check(b"PK no archive", "docx", CLAIMS)


def test_an_unknown_format_is_refused():
    with pytest.raises(UnreadableFileError, match="no reader for 'odt'"):
        check(b"", "odt", CLAIMS)


def test_the_check_runs_in_the_limited_child(tmp_path):
    (tmp_path / "claims.json").write_text(CLAIMS.to_json(), encoding="utf-8")
    (tmp_path / "report.md").write_text("Overall is Amber.", encoding="utf-8")

    answer = child.run(
        "headway.documents.claims:check_file",
        {"name": "report.md", "format": "md"},
        inputs={"claims.json": tmp_path / "claims.json", "report.md": tmp_path / "report.md"},
    )

    assert [(fault["kind"], fault["found"]) for fault in answer.value["faults"]] == [("colour", "Amber")]
