"""A plan as it is shown on paper: pages whose table and head repeat, nothing outside its sheet, limits said."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from headway.documents.child import Refused
from headway.documents.drawing import Drawing, Label, Line, Polygon, Rect
from headway.documents.plan_sheets import PAPERS, page_count, picture, sheets
from headway.documents.shown_plan import (
    DAY,
    PLAN,
    ShownColumn,
    ShownLine,
    ShownLink,
    ShownPlan,
    ShownRow,
    moment_of,
)
from headway.documents.shown_plan_file import write

MONDAY = moment_of(datetime(2026, 3, 2))
MORNING, EVENING = 8 * 600, 17 * 600
A4 = PAPERS["a4"]


def row(number: int, **given: Any) -> ShownRow:
    """A task of three days, each a day after the one before."""
    start = MONDAY + number * DAY + MORNING
    values: dict[str, Any] = {
        "kind": "task",
        "start": start,
        "finish": start + 2 * DAY + EVENING - MORNING,
        "percent": 50.0,
    }
    return ShownRow(cells=(str(number + 1), f"Task {number + 1}"), calendar="1", **values | given)


def plan(count: int, **given: Any) -> ShownPlan:
    """Linked tasks over as many days."""
    values: dict[str, Any] = {
        "title": "Plan of Portal",
        "remarks": ("As shown to Mara",),
        "columns": (ShownColumn("No.", 56, right=True), ShownColumn("Task", 240, tree=True)),
        "rows": tuple(row(number) for number in range(count)),
        "links": tuple(ShownLink(number, number + 1, "FS") for number in range(count - 1)),
        "lines": (ShownLine(MONDAY + 3 * DAY, "Today Thu 5 Mar", "accent"),),
        "first": MONDAY - 2 * DAY,
        "last": MONDAY + (count + 5) * DAY,
        "per_day": 12.0,
        "paged": False,
        "chart_width": 600.0,
        "resting": {"1": ((MONDAY + 5 * DAY, MONDAY + 7 * DAY),)},
    }
    return ShownPlan(**values | given)


def texts(drawn: Drawing) -> list[str]:
    return [item.text for item in drawn.items if isinstance(item, Label)]


def corners(drawn: Drawing) -> list[tuple[float, float]]:
    found: list[tuple[float, float]] = []
    for item in drawn.items:
        if isinstance(item, Rect):
            found += [(item.x, item.y), (item.x + item.width, item.y + item.height)]
        elif isinstance(item, Line | Polygon):
            found += item.points
    return found


def payload(form: str) -> dict[str, Any]:
    return {
        "format": form,
        "paper": "a4",
        "timestamp": "2026-03-05T10:00:00+00:00",
        "data_date": "2026-03-05",
        "language": "en-GB",
        "author": "Mara",
        "organisation": "Brightwater",
    }


def test_what_is_shown_survives_the_way_to_the_process_that_draws() -> None:
    odd = row(0, baseline=(MONDAY, MONDAY + DAY), parts=((MONDAY, MONDAY + DAY),), looks=("critical", "manual"))
    given = replace(plan(3), rows=(odd, ShownRow(("", "Group"), looks=("group",)), row(2, kind="milestone")))
    assert ShownPlan.from_json(given.to_json()) == given


def test_every_page_repeats_the_head_and_holds_its_own_rows() -> None:
    pages = sheets(plan(80), A4)
    assert len(pages) == page_count(plan(80), A4) == 3
    for number, page in enumerate(pages, start=1):
        words = texts(page)
        assert {"No.", "Task", "WORKING COPY", "Plan of Portal", "As shown to Mara", f"Page {number} of 3"} <= set(
            words
        )
        assert "March 2026" in words
    shown = [word for page in pages for word in texts(page) if word.startswith("Task ")]
    assert shown == [f"Task {number}" for number in range(1, 81)]


def test_at_the_screens_zoom_the_time_goes_on_over_pages() -> None:
    wide = plan(30, paged=True, per_day=36.0)
    pages = sheets(wide, A4)
    assert len(pages) == page_count(wide, A4) == 2
    for page in pages:
        assert [word for word in texts(page) if word.startswith("Task ")] == [f"Task {n}" for n in range(1, 31)]
    assert "30" in texts(pages[0])
    assert any("Apr" in word for word in texts(pages[1]))
    assert not any("Apr" in word for word in texts(pages[0]))


@pytest.mark.parametrize("paged", [True, False])
def test_nothing_is_drawn_outside_its_sheet(paged: bool) -> None:
    far = plan(120, paged=paged, per_day=36.0, first=MONDAY + 20 * DAY, last=MONDAY + 60 * DAY)
    for page in sheets(far, A4):
        assert all(
            A4.margin - 1 <= x <= A4.width - A4.margin + 1 and A4.margin <= y <= A4.height - A4.margin + 1
            for x, y in corners(page)
        )


def test_a_link_over_a_page_end_goes_on_on_the_next() -> None:
    far = plan(80, links=(ShownLink(0, 60, "FS"),))
    first, _, last = sheets(far, A4)

    def lines(page: Drawing) -> list[Line]:
        return [item for item in page.items if isinstance(item, Line) and item.name == "FS link"]

    assert [line.arrow for line in lines(first)] == [False]
    assert [line.arrow for line in lines(last)] == [True]


def test_words_stand_before_a_bar_that_leaves_them_no_room_behind() -> None:
    words = "Project closed and handed over"
    last = row(9, kind="milestone", finish=MONDAY + 9 * DAY + MORNING, words=words)
    given = plan(10, links=(), last=MONDAY + 10 * DAY)
    drawn = sheets(replace(given, rows=(replace(given.rows[0], words=words), *given.rows[1:9], last)), A4)[0]
    behind, before = (item for item in drawn.items if isinstance(item, Label) and item.text == words)
    assert (behind.anchor, before.anchor) == ("start", "end")
    diamond = next(item for item in drawn.items if isinstance(item, Polygon) and item.name == words)
    assert before.x < min(x for x, _ in diamond.points)


def test_rules_paint_rows_and_bars() -> None:
    painted = plan(1, rows=(row(0, tint="red", bar="green"),), links=())
    roles = [item.role for item in sheets(painted, A4)[0].items if isinstance(item, Rect)]
    assert [roles.count(role) for role in ("tint-red", "tint-green", "bar-green")] == [1, 1, 1]


def test_a_picture_holds_all_rows_and_a_plan_of_nothing_is_a_page() -> None:
    whole = picture(plan(100))
    assert sum(word.startswith("Task ") for word in texts(whole)) == 100
    assert len(sheets(plan(0, links=(), first=MONDAY, last=MONDAY + 9 * DAY), A4)) == 1


def test_pages_of_the_pdf_carry_their_words(tmp_path: Path) -> None:
    (tmp_path / PLAN).write_text(plan(80).to_json(), encoding="utf-8")
    assert write(payload("pdf"), tmp_path) == {"pages": 3}
    pages = [page.extract_text() for page in PdfReader(tmp_path / "out" / "plan.pdf").pages]
    assert len(pages) == 3
    assert all("WORKING COPY" in page for page in pages)
    assert "Task 80" in pages[2]


@pytest.mark.parametrize(
    ("form", "given", "words"),
    [("png", 1_001, "holds at most 1000 rows"), ("pptx", 2_000, "at most 60 can be made")],
)
def test_what_is_too_large_is_refused_with_a_way_out(tmp_path: Path, form: str, given: int, words: str) -> None:
    (tmp_path / PLAN).write_text(plan(given).to_json(), encoding="utf-8")
    with pytest.raises(Refused, match=words):
        write(payload(form), tmp_path)
