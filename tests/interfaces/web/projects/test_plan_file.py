"""The plan as a file: the page of formats, what each cannot carry, the file by page, API and command line."""

from __future__ import annotations

import pytest

from tests.interfaces.web.conftest import House, Signed

pytestmark = pytest.mark.django_db
PAGE = "/projects/SITE/plan/file/"


def test_the_formats_are_offered_and_each_says_what_it_cannot_carry(planned: House, signed: Signed) -> None:
    manager = signed("manager")
    page = manager.get(PAGE).content.decode()
    assert "Microsoft Project (XML)" in page
    assert "Download" in page
    checked = manager.get(f"{PAGE}?check=csv").content.decode()
    assert "What CSV cannot carry" in checked
    assert "Not carried" in checked


def test_a_file_is_taken(planned: House, signed: Signed) -> None:
    answer = signed("member").post(f"{PAGE}xml/")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/xml"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.content.lstrip().startswith(b"<?xml")


def test_no_plan_no_file(site: House, signed: Signed) -> None:
    manager = signed("manager")
    assert "No plan yet" in manager.get(PAGE).content.decode()
    assert manager.post(f"{PAGE}xml/").status_code == 404


def test_an_unknown_format_and_a_client_find_nothing(planned: House, signed: Signed) -> None:
    assert signed("manager").post(f"{PAGE}docx/").status_code == 404
    assert signed("client").get(PAGE).status_code == 404
    assert signed("client").post(f"{PAGE}xml/").status_code == 404


def test_the_plan_page_leads_there(planned: House, signed: Signed) -> None:
    assert PAGE in signed("manager").get("/projects/SITE/plan/").content.decode()
