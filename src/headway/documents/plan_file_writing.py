"""A plan to a file for other programs, inside the limited child process: dated anew, then written."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from headway.documents.exchange import plan_from_json, write_plan
from headway.documents.exchange.scheduled import with_schedule
from headway.engine.cpm import schedule
from headway.engine.plan import PlanError


def write(payload: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The child's entry: JSON in the file `payload['plan']` becomes `payload['name']`; gives its fidelity report.

    A plan that cannot be scheduled is written with the dates that it stores.
    """
    plan = plan_from_json(json.loads((folder / str(payload["plan"])).read_text(encoding="utf-8")))
    with suppress(PlanError):
        plan = with_schedule(plan, schedule(plan))
    target = folder / "out" / str(payload["name"])
    target.parent.mkdir(exist_ok=True)
    return {"fidelity": [row.as_json() for row in write_plan(plan, target)]}
