"""Words of the index: folded, taken apart, found again in what people wrote."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headway.kernel.search_words import (
    Term,
    excerpt,
    fold,
    holds_all,
    marks_in,
    terms_of,
    words_of,
)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Übergröße", "ubergrosse"),
        ("Łódź", "lodz"),
        ("Søren Ærø", "soren aero"),
        ("façade CAFÉ", "facade cafe"),
        ("ﬁnish", "finish"),
        ("مرحبا", "مرحبا"),
    ],
)
def test_capitals_and_diacritics_do_not_count(written: str, folded: str) -> None:
    assert fold(written) == folded


def test_a_word_with_hyphens_stands_whole_and_in_parts() -> None:
    assert words_of("The web-site, v2_final.") == ["the", "web-site", "web", "site", "v2_final", "v2", "final"]


def test_operators_and_quotes_are_only_their_letters() -> None:
    assert [term.word for term in terms_of('"foo" OR -bar* NEAR(x) ^a:b')] == [
        "foo",
        "or",
        "bar",
        "near",
        "x",
        "a",
        "b",
    ]
    assert terms_of("'\"*() :-_^") == ()


def test_a_reference_is_exact_unless_taken_loosely() -> None:
    assert terms_of("RISK-3") == (Term("risk-3", exact=True),)
    assert terms_of("RISK-3", loosely=True) == (Term("risk-3", parts=("risk", "3")),)


def test_marks_are_places_in_what_was_written() -> None:
    text = "Straße: die ÜBERGABE an Müller"
    assert [text[place : place + length] for place, length in marks_in(text, terms_of("strasse ubergabe mull"))] == [
        "Straße",
        "ÜBERGABE",
        "Müll",
    ]


def test_an_excerpt_begins_before_the_first_word_found() -> None:
    text = "word " * 100 + "the supplier is late " + "word " * 100
    found = excerpt(text, terms_of("supplier"))
    assert len(found.text) < 180
    assert found.text.startswith("… word")
    place, length = found.marks[0]
    assert found.text[place : place + length] == "supplier"


def test_letters_inside_words_count_for_all_terms() -> None:
    assert holds_all("Documentation", terms_of("ument tion"))
    assert not holds_all("Documentation", terms_of("ument xyz"))


@given(st.text(max_size=200), st.text(max_size=40))
def test_no_text_is_too_strange(text: str, asked: str) -> None:
    terms = terms_of(asked)
    words_of(text)
    for place, length in marks_in(text, terms):
        assert 0 <= place < place + length <= len(text)
    found = excerpt(text, terms)
    assert all(place + length <= len(found.text) for place, length in found.marks)
