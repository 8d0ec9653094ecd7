"""Search as a use case: rows with their project, kinds, and the limit."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from headway.areas.comms import commenting
from headway.areas.deliverables import commands as documents
from headway.areas.files import commands as files
from headway.areas.files import store
from headway.areas.method import gates
from headway.areas.people.types import Role
from headway.areas.programme import commands as programmes
from headway.areas.projects import commands as projects
from headway.areas.projects.types import Objective, Stage
from headway.areas.scope import commands as scope
from headway.areas.scope.types import ItemKind
from headway.journeys.finding import FoundKind, find
from headway.kernel import search
from headway.kernel.context import Context
from headway.kernel.errors import Invalid
from tests.interfaces.web.conftest import person_id

pytestmark = pytest.mark.django_db
House = Callable[[str], Context]


@pytest.fixture
def site(house: House) -> House:
    manager = house("manager")
    projects.create(manager, key="SITE", name="Kestrel site")
    projects.set_member(manager, project="SITE", person=person_id(house, "client"), role=Role.CLIENT)
    for number in range(12):
        projects.add_issue(manager, project="SITE", title=f"Kestrel {number}", description="It is down")
    projects.add_risk(manager, project="SITE", title="Late", cause="A Kestrel nests here", probability=2, impact=2)
    return house


def test_a_hit_says_what_where_and_why(site: House) -> None:
    (risk,) = find(site("manager"), text="kestrel", kinds=(FoundKind.RISK,))
    assert (risk.kind, risk.record, risk.title) == (FoundKind.RISK, "projects.Risk", "RISK-1 Late")
    assert (risk.project_key, risk.project_name) == ("SITE", "Kestrel site")
    ((place, length),) = risk.snippet_marks
    assert risk.snippet[place : place + length] == "Kestrel"


def test_words_may_stand_in_the_record_and_in_the_name_of_its_project(site: House) -> None:
    projects.create(site("manager"), key="OTHER", name="Osprey site")
    projects.add_risk(site("manager"), project="OTHER", title="Late", probability=2, impact=2)
    (risk,) = find(site("manager"), text="late osprey")
    assert (risk.title, risk.project_key) == ("RISK-1 Late", "OTHER")
    assert [row.record for row in find(site("manager"), text="osprey site")] == ["projects.Project"]
    assert find(site("manager"), text="late merlin") == ()
    assert find(site("stranger"), text="late osprey") == ()


def test_a_client_finds_his_project_alone(site: House) -> None:
    assert [row.kind for row in find(site("client"), text="kestrel")] == [FoundKind.PROJECT]
    assert find(site("stranger"), text="kestrel") == ()


CHARTER = {
    "objectives": (Objective("Fewer albatross calls", "calls a week", "under twelve"),),
    "success_measures": (Objective("Gannets", "rookeries", "forty"),),
    "scope_in": ("The puffin cliffs",),
    "scope_out": ("Herons",),
}


@pytest.mark.parametrize("word", ["albatross", "twelve", "gannets", "rookeries", "puffin", "heron"])
def test_a_project_is_found_by_the_words_of_its_charter(site: House, word: str) -> None:
    assert find(site("manager"), text=word) == ()
    projects.edit(site("manager"), project="SITE", **CHARTER)
    for who in ("manager", "client"):  # whoever sees the project reads its charter
        (found,) = find(site(who), text=word)
        assert (found.kind, found.project_key) == (FoundKind.PROJECT, "SITE")
    assert find(site("stranger"), text=word) == ()
    assert search.mend() == 0
    projects.edit(site("manager"), project="SITE", objectives=(), success_measures=(), scope_in=(), scope_out=())
    assert find(site("manager"), text=word) == ()


def test_a_file_is_found_by_its_name_by_those_who_may_have_it(site: House) -> None:
    manager = site("manager")
    projects.set_member(manager, project="SITE", person=person_id(site, "member"), role=Role.MEMBER)
    kept = store.put([b"words"], limit=100)
    file = files.keep(manager, name="Wagtail-brief.txt", media_type="x/y", sha256=kept.sha256, size=kept.size)
    documents.add_document(manager, project="SITE", file=file.id, title="Brief")
    for who, found in {"manager": 1, "member": 1, "client": 0, "stranger": 0}.items():
        hits = find(site(who), text="wagtail-brief", kinds=(FoundKind.FILE,))
        assert [hit.title for hit in hits] == ["Wagtail-brief.txt"] * found, who


def test_the_limit_holds(site: House) -> None:
    assert len(find(site("manager"), text="kestrel", limit=3)) == 3
    for limit in (0, 101):
        with pytest.raises(Invalid, match="1 to 100"):
            find(site("manager"), text="kestrel", limit=limit)


def test_of_equal_hits_the_newest_comes_first(site: House) -> None:
    for _ in range(3):
        projects.add_issue(site("manager"), project="SITE", title="Same osprey")
    found = [row.id for row in find(site("manager"), text="osprey")]
    assert found == sorted(found, reverse=True)


def test_programmes_gates_scope_and_files_beside_comments_are_found(site: House) -> None:
    ctx = site("manager")
    programmes.add_programme(ctx, name="Dunlin programme")
    gates.add_gate(ctx, project="SITE", stage=Stage.DELIVERY, name="Ready for the dunlin")
    scope.add_item(ctx, project="SITE", kind=ItemKind.IN, text="Dunlin counts")
    kept = store.put([b"a,b"], limit=100)
    file = files.keep(ctx, name="dunlin.csv", media_type="text/csv", sha256=kept.sha256, size=kept.size)
    risk = find(ctx, text="RISK-1", kinds=(FoundKind.RISK,))[0].id
    commenting.comment(ctx, project="SITE", about="risk", record=risk, text="See this", files=(file.id,))
    inside = {FoundKind.PROGRAMME, FoundKind.GATE, FoundKind.SCOPE_ITEM, FoundKind.COMMENT}
    charter = {FoundKind.PROJECT}  # its scope is what the statement says
    assert {row.kind for row in find(ctx, text="dunlin")} == inside | charter
    assert {row.kind for row in find(site("client"), text="dunlin")} == charter
    (programme,) = find(ctx, text="dunlin", kinds=(FoundKind.PROGRAMME,))
    programmes.remove_programme(ctx, programme=programme.id)
    assert find(ctx, text="dunlin", kinds=(FoundKind.PROGRAMME,)) == ()
