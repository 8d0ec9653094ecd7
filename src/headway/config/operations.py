"""What the operator's commands do once Django is up: prepare, init, upgrade, backup, restore, doctor, release.

The command line starts this module as a program, so that it need not load Django itself.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

from headway.config.processes import keep_files_private, loading

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "headway.config.settings.prod")
keep_files_private()
with loading():
    django.setup()

from headway.areas.people import queries as people  # noqa: E402 - models load only after django.setup()
from headway.config import data_folder, doctor, nightly, restoring  # noqa: E402
from headway.config.serve import hold_data_folder  # noqa: E402
from headway.kernel import jobs, settings  # noqa: E402
from headway.kernel.context import real_clock  # noqa: E402
from headway.kernel.database.write_lock import allow_writes  # noqa: E402
from headway.kernel.errors import HeadwayError, Invalid, Unavailable  # noqa: E402

Answer = tuple[dict[str, Any], str]


def main() -> int:
    """Run one command; gives the exit status: 0 done, 1 refused or failed, 2 bad input."""
    given = _arguments()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        values, text = _COMMANDS[given.command](given)
    except HeadwayError as refusal:
        return _refused(refusal, as_json=given.json)
    except OSError as error:
        return _refused(Unavailable(f"{error.filename or 'A file'}: {error.strerror}."), as_json=given.json)
    if given.json:
        print(json.dumps(values, ensure_ascii=False))  # noqa: T201 - the answer of a command line
    elif text:
        print(text)  # noqa: T201 - as above
    return 1 if values.get("healthy") is False else 0


def _refused(refusal: HeadwayError, *, as_json: bool) -> int:
    print(f"headway: {refusal.message}", file=sys.stderr)  # noqa: T201 - as above
    if as_json:
        print(json.dumps(refusal.as_problem(), ensure_ascii=False))  # noqa: T201 - as above
    return refusal.exit_status


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="headway")
    commands = parser.add_subparsers(dest="command", required=True)
    for name in _COMMANDS:
        command = commands.add_parser(name)
        command.add_argument("--json", action="store_true")
        if name in ("backup", "restore"):
            command.add_argument("file", type=Path)
        if name == "restore":
            command.add_argument("--recovery-key-file", type=Path)
    return parser.parse_args()


def _prepare(_given: argparse.Namespace) -> Answer:
    data_folder.prepare()
    return {}, _how_to_begin()


def _how_to_begin() -> str:
    """Where the first administrator is made, while there is none."""
    if people.is_set_up():
        settings.set_up_code_file().unlink(missing_ok=True)
        return ""
    return f"Nobody can sign in yet. Set Headway up here: {settings.read().base_url}/?code={settings.set_up_code()}"


def _init(_given: argparse.Namespace) -> Answer:
    home = settings.read().home
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _held(home):
        data_folder.prepare()
        begin = _how_to_begin()
    key = home / data_folder.RECOVERY_KEY_FILE
    text = (
        f"The data folder {home} is ready.\n"
        f"Keep a copy of {key} in another place: it opens the secrets inside your backups."
    )
    if begin:
        text += f"\nStart 'headway serve'. {begin}"
    return {"home": str(home), "recovery_key_file": str(key)}, text


def _upgrade(_given: argparse.Namespace) -> Answer:
    home = settings.read().home
    with _held(home):
        data_folder.prepare_database()
        state = data_folder.schema_state()
        if state is data_folder.Schema.CURRENT:
            return {"upgraded": False, "backup": None}, "The database is up to date."
        if state is data_folder.Schema.AHEAD:
            data_folder.prepare()  # refuses, with the reason
        folder = home / "backups"
        folder.mkdir(mode=0o700, exist_ok=True)
        now = real_clock()
        target = folder / f"before-upgrade-{now:%Y%m%dT%H%M%SZ}.headway"
        nightly.make_backup(target)
        data_folder.migrate()
    return {"upgraded": True, "backup": str(target)}, f"Upgraded. The way back is the backup {target}."


def _backup(given: argparse.Namespace) -> Answer:
    manifest = nightly.make_backup(given.file)
    rows, files = sum(manifest.rows.values()), len(manifest.files)
    values = {"file": str(given.file), "instant": manifest.instant, "rows": rows, "files": files}
    return (
        values,
        f"Wrote {given.file}: {rows} rows and {files} files as of {manifest.instant}, read back and verified.",
    )


def _restore(given: argparse.Namespace) -> Answer:
    home = settings.read().home
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _held(home):
        manifest = restoring.restore(given.file, recovery_key=_given_recovery_key(given))
    text = (
        f"Restored the state of {manifest.instant}: {sum(manifest.rows.values())} rows, {len(manifest.files)} files.\n"
        "All sessions and tokens have ended. Outgoing mail, webhooks and schedules are held: look at them with "
        "'headway doctor', then let them go with 'headway release'."
    )
    return {"instant": manifest.instant, "held": True}, text


def _given_recovery_key(given: argparse.Namespace) -> str:
    """The key from the file or environment that was named, else the data folder's own."""
    if given.recovery_key_file is not None:
        return str(given.recovery_key_file.read_text(encoding="ascii").strip())
    own = settings.read().home / data_folder.RECOVERY_KEY_FILE
    if from_environment := os.environ.get("HEADWAY_RECOVERY_KEY", ""):
        return from_environment
    if not own.exists():
        raise Invalid(
            "This data folder has no recovery key. Give the one that was kept apart from the backup: "
            "--recovery-key-file FILE, or HEADWAY_RECOVERY_KEY."
        )
    return data_folder.recovery_key()


def _release(_given: argparse.Namespace) -> Answer:
    waiting = len(jobs.held_jobs(limit=100_000))
    with allow_writes("release outgoing work"):
        jobs.release_outgoing()
    return {"released": waiting}, f"Released: {waiting} waiting jobs and all schedules run again."


def _doctor(_given: argparse.Namespace) -> Answer:
    findings = doctor.examine()
    healthy = all(finding.state is not doctor.State.BAD for finding in findings)
    lines = [f"{finding.state.value:5} {finding.what}: {finding.says}" for finding in findings]
    lines.append("Everything essential is in order." if healthy else "Something needs mending: see the lines above.")
    return {"healthy": healthy, "findings": [finding.as_json() for finding in findings]}, "\n".join(lines)


class _held:  # noqa: N801 - used as a word in a with statement
    """Be the only one who starts, restores or upgrades in this data folder."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def __enter__(self) -> None:
        self.lock = hold_data_folder(self.home)

    def __exit__(self, *_: object) -> None:
        os.close(self.lock)


_COMMANDS: dict[str, Callable[[argparse.Namespace], Answer]] = {
    "prepare": _prepare,
    "init": _init,
    "upgrade": _upgrade,
    "backup": _backup,
    "restore": _restore,
    "release": _release,
    "doctor": _doctor,
}


if __name__ == "__main__":
    sys.exit(main())
