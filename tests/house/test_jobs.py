"""Every job that the program knows is known to the worker, which loads no page."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import headway

_DECLARED = re.compile(r"^@jobs\.(?:job|periodic)\(", re.MULTILINE)


def test_the_worker_loads_every_module_that_declares_a_job() -> None:
    root = Path(headway.__file__).parent
    declaring = {
        "headway." + ".".join(path.relative_to(root).with_suffix("").parts)
        for path in root.rglob("*.py")
        if _DECLARED.search(path.read_text(encoding="utf-8"))
    }
    script = (
        "import os, sys, django; os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'headway.config.settings.test'); "
        "django.setup(); import headway.config.nightly, headway.kernel.jobs_worker; print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert declaring - set(done.stdout.split()) == set()
