"""The addresses of projects."""

from __future__ import annotations

from django.urls import URLPattern, path, register_converter

from headway.interfaces.web.projects import (
    activity,
    baselines,
    chances,
    comments,
    compare,
    drawings,
    figure_requests,
    forecast,
    hours,
    members,
    mending,
    overview,
    pages,
    plan,
    plan_chart,
    plan_export,
    plan_file,
    plan_task,
    plan_task_then,
    registers,
    registers_then,
    risk_matrix,
    risks,
    update_mails,
    updates,
)
from headway.interfaces.web.projects.register_lists import REGISTERS


class KeyConverter:
    """A project key; a number is none, so that every project has one address."""

    regex = "[A-Z][A-Z0-9-]{0,19}"

    def to_python(self, value: str) -> str:
        """As written."""
        return value

    def to_url(self, value: str) -> str:
        """As written."""
        return value


class RegisterConverter:
    """The name of a register."""

    regex = "|".join(REGISTERS)

    def to_python(self, value: str) -> str:
        """As written."""
        return value

    def to_url(self, value: str) -> str:
        """As written."""
        return value


register_converter(KeyConverter, "key")
register_converter(RegisterConverter, "register")

urlpatterns: list[URLPattern] = [
    path("drawings.css", drawings.style, name="drawing-style"),
    path("projects/", pages.home, name="projects"),
    path("projects/new/", pages.new, name="project-new"),
    path("projects/<key:key>/", overview.overview, name="project"),
    path("projects/<key:key>/pictures/", overview.pictures, name="pictures"),
    path("projects/<key:key>/health/", overview.health, name="health"),
    path("projects/<key:key>/health/<int:override>/lift/", overview.health_lift, name="health-lift"),
    path("projects/<key:key>/star/", overview.star, name="star"),
    path("projects/<key:key>/charter/", pages.charter, name="charter"),
    path("projects/<key:key>/stage/", pages.stage, name="stage"),
    path("projects/<key:key>/activity/", activity.activity, name="activity"),
    path("projects/<key:key>/plan/", plan.plan, name="plan"),
    path("projects/<key:key>/plan/chart.json", plan_chart.chart, name="plan-chart"),
    path("projects/<key:key>/plan/export/", plan_export.plan_export, name="plan-export"),
    path("projects/<key:key>/plan/file/", plan_file.plan_files, name="plan-files"),
    path("projects/<key:key>/plan/file/<slug:form>/", plan_file.plan_file_take, name="plan-file-take"),
    path("projects/<key:key>/plan/forecast/", forecast.forecast, name="forecast"),
    path("projects/<key:key>/plan/forecast/simulate/", chances.simulate, name="forecast-simulate"),
    path("projects/<key:key>/plan/forecast/progress/", chances.progress, name="forecast-progress"),
    path("projects/<key:key>/plan/forecast/limit/", chances.limit, name="forecast-limit"),
    path("projects/<key:key>/plan/tasks/add/", plan.add_task, name="task-add"),
    path("projects/<key:key>/plan/tasks/<int:task_id>/", plan_task.task, name="task"),
    path("projects/<key:key>/plan/tasks/<int:task_id>/then/", plan_task_then.then, name="task-then"),
    path("projects/<key:key>/comments/<slug:about>/<int:record>/", comments.comments, name="comments"),
    path("projects/<key:key>/comments/<slug:about>/<int:record>/read/", comments.read, name="comments-read"),
    path("projects/<key:key>/comments/<slug:about>/<int:record>/watch/", comments.watch, name="comments-watch"),
    path("projects/<key:key>/comments/<int:comment>/edit/", comments.edit, name="comment-edit"),
    path("projects/<key:key>/comments/<int:comment>/remove/", comments.remove, name="comment-remove"),
    path("projects/<key:key>/comments/<int:comment>/history/", comments.history, name="comment-history"),
    path("projects/<key:key>/comments/<int:comment>/files/<int:file>/", comments.file, name="comment-file"),
    path("projects/<key:key>/plan/status-date/", plan.status_date, name="status-date"),
    path("projects/<key:key>/plan/baselines/", baselines.baselines, name="baselines"),
    path("projects/<key:key>/plan/baselines/new/", baselines.take, name="baseline-new"),
    path("projects/<key:key>/plan/baselines/<int:baseline>/", baselines.baseline, name="baseline"),
    path("projects/<key:key>/plan/baselines/<int:baseline>/use/", baselines.use, name="baseline-use"),
    path("projects/<key:key>/plan/baselines/<int:baseline>/remove/", baselines.remove, name="baseline-remove"),
    path("projects/<key:key>/plan/faults/", mending.plan_faults, name="plan-faults"),
    path("projects/<key:key>/plan/tasks/<int:task_id>/repairs/", mending.task_repairs, name="task-repairs"),
    path("projects/<key:key>/plan/compare/", compare.compare, name="compare-plans"),
    path("projects/<key:key>/plan/finish/", compare.finish_moves, name="finish-moves"),
    path("projects/<key:key>/plan/compare/export/", compare.export, name="compare-export"),
    path("projects/<key:key>/hours/", hours.hours, name="hours"),
    path("projects/<key:key>/hours/log/", hours.log, name="hours-log"),
    path("projects/<key:key>/hours/submit/", hours.submit_week, name="hours-submit"),
    path("projects/<key:key>/hours/approve/", hours.approve_week, name="hours-approve"),
    path("projects/<key:key>/hours/rates/new/", hours.rate, name="rate-new"),
    path("projects/<key:key>/budgets/<int:budget>/approve/", hours.budget_approve, name="budget-approve"),
    path("projects/<key:key>/budgets/changes/new/", hours.change, name="budget-change"),
    path("projects/<key:key>/budgets/changes/<int:change>/decide/", hours.change_decide, name="budget-change-decide"),
    path("projects/<key:key>/registers/", registers.registers, name="registers"),
    path("projects/<key:key>/risks/effect/", risks.risk_effect, name="risk-effect"),
    path("projects/<key:key>/risks/matrix/", risk_matrix.matrix, name="risk-matrix"),
    path("projects/<key:key>/risks/<int:number>/happened/", risks.happened, name="risk-happened"),
    path("projects/<key:key>/decisions/<int:number>/decide/", registers.decide, name="decision-decide"),
    path("projects/<key:key>/decisions/<int:number>/reopen/", registers.reopen, name="decision-reopen"),
    path(
        "projects/<key:key>/stakeholders/<int:number>/remove/", registers.remove_stakeholder, name="stakeholder-remove"
    ),
    path("projects/<key:key>/<register:register>/", registers.register, name="register"),
    path("projects/<key:key>/<register:register>/new/", registers.add, name="register-add"),
    path("projects/<key:key>/<register:register>/<int:number>/", registers.record, name="record"),
    path("projects/<key:key>/<register:register>/<int:number>/then/", registers_then.then, name="record-then"),
    path("projects/<key:key>/<register:register>/<int:number>/state/", registers.set_state, name="record-state"),
    path("projects/<key:key>/updates/", updates.requests, name="updates"),
    path("projects/<key:key>/updates/new/", updates.new, name="update-new"),
    path("projects/<key:key>/updates/figures/", figure_requests.new, name="figures-new"),
    path("projects/<key:key>/updates/<int:update>/", updates.one, name="update"),
    path("projects/<key:key>/updates/<int:update>/answer/", updates.answer, name="update-answer"),
    path("projects/<key:key>/updates/<int:update>/withdraw/", updates.withdraw, name="update-withdraw"),
    path("projects/<key:key>/updates/<int:update>/mails/<int:mail>/", update_mails.mail, name="update-mail"),
    path(
        "projects/<key:key>/updates/<int:update>/mails/<int:mail>/approval/",
        update_mails.approval,
        name="update-mail-approval",
    ),
    path("projects/<key:key>/updates/<int:update>/mails/<int:mail>/drop/", update_mails.drop, name="update-mail-drop"),
    path("projects/<key:key>/people/", members.members, name="members"),
    path("projects/<key:key>/people/remove/", members.remove, name="member-remove"),
    path("projects/<key:key>/people/invite/", members.invite, name="invite"),
]
