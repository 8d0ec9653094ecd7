"""The search page and what the palette asks for: found, grouped, marked, and nothing of others."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from headway.areas.projects import commands as projects
from headway.interfaces.web.addresses import PAGES, go_url
from headway.journeys.finding import LABELS
from tests.interfaces.web.conftest import House, Signed, person_id

pytestmark = pytest.mark.django_db


@pytest.fixture
def filled(site: House) -> House:
    manager = site("manager")
    projects.add_risk(manager, project="SITE", title="Kestrel <b>nests</b>", cause="A kestrel", probability=2, impact=2)
    projects.add_issue(manager, project="SITE", title="No kestrel")
    projects.add_risk(site("stranger"), project="OTHER", title="Kestrel of the rival", probability=2, impact=2)
    return site


def test_hits_stand_by_kind_with_their_words_marked(filled: House, signed: Signed) -> None:
    page = signed("manager").get("/search?q=kestrel").content.decode()
    assert "2 records hold “kestrel”." in page
    assert "<h2>Risks</h2>" in page
    assert "<h2>Issues</h2>" in page
    assert "RISK-1 <mark>Kestrel</mark> &lt;b&gt;nests" in page
    assert "SITE Acme web site" in page
    assert "rival" not in page


def test_one_kind_can_be_asked_for(filled: House, signed: Signed) -> None:
    page = signed("manager").get("/search?q=kestrel&kind=issue").content.decode()
    assert "<h2>Issues</h2>" in page
    assert "<h2>Risks</h2>" not in page
    assert "1 record holds" in page
    assert "<h2>Risks</h2>" in signed("manager").get("/search?q=kestrel&kind=nonsense").content.decode()


def test_an_empty_page_says_what_is_searched_and_no_hit_what_to_try(filled: House, signed: Signed) -> None:
    assert "Names, texts, references" in signed("manager").get("/search").content.decode()
    page = signed("manager").get("/search?q=zanzibar").content.decode()
    assert "Nothing found" in page
    assert "Search everything" not in page
    assert "Search everything" in signed("manager").get("/search?q=zanzibar&kind=risk").content.decode()


def test_strange_questions_are_answered(filled: House, signed: Signed) -> None:
    client = signed("manager")
    for text in ('"', "' OR 1=1 --", "AND OR NOT", "a" * 5000, "%00", "(((", "*", "kestrel\n\tissue", "𝔎estrel"):
        assert client.get("/search", {"q": text}).status_code == 200, text
        assert client.get("/search/palette", {"q": text}).status_code == 200, text


@pytest.mark.parametrize("who", ["client", "guest"])
def test_to_clients_there_is_no_search_page(filled: House, signed: Signed, who: str) -> None:
    for path in ("/search?q=kestrel", "/search/palette?q=kestrel", "/acts/", "/acts/choices?kind=projects.Risk&q=k"):
        assert signed(who).get(path).status_code == 404, path


def test_the_palette_gives_records_and_at_first_what_is_at_hand(filled: House, signed: Signed) -> None:
    manager = filled("manager")
    projects.star(manager, project="SITE")
    records = signed("manager").get("/search/palette?q=nests").json()["records"]
    assert [(row["title"], row["detail"]) for row in records] == [("RISK-1 Kestrel <b>nests</b>", "Risks · SITE")]
    assert signed("manager").get(records[0]["href"], follow=True).status_code == 200
    first = signed("manager").get("/search/palette").json()
    assert [row["detail"] for row in first["recent"]] == ["SITE"]
    assert {"Add risk", "Hours: log"} <= {row["title"] for row in first["acts"]}


def test_many_hits_cost_as_many_queries_as_few(filled: House, signed: Signed) -> None:
    client = signed("manager")

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as sent:
            assert client.get("/search?q=kestrel").status_code == 200
        return len(sent)

    client.get("/search?q=kestrel")
    few = queries()
    for number in range(40):
        projects.add_risk(filled("manager"), project="SITE", title=f"Kestrel {number}", probability=2, impact=2)
    assert queries() <= few


def test_every_kind_of_hit_has_a_page(filled: House, signed: Signed) -> None:
    assert {record for record in LABELS.values() if record not in PAGES} == set()
    for text in ("max member", "acme"):
        (first, *_) = signed("manager").get("/search/palette", {"q": text}).json()["records"]
        assert signed("manager").get(first["href"], follow=True).status_code == 200, text
    max_ = go_url("people.Person", person_id(filled, "member"))
    assert "member@example.org" in signed("tester").get(max_, follow=True).content.decode()
    assert signed("client").get(max_).status_code == 404
