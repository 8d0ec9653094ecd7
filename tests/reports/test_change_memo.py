"""The memo of a change request: what it says, for whom, and when it is no draft any more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from headway.areas.projects.queries import charter
from headway.areas.scope import requests
from headway.documents import tree
from headway.documents.text import write_markdown
from headway.documents.tree import Document, Mark
from headway.journeys import impact
from headway.kernel.context import Context
from headway.reports import change_memo
from tests.areas.scope.conftest import site, tasks
from tests.areas.scope.test_walk import asked, decided
from tests.conftest import NOW

House = Callable[[str], Context]
__all__ = ["site", "tasks"]  # fixtures
pytestmark = pytest.mark.django_db


def _memo(ctx: Context, request: int) -> Document:
    return change_memo.build(
        requests.change_request(ctx, change=request),
        project=charter(ctx, project="SITE"),
        organisation="Northwind",
        day=date(2026, 3, 2),
        at=NOW,
        language="en-GB",
    )


def test_the_memo_says_what_is_asked_what_it_does_and_who_decided(site: House, tasks: dict[str, int]) -> None:
    request, option = asked(site, tasks)
    impact.assess(site("manager"), change=request)
    draft = _memo(site("manager"), request)
    assert draft.meta.mark is Mark.DRAFT
    decided(site, request, option)
    memo = _memo(site("manager"), request)
    text = write_markdown(memo).decode()
    assert memo.meta.mark is Mark.NONE
    assert "Approved: Build it now: finish Fri 13 Mar 2026, 2 working days later; \\+16 h." in text
    assert "The client sells by mail" in text
    assert "Abel Approver" in text
    assert "+€1,530" in text
    assert tree.from_json(tree.to_json(memo)) == memo


def test_costs_stay_out_of_a_members_memo(site: House, tasks: dict[str, int]) -> None:
    request, _ = asked(site, tasks)
    impact.assess(site("manager"), change=request)
    text = write_markdown(_memo(site("member"), request)).decode()
    assert "1,530" not in text
    assert "2 working days later" in text


def test_a_memo_before_anything_is_computed_says_so(site: House, tasks: dict[str, int]) -> None:
    request, _ = asked(site, tasks)
    text = write_markdown(_memo(site("manager"), request)).decode()
    assert "No option is recommended yet." in text
    assert "No effect is computed yet." in text
