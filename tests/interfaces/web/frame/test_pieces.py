"""Pieces written by hand look like their components, and escape what people typed."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.template import engines
from django_cotton.compiler_regex import CottonCompiler

from headway.interfaces.web.frame import Frame, Input, Source
from headway.interfaces.web.locale import AMERICAN, BRITISH
from headway.interfaces.web.templatetags import pieces
from headway.interfaces.web.templatetags.formats import sprite

FRIDAY = date(2026, 3, 13)
TYPED = """<b>"O'Hara" & co</b>"""
SAFE = "&lt;b&gt;&quot;O&#x27;Hara&quot; &amp; co&lt;/b&gt;"


def test_an_icon_is_silent_or_has_a_label() -> None:
    assert pieces.icon("flag") == (f'<svg class="hw-icon" aria-hidden="true"><use href="{sprite()}#flag"></use></svg>')
    assert 'class="hw-icon hw-icon-small" role="img" aria-label="' + SAFE in pieces.icon("flag", "small", TYPED)


def test_a_date_tells_all_there_is_to_know_of_it() -> None:
    assert pieces.dated(FRIDAY, BRITISH) == (
        '<time datetime="2026-03-13" title="Fri 13 Mar 2026">Fri 13 Mar 2026</time>'
    )
    assert pieces.dated_short(FRIDAY, AMERICAN) == (
        '<time datetime="2026-03-13" title="Fri, Mar 13, 2026">Fri, Mar 13</time>'
    )
    assert "09:30 UTC" in pieces.dated(datetime(2026, 3, 13, 9, 30, tzinfo=UTC), BRITISH)
    assert pieces.dated(None, BRITISH) == pieces.dated_short(None, BRITISH) == "–"


@pytest.mark.parametrize(
    ("component", "piece"),
    [
        ('<c-icon name="flag" size="small" label="A flag" />', '{% icon "flag" "small" "A flag" %}'),
        ('<c-date :value="day" />', "{{ day|dated:frame.locale }}"),
        ('<c-date :value="none" empty="open" />', "open"),
        ('<c-rag state="red" text="Late" boxed />', '{% rag "red" "Late" True %}'),
        ('<c-person :name="typed" />', "{{ typed|person }}"),
        ('<c-source id="why" :label="typed" :source="source" />', '{% explained "why" typed source frame.locale %}'),
    ],
)
def test_a_component_and_its_piece_look_alike(component: str, piece: str) -> None:
    source = Source("<i>a</i> + b", (Input(TYPED, "<b>", "/x?a=1&b=2"), Input("n", "3")), FRIDAY, TYPED, "/records")
    values = {"frame": Frame(locale=BRITISH), "day": FRIDAY, "none": None, "typed": TYPED, "source": source}
    drawn = [
        engines["django"].from_string("{% load pieces %}" + CottonCompiler().process(text)).render(values)
        for text in (component, piece)
    ]
    assert drawn[0].strip() == drawn[1].strip()
    assert TYPED not in drawn[0]
    assert "<i>a" not in drawn[0]
