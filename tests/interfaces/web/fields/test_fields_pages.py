"""The pages of fields of the house's own: added, renamed, removed; refused to who may not."""

from __future__ import annotations

import pytest

from headway.areas.schedule import fields
from headway.areas.schedule.looks import FieldChoice, FieldKind, Tint
from tests.interfaces.web.conftest import House, Signed

pytestmark = pytest.mark.django_db
HOUSE = "/settings/fields/"
PLAN = "/projects/SITE/plan/fields/"
CHOICES = (FieldChoice("Draft"), FieldChoice("Final", Tint.GREEN))


def test_a_field_of_every_project_is_added_changed_and_removed(planned: House, signed: Signed) -> None:
    client = signed("manager")
    assert b"No field yet." in client.get(HOUSE).content
    given = {"name": "Approved", "kind": "choice", "choices": "Draft\nFinal: green"}
    answer = client.post(HOUSE, given, follow=True)
    assert "The field “Approved” is added." in answer.text
    row = fields.house_fields(planned("manager").but())[0]
    assert (row.kind, row.choices) == (FieldKind.CHOICE, CHOICES)
    page = client.get(f"{HOUSE}{row.id}/").text
    assert "Draft: grey\nFinal: green" in page
    changed = {"name": "Approval", "choices": "Final: blue", "version": row.version, "initial-version": row.version}
    assert "The field “Approval” is saved." in client.post(f"{HOUSE}{row.id}/", changed, follow=True).text
    assert fields.house_fields(planned("manager").but())[0].choices == (FieldChoice("Final", Tint.BLUE),)
    client.post(f"{HOUSE}{row.id}/remove/")
    assert fields.house_fields(planned("manager").but()) == ()


def test_a_field_of_a_project_is_added_changed_and_removed_beside_its_plan(planned: House, signed: Signed) -> None:
    client = signed("manager")
    fields.add_house_field(planned("manager"), name="Sponsor", kind=FieldKind.PERSON)
    client.post(PLAN, {"name": "Cost centre", "kind": "number"})
    page = client.get(PLAN).text
    assert page.index("Cost centre") < page.index("Sponsor")
    row = next(row for row in fields.fields(planned("manager").but(), project="SITE") if not row.house)
    client.post(f"{PLAN}{row.id}/", {"name": "Centre", "version": row.version, "initial-version": row.version})
    assert "Centre" in [item.name for item in fields.fields(planned("manager").but(), project="SITE")]
    client.post(f"{PLAN}{row.id}/remove/")
    assert [item.name for item in fields.fields(planned("manager").but(), project="SITE")] == ["Sponsor"]


def test_a_refused_field_keeps_what_was_typed(planned: House, signed: Signed) -> None:
    answer = signed("manager").post(PLAN, {"name": "Stage", "kind": "choice", "choices": ""})
    assert answer.status_code == 422
    assert "Give at least one" in answer.text
    assert 'value="Stage"' in answer.text


def test_two_who_rename_a_field_see_both_names(planned: House, signed: Signed) -> None:
    row = fields.add_field(planned("manager"), project="SITE", name="Stage")
    fields.edit_field(planned("manager").but(), field=row.id, name="State")
    given = {"name": "Phase", "version": row.version, "initial-version": row.version, "initial-name": "Stage"}
    answer = signed("manager").post(f"{PLAN}{row.id}/", given)
    assert answer.status_code == 409
    assert "State" in answer.text
    assert "Phase" in answer.text


def test_who_may_define_none_sees_them_and_is_offered_no_form(planned: House, signed: Signed) -> None:
    row = fields.add_house_field(planned("manager"), name="Sponsor", kind=FieldKind.PERSON)
    member = signed("member")
    for path in (HOUSE, PLAN):
        page = member.get(path).text
        assert "Sponsor" in page
        assert "Add the field" not in page
    assert member.post(PLAN, {"name": "Mine", "kind": "text"}).status_code == 403
    assert member.get(f"{HOUSE}{row.id}/").status_code == 403
    assert member.get(f"{PLAN}{row.id}/").status_code == 403


@pytest.mark.parametrize("who", ["client", "guest"])
def test_outside_people_find_no_field(planned: House, signed: Signed, who: str) -> None:
    house = fields.add_house_field(planned("manager"), name="Sponsor")
    own = fields.add_field(planned("manager").but(), project="SITE", name="Stage")
    for path in (HOUSE, f"{HOUSE}{house.id}/", PLAN, f"{PLAN}{own.id}/"):
        assert signed(who).get(path).status_code == 404
