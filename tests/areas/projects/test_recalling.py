"""Records of the registers as they were, and fields brought back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from headway.areas.people.queries import person_of_user
from headway.areas.projects import commands, histories, queries, recalling
from headway.areas.projects.types import Charter, RecordKind, RiskRow, Severity
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Denied, Invalid, NotFound, Stale

House = Callable[[str], Context]


@pytest.fixture
def risk(house: House, site: Charter) -> RiskRow:
    """Late texts, of the member's, entered at the house's now."""
    owner = person_of_user(house("member").actor.user_id)
    return commands.add_risk(
        house("manager"),
        project=site.id,
        title="Late texts",
        probability=2,
        impact=3,
        response_due=date(2026, 3, 9),
        owner=owner,
    )


def later(house: House, days: int, who: str = "manager") -> Context:
    ctx = house(who)
    return ctx.but(now=ctx.now + timedelta(days=days))


def then(house: House, site: Charter, risk: RiskRow, moment: datetime) -> dict[str, tuple[str, str]]:
    """What differs of the risk since a moment."""
    found = recalling.record_at(later(house, 9), project=site.id, kind=RecordKind.RISK, record=risk.id, moment=moment)
    return {item.field: (item.was, item.now) for item in found.fields if item.differs}


def test_a_record_is_told_as_it_was_on_each_day(house: House, site: Charter, risk: RiskRow) -> None:
    commands.edit_risk(later(house, 2), risk=risk.id, probability=5, clear=["owner", "response_due"])
    commands.edit_risk(later(house, 4), risk=risk.id, title="Texts are late", probability=4)
    start = house("manager").now
    assert then(house, site, risk, start + timedelta(days=1)) == {
        "title": ("Late texts", "Texts are late"),
        "probability": ("2", "4"),
        "response_due": ("2026-03-09", ""),
        "owner": ("Max Member", ""),
    }
    assert then(house, site, risk, start + timedelta(days=3)) == {
        "title": ("Late texts", "Texts are late"),
        "probability": ("5", "4"),
    }
    assert then(house, site, risk, start + timedelta(days=5)) == {}
    with pytest.raises(NotFound, match="RISK-1 Texts are late was not entered yet then"):
        then(house, site, risk, start - timedelta(days=1))
    with pytest.raises(Invalid, match="time zone"):
        then(house, site, risk, start.replace(tzinfo=None))


def test_chosen_fields_are_brought_back_by_the_command_that_edits_them(
    house: House, site: Charter, risk: RiskRow
) -> None:
    commands.edit_risk(later(house, 2), risk=risk.id, title="Texts", probability=5, clear=["owner", "response_due"])
    moment = house("manager").now
    given = {"project": site.id, "kind": RecordKind.RISK, "record": risk.id, "moment": moment}
    recalling.restore_record(later(house, 3), **given, fields=["probability", "owner", "response_due"])
    row = queries.risks(house("manager"), project=site.id)[0]
    assert (row.title, row.probability, row.owner, row.response_due) == ("Texts", 2, "Max Member", date(2026, 3, 9))
    told = histories.history(house("manager"), project=site.id, kind=RecordKind.RISK, record=risk.id).items
    assert {(item.field, item.new) for item in told[:3]} == {
        ("probability", "2"),
        ("owner", "Max Member"),
        ("response_due", "2026-03-09"),
    }
    empty = later(house, 2).now
    recalling.restore_record(later(house, 4), **given | {"moment": empty}, fields=["owner"])
    assert queries.risks(house("manager"), project=site.id)[0].owner == ""
    version = queries.risks(house("manager"), project=site.id)[0].version
    recalling.restore_record(later(house, 5), **given | {"moment": later(house, 5).now}, fields=["title"])
    assert queries.risks(house("manager"), project=site.id)[0].version == version


def test_what_cannot_be_brought_back_is_refused(house: House, site: Charter, risk: RiskRow) -> None:
    commands.edit_risk(later(house, 2), risk=risk.id, title="Texts")
    given = {"project": site.id, "kind": RecordKind.RISK, "record": risk.id, "moment": house("manager").now}
    for fields in ([], ["exposure"], ["title", "stored"]):
        with pytest.raises(Invalid, match="give some of: title, kind"):
            recalling.restore_record(later(house, 3), **given, fields=fields)
    with pytest.raises(Stale):
        recalling.restore_record(later(house, 3).but(expected_version=risk.version), **given, fields=["title"])
    with pytest.raises(Denied):
        recalling.restore_record(later(house, 3, "approver"), **given, fields=["title"])
    with pytest.raises(Denied):
        recalling.record_at(house("client"), **given)


def test_every_register_tells_and_restores_its_fields(house: House, site: Charter) -> None:
    boss, after = house("manager"), later(house, 2)
    issue = commands.add_issue(boss, project=site.id, title="No test data", severity=Severity.LOW)
    commands.edit_issue(after, issue=issue.id, severity=Severity.HIGH)
    decision = commands.add_decision(boss, project=site.id, question="Which shop?", options=[{"title": "A"}])
    commands.edit_decision(after, decision=decision.id, options=[{"title": "B", "consequences": "dear"}])
    belief = commands.add_assumption(boss, project=site.id, text="Texts come in March")
    commands.edit_assumption(after, assumption=belief.id, text="Texts come in May")
    person = commands.add_stakeholder(boss, project=site.id, name="Ann", power=2)
    commands.edit_stakeholder(after, stakeholder=person.id, power=5)
    for kind, record, field, was, now in (
        (RecordKind.ISSUE, issue.id, "severity", "low", "high"),
        (RecordKind.DECISION, decision.id, "options", "A", "B | dear"),
        (RecordKind.ASSUMPTION, belief.id, "text", "Texts come in March", "Texts come in May"),
        (RecordKind.STAKEHOLDER, person.id, "power", "2", "5"),
    ):
        given = {"project": site.id, "kind": kind, "record": record, "moment": boss.now}
        found = recalling.record_at(after, **given)
        assert [(item.field, item.was, item.now) for item in found.fields if item.differs] == [(field, was, now)]
        done = recalling.restore_record(later(house, 3), **given, fields=[field])
        assert not [item for item in done.fields if item.differs]


def test_a_decision_that_was_taken_stands(house: House, site: Charter) -> None:
    decision = commands.add_decision(house("manager"), project=site.id, question="Which shop?")
    commands.edit_decision(later(house, 1), decision=decision.id, recommendation="A")
    commands.decide(later(house, 2), decision=decision.id, outcome="A it is")
    given = {
        "project": site.id,
        "kind": RecordKind.DECISION,
        "record": decision.id,
        "moment": house("manager").now,
    }
    found = recalling.record_at(later(house, 3), **given)
    assert {item.field: item.restorable for item in found.fields if item.differs} == {
        "recommendation": True,
        "state": False,
        "outcome": False,
    }
    with pytest.raises(Conflict, match="was decided already"):
        recalling.restore_record(later(house, 3), **given, fields=["recommendation"])
