"""The plan page with 10,000 tasks: server time of its answers, first rows in Chromium, frames while one scrolls.

    python -m benchmarks.bench_gantt      (SQLite, and PostgreSQL where it is installed)

The browser draws without a graphics card and shares the cores with the server, so figures depend on the load.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django
from playwright.sync_api import Page, sync_playwright
from tests.postgres import binaries, postgres_url
from tests.reliability.harness import Installation

from benchmarks.house import PASSWORD, ROOT, line, load

if TYPE_CHECKING:
    from headway.kernel.context import Context

TASKS = 10_000
CALLS = 20
SECONDS = 5
EMAIL = "bench@example.org"
SETTINGS = "headway.config.settings.prod"
FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run"]

SCROLL = """(seconds) => new Promise((resolve) => {
  const scroller = document.querySelector('.gx-scroll');
  const lanes = document.querySelector('.gx-chart');
  const frames = [];
  const begun = performance.now();
  let last = begun;
  const step = (now) => {
    frames.push(now - last);
    last = now;
    const part = (now - begun) / (seconds * 1000);
    if (part >= 1) return resolve(frames.slice(1));
    scroller.scrollTop = part * 60000 + Math.sin(part * 40) * 300;
    lanes.scrollLeft += Math.sin(part * 12) * 6;
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
})"""

RECORD = """() => {
  const frames = window.frameTimes = [];
  let last = performance.now();
  const step = (now) => {
    frames.push(now - last);
    last = now;
    if (window.frameTimes === frames) requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}"""

RECORDED = """() => {
  const frames = window.frameTimes.slice(1);
  window.frameTimes = null;
  return frames;
}"""

DRAWN = """() => new Promise((resolve) => {
  const look = () => performance.getEntriesByName('headway:plan-all-rows').length ? resolve() : setTimeout(look, 20);
  look();
})"""


def seed() -> None:
    """A house with one manager and a plan of 10,000 rows; run in the installation's own process."""
    django.setup()
    from benchmarks.plans import store_plan
    from headway.areas.people import commands as people
    from headway.areas.people.queries import actor_of, user_by_email
    from headway.kernel.context import Channel, Context, clock, system_context

    people.set_up(system_context("set up"), organisation="Bench", name="Person 3", email=EMAIL, password=PASSWORD)
    actor = actor_of(user_by_email(EMAIL) or 0)
    if actor is None:
        raise RuntimeError("the set-up made no user")
    store_plan(Context(actor=actor, now=clock(), channel=Channel.CLI), "BIG", "Network rollout", TASKS)


def serve() -> None:
    """Server time of the page and its data, through Django's own client; run in the installation's own process."""
    django.setup()
    from django.test import Client, override_settings

    from headway.areas.people.queries import actor_of, user_by_email
    from headway.areas.schedule import charting, commands, queries
    from headway.kernel.context import Channel, Context, clock
    from headway.kernel.database.write_lock import allow_writes

    actor = actor_of(user_by_email(EMAIL) or 0)
    if actor is None:
        raise RuntimeError("there is no user")
    ctx = Context(actor=actor, now=clock(), channel=Channel.WEB)
    with override_settings(ALLOWED_HOSTS=["*"]):
        client = Client(headers={"Accept-Encoding": "gzip"})
        client.get("/accounts/login/")
        with allow_writes("sign-in"):
            client.login(username=EMAIL, password=PASSWORD)
        charting.forget()
        _told("data, first of a process", [_timed(client, "/projects/BIG/plan/chart.json")], "")
        for name, path in (("page", "/projects/BIG/plan/"), ("data, whole", "/projects/BIG/plan/chart.json")):
            _timed(client, path)
            _told(name, [_timed(client, path) for _ in range(CALLS)], "100 ms")
        plan = queries.chart(ctx.but(), project="BIG")
        task = json.loads(plan.rows[30])[0]
        times, saved = [], []
        for percent in (10, 20, 30, 40):
            since = queries.chart(ctx.but(), project="BIG").version
            begun = time.perf_counter()
            commands.set_progress(ctx.but(), task=task, percent_complete=percent)
            saved.append((time.perf_counter() - begun) * 1000)
            times.append(_timed(client, f"/projects/BIG/plan/chart.json?since={since}"))
        _told("data, after an edit", times, "100 ms")
        _told("saving progress, first of a process", saved[:1], "")
        _told("saving progress, then", saved[1:], "150 ms")
        _assessed(ctx, task)


def _assessed(ctx: Context, task: int) -> None:
    """What it takes to compute the effects of a change request with one option beside doing nothing."""
    from headway.areas.scope import options, requests
    from headway.areas.scope.types import Way
    from headway.journeys import impact

    change = requests.add_request(ctx.but(), project="BIG", title="More of it").row.id
    option = options.add_option(ctx.but(), change=change, name="Do it")
    options.add_step(
        ctx.but(), option=option.id, way=Way.ADD_WORK, name="More", role="Analyst", hours=Decimal(24), task=task
    )
    spent, times = [], []
    for _ in range(3):
        begun, used = time.perf_counter(), time.process_time()
        impact.assess(ctx.but(), change=change)
        times.append((time.perf_counter() - begun) * 1000)
        spent.append((time.process_time() - used) * 1000)
    line("effects of a change request, processor time, best of 3", f"{min(spent):.0f} ms")
    _told("effects of a change request", times, "")


def _timed(client: Any, path: str) -> float:
    start = time.perf_counter()
    answer = client.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status_code}")
    return (time.perf_counter() - start) * 1000


def _told(name: str, times: list[float], goal: str) -> None:
    ordered = sorted(times)
    worst = ordered[max(0, round(len(ordered) * 0.95) - 1)]
    line(f"{name}, median and p95 of {len(times)}", f"{statistics.median(times):.0f} / {worst:.0f} ms", goal)


def _pulled(page: Page) -> list[float]:
    """Frame times, sorted, while the selected bar is pulled to and fro for some seconds and let go where it was."""
    page.locator(".gx-row:not([hidden]):not(.is-summary) [role=rowheader]").nth(5).click()
    box = page.locator(".gx-handle-body").bounding_box()
    if box is None:
        raise RuntimeError("no bar is selected")
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate(RECORD)
    for step in range(240):
        page.mouse.move(x + 90 * math.sin(step / 12), y)
    frames: list[float] = page.evaluate(RECORDED)
    page.keyboard.press("Escape")
    page.mouse.up()
    return sorted(frames)


def draw(port: int) -> None:
    """What one person sees in Chromium."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        line("drawing", "SKIPPED, no Chromium")
        return
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        page.goto(f"http://localhost:{port}/accounts/login/")
        page.fill("[name=login]", EMAIL)
        page.fill("[name=password]", PASSWORD)
        page.click("main button[type=submit]")
        page.wait_for_load_state()
        marks = [_opened(page, port) for _ in range(4)][1:]
        line("first rows after the click, best of 3", f"{min(first for first, _ in marks):.0f} ms", "400 ms")
        line("all rows after the click, best of 3", f"{min(every for _, every in marks):.0f} ms")
        nodes = page.evaluate("document.querySelectorAll('x-gantt .gx-scroll *').length")
        line("elements drawn", f"{nodes}", "about 330")
        heap = page.evaluate("performance.memory.usedJSHeapSize / 1e6")
        line("memory of the scripts", f"{heap:.0f} MB")
        runs = [sorted(page.evaluate(SCROLL, SECONDS)) for _ in range(3)]
        best = min(runs, key=lambda frames: frames[int(len(frames) * 0.95)])
        rate = max(len(frames) / SECONDS for frames in runs)
        pulls = [_pulled(page) for _ in range(3)]
        calm = min(pulls, key=lambda frames: frames[int(len(frames) * 0.95)])
        line("frame time while a bar is pulled, p95, best of 3", f"{calm[int(len(calm) * 0.95)]:.1f} ms", "20 ms")
        line("frame time while scrolling, p95, best of 3", f"{best[int(len(best) * 0.95)]:.1f} ms", "20 ms")
        line("frames a second, best of 3", f"{rate:.0f}", "50")
        browser.close()


def _opened(page: Page, port: int) -> tuple[float, float]:
    page.goto(f"http://localhost:{port}/projects/BIG/plan/")
    page.evaluate(DRAWN)
    names = ("headway:plan-first-rows", "headway:plan-all-rows")
    first, every = (page.evaluate(f"performance.getEntriesByName('{name}')[0].startTime") for name in names)
    return first, every


def main() -> int:
    """Both databases, one after the other; 0 when each part ran."""
    for kind in ("SQLite", "PostgreSQL"):
        if kind == "PostgreSQL" and binaries() is None:
            print("PostgreSQL: SKIPPED, no server is installed (apt install postgresql)")
            continue
        with tempfile.TemporaryDirectory(prefix="headway-bench-") as folder:
            one = Installation(Path(folder) / "home", database_url=postgres_url() if kind == "PostgreSQL" else "")
            one.environment["DJANGO_SETTINGS_MODULE"] = SETTINGS
            one.operate("init")
            print(f"{kind}: the plan page with {TASKS:,} tasks, {load()}", flush=True)
            for part in ("seed", "serve"):
                command = [sys.executable, "-m", "benchmarks.bench_gantt", part]
                subprocess.run(command, cwd=ROOT, env=one.environment, check=True)
            one.start()
            try:
                draw(one.port)
            finally:
                one.stop()
    return 0


if __name__ == "__main__":
    part = sys.argv[1] if len(sys.argv) > 1 else ""
    os.environ.setdefault("PYTHONDONTWRITEBYTECODE", "1")
    sys.exit({"seed": seed, "serve": serve}.get(part, main)())
