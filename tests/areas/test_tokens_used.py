"""The day on which an access token was last used."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from headway.areas.people import commands, queries
from headway.kernel.context import Channel, Context, clock


def test_a_token_tells_the_day_it_was_last_used(house: Callable[[str], Context]) -> None:
    manager = house("manager")
    made = commands.make_token(manager, name="Reports", scopes=("read",))
    assert queries.tokens(manager)[0].last_used_on == ""
    assert commands.context_of_token(made.token, channel=Channel.API) is not None
    assert queries.tokens(manager)[0].last_used_on == clock().date().isoformat()


def test_it_is_written_once_a_day(house: Callable[[str], Context], django_assert_num_queries: Any) -> None:
    made = commands.make_token(house("manager"), name="Reports", scopes=("read",))
    commands.context_of_token(made.token, channel=Channel.API)
    with django_assert_num_queries(1):
        commands.context_of_token(made.token, channel=Channel.API)
