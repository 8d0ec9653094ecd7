"""Pages of projects: each opens for those who may, refuses the others, and shows what the records say."""

from __future__ import annotations

import pytest

from tests.interfaces.web.conftest import House, Signed

pytestmark = pytest.mark.django_db

PAGES = ["", "plan/", "hours/", "registers/", "imports/", "reports/", "people/", "activity/"]


@pytest.mark.parametrize("page", PAGES)
def test_a_manager_opens_every_tab(planned: House, signed: Signed, page: str) -> None:
    answer = signed("manager").get(f"/projects/SITE/{page}")
    assert answer.status_code == 200
    assert "Acme web site" in answer.content.decode()
