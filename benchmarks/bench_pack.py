"""The status pack of the demo project: all formats together, and the PDF alone, from one frozen snapshot."""

from __future__ import annotations

import time

import django

from benchmarks.house import line


def main() -> None:
    """Print the writing of the files alone, then the whole journey with its child processes and checks."""
    from headway.areas.people.queries import actor_of, user_by_email
    from headway.areas.projects.queries import charter
    from headway.documents.tree import Mark
    from headway.journeys import reports
    from headway.journeys.demo import PROJECT, load_demo
    from headway.kernel.context import Channel, Context, clock, system_context
    from headway.reports.registry import REPORTS, build
    from headway.reports.rendering import WRITERS
    from headway.reports.status_snapshot import Audience
    from headway.reports.template import STANDARD

    users = load_demo(system_context("benchmark", channel=Channel.CLI))
    user = user_by_email(next(user.email for user in users if user.role == "manager"))
    actor = actor_of(user) if user is not None else None
    if actor is None:
        raise RuntimeError("the demo has no manager")
    ctx = Context(actor=actor, now=clock(), channel=Channel.CLI)
    project = charter(ctx, project=PROJECT).id
    started = time.perf_counter()
    row, snapshot = reports.take_snapshot(ctx, project=project, as_of=ctx.now.date(), audience=Audience.INTERNAL)
    line("snapshot: gathered and frozen", f"{time.perf_counter() - started:.2f} s")
    forms = tuple(REPORTS["status"].builders)

    def write(form: str) -> float:
        begun = time.perf_counter()
        WRITERS[form](build("status", form, snapshot, mark=Mark.NONE))
        return time.perf_counter() - begun

    first = {form: write(form) for form in forms}
    later = {form: min(write(form) for _ in range(3)) for form in forms}
    line("files written, all formats, first time", f"{sum(first.values()):.2f} s", "2 s")
    line("files written, all formats, warm", f"{sum(later.values()):.2f} s", "2 s")
    line("PDF alone, first time and warm", f"{first['pdf']:.2f} s, {later['pdf']:.2f} s", "1 s")
    line("each, warm", ", ".join(f"{form} {seconds:.2f}" for form, seconds in later.items()))
    for name, chosen in (("all formats", forms), ("PDF alone", ("pdf",))):
        started = time.perf_counter()
        reports.render(row, snapshot, kind="status", formats=chosen, marks=("draft", "final"), template=STANDARD)
        line(f"{name}: draft and final, written and read back", f"{time.perf_counter() - started:.2f} s")


if __name__ == "__main__":
    django.setup()
    main()
