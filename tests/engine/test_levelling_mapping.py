"""Work on one calendar told in working time of another: by table as stretch by stretch."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.plan_builder import MONDAY, NIGHT, ROUND_THE_CLOCK, STANDARD
from tests.engine.test_cpm_properties import HALF_WEEK
from tests.examples import examples

from headway.engine.calendars import ELAPSED, Axis, Calendars, instant
from headway.engine.levelling.mapping import Mapping
from headway.engine.levelling.profile import Load, _mapped

CALENDARS = Calendars((STANDARD, ROUND_THE_CLOCK, NIGHT, HALF_WEEK), default_uid=1)
AXES = [CALENDARS.axis(uid) for uid in (1, 2, 3, 4)]
COMMON = [CALENDARS.intersection(AXES[one], AXES[other]) for one, other in ((0, 3), (1, 3), (1, 2))]
START = instant(MONDAY)


def is_within(axis: Axis, other: Axis, start: int, finish: int) -> bool:
    return all(other.between(begun, ended) == ended - begun for begun, ended in axis.stretches(start, finish))


@settings(max_examples=examples(150), deadline=None)
@given(
    st.sampled_from([*AXES, *COMMON]),
    st.sampled_from([*AXES, *COMMON, ELAPSED]),
    st.lists(st.tuples(st.integers(-900_000, 90_000_000), st.integers(1, 3_000_000)), min_size=1, max_size=4),
)
def test_a_table_tells_the_same_as_every_stretch(axis: Axis, own: Axis, asked: list[tuple[int, int]]) -> None:
    mapping = Mapping(axis, own)
    for offset, length in asked:
        first = axis.position(START + offset)
        start, finish = axis.start_at(first), axis.finish_at(first + length)
        parts = mapping.parts(first, first + length)
        if parts is None:
            assert not is_within(axis, own, START - 20_000_000, START + 200_000_000)
            continue
        expected = list(_mapped(7, axis, own, start, finish, 3, outside=True))
        assert [Load(7, begun, ended, 3) for begun, ended in parts] == expected
