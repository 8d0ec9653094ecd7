"""Commands made from the use cases: options, answers, refusals, and as whom they act."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from headway.kernel.models import AuditEntry
from tests.interfaces.cli.conftest import Run

pytestmark = pytest.mark.django_db


def _newest() -> AuditEntry:
    entry = AuditEntry.objects.order_by("-id").first()
    assert entry is not None
    return entry


def test_a_command_answers_with_the_same_json_as_the_use_case(headway: Run) -> None:
    made = headway("projects", "create", "--key", "SITE", "--name", "Web site", "--json")
    assert made.status == 0
    assert made.json["key"] == "SITE"
    assert headway("projects", "show", "--project", "SITE", "--json").json == made.json


def test_an_answer_for_people_is_a_table(headway: Run) -> None:
    headway("projects", "create", "--key", "SITE", "--name", "Web site")
    lines = headway("projects", "list").out.splitlines()
    assert lines[0].split()[:3] == ["id", "key", "name"]
    assert "SITE" in lines[2]
    assert headway("projects", "risks", "--project", "SITE").out == "None.\n"


def test_lists_and_values_with_parts_are_options(headway: Run, tmp_path: Path) -> None:
    headway("projects", "create", "--key", "SITE", "--name", "Web site")
    more = tmp_path / "objectives.json"
    more.write_text('[{"text": "Faster"}, {"text": "Cheaper", "target": "-10 %"}]', encoding="utf-8")
    edited = headway(
        *("projects", "edit", "--project", "SITE", "--scope-in", "Home page", "--scope-in", "Shop", "--json"),
        *("--objectives", '{"text": "More orders", "measure": "orders a day"}', "--objectives", f"@{more}"),
        "--no-hours-tracked",
    ).json
    assert edited["scope_in"] == ["Home page", "Shop"]
    assert [objective["text"] for objective in edited["objectives"]] == ["More orders", "Faster", "Cheaper"]
    assert edited["hours_tracked"] is False


def test_the_owner_acts_as_the_first_administrator_and_the_audit_keeps_both(headway: Run) -> None:
    headway("projects", "create", "--key", "SITE", "--name", "Web site", "--reason", "A new order")
    entry = _newest()
    assert (entry.use_case, entry.actor_name, entry.channel) == ("projects.create", "Ada Admin", "cli")
    assert entry.operated_by != ""
    assert entry.reason == "A new order"


def test_acting_as_somebody_counts_as_that_person(headway: Run) -> None:
    created = headway("projects", "create", "--key", "SITE", "--name", "Web site", "--as", "manager@example.org")
    assert created.status == 0
    assert _newest().actor_name == "Mona Manager"
    refused = headway("projects", "edit", "--project", "SITE", "--purpose", "X", "--as", "stranger@example.org")
    assert (refused.status, refused.err) == (1, "headway: Project not found.\n")


def test_acting_as_somebody_else_needs_the_data_folder(headway: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 123456)
    refused = headway("projects", "list", "--json")
    assert refused.status == 1
    assert refused.json["code"] == "denied"


def test_an_unknown_person_is_bad_input(headway: Run) -> None:
    refused = headway("projects", "list", "--as", "nobody@example.org")
    assert refused.status == 2
    assert "nobody@example.org" in refused.err


def test_a_token_acts_as_its_user_and_may_not_do_what_wants_a_person(headway: Run) -> None:
    token = headway("token", "create", "--user", "manager@example.org", "--scope", "read,write").out.strip()
    assert headway("projects", "create", "--key", "SITE", "--name", "Web site", token=token).status == 0
    entry = _newest()
    assert (entry.actor_name, entry.operated_by) == ("Mona Manager", "")
    refused = headway("people", "invite", "--name", "X", "--email", "x@example.org", "--role", "member", token=token)
    assert refused.status == 1
    assert "person" in refused.err
    assert headway("projects", "list", token="hw_wrong").status == 1
    assert headway("projects", "list", "--as", "manager@example.org", token=token).status == 2


def test_a_token_without_the_scope_is_refused(headway: Run) -> None:
    token = headway("token", "create", "--user", "manager@example.org", "--scope", "read").out.strip()
    refused = headway("projects", "create", "--key", "SITE", "--name", "Web site", "--json", token=token)
    assert (refused.status, refused.json["code"]) == (1, "denied")


def test_a_dry_run_keeps_nothing(headway: Run) -> None:
    tried = headway("projects", "create", "--key", "SITE", "--name", "Web site", "--dry-run", "--json")
    assert tried.json["key"] == "SITE"
    assert headway("projects", "list", "--json").json["items"] == []


def test_a_change_from_an_old_version_is_refused(headway: Run) -> None:
    headway("projects", "create", "--key", "SITE", "--name", "Web site")
    edit = ("projects", "edit", "--project", "SITE", "--if-match", "1", "--json")
    assert headway(*edit, "--purpose", "First").json["version"] == 2
    stale = headway(*edit, "--purpose", "Second")
    assert (stale.status, stale.json["code"]) == (1, "stale")


def test_a_bad_value_is_one_message_and_a_problem(headway: Run) -> None:
    headway("projects", "create", "--key", "SITE", "--name", "Web site")
    risk = ("projects", "add-risk", "--project", "SITE", "--title", "Late", "--impact", "2")
    bad = headway(*risk, "--probability", "9", "--json")
    assert bad.status == 2
    assert bad.json["errors"][0]["field"] == "probability"
    assert bad.err.count("\n") == 1
    assert headway(*risk, "--probability", "often").status == 2
    assert headway(*risk).status == 2
    assert headway("projects", "edit", "--project", "SITE", "--objectives", "{not json").status == 2


def test_a_project_begins_with_a_calendar(headway: Run) -> None:
    begun = headway(
        *("projects", "create", "--key", "SITE", "--name", "Web site", "--starts-on", "2026-04-27"),
        *("--calendar", "DE-BY", "--json"),
    )
    assert begun.status == 0
    task = ("schedule", "add-task", "--project", "SITE", "--name", "Build", "--duration", "5d", "--json")
    assert headway(*task).json["new_finish"].startswith("2026-05-04")  # 1 May 2026 is a Friday and a holiday
    unknown = headway("projects", "create", "--key", "B", "--name", "B", "--calendar", "Atlantis")
    assert unknown.status == 2
    assert [row["key"] for row in headway("projects", "list", "--json").json["items"]] == ["SITE"]


def test_users_are_added_listed_and_given_passwords_from_standard_input(headway: Run) -> None:
    add = ("user", "add", "Nora New", "--email", "nora@example.org", "--role", "member", "--password-stdin", "--json")
    added = headway(*add, stdin="a long and odd passphrase\n")
    assert (added.status, added.json["email"]) == (0, "nora@example.org")
    assert "nora@example.org" in headway("user", "list").out
    assert headway("user", "passwd", "nora@example.org", "--password-stdin", stdin="short\n").status == 2
    assert headway("user", "passwd", "nora@example.org", stdin="another odd passphrase\n").status == 0
    assert "passphrase" not in json.dumps(list(AuditEntry.objects.values_list("detail", flat=True)))


def test_help_and_version_do_not_load_django() -> None:
    script = (
        "import sys; from headway.interfaces.cli.main import main\n"
        "for line in (['--help'], ['projects', 'add-risk', '--help'], ['version', '--json']): main(line)\n"
        "sys.exit('django' in sys.modules)"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert "--probability" in ended.stdout
    last: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    assert last["version"]
