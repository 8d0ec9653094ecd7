"""One address by kind and id: it leads to the record's page, and for whoever may not see it there is none."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.test import Client

from headway.areas.projects import commands as projects
from headway.areas.projects import queries
from headway.areas.schedule import queries as schedule
from headway.interfaces.web.addresses import PAGES, go_url
from tests.interfaces.web.conftest import House, Signed

pytestmark = pytest.mark.django_db


@pytest.fixture
def records(planned: House) -> dict[str, int]:
    """One record of several kinds, all of SITE."""
    manager = planned("manager")
    return {
        "projects.Project": queries.charter(manager, project="SITE").id,
        "projects.Risk": projects.add_risk(manager, project="SITE", title="Late", probability=2, impact=3).id,
        "projects.Decision": projects.add_decision(manager, project="SITE", question="Which?").id,
        "projects.ImportBatch": queries.imports(manager, project="SITE")[0].id,
        "schedule.PlanTask": schedule.tasks(manager, project="SITE").items[0].id,
    }


def test_an_address_leads_to_a_page_that_opens(records: dict[str, int], signed: Signed) -> None:
    manager = signed("manager")
    for kind, record in records.items():
        answer = manager.get(go_url(kind, record), follow=True)
        assert answer.status_code == 200, kind
        assert answer.redirect_chain[0][0].startswith("/projects/SITE/"), kind


def test_who_may_not_change_a_risk_is_led_to_its_page_too(records: dict[str, int], signed: Signed) -> None:
    answer = signed("member").get(go_url("projects.Risk", records["projects.Risk"]))
    assert answer.headers["Location"] == "/projects/SITE/risks/1/"


@pytest.mark.parametrize("who", ["stranger", "client", "guest"])
def test_a_hidden_record_is_as_absent_as_one_that_does_not_exist(
    records: dict[str, int], signed: Signed, who: str
) -> None:
    outsider = signed(who)
    for kind, record in records.items():
        if who != "stranger" and kind == "projects.Project":
            continue
        assert outsider.get(go_url(kind, record)).status_code == 404, kind
        assert outsider.get(go_url(kind, 10**6)).status_code == 404, kind
        assert outsider.get(go_url(kind, 2**70)).status_code == 404, kind


def test_a_kind_without_a_page_is_not_there(planned: House, signed: Signed) -> None:
    manager = signed("manager")
    for kind in ("people.User", "kernel.AuditEntry", "no.Such", "nonsense"):
        assert manager.get(go_url(kind, 1)).status_code == 404, kind


def test_nobody_is_asked_to_sign_in(db: None) -> None:
    assert Client().get(go_url("projects.Project", 1)).status_code == 302


def test_every_line_names_a_kind_of_record() -> None:
    for kind in PAGES:
        model = apps.get_model(kind)
        assert hasattr(model, "visible_to"), kind
