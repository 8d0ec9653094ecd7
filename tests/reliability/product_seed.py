"""Fills an installation under test: a project, a token for each client, approved reports that wait to be sent."""

from __future__ import annotations

import json
import sys
from datetime import date

import django

PASSWORD = "correct horse battery staple"
SENDER = "mona@example.org"


def main(tokens: int, reports: int) -> dict[str, object]:
    """Make it all through commands; gives ids and secrets."""
    from headway.areas.deliverables import commands as deliverables
    from headway.areas.files import commands as files
    from headway.areas.files import store
    from headway.areas.people import commands as people
    from headway.areas.people.queries import actor_of, person_of_user, user_by_email
    from headway.areas.people.types import Role
    from headway.areas.projects import commands as projects
    from headway.journeys import reports as journeys
    from headway.kernel.context import Channel, Context, clock, system_context
    from tests.reliability.mail_server import REFUSED

    def context(email: str) -> Context:
        user = user_by_email(email)
        assert user is not None
        actor = actor_of(user)
        assert actor is not None
        return Context(actor=actor, now=clock(), channel=Channel.CLI)

    people.set_up(
        system_context("set up"), organisation="Northwind", name="Ada", email="ada@example.org", password=PASSWORD
    )
    admin = context("ada@example.org")
    people.add_user(admin, name="Mona", email=SENDER, role=Role.MANAGER, password=PASSWORD)
    mona = context(SENDER)
    project = projects.create(mona, key="KILL", name="Kill loop").id
    secrets = [people.make_token(mona, name=f"client {n}", scopes=("read", "write")).token for n in range(tokens)]
    approver = person_of_user(admin.actor.user_id)
    versions = []
    for number in range(reports):
        taken = deliverables.number_snapshot(
            mona, project=project, kind="status", as_of=date(2026, 3, 2), audience="internal"
        )
        deliverables.freeze_snapshot(mona, snapshot=taken.id, data={"snapshot": "{}"}, digest="0" * 64)
        stored = store.put([f"# Status {number}\n".encode() * 200], limit=10**6)
        kept = files.keep(
            mona, name=f"status-{number}.md", media_type="text/markdown", sha256=stored.sha256, size=stored.size
        )
        version = deliverables.keep_version(
            mona,
            project=project,
            kind="status",
            title="Weekly status",
            snapshot=taken.id,
            audience="internal",
            files={"md": (kept.id, kept.id)},
            tree={},
            claims={},
        )
        asked = journeys.ask(
            mona,
            version=version.id,
            approvers=(approver,),
            recipients=(REFUSED if number == 0 else f"reader{number}@example.org",),
            mail_subject=f"Status {number}",
            mail_body="The week.",
        )
        journeys.decide(admin, approval=asked.id, decision="approve", digest=asked.digest)
        versions.append(version.id)
    return {"project": project, "tokens": secrets, "versions": versions}


if __name__ == "__main__":
    django.setup()
    sys.stdout.write(json.dumps(main(int(sys.argv[1]), int(sys.argv[2]))))
