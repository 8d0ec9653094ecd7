"""What is shown of a plan, chosen in a real browser; kept as a view, shared, opened by another person."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from headway.areas.people.queries import person_of_user
from headway.areas.schedule import commands, fields, queries, views
from headway.areas.schedule.looks import FieldChoice, FieldKind, Tint, ViewSettings
from tests.interfaces.web.conftest import House, Signed, sign_in
from tests.interfaces.web.looking import look
from tests.interfaces.web.waiting import comes_to

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ROWS = ".gx-row:not([hidden]):not(.is-blank)"


@pytest.fixture
def shaped(site: House) -> House:
    """SITE with two phases of two tasks each from Monday 2 March 2026; Max on the first of each."""
    manager = site("manager")
    commands.start_plan(manager, project="SITE", start=date(2026, 3, 2))
    commands.add_resource(
        manager, project="SITE", name="Max Member", person=person_of_user(site("member").actor.user_id)
    )
    resource = queries.resources(manager.but(), project="SITE")[0].id
    for phase, tasks in (("Design", ("Sketch", "Draw")), ("Build", ("Code", "Test"))):
        commands.add_task(manager, project="SITE", name=phase, level=1)
        for place, name in enumerate(tasks):
            made = commands.add_task(manager, project="SITE", name=name, duration=f"{3 + place}d", level=2)
            if not place:
                commands.assign(manager, task=made.task_id, resource=resource)
    return site


def _open(context: BrowserContext, who: str = "manager", path: str = "") -> Page:
    page = sign_in(context, who)
    page.goto(f"/projects/SITE/plan/{path}")
    expect(page.locator("x-gantt.is-ready.is-complete")).to_be_visible()
    return page


def _float(page: Page, button: str) -> Locator:
    page.get_by_role("button", name=button).first.click()
    return page.locator("[popover]:popover-open")


def _names(page: Page) -> list[str]:
    """The names of the rows from the top: they are kept and filled again, so their order in the document is any."""
    rows = page.locator(ROWS).evaluate_all(
        "rows => rows.map((row) => [Number(row.ariaRowIndex), row.querySelector('bdi').textContent])"
    )
    return [name for _, name in sorted(rows)]


def _heads(page: Page) -> list[str | None]:
    heads = page.locator(".gx-head [role=columnheader]").all()
    return [head.get_attribute("data-column") for head in heads]


def test_a_view_is_made_shared_and_opened_by_its_address(opened: BrowserContext, shaped: House) -> None:
    page = _open(opened)
    _choose_columns(page)
    _filter_group_and_colour(page)
    box = _float(page, "Usual view")
    box.get_by_label("Name of the view").fill("Where Max works")
    box.get_by_label("Share it with the project").check()
    box.get_by_role("button", name="Save the view").click()
    expect(page.locator("[data-gx=status]")).to_have_text(
        "The view “Where Max works” is saved and shared with the project."
    )
    expect(page).to_have_url(re.compile(r"\?view=\d+$"))
    address = page.url.split("/plan/")[1]
    page.keyboard.press("Escape")
    names, heads = _names(page), _heads(page)

    other = _open(opened, "associate", address)
    expect(other.locator("[data-gx=view-name]")).to_have_text("Where Max works")
    comes_to(lambda: (_names(other), _heads(other)), (names, heads))
    expect(other.locator(".gx-tag-violet").first).to_be_visible()
    other.get_by_label("Which tasks").select_option("milestones")
    expect(other.locator("[data-gx=view-name]")).to_have_text("Where Max works, changed")
    expect(other.get_by_text("No task matches.")).to_be_visible()
    other.get_by_role("button", name="Show all tasks").last.click()
    box = _float(other, "Where Max works")
    expect(box.get_by_role("button", name="Save the changes")).to_have_count(0)  # another's view
    box.get_by_role("button", name="Usual view").click()
    expect(other).not_to_have_url(re.compile("view="))
    comes_to(lambda: _names(other), ["Design", "Sketch", "Draw", "Build", "Code", "Test"])


def _choose_columns(page: Page) -> None:
    box = _float(page, "Columns")
    box.get_by_role("checkbox", name="Status").check()
    box.get_by_role("checkbox", name="Slip").uncheck()
    box.get_by_role("checkbox", name="Status").press("Alt+ArrowUp")
    expect(box.get_by_role("checkbox", name="Status")).to_be_focused()
    page.keyboard.press("Escape")
    comes_to(lambda: _heads(page)[-3:], ["people", "status", "percent"])
    page.locator(".gx-head [data-column=duration]").focus()
    page.keyboard.press("Shift+ArrowRight")
    comes_to(lambda: _heads(page)[2:4], ["start", "duration"])


def _filter_group_and_colour(page: Page) -> None:
    box = _float(page, "Filter")
    box.get_by_role("button", name="Add a condition").click()
    box.get_by_label("Column").select_option("people")
    box.get_by_label("Value of Who").fill("max")
    expect(page.locator("[data-gx=count]")).to_have_text(re.compile("^2 of 6 rows"))
    look(page, "plan-views-filter")
    page.keyboard.press("Escape")
    comes_to(lambda: _names(page), ["Design", "Sketch", "Build", "Code"])
    box = _float(page, "Group")
    box.get_by_label("Group by").select_option("phase")
    box.get_by_role("button", name="Order by a column").click()
    page.keyboard.press("Escape")
    comes_to(lambda: _names(page), ["Build", "Code", "Design", "Sketch"])
    expect(page.locator(".gx-row.is-group").first).to_contain_text("1 task")
    box = _float(page, "Colours")
    box.get_by_role("button", name="Add a rule").click()
    box.get_by_label("Column").select_option("duration")
    box.get_by_label("Relation").select_option("above")
    box.get_by_label("Value of Duration").fill("2d")
    box.get_by_label("Colour, rule 1").select_option("violet")
    box.get_by_label("Words beside the name, rule 1").fill("Long")
    box.get_by_label("Words beside the name, rule 1").blur()
    expect(page.locator(".gx-row.gx-tint-violet")).to_have_count(2)
    expect(page.locator(".gx-row .gx-tag-violet").first).to_have_text("Long")
    look(page, "plan-views-colours")
    page.keyboard.press("Escape")


ASKED: tuple[tuple[dict[str, Any], list[str]], ...] = (
    ({"quick": "to-do"}, ["Design", "Draw", "Build", "Code", "Test"]),
    ({"quick": "not-begun"}, ["Build", "Code", "Test"]),
    ({"quick": "in-progress"}, ["Design", "Draw"]),
    ({"quick": "mine"}, ["Design", "Draw"]),
    ({"quick": "over-capacity"}, []),
    ({"quick": "no-owner"}, ["Build", "Test"]),
    ({"quick": "no-predecessor", "search": "des"}, []),
    ({"search": "CO"}, ["Build", "Code"]),
    ({"conditions": [("duration", "above", "3d")]}, ["Design", "Draw", "Build", "Test"]),
    ({"conditions": [("start", "is", "2026-03-02"), ("percent", "is", "50 %")]}, ["Design", "Draw"]),
    (
        {"conditions": [("percent", "is", "100"), ("name", "is", "test")], "match": "any"},
        ["Design", "Sketch", "Build", "Test"],
    ),
    ({"conditions": [("people", "empty", ""), ("percent", "is_not", "50")]}, ["Design", "Build", "Test"]),
    ({"conditions": [("owner", "filled", "")]}, ["Design", "Draw"]),
    ({"conditions": [("milestone", "is", "Yes")]}, []),
    ({"conditions": [("name", "lacks", "e"), ("finish", "above", "2026-03-04")]}, ["Design", "Draw", "Build"]),
    ({"conditions": [("finish", "below", "not a day")]}, ["Design", "Sketch", "Draw", "Build", "Code", "Test"]),
    ({"sort": [("name", False)]}, ["Build", "Code", "Test", "Design", "Draw", "Sketch"]),
    ({"sort": [("duration", True), ("name", True)]}, ["Design", "Draw", "Sketch", "Build", "Test", "Code"]),
    ({"group": "percent"}, ["0 %", "Code", "Test", "26 – 50 %", "Draw", "100 %", "Sketch"]),
    ({"group": "finish", "sort": [("name", False)]}, ["March 2026", "Code", "Draw", "Sketch", "Test"]),
    ({"group": "owner", "quick": "mine"}, ["Mona Manager", "Draw"]),
)


def test_rows_are_what_was_asked_for(opened: BrowserContext, shaped: House) -> None:
    ids = {row.name: row.id for row in queries.tasks(shaped("manager").but(), project="SITE").items}
    commands.set_progress(shaped("manager").but(), task=ids["Sketch"], percent_complete=100)
    commands.set_progress(shaped("manager").but(), task=ids["Draw"], percent_complete=50)
    commands.edit_task(shaped("manager").but(), task=ids["Draw"], owner="Mona Manager")
    page = _open(opened)
    for asked, names in ASKED:
        given = {"quick": "", "search": "", "match": "all", "group": "", **asked}
        given["conditions"] = [
            {"column": column, "relation": relation, "value": value}
            for column, relation, value in asked.get("conditions", ())
        ]
        given["sort"] = [{"column": column, "down": down} for column, down in asked.get("sort", ())]
        page.evaluate("asked => document.querySelector('x-gantt').ask(asked)", given)
        comes_to(lambda asked=asked: (asked, _names(page)), (asked, names))


def test_the_pages_of_fields_are_accessible(opened: BrowserContext, shaped: House) -> None:
    choices = (FieldChoice("Draft"), FieldChoice("Final", Tint.GREEN), FieldChoice("Refused", Tint.VIOLET))
    fields.add_house_field(shaped("manager"), name="Stage", kind=FieldKind.CHOICE, choices=choices)
    page = sign_in(opened, "manager")
    for name, path in (("settings-fields", "/settings/fields/"), ("plan-fields", "/projects/SITE/plan/fields/")):
        page.goto(path)
        look(page, name)


def test_a_column_of_ones_own_is_added_where_the_columns_are(opened: BrowserContext, shaped: House) -> None:
    page = _open(opened)
    box = _float(page, "Columns")
    box.get_by_text("Add a column of your own").click()
    box.get_by_label("Name").fill("Stage")
    box.get_by_label("It holds").select_option("choice")
    look(page, "plan-views-field")
    box.get_by_role("button", name="Add the column").click()
    expect(box.get_by_role("alert")).to_have_text(re.compile("Say what one may choose"))
    box.get_by_label("Choices, one a line").fill("Draft\nFinal")
    box.get_by_role("button", name="Add the column").click()
    expect(page.get_by_role("columnheader", name="Stage")).to_be_attached()
    made = fields.fields(shaped("manager").but(), project="SITE")[0]
    assert (made.key, [choice.name for choice in made.choices]) == ("Stage", ["Draft", "Final"])


def test_folding_groups_and_the_menu_of_a_column_by_keyboard(opened: BrowserContext, shaped: House) -> None:
    page = _open(opened)
    page.locator(".gx-head [data-column=finish]").drag_to(page.locator(".gx-head [data-column=start]"))
    comes_to(lambda: _heads(page)[2:5], ["duration", "finish", "start"])
    expect(page.locator(".gx-head [data-column=finish]")).to_have_attribute("aria-sort", "none")  # pulled, not clicked
    page.locator(".gx-head [data-column=people]").focus()
    page.keyboard.press("Alt+ArrowDown")
    menu = page.locator(".gx-column-menu")
    expect(menu.get_by_role("button", name="Smallest first")).to_be_focused()
    menu.get_by_role("button", name="Group by this column").press("Enter")
    comes_to(lambda: _names(page), ["Max Member", "Sketch", "Code", "Without who", "Draw", "Test"])
    page.locator(".gx-row.is-group", has_text="Max Member").get_by_role("rowheader").focus()
    page.keyboard.press("ArrowLeft")
    comes_to(lambda: _names(page), ["Max Member", "Without who", "Draw", "Test"])
    page.reload()
    expect(page.locator("x-gantt.is-complete")).to_be_visible()
    comes_to(
        lambda: _names(page), ["Max Member", "Without who", "Draw", "Test"]
    )  # kept in the browser until it is saved


def test_a_view_that_is_not_shared_is_not_opened_by_its_address(opened: BrowserContext, shaped: House) -> None:
    mine = views.save_view(shaped("manager"), project="SITE", name="Mine", settings=ViewSettings(quick="late"))
    page = _open(opened, "associate", f"?view={mine.id}")
    expect(page.locator("[data-gx=status]")).to_have_text(
        re.compile("^This view is not shared with you, or it was removed")
    )
    expect(page.locator("[data-gx=view-name]")).to_have_text("Usual view")


def test_the_plan_opens_with_the_view_that_was_chosen(opened: BrowserContext, shaped: House) -> None:
    ctx = shaped("manager")
    choices = (FieldChoice("Draft"), FieldChoice("Final", Tint.GREEN))
    fields.add_field(ctx, project="SITE", name="Stage", kind=FieldKind.CHOICE, choices=choices)
    settings = ViewSettings(columns=("name", "custom:Stage", "gone"), search="co")
    view = views.save_view(ctx.but(), project="SITE", name="First", settings=settings, first=True)
    page = _open(opened)
    expect(page).to_have_url(re.compile(f"view={view.id}$"))
    assert (_heads(page), _names(page)) == (["name", "custom:Stage"], ["Build", "Code"])


def test_who_may_define_no_field_is_offered_none(opened: BrowserContext, shaped: House) -> None:
    page = _open(opened, "tester")
    box = _float(page, "Columns")
    expect(box.get_by_role("checkbox", name="Status")).to_be_visible()
    expect(box.get_by_text("Add a column of your own")).to_have_count(0)


def test_views_of_others_are_not_in_the_page(shaped: House, signed: Signed) -> None:
    views.save_view(shaped("manager"), project="SITE", name="My secret list", settings=ViewSettings())
    assert b"My secret list" in signed("manager").get("/projects/SITE/plan/").content
    assert b"My secret list" not in signed("member").get("/projects/SITE/plan/").content
    assert signed("client").get("/projects/SITE/plan/").status_code == 404
