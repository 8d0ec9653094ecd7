"""What the frame and its components draw, and what they keep to themselves."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.template import engines
from django.test import Client, RequestFactory
from django_cotton.compiler_regex import CottonCompiler

from headway.interfaces.web import errors
from headway.interfaces.web.errors import error_response
from headway.interfaces.web.frame import Frame, Link, NavEntry, NavGroup, navigation
from headway.interfaces.web.locale import BRITISH
from tests.interfaces.web.frame import gallery

Draw = Callable[..., str]


@pytest.fixture
def draw() -> Draw:
    """A component's markup from a line of template."""

    def drawn(text: str, **values: Any) -> str:
        return (
            engines["django"]
            .from_string(CottonCompiler().process(text))
            .render({"frame": Frame(locale=BRITISH), **values})
        )

    return drawn


@pytest.fixture
def page(with_gallery: None, db: None) -> str:
    answer = Client().get("/gallery/?pane=1")
    assert answer.status_code == 200
    return answer.content.decode()


def test_text_of_people_is_text_in_every_component(page: str) -> None:
    assert gallery.HOSTILE not in page
    assert "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;" in page


@pytest.mark.parametrize(
    "text",
    [
        "<c-page-header :title='hostile' :answer='hostile' />",
        "<c-figure name='n' :label='hostile' :value='hostile' :note='hostile' />",
        "<c-notice :title='hostile'>{{ hostile }}</c-notice>",
        "<c-chip :text='hostile' />",
        "<c-person :name='hostile' :detail='hostile' />",
        "<c-empty :title='hostile' />",
        "<c-dialog id='d' :title='hostile' />",
        "<c-drop :label='hostile' :help='hostile' :error='hostile' />",
        "<c-table :label='hostile' />",
        "<c-breadcrumbs :items='links' />",
        "<c-tabs :items='links' />",
        "<c-pane :title='hostile' />",
        "<c-rag state='red' :text='hostile' />",
        "<c-th :label='hostile' />",
    ],
)
def test_no_component_lets_markup_through(draw: Draw, text: str) -> None:
    hostile = '"><img src=x onerror=alert(1)>'
    shown = draw(text, hostile=hostile, links=[Link(hostile, "#")])
    assert "<img" not in shown
    assert "&lt;img" in shown


def test_a_component_does_not_read_the_pages_variables_of_the_same_name(draw: Draw) -> None:
    assert "leaked" not in draw(
        "<c-notice>x</c-notice><c-empty title='t' /><c-figure name='n' label='l' value='1' />",
        title="leaked",
        note="leaked",
        tone="leaked",
        source="leaked",
        kind="leaked",
        actions="leaked",
        dismiss="leaked",
        icon="leaked",
    )


@pytest.mark.parametrize(
    ("state", "word"), [("green", "Green"), ("amber", "Amber"), ("red", "Red"), ("grey", "Not measured")]
)
def test_a_state_is_a_word_a_shape_and_a_colour(draw: Draw, state: str, word: str) -> None:
    shown = draw(f"<c-rag state='{state}' />")
    assert word in shown
    assert f"#rag-{state}" in shown
    assert f"hw-rag-{state}" in shown


def test_a_figure_opens_to_its_formula_inputs_date_and_records(page: str) -> None:
    found = re.search(r'id="cpi-source" popover.*?</div>', page, re.DOTALL)
    assert found is not None
    for part in ("earned value ÷ actual cost", "EUR 198,300", "13 Mar 2026", "48 tasks, 214 hour entries"):
        assert part in found.group()
    assert 'popovertarget="cpi-source"' in page
    assert 'popovertarget="hours-source"' not in page  # nothing to open, no button


def test_the_navigation_holds_what_is_passed_and_marks_where_one_is(page: str) -> None:
    side = page[page.index('<ul class="hw-nav">') : page.index("</nav>")]
    assert re.findall(r"<span>([^<]+)</span>", side) == ["Projects", "Approvals", "People", "Imports"]
    assert side.count('aria-current="page"') == 1


def test_without_navigation_person_or_search_nothing_stands_in_for_them(draw: Draw) -> None:
    shown = draw("{% extends 'base.html' %}")
    assert "<nav" not in shown
    assert 'type="search"' not in shown
    assert "popovertarget" not in shown


def test_the_longest_address_decides_where_one_is() -> None:
    groups = [NavGroup((NavEntry("All", "/projects/", "folder"), NavEntry("Mine", "/projects/mine/", "user")))]
    marked = navigation(groups, path="/projects/mine/7/")
    assert [entry.active for entry in marked[0].entries] == [False, True]
    assert [entry.active for entry in navigation(groups, path="/projectsx/")[0].entries] == [False, False]


def test_an_empty_group_is_left_out() -> None:
    assert navigation([NavGroup((), "Nothing")], path="/") == ()


def test_a_sorted_column_says_so(draw: Draw) -> None:
    assert 'aria-sort="descending"' in draw("<c-th label='Due' href='?sort=due' sort='descending' />")
    assert "aria-sort" not in draw("<c-th label='Due' href='?sort=due' />")


def test_a_wrong_field_is_tied_to_its_message(page: str) -> None:
    assert 'aria-invalid="true"' in page
    field = re.search(r'<input[^>]*name="key"[^>]*>', page)
    assert field is not None
    assert 'aria-describedby="id_key_helptext id_key_error"' in field.group()
    assert 'id="id_key_error"' in page


def test_a_pager_without_a_known_total_does_not_make_one_up(draw: Draw) -> None:
    assert " of " not in draw("<c-pager :shown='50' next_url='?cursor=x' />")


@pytest.mark.parametrize("status", [400, 403, 404, 409, 412, 422, 429, 500, 503])
def test_every_error_has_a_page_with_a_reference(status: int, db: None) -> None:
    request = RequestFactory().get("/x")
    request.reference = "abc123"  # type: ignore[attr-defined]
    answer = error_response(request, status)
    assert answer.status_code == status
    assert b"abc123" in answer.content
    assert answer.headers.get("Retry-After") == ("5" if status == 503 else None)


@pytest.mark.parametrize(("kind", "status"), [("denied", 403), ("boom", 500), ("busy", 503), ("moved", 409)])
def test_failures_become_pages_that_leak_nothing(with_gallery: None, db: None, kind: str, status: int) -> None:
    client = Client(raise_request_exception=False)
    answer = client.get(f"/gallery/broken/{kind}/")
    assert answer.status_code == status
    assert b"4711" not in answer.content
    assert b"Traceback" not in answer.content
    assert answer.headers["X-Request-Id"].encode() in answer.content


def test_when_even_the_error_page_fails_there_is_still_a_reference(
    db: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any) -> str:
        raise RuntimeError("no templates 4711")

    monkeypatch.setattr(errors, "render_to_string", broken)
    answer = Client(raise_request_exception=False).get("/gallery/broken/boom/")
    assert answer.status_code == 500
    assert answer.headers["X-Request-Id"] in answer.content.decode()
    assert b"4711" not in answer.content
    assert "error page failed" in caplog.text


def test_a_conflict_says_what_moved(with_gallery: None, db: None) -> None:
    assert b"Baseline 3 exists already." in Client().get("/gallery/broken/moved/").content


def test_hidden_and_absent_look_alike(with_gallery: None, db: None) -> None:
    first, second = (Client().get(path) for path in ("/nowhere/", "/accounts/signup/"))
    strip = re.compile(rb"Reference <code>\w+</code>")
    assert first.status_code == second.status_code == 404
    assert strip.sub(b"", first.content) == strip.sub(b"", second.content)
