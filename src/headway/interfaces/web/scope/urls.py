"""The addresses of scope statements and change requests."""

from __future__ import annotations

from django.urls import URLPattern, path

from headway.interfaces.web.scope import changes, deciding, options, statement

_CHANGE = "projects/<key:key>/changes/<int:number>/"

urlpatterns: list[URLPattern] = [
    path("changes/", deciding.log, name="change-log"),
    path("projects/<key:key>/scope/", statement.scope, name="scope"),
    path("projects/<key:key>/scope/new/", statement.item_new, name="scope-item-new"),
    path("projects/<key:key>/scope/from-charter/", statement.from_charter, name="scope-from-charter"),
    path("projects/<key:key>/scope/approval/", statement.ask, name="scope-ask"),
    path("projects/<key:key>/scope/versions/", statement.versions, name="scope-versions"),
    path("projects/<key:key>/scope/versions/<int:number>/", statement.version, name="scope-version"),
    path("projects/<key:key>/scope/items/<int:item>/", statement.item, name="scope-item"),
    path("projects/<key:key>/scope/items/<int:item>/remove/", statement.item_remove, name="scope-item-remove"),
    path("projects/<key:key>/changes/", changes.changes, name="changes"),
    path("projects/<key:key>/changes/new/", changes.new, name="change-new"),
    path(_CHANGE, changes.change, name="change"),
    path(f"{_CHANGE}edit/", changes.edit, name="change-edit"),
    path(f"{_CHANGE}memo/<slug:form>/", changes.memo, name="change-memo"),
    path(f"{_CHANGE}effects/", options.compute, name="change-compute"),
    path(f"{_CHANGE}options/new/", options.new, name="option-new"),
    path(f"{_CHANGE}options/<int:option>/", options.edit, name="option"),
    path(f"{_CHANGE}options/<int:option>/remove/", options.remove, name="option-remove"),
    path(f"{_CHANGE}options/<int:option>/risks/new/", options.risk_new, name="option-risk-new"),
    path(f"{_CHANGE}options/<int:option>/risks/<int:risk>/remove/", options.risk_remove, name="option-risk-remove"),
    path(f"{_CHANGE}options/<int:option>/steps/<slug:way>/", options.step, name="option-step"),
    path(f"{_CHANGE}options/<int:option>/steps/<int:place>/remove/", options.step_remove, name="option-step-remove"),
    path(f"{_CHANGE}impacts/new/", deciding.impact_new, name="impact-new"),
    path(f"{_CHANGE}impacts/<int:impact>/", deciding.impact_edit, name="impact"),
    path(f"{_CHANGE}impacts/<int:impact>/remove/", deciding.impact_remove, name="impact-remove"),
    path(f"{_CHANGE}decision/", deciding.ask, name="change-ask"),
    path(f"{_CHANGE}recall/", deciding.recall, name="change-recall"),
    path(f"{_CHANGE}defer/", deciding.defer, name="change-defer"),
    path(f"{_CHANGE}withdraw/", deciding.withdraw, name="change-withdraw"),
    path(f"{_CHANGE}carry-out/", deciding.carry_out, name="change-carry-out"),
    path(f"{_CHANGE}take-back/", deciding.take_back, name="change-take-back"),
]
