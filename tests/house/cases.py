"""Valid inputs for every use case, from the two sides of the world: what the permission matrix tries.

A case gives inputs that succeed for whoever may do it. Where the body itself narrows further than the permission
table (rows of one's own, a policy on the inputs), `only` names the actors that are left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from headway.areas.comms.settings import link_token
from headway.areas.hours.staging import Meaning, pack
from headway.areas.schedule.workloads import stamps_of
from headway.areas.scope.effects import packed
from headway.interfaces import use_cases as _registers_all  # noqa: F401 - the registry is complete only then
from headway.journeys import begin_project as _registers_begin  # noqa: F401
from headway.kernel.registry import UseCase, all_use_cases
from tests.conftest import NOW, PASSWORD
from tests.house.world import ASKED_BY, CALENDAR, DAY, HARVEST, Side, World

Inputs = Callable[[World, Side, str], dict[str, Any]]


@dataclass(frozen=True)
class Case:
    """One way to call a use case.

    hidden    actors whose role would let them, but who do not see this very row (an entry of somebody else).
    only      the actors that the body or a policy leaves, of those whom the table lets do it; None = all.
    refusal   how the others are refused.
    in_world  it can succeed once only, and did so when the world was made.
    """

    inputs: Inputs
    hidden: frozenset[str] = frozenset()
    only: frozenset[str] | None = None
    refusal: str = "denied"
    in_world: bool = False


CASES: dict[str, Case] = {}


def case(name: str, inputs: Inputs, **more: Any) -> None:
    """Note a case; 'use.case/variant' for a further one of the same use case."""
    assert name not in CASES, name
    CASES[name] = Case(inputs, **more)


def _ids(**names: str) -> Inputs:
    """Inputs that are ids of the side's records."""
    return lambda world, side, who: {parameter: side.ids[record] for parameter, record in names.items()}


def _on_project(**values: Any) -> Inputs:
    return lambda world, side, who: {"project": side.project, **values}


WEEK: Mapping[str, Any] = {"first": date(2026, 2, 16), "last": date(2026, 2, 22)}
RUN = frozenset({"administrator", "manager", "associate", "foreign_manager"})
OTHERS = frozenset({"tester", "approver"})  # see their own hours only, and the entry is the member's
BOTH_MANAGERS = frozenset({"manager", "foreign_manager"})  # each wrote on their own side
ADMINISTRATOR = frozenset({"administrator"})
NO_JOB = "00000000-0000-0000-0000-000000000000"

# --- people
case(
    "people.set_up",
    lambda w, s, who: {"organisation": "Again", "name": "Eve", "email": "eve@example.org", "password": PASSWORD},
    only=frozenset(),
    refusal="conflict",
    in_world=True,
)
case("people.house_rules", lambda w, s, who: {})
case("people.organisations", lambda w, s, who: {"kind": "client"})
case("people.persons", lambda w, s, who: {"search": "person"})
case("people.person", _ids(person="client_person"))
case("people.teams", lambda w, s, who: {})
case("people.tokens", lambda w, s, who: {})
case("people.edit_house_rules", lambda w, s, who: {"organisation": w.own, "spelling": "gb"})
case("people.add_organisation", lambda w, s, who: {"name": "Newcomer"})
case("people.add_person", lambda w, s, who: {"name": "New Person", "organisation": s.client})
case("people.edit_person", lambda w, s, who: {"person": s.contact, "job_title": "Director"})
case(
    "people.add_user",
    lambda w, s, who: {
        "name": "New",
        "email": "new@example.org",
        "role": "client",
        "password": PASSWORD,
        "organisation": s.client,
    },
)
case("people.set_role", lambda w, s, who: {"person": s.client_person, "role": "guest"})
case("people.disable_user", _ids(person="client_person"))
case("people.set_password", lambda w, s, who: {"person": s.client_person, "password": PASSWORD + " again"})
case(
    "people.invite",
    lambda w, s, who: {"name": "New", "email": "new@example.org", "role": "client", "organisation": s.client},
)
case("people.accept_invitation", lambda w, s, who: {"token": w.invitation, "password": PASSWORD})
case("people.enable_user", _ids(person="client_person"))
case("people.invitations", lambda w, s, who: {})
case("people.revoke_invitation", lambda w, s, who: {"invitation": w.invitation_id})
case("people.holidays", lambda w, s, who: {})
case("people.add_holidays", lambda w, s, who: {"days": [{"day": "2026-12-24", "name": "Christmas Eve"}]})
case("people.remove_holiday", lambda w, s, who: {"holiday": w.holiday})
_DECIDERS = frozenset({"administrator", "manager", "foreign_manager"})
_LEAVE_DAYS = {"first": date(2026, 8, 3), "last": date(2026, 8, 7)}
case("people.leaves", lambda w, s, who: {"person": s.client_person}, only=_DECIDERS)
case("people.leaves/own", lambda w, s, who: {})
case("people.ask_leave", lambda w, s, who: {**_LEAVE_DAYS, "person": w.person(who)})
case("people.decide_leave", lambda w, s, who: {"leave": s.leave, "approve": True})
case("people.withdraw_leave", _ids(leave="leave"), hidden=OTHERS | {"senior_reader", "associate"})
case("people.set_team", lambda w, s, who: {"name": "Crew", "members": [s.client_person, s.member_person]})
case("people.make_token", lambda w, s, who: {"name": "Mine", "scopes": ["read"], "person": w.person(who)})
case(
    "people.make_token/for another",
    lambda w, s, who: {"name": "His", "scopes": ["read"], "person": w.person("foreign_associate")},
    only=ADMINISTRATOR,
)
case("people.revoke_token", lambda w, s, who: {"token": w.tokens[_owner(s, who)]})

# --- files: one's own, or of side b another's
case("files.show", lambda w, s, who: {"file": w.files[_owner(s, who)]})
case(
    "files.keep",
    lambda w, s, who: {"name": "copy.csv", "media_type": "text/csv", "sha256": s.records["sha256"], "size": 1},
)


def _owner(side: Side, who: str) -> str:
    if side.name == "b":
        return "foreign_associate"
    return "administrator" if who in ("nobody", "system") else who


def _keeper(side: Side, who: str) -> str:
    """Whose view it is: one's own, for those who keep none an administrator's."""
    return "administrator" if who in ("client", "guest") and side.name == "a" else _owner(side, who)


# --- projects
case("projects.list", lambda w, s, who: {"client": s.client})
for _name in (
    *("show", "members", "stakeholders", "risks", "issues", "decisions", "assumptions", "overrides", "imports"),
    "activity",
):
    case(f"projects.{_name}", _on_project())
case("projects.create", lambda w, s, who: {"key": "NEW-1", "name": "New", "client": s.client})
case(
    "projects.begin",
    lambda w, s, who: {"key": "NEW-1", "name": "New", "calendar": "DE-BY", "client": s.client},
)
case(
    "projects.edit",
    lambda w, s, who: {"project": s.project, "client": s.client, "manager": s.member_person, "purpose": "Changed"},
)
case("projects.set_stage", _on_project(stage="delivery"))
case("projects.mine_short", lambda w, s, who: {})
for _name in ("is_starred", "star", "unstar"):
    case(f"projects.{_name}", _on_project())
case("projects.happenings", _on_project(since=NOW.isoformat()))
case("projects.history", lambda w, s, who: {"project": s.project, "kind": "risk", "record": s.risk})
case(
    "projects.record_at",
    lambda w, s, who: {"project": s.project, "kind": "risk", "record": s.risk, "moment": NOW + timedelta(days=1)},
)
case(
    "projects.restore_record",
    lambda w, s, who: {"project": s.project, "kind": "risk", "record": s.risk, "moment": NOW, "fields": ["title"]},
)
case("projects.set_member", lambda w, s, who: {"project": s.project, "person": s.contact, "role": "guest"})
case("projects.remove_member", lambda w, s, who: {"project": s.project, "person": s.client_person, "role": "client"})
case(
    "projects.add_stakeholder", lambda w, s, who: {"project": s.project, "name": "Somebody", "person": s.client_person}
)
case("projects.edit_stakeholder", lambda w, s, who: {"stakeholder": s.stakeholder, "power": 5})
case("projects.remove_stakeholder", _ids(stakeholder="stakeholder"))
case(
    "projects.add_risk",
    lambda w, s, who: {
        "project": s.project,
        "title": "Late",
        "probability": 2,
        "impact": 3,
        "owner": s.member_person,
    },
)
case("projects.edit_risk", lambda w, s, who: {"risk": s.risk, "state": "closed", "owner": s.member_person})
case("projects.risk_happened", _ids(risk="risk"))
case("projects.add_issue", lambda w, s, who: {"project": s.project, "title": "Down", "owner": s.member_person})
case("projects.edit_issue", lambda w, s, who: {"issue": s.issue, "state": "closed", "owner": s.member_person})
case("projects.add_decision", lambda w, s, who: {"project": s.project, "question": "Which?", "owner": s.member_person})
case(
    "projects.edit_decision",
    lambda w, s, who: {"decision": s.decision, "recommendation": "The first", "owner": s.member_person},
)
case("projects.decide", lambda w, s, who: {"decision": s.decision, "outcome": "The first"})
case("projects.reopen_decision", lambda w, s, who: {"decision": s.decided, "reason": "The host is gone"})
case("projects.add_assumption", lambda w, s, who: {"project": s.project, "text": "So", "owner": s.member_person})
case(
    "projects.edit_assumption",
    lambda w, s, who: {"assumption": s.assumption, "state": "closed", "owner": s.member_person},
)
_health = {"dimension": "risk", "reason": "Because"}
case("projects.override_health", _on_project(colour="red", **_health))
case("projects.approve_better_health", _on_project(colour="green", **_health))
case("projects.lift_override", _ids(override="override"))

# --- capacity
_FOREIGN = frozenset({"foreign_manager"})  # a proposal belongs to the house: who sees its projects sees it
_EDITORS: Mapping[str, Any] = {"hidden": _FOREIGN, "only": RUN}


def _own_key(world: World, who: str) -> str:
    """The key of the project that somebody works on: keys are no references that the door looks up."""
    return str((world.b if who == "foreign_manager" else world.a).records["key"])


case("capacity.heat_map", _on_project(scale="month"), hidden=_FOREIGN)
case("capacity.heat_map/of a team", lambda w, s, who: {"team": w.team})
case(
    "capacity.load",
    lambda w, s, who: {"who": str(s.member_person), "first": DAY, "last": DAY},
    only=RUN - _FOREIGN | {"tester", "member", "approver", "senior_reader"},
    refusal="by its steps",
)
case("capacity.next_up", lambda w, s, who: {})
case("capacity.proposals", _on_project(), hidden=_FOREIGN)
case("capacity.proposal", _ids(proposal="proposal"), hidden=_FOREIGN)
case(
    "capacity.propose",
    lambda w, s, who: {"projects": [_own_key(w, who)], "people": [s.member_person]},
    only=RUN,
    refusal="by its steps",
)
case(
    "capacity.open_proposal",
    lambda w, s, who: {"asked": {"projects": [_own_key(w, who)]}},
    only=RUN,
    refusal="by its steps",
)
case("capacity.propose_again", _ids(proposal="proposal"), **_EDITORS)
case("capacity.note_job", lambda w, s, who: {"proposal": s.proposal_open, "job": NO_JOB}, **_EDITORS)
case("capacity.note_computed", lambda w, s, who: {"proposal": s.proposal_open, "results": "[]"}, hidden=_FOREIGN)
case("capacity.note_fault", lambda w, s, who: {"proposal": s.proposal_open, "fault": "It broke"}, hidden=_FOREIGN)
case("capacity.carry_out", _ids(proposal="proposal"), hidden=_FOREIGN)
case("capacity.stop", _ids(proposal="proposal_open"), **_EDITORS)
case("capacity.accept", _ids(proposal="proposal"), **_EDITORS)
case("capacity.discard", _ids(proposal="proposal"), **_EDITORS)
case(
    "schedule.take_levelling",
    lambda w, s, who: {
        "project": s.project,
        "moves": [{"task": 1, "sets": {"leveling_delay": {"amount": {"tenths": 4800}, "elapsed": True}}}],
        "stamp": stamps_of([s.project])[s.project],
        "label": "Level",
    },
)
case("schedule.clear_levelling", _on_project())

# --- portfolio
case(
    "projects.keep_override",
    _on_project(dimension="risk", colour="red", computed="red", reason="Because", set_by="Somebody"),
)
case("portfolio.standings", lambda w, s, who: {"sort": "health", "group": "client"})
case("portfolio.standing", _on_project())
case("portfolio.people_over", lambda w, s, who: {})
case("portfolio.choices", lambda w, s, who: {})
case("portfolio.timeline", lambda w, s, who: {"first": date(2026, 1, 1), "last": date(2026, 12, 31)})
case("portfolio.accounts", lambda w, s, who: {})
case("portfolio.account", _ids(organisation="client"))
case("portfolio.views", lambda w, s, who: {})
case("portfolio.save_view", lambda w, s, who: {"name": "Late ones", "settings": {"sort": "slip"}})
case("portfolio.open_with", lambda w, s, who: {"view": w.views[_keeper(s, who)]})
case("portfolio.share_view", lambda w, s, who: {"view": w.views[_keeper(s, who)], "sharing": "everyone"})
case(
    "portfolio.share_view/with a team",
    lambda w, s, who: {"view": w.views[_keeper(s, who)], "sharing": "team", "team": w.team},
    only=frozenset({"member"}),
    refusal="invalid",
)
case("portfolio.remove_view", lambda w, s, who: {"view": w.views[_keeper(s, who)]})

case("portfolio.milestones", lambda w, s, who: {"first": date(2026, 1, 1), "last": date(2026, 12, 31)})
case("portfolio.gantt", lambda w, s, who: {"opened": ["A-PROJECT", "B-PROJECT"], "programme": s.programme})

# --- programmes, and what ties plans
OWN_PROGRAMME = frozenset({"administrator", "manager", "foreign_manager"})  # who made it, and administrators
case("programme.links", _on_project())
case("programme.task_links", _ids(task="task"))
case("programme.offered_tasks", _on_project(search="Build"))
case("programme.wait_for", lambda w, s, who: {"task": s.next_task, "waits_for": s.awaited_task, "lag": "1d"})
case("programme.show_task", lambda w, s, who: {"project": s.project, "shown": s.spare_task})
case("programme.stop_waiting", _ids(placeholder="placeholder", task="loose_task"))
case("programme.stop_waiting/with its row", _ids(placeholder="placeholder"))
case("programme.follow", lambda w, s, who: {"project": s.project, "because": s.other})
case("programme.list", lambda w, s, who: {})
case("programme.show", _ids(programme="programme"), hidden=frozenset({"foreign_manager"}))
case("programme.add", lambda w, s, who: {"name": "Brand new", "owner": s.member_person})
case(
    "programme.edit",
    lambda w, s, who: {"programme": s.programme, "name": "Renamed", "owner": s.member_person},
    only=OWN_PROGRAMME,
    hidden=frozenset({"foreign_manager"}),
)
case("programme.add_project", _ids(programme="programme", project="bare"), only=OWN_PROGRAMME)
case("programme.remove_project", _ids(programme="programme", project="project"), only=OWN_PROGRAMME)
case("programme.remove", _ids(programme="programme"), only=OWN_PROGRAMME, hidden=frozenset({"foreign_manager"}))

# --- imports
case("projects.show_import", _ids(batch="batch_preview"))
case(
    "projects.open_import",
    _on_project(kind="hours", file_id=1, file_name="x.csv", answers={}, mapping={}),
)
case(
    "projects.keep_preview",
    lambda w, s, who: {"batch": s.batch_open, "parsed": None, "preview": {}, "failed": False},
)
case("projects.note_import_applied", lambda w, s, who: {"batch": s.batch_preview, "preview": {}, "undo": {}})
case("projects.note_import_undone", _ids(batch="batch_applied"))
case(
    "imports.preview",
    lambda w, s, who: {"project": s.project, "kind": "hours", "file": w.files[_owner(w.a, who)]},
)
case(
    "imports.answer",
    lambda w, s, who: {
        "batch": s.batch_asking,
        "answers": {"person:Unknown Somebody": str(s.member_person)},
    },
)
case("imports.sniff", lambda w, s, who: {"file": w.files[_owner(s, who)]})
case("imports.columns", _ids(batch="batch_preview"))
case("imports.undo_effect", _ids(batch="plan_batch"))
case("imports.undo_effect/hours", _ids(batch="batch_applied"))
case("projects.import_list", lambda w, s, who: {})
case("imports.apply", _ids(batch="batch_preview"))
case("imports.undo", _ids(batch="batch_applied"))
case("imports.undo/plan", _ids(batch="plan_batch"))


def _bring(world: World, side: Side, who: str) -> dict[str, Any]:
    path = world.folder / f"bring-{side.name}.csv"
    worker = "Member" if side.name == "a" else "Foreign Associate"
    path.write_text(f"{HARVEST}\n2026-02-27,C,Project {side.marker},,Build,More,2,Yes,{worker},Person\n")
    return {"project": f"{side.name.upper()}-PROJECT", "kind": "hours", "path": str(path)}


# The file's project is a name and not a reference: the commands inside refuse.
case("imports.bring", _bring, only=RUN - {"foreign_manager"}, refusal="by its steps")

# --- schedule
for _name in ("show", "tasks", "milestones", "resources", "baselines", "plan_of", "schedule_of"):
    case(f"schedule.{_name}", _on_project())
case("schedule.note_export", _on_project(form="pdf", rows=3, pages=1))
case("schedule.week", _on_project(**WEEK))
case("schedule.forecast", _on_project())
case("schedule.simulation", _on_project(runs=50))
case("schedule.kept_simulation", _on_project())
case("schedule.simulate", _on_project())
case("schedule.carry_out_simulation", _on_project())
case("schedule.note_simulation_job", _on_project(job=NO_JOB, seed=0))
case(
    "schedule.keep_simulation",
    _on_project(seed=0, result={"plan_version": 1, "stamp": "", "mark": "", "chances": None, "fault": "No"}),
)
case("schedule.risk_tasks", _on_project())
case("schedule.set_risk_tasks", lambda w, s, who: {"risk": s.risk, "tasks": [s.task]})
case("schedule.drop_plan", _ids(project="bare"))
case("schedule.show_task", _ids(task="task"))
case("schedule.explain_task", _ids(task="task"))
case("schedule.task_history", _ids(task="task"))
case("schedule.task_at", lambda w, s, who: {"task": s.task, "moment": NOW})
case("schedule.restore_fields", lambda w, s, who: {"task": s.task, "moment": NOW, "fields": ["name"]})
case("schedule.chart", _on_project())
case("hours.on_task", _ids(task="task"))
case("schedule.start_plan", lambda w, s, who: {"project": s.empty, "start": DAY})
case(
    "schedule.take_plan",
    lambda w, s, who: {"project": s.bare, "plan": s.records["plan"], "schedule": s.records["schedule"]},
)
case(
    "schedule.add_task",
    lambda w, s, who: {"project": s.project, "name": "More", "after": s.task, "predecessors": [s.task]},
)
case("schedule.edit_task", lambda w, s, who: {"task": s.task, "duration": "12d"})
case(
    "schedule.change_plan",
    lambda w, s, who: {
        "project": s.project,
        "changes": [{"act": "set", "task": 1, "field": "percent", "value": "60%"}],
    },
)
case("schedule.plan_changes", _on_project())
case("schedule.removed_tasks", _on_project())
case("schedule.tasks_at", lambda w, s, who: {"project": s.project, "moment": NOW + timedelta(hours=1)})
case("schedule.restore_task", lambda w, s, who: {"project": s.project, "uid": s.records["removed"]})
case("schedule.undo_change", _ids(change="plan_edit"), only=RUN)
case("schedule.undo_last", _on_project(), only=frozenset({"manager", "foreign_manager"}), refusal="conflict")
case("schedule.redo_last", _on_project(), only=frozenset({"manager", "foreign_manager"}), refusal="conflict")
case("schedule.remove_task", _ids(task="loose_task"))
case("schedule.link_tasks", _ids(predecessor="next_task", successor="loose_task"))
case("schedule.unlink_tasks", _ids(predecessor="task", successor="next_task"))
case("schedule.set_progress", lambda w, s, who: {"task": s.task, "percent_complete": "80"})
case("schedule.set_status_date", _on_project(status_date=DAY))
case("schedule.update_as_scheduled", lambda w, s, who: {"project": s.project, "through": DAY, "tasks": [s.task]})
case("schedule.reschedule_uncompleted", lambda w, s, who: {"project": s.project, "start": DAY, "tasks": [s.task]})
case(
    "schedule.add_calendar_exception",
    _on_project(first=date(2026, 4, 3), last=date(2026, 4, 3), name="Good Friday"),
)
case(
    "schedule.add_resource",
    lambda w, s, who: {"project": s.project, "name": "Another", "person": s.client_person},
)
case("schedule.match_resource", _ids(resource="resource", person="client_person"))
case("schedule.assign", _ids(task="loose_task", resource="resource"))
case(
    "schedule.set_baseline",
    lambda w, s, who: {"project": s.project, "name": "Another", "why": "CR-3", "tasks": [s.task]},
)
case("schedule.use_baseline", _ids(baseline="baseline"))
case("schedule.edit_baseline", lambda w, s, who: {"baseline": s.ids["baseline"], "why": "CR-3"})
case("schedule.drop_baseline", _ids(baseline="baseline"))
case("schedule.remove_baseline", _ids(baseline="baseline"))
case("schedule.compare_plans", _on_project(sort="outline"))
case("schedule.plan_faults", _on_project())
case("schedule.task_faults", _ids(task="task"))
case("schedule.repairs", _ids(task="task"))
for _name in ("fields", "views"):
    case(f"schedule.{_name}", _on_project())
case("schedule.house_fields", lambda w, s, who: {})
case("schedule.add_field", _on_project(name="Cost centre", kind="number"))
case("schedule.add_house_field", lambda w, s, who: {"name": "Sponsor", "kind": "person"})
case("schedule.edit_field", lambda w, s, who: {"field": s.field, "name": "Renamed"})
case("schedule.remove_field", _ids(field="field"))
case(
    "schedule.save_view",
    _on_project(name="Late ones", settings={"columns": ["name", "slip"], "quick": "late"}, shared=True),
)
case("schedule.open_with", _ids(project="project", view="plan_view"))
case(
    "schedule.share_view",
    lambda w, s, who: {"view": s.plan_view, "shared": False},
    only=frozenset({"manager", "foreign_manager"}),
)
case("schedule.remove_view", _ids(view="plan_view"), only=frozenset({"manager", "foreign_manager"}))
case("schedule.my_tasks", lambda w, s, who: {"day": DAY})

# --- metrics
_KPI = {"name": "More", "formula": "last", "direction": "lower", "frequency": "weekly"}
case("metrics.scorecard", _on_project())
case("metrics.scorecard/of the house", lambda w, s, who: {})
case("metrics.sources", lambda w, s, who: {})
case("metrics.check_table", lambda w, s, who: {"file": (file := w.sample_files[_owner(w.a, who)]), "known": file})
case("metrics.show", _ids(kpi="kpi"))
case("metrics.trace", lambda w, s, who: {"kpi": s.kpi, "period": "2026-W08"})
case("metrics.effect", lambda w, s, who: {"kpi": s.kpi, "day": "2026-02-11"})
case("metrics.groups", _ids(kpi="kpi", other="kpi_other"))
case("metrics.define", lambda w, s, who: {"project": s.project, "owner": s.member_person, **_KPI})
case("metrics.edit", lambda w, s, who: {"kpi": s.kpi, "owner": s.member_person})
case("metrics.set_target", lambda w, s, who: {
    "kpi": s.kpi, "target": {"value": "98"}, "since": "2026-03-02", "reason": "More",
})  # fmt: skip
case("metrics.change_formula", lambda w, s, who: {"kpi": s.kpi, "since": "2026-W20", "reason": "More", "unit": ""})
case("metrics.declare_baseline", lambda w, s, who: {
    "kpi": s.kpi, "first": "2026-W01", "last": "2026-W08", "reason": "More",
})  # fmt: skip
case("metrics.annotate", lambda w, s, who: {"kpi": s.kpi, "day": "2026-02-11", "text": "More"})
case("metrics.remove_note", lambda w, s, who: {"kpi": s.kpi, "note": s.kpi_note})
case("metrics.retire", _ids(kpi="kpi"))
case("metrics.take_up", _ids(kpi="kpi_retired"))
case(
    "metrics.record",
    lambda w, s, who: {
        "kpi": s.kpi, "samples": [{"period": "2026-W10", "numerator": "9", "denominator": "10"}],
    },
    only=RUN,
)  # fmt: skip
case(
    "metrics.record_cases",
    lambda w, s, who: {
        "kpi": s.kpi_service, "cases": [{"start": "2026-02-24T09:00:00Z", "stop": "2026-02-24T12:00:00Z"}],
    },
    only=RUN,
)  # fmt: skip
case("metrics.confirm", lambda w, s, who: {"kpi": s.kpi, "reason": "More"}, only=RUN)
case("metrics.undo_import", lambda w, s, who: {"kpi": s.kpi, "batch": s.kpi_batch}, only=RUN)
case("metrics.take", _ids(kpi="kpi_taken"), only=RUN)
case(
    "metrics.keep_file",
    lambda w, s, who: {
        "kpi": s.kpi, "samples": [{"period": "2026-W10", "numerator": "9", "denominator": "10"}], "file_name": "k.csv",
        "sha256": "0" * 64, "rows": 1,
    },
    only=RUN,
)  # fmt: skip
case("metrics.keep_taken", lambda w, s, who: {
    "kpi": s.kpi_taken, "begins": "2026-03-02T00:00:00", "value": "3", "asked": {},
}, only=RUN)  # fmt: skip
case("metrics.note_trouble", lambda w, s, who: {"kpi": s.kpi_taken, "text": "No"}, only=RUN)
for _name in ("read_samples", "import_samples"):
    case(f"metrics.{_name}", lambda w, s, who: {
        "kpi": s.kpi, "file": w.sample_files[_owner(w.a, who)],
    }, only=RUN)  # fmt: skip

# --- hours
case(
    "hours.entries",
    lambda w, s, who: {"project": s.project, "person": s.member_person, "batch": s.batch_applied},
)
case("hours.entries/all", _on_project())
case("hours.show_entry", _ids(entry="entry"), hidden=OTHERS)
case("hours.totals", lambda w, s, who: {"project": s.project, "person": s.member_person})
case("hours.week_sheet", lambda w, s, who: {"project": s.project, "day": DAY, "person": s.member_person})
case("hours.costs", _on_project())
case("hours.rates", _on_project())
case("hours.timesheets_in", _on_project(as_of=DAY))
case("hours.hours_approved", _on_project(as_of=DAY))
case("schedule.milestones_hit", _on_project(as_of=DAY))
case("projects.high_risks", _on_project())


def _log(world: World, side: Side, who: str) -> dict[str, Any]:
    return {"project": side.project, "day": DAY, "hours": "1.5", "person": world.person(who), "note": "Work"}


case("hours.log", _log)
case("hours.log/on a task", lambda w, s, who: {**_log(w, s, who), "task": s.task})
case("hours.log/for another", lambda w, s, who: {**_log(w, s, who), "person": s.client_person}, only=RUN)
case(
    "hours.edit",
    lambda w, s, who: {"entry": s.entry, "note": "Changed", "person": s.member_person},
    only=RUN | {"member"},
)
case("hours.remove", _ids(entry="entry"), hidden=OTHERS)
case(
    "hours.split",
    lambda w, s, who: {"entry": s.entry, "hours": "2", "note": "Part"},
    hidden=OTHERS,
    only=RUN | {"member"},
)
case("hours.correct", lambda w, s, who: {"entry": s.closed_entry, "hours": "1", "reason": "Misread"})
case("hours.corrections", _ids(entry="closed_entry"), hidden=OTHERS)
case("hours.burned", lambda w, s, who: {
    "first": date(2026, 2, 1), "last": DAY, "project": s.project, "person": s.member_person,
})  # fmt: skip
case("hours.month", lambda w, s, who: {"month": date(2025, 12, 1)})
case("hours.closed_months", _on_project())
case("hours.close_month", _on_project(month=date(2025, 11, 10)))
case("hours.shut_month", _on_project(month=date(2025, 11, 10)))
case("hours.note_month_frozen", _ids(closing="closed_month", snapshot="snapshot"))
case("months.check", _on_project(month=date(2025, 12, 1)))
case("months.pack", _on_project(month=date(2025, 10, 1)))
case("months.prepare_pack", _on_project(month=date(2025, 10, 1), formats=["md"]))
case("months.begin_pack", _on_project(month=date(2025, 10, 1)))
case("months.carry_out", _ids(preparation="pack_preparation"))
case("months.keep_pack", lambda w, s, who: {
    "project": s.project,
    "snapshot": s.pack_snapshot,
    "formats": [],
    "files": {},
    "preparation": s.pack_preparation,
})  # fmt: skip
case("deliverables.keep_part", lambda w, s, who: {
    "snapshot": s.open_snapshot,
    "report": "hours-burned",
    "kind": "month-hours-burned",
    "title": "Hours",
    "file_name": "Hours",
    "audience": "internal",
    "file": s.records["tree"],
})  # fmt: skip
case("hours.reopen_month", lambda w, s, who: {"closing": s.closed_month, "reason": "An hour was forgotten"})
case("hours.read_line", _on_project(line="2h Work yesterday"))
case("hours.log_line", _on_project(line="2h Work yesterday"))
case("hours.missing_hours", lambda w, s, who: {})
case("hours.reminders", lambda w, s, who: {})
case("hours.set_reminders", lambda w, s, who: {"wanted": False, "person": w.person(who)})
case("hours.send_reminder", lambda w, s, who: {"person": s.member_person})
_NOT_THE_MEMBER = OTHERS | {"administrator", "manager", "associate"}  # a calendar is nobody else's
_HERE = {"hidden": _NOT_THE_MEMBER}
_ANYWHERE = {"hidden": _NOT_THE_MEMBER | {"foreign_manager"}}
case("hours.meetings", lambda w, s, who: {})
case(
    "hours.propose_meetings",
    lambda w, s, who: {"calendar": CALENDAR.format(word=f"new {who}"), "first": date(2026, 2, 23)},
)
case("hours.accept_meeting", lambda w, s, who: {"meeting": s.meeting, "project": s.project}, **_HERE)
case("hours.accept_meetings", lambda w, s, who: {"meetings": [s.meeting]}, **_ANYWHERE)
case("hours.leave_meeting", _ids(meeting="meeting"), **_ANYWHERE)
case("hours.reopen_meeting", _ids(meeting="meeting"), **_ANYWHERE)
case("hours.my_week", lambda w, s, who: {"day": DAY})
case("hours.set_cell", _on_project(day=DAY, hours="3", phase="Cell"))
case("hours.team_week", lambda w, s, who: {"day": DAY})
case("hours.waiting_sheets", lambda w, s, who: {})
_MEMBER = frozenset({"member"})  # whose hours and timer the world holds
case("hours.copy_week", lambda w, s, who: {"day": date(2026, 3, 4)}, only=_MEMBER, refusal="conflict")
case("hours.submit_week", lambda w, s, who: {"day": DAY}, only=_MEMBER, refusal="conflict")
case("hours.timer", lambda w, s, who: {})
case(
    "hours.start_timer",
    lambda w, s, who: {"project": s.project, "task": s.task},
    only=RUN | OTHERS,
    refusal="conflict",
)
case("hours.stop_timer", lambda w, s, who: {"note": "Done"}, only=_MEMBER, refusal="conflict")
case("hours.discard_timer", lambda w, s, who: {}, only=_MEMBER, refusal="conflict")
case("hours.rules", lambda w, s, who: {})
case("hours.edit_rules", lambda w, s, who: {"round_minutes": 15})
case("hours.submit", lambda w, s, who: {"project": s.project, **WEEK, "person": w.person(who)})
case("hours.approve", lambda w, s, who: {"project": s.project, **WEEK, "person": s.member_person})
case(
    "hours.return_entries",
    lambda w, s, who: {"project": s.project, **WEEK, "person": s.member_person, "reason": "Too much"},
)
case("hours.lock", _on_project(first=date(2026, 1, 5), last=date(2026, 1, 11)))
_rate = {"kind": "bill", "rate": "120", "first": date(2026, 3, 1)}
case("hours.set_project_rate", lambda w, s, who: {"project": s.project, **_rate, "person": s.client_person})
case(
    "hours.set_rate",
    lambda w, s, who: {"client": s.client, "role": "Engineer", **_rate, "currency": "USD"},
)
case(
    "hours.set_rate/of a person",
    lambda w, s, who: {"person": s.member_person, **_rate, "currency": "USD"},
)
case("hours.remove_rate", _ids(line="rate"))
case(
    "hours.stage_entries",
    lambda w, s, who: {
        "project": s.project,
        "batch": s.batch_open,
        "source": "generic",
        "packed": pack(Meaning(), b""),
        "counts": {s.project: 0},
        "first": None,
        "last": None,
        "missing": "keep",
    },
)
case(
    "hours.take_entries",
    lambda w, s, who: {
        "project": s.project,
        "batch": s.batch_preview,
        "preview": s.records["preview"],
        "names": {},
        "first": date(2026, 2, 26),
        "last": date(2026, 2, 26),
        "missing": "keep",
    },
)
case("hours.undo_entries", _ids(project="project", batch="batch_applied"))
case("hours.names_in_files", _on_project())
case("hours.forget_name", lambda w, s, who: {"project": s.project, "kind": "project", "name": s.known_name})

# --- budgets
case("budgets.list", _on_project())
case("budgets.alerts", _on_project())
case("budgets.planned_value", _on_project(basis="hours"))
case("budgets.burn", lambda w, s, who: {"project": s.project, "as_of": DAY, "budget": s.budget})
case("budgets.earned_value", _on_project(as_of=DAY, basis="hours"))
case("budgets.changes", _on_project())
case("budgets.burn_by_part", _on_project(as_of=DAY))
case("budgets.earned_by_period", _on_project(as_of=DAY, length="week"))
case("budgets.variance", _on_project(as_of=DAY))
case("budgets.realisation", _on_project(as_of=DAY))
case("budgets.trust", _on_project(as_of=DAY))
case("budgets.progress", _on_project())
case("budgets.state_progress", _on_project(method="owner estimate", percent="40"))
case("budgets.withdraw_progress", _ids(statement="progress_said"))
case("budgets.utilisation", lambda w, s, who: {"scale": "month", "periods": 2})
case("budgets.utilisation/of a team", lambda w, s, who: {"team": w.team})
case(
    "budgets.time_of_person",
    lambda w, s, who: {"person": w.person(who), "first": date(2026, 2, 2), "last": DAY},
)
case("budgets.raise_alerts", _on_project())
case(
    "budgets.add",
    lambda w, s, who: {
        "project": s.project,
        "name": "His",
        "basis": "hours",
        "amount": "40",
        "scope": "person",
        "person": s.member_person,
    },
)
case("budgets.edit", lambda w, s, who: {"budget": s.budget_proposed, "amount": "20"})
case("budgets.remove", _ids(budget="budget_proposed"))
case("budgets.approve", _ids(budget="budget_proposed"))
case(
    "budgets.request_change",
    lambda w, s, who: {"project": s.project, "title": "More", "reason": "So", "hours": "3", "budget": s.budget},
)
case("budgets.approve_change", _ids(change="change"))
case("budgets.reject_change", _ids(change="change"))

case("budgets.take_approved_change", _on_project(title="CR-9", reason="So", approved_by="Ada", hours="3", days=1))
case("budgets.take_change_back", lambda w, s, who: {"change": s.cr_budget_change, "reason": "Taken back"})

for _name in (
    *("alert_rule", "set_alert_rule", "remove_alert_rule", "alert_mails", "retainers", "balance", "expenses"),
    *("commitments", "invoices", "costs", "margins"),
):
    case(f"budgets.{_name}", _on_project())
for _name in ("house_alert_rule", "set_house_alert_rule", "exchange_rates"):
    case(f"budgets.{_name}", lambda w, s, who: {})
case(
    "budgets.set_exchange_rate", lambda w, s, who: {"base": "GBP", "quote": "EUR", "rate": "1.2", "first": "2026-01-01"}
)
case("budgets.remove_exchange_rate", lambda w, s, who: {"rate": w.exchange_rate})
case(
    "budgets.add/of a task",
    lambda w, s, who: {
        "project": s.project, "name": "Task", "basis": "hours", "amount": "4", "scope": "task", "task": s.task,
    },
)  # fmt: skip
case(
    "budgets.add/of a contract line",
    lambda w, s, who: {
        "project": s.project, "name": "Line", "basis": "hours", "amount": "4", "scope": "item", "item": s.scope_item,
    },
)  # fmt: skip
case("budgets.prepare_alert_mail", lambda w, s, who: {"project": s.project, "alert": s.alert})
case("budgets.alert_mail", _ids(mail="alert_mail"))
_MAIL = {"recipients": ["carol@acme.example"], "subject": "Budget", "body": "Words"}
case("budgets.edit_alert_mail", lambda w, s, who: {"mail": s.alert_mail, **_MAIL})
case(
    "budgets.ask_to_send_alert_mail",
    lambda w, s, who: {"mail": s.alert_mail, "approvers": [w.person("administrator")]},
)
case("budgets.drop_alert_mail", _ids(mail="alert_mail"))
case(
    "budgets.note_alert_mail_decided",
    lambda w, s, who: {"mail": s.alert_mail_asked, "digest": s.digests["alert_mail"], "approved": True},
)
case("budgets.note_alert_mail_sent", _ids(mail="alert_mail"))
case("budgets.retainer", _ids(retainer="retainer"))
case("budgets.status", lambda w, s, who: {"project": s.project})
case("budgets.cost_and_margin", lambda w, s, who: {"project": s.project, "by": "month"})
case(
    "budgets.statement",  # of no closed period: for those inside alone
    lambda w, s, who: {"project": s.project, "retainer": s.retainer},
    only=frozenset({"administrator", "senior_reader", "approver", "manager", "associate", "foreign_manager"}),
    refusal="not_found",
)
case("budgets.add_retainer", _on_project(name="More", allocation="10", first="2026-01-01", rate="90"))
case("budgets.edit_retainer", lambda w, s, who: {"retainer": s.retainer, "allocation": "30"})
case("budgets.remove_retainer", _ids(retainer="retainer"))
case("budgets.plan_period", lambda w, s, who: {"retainer": s.retainer, "period": 3, "hours": "12"})
case(
    "budgets.decide_overage",
    lambda w, s, who: {"retainer": s.retainer_over, "period": 1, "overage": "write_off"},
)
case("budgets.close_period", lambda w, s, who: {"retainer": s.retainer, "period": 1})
_NOT_OWN = frozenset({"associate", "approver"})  # see their own expenses only, and this one is the member's
for _name in ("expense", "receipt"):
    case(f"budgets.{_name}", _ids(expense="expense"), hidden=_NOT_OWN)
case("budgets.remove_expense", _ids(expense="expense"), hidden=frozenset({"associate"}))
case("budgets.approve_expense", _ids(expense="expense"))
case("budgets.refuse_expense", lambda w, s, who: {"expense": s.expense, "reason": "No"})
case("budgets.correct_expense", lambda w, s, who: {"expense": s.expense_approved, "amount": "1", "reason": "Misread"})
case(
    "budgets.add_expense",
    lambda w, s, who: {
        "project": s.project,
        "day": DAY,
        "description": "Train",
        "amount": "40",
        "kind": "Travel",
        "file": w.files[_owner(w.a, who)],
    },
)
case(
    "budgets.edit_expense",
    lambda w, s, who: {"expense": s.expense, "amount": "41", "file": w.files[_owner(w.a, who)]},
    hidden=frozenset({"associate"}),
)
for _name in ("commitment", "close_commitment", "remove_commitment"):
    case(f"budgets.{_name}", _ids(commitment="commitment"))
case("budgets.reopen_commitment", _ids(commitment="commitment_closed"))
case("budgets.add_commitment", _on_project(supplier="Lab", title="Test", kind="Tests", amount="10"))
case("budgets.edit_commitment", lambda w, s, who: {"commitment": s.commitment, "amount": "950"})
case("budgets.receive_commitment", lambda w, s, who: {"commitment": s.commitment, "amount": "100"})
for _name in ("invoice", "mark_paid", "remove_invoice"):
    case(f"budgets.{_name}", _ids(invoice="invoice"))
case("budgets.add_invoice", _on_project(number="X-9", day=DAY, amount="10"))
case("budgets.edit_invoice", lambda w, s, who: {"invoice": s.invoice, "amount": "11"})
case("budgets.take_invoices", _ids(project="project", batch="batch_invoices"))
case("budgets.untake_invoices", _ids(project="project", batch="batch_invoices_taken"))

# --- estimates
for _name in ("estimates", "comparison", "against_actual", "add_estimate"):
    case(f"estimates.{_name}", _on_project())
case("estimates.finished", lambda w, s, who: {})
case("estimates.add_estimate/copy", lambda w, s, who: {"project": s.project, "copy_of": s.estimate})
for _name in ("show_estimate", "take_plan", "refresh_rates", "remove_estimate", "into_plan"):
    case(f"estimates.{_name}", _ids(estimate="estimate"))
case("estimates.edit_estimate", lambda w, s, who: {"estimate": s.estimate, "title": "Changed"})
for _name in ("set_lines", "add_lines"):
    case(
        f"estimates.{_name}", lambda w, s, who: {"estimate": s.estimate, "lines": [{"name": "Another", "likely": "4"}]}
    )
case("estimates.calibrate", _ids(estimate="estimate"))
case("estimates.ask_estimate", lambda w, s, who: {"estimate": s.estimate, "approvers": [w.person("administrator")]})
case("estimates.recall_estimate", _ids(estimate="estimate_asked"))
case(
    "estimates.note_estimate_decided",
    lambda w, s, who: {"estimate": s.estimate_asked, "digest": s.digests["estimate_asked"], "approved": True},
)
case("estimates.take_template", lambda w, s, who: {"estimate": s.estimate, "template": "site-build"})

# --- scope and changes
_OUTSIDE = frozenset({"client"})  # may approve, and sees what is shown with the request alone
for _name in ("statement", "scope_versions", "change_requests", "take_charter"):
    case(f"scope.{_name}", _on_project())
case("scope.show_item", _ids(item="scope_item"))
case(
    "scope.add_item",
    lambda w, s, who: {"project": s.project, "kind": "in", "text": "Another", "tasks": [s.task, s.next_task]},
)
case("scope.edit_item", lambda w, s, who: {"item": s.scope_item, "text": "Changed", "tasks": [s.next_task]})
case("scope.remove_item", _ids(item="scope_item"))
case("scope.ask_scope", lambda w, s, who: {"project": s.project, "approvers": [w.person("administrator")]})
case(
    "scope.note_scope_decided",
    lambda w, s, who: {"version": s.scope_version, "digest": s.digests["scope_version"], "approved": True},
    hidden=_OUTSIDE,
)
case("scope.asked_change", _ids(approval="approval_change"), hidden=_OUTSIDE)
case("scope.show_request", _ids(change="cr_done"))
case("scope.show_request/waiting", _ids(change="cr_waiting"))
case("scope.change_log", lambda w, s, who: {})
case("scope.saturation", lambda w, s, who: {})
case("scope.add_request", lambda w, s, who: {"project": s.project, "title": "More", "owner": s.member_person})
case("scope.edit_request", lambda w, s, who: {"change": s.cr_draft, "title": "Else", "owner": s.member_person})
case("scope.add_option", lambda w, s, who: {"change": s.cr_draft, "name": "Another"})
case("scope.edit_option", lambda w, s, who: {"option": s.cr_draft_option, "name": "Changed"})
case(
    "scope.add_step",
    lambda w, s, who: {
        "option": s.cr_draft_option,
        "way": "add work",
        "name": "More",
        "role": "Writer",
        "hours": "3",
        "task": s.task,
        "then": [s.next_task],
    },
)
case("scope.remove_step", lambda w, s, who: {"option": s.cr_draft_option, "place": 1})
case("scope.add_option_risk", _ids(option="cr_draft_option", risk="risk"))
case(
    "scope.add_option_risk/new",
    lambda w, s, who: {"option": s.cr_draft_option, "title": "Late texts", "probability": 2, "impact": 4},
)
case("scope.remove_option_risk", _ids(option="cr_draft_option", risk="risk"))
case("scope.remove_option", _ids(option="cr_draft_option"))
case(
    "scope.keep_effect",
    lambda w, s, who: {
        "option": s.cr_draft_option,
        "effect": packed(s.records["cr_assessed"].options[1].effect),
        "plan_version": 1,
    },
)
_impact = {"area": "people", "group": "Sales", "group_size": 10, "reached": 5, "severity": 2}
case("scope.add_impact", lambda w, s, who: {"change": s.cr_draft, **_impact, "owner": s.member_person})
case("scope.edit_impact", lambda w, s, who: {"impact": s.impact, "severity": 3, "owner": s.member_person})
case("scope.remove_impact", _ids(impact="impact"))
case("scope.assess", _ids(change="cr_draft"))
# It succeeds as a step of `scope.assess` alone, which always takes it back.
case("scope.try_option", _ids(option="cr_draft_option"), only=frozenset(), refusal="conflict", in_world=True)
case(
    "scope.ask_for_decision",
    lambda w, s, who: {
        "change": s.cr_assessed,
        "option": s.cr_assessed_option,
        "approvers": [w.person("administrator")],
    },
)
case(
    "scope.note_change_decided",
    lambda w, s, who: {"change": s.cr_waiting, "digest": s.digests["cr_waiting"], "approved": True},
    hidden=_OUTSIDE,
)
case("scope.recall", _ids(change="cr_waiting"))
case("scope.defer", lambda w, s, who: {"change": s.cr_assessed, "until": ASKED_BY, "reason": "Later"})
case("scope.withdraw", lambda w, s, who: {"change": s.cr_assessed, "reason": "Not wanted"})
case("scope.now_effect", _ids(change="cr_approved"))
case("scope.carry_out", _ids(change="cr_approved"))
case(
    "scope.note_carried_out",
    lambda w, s, who: {"change": s.cr_approved, "plan_change": None, "budget_change": None, "made": []},
)
case("scope.take_back", _ids(change="cr_done"))
case("scope.note_taken_back", _ids(change="cr_done"))

# --- deliverables, approvals, outbox
case("deliverables.snapshots", _on_project())
case("deliverables.versions", _on_project())
case("deliverables.reports", lambda w, s, who: {})
case("deliverables.reports/of a project", lambda w, s, who: {"project": s.project, "stage": "sent"})
case("deliverables.preview", _ids(version="version_sent"))
case("deliverables.show_snapshot", _ids(snapshot="snapshot"))
case("deliverables.show", _ids(version="version_sent"))
case("deliverables.show/in review", _ids(version="version_in_review"))
case("deliverables.show/draft", _ids(version="version_draft"), hidden=frozenset({"client"}))
case("deliverables.download", lambda w, s, who: {"version": s.version_sent, "format": "md"})
case(
    "deliverables.number_snapshot",
    _on_project(kind="status", as_of=DAY, audience="internal"),
)
case(
    "deliverables.freeze_snapshot",
    lambda w, s, who: {"snapshot": s.open_snapshot, "data": {"x": 1}, "digest": "0" * 64},
)
case(
    "deliverables.keep_version",
    lambda w, s, who: {
        "project": s.project,
        "kind": "status",
        "title": "Weekly",
        "snapshot": s.snapshot,
        "audience": "internal",
        "files": {"md": (w.files[_owner(s, who)], w.files[_owner(s, who)])},
        "tree": {},
        "claims": {},
    },
)
case(
    "deliverables.note_in_review",
    lambda w, s, who: {
        "version": s.version_draft,
        "recipients": ["x@example.org"],
        "mail_subject": "S",
        "mail_body": "B",
    },
)
case(
    "deliverables.note_decided",
    lambda w, s, who: {"version": s.version_in_review, "digest": s.digests["in_review"], "approved": True},
)
case("deliverables.note_sent", _ids(version="version_approved"))
_client = frozenset({"client"})
case("deliverables.documents", _on_project())
case("deliverables.show_document", _ids(document="document_shared"))
case("deliverables.show_document/asked", _ids(document="document_asked"))
case("deliverables.show_document/inside", _ids(document="document_inside"), hidden=_client)
case("deliverables.show_upload", _ids(upload="upload_shared"))
case("deliverables.show_upload/inside", _ids(upload="upload_inside"), hidden=_client)
case("deliverables.download_upload", _ids(upload="upload_shared"))
case("deliverables.download_upload/inside", _ids(upload="upload_inside"), hidden=_client)
case(
    "deliverables.add_document",
    lambda w, s, who: {"project": s.project, "file": w.files[_owner(w.a, who)], "title": "Another"},
)
case(
    "deliverables.add_version",
    lambda w, s, who: {"document": s.document_inside, "file": w.files[_owner(w.a, who)]},
)
case("deliverables.edit_document", lambda w, s, who: {"document": s.document_inside, "note": "Changed"})
case(
    "deliverables.share",
    lambda w, s, who: {"upload": s.upload_inside, "approvers": [w.person("administrator"), s.client_person]},
)
case("deliverables.unshare", _ids(upload="upload_shared"))
case(
    "deliverables.note_share_decided",
    lambda w, s, who: {"upload": s.upload_asked, "digest": s.digests["upload_asked"], "approved": True},
)
case(
    "approvals.ask",
    lambda w, s, who: {
        "subject": "a.Thing",
        "subject_id": 1,
        "project_id": s.project,
        "title": "T",
        "shown": "S",
        "digest": "0" * 64,
        "approvers": [s.client_person],
    },
)
case("approvals.list", lambda w, s, who: {})
case("approvals.show", _ids(approval="approval_in_review"))
case("approvals.withdraw", _ids(approval="approval_in_review"), hidden=frozenset({"foreign_manager"}))


def _vote(world: World, side: Side, who: str) -> dict[str, Any]:
    return {"approval": side.approval_in_review, "decision": "approve", "digest": side.digests["in_review"]}


case("approvals.vote", _vote)
case("reports.decide", _vote)
case(
    "reports.decide/share",
    lambda w, s, who: {
        "approval": s.approval_upload_asked,
        "decision": "approve",
        "digest": s.digests["upload_asked"],
    },
)
case("reports.prepare", _on_project(formats=["md"], as_of=DAY))
case(
    "reports.keep",
    lambda w, s, who: {
        "project": s.project,
        "kind": "status",
        "title": "Weekly",
        "snapshot": s.snapshot,
        "audience": "client",
        "formats": ["md"],
        "files": {"draft.md": [s.records["sha256"], 1], "final.md": [s.records["sha256"], 1]},
        "preparation": s.preparation,
    },
)
case("reports.begin_preparing", _on_project(formats=["md"], as_of=DAY))
case("reports.stop_preparing", _ids(preparation="preparation"))
case("reports.carry_out", _ids(preparation="preparation_done"))
case("deliverables.preparations", _on_project())
case("deliverables.preparation", _ids(preparation="preparation"))
case(
    "deliverables.open_preparation",
    lambda w, s, who: {
        "project": s.project,
        "kind": "status",
        "as_of": DAY,
        "audience": "client",
        "formats": ["md"],
        "snapshot": s.snapshot,
    },
)
case("deliverables.note_job", lambda w, s, who: {"preparation": s.preparation, "job": NO_JOB})
case("deliverables.note_frozen", _ids(preparation="preparation", snapshot="snapshot"))
case("deliverables.note_prepared", _ids(preparation="preparation", version="version_draft"))
case("deliverables.note_fault", lambda w, s, who: {"preparation": s.preparation, "fault": "It broke"})
case("deliverables.note_stopped", _ids(preparation="preparation"))
case(
    "reports.ask",
    lambda w, s, who: {
        "version": s.version_draft,
        "approvers": [w.person("administrator"), s.client_person],
        "recipients": ["x@example.org"],
        "mail_subject": "Status",
        "mail_body": "Here it is",
    },
)
case("reports.compare", _ids(snapshot="status_newer", earlier="status_older"))
case("reports.send", _ids(version="version_approved"))
case("comms.outbox", lambda w, s, who: {})
case(
    "comms.queue",
    lambda w, s, who: {
        "event_key": "a:1",
        "subject_kind": "a.Thing",
        "subject_id": 1,
        "project_id": s.project,
        "approval_id": s.approval_approved,
        "recipients": ["x@example.org"],
        "subject": "S",
        "body": "B",
    },
)
case("comms.note_sent", lambda w, s, who: {"mail": s.mail_failed, "at": NOW})
case("comms.take_back", lambda w, s, who: {"mail": s.mail_failed})
case("comms.note_failure", lambda w, s, who: {"mail": s.mail_failed, "error": "x", "final": False})
case("comms.retry", _ids(mail="mail_failed"))
case("comms.keep_content", lambda w, s, who: {"mail": s.mail_failed, "sha256": s.records["sha256"], "size": 1})


def use_cases() -> Iterator[UseCase[Any]]:
    """Those of Headway itself, by name; tests elsewhere register their own."""
    return (item for item in all_use_cases() if item.function.__module__.startswith("headway."))


def names() -> list[str]:
    """All cases in the order of the use cases; a use case without a case stands by its own name."""
    found = []
    for item in use_cases():
        of_it = [name for name in CASES if name.split("/")[0] == item.name]
        found += sorted(of_it) or [item.name]
    return found


# --- search
case("search.find", lambda w, s, who: {"text": s.marker})

# --- how reports look
case("deliverables.templates", lambda w, s, who: {})
case("reports.set_template", lambda w, s, who: {"client": s.client, "title": "Client weekly", "sections": ["done"]})
case("reports.set_template/with a logo", lambda w, s, who: {"file": w.pictures[_owner(s, who)]})
case(
    "deliverables.keep_template",
    lambda w, s, who: {
        "client": s.client,
        "title": "Client weekly",
        "confidential": "",
        "sections": [],
        "logo": None,
        "logo_of": "",
    },
)
case("deliverables.remove_template", lambda w, s, who: {"template": w.template})

# --- the installation
case("schedule.take_days_off", _on_project(days=[{"day": "2026-12-24", "name": "Christmas Eve"}]))
case("house.holidays_into_plan", _on_project())
case("house.take_public_holidays", lambda w, s, who: {"country": "DE", "year": 2027})
case("hours.house_rates", lambda w, s, who: {})
case("house.health", lambda w, s, who: {})
case("house.examine", lambda w, s, who: {})
case("house.backups", lambda w, s, who: {})
case("house.back_up", lambda w, s, who: {})
case("comms.send_test", lambda w, s, who: {})

# --- the Desk and the inbox: one's own; the open decision of a side stands on the Desks of who leads it
_LEADS = frozenset({"manager", "associate"})
_KEY: Inputs = lambda w, s, who: {"key": f"decision:{s.decision}"}  # noqa: E731
case("desk.show", lambda w, s, who: {})
case("desk.line", _KEY, only=_LEADS, refusal="not_found")
case("desk.colleagues", _KEY)
case("desk.snooze", lambda w, s, who: {**_KEY(w, s, who), "hours": 2}, only=_LEADS, refusal="not_found")
case("desk.unsnooze", _KEY)
case(
    "desk.delegate",
    lambda w, s, who: {**_KEY(w, s, who), "to": w.person("member")},
    only=_LEADS,
    refusal="not_found",
)
case(
    "desk.take_back",
    _ids(delegation="delegation"),
    hidden=frozenset({"tester", "associate", "approver", "senior_reader", "administrator", "foreign_manager"}),
)


def _notice(world: World, side: Side, who: str) -> dict[str, Any]:
    return {"notice": world.notices[_owner(side, who)]}


def _notices(world: World, side: Side, who: str) -> dict[str, Any]:
    return {"notices": [world.notices[_owner(side, who)]]}


case("comms.inbox", lambda w, s, who: {})
case("comms.notices_waiting", lambda w, s, who: {})
case("comms.mark_read", _notice)
case("comms.archive", _notice)
case("comms.archive_all", lambda w, s, who: {})
case("comms.notice", _notice)
case("comms.put_away", _notices)
case("comms.bring_back", _notices)
case("comms.set_aside", lambda w, s, who: {**_notices(w, s, who), "hours": 3})
case("comms.notice_settings", lambda w, s, who: {})
case("comms.set_notices", lambda w, s, who: {"digest": "daily", "starts": "08:00", "silent": ["moved"]})
case("comms.watched", lambda w, s, who: {})
case("comms.follow", lambda w, s, who: {"project": s.project, "about": "risk", "record": s.risk})
case("comms.mute", lambda w, s, who: {"project": s.project, "about": "risk", "record": s.risk})
case("comms.unwatch", lambda w, s, who: {"project": s.project, "about": "risk", "record": s.risk})
case("comms.mute_project", _on_project())
case("comms.unmute_project", _on_project())
case("comms.digest_by_link", lambda w, s, who: {"token": link_token(s.member_person)})
case("comms.set_digest_by_link", lambda w, s, who: {"token": link_token(s.member_person), "digest": "none"})
case("comms.week_of_mails", lambda w, s, who: {})
case("comms.send_notices", lambda w, s, who: {"person": s.member_person, "rule": "daily digest", "upto": NOW})
case("comms.discussion", lambda w, s, who: {"project": s.project, "about": "risk", "record": s.risk})
case("comms.mentionable", _on_project())
case(
    "comms.comment",
    lambda w, s, who: {
        "project": s.project,
        "about": "risk",
        "record": s.risk,
        "text": "Seen",
        "answers": s.comment,
        "files": [w.files[_owner(w.a, who)]],
    },
)
case("comms.comment_history", _ids(comment="comment"))
case("comms.edit_comment", lambda w, s, who: {"comment": s.comment, "text": "Put otherwise"}, only=BOTH_MANAGERS)
case("comms.remove_comment", _ids(comment="comment"), only=BOTH_MANAGERS)
case("comms.comment_file", lambda w, s, who: {"comment": s.comment, "file": s.comment_file})
case("projects.tell_due", lambda w, s, who: {"day": DAY})
case("schedule.tell_tasks_due", lambda w, s, who: {"day": DAY})
case("approvals.tell_due", lambda w, s, who: {"day": DAY})

# --- requests for news
_ASKING = {"asks": ["percent"], "due": ASKED_BY}
for _name in ("people_to_ask", "update_requests"):
    case(f"schedule.{_name}", _on_project())
case(
    "schedule.ask_for_news",
    lambda w, s, who: {"project": s.project, "person": s.contact_with_mail, "tasks": [s.task_uid], **_ASKING},
)
case("schedule.update_request", _ids(update="update"))
case("schedule.withdraw_update", _ids(update="update"))
case("schedule.my_update", _ids(update="update_of_manager"), only=BOTH_MANAGERS)
case(
    "schedule.answer_update",
    lambda w, s, who: {"update": s.update_of_manager, "news": [{"uid": s.task_uid, "percent": "50"}]},
    only=BOTH_MANAGERS,
)
case("schedule.accept_update", _ids(update="update_answered"))
case("schedule.note_update_trouble", lambda w, s, who: {"update": s.update_answered, "trouble": "x"})
case("schedule.edit_update_mail", lambda w, s, who: {"mail": s.update_mail, "subject": "News", "body": "Please"})
case(
    "schedule.ask_to_send_update",
    lambda w, s, who: {"mail": s.update_mail, "approvers": [w.person("senior_reader")]},
)
case("schedule.drop_update_mail", _ids(mail="update_reminder"))
case(
    "schedule.note_update_mail_decided",
    lambda w, s, who: {"mail": s.update_mail_asked, "digest": s.digests["update_mail"], "approved": False},
)
case("schedule.prune_changes", _on_project())
case("schedule.remind", lambda w, s, who: {"day": DAY})
case("schedule.note_update_mail_sent", _ids(mail="update_mail_asked"))
case("schedule.update_by_link", lambda w, s, who: {"token": s.records["link"]})
case(
    "schedule.answer_by_link",
    lambda w, s, who: {"token": s.records["link"], "news": [{"uid": s.task_uid, "percent": "50"}]},
)

# --- requests for figures
_PERCENT = {"kind": "percent_complete"}
case("schedule.figures_to_ask", _on_project())
case(
    "schedule.ask_for_figures",
    lambda w, s, who: {
        "project": s.project,
        "persons": [s.contact_with_mail],
        "questions": [_PERCENT, {"kind": "hours_to_go", "target": s.task_uid}],
        "due": ASKED_BY,
    },
)
case(
    "schedule.request_figures",
    lambda w, s, who: {
        "project": s.project,
        "person": s.contact_with_mail,
        "questions": [{**_PERCENT, "target": None, "name": "the whole project"}],
        "due": ASKED_BY,
    },
)
case(
    "schedule.answer_figures",
    lambda w, s, who: {"update": s.figures_of_manager, "answers": [{"number": 1, "value": "50"}]},
    only=BOTH_MANAGERS,
)
case(
    "schedule.answer_figures_by_link",
    lambda w, s, who: {"token": s.records["figures_link"], "answers": [{"number": 1, "value": "50"}]},
)
case("schedule.settle_figures", lambda w, s, who: {"update": s.figures_answered, "taken": []})
case("schedule.accept_figures", _ids(update="figures_answered"))
case("schedule.send_chaser", _ids(update="figures_of_manager"))

# --- method
_TEMPLATE = {"template": "process-change"}
case("method.templates", lambda w, s, who: {})
case("method.preview", lambda w, s, who: {**_TEMPLATE, "starts_on": DAY})
case(
    "method.begin", lambda w, s, who: {"key": "NEW-1", "name": "New", "client": s.client, "starts_on": DAY, **_TEMPLATE}
)
case("method.save_template", _on_project(name="Saved"))
case("method.edit_template", lambda w, s, who: {"template": w.project_template, "about": "Changed"})
case("method.retire_template", lambda w, s, who: {"template": w.project_template})
case("method.offer_template", lambda w, s, who: {"template": w.project_template})
case(
    "method.insert_part",
    lambda w, s, who: {"project": s.project, "part": "Pilot", "after": s.next_task, **_TEMPLATE},
)
case("method.roles", _on_project())
case(
    "method.name_people",
    lambda w, s, who: {"project": s.project, "people": [{"role": s.records["role"], "person": s.member_person}]},
)
case("method.checklist", _ids(task="task"))
case("method.add_check", lambda w, s, who: {"task": s.task, "text": "More"})
case("method.edit_check", lambda w, s, who: {"item": s.check, "text": "Other"})
case("method.remove_check", _ids(item="check"))
case("method.tick", _ids(item="check"))
case("method.gates", _on_project())
case("method.gate", _ids(gate="gate"))
case("method.take_usual_gates", _ids(project="bare"))
case(
    "method.add_gate",
    lambda w, s, who: {"project": s.project, "stage": "closing", "name": "More", "milestone": s.milestone},
)
case("method.edit_gate", lambda w, s, who: {"gate": s.gate, "name": "Other", "milestone": s.milestone})
case("method.remove_gate", _ids(gate="gate"))
case("method.add_criterion", lambda w, s, who: {"gate": s.gate, "text": "More"})
case("method.remove_criterion", _ids(criterion="criterion"))
case("method.judge", lambda w, s, who: {"criterion": s.criterion, "met": True})
case("method.add_evidence", lambda w, s, who: {"criterion": s.criterion, "text": "Mail", "document": s.upload_inside})
case("method.waive", lambda w, s, who: {"criterion": s.criterion, "reason": "Later"})
case("method.take_back_waiver", _ids(criterion="criterion"))
case("method.ask_gate", lambda w, s, who: {"gate": s.gate, "approvers": [w.person("senior_reader")]})
case("method.withdraw_gate", _ids(gate="gate_asked"))
case("method.stop_at_gate", lambda w, s, who: {"gate": s.gate, "reason": "No"})
case("method.reopen_gate", _ids(gate="gate_stopped"))
case(
    "method.note_gate_decided",
    lambda w, s, who: {"gate": s.gate_asked, "digest": s.digests["gate"], "approved": True, "by": "Somebody"},
)
case("method.rules", lambda w, s, who: {})
case("method.set_rule", lambda w, s, who: {"rule": "risk", "on": False})
case("method.findings", _on_project())
case("method.repair", lambda w, s, who: {"project": s.project, "finding": s.records["finding"]})
case("method.recurring_tasks", _on_project())
_AGAIN = {"rhythm": "weekly", "weekdays": [0], "first": "2026-03-02"}
case(
    "method.add_recurring",
    lambda w, s, who: {
        "project": s.project, "name": "More", "until_task": s.milestone, "after": s.task, **_AGAIN,
        "first": "2026-01-05",
    },
)  # fmt: skip
case("method.edit_recurring", lambda w, s, who: {"rule": s.recurring, "until_task": s.milestone, "first": "2026-01-05"})
case("method.remove_recurring", _ids(rule="recurring"))
