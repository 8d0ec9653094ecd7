"""Names behind an @: found whatever their case, the longer first, never inside a word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headway.areas.comms.mentions import Named, Piece, meant, pieces

ANN, ANNE, MAX = Named(1, "Ann"), Named(2, "Ann Example"), Named(3, "Max Member")
PEOPLE = (ANN, ANNE, MAX)


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("@Max Member: look", (MAX,)),
        ("please, @max member.", (MAX,)),
        ("(@Ann)", (ANN,)),
        ("@Ann Example and @Ann", (ANN, ANNE)),
        ("@Anna", ()),
        ("mail max@Max Member.example", ()),
        ("@Max Memberless", ()),
        ("@@Ann", (ANN,)),
        ("no names, @ all", ()),
    ],
)
def test_who_is_meant(text: str, who: tuple[Named, ...]) -> None:
    assert meant(text, PEOPLE) == who


def test_two_of_one_name_are_both_meant() -> None:
    both = (Named(1, "Max Member"), Named(2, "Max Member"))
    assert meant("@Max Member", both) == both


def test_a_text_is_cut_at_its_names() -> None:
    assert pieces("Ask @Ann, now", PEOPLE) == (Piece("Ask "), Piece("@Ann", 1), Piece(", now"))


@given(st.text(alphabet="@An nExamplMxbrİß\n<&", max_size=80))
def test_the_pieces_joined_are_the_text(text: str) -> None:
    assert "".join(piece.text for piece in pieces(text, PEOPLE)) == text
