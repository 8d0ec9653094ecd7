"""The search index gives one set of hits on both databases, at once after a change, and nothing that is hidden."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection

from headway.areas.people import commands as people
from headway.areas.people.types import Role
from headway.areas.projects import commands as projects
from headway.areas.schedule import commands as schedule
from headway.areas.schedule import queries as plans
from headway.kernel import search
from headway.kernel.commands import maintenance
from headway.kernel.context import Context
from headway.kernel.models import SearchEntry
from tests.interfaces.web.conftest import person_id

pytestmark = pytest.mark.django_db
House = Callable[[str], Context]

TITLES = (
    "Supplier delivers late",  # RISK-1
    "Übergabe der Lösung fehlt",  # RISK-2
    "Portal cut-over on a holiday",  # RISK-3
    "L'équipe n'est pas prête",  # RISK-4
    "Documentation of REF-012 is thin",  # RISK-5
    "The web-site's budget_plan is open",  # RISK-6
    'Quotes "and" operators OR brackets (x)',  # RISK-7
    "Łódź office moves",  # RISK-8
    "Phase 2 begins early",  # RISK-9
    "Nothing of the kind",  # RISK-10
)
# What somebody types, and the risks it gives. One list, held on both databases.
CONFORMANCE = (
    ("RISK-3", {3}),
    ("risk-1", {1}),
    ("RISK-10", {10}),
    ("supplier", {1}),
    ("supp", {1}),
    ("supp lat", {1}),
    ("late supplier", {1}),
    ("supplier early", set()),
    ("ubergabe losung", {2}),
    ("ÜBERGABE", {2}),
    ("lodz", {8}),
    ("equipe prete", {4}),
    ("équipe", {4}),
    ("REF-012", {5}),
    ("ref-01", {5}),
    ("ument", {5}),
    ("web-site", {6}),
    ("web site", {6}),
    ("site", {6}),
    ("budget_plan", {6}),
    ("budget", {6}),
    ("phase-2", {9}),
    ('"and" OR', {7}),
    ("or", {7}),
    ("operators OR brackets", {7}),
    ("supplier OR lodz", set()),
    ("NOT supplier", set()),
    ("supplier*", {1}),
    ("(supplier)", {1}),
    ('"supplier', {1}),
    ("supplier' --", {1}),
    ("sup:plier", {1}),
    ("x", {7}),
    ("*", set()),
    ("", set()),
    ("zanzibar", set()),
    ("because sick", {1}),  # in the cause, which is no title
)


@pytest.fixture
def site(house: House) -> House:
    """SITE of the manager with ten risks; a member, a client and a stranger to it."""
    manager = house("manager")
    projects.create(manager, key="SITE", name="Acme web", purpose="A shop for everybody")
    for who in ("member", "client"):
        projects.set_member(manager, project="SITE", person=person_id(house, who), role=Role(who))
    for title in TITLES:
        cause = "Because of sickness" if title == TITLES[0] else ""
        projects.add_risk(manager, project="SITE", title=title, cause=cause, probability=2, impact=2)
    return house


def risks_found(ctx: Context, text: str) -> set[int]:
    return {
        int(hit.title.text.split()[0].removeprefix("RISK-"))
        for hit in search.query(ctx, text, kinds=("projects.Risk",), limit=50)
    }


@pytest.mark.parametrize(("typed", "found"), CONFORMANCE, ids=[typed or "nothing" for typed, _ in CONFORMANCE])
def test_what_is_typed_finds(site: House, typed: str, found: set[int]) -> None:
    assert risks_found(site("manager"), typed) == found


def titles(ctx: Context, text: str, **more: object) -> list[tuple[str, str]]:
    return [(hit.kind, hit.title.text) for hit in search.query(ctx, text, **more)]  # type: ignore[arg-type]


def test_a_change_is_found_at_once_and_the_old_words_no_more(site: House) -> None:
    manager = site("manager")
    risk = projects.add_risk(manager, project="SITE", title="Kestrel", probability=2, impact=2)
    assert titles(manager, "kestrel") == [("projects.Risk", "RISK-11 Kestrel")]
    projects.edit_risk(manager, risk=risk.id, title="Heron")
    assert titles(manager, "kestrel") == []
    assert titles(manager, "heron") == [("projects.Risk", "RISK-11 Heron")]
    projects.edit_risk(manager, risk=risk.id, probability=5)
    assert titles(manager, "heron") == [("projects.Risk", "RISK-11 Heron")]


def test_what_is_taken_out_is_not_found(site: House) -> None:
    manager = site("manager")
    row = projects.add_stakeholder(manager, project="SITE", name="Kestrel")
    assert titles(manager, "kestrel") == [("projects.Stakeholder", "Kestrel")]
    projects.remove_stakeholder(manager, stakeholder=row.id)
    assert titles(manager, "kestrel") == []
    assert not SearchEntry.objects.filter(kind="projects.Stakeholder").exists()


def test_a_refused_change_leaves_no_trace(site: House) -> None:
    manager = site("manager")
    projects.add_risk(manager.but(dry_run=True), project="SITE", title="Kestrel", probability=2, impact=2)
    assert titles(manager, "kestrel") == []


def test_tasks_follow_their_plan(site: House) -> None:
    manager = site("manager")
    schedule.start_plan(manager, project="SITE", start=date(2026, 3, 2))
    schedule.add_task(manager, project="SITE", name="Kestrel design", duration="3d")
    schedule.add_task(manager, project="SITE", name="Heron build", duration="3d")
    (first, second) = plans.tasks(manager, project="SITE").items
    assert titles(manager, "kestrel") == [("schedule.PlanTask", "Kestrel design")]
    schedule.edit_task(manager, task=first.id, notes="Ask the ornithologist")
    assert titles(manager, "ornithologist") == [("schedule.PlanTask", "Kestrel design")]
    schedule.remove_task(manager, task=second.id)
    assert titles(manager, "heron") == []


def test_people_and_organisations_are_found_by_staff(site: House) -> None:
    manager = site("manager")
    assert ("people.Person", "Max Member") in titles(manager, "max")
    assert ("people.Organisation", "Rival") in titles(manager, "rival")
    assert ("projects.Project", "SITE Acme web") in titles(manager, "everybody")


def test_the_best_comes_first(site: House) -> None:
    manager = site("manager")
    projects.add_risk(manager, project="SITE", title="Other", cause="A kestrel " + "word " * 9, probability=2, impact=2)
    projects.add_risk(manager, project="SITE", title="Kestrel", probability=2, impact=2)
    assert [title for _, title in titles(manager, "kestrel")] == ["RISK-12 Kestrel", "RISK-11 Other"]


# --- nothing hidden ---------------------------------------------------------------------------


def test_a_stranger_finds_nothing_of_the_project(site: House) -> None:
    stranger = site("stranger")
    for typed, _ in CONFORMANCE:
        assert risks_found(stranger, typed) == set()
    assert titles(stranger, "acme web") == []


def test_a_client_finds_his_project_and_none_of_its_inner_records(site: House) -> None:
    client = site("client")
    for typed, _ in CONFORMANCE:
        assert risks_found(client, typed) == set()
    assert set(titles(client, "acme")) == {("projects.Project", "SITE Acme web"), ("people.Organisation", "Acme")}
    assert titles(client, "rival") == []
    assert titles(client, "member") == []


def test_what_is_hidden_does_not_use_up_the_hits(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "_FIRST_LOOK", 3)
    monkeypatch.setattr(search, "_NEXT_LOOK", 2)
    for who, key in (("stranger", "HIDDEN"), ("manager", "SITE")):
        projects.create(house(who), key=key, name="Kestrel")
        for number in range(7):
            projects.add_risk(house(who), project=key, title=f"Kestrel {number}", probability=2, impact=2)
    found = titles(house("manager"), "kestrel", limit=3)
    assert len(found) == 3
    assert len(titles(house("manager"), "kestrel", limit=200)) == 8
    only = search.query(house("manager"), "kestrel", limit=200)
    assert len({hit.project_id for hit in only}) == 1


def test_what_is_hidden_does_not_use_up_what_is_ranked(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hidden ones came first and are more than are put in order."""
    monkeypatch.setattr(search, "MOST_RANKED", 4)
    for who, key in (("stranger", "HIDDEN"), ("manager", "SITE")):
        projects.create(house(who), key=key, name="Kestrel")
        for number in range(6):
            projects.add_risk(house(who), project=key, title=f"Kestrel {number}", cause="Bird", probability=2, impact=2)
    manager = house("manager")
    for typed, count in (("kestrel", 7), ("bird", 6), ("kestrel bird", 6)):
        hits = search.query(manager, typed, limit=200)
        assert len({(hit.kind, hit.id) for hit in hits}) == len(hits) == count
        assert len({hit.project_id for hit in hits}) == 1
    assert len(search.query(manager, "kestrel", limit=3)) == 3


def test_a_token_of_one_project_finds_in_that_one_alone(site: House) -> None:
    manager = site("manager")
    projects.create(manager, key="OTHER", name="Kestrel")
    other = projects.add_risk(manager, project="OTHER", title="Kestrel", probability=2, impact=2)
    projects.add_risk(manager, project="SITE", title="Kestrel", probability=2, impact=2)
    scope = search.query(manager, "kestrel", kinds=("projects.Risk",))
    limited = manager.but(scopes=frozenset({"read"}), project_ids=frozenset({scope[0].project_id or 0}))
    assert {hit.project_id for hit in search.query(limited, "kestrel")} == {scope[0].project_id}
    assert other.id in {hit.id for hit in search.query(manager, "kestrel")}


def test_within_narrows_and_never_widens(site: House) -> None:
    manager = site("manager")
    (hit,) = search.query(manager, "RISK-3")
    assert hit.project_id is not None
    assert search.query(manager, "RISK-3", within=[hit.project_id]) == (hit,)
    assert search.query(manager, "RISK-3", within=[]) == ()
    assert search.query(site("stranger"), "RISK-3", within=[hit.project_id]) == ()


# --- making it anew ---------------------------------------------------------------------------


def test_an_index_in_step_needs_no_mending(site: House) -> None:
    assert search.mend() == 0


def test_a_lost_index_is_made_anew(site: House) -> None:
    before = SearchEntry.objects.count()
    with maintenance("a test loses the index"):
        SearchEntry.objects.all().delete()
    assert risks_found(site("manager"), "supplier") == set()
    assert search.mend() == before
    assert risks_found(site("manager"), "supplier") == {1}
    assert search.mend() == 0


def test_wrong_and_stray_entries_are_mended(site: House) -> None:
    people.add_organisation(site("administrator"), name="Kestrel")
    with maintenance("a test spoils the index"):
        SearchEntry.objects.filter(kind="people.Organisation", title="Kestrel").update(title="Heron")
        SearchEntry.objects.filter(kind="projects.Risk", title__startswith="RISK-1 ").update(record_id=10**9)
        SearchEntry.objects.filter(kind="projects.Project").update(kind="no.Such")
    assert search.mend() == 5  # the name; a risk without entry and an entry without risk; the same of the project
    assert search.mend() == 0
    assert titles(site("manager"), "kestrel") == [("people.Organisation", "Kestrel")]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL keeps its index itself")
def test_an_inner_index_out_of_step_is_rebuilt(site: House) -> None:
    with maintenance("a test spoils the inner index"), connection.cursor() as cursor:
        cursor.execute("INSERT INTO kernel_searchwords(kernel_searchwords) VALUES ('delete-all')")
    assert risks_found(site("manager"), "sickness") == set()
    assert search.mend() == 1
    assert risks_found(site("manager"), "sickness") == {1}
