"""Every form that changes a record: when another was faster, one chooses field by field, and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from lxml import html

from headway.areas.deliverables import commands as deliverables
from headway.areas.deliverables import queries as documents
from headway.areas.files import commands as files
from headway.areas.files import store
from headway.areas.hours import commands as hours_commands
from headway.areas.hours import queries as hours
from headway.areas.hours import sheets
from headway.areas.people import commands as people
from headway.areas.people import queries as house_of
from headway.areas.schedule import commands as schedule
from headway.areas.schedule import queries as plan
from headway.journeys import report_templates
from tests.conftest import NOW
from tests.interfaces.web.conftest import House, Signed, person_id

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Case:
    """A record's form, what another person changes meanwhile, what this one does, and what stands in the end.

    which   the form's hidden 'form', where its page has several.
    theirs  fields that only the other changed: offered as stored. mine: as typed.
    """

    address: Callable[[House], str]
    other: Callable[[House], Any]
    theirs: frozenset[str]
    mine: Mapping[str, str]
    merged: Callable[[House], tuple[Any, ...]]
    outcome: tuple[Any, ...]
    which: str = ""


def task(house: House) -> Any:
    rows = plan.tasks(house("manager"), project="SITE").items
    found = next(row for row in rows if not row.summary and not row.milestone)
    return plan.task(house("manager"), task=found.id)


def entry(house: House) -> Any:
    found = hours.entries(house("manager"), project="SITE").items
    if found:
        return found[0]
    sheets.set_cell(house("member"), project="SITE", day=NOW.date(), hours="2", note="Basket")
    return entry(house)


def document(house: House) -> Any:
    found = [row for row in documents.documents(house("manager"), project="SITE") if row.document is not None]
    if found:
        return found[0]
    stored = store.put([b"words"], limit=100)
    file = files.keep(house("manager"), name="brief.txt", media_type="text/plain", sha256=stored.sha256, size=5)
    deliverables.add_document(house("manager"), project="SITE", file=file.id, title="Brief")
    return document(house)


def rules(house: House) -> Any:
    return house_of.house_rules(house("administrator"))


def member(house: House) -> Any:
    return house_of.person(house("administrator"), person=person_id(house, "member"))


def template(house: House) -> Any:
    return documents.templates(house("manager"))[0]


def note_of_entry(house: House) -> None:
    hours_commands.edit(house("member"), entry=entry(house).id, note="Basket and till")


CASES = {
    "house rules": Case(
        lambda house: "/settings/",
        lambda house: people.edit_house_rules(
            house("administrator"), organisation=rules(house).organisation_id, currency="CHF"
        ),
        frozenset({"currency"}),
        {"name": "Northwind Limited"},
        lambda house: (rules(house).name, rules(house).currency),
        ("Northwind Limited", "CHF"),
    ),
    "person": Case(
        lambda house: f"/settings/people/{person_id(house, 'member')}/",
        lambda house: people.edit_person(
            house("administrator"), person=person_id(house, "member"), job_title="Designer"
        ),
        frozenset({"job_title"}),
        {"name": "Maximilian Member"},
        lambda house: (member(house).name, member(house).job_title),
        ("Maximilian Member", "Designer"),
    ),
    "report template": Case(
        lambda house: "/settings/reports/house/",
        lambda house: report_templates.set_template(house("manager"), title="Of the week", sections=("done",)),
        frozenset({"title"}),
        {"confidential": "For our eyes"},
        lambda house: (template(house).title, template(house).confidential, template(house).sections),
        ("Of the week", "For our eyes", ("done",)),
    ),
    "task": Case(
        lambda house: f"/projects/SITE/plan/tasks/{task(house).id}/",
        lambda house: schedule.edit_task(house("associate"), task=task(house).id, name="Their name", owner="Asha"),
        frozenset(),
        {"name": "Another name"},
        lambda house: (task(house).name, task(house).owner),
        ("Another name", "Asha"),
        which="task",
    ),
    "progress": Case(
        lambda house: f"/projects/SITE/plan/tasks/{task(house).id}/",
        lambda house: schedule.edit_task(house("associate"), task=task(house).id, owner="Asha"),
        frozenset(),
        {"progress-percent_complete": "40"},
        lambda house: (task(house).percent_complete, task(house).owner),
        (40, "Asha"),
        which="progress",
    ),
    "progress twice": Case(
        lambda house: f"/projects/SITE/plan/tasks/{task(house).id}/",
        lambda house: schedule.set_progress(house("associate"), task=task(house).id, percent_complete=60),
        frozenset({"actual_start"}),
        {"progress-percent_complete": "40"},
        lambda house: (task(house).percent_complete, task(house).actual_start is not None),
        (40, True),
        which="progress",
    ),
    "time entry": Case(
        lambda house: f"/projects/SITE/hours/entries/{entry(house).id}/",
        note_of_entry,
        frozenset({"note"}),
        {"hours": "3"},
        lambda house: (entry(house).hours, entry(house).note),
        (3, "Basket and till"),
        which="change",
    ),
    "document": Case(
        lambda house: f"/projects/SITE/documents/{document(house).document}/",
        lambda house: deliverables.edit_document(
            house("associate"), document=document(house).document, title="Brief 2"
        ),
        frozenset({"title"}),
        {"note": "Agreed by telephone"},
        lambda house: (document(house).title, document(house).note),
        ("Brief 2", "Agreed by telephone"),
    ),
}


def form_on(page: bytes, which: str) -> Any:
    """The form that has a version, of several that named `which`."""
    for found in html.fromstring(page).forms:
        names = [name for name in found.fields if name.endswith("version") and not name.startswith("initial")]
        if found.method == "POST" and names and (not which or dict(found.form_values()).get("form") == which):
            return found
    raise AssertionError(f"no form {which}")


def sent(form: Any, **typed: str) -> dict[str, str]:
    """What a browser sends of it, after somebody has typed."""
    return dict(form.form_values()) | typed


@pytest.mark.parametrize("name", CASES)
def test_both_versions_are_merged_by_field(planned: House, signed: Signed, name: str) -> None:
    case, client = CASES[name], _client(signed, name)
    address = case.address(planned)
    begun = form_on(client.get(address).content, case.which)
    case.other(planned)
    late = client.post(address, sent(begun, **case.mine))
    assert late.status_code == 409, late.content.decode()[:2000]
    again = form_on(late.content, case.which)
    choices = {field.removeprefix("keep-"): value for field, value in again.form_values() if field.startswith("keep-")}
    changed = {field.removeprefix("progress-") for field in case.mine}
    assert {field: value for field, value in choices.items() if field in changed} == dict.fromkeys(changed, "yours")
    assert {field for field, value in choices.items() if value == "stored"} >= case.theirs
    saved = client.post(address, sent(again))
    assert saved.status_code == 302, saved.content.decode()[:2000]
    assert case.merged(planned) == case.outcome


def _client(signed: Signed, name: str) -> Client:
    return signed("administrator" if name in ("house rules", "person") else "manager")
