"""The addresses of the API, in the order of its documentation: method, path, use case.

A name in braces is the use case's input of that name; addresses deserve taste, so they are written by
hand. A house test sees that every use case that is not internal stands here.
"""

from __future__ import annotations

from typing import NamedTuple


class Route(NamedTuple):
    """One operation."""

    method: str
    path: str
    use_case: str


_TABLE = """
GET    /people                                     people.persons
POST   /people                                     people.add_person
GET    /people/{person}                            people.person
PATCH  /people/{person}                            people.edit_person
POST   /people/{person}/role                       people.set_role
POST   /people/{person}/password                   people.set_password
POST   /people/{person}/disable                    people.disable_user
POST   /users                                      people.add_user
POST   /invitations                                people.invite
POST   /invitations/accept                         people.accept_invitation
GET    /organisations                              people.organisations
POST   /organisations                              people.add_organisation
GET    /house-rules                                people.house_rules
PATCH  /house-rules/{organisation}                 people.edit_house_rules
POST   /people/{person}/enable                     people.enable_user
GET    /invitations                                people.invitations
DELETE /invitations/{invitation}                   people.revoke_invitation
GET    /holidays                                   people.holidays
POST   /holidays                                   people.add_holidays
POST   /holidays/public                            house.take_public_holidays
DELETE /holidays/{holiday}                         people.remove_holiday
GET    /teams                                      people.teams
PUT    /teams                                      people.set_team
GET    /tokens                                     people.tokens
POST   /tokens                                     people.make_token
DELETE /tokens/{token}                             people.revoke_token

GET    /capacity                                   capacity.heat_map
GET    /capacity/load                              capacity.load
GET    /capacity/next-up                           capacity.next_up
GET    /capacity/proposals                         capacity.proposals
POST   /capacity/proposals                         capacity.propose
GET    /capacity/proposals/{proposal}              capacity.proposal
POST   /capacity/proposals/{proposal}/accept       capacity.accept
POST   /capacity/proposals/{proposal}/again        capacity.propose_again
POST   /capacity/proposals/{proposal}/discard      capacity.discard
POST   /capacity/proposals/{proposal}/stop         capacity.stop
GET    /portfolio/standings                        portfolio.standings
GET    /portfolio/people-over                      portfolio.people_over
GET    /portfolio/choices                          portfolio.choices
GET    /portfolio/timeline                         portfolio.timeline
GET    /portfolio/views                            portfolio.views
POST   /portfolio/views                            portfolio.save_view
POST   /portfolio/views/open-with                  portfolio.open_with
POST   /portfolio/views/{view}/share               portfolio.share_view
DELETE /portfolio/views/{view}                     portfolio.remove_view
GET    /portfolio/milestones                       portfolio.milestones
GET    /portfolio/gantt                            portfolio.gantt
GET    /programmes                                 programme.list
POST   /programmes                                 programme.add
GET    /programmes/{programme}                     programme.show
PATCH  /programmes/{programme}                     programme.edit
DELETE /programmes/{programme}                     programme.remove
POST   /programmes/{programme}/projects            programme.add_project
DELETE /programmes/{programme}/projects/{project}  programme.remove_project
GET    /projects/{project}/plan/links              programme.links
POST   /projects/{project}/plan/shown              programme.show_task
GET    /projects/{project}/plan/offered            programme.offered_tasks
GET    /tasks/{task}/other-projects                programme.task_links
POST   /tasks/{task}/other-projects                programme.wait_for
DELETE /placeholders/{placeholder}                 programme.stop_waiting
GET    /accounts                                   portfolio.accounts
GET    /accounts/{organisation}                    portfolio.account
GET    /projects/{project}/standing                portfolio.standing

GET    /projects                                   projects.list
GET    /projects/at-hand                           projects.mine_short
POST   /projects                                   projects.create
GET    /projects/{project}                         projects.show
PATCH  /projects/{project}                         projects.edit
POST   /projects/{project}/stage                   projects.set_stage
GET    /projects/{project}/star                    projects.is_starred
PUT    /projects/{project}/star                    projects.star
DELETE /projects/{project}/star                    projects.unstar
GET    /projects/{project}/members                 projects.members
POST   /projects/{project}/members                 projects.set_member
DELETE /projects/{project}/members                 projects.remove_member
GET    /projects/{project}/activity                projects.activity
GET    /projects/{project}/happenings              projects.happenings
GET    /projects/{project}/history                 projects.history
GET    /projects/{project}/stakeholders            projects.stakeholders
POST   /projects/{project}/stakeholders            projects.add_stakeholder
PATCH  /stakeholders/{stakeholder}                 projects.edit_stakeholder
DELETE /stakeholders/{stakeholder}                 projects.remove_stakeholder
GET    /projects/{project}/risks                   projects.risks
POST   /projects/{project}/risks                   projects.add_risk
PATCH  /risks/{risk}                               projects.edit_risk
GET    /projects/{project}/issues                  projects.issues
POST   /projects/{project}/issues                  projects.add_issue
PATCH  /issues/{issue}                             projects.edit_issue
GET    /projects/{project}/decisions               projects.decisions
POST   /projects/{project}/decisions               projects.add_decision
PATCH  /decisions/{decision}                       projects.edit_decision
POST   /decisions/{decision}/outcome               projects.decide
POST   /decisions/{decision}/reopen                projects.reopen_decision
GET    /projects/{project}/assumptions             projects.assumptions
POST   /projects/{project}/assumptions             projects.add_assumption
PATCH  /assumptions/{assumption}                   projects.edit_assumption
GET    /projects/{project}/health-overrides        projects.overrides
POST   /projects/{project}/health-overrides        projects.override_health
POST   /projects/{project}/health-overrides/better projects.approve_better_health
DELETE /health-overrides/{override}                projects.lift_override

GET    /projects/{project}/plan                    schedule.show
POST   /projects/{project}/plan                    schedule.start_plan
POST   /projects/{project}/plan/changes            schedule.change_plan
GET    /projects/{project}/plan/changes            schedule.plan_changes
POST   /projects/{project}/plan/undo               schedule.undo_last
POST   /projects/{project}/plan/clear-levelling    schedule.clear_levelling
POST   /projects/{project}/plan/redo               schedule.redo_last
GET    /projects/{project}/plan/bin                schedule.removed_tasks
POST   /projects/{project}/plan/bin                schedule.restore_task
GET    /projects/{project}/plan/at                 schedule.tasks_at
POST   /plan-changes/{change}/undo                 schedule.undo_change
GET    /projects/{project}/tasks                   schedule.tasks
POST   /projects/{project}/tasks                   schedule.add_task
GET    /my-tasks                                   schedule.my_tasks
GET    /tasks/{task}                               schedule.show_task
PATCH  /tasks/{task}                               schedule.edit_task
DELETE /tasks/{task}                               schedule.remove_task
GET    /tasks/{task}/reasons                       schedule.explain_task
GET    /tasks/{task}/history                       schedule.task_history
GET    /tasks/{task}/at                            schedule.task_at
POST   /tasks/{task}/restoration                   schedule.restore_fields
GET    /projects/{project}/updates                 schedule.update_requests
POST   /projects/{project}/updates                 schedule.ask_for_news
GET    /projects/{project}/updates/people          schedule.people_to_ask
GET    /updates/{update}                           schedule.update_request
GET    /updates/{update}/answer                    schedule.my_update
POST   /updates/{update}/answer                    schedule.answer_update
POST   /updates/{update}/acceptance                schedule.accept_update
POST   /updates/{update}/withdraw                  schedule.withdraw_update
PATCH  /update-mails/{mail}                        schedule.edit_update_mail
POST   /update-mails/{mail}/approval               schedule.ask_to_send_update
POST   /update-mails/{mail}/drop                   schedule.drop_update_mail
GET    /tasks/{task}/hours                         hours.on_task
POST   /tasks/{task}/progress                      schedule.set_progress
POST   /tasks/{task}/assignments                   schedule.assign
POST   /links                                      schedule.link_tasks
DELETE /links                                      schedule.unlink_tasks
GET    /projects/{project}/milestones              schedule.milestones
GET    /projects/{project}/plan/week               schedule.week
GET    /projects/{project}/plan/forecast           schedule.forecast
GET    /projects/{project}/plan/simulation         schedule.simulation
GET    /projects/{project}/plan/views              schedule.views
POST   /projects/{project}/plan/views              schedule.save_view
POST   /projects/{project}/plan/views/open-with    schedule.open_with
POST   /plan-views/{view}/share                    schedule.share_view
DELETE /plan-views/{view}                          schedule.remove_view
GET    /fields                                     schedule.house_fields
POST   /fields                                     schedule.add_house_field
PATCH  /fields/{field}                             schedule.edit_field
DELETE /fields/{field}                             schedule.remove_field
GET    /projects/{project}/fields                  schedule.fields
POST   /projects/{project}/fields                  schedule.add_field
GET    /projects/{project}/plan/compare            schedule.compare_plans
GET    /projects/{project}/plan/faults             schedule.plan_faults
GET    /tasks/{task}/faults                        schedule.task_faults
GET    /tasks/{task}/repairs                       schedule.repairs
GET    /projects/{project}/baselines               schedule.baselines
POST   /projects/{project}/baselines               schedule.set_baseline
PATCH  /baselines/{baseline}                       schedule.edit_baseline
DELETE /baselines/{baseline}                       schedule.remove_baseline
POST   /baselines/{baseline}/use                   schedule.use_baseline
POST   /projects/{project}/status-date             schedule.set_status_date
POST   /projects/{project}/as-scheduled            schedule.update_as_scheduled
POST   /projects/{project}/uncompleted             schedule.reschedule_uncompleted
POST   /projects/{project}/calendar-exceptions     schedule.add_calendar_exception
POST   /projects/{project}/days-off                schedule.take_days_off
POST   /projects/{project}/holidays                house.holidays_into_plan
GET    /projects/{project}/resources               schedule.resources
POST   /projects/{project}/resources               schedule.add_resource
POST   /resources/{resource}/person                schedule.match_resource

GET    /projects/{project}/hours                   hours.entries
POST   /projects/{project}/hours                   hours.log
GET    /projects/{project}/hours/totals            hours.totals
GET    /projects/{project}/hours/costs             hours.costs
GET    /projects/{project}/hours/week              hours.week_sheet
GET    /projects/{project}/hours/timesheets        hours.timesheets_in
POST   /projects/{project}/hours/submit            hours.submit
POST   /projects/{project}/hours/approve           hours.approve
POST   /projects/{project}/hours/return            hours.return_entries
POST   /projects/{project}/hours/lock              hours.lock
GET    /entries/{entry}                            hours.show_entry
PATCH  /entries/{entry}                            hours.edit
DELETE /entries/{entry}                            hours.remove
POST   /entries/{entry}/split                      hours.split
GET    /my-week                                    hours.my_week
PUT    /my-week/cell                               hours.set_cell
POST   /my-week/copy                               hours.copy_week
POST   /my-week/submit                             hours.submit_week
GET    /team-week                                  hours.team_week
GET    /waiting-sheets                             hours.waiting_sheets
GET    /timer                                      hours.timer
POST   /timer                                      hours.start_timer
POST   /timer/stop                                 hours.stop_timer
DELETE /timer                                      hours.discard_timer
GET    /hours-rules                                hours.rules
PATCH  /hours-rules                                hours.edit_rules
GET    /projects/{project}/rates                   hours.rates
POST   /projects/{project}/rates                   hours.set_project_rate
GET    /rates                                      hours.house_rates
POST   /rates                                      hours.set_rate
DELETE /rates/{line}                               hours.remove_rate

GET    /projects/{project}/scope                   scope.statement
POST   /projects/{project}/scope                   scope.add_item
POST   /projects/{project}/scope/from-charter      scope.take_charter
POST   /projects/{project}/scope/approval          scope.ask_scope
GET    /projects/{project}/scope/versions          scope.scope_versions
GET    /scope-items/{item}                         scope.show_item
PATCH  /scope-items/{item}                         scope.edit_item
DELETE /scope-items/{item}                         scope.remove_item
GET    /projects/{project}/change-requests         scope.change_requests
POST   /projects/{project}/change-requests         scope.add_request
GET    /change-requests                            scope.change_log
GET    /change-requests/saturation                 scope.saturation
GET    /change-requests/{change}                  scope.show_request
PATCH  /change-requests/{change}                  scope.edit_request
POST   /change-requests/{change}/options          scope.add_option
PATCH  /change-options/{option}                    scope.edit_option
DELETE /change-options/{option}                    scope.remove_option
POST   /change-options/{option}/steps              scope.add_step
POST   /change-requests/{change}/impacts          scope.add_impact
PATCH  /change-impacts/{impact}                    scope.edit_impact
DELETE /change-impacts/{impact}                    scope.remove_impact
POST   /change-requests/{change}/effects          scope.assess
POST   /change-requests/{change}/decision         scope.ask_for_decision
POST   /change-requests/{change}/recall           scope.recall
POST   /change-requests/{change}/deferral         scope.defer
POST   /change-requests/{change}/withdrawal       scope.withdraw
POST   /change-requests/{change}/carrying-out     scope.carry_out
POST   /change-requests/{change}/undoing          scope.take_back

GET    /projects/{project}/budgets                 budgets.list
POST   /projects/{project}/budgets                 budgets.add
GET    /projects/{project}/budgets/burn            budgets.burn
GET    /projects/{project}/budgets/alerts          budgets.alerts
PATCH  /budgets/{budget}                           budgets.edit
DELETE /budgets/{budget}                           budgets.remove
POST   /budgets/{budget}/approve                   budgets.approve
GET    /projects/{project}/budget-changes          budgets.changes
POST   /projects/{project}/budget-changes          budgets.request_change
POST   /budget-changes/{change}/approve            budgets.approve_change
POST   /budget-changes/{change}/reject             budgets.reject_change
GET    /projects/{project}/planned-value           budgets.planned_value
GET    /projects/{project}/earned-value            budgets.earned_value

GET    /search                                     search.find
GET    /desk                                       desk.show
GET    /desk/lines                                 desk.line
GET    /desk/colleagues                            desk.colleagues
POST   /desk/snoozes                               desk.snooze
DELETE /desk/snoozes                               desk.unsnooze
POST   /desk/delegations                           desk.delegate
DELETE /desk/delegations/{delegation}              desk.take_back
GET    /inbox                                      comms.inbox
GET    /inbox/waiting                              comms.notices_waiting
POST   /inbox/archive                              comms.archive_all
POST   /inbox/{notice}/read                        comms.mark_read
POST   /inbox/{notice}/archive                     comms.archive
GET    /projects/{project}/comments                comms.discussion
POST   /projects/{project}/comments                comms.comment
GET    /projects/{project}/mentionable             comms.mentionable
GET    /comments/{comment}/history                 comms.comment_history
PATCH  /comments/{comment}                         comms.edit_comment
DELETE /comments/{comment}                         comms.remove_comment

GET    /files/{file}                               files.show
GET    /files/{file}/kind                          imports.sniff
GET    /imports                                    projects.import_list
GET    /projects/{project}/imports                 projects.imports
POST   /projects/{project}/imports                 imports.preview
GET    /imports/{batch}                            projects.show_import
GET    /imports/{batch}/columns                    imports.columns
GET    /imports/{batch}/undo                       imports.undo_effect
POST   /imports/{batch}/answers                    imports.answer
POST   /imports/{batch}/apply                      imports.apply
POST   /imports/{batch}/undo                       imports.undo

GET    /projects/{project}/snapshots               deliverables.snapshots
GET    /snapshots/{snapshot}                       deliverables.show_snapshot
GET    /snapshots/{snapshot}/comparison            reports.compare
GET    /projects/{project}/reports                 deliverables.versions
POST   /projects/{project}/reports                 reports.prepare
GET    /reports                                    deliverables.reports
GET    /reports/{version}                          deliverables.show
POST   /reports/{version}/approval                 reports.ask
POST   /reports/{version}/send                     reports.send
GET    /projects/{project}/documents               deliverables.documents
POST   /projects/{project}/documents               deliverables.add_document
GET    /documents/{document}                       deliverables.show_document
PATCH  /documents/{document}                       deliverables.edit_document
POST   /documents/{document}/versions              deliverables.add_version
GET    /document-versions/{upload}                 deliverables.show_upload
POST   /document-versions/{upload}/share           deliverables.share
POST   /document-versions/{upload}/unshare         deliverables.unshare
GET    /report-templates                           deliverables.templates
POST   /report-templates                           reports.set_template
DELETE /report-templates/{template}                deliverables.remove_template
GET    /approvals                                  approvals.list
GET    /approvals/{approval}                       approvals.show
POST   /approvals/{approval}/decision              reports.decide
GET    /mails                                      comms.outbox
POST   /mails/{mail}/retry                         comms.retry
POST   /mails/test                                 comms.send_test
GET    /house/health                               house.health
POST   /house/health                               house.examine
GET    /house/backups                              house.backups
POST   /house/backups                              house.back_up
"""


def _read(table: str) -> tuple[Route, ...]:
    return tuple(Route(*line.split()) for line in table.splitlines() if line.strip())


ROUTES = _read(_TABLE)
