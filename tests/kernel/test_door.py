"""The door: inputs, visibility, policy, audit, write lock, idempotency, dry run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from headway.areas.people import commands as people
from headway.areas.people import queries
from headway.areas.people.models import Organisation, Person
from headway.areas.people.types import OrganisationKind, Role
from headway.kernel import audit
from headway.kernel.context import NOBODY, Context
from headway.kernel.database.write_lock import WriteOutsideDoor, allow_writes
from headway.kernel.errors import Conflict, Denied, Invalid, NotFound, PersonRequired, SignInRequired, Stale
from headway.kernel.models import AuditEntry, FieldChange
from headway.kernel.queries import once

House = Callable[[str], Context]
pytestmark = pytest.mark.django_db


def test_a_command_writes_its_change_and_one_audit_entry(house: House) -> None:
    before = AuditEntry.objects.count()
    row = people.add_organisation(house("manager"), name="Contoso", kind=OrganisationKind.CLIENT)
    assert [item.name for item in queries.organisations(house("manager")) if item.id == row.id] == ["Contoso"]
    entry = AuditEntry.objects.latest("id")
    assert AuditEntry.objects.count() == before + 1
    assert (entry.use_case, entry.actor_name, entry.channel) == ("people.add_organisation", "Mona Manager", "web")


def test_a_refused_command_changes_nothing_and_leaves_a_security_event(house: House) -> None:
    with pytest.raises(Denied):
        people.add_organisation(house("member"), name="Contoso", kind=OrganisationKind.CLIENT)
    assert not Organisation.unscoped(reason="test").filter(name="Contoso").exists()
    assert AuditEntry.objects.latest("id").use_case == "security.refused"


def test_nobody_is_asked_to_sign_in(house: House) -> None:
    with pytest.raises(SignInRequired):
        people.add_organisation(house("manager").but(actor=NOBODY), name="X", kind=OrganisationKind.CLIENT)


def test_absent_and_hidden_are_one_answer(house: House) -> None:
    client = house("client")
    hidden = queries.person_of_user(house("manager").actor.user_id)
    answers = []
    for person in (hidden, 10**9):
        with pytest.raises(NotFound) as refusal:
            queries.person(client, person=person)
        answers.append(refusal.value.as_problem())
    assert answers[0] == answers[1]


def test_unknown_and_wrong_inputs_are_named(house: House) -> None:
    with pytest.raises(Invalid) as refusal:
        people.add_organisation(house("manager"), name="", colour="red")
    assert {field.field for field in refusal.value.fields} == {"name", "colour"}


@pytest.mark.parametrize("text", ["a\x00b", "\x1b[31m", "\ud800"])
def test_control_characters_are_refused(house: House, text: str) -> None:
    with pytest.raises(Invalid):
        people.add_organisation(house("manager"), name=text)


def test_writes_outside_a_command_raise(house: House) -> None:
    with pytest.raises(WriteOutsideDoor):
        Organisation.unscoped(reason="test").update(name="Mine")
    with pytest.raises(WriteOutsideDoor), connection.cursor() as cursor:
        cursor.execute("UPDATE people_organisation SET name = 'Mine'")


def test_managers_are_closed(house: House) -> None:
    with pytest.raises(RuntimeError, match="closed"):
        Person.objects.all()


def test_a_dry_run_answers_and_keeps_nothing(house: House) -> None:
    row = people.add_organisation(house("manager").but(dry_run=True), name="Ghost")
    assert row.name == "Ghost"
    assert not Organisation.unscoped(reason="test").filter(name="Ghost").exists()


def test_the_same_idempotency_key_gives_the_same_answer_once(house: House) -> None:
    keyed = house("manager").but(idempotency_key="k1")
    first = people.add_organisation.call_json(keyed, {"name": "Once"})
    assert people.add_organisation.call_json(keyed, {"name": "Once"}) == first
    assert Organisation.unscoped(reason="test").filter(name="Once").count() == 1
    with pytest.raises(Conflict):
        people.add_organisation.call_json(keyed, {"name": "Twice"})


def test_a_stale_version_is_refused(house: House) -> None:
    admin = house("administrator")
    rules = queries.house_rules(admin)
    people.edit_house_rules(
        admin.but(expected_version=rules.version), organisation=rules.organisation_id, spelling="gb"
    )
    with pytest.raises(Stale) as refusal:
        people.edit_house_rules(
            admin.but(expected_version=rules.version), organisation=rules.organisation_id, spelling="us"
        )
    assert refusal.value.extra == {"current_version": rules.version + 1}


def test_changes_are_kept_by_field(house: House) -> None:
    admin = house("administrator")
    rules = queries.house_rules(admin)
    people.edit_house_rules(admin, organisation=rules.organisation_id, currency="EUR")
    change = FieldChange.objects.latest("id")
    assert (change.field, change.old, change.new) == ("currency", "USD", "EUR")


def test_nobody_grants_more_than_they_hold(house: House) -> None:
    with pytest.raises(Denied):
        people.invite(house("manager"), name="Eve", email="eve@example.org", role=Role.ADMINISTRATOR)


def test_a_token_may_not_do_what_wants_a_person(house: House) -> None:
    made = people.make_token(house("administrator"), name="script", scopes=["read", "write"])
    token = people.context_of_token(made.token, channel=house("administrator").channel)
    assert token is not None
    people.add_organisation(token, name="By token")
    with pytest.raises(PersonRequired):
        people.add_user(token, name="E", email="e@example.org", role=Role.MEMBER, password="x" * 20)


def test_a_read_token_cannot_write(house: House) -> None:
    made = people.make_token(house("manager"), name="reader", scopes=["read"])
    token = people.context_of_token(made.token, channel=house("manager").channel)
    assert token is not None
    assert queries.organisations(token)
    with pytest.raises(Denied):
        people.add_organisation(token, name="By token")


def test_an_invitation_works_once(house: House) -> None:
    invited = people.invite(house("manager"), name="Nia New", email="nia@example.org", role=Role.MEMBER)
    nobody = house("manager").but(actor=NOBODY)
    person = people.accept_invitation(nobody, token=invited.token, password="a long enough pass phrase")
    assert person.org_role == "member"
    with pytest.raises(NotFound):
        people.accept_invitation(nobody, token=invited.token, password="a long enough pass phrase")


def test_a_tampered_audit_row_is_found(house: House) -> None:
    assert list(audit.verify()) == []
    from headway.kernel.commands import maintenance

    with maintenance("tamper"):
        AuditEntry.objects.filter(sequence=3, scope=0).update(actor_name="Somebody else")
    assert [fault.what for fault in audit.verify()] == ["entry changed"]


def test_an_entry_that_comes_while_the_chain_is_verified_is_no_fault(house: House, monkeypatch: Any) -> None:
    looked = audit._link_digest
    written: list[str] = []

    def meanwhile(entry: AuditEntry) -> str:
        if not written:
            written.append("Meanwhile")
            people.add_organisation(house("administrator"), name="Meanwhile")
        return looked(entry)

    monkeypatch.setattr(audit, "_link_digest", meanwhile)
    length = AuditEntry.objects.filter(scope=0).count()
    assert list(audit.verify()) == []
    assert AuditEntry.objects.filter(scope=0).count() > length


def test_an_entry_without_its_place_in_the_chain_is_found(house: House) -> None:
    from headway.kernel.commands import maintenance

    last = AuditEntry.objects.filter(scope=0).order_by("-sequence").first()
    assert last is not None
    with maintenance("tamper"):
        last.pk, last.sequence = None, last.sequence + 1
        last.save(force_insert=True)
    assert [fault.what for fault in audit.verify()] == ["entry added behind the end"]


def test_a_row_that_reads_name_again_is_read_once_until_something_is_written(house: House) -> None:
    reader = house("manager")
    person = queries.person_of_user(house("member").actor.user_id)
    before = queries.person(reader, person=person)
    with CaptureQueriesContext(connection) as again:
        assert queries.person(reader, person=person) == before
    assert not [sent for sent in again if 'FROM "people_person"' in sent["sql"]]
    people.edit_person(house("administrator"), person=person, name="Renamed")
    assert queries.person(reader, person=person).name == "Renamed"


def test_what_a_command_makes_for_itself_is_never_kept(house: House) -> None:
    made: list[int] = []

    def make() -> int:
        made.append(1)
        return len(made)

    reader = house("manager")
    assert [once(reader, "x", make), once(reader, "x", make)] == [1, 1]
    with allow_writes("test"):
        assert [once(reader, "x", make), once(reader, "x", make)] == [2, 3]
    assert once(reader, "x", make) == 4
    assert once(reader.but(actor=NOBODY), "x", make) == 5
