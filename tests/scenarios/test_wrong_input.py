"""Broken and hostile files through the import journey: a clear error that names the place, and nothing changed."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from headway.areas.files import commands as files
from headway.areas.files import store
from headway.areas.hours import queries as hours
from headway.areas.projects import commands as projects
from headway.areas.projects.queries import charter
from headway.areas.projects.types import ImportRow, ImportState
from headway.areas.schedule import queries as plans
from headway.journeys import bring_file, imports
from headway.kernel.context import Context
from headway.kernel.errors import Invalid, NotFound

DATA = Path(__file__).parents[1] / "data"
HEADER = "Date,Client,Project,Task,Notes,Hours,Billable?,First Name,Last Name"
pytestmark = pytest.mark.django_db
House = Callable[[str], Context]


@pytest.fixture
def manager(house: House) -> Context:
    ctx = house("manager")
    projects.create(ctx, key="SITE", name="Site")
    return ctx


def preview(ctx: Context, kind: str, name: str, content: bytes) -> ImportRow:
    stored = store.put([content], limit=10**8)
    kept = files.keep(ctx, name=name, media_type="application/octet-stream", sha256=stored.sha256, size=stored.size)
    row: ImportRow = imports.preview(ctx, project="SITE", kind=kind, file=kept.id)
    return row


def refused(ctx: Context, row: ImportRow) -> str:
    """What was said; applying it is refused too, and the project holds neither plan nor hours."""
    assert row.state is ImportState.FAILED
    with pytest.raises(Invalid):
        imports.apply(ctx, batch=row.id)
    nothing_changed(ctx)
    said = row.preview["errors"]
    assert said
    assert all(error["file"] == row.file_name and error["message"] for error in said)
    return " ".join(str(error) for error in said)


def nothing_changed(ctx: Context) -> None:
    assert not plans.has_plan(project_id(ctx))
    assert all(total.hours == 0 for total in hours.totals(ctx, project="SITE", by=()))


def project_id(ctx: Context) -> int:
    found: int = charter(ctx, project="SITE").id
    return found


def rows(count: int, *, bad: int = 0, who: str = "Max,Member") -> bytes:
    """An export of that many entries; the bad one, counted as a sheet does, has a day that does not exist."""
    lines = [HEADER]
    for number in range(2, count + 2):
        day = "2026-02-31" if number == bad else f"2026-02-{number % 27 + 1:02}"
        lines.append(f"{day},C,Site,Build,Note {number},1.5,Yes,{who}")
    return ("\n".join(lines) + "\n").encode()


@pytest.mark.java
def test_a_truncated_mpp(manager: Context) -> None:
    truncated = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 3000
    refused(manager, preview(manager, "plan", "plan.mpp", truncated))


@pytest.mark.parametrize("where", ["file:///etc/passwd", "http://127.0.0.1:9/evil"])
def test_an_xml_with_an_external_entity(manager: Context, where: str) -> None:
    source = (DATA / "plans" / "small.xml").read_text(encoding="utf-8")
    start = source.index("<Project")
    hostile = f'{source[:start]}<!DOCTYPE Project [<!ENTITY x SYSTEM "{where}">]>{source[start:]}'
    said = refused(manager, preview(manager, "plan", "plan.xml", hostile.encode()))
    assert "DOCTYPE" in said or "DTD" in said
    assert "root:" not in said


@cache
def hostile_workbook() -> bytes:
    """Hundreds of megabytes of spaces in a megabyte."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as book:
        book.writestr("[Content_Types].xml", "<Types/>")
        with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _ in range(300):
                sheet.write(b" " * 2**20)
    assert packed.tell() < 2**20
    return packed.getvalue()


@pytest.mark.parametrize("kind", ["plan", "hours"])
def test_a_workbook_that_unpacks_to_gigabytes(manager: Context, kind: str) -> None:
    said = refused(manager, preview(manager, kind, "book.xlsx", hostile_workbook()))
    assert "sheet1.xml" in said or "unpack" in said.casefold()


def test_a_bad_date_in_row_17(manager: Context) -> None:
    row = preview(manager, "hours", "hours.csv", rows(30, bad=17))
    said = refused(manager, row)
    assert [error.get("row") for error in row.preview["errors"]] == [17]
    assert "2026-02-31" in said


def test_an_unknown_person_is_asked_for_and_nothing_enters_before(manager: Context) -> None:
    row = preview(manager, "hours", "hours.csv", rows(5, who="Nora,Nobody"))
    [question] = imports.open_questions(row)
    assert question["field"] == "person:Nora Nobody"
    assert "5 rows" in question["message"]
    with pytest.raises(Invalid, match="person:Nora Nobody"):
        imports.apply(manager, batch=row.id)
    nothing_changed(manager)
    wrong = imports.answer(manager, batch=row.id, answers={"person:Nora Nobody": "nora@nowhere.example"})
    [again] = imports.open_questions(wrong)
    assert again["field"] == "person:Nora Nobody"
    assert "nora@nowhere.example" in again["message"]
    with pytest.raises(Invalid, match="person:Nora Nobody"):
        imports.apply(manager, batch=wrong.id)
    nothing_changed(manager)


def test_a_plan_with_a_circular_link_names_the_tasks(manager: Context) -> None:
    table = "ID,Name,Duration,Predecessors\n1,Dig,2 days,3\n2,Pour,2 days,1\n3,Dry,2 days,2\n4,Paint,1 day,3\n"
    said = refused(manager, preview(manager, "plan", "plan.csv", table.encode()))
    assert all(name in said for name in ("Dig", "Pour", "Dry"))
    assert "Paint" not in said


@pytest.mark.parametrize(("name", "content"), [("hours.csv", rows(30, bad=17)), ("hours.csv", b"\xff\xfe\x00\x00")])
def test_the_command_lines_journey_leaves_no_project_behind(
    house: House, tmp_path: Path, name: str, content: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    told: Any = bring_file.bring(house("manager"), project="NEW", kind="hours", path=str(path), create=True)
    assert (told.applied, bool(told.errors)) == (False, True)
    with pytest.raises(NotFound):
        hours.totals(house("manager"), project="NEW", by=())
