"""What the demo's people say about a risk, and how some of them want to be told."""

from __future__ import annotations

from collections.abc import Callable

from headway.areas.comms import commenting, settings, watching
from headway.areas.comms.types import Digest
from headway.areas.projects.queries import risks
from headway.kernel.context import Context

_PROJECT = "ORDERS"
_ABOUT = "Price book"


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
        text="The vendor has the new price book until Thursday. @Tom Okafor, do we test with the old one until then?",
    )
    commenting.comment(
        acting_as("Tom"), **place, text="Yes, and we repeat the pricing cases on Friday.", answers=asked.id
    )
    settings.set_notices(acting_as("Ben"), digest=Digest.DAILY, starts="08:00")
    settings.set_notices(acting_as("Eva"), work_days=(1, 2, 3, 4))
