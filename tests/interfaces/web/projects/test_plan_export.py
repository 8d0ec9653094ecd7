"""What is on the screen as a file: each format opened again, pages for the printer, and who may not take any."""

from __future__ import annotations

import io
import json
import re
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect
from pptx import Presentation
from pypdf import PdfReader

from headway.areas.schedule import commands, queries
from headway.kernel.models import AuditEntry
from tests.interfaces.web.conftest import House, Signed, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

HEBREW = "בדיקת מערכת"
ADDRESS = "/projects/SITE/plan/export/"


@pytest.fixture
def built(site: House) -> House:
    """SITE with a phase of linked tasks, a long name and one of right-to-left letters, and a baseline."""
    manager = site("manager")
    commands.start_plan(manager, project="SITE", start=date(2026, 3, 2))
    commands.add_task(manager, project="SITE", name="Phase one", level=1)
    design = commands.add_task(manager, project="SITE", name="Design & <sketch>", duration="3d", level=2)
    build = commands.add_task(
        manager, project="SITE", name=HEBREW, duration="5d", level=2, predecessors=(design.task_id,)
    )
    commands.add_task(manager, project="SITE", name="Go-live", milestone=True, level=2, predecessors=(build.task_id,))
    commands.set_baseline(manager, project="SITE", name="Approved plan")
    return site


def _shown(house: House, **given: Any) -> dict[str, Any]:
    """What the page would send."""
    chart = queries.chart(house("manager"), project="SITE")
    names = list(chart.columns)
    tasks = [json.loads(row) for row in chart.rows]
    rows = [
        {
            "uid": task[names.index("uid")],
            "level": task[names.index("level")],
            "cells": [task[names.index("name")], "3 d"],
            "words": "Ann",
            "tint": "red",
            "bar": "",
            "looks": [],
        }
        for task in tasks
    ]
    first = min(task[names.index("start")] for task in tasks)
    return {
        "form": "svg",
        "paper": "a4",
        "span": "whole",
        "version": chart.version,
        "baseline": chart.baseline,
        "first": first,
        "last": first + 20 * 14_400,
        "per_day": 12,
        "chart_width": 600,
        "switches": ["critical", "links", "progress", "baseline", "words", "today", "status", "shade"],
        "columns": [
            {"title": "Task", "width": 240, "right": False, "tree": True},
            {"title": "Duration", "width": 80, "right": True, "tree": False},
        ],
        "rows": rows,
        "remarks": ["Only: Critical"],
    } | given


def _post(signed: Signed, who: str, shown: dict[str, Any]) -> Any:
    file = io.BytesIO(json.dumps(shown).encode())
    file.name = "shown.json"
    return signed(who).post(ADDRESS, {"shown": file})


def test_a_drawing_has_what_is_shown_and_says_what_it_is(signed: Signed, built: House) -> None:
    answer = _post(signed, "senior_reader", _shown(built))
    assert answer.status_code == 200, answer.content
    assert re.search(r'filename="SITE plan \d{4}-\d\d-\d\d\.svg"', answer.headers["Content-Disposition"])
    root = ElementTree.fromstring(answer.content)
    texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"Task", "Duration", "Phase one", "Design & <sketch>", HEBREW, "Go-live", "Ann"} <= set(texts)
    assert {"Plan of Acme web site", "WORKING COPY"} <= set(texts)
    foot = next(text for text in texts if text and text.startswith("As shown to"))
    assert "No status date" in foot
    assert foot.endswith("Only: Critical")
    names = [element.text for element in root.iter("{http://www.w3.org/2000/svg}title")]
    assert names.count("FS link") == 2
    assert names.count("Baseline") == 4


def test_the_taking_is_noted(signed: Signed, built: House) -> None:
    assert _post(signed, "senior_reader", _shown(built)).status_code == 200
    note = AuditEntry.objects.get(use_case="schedule.note_export")
    assert (note.actor_name, note.detail["inputs"]["form"], note.detail["inputs"]["rows"]) == ("Sena Senior", "svg", 4)


@pytest.mark.parametrize(
    ("given", "status", "words"),
    [
        ({"version": -1}, 409, "The plan was changed while you exported it."),
        ({"form": "exe"}, 422, "What is shown cannot be read: form:"),
        ({"per_day": 0}, 422, "per_day"),
        (
            {"rows": [{"uid": 999, "level": 1, "cells": [], "words": "", "tint": "", "bar": "", "looks": []}]},
            422,
            "not in the plan",
        ),
        ({"span": "zoom", "per_day": 5000, "form": "pptx"}, 422, "pages; at most 60 can be made"),
    ],
)
def test_what_cannot_be_made_is_said(
    signed: Signed, built: House, given: dict[str, Any], status: int, words: str
) -> None:
    answer = _post(signed, "manager", _shown(built, **given))
    assert answer.status_code == status, answer.content
    assert words in answer.json()["detail"]


@pytest.mark.parametrize("who", ["client", "guest", "stranger"])
def test_nobody_outside_takes_a_plan(signed: Signed, built: House, who: str) -> None:
    assert _post(signed, who, _shown(built)).status_code == 404


def _taken(page: Page, name: str, folder: Path) -> Path:
    page.get_by_role("button", name="Export view").click()
    with page.expect_download() as coming:
        page.locator("[data-gx=export]").get_by_role("button", name=name, exact=True).click()
    to = folder / coming.value.suggested_filename
    coming.value.save_as(to)
    return to


@pytest.mark.browser
def test_every_format_opens_with_what_was_on_the_screen(opened: BrowserContext, built: House, tmp_path: Path) -> None:
    page = sign_in(opened, "manager")
    page.goto("/projects/SITE/plan/")
    expect(page.locator("x-gantt.is-ready.is-complete")).to_be_visible()
    page.get_by_role("button", name="Fold all", exact=True).click()  # the milestone and the tasks are out of sight

    pdf = PdfReader(_taken(page, "PDF", tmp_path))
    assert len(pdf.pages) == 1
    text = pdf.pages[0].extract_text()
    assert "WORKING COPY" in text
    assert "Phase one" in text
    assert "Go-live" not in text
    assert "Slip" not in text  # behind the bars
    page.locator("#gx-cols").evaluate("select => { select.value = 'all'; }")
    page.get_by_role("button", name="Unfold all").click()

    deck = Presentation(str(_taken(page, "PowerPoint", tmp_path)))
    (slide,) = deck.slides
    shapes = [shape for group in slide.shapes if group.shape_type == 6 for shape in group.shapes]
    words = {shape.text_frame.text for shape in shapes if shape.has_text_frame}
    assert {"Phase one", "Design & <sketch>", HEBREW, "Go-live", "Slip"} <= words
    assert [shape.name for shape in shapes].count("FS link") == 2
    assert any(shape.has_text_frame and shape.text_frame.text == "WORKING COPY" for shape in slide.shapes)

    with Image.open(_taken(page, "PNG", tmp_path)) as picture:
        picture.verify()
        assert picture.format == "PNG"
        assert picture.width > 1000
    drawing = ElementTree.parse(_taken(page, "SVG", tmp_path)).getroot()
    assert drawing.tag == "{http://www.w3.org/2000/svg}svg"
    expect(page.locator("[data-gx=status]")).to_contain_text("It is a working copy.")

    page.evaluate("() => { window.print = () => { document.body.dataset.printed = 'yes'; }; }")
    page.keyboard.press("Control+p")
    expect(page.locator("[data-gx=status]")).to_have_text("One page to print.")
    expect(page.locator("body[data-printed]")).to_be_attached()
    page.emulate_media(media="print")
    expect(page.locator(".gx-paper svg")).to_have_count(1)
    expect(page.locator(".gx-paper")).to_contain_text("Go-live")
    expect(page.get_by_role("heading", name="Plan", exact=True)).to_be_hidden()
