"""Standings through their doors."""

from __future__ import annotations

import pytest

from headway.areas.portfolio import queries
from headway.areas.portfolio.types import Health
from tests.areas.portfolio.conftest import House

pytestmark = pytest.mark.django_db


def test_a_standing_says_health_dates_and_burn(site: House) -> None:
    found = queries.standings(site("manager"))
    assert [row.key for row in found.items] == ["SHOP", "SITE"]
    print(found)
    assert found.whole.projects == 2
