"""Who can do something about hours that change no more."""

from __future__ import annotations

from headway.areas.people.queries import names_of, self_approval_allowed
from headway.areas.projects.queries import people_with_role

_NAMED = 3


def who_can_help(project_id: int, person_id: int) -> str:
    """The sentence that names who can return or correct a person's approved or locked hours on a project.

    Nobody decides on hours of their own, unless the house allows it.
    """
    managers = people_with_role(project_id, ("manager",))
    others = [pk for pk in managers if pk != person_id or self_approval_allowed()]
    names = sorted(names_of(others).values())[:_NAMED]
    role = "project manager" if len(names) == 1 else "project managers"
    who = f"{', '.join(names)} ({role}) or an administrator" if names else "An administrator"
    return f"{who} can return it with a reason, or correct it."
