"""Saved views of a plan: one's own, shared with the project, the one that opens first; settings that are checked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from headway.areas.people.queries import person_of_user
from headway.areas.people.types import Role
from headway.areas.projects import commands as projects
from headway.areas.schedule import views
from headway.areas.schedule.looks import ColourRule, Condition, Relation, SortKey, Tint, ViewSettings
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Denied, Invalid, NotFound

House = Callable[[str], Context]
pytestmark = pytest.mark.django_db
LATE = ViewSettings(
    columns=("name", "finish", "custom:Cost centre"),
    sort=(SortKey("finish", down=True),),
    conditions=(Condition("finish", Relation.BELOW, "today"),),
    rules=(ColourRule(Condition("status", Relation.IS, "Late"), Tint.RED, words="Late"),),
    group="people",
)


def _views(house: House, who: str) -> list[tuple[str, bool, bool]]:
    return [(row.name, row.mine, row.first) for row in views.views(house(who).but(), project="SITE")]


def test_a_view_is_kept_and_replaced_by_its_name(charted: House) -> None:
    ctx = charted("manager")
    made = views.save_view(ctx, project="SITE", name=" Late  ones ", settings=LATE, first=True)
    assert (made.name, made.settings, made.shared, made.mine, made.first) == ("Late ones", LATE, False, True, True)
    again = views.save_view(ctx, project="SITE", name="Late ones", settings=ViewSettings(quick="late"))
    assert (again.id, again.settings.quick, again.first) == (made.id, "late", True)
    assert _views(charted, "member") == []


def test_a_shared_view_is_opened_by_everybody_on_the_project_and_changed_by_its_maker_alone(charted: House) -> None:
    view = views.save_view(charted("manager"), project="SITE", name="Late", settings=LATE, shared=True).id
    views.save_view(charted("member"), project="SITE", name="A mine", settings=ViewSettings())
    assert _views(charted, "member") == [("A mine", True, False), ("Late", False, False)]
    views.open_with(charted("member"), project="SITE", view=view)
    assert ("Late", False, True) in _views(charted, "member")
    for act in (
        lambda ctx: views.remove_view(ctx, view=view),
        lambda ctx: views.share_view(ctx, view=view, shared=False),
    ):
        with pytest.raises(Denied):
            act(charted("member"))
        with pytest.raises(NotFound):
            act(charted("stranger"))
        with pytest.raises(NotFound):
            act(charted("client"))


def test_a_view_kept_to_oneself_again_opens_first_for_nobody_else(charted: House) -> None:
    view = views.save_view(charted("manager"), project="SITE", name="Late", settings=LATE, shared=True, first=True).id
    views.open_with(charted("member"), project="SITE", view=view)
    views.share_view(charted("manager"), view=view, shared=False)
    assert _views(charted, "manager") == [("Late", True, True)]
    assert _views(charted, "member") == []
    views.share_view(charted("manager"), view=view, shared=True)
    assert _views(charted, "member") == [("Late", False, False)]


def test_a_removed_view_opens_no_more(charted: House) -> None:
    ctx = charted("manager")
    view = views.save_view(ctx, project="SITE", name="Late", settings=LATE, shared=True, first=True).id
    views.remove_view(ctx, view=view)
    assert _views(charted, "manager") == []
    with pytest.raises(NotFound):
        views.open_with(ctx, project="SITE", view=view)


def test_a_view_belongs_to_one_project(charted: House) -> None:
    ctx = charted("manager")
    shop = projects.create(ctx, key="SHOP", name="Shop")
    projects.set_member(ctx, project=shop.id, person=person_of_user(charted("member").actor.user_id), role=Role.MEMBER)
    view = views.save_view(ctx, project="SITE", name="Late", settings=LATE, shared=True).id
    assert views.views(ctx.but(), project="SHOP") == ()
    with pytest.raises(NotFound):
        views.open_with(ctx, project="SHOP", view=view)


def test_without_a_view_the_plan_opens_as_usual(charted: House) -> None:
    ctx = charted("manager")
    views.save_view(ctx, project="SITE", name="Late", settings=LATE, first=True)
    views.open_with(ctx, project="SITE", view=None)
    assert _views(charted, "manager") == [("Late", True, False)]


def test_views_are_limited(charted: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "_MOST_VIEWS", 1)
    views.save_view(charted("manager"), project="SITE", name="One", settings=LATE)
    with pytest.raises(Conflict):
        views.save_view(charted("manager"), project="SITE", name="Two", settings=LATE)


@pytest.mark.parametrize(
    ("settings", "place"),
    [
        ({"columns": ["no such column!"]}, "settings.columns"),
        ({"columns": ["name"] * 81}, "settings.columns"),
        ({"quick": "LATE"}, "settings.quick"),
        ({"zoom": 99}, "settings.zoom"),
        ({"conditions": [{"column": "name", "relation": "like", "value": "x"}]}, "settings.conditions"),
        ({"rules": [{"condition": {"column": "name", "relation": "is"}, "tint": "pink"}]}, "settings.rules"),
        ({"widths": [{"column": "name", "width": 4}]}, "settings.widths"),
        ({"colour": "red"}, "settings"),
    ],
)
def test_settings_that_no_page_could_show_are_refused(charted: House, settings: dict[str, Any], place: str) -> None:
    with pytest.raises(Invalid) as refusal:
        views.save_view.call_json(charted("manager"), {"project": "SITE", "name": "Odd", "settings": settings})
    assert refusal.value.fields[0].field.startswith(place)
