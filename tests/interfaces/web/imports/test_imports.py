"""Files into a project by page: previewed, questioned, applied, undone, refused with the place named."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from headway.areas.hours.queries import totals
from headway.areas.projects import commands as projects
from headway.areas.projects.queries import imports
from headway.areas.projects.types import ImportState
from headway.areas.schedule.queries import has_plan
from headway.interfaces import transfers
from tests.interfaces.web.conftest import PLANS, House, Signed

pytestmark = pytest.mark.django_db

HEAD = (
    "Date,Client,Project,Project Code,Task,Notes,Hours,Billable?,First Name,Last Name,Roles,Employee?,"
    "Billable Rate,Billable Amount,Cost Rate,Cost Amount,Currency,External Reference URL"
)
QUOTED = '"1,5"'
Bring = Callable[..., Client]


def row(day: str = "2026-03-03", hours: str = "4", first: str = "Max", last: str = "Member") -> str:
    return f"{day},Acme,Acme web site,,Build,Work,{hours},Yes,{first},{last},Engineer,Yes,,,,,,"


def send(client: Client, kind: str, name: str, content: bytes) -> str:
    """Bring a file; gives the address of its preview."""
    given = {"kind": kind, "file": SimpleUploadedFile(name, content)}
    answer = client.post("/projects/SITE/imports/new/", given)
    assert answer.status_code == 302, answer.content.decode()[:2000]
    return str(answer.headers["Location"])


def hours_file(*rows: str) -> bytes:
    return "\n".join((HEAD, *rows)).encode()


def test_a_plan_is_previewed_applied_and_undone(site: House, signed: Signed) -> None:
    manager = signed("manager")
    address = send(manager, "plan", "small.xml", (PLANS / "small.xml").read_bytes())
    page = manager.get(address).content.decode()
    project = imports(site("manager"), project="SITE")[0].project_id
    assert "3 new and 0 changed tasks" in page
    assert "Fidelity" in page
    assert not has_plan(project)
    assert manager.post(f"{address}apply/").headers["Location"] == "/projects/SITE/"
    assert has_plan(project)
    assert "Undo the import" in manager.get(address).content.decode()
    assert "Only an applied" not in manager.post(f"{address}undo/", follow=True).content.decode()
    assert not has_plan(project)
    assert "This import was undone" in manager.get(address).content.decode()


def test_the_same_plan_again_changes_nothing(planned: House, signed: Signed) -> None:
    manager = signed("manager")
    address = send(manager, "plan", "small.xml", (PLANS / "small.xml").read_bytes())
    assert "The file changes nothing" in manager.get(address).content.decode()


def test_a_changed_plan_shows_what_changes(planned: House, signed: Signed) -> None:
    manager = signed("manager")
    changed = (PLANS / "small.xml").read_bytes().replace(b"<Name>Build</Name>", b"<Name>Build it</Name>")
    page = manager.get(send(manager, "plan", "small.xml", changed)).content.decode()
    assert "What changes" in page
    assert "Build it" in page


def test_hours_are_taken_once_their_questions_are_answered(site: House, signed: Signed) -> None:
    manager = signed("manager")
    address = send(manager, "hours", "march.csv", hours_file(row(), row("2026-03-04", "3", "M.", "Membre")))
    page = manager.get(address).content.decode()
    assert "M. Membre" in page
    assert "1 question to answer first" in page
    assert manager.post(address, {}).status_code == 422
    field = re.search(r'name="(q\d+)-other"', page)
    assert field is not None
    assert manager.post(address, {f"{field.group(1)}-other": "member@example.org"}).status_code == 302
    assert manager.post(f"{address}apply/").headers["Location"] == "/projects/SITE/hours/"
    assert totals(site("manager"), project="SITE", by=())[0].hours == 7
    said = manager.get("/projects/SITE/hours/").content.decode()
    assert "march.csv is imported." in said
    undo = re.search(r'action="([^"]+/undo/)"', said)
    assert undo is not None
    assert "march.csv is undone." in manager.post(undo.group(1), follow=True).content.decode()
    assert totals(site("manager"), project="SITE", by=()) == ()


def test_a_fault_names_file_row_and_field_and_nothing_changes(site: House, signed: Signed) -> None:
    manager = signed("manager")
    rows = [row() for _ in range(15)] + [row("2026-02-31", "7")]
    address = send(manager, "hours", "march.csv", hours_file(*rows))
    page = manager.get(address).content.decode()
    assert "row 17" in page
    assert "2026-02-31" in page
    refused = manager.post(f"{address}apply/", follow=True).content.decode()
    assert "The file has errors; nothing was changed" in refused
    assert totals(site("manager"), project="SITE", by=()) == ()


def test_a_file_that_is_no_plan_is_refused_in_words(site: House, signed: Signed) -> None:
    manager = signed("manager")
    page = manager.get(send(manager, "plan", "broken.mpp", b"\xd0\xcf\x11\xe0 cut short")).content.decode()
    assert "Faults in the file" in page
    assert imports(site("manager"), project="SITE")[0].state is ImportState.FAILED


def test_without_a_file_or_a_known_kind_the_form_comes_back(site: House, signed: Signed) -> None:
    manager = signed("manager")
    assert manager.post("/projects/SITE/imports/new/", {"kind": "plan"}).status_code == 422
    other = {"kind": "recipes", "file": SimpleUploadedFile("x.csv", b"a")}
    assert manager.post("/projects/SITE/imports/new/", other).status_code == 422


def test_who_may_not_import_brings_nothing(site: House, signed: Signed) -> None:
    given = {"kind": "plan", "file": SimpleUploadedFile("small.xml", b"<Project/>")}
    assert signed("member").post("/projects/SITE/imports/new/", given).status_code == 403
    for who in ("client", "guest", "stranger"):
        assert signed(who).post("/projects/SITE/imports/new/", given).status_code == 404
    assert imports(site("manager"), project="SITE") == ()


def test_an_import_has_an_address_under_its_own_project_alone(planned: House, signed: Signed) -> None:
    batch = imports(planned("manager"), project="SITE")[0].id
    assert signed("administrator").get(f"/projects/SITE/imports/{batch}/").status_code == 200
    assert signed("administrator").get(f"/projects/OTHER/imports/{batch}/").status_code == 404
    assert signed("administrator").post(f"/projects/OTHER/imports/{batch}/undo/").status_code == 404


def test_a_file_above_the_limit_is_not_read_to_its_end(
    site: House, signed: Signed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfers, "MAX_UPLOAD", 100_000)
    given = {"kind": "hours", "file": SimpleUploadedFile("huge.csv", b"a" * 300_000)}
    assert signed("manager").post("/projects/SITE/imports/new/", given).status_code == 422
    assert imports(site("manager"), project="SITE") == ()


def test_the_page_offers_what_else_is_in_the_file_and_shows_file_and_store_side_by_side(
    site: House, signed: Signed
) -> None:
    manager = signed("manager")
    ctx = site("manager")
    projects.create(ctx, key="SHOP", name="Acme shop")
    shop = row().replace("Acme web site", "Acme shop")
    address = send(manager, "hours", "march.csv", hours_file(row(), shop))
    page = manager.get(address).content.decode()
    assert "Left out: hours of other projects" in page
    assert manager.post(address, {"projects": "all"}).status_code == 302
    page = manager.get(address).content.decode()
    assert "Left out: hours of other projects" not in page
    assert "Acme shop" in page
    manager.post(f"{address}apply/")
    assert "Every total of the file is in the store" in manager.get(address).content.decode()
    assert totals(ctx, project="SHOP", by=())[0].hours == 4

    newer = send(manager, "hours", "march.csv", hours_file(row(hours="5")))
    page = manager.get(newer).content.decode()
    assert "1 stored entry of the same source and days is not in this file" in page
    assert "They stay when you apply the import" in page
    assert manager.post(newer, {"missing": "remove"}).status_code == 302
    assert "They go when you apply the import" in manager.get(newer).content.decode()
    manager.post(f"{newer}apply/")
    assert totals(ctx, project="SITE", by=())[0].hours == 5


def test_what_was_answered_is_listed_and_forgotten(site: House, signed: Signed) -> None:
    manager = signed("manager")
    address = send(manager, "hours", "march.csv", hours_file(row(first="M.", last="Membre")))
    manager.post(address, {"q0-other": "member@example.org"})
    manager.post(f"{address}apply/")
    names = "/projects/SITE/imports/names/"
    page = manager.get(names).content.decode()
    assert "M. Membre" in page
    found = re.search(r'name="name" value="(\d+)"', page)
    assert found is not None
    for who, status in (("client", 404), ("stranger", 404), ("member", 403)):
        assert signed(who).get(names).status_code == status
        assert signed(who).post(names, {"kind": "person", "name": found[1]}).status_code == status
    assert manager.post(names, {"kind": "person", "name": found[1]}).status_code == 302
    assert "No name is remembered" in manager.get(names).content.decode()


def test_hours_brought_as_a_plan_are_pointed_to_where_hours_go(site: House, signed: Signed) -> None:
    manager = signed("manager")
    page = manager.get(send(manager, "plan", "march.csv", hours_file(row()))).content.decode()
    assert "Nothing was changed: 1 fault" in page
    assert "import it as hours" in page


def test_a_file_with_many_faults_enters_nothing_until_each_is_settled_and_then_exactly(
    site: House, signed: Signed
) -> None:
    manager = signed("manager")

    def file(*days: str) -> bytes:
        people = (("M.", "Membre"), ("Olga", "Other"), ("Tom", "Third"), ("Max", "Member"))
        every = enumerate(("2026-03-02", "2026-03-03", "2026-03-04", *days))
        rows = [f"{row(day, QUOTED, *people[place % 4])},again" for place, day in every]
        return "\n".join((f"{HEAD},Notes", *rows)).encode()

    address = send(manager, "hours", "march.csv", file("2026-02-31", "soon"))
    page = manager.get(address).content.decode()
    for named in ("row 5", "2026-02-31", "row 6", "soon", "M. Membre", "Olga Other", "Tom Third", "Notes"):
        assert named in page
    assert "Nothing was changed: 2 faults" in page
    manager.post(f"{address}apply/")
    assert totals(site("manager"), project="SITE", by=()) == ()

    mended = send(manager, "hours", "march.csv", file("2026-03-05", "2026-03-06"))
    page = manager.get(mended).content.decode()
    assert "3 questions to answer first" in page
    manager.post(f"{mended}apply/")
    assert totals(site("manager"), project="SITE", by=()) == ()
    answers = {f"q{place}-other": "member@example.org" for place in range(3)}
    assert manager.post(mended, answers).status_code == 302
    manager.post(f"{mended}apply/")
    (total,) = totals(site("manager"), project="SITE", by=())
    assert (total.entries, total.hours) == (5, Decimal("7.5"))
    again = send(manager, "hours", "march.csv", file("2026-03-05", "2026-03-06"))
    assert "The file changes nothing" in manager.get(again).content.decode()
