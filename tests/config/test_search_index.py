"""The search index is mended by the doctor, and filled when the schema is brought up."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from headway.areas.projects import commands as projects
from headway.config import data_folder, doctor
from headway.kernel import search
from headway.kernel.commands import maintenance
from headway.kernel.context import Context
from headway.kernel.models import SearchEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def lost(house: Callable[[str], Context]) -> Context:
    """A manager with a project, and an index that has lost everything."""
    manager = house("manager")
    projects.create(manager, key="SITE", name="Kestrel")
    with maintenance("a test loses the index"):
        SearchEntry.objects.all().delete()
    assert search.query(manager, "kestrel") == ()
    return manager


def says() -> tuple[str, str]:
    found = next(finding for finding in doctor.examine() if finding.what == "search index")
    return found.state.name, found.says


def test_the_doctor_says_what_was_lost_and_mends_it(lost: Context) -> None:
    state, words = says()
    assert state == "SO_SO"
    assert "made anew" in words
    assert [hit.title.text for hit in search.query(lost, "kestrel")] == ["SITE Kestrel"]
    assert says() == ("GOOD", "holds every record")


def test_an_upgrade_fills_the_index(lost: Context) -> None:
    data_folder.migrate()
    assert [hit.title.text for hit in search.query(lost, "kestrel")] == ["SITE Kestrel"]
