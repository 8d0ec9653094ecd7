"""The portfolio's pages: what they answer first, who they open for, views, timeline, the workbook, accounts."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from headway.areas.people import queries as people
from headway.areas.people.types import OrganisationKind
from headway.areas.portfolio import queries as portfolio
from headway.areas.portfolio.reactions import refresh_all
from headway.areas.projects import commands as projects
from tests.interfaces.web.conftest import House, Signed, person_id

pytestmark = pytest.mark.django_db

PAGES = ["/portfolio/", "/portfolio/timeline/", "/portfolio/export/", "/portfolio/SITE/", "/accounts/"]


def _text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.content[:500])
    return answer.content.decode()


def _acme(house: House) -> int:
    rows = people.organisations(house("administrator"), kind=OrganisationKind.CLIENT)
    return next(row.id for row in rows if row.name == "Acme")


@pytest.mark.parametrize("path", PAGES)
def test_every_page_opens_for_whoever_works_on_a_project(planned: House, signed: Signed, path: str) -> None:
    assert signed("manager").get(path).status_code == 200
    assert signed("member").get(path).status_code == 200


@pytest.mark.parametrize("path", [*PAGES, "/accounts/1/", "/portfolio/OTHER/"])
@pytest.mark.parametrize("who", ["client", "guest"])
def test_for_clients_and_guests_there_is_no_portfolio(planned: House, signed: Signed, path: str, who: str) -> None:
    assert signed(who).get(path).status_code == 404


def test_the_grid_answers_first_and_leaves_out_what_is_not_ones_own(planned: House, signed: Signed) -> None:
    text = _text(signed("manager"), "/portfolio/")
    assert "1 project:" in text
    assert "Acme web site" in text
    assert "Rival web site" not in text
    assert _text(signed("stranger"), "/portfolio/").count("Rival web site") == 2  # the row, and the finish it names
