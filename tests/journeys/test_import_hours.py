"""Hours exports into a project: previewed, taken whole or not at all, known again, undone whole."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from headway.areas.hours import commands as hours
from headway.areas.hours import priced, queries, staging
from headway.areas.hours.known_names import forget_name, names_in_files
from headway.areas.hours.types import Amount, GroupBy, RateKind
from headway.areas.people import commands as people
from headway.areas.people.queries import person_of_user
from headway.areas.people.types import Role
from headway.areas.projects import commands as projects
from headway.areas.projects.queries import charter as show_project
from headway.areas.projects.queries import imports as list_imports
from headway.areas.projects.queries import show_import
from headway.areas.projects.types import ImportRow, ImportState
from headway.areas.schedule import commands as schedule
from headway.areas.schedule.my_tasks import names_by_uid
from headway.journeys import imports
from headway.journeys.import_hours import apply_hours, preview_hours, read_again, undo_hours
from headway.kernel.context import Context
from headway.kernel.database.write_lock import open_reason
from headway.kernel.errors import Conflict, Denied, Invalid, NotFound
from tests.areas.hours.kept import sums_equal_entries

House = Callable[[str], Context]
pytestmark = pytest.mark.django_db

HARVEST = (
    "Date,Client,Project,Project Code,Task,Notes,Hours,Billable?,Invoiced?,Approved?,First Name,Last Name,Roles,"
    "Employee?,Billable Rate,Billable Amount,Cost Rate,Cost Amount,Currency,External Reference URL"
)
TEMPO = "Issue key,Issue summary,Date,Logged time (h),Work description,Project key,Work author,Work ID"


@pytest.fixture
def site(house: House) -> House:
    """SITE in euro, with an associate, a member and a client on it."""
    manager = house("manager")
    projects.create(manager, key="SITE", name="Acme web site", currency="EUR", time_zone="Europe/Berlin")
    for who in ("associate", "member", "client"):
        person = person_of_user(house(who).actor.user_id)
        projects.set_member(manager, project="SITE", person=person, role=Role(who))
    return house


def harvest(
    day: str,
    hours: str,
    who: str = "Max Member",
    *,
    project: str = "Acme web site",
    note: str = "Work",
    task: str = "Build",
    billable: str = "Yes",
    rate: str = "",
    amount: str = "",
) -> str:
    first, last = who.split(" ", 1)
    shown = f'"{hours}"' if "," in hours else hours
    return (
        f"{day},Acme,{project},,{task},{note},{shown},{billable},No,No,{first},{last},Engineer,Yes,"
        f"{rate},{amount},,,Euro - EUR,"
    )


@pytest.fixture
def bring(site: House, tmp_path: Path) -> Callable[..., ImportRow]:
    """Preview a file of these rows as the manager."""

    def preview(*rows: str, header: str = HARVEST, who: str = "manager", **more: Any) -> ImportRow:
        path = tmp_path / "hours.csv"
        path.write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
        inputs = {"answers": {}, "mapping": {}} | more
        return preview_hours(site(who), project="SITE", path=path, file_id=1, file_name="March hours.csv", **inputs)

    return preview


def _total(house: House, key: str = "SITE") -> Decimal:
    sums_equal_entries(key)
    rows = queries.totals(house("manager"), project=key, by=())
    return rows[0].hours if rows else Decimal(0)


def _counts(row: ImportRow) -> tuple[int, int, int, int]:
    return tuple(row.preview[name] for name in ("create", "update", "unchanged", "missing"))


def test_the_preview_names_everything_and_nothing_enters_until_it_is_resolved(
    site: House, bring: Callable[..., ImportRow], tmp_path: Path
) -> None:
    header = f"{HARVEST},Notes"
    rows = [
        harvest("2026-02-02", "7,5") + ",x",
        harvest("2026-02-31", "1") + ",x",
        harvest("2026-02-03", "2,25", "Maxi Member") + ",x",
        harvest("soon", "1") + ",x",
        harvest("2026-02-04", "3", "Olga Other") + ",x",
        harvest("2026-02-05", "1,0", "Tom Third") + ",x",
        harvest("2026-02-05", "1,0", "Tom Third", project="Elsewhere") + ",x",
    ]
    first = bring(*rows, header=header)
    assert first.state is ImportState.FAILED
    places = [(error["file"], error["row"], error["field"], error["value"]) for error in first.preview["errors"]]
    assert places == [("March hours.csv", 3, "Date", "2026-02-31"), ("March hours.csv", 5, "Date", "soon")]
    asked = {item["field"]: item for item in first.preview["questions"]}
    assert list(asked) == ["person:Maxi Member", "person:Olga Other", "person:Tom Third"]
    assert asked["person:Maxi Member"]["choices"][0] == "member@example.org"
    assert asked["person:Tom Third"]["rows"] == 1
    assert any("Notes" in warning for warning in first.preview["warnings"])
    for batch in (first, show_import(site("manager"), batch=first.id)):
        with pytest.raises(Invalid, match="errors or open questions"):
            apply_hours(site("manager"), batch=batch)
    assert _total(site) == 0

    rows[1], rows[3] = harvest("2026-02-28", "1") + ",x", harvest("2026-02-27", "1") + ",x"
    second = bring(*rows, header=header, answers={"person:Maxi Member": "member@example.org"})
    assert [item["field"] for item in second.preview["questions"]] == ["person:Olga Other", "person:Tom Third"]
    wrong = bring(*rows, header=header, mapping={"people": {"Tom Third": "nobody@example.org"}})
    again = {item["field"]: item["message"] for item in wrong.preview["questions"]}
    assert again["person:Tom Third"].startswith("'nobody@example.org' is nobody in Headway")
    assert _total(site) == 0

    chosen = {
        "Maxi Member": "member@example.org",
        "Olga Other": "tester@example.org",
        "Tom Third": str(person_of_user(site("associate").actor.user_id)),
    }
    third = bring(*rows, header=header, mapping={"people": chosen})
    assert (third.state, _counts(third)) == (ImportState.PREVIEW, (6, 0, 0, 0))
    assert third.preview["other_projects"] == [{"name": "Elsewhere", "rows": 1, "hours": "1.0"}]
    assert _total(site) == 0
    done = apply_hours(site("manager"), batch=third)
    assert (done.state, done.preview["applied"]) == (ImportState.APPLIED, True)
    assert _total(site) == Decimal("15.75")
    by_person = queries.totals(site("manager"), project="SITE", by=(GroupBy.PERSON,))
    assert [(row.keys[0], row.hours) for row in by_person] == [
        ("Asha Associate", Decimal(1)),
        ("Max Member", Decimal("11.75")),
        ("Tess Tester", Decimal(3)),
    ]
    table = done.preview["reconciliation"]
    assert [(row["month"], row["name"], row["file"], row["store"], row["flag"]) for row in table["by_person"]] == [
        ("2026-02", "Asha Associate", "1", "1", False),
        ("2026-02", "Max Member", "11.75", "11.75", False),
        ("2026-02", "Tess Tester", "3", "3", False),
    ]
    assert [(row["name"], row["store"]) for row in table["by_project"]] == [("SITE", "15.75")]

    again = bring(*rows, header=header)
    assert (_counts(again), again.preview["questions"]) == ((0, 0, 6, 0), [])


def test_two_equal_rows_imported_twice_are_two_entries(site: House, bring: Callable[..., ImportRow]) -> None:
    rows = (harvest("2026-02-02", "2"), harvest("2026-02-02", "2"))
    apply_hours(site("manager"), batch=bring(*rows))
    second = bring(*rows)
    assert _counts(second) == (0, 0, 2, 0)
    apply_hours(site("manager"), batch=second)
    assert len(queries.entries(site("manager"), project="SITE").items) == 2
    assert _total(site) == Decimal(4)


def test_an_edited_row_is_shown_as_missing_and_removed_only_when_asked(
    site: House, bring: Callable[..., ImportRow]
) -> None:
    apply_hours(site("manager"), batch=bring(harvest("2026-02-02", "2"), harvest("2026-02-03", "3")))
    edited = (harvest("2026-02-02", "2"), harvest("2026-02-03", "4"))
    kept = bring(*edited)
    assert _counts(kept) == (1, 0, 1, 1)
    gone = kept.preview["missing_entries"][0]
    assert (gone["person"], gone["day"], gone["hours"]) == ("Max Member", "2026-02-03", "3")
    removing = bring(*edited, answers={"missing": "remove"})
    done = apply_hours(site("manager"), batch=removing)
    assert _total(site) == Decimal(6)
    undo_hours(site("manager"), batch=done)
    assert _total(site) == Decimal(5)
    apply_hours(site("manager"), batch=bring(*edited))
    assert _total(site) == Decimal(9)
    table = show_import(site("manager"), batch=kept.id + 2).preview["reconciliation"]["by_person"]
    assert [(row["file"], row["store"], row["flag"]) for row in table] == [("6", "9", True)]


def test_an_entry_outside_the_files_days_is_not_missing(site: House, bring: Callable[..., ImportRow]) -> None:
    apply_hours(site("manager"), batch=bring(harvest("2026-01-15", "2")))
    assert _counts(bring(harvest("2026-02-02", "2"))) == (1, 0, 0, 0)


def test_an_entry_edited_by_hand_survives_the_same_file(site: House, bring: Callable[..., ImportRow]) -> None:
    apply_hours(site("manager"), batch=bring(harvest("2026-02-02", "2")))
    entry = queries.entries(site("manager"), project="SITE").items[0]
    hours.edit(site("manager"), entry=entry.id, hours=Decimal(3))
    again = bring(harvest("2026-02-02", "2"))
    assert _counts(again) == (0, 0, 1, 0)
    apply_hours(site("manager"), batch=again)
    assert _total(site) == Decimal(3)


def test_a_row_that_is_no_longer_billable_is_an_update(site: House, bring: Callable[..., ImportRow]) -> None:
    apply_hours(site("manager"), batch=bring(harvest("2026-02-02", "2", rate="90", amount="180")))
    changed = bring(harvest("2026-02-02", "2", billable="No", rate="90", amount="0"))
    assert _counts(changed) == (0, 1, 0, 0)
    apply_hours(site("manager"), batch=changed)
    total = queries.totals(site("manager"), project="SITE", by=())[0]
    assert (total.hours, total.billable_hours, total.bill) == (Decimal(2), Decimal(0), (Amount(Decimal(0), "EUR"),))


def test_a_source_key_makes_an_edit_an_update_and_undo_restores_it(
    site: House, bring: Callable[..., ImportRow]
) -> None:
    row = "SITE-1,Shop,2026-02-02,{},Basket,SITE,Max Member,4711"
    first = apply_hours(site("manager"), batch=bring(row.format("2"), header=TEMPO))
    second = bring(row.format("3.5"), header=TEMPO)
    assert _counts(second) == (0, 1, 0, 0)
    done = apply_hours(site("manager"), batch=second)
    assert _total(site) == Decimal("3.5")
    with pytest.raises(Conflict, match="later import"):
        undo_hours(site("manager"), batch=first)
    undo_hours(site("manager"), batch=done)
    assert _total(site) == Decimal(2)
    undo_hours(site("manager"), batch=first)
    assert _total(site) == 0


def test_an_import_undone_leaves_no_entry_and_can_come_again(site: House, bring: Callable[..., ImportRow]) -> None:
    rows = (harvest("2026-02-02", "2"), harvest("2026-02-03", "3"))
    own = hours.log(site("member"), project="SITE", day=date(2026, 2, 2), hours=Decimal(1))
    done = apply_hours(site("manager"), batch=bring(*rows))
    undone = undo_hours(site("manager"), batch=done)
    assert undone.state is ImportState.UNDONE
    assert [row.id for row in queries.entries(site("manager"), project="SITE").items] == [own.id]
    with pytest.raises(Conflict):
        undo_hours(site("manager"), batch=undone)
    assert _counts(bring(*rows)) == (2, 0, 0, 0)


def test_approved_entries_are_not_undone_nor_overwritten(site: House, bring: Callable[..., ImportRow]) -> None:
    row = "SITE-1,Shop,2026-02-02,{},Basket,SITE,Max Member,4711"
    done = apply_hours(site("manager"), batch=bring(row.format("2"), header=TEMPO))
    days = {"project": "SITE", "first": date(2026, 2, 1), "last": date(2026, 2, 28)}
    hours.submit(site("member"), **days)
    hours.approve(site("manager"), **days)
    with pytest.raises(Conflict, match="approved or locked"):
        undo_hours(site("manager"), batch=done)
    blocked = bring(row.format("5"), header=TEMPO)
    assert "which is approved" in blocked.preview["errors"][0]["message"]
    with pytest.raises(Invalid):
        apply_hours(site("manager"), batch=blocked)
    assert _total(site) == Decimal(2)


def test_rates_are_frozen_at_the_import_and_a_rate_of_today_moves_no_figure(
    site: House, bring: Callable[..., ImportRow]
) -> None:
    def rate(amount: str, first: date) -> None:
        hours.set_project_rate(
            site("manager"), project="SITE", kind=RateKind.BILL, rate=Decimal(amount), first=first, role="Engineer"
        )

    rate("100", date(2026, 1, 1))
    apply_hours(site("manager"), batch=bring(harvest("2026-02-02", "2"), harvest("2026-02-03", "1", billable="No")))
    before = queries.totals(site("manager"), project="SITE", by=(GroupBy.MONTH,))
    assert before[0].bill is not None
    assert (before[0].bill[0].amount, before[0].billable_hours) == (Decimal(200), Decimal(2))
    rate("130", date(2026, 3, 2))
    rate("125", date(2026, 1, 1))
    assert queries.totals(site("manager"), project="SITE", by=(GroupBy.MONTH,)) == before
    assert _counts(bring(harvest("2026-02-02", "2"), harvest("2026-02-03", "1", billable="No"))) == (0, 0, 2, 0)


def test_the_files_own_amounts_count_where_no_rate_is_set_and_are_compared_where_one_is(
    site: House, bring: Callable[..., ImportRow]
) -> None:
    row = harvest("2026-02-02", "2", rate="90", amount="180")
    done = apply_hours(site("manager"), batch=bring(row))
    entry = queries.entries(site("manager"), project="SITE").items[0]
    assert (entry.bill_rate, entry.bill_amount, entry.bill_currency) == (Decimal(90), Decimal(180), "EUR")
    undo_hours(site("manager"), batch=done)
    hours.set_project_rate(
        site("manager"),
        project="SITE",
        kind=RateKind.BILL,
        rate=Decimal(100),
        first=date(2026, 1, 1),
        role="Engineer",
    )
    done = apply_hours(site("manager"), batch=bring(row))
    money = [line for line in done.preview["reconciliation"]["by_person"] if line["currency"]]
    assert [(line["file"], line["store"], line["flag"]) for line in money] == [("180", "200", True)]


def test_a_file_of_other_projects_asks_which_is_ours_and_remembers_it(
    site: House, bring: Callable[..., ImportRow]
) -> None:
    rows = (harvest("2026-02-02", "2", project="ACME-WEB"), harvest("2026-02-02", "5", project="Intranet"))
    asked = bring(*rows)
    fields = [(item["field"], item["choices"]) for item in asked.preview["questions"]]
    assert fields == [("project:ACME-WEB", ["SITE", "skip"]), ("project:Intranet", ["SITE", "skip"])]
    ready = bring(*rows, answers={"project:ACME-WEB": "SITE"})
    assert (_counts(ready), ready.preview["questions"]) == ((1, 0, 0, 0), [])
    assert [row["name"] for row in ready.preview["other_projects"]] == ["Intranet"]
    apply_hours(site("manager"), batch=ready)
    assert _total(site) == Decimal(2)
    assert _counts(bring(*rows)) == (0, 0, 1, 0)


def test_an_ambiguous_date_is_asked_and_answered_by_reading_again(
    site: House, bring: Callable[..., ImportRow], tmp_path: Path
) -> None:
    header = "Date,Person,Project,Hours,Task"
    batch = bring("03/04/2026,Max Member,SITE,2,Build", header=header)
    assert [item["field"] for item in batch.preview["questions"]] == ["date_order"]
    answered = projects.keep_preview(
        site("manager"),
        batch=batch.id,
        parsed=None,
        preview=batch.preview,
        failed=False,
        answers={"date_order": "dmy"},
    )
    ready = read_again(site("manager"), batch=answered, path=tmp_path / "hours.csv")
    assert (ready.preview["first_day"], _counts(ready)) == ("2026-04-03", (1, 0, 0, 0))


def test_times_are_kept_as_instants_in_the_projects_zone(site: House, bring: Callable[..., ImportRow]) -> None:
    header = "description,billable,client,project,tags,start,end,task,user_name,user_email"
    row = "Work,true,Acme,SITE,,2026-02-02T23:30:00Z,2026-02-03T01:00:00Z,Build,Somebody,member@example.org"
    apply_hours(site("manager"), batch=bring(row, header=header))
    entry = queries.entries(site("manager"), project="SITE").items[0]
    assert (entry.day, entry.hours, entry.zone) == (date(2026, 2, 3), Decimal("1.5"), "Europe/Berlin")
    assert entry.start == datetime(2026, 2, 2, 23, 30, tzinfo=UTC)


def test_a_persons_new_name_is_remembered_for_the_next_file(site: House, bring: Callable[..., ImportRow]) -> None:
    people.add_person(site("manager"), name="Zoe Zander", email="zoe@example.org")
    first = bring(harvest("2026-02-02", "2", "Z Zander"), answers={"person:Z Zander": "zoe@example.org"})
    apply_hours(site("manager"), batch=first)
    assert bring(harvest("2026-02-09", "2", "Z Zander")).preview["questions"] == []


def test_an_answer_that_names_nobody_is_asked_for_again(site: House, bring: Callable[..., ImportRow]) -> None:
    wrong = bring(harvest("2026-02-02", "2", "Z Zander"), answers={"person:Z Zander": "zander"})
    assert (wrong.state, wrong.preview["errors"]) == (ImportState.PREVIEW, [])
    (asked,) = wrong.preview["questions"]
    assert asked["field"] == "person:Z Zander"
    assert asked["message"].startswith("'zander' is nobody in Headway")
    with pytest.raises(Invalid):
        apply_hours(site("manager"), batch=wrong)
    named = bring(harvest("2026-02-02", "2", "Z Zander"), answers={"person:Z Zander": "max member"})
    assert named.preview["questions"] == []
    assert apply_hours(site("manager"), batch=named).state is ImportState.APPLIED


def test_a_file_that_is_no_table_is_an_error_in_words(site: House, tmp_path: Path) -> None:
    path = tmp_path / "7f3a"
    path.write_bytes(b"Date,Hours\x00\n")
    batch = preview_hours(
        site("manager"), project="SITE", path=path, file_id=1, file_name="../evil\\out", answers={}, mapping={}
    )
    assert batch.state is ImportState.FAILED
    assert len(batch.preview["errors"]) == 1
    with pytest.raises(Invalid):
        apply_hours(site("manager"), batch=batch)


@pytest.mark.parametrize(("who", "refusal"), [("client", Denied), ("member", Denied), ("stranger", NotFound)])
def test_who_does_not_run_the_project_imports_nothing(
    site: House, bring: Callable[..., ImportRow], who: str, refusal: type[Exception]
) -> None:
    row = harvest("2026-02-02", "2")
    with pytest.raises(refusal):
        bring(row, who=who)
    ready = bring(row)
    with pytest.raises((Denied, NotFound)):
        apply_hours(site(who), batch=ready)
    assert _total(site) == 0
    done = apply_hours(site("manager"), batch=ready)
    with pytest.raises((Denied, NotFound)):
        undo_hours(site(who), batch=done)
    assert _total(site) == Decimal(2)


def test_rows_are_read_before_the_write_lock_is_taken(
    site: House, bring: Callable[..., ImportRow], monkeypatch: pytest.MonkeyPatch
) -> None:
    row = bring(harvest("2026-02-02", "2"), harvest("2026-02-03", "3"))
    locked: list[str | None] = []
    unpack = staging.unpack
    monkeypatch.setattr(priced, "unpack", lambda packed: (locked.append(open_reason()), unpack(packed))[1])
    done = imports.apply(site("manager"), batch=row.id)
    assert (done.state, done.preview["create"]) == (ImportState.APPLIED, 2)
    assert locked == [None]


def test_a_rate_that_changes_between_reading_and_taking_is_the_one_that_counts(
    site: House, bring: Callable[..., ImportRow], monkeypatch: pytest.MonkeyPatch
) -> None:
    row = bring(harvest("2026-02-02", "2"))
    read = hours.read_before

    def rate_comes(*given: Any, **more: Any) -> Any:
        found = read(*given, **more)
        person = person_of_user(site("member").actor.user_id)
        values = {"kind": RateKind.BILL, "rate": Decimal(70), "currency": "EUR", "first": date(2026, 1, 1)}
        hours.set_rate(site("administrator"), person=person, **values)
        return found

    monkeypatch.setattr(hours, "read_before", rate_comes)
    imports.apply(site("manager"), batch=row.id)
    (entry,) = queries.entries(site("manager"), project="SITE").items
    assert (entry.bill_rate, entry.bill_amount) == (70, 140)


def test_rows_that_were_read_anew_meanwhile_are_the_ones_that_are_taken(
    site: House, bring: Callable[..., ImportRow], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    row = bring(harvest("2026-02-02", "2"))
    read = hours.read_before

    def read_anew(*given: Any, **more: Any) -> Any:
        found = read(*given, **more)
        path = tmp_path / "hours.csv"
        path.write_text("\n".join((HARVEST, harvest("2026-02-02", "5"))) + "\n", encoding="utf-8")
        read_again(site("manager"), batch=row, path=path)
        return found

    monkeypatch.setattr(hours, "read_before", read_anew)
    imports.apply(site("manager"), batch=row.id)
    (entry,) = queries.entries(site("manager"), project="SITE").items
    assert entry.hours == 5


def test_who_may_not_see_an_import_makes_nobody_read_it(
    site: House, bring: Callable[..., ImportRow], monkeypatch: pytest.MonkeyPatch
) -> None:
    row = bring(harvest("2026-02-02", "2"))
    monkeypatch.setattr(hours, "read_before", lambda *_, **__: pytest.fail("read for nobody"))
    for who, refusal in {"stranger": NotFound, "client": NotFound, "member": Denied}.items():
        with pytest.raises(refusal):
            imports.apply(site(who), batch=row.id)


def test_who_loses_the_role_while_the_rows_are_read_is_refused(
    site: House, bring: Callable[..., ImportRow], monkeypatch: pytest.MonkeyPatch
) -> None:
    row = bring(harvest("2026-02-02", "2"))
    read = hours.read_before

    def role_goes(*given: Any, **more: Any) -> Any:
        found = read(*given, **more)
        person = person_of_user(site("associate").actor.user_id)
        projects.remove_member(site("manager"), project="SITE", person=person, role=Role.ASSOCIATE)
        return found

    monkeypatch.setattr(hours, "read_before", role_goes)
    with pytest.raises(NotFound):
        imports.apply(site("associate"), batch=row.id)
    assert _total(site) == 0


@pytest.fixture
def two(site: House) -> House:
    """SITE, and SHOP of the same manager; the associate of SITE has no part in it."""
    projects.create(site("manager"), key="SHOP", name="Acme shop", currency="USD", time_zone="Europe/Berlin")
    return site


def test_one_file_goes_into_all_its_projects_or_into_none_and_is_undone_whole(
    two: House, bring: Callable[..., ImportRow]
) -> None:
    rows = (
        harvest("2026-02-02", "2", amount="180", rate="90"),
        harvest("2026-02-02", "5", project="Acme shop"),
        harvest("2026-03-03", "0.1", project="SHOP-OLD"),
        harvest("2026-02-03", "1", project="Elsewhere"),
    )
    one = bring(*rows)
    assert (_counts(one), [item["name"] for item in one.preview["other_projects"]]) == (
        (1, 0, 0, 0),
        ["Acme shop", "Elsewhere", "SHOP-OLD"],
    )
    asked = bring(*rows, answers={"projects": "all"})
    assert [item["field"] for item in asked.preview["questions"]] == ["project:Elsewhere", "project:SHOP-OLD"]
    answers = {"projects": "all", "project:SHOP-OLD": "shop", "project:Elsewhere": "skip"}
    ready = bring(*rows, answers=answers)
    assert _counts(ready) == (3, 0, 0, 0)
    assert [(item["key"], item["rows"], item["hours"]) for item in ready.preview["projects"]] == [
        ("SITE", 1, "2"),
        ("SHOP", 2, "5.1"),
    ]
    assert imports_of(two, "SHOP") == []
    done = apply_hours(two("manager"), batch=ready)
    (part,) = imports_of(two, "SHOP")
    assert (part.state, _counts(part), part.preview["source"]) == (
        ImportState.APPLIED,
        (2, 0, 0, 0),
        "harvest",
    )
    table = done.preview["reconciliation"]["by_project"]
    assert [(row["month"], row["name"], row["store"], row["flag"]) for row in table if not row["currency"]] == [
        ("2026-02", "SITE", "2", False),
        ("2026-02", "SHOP", "5", False),
        ("2026-03", "SHOP", "0.1", False),
    ]
    assert (_total(two), _total(two, "SHOP")) == (Decimal(2), Decimal("5.1"))

    again = bring(*rows, answers={"projects": "all", "project:Elsewhere": "skip"})
    assert (_counts(again), again.preview["questions"]) == ((0, 0, 3, 0), [])
    assert "Undo the whole" in imports.undo_effect(two("manager"), batch=part.id).against
    with pytest.raises(Conflict, match="Undo the whole"):
        undo_hours(two("manager"), batch=part)
    undo_hours(two("manager"), batch=done)
    assert (_total(two), _total(two, "SHOP")) == (0, 0)
    assert [row.state for row in imports_of(two, "SHOP")] == [ImportState.UNDONE]
    assert _counts(bring(*rows, answers=answers)) == (3, 0, 0, 0)


def imports_of(house: House, key: str) -> list[ImportRow]:
    return list(list_imports(house("manager"), project=key))


def test_nobody_imports_into_a_project_that_is_not_theirs(two: House, bring: Callable[..., ImportRow]) -> None:
    rows = (harvest("2026-02-02", "2"), harvest("2026-02-02", "5", project="Acme shop"))
    own = bring(*rows, who="associate", answers={"projects": "all"})
    assert [item["field"] for item in own.preview["questions"]] == ["project:Acme shop"]
    forced = bring(*rows, who="associate", answers={"projects": "all", "project:Acme shop": "SHOP"})
    assert [item["name"] for item in forced.preview["other_projects"]] == ["Acme shop"]
    ready = bring(*rows, answers={"projects": "all"})
    with pytest.raises((Denied, NotFound)):
        imports.apply(two("associate"), batch=ready.id)
    assert (_total(two), _total(two, "SHOP")) == (0, 0)


def test_tasks_of_the_file_become_rows_of_the_plan_and_their_names_are_remembered(
    site: House, bring: Callable[..., ImportRow]
) -> None:
    manager = site("manager")
    schedule.start_plan(manager, project="SITE", start=date(2026, 2, 2))
    for name in ("Build", "Shape the pages"):
        schedule.add_task(manager, project="SITE", name=name, duration="2d")
    build, shape = names_by_uid(manager, show_project(manager, project="SITE").id)
    rows = (
        harvest("2026-02-02", "2", task="build"),
        harvest("2026-02-02", "3", task="Design"),
        harvest("2026-02-03", "1", task="Calls"),
    )
    first = bring(*rows)
    assert [(item["name"], item["task"]) for item in first.preview["file_tasks"]] == [
        ("Calls", ""),
        ("Design", ""),
        ("build", "Build"),
    ]
    wrong = bring(*rows, answers={"task:Design": "Nothing like it"})
    assert [item["field"] for item in wrong.preview["questions"]] == ["task:Design"]
    apply_hours(manager, batch=bring(*rows, answers={"task:Design": "shape the pages", "task:Calls": "none"}))
    found = {row.phase: row.task_uid for row in queries.entries(manager, project="SITE").items}
    assert found == {"build": build, "Design": shape, "Calls": None}
    assert _total(site) == Decimal(6)

    next_one = bring(harvest("2026-02-09", "4", task="Design"))
    assert next_one.preview["file_tasks"] == [{"name": "Design", "rows": 1, "task": "Shape the pages"}]
    (kept,) = [row for row in names_in_files(manager, project="SITE") if row.kind == "task"]
    assert (kept.source, kept.text, kept.means) == ("harvest", "Design", "Shape the pages")
    for who in ("client", "member", "stranger"):
        with pytest.raises((Denied, NotFound)):
            names_in_files(site(who), project="SITE")
        with pytest.raises((Denied, NotFound)):
            forget_name(site(who), project="SITE", kind="task", name=kept.id)
    forget_name(manager, project="SITE", kind="task", name=kept.id)
    assert bring(harvest("2026-02-09", "4", task="Design")).preview["file_tasks"][0]["task"] == ""


def test_a_forgotten_person_is_asked_for_again(site: House, bring: Callable[..., ImportRow]) -> None:
    row = harvest("2026-02-02", "2", "Z Zander")
    apply_hours(site("manager"), batch=bring(row, answers={"person:Z Zander": "member@example.org"}))
    (kept,) = [row for row in names_in_files(site("manager"), project="SITE") if row.kind == "person"]
    assert (kept.text, kept.means) == ("Z Zander", "Max Member")
    forget_name(site("manager"), project="SITE", kind="person", name=kept.id)
    asked = bring(harvest("2026-02-09", "2", "Z Zander")).preview["questions"]
    assert [item["field"] for item in asked] == ["person:Z Zander"]
