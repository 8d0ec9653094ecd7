"""The status pack of shared plan files: written in all formats, and nothing said that its snapshot does not.

Every third file, and with HEADWAY_EVERY_FILE=1 each of them, which takes some minutes.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from headway.areas.files import commands as files
from headway.areas.files import store
from headway.areas.projects import commands as projects
from headway.documents.claims import check
from headway.documents.exchange import PlanFile, read_plan
from headway.journeys import import_plan, imports
from headway.kernel.context import Context
from headway.reports.gather import gather_status
from headway.reports.registry import build
from headway.reports.rendering import WRITERS
from headway.reports.status_claims import claims_of
from headway.reports.status_snapshot import Audience
from tests.shared_plans import plan_file

SHARED = Path(os.environ.get("HEADWAY_SHARED", Path(__file__).resolve().parents[3] / "shared")) / "data" / "msproject"
FOLDERS = ("aspose", "mpxj", "mpsplib", "p6")
FILES = sorted(
    (file for name in FOLDERS for file in (SHARED / name).glob("*.*") if file.suffix in (".mpp", ".xml", ".xer")),
    key=lambda file: file.name,
)[:: 1 if os.environ.get("HEADWAY_EVERY_FILE") else 3]

pytestmark = [pytest.mark.django_db, pytest.mark.shared, pytest.mark.slow, pytest.mark.java]


def _read(file: Path, path: Path, *, answers: dict[str, str] | None, **given: Any) -> PlanFile:
    """What this process read of the file before; with answers it is read with them."""
    return read_plan(path, answers=answers, **given) if answers else plan_file(file)


@pytest.mark.skipif(not FILES, reason="the shared data folder is not beside the checkout")
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_the_pack_of_a_real_plan_says_only_what_its_snapshot_says(
    file: Path, house: Callable[[str], Context], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_plan, "read_plan", partial(_read, file))
    manager = house("manager")
    project = projects.create(manager, key="REAL-1", name=file.stem[:50])
    stored = store.put_path(file, limit=10**8)
    kept = files.keep(manager, name=file.name, media_type="x/y", sha256=stored.sha256, size=stored.size)
    batch = imports.preview(manager, project=project.id, kind="plan", file=kept.id)
    questions = imports.open_questions(batch)
    if questions:
        answers = {question["field"]: question["choices"][0] for question in questions}
        batch = imports.answer(manager, batch=batch.id, answers=answers)
    imports.apply(manager, batch=batch.id)
    snapshot = gather_status(manager, project=project.id, as_of=date(2026, 3, 6), audience=Audience.INTERNAL, number=1)
    claims = claims_of(snapshot)
    faults = {form: check(write(build("status", form, snapshot)), form, claims) for form, write in WRITERS.items()}
    assert {form: found[:3] for form, found in faults.items() if found} == {}
    assert replace(snapshot, number=2).digest != snapshot.digest
