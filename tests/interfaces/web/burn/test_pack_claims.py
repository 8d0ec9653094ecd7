"""Files of a frozen tree go through the claims checker: what was frozen passes, whatever else is said does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from headway.areas.projects.queries import charter
from headway.documents import tree
from headway.documents.claims import check
from headway.documents.tree import Document
from headway.journeys import figure_reports
from headway.journeys.figure_report import about
from headway.reports.rendering import WRITERS
from headway.reports.tree_claims import claims_of_tree
from tests.interfaces.web.burn.test_figures_open import measured
from tests.interfaces.web.conftest import House

__all__ = ["measured"]  # a fixture
pytestmark = pytest.mark.django_db
FORMS = ("docx", "pptx", "pdf", "xlsx", "html", "md")


def reports(house: House) -> list[tuple[str, Document]]:
    """Every report of figures of February, as it would be frozen."""
    ctx = house("administrator")
    project = charter(ctx, project="SITE").id
    found = []
    for report, limits in figure_reports.of_month(ctx, project, date(2026, 2, 1), date(2026, 2, 28)):
        _, made = report.build(ctx, about(ctx, (), "en-GB"), workbook=True, **limits)
        found.append((report.name, tree.from_json(tree.to_json(made))))
    return found


def faults(document: Document, form: str, frozen: Document) -> tuple[Any, ...]:
    claims = claims_of_tree(frozen)
    return check(WRITERS[form](document), form, replace(claims, required=()) if form == "xlsx" else claims)


def test_what_was_frozen_is_what_the_files_say(measured: House) -> None:
    made = reports(measured)
    assert {"hours-burned", "budget-status", "cost-and-margin", "retainer-statement"} <= {name for name, _ in made}
    told = {(name, form): faults(one, form, one) for name, one in made for form in FORMS}
    assert {where: found for where, found in told.items() if found} == {}


def test_another_figure_than_the_frozen_one_is_found_in_every_format(measured: House) -> None:
    (frozen,) = (one for name, one in reports(measured) if name == "hours-burned")
    text = tree.to_json(frozen)
    assert text.count("97") >= 2
    wrong = tree.from_json(text.replace("97.00", "93.00").replace('"97"', '"93"').replace("97 h", "93 h"))
    assert wrong != frozen
    for form in ("docx", "pptx", "pdf", "html", "md"):
        kinds = {fault.kind for fault in faults(wrong, form, frozen)}
        assert kinds & {"number", "missing"}, form


def test_formulas_that_name_columns_of_tables_are_calculated_anew(measured: House) -> None:
    (frozen,) = (one for name, one in reports(measured) if name == "hours-burned")
    written = WRITERS["xlsx"](frozen)
    assert check(written, "xlsx", replace(claims_of_tree(frozen), required=())) == ()
    entry = next(
        cell
        for sheet in frozen.sheets
        for block in sheet.blocks
        if getattr(block, "name", "") == "Entries"
        for row in block.rows
        for cell in row
        if isinstance(cell.value.raw, Decimal)
    )
    other = replace(entry, value=replace(entry.value, raw=entry.value.raw + 3))
    altered = _with(frozen, entry, other)
    found = faults(altered, "xlsx", altered)
    assert {fault.kind for fault in found} == {"formula"}  # sums beside it say what they said


def _with(part: Any, old: Any, new: Any) -> Any:
    """The same tree with the first part that is `old` replaced; sums that were worked out before stay as they are."""
    done = [False]

    def made(one: Any) -> Any:
        if not done[0] and one == old:
            done[0] = True
            return new
        if isinstance(one, tuple):
            return tuple(made(each) for each in one)
        if hasattr(one, "__dataclass_fields__"):
            return replace(one, **{name: made(getattr(one, name)) for name in one.__dataclass_fields__})
        return one

    return made(part)
