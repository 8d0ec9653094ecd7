"""What the demo's people say about a risk, and how some of them want to be told."""

from __future__ import annotations

from collections.abc import Callable

from headway.areas.comms import commenting, settings, watching
from headway.areas.comms.types import Digest
from headway.areas.projects.queries import risks
from headway.kernel.context import Context

_PROJECT = "ORDERS"
_ABOUT = "Knowledge of the billing interface"


def talk(acting_as: Callable[[str], Context]) -> None:
    """Mara follows a risk on which Nina asks Tom and he answers; Ben wants his digest every day, Eva on four days.

    acting_as  the context of somebody by first name.
    """
    mara = acting_as("Mara")
    risk = next(row.id for row in risks(mara, project=_PROJECT) if row.title.startswith(_ABOUT))
    place = {"project": _PROJECT, "about": "risk", "record": risk}
    watching.follow(mara, **place)
    asked = commenting.comment(
        acting_as("Nina"),
        **place,
        text="Omar has written down two of the five parts. @Tom Okafor, who reads them against the code?",
    )
    commenting.comment(
        acting_as("Tom"),
        **place,
        text="The vendor's engineer does, on Friday; Omar does the third part until then.",
        answers=asked.id,
    )
    settings.set_notices(acting_as("Ben"), digest=Digest.DAILY, starts="08:00")
    settings.set_notices(acting_as("Eva"), work_days=(1, 2, 3, 4))
