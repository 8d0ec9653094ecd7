"""Who sees which documents, and what lists show of a snapshot without reading its data."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from headway.areas.deliverables import commands, queries
from headway.areas.deliverables.models import Snapshot
from headway.areas.deliverables.types import Colour, Format, SnapshotRow
from headway.areas.files import commands as files
from headway.areas.files import store
from headway.areas.people.queries import person_of_user
from headway.areas.people.types import Role
from headway.areas.projects import commands as projects
from headway.documents.tree import Rag
from headway.kernel.commands import maintenance
from headway.kernel.context import Context
from headway.kernel.errors import Denied, NotFound
from tests.reports.samples import almost_empty, in_trouble

House = Callable[[str], Context]
pytestmark = pytest.mark.django_db
DAY = date(2026, 2, 27)
LEADERS = ("administrator", "senior_reader", "approver", "manager", "associate")
WORKERS = ("member", "tester")


@pytest.fixture
def site(house: House) -> House:
    """The house with the project SITE and one person of each project role on it."""
    manager = house("manager")
    projects.create(manager, key="SITE", name="Acme web site")
    for who in ("approver", "associate", "member", "tester", "client", "guest"):
        found = person_of_user(house(who).actor.user_id)
        assert found is not None
        projects.set_member(manager, project="SITE", person=found, role=Role(who))
    return house


def frozen(ctx: Context, audience: str = "internal", **said: object) -> SnapshotRow:
    """A filled snapshot."""
    row = commands.number_snapshot(ctx, project="SITE", kind="status", as_of=DAY, audience=audience)
    return commands.freeze_snapshot(ctx, snapshot=row.id, data={"snapshot": "{}"}, digest="0" * 64, **said)


def kept(ctx: Context, audience: str) -> int:
    """A version for an audience, with a file."""
    stored = store.put([b"words"], limit=100)
    file = files.keep(ctx, name="a.md", media_type="text/markdown", sha256=stored.sha256, size=5).id
    row = commands.keep_version(
        ctx,
        project="SITE",
        kind="status",
        title="Status",
        snapshot=frozen(ctx, audience).id,
        audience=audience,
        files={"md": (file, file)},
        tree={},
        claims={},
    )
    return row.id


# --- who sees ---------------------------------------------------------------------------------


@pytest.mark.parametrize("who", LEADERS)
def test_who_leads_a_project_or_reads_the_whole_house_sees_both_copies(site: House, who: str) -> None:
    both = {kept(site("manager"), "internal"), kept(site("manager"), "client")}
    assert {row.id for row in queries.versions(site(who), project="SITE")} == both
    for version in both:
        assert queries.version(site(who), version=version).id == version
        assert queries.download(site(who), version=version, format=Format.MD).content == b"words"


@pytest.mark.parametrize("who", WORKERS)
def test_an_internal_report_is_absent_for_those_who_may_not_see_budgets(site: House, who: str) -> None:
    inner, outer = kept(site("manager"), "internal"), kept(site("manager"), "client")
    assert [row.id for row in queries.versions(site(who), project="SITE")] == [outer]
    assert queries.download(site(who), version=outer, format=Format.MD).content == b"words"
    with pytest.raises(NotFound):
        queries.version(site(who), version=inner)
    with pytest.raises(NotFound):
        queries.download(site(who), version=inner, format=Format.MD)


def test_a_client_sees_no_draft_and_no_internal_report(site: House) -> None:
    kept(site("manager"), "internal")
    kept(site("manager"), "client")
    assert queries.versions(site("client"), project="SITE") == ()


def test_guests_and_strangers_see_no_document(site: House) -> None:
    version = kept(site("manager"), "client")
    with pytest.raises(Denied):
        queries.versions(site("guest"), project="SITE")
    with pytest.raises(NotFound):
        queries.version(site("stranger"), version=version)


def test_a_second_role_that_leads_opens_the_internal_reports(site: House) -> None:
    inner = kept(site("manager"), "internal")
    member = person_of_user(site("member").actor.user_id)
    assert member is not None
    projects.set_member(site("manager"), project="SITE", person=member, role=Role.ASSOCIATE)
    assert queries.version(site("member"), version=inner).audience == "internal"


# --- snapshots in lists -----------------------------------------------------------------------


def test_a_list_reads_the_newest_filled_snapshot_without_its_data(site: House) -> None:
    manager = site("manager")
    frozen(manager, overall=Colour.GREEN, finish=date(2026, 9, 1))
    newest = frozen(manager, overall=Colour.AMBER, finish=date(2026, 9, 8))
    commands.number_snapshot(manager, project="SITE", kind="status", as_of=DAY, audience="internal")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        found = queries.newest_snapshots(manager, [newest.project_id], kind="status")
    assert found == {newest.project_id: newest}
    assert (newest.overall, newest.finish) == (Colour.AMBER, date(2026, 9, 8))
    columns = [query["sql"].split(" FROM ")[0] for query in asked.captured_queries if "snapshot" in query["sql"]]
    assert columns
    assert not any('"data"' in said for said in columns)


def test_a_snapshot_that_says_nothing_of_the_status_has_no_colour(site: House) -> None:
    row = frozen(site("manager"))
    assert (row.overall, row.finish) == (None, None)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"snapshot": in_trouble().to_json()}, ("red", date(2026, 9, 8))),
        ({"snapshot": almost_empty().to_json()}, ("not measured", None)),
        ({"snapshot": "{}"}, (None, None)),
        ({"snapshot": json.dumps({"overall": "Violet"})}, (None, None)),
        (None, (None, None)),
    ],
)
def test_snapshots_of_an_earlier_release_get_the_colour_and_finish_that_their_data_say(
    site: House, data: object, said: tuple[str | None, date | None]
) -> None:
    row = frozen(site("manager"))
    migration = import_module("headway.areas.deliverables.migrations.0003_overall_of_snapshots")
    with maintenance("a snapshot of an earlier release"):
        Snapshot.unscoped(reason="as an earlier release left it").filter(pk=row.id).update(data=data)
        migration.read_stored(apps, SimpleNamespace(connection=connection))
    stored = Snapshot.unscoped(reason="read back").get(pk=row.id)
    assert (stored.overall, stored.finish) == said


def test_each_answer_that_a_report_gives_of_the_health_is_one_that_a_snapshot_keeps() -> None:
    assert {rag.value.lower() for rag in Rag} == {colour.value for colour in Colour}
