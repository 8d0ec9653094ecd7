"""Which acts a person is offered: every command that some role of theirs may do, with the page that does it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from django.urls import reverse

from headway.areas.projects.queries import roles_anywhere
from headway.interfaces.use_cases import offered
from headway.kernel.access import permission_table, roles_of
from headway.kernel.context import Context
from headway.kernel.registry import Kind, UseCase
from headway.kernel.schema import Parameter

# Commands that a form of single fields does not suit, or that are done before anybody is signed in: each with the
# page that does it.
ELSEWHERE = {
    "schedule.change_plan": "the plan's table and the form of a task",
    "schedule.save_view": "the views of the plan page",
    "schedule.ask_for_figures": "the page News of a project, Ask for figures",
    "schedule.answer_figures": "the page of a request for figures, and the mailed link",
    "schedule.accept_figures": "the page of a request for figures",
    "capacity.propose": "the page that asks for a levelling proposal",
    "capacity.accept": "the page of a levelling proposal",
    "programme.wait_for": "the page of a task, Wait for another project",
    "programme.show_task": "the page of a task, Show in another project",
    "programme.stop_waiting": "the page of a task, and of the links of a plan",
    "budgets.set_alert_rule": "the page Budget of a project, Change the rule",
    "budgets.set_house_alert_rule": "the settings, Currencies and alerts",
    "budgets.prepare_alert_mail": "the alerts on the page Budget of a project",
    "budgets.edit_alert_mail": "the page of a mail about a budget",
    "budgets.plan_period": "the ledger of a retainer",
    "budgets.decide_overage": "the ledger of a retainer",
    "budgets.close_period": "the ledger of a retainer",
    "budgets.state_progress": "the page Progress of a project's hours and cost",
    "estimates.set_lines": "the table of an estimate's lines",
    "estimates.add_lines": "the rows pasted into an estimate",
    "scope.add_option": "the page of a change request",
    "scope.edit_option": "the page of a change request",
    "scope.add_step": "the page of a change request",
    "scope.add_option_risk": "the page of an option of a change request",
    "scope.remove_option_risk": "the page of an option of a change request",
    "metrics.define": "the pages of KPIs, Define a KPI",
    "metrics.set_target": "the page of a KPI, Set a target",
    "metrics.change_formula": "the page of a KPI, Change the formula",
    "metrics.record": "the page of a KPI, Enter samples",
    "metrics.record_cases": "the programs that keep the cases, and files of them on the page of a KPI",
    "metrics.import_samples": "the page of a KPI, Bring a file",
    "metrics.read_samples": "the page of a KPI, Bring a file",
    "metrics.check_table": "the page of KPIs, Check a table",
    "metrics.undo_import": "the page of a KPI, its files",
    "metrics.remove_note": "the page of a KPI",
    "hours.forget_name": "the remembered names of a project's imports",
    "method.begin": "the page of a template",
    "method.name_people": "the roles of a plan",
    "comms.put_away": "the inbox",
    "comms.bring_back": "the inbox",
    "comms.set_aside": "the inbox",
    "comms.set_notices": "the settings, When I am told",
    "hours.log_line": "the line above the week, and quick add",
    "hours.propose_meetings": "the meetings of one's calendar",
    "hours.accept_meetings": "the meetings of one's calendar",
    "months.prepare_pack": "the page Month of a project's hours",
    "people.set_up": "the first page of a new installation",
    "people.accept_invitation": "the link in the mailed invitation",
}
PROJECT = "projects.Project"


@dataclass(frozen=True, slots=True)
class Offer:
    """One act. `of_project` = its form asks for a project first."""

    name: str
    title: str
    summary: str
    area: str
    href: str
    of_project: bool
    destructive: bool


@cache
def acts() -> dict[str, UseCase[object]]:
    """Every command with a form, by name."""
    found = (case for case in offered() if case.kind is Kind.COMMAND and case.name not in ELSEWHERE)
    return {case.name: case for case in found}


def offers(ctx: Context) -> tuple[Offer, ...]:
    """The acts that this person's roles allow, in the house or on any project."""
    roles = roles_of(ctx, None) | roles_anywhere(ctx)
    table = permission_table()
    return tuple(_offer(case) for case in acts().values() if table[case.permission].roles & roles)


def _offer(case: UseCase[object]) -> Offer:
    anchor = anchor_of(case)
    return Offer(
        case.name,
        title_of(case),
        case.summary.replace("`", ""),
        case.area.capitalize(),
        reverse("act", args=[case.name]),
        anchor is not None and label_of(anchor) == PROJECT,
        case.destructive,
    )


def title_of(case: UseCase[object]) -> str:
    """The verb as a title: 'Add risk'; a bare one with what it belongs to: 'Budgets: approve'."""
    words = case.verb.replace("_", " ")
    return words.capitalize() if " " in words else f"{case.area.capitalize()}: {words}"


def anchor_of(case: UseCase[object]) -> Parameter | None:
    """The record that an act is about: the one it changes, else the first that it must be given."""
    single = [parameter for parameter in case.signature.parameters if label_of(parameter) and not parameter.many]
    for parameter in single:
        if parameter.name == case.changes:
            return parameter
    return next((parameter for parameter in single if parameter.required and not is_file(parameter)), None)


def label_of(parameter: Parameter) -> str:
    """The kind of record that an input names; '' for any other input."""
    if parameter.model is not None:
        return str(parameter.model._meta.label)
    return parameter.ref.label if parameter.ref is not None else ""


def is_file(parameter: Parameter) -> bool:
    """Whether the input is a file that one brings."""
    return label_of(parameter) == "files.StoredFile"
