"""The addresses of the method."""

from __future__ import annotations

from django.urls import URLPattern, path

from headway.interfaces.web.method import checklists, house_rules, method, recurring, templates

urlpatterns: list[URLPattern] = [
    path("templates/", templates.listing, name="templates"),
    path("templates/<str:ref>/", templates.template, name="template"),
    path("templates/<str:ref>/edit/", templates.edit, name="template-edit"),
    path("templates/<str:ref>/retire/", templates.retire, name="template-retire"),
    path("templates/<str:ref>/offer/", templates.offer, name="template-offer"),
    path("settings/method/", house_rules.listing, name="settings-method"),
    path("settings/method/<slug:rule>/", house_rules.change, name="method-rule"),
    path("projects/<key:key>/method/", method.method, name="method"),
    path("projects/<key:key>/method/repair/", method.repair, name="method-repair"),
    path("projects/<key:key>/method/stage/", method.move, name="method-move"),
    path("projects/<key:key>/method/gates/usual/", method.usual, name="gates-usual"),
    path("projects/<key:key>/method/gates/new/", method.gate_new, name="gate-new"),
    path("projects/<key:key>/method/gates/<int:gate>/", method.gate, name="gate"),
    path("projects/<key:key>/method/gates/<int:gate>/edit/", method.gate_edit, name="gate-edit"),
    path("projects/<key:key>/method/gates/<int:gate>/criteria/", method.criterion_add, name="criterion-add"),
    path("projects/<key:key>/method/gates/<int:gate>/<slug:deed>/", method.gate_act, name="gate-act"),
    path("projects/<key:key>/method/criteria/<int:criterion>/<slug:deed>/", method.criterion_act, name="criterion-act"),
    path("projects/<key:key>/method/recurring/new/", recurring.new, name="recurring-new"),
    path("projects/<key:key>/method/recurring/<int:rule>/", recurring.rule, name="recurring"),
    path("projects/<key:key>/method/save-template/", templates.save, name="template-save"),
    path("projects/<key:key>/method/part/", templates.part, name="template-part"),
    path("projects/<key:key>/method/roles/", templates.roles, name="plan-roles"),
    path("projects/<key:key>/plan/tasks/<int:task_id>/checklist/", checklists.checklist, name="checklist"),
]
