"""Files into any project: sniffed, placed, columns named, mended, undone with what that loses said first."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from headway.areas.projects.queries import import_list, imports, list_projects
from headway.areas.projects.types import ImportState
from headway.areas.schedule import commands as schedule
from headway.areas.schedule import queries as plans
from headway.journeys import imports as journey
from headway.kernel.errors import Conflict
from tests.interfaces.web.conftest import PLANS, House, Signed
from tests.interfaces.web.imports.test_imports import hours_file, row

pytestmark = pytest.mark.django_db
OWN = b"When;Colleague;Spent;What\n2026-03-02;Max Member;4,5;Sketches\n2026-03-03;Max Member;3;Layouts\n"


def bring(client: Client, file: str, content: bytes, **more: str) -> str:
    """Drop a file at the centre; gives the address of its preview."""
    given = {"project": "SITE", **more, "file": SimpleUploadedFile(file, content)}
    answer = client.post("/imports/", given)
    assert answer.status_code == 302, re.findall(r'role="alert".*?</div>', answer.content.decode(), re.DOTALL)[:2]
    return str(answer.headers["Location"])


def test_the_kind_of_a_file_is_found_out(site: House, signed: Signed) -> None:
    manager = signed("manager")
    bring(manager, "march.csv", hours_file(row()))
    bring(manager, "small.xml", (PLANS / "small.xml").read_bytes())
    bring(manager, "tasks.csv", b"Task,Start,Finish\nBuild,2026-03-02,2026-03-06\n")
    assert [item.kind for item in imports(site("manager"), project="SITE")] == ["plan", "plan", "hours"]
    page = manager.get("/imports/").content.decode()
    assert "3 imports wait for you" in page
    assert "march.csv" in page
    assert "march.csv" not in manager.get("/imports/?state=applied").content.decode()


def test_a_project_is_made_for_the_file(site: House, signed: Signed) -> None:
    address = bring(
        signed("manager"), "small.xml", (PLANS / "small.xml").read_bytes(), project="+", key="NEW", name="New one"
    )
    assert address.startswith("/projects/NEW/imports/")
    assert "New one" in {item.name for item in list_projects(site("manager")).items}


def test_a_refusal_keeps_the_file_that_has_come(site: House, signed: Signed) -> None:
    manager = signed("manager")
    given = {"project": "", "file": SimpleUploadedFile("small.xml", (PLANS / "small.xml").read_bytes())}
    answer = manager.post("/imports/", given)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Choose the project" in page
    kept = re.search(r'name="kept" value="([0-9a-f]+)"', page)
    assert kept is not None
    assert manager.post("/imports/", {"project": "SITE", "kept": kept.group(1)}).status_code == 302
    foreign = signed("stranger").post("/imports/", {"project": "OTHER", "kept": kept.group(1)})
    assert foreign.status_code in (404, 422)


def test_a_file_that_is_neither_says_so(site: House, signed: Signed) -> None:
    given = {"project": "SITE", "file": SimpleUploadedFile("photo.png", b"\x89PNG")}
    answer = signed("manager").post("/imports/", given)
    assert answer.status_code == 422
    assert "neither a plan nor a table of hours" in answer.content.decode()
    assert imports(site("manager"), project="SITE") == ()


def test_the_centre_is_for_those_inside_and_their_own_projects(site: House, signed: Signed) -> None:
    bring(signed("manager"), "march.csv", hours_file(row()))
    assert "march.csv" not in signed("stranger").get("/imports/").content.decode()
    assert "march.csv" not in signed("member").get("/imports/").content.decode()
    assert "march.csv" in signed("associate").get("/imports/").content.decode()
    for who in ("client", "guest"):
        assert signed(who).get("/imports/").status_code == 404
    given = {"project": "SITE", "file": SimpleUploadedFile("march.csv", hours_file(row()))}
    assert signed("member").post("/imports/", given).status_code in (403, 422)
    assert len(import_list(site("manager")).items) == 1


def test_the_centre_sends_as_many_queries_for_many_as_for_few(site: House, signed: Signed) -> None:
    manager, counts = signed("manager"), []
    for more in (1, 5):
        for _ in range(more):
            bring(manager, "tasks.csv", b"Task\nBuild\n")
        manager.get("/imports/")
        with CaptureQueriesContext(connection) as queries:
            manager.get("/imports/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_columns_with_own_names_are_named_by_hand_and_kept_for_the_next_file(site: House, signed: Signed) -> None:
    manager = signed("manager")
    address = bring(manager, "own.csv", OWN, kind="hours")
    page = manager.get(address).content.decode()
    assert "Name the columns" in page
    columns = manager.get(f"{address}columns/").content.decode()
    for text in ("Colleague", "Sketches", "4,5"):
        assert text in columns
    assert manager.post(f"{address}columns/", {"c0": "date", "c1": "person"}).status_code == 422
    twice = manager.post(f"{address}columns/", {"c0": "date", "c1": "date", "c2": "hours"})
    assert "is chosen for two columns" in twice.content.decode().replace("&#x27;", "'")
    named = {"c0": "date", "c1": "person", "c2": "hours", "c3": "note"}
    assert manager.post(f"{address}columns/", named).headers["Location"] == address
    page = manager.get(address).content.decode()
    assert "2 new and 0 changed entries" in page
    assert "Max Member" in page
    assert manager.post(f"{address}apply/").status_code == 302
    again = bring(manager, "april.csv", OWN.replace(b"-03-", b"-04-"), kind="hours")
    assert "2 new and 0 changed entries" in manager.get(again).content.decode()


def test_a_file_without_columns_has_no_such_page(site: House, signed: Signed) -> None:
    manager = signed("manager")
    address = bring(manager, "small.xml", (PLANS / "small.xml").read_bytes())
    assert "Name the columns" not in manager.get(address).content.decode()
    assert "is no table" in manager.get(f"{address}columns/", follow=True).content.decode()
    assert signed("member").get(f"{address}columns/").status_code == 403
    assert signed("client").get(f"{address}columns/").status_code == 404


def test_answers_hold_for_the_mended_file(site: House, signed: Signed) -> None:
    manager = signed("manager")
    # enough rows for a day-month order to be plain, one of them wrong
    wrong = hours_file(row(first="M.", last="Membre"), row("2026-02-31"))
    address = bring(manager, "march.csv", wrong)
    manager.post(address, {"q0-other": "member@example.org"})
    page = manager.get(address).content.decode()
    found = re.search(r'href="([^"]*after=\d+)"', page)
    assert found is not None
    form = manager.get(found.group(1).replace("&amp;", "&")).content.decode()
    assert "What you answered for" in form
    after = re.search(r'name="after" value="(\d+)"', form)
    assert after is not None
    mended = SimpleUploadedFile("march.csv", hours_file(row(first="M.", last="Membre"), row("2026-02-27")))
    answer = manager.post("/projects/SITE/imports/new/", {"kind": "hours", "after": after.group(1), "file": mended})
    assert "2 new and 0 changed entries" in manager.get(answer.headers["Location"]).content.decode()


def test_undoing_says_what_it_would_lose(planned: House, signed: Signed) -> None:
    manager, ctx = signed("manager"), planned("manager")
    batch = imports(ctx, project="SITE")[0]
    assert "Lose these changes too" not in manager.get(f"/projects/SITE/imports/{batch.id}/").content.decode()
    project = batch.project_id
    schedule.add_task(ctx, project=project, name="By hand", duration="2d")
    page = manager.get(f"/projects/SITE/imports/{batch.id}/").content.decode()
    assert "The plan was changed once since this import" in page
    with pytest.raises(Conflict, match="Undoing would lose that"):
        journey.undo(ctx, batch=batch.id)
    assert plans.has_plan(project)
    address = f"/projects/SITE/imports/{batch.id}/undo/"
    assert "Undoing would lose that" in manager.post(address, follow=True).content.decode()
    assert manager.post(address, {"discard_later": "1"}).status_code == 302
    assert not plans.has_plan(project)
    assert imports(ctx, project="SITE")[0].state is ImportState.UNDONE


def test_a_file_above_the_limit_of_its_kind_is_refused_by_name(
    site: House, signed: Signed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(journey.LIMITS, "plan", journey.MEGABYTE)
    content = (PLANS / "small.xml").read_bytes()
    exact = content + b" " * (journey.MEGABYTE - len(content))
    bring(signed("manager"), "small.xml", exact, kind="plan")
    given = {"project": "SITE", "kind": "plan", "file": SimpleUploadedFile("small.xml", exact + b" ")}
    answer = signed("manager").post("/imports/", given)
    assert answer.status_code == 422
    assert "small.xml is larger than 1 MB, the limit for a plan" in answer.content.decode()
    assert len(imports(site("manager"), project="SITE")) == 1


def test_the_limits_are_those_that_are_promised() -> None:
    limits = {kind: size // journey.MEGABYTE for kind, size in journey.LIMITS.items()}
    assert limits == {"plan": 50, "hours": 200, "invoices": 20}
