"""The job worker: `headway worker`, and the children of `headway serve` that run jobs."""

from __future__ import annotations

import argparse
import os
import signal

import django

from headway.config.processes import end_with_supervisor, keep_files_private, loading


def main() -> None:
    """Run jobs until SIGTERM or SIGINT; the present job ends first, a second signal ends at once."""
    parser = argparse.ArgumentParser(prog="headway worker", description="Run background jobs.")
    parser.add_argument("--queues", default="default,long", help="comma-separated: default, long (default: both)")
    given = parser.parse_args()
    keep_files_private()
    end_with_supervisor()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "headway.config.settings.prod")
    with loading():
        django.setup()
    run(given.queues.split(","))


def run(queues: list[str]) -> None:
    """Work on these queues in this process. Django is set up."""
    from headway.config import nightly  # noqa: F401, PLC0415 - models load only after django.setup()
    from headway.kernel.jobs import QUEUES  # noqa: PLC0415
    from headway.kernel.jobs_worker import Worker  # noqa: PLC0415

    unknown = sorted(set(queues) - set(QUEUES))
    if unknown:
        raise SystemExit(f"Unknown queue '{unknown[0]}'. Use: {', '.join(QUEUES)}.")
    worker = Worker(queues=queues)

    def stop(number: int, _frame: object) -> None:
        worker.stop()
        signal.signal(number, signal.SIG_DFL)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    worker.work()


if __name__ == "__main__":
    main()
