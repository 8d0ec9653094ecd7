"""Pages as people ask for them, over a large portfolio: p50 and p95 through the real server, queries, and their weight.

The load comes from a process of its own on the same machine. A page that is not installed is left out, and said.
"""

from __future__ import annotations

import gzip
import http.client
import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import unescape
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode, urljoin

import django
from django.test import Client
from tests.reliability.harness import Installation

from benchmarks.house import ROOT, line

SECONDS = 3
_ASKINGS = 5
WARMING = 8  # askings before, so that each server process has answered the page once
GOAL_MS = 100
GOAL_KB = 300


class Asked(NamedTuple):
    """A page that is measured.

    role   whose page it is. chart: it draws, and so has no goal for its weight.
    link   measured is the first page that the address's own page leads to and that begins so, a pattern.
    """

    name: str
    path: str
    role: str = "associate"
    chart: bool = False
    link: str = ""


PAGES = (
    Asked("desk", "/desk/"),
    Asked("portfolio", "/portfolio/"),
    Asked("portfolio, all for a senior reader", "/portfolio/", "senior_reader"),
    Asked("portfolio timeline", "/portfolio/timeline/", chart=True),
    Asked("combined Gantt", "/portfolio/gantt/", chart=True),
    Asked("combined Gantt, three opened", "/portfolio/gantt/?open=K-001&open=K-002&open=K-003", chart=True),
    Asked("milestone calendar", "/portfolio/calendar/"),
    Asked("programmes", "/portfolio/programmes/"),
    Asked("a programme", "/portfolio/programmes/", link=r"/portfolio/programmes/\d"),
    Asked("project overview", "/projects/K-007/"),
    Asked("plan of 500 tasks", "/projects/K-007/plan/", chart=True),
    Asked("plan of 500 tasks as JSON", "/projects/K-007/plan/chart.json", chart=True),
    Asked("links to other projects", "/projects/K-002/plan/other-projects/"),
    Asked("risks", "/projects/K-007/risks/"),
    Asked("scope", "/projects/K-007/scope/"),
    Asked("changes of a project", "/projects/K-007/changes/"),
    Asked("a change request", "/projects/K-007/changes/", link=r"/projects/K-007/changes/\d"),
    Asked("changes of all projects", "/changes/"),
    Asked("method of a project", "/projects/K-007/method/"),
    Asked("project hours", "/projects/K-007/hours/"),
    Asked("activity", "/projects/K-007/activity/"),
    Asked("search", "/search?q=defect"),
    Asked("search, two words", "/search?q=harbour+portal"),
    Asked("palette", "/search/palette?q=risk"),
    Asked("week sheet", "/hours/", "member"),
    Asked("team hours", "/hours/team/", "manager"),
    Asked("my tasks", "/my-tasks/", "member"),
    Asked("inbox", "/inbox/"),
    Asked("capacity", "/capacity/", chart=True),
    Asked("capacity by day and role", "/capacity/?scale=day&group=role", chart=True),
    Asked("what makes up a cell", "/capacity/", link=r"/capacity/load/\?"),
    Asked("levelling proposals", "/capacity/proposals/"),
    Asked("a levelling proposal", "/capacity/proposals/", "manager", link=r"/capacity/proposals/\d"),
    Asked("templates", "/templates/"),
    Asked("a template with its dates", "/templates/", link="/templates/T-"),
    Asked("reports of all projects", "/reports/"),
    Asked("approvals", "/approvals/", "approver"),
    Asked("clients", "/accounts/"),
    Asked("API: standings", "/api/v1/portfolio/standings", chart=True),
)
_MAIN = re.compile(r"<main.*", re.DOTALL)
_ASSET = re.compile(r'(?:href|src)="(?P<address>/static/[^"?]+\.(?:css|js)(?:\?[^"]*)?)"')
_FONT = re.compile(r"url\(['\"]?(?P<address>[^)'\"]+\.woff2)")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server gave: the body as it came over the line, and unpacked."""

    status: int
    headers: dict[str, str]
    sent: bytes

    @property
    def text(self) -> str:
        """The body for reading."""
        packed = self.headers.get("content-encoding") == "gzip"
        return (gzip.decompress(self.sent) if packed else self.sent).decode(errors="replace")


class Visitor:
    """Somebody signed in, as a browser would be."""

    def __init__(self, port: int, email: str, password: str) -> None:
        self._port = port
        self._kept: dict[str, str] = {}
        form = self.ask("/accounts/login/").text
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
        if found is None:
            raise RuntimeError("the sign-in page has no form")
        fields = {"login": email, "password": password, "csrfmiddlewaretoken": found[1]}
        answer = self.ask("/accounts/login/", urlencode(fields).encode())
        if answer.status != 302:
            raise RuntimeError(f"{email} could not sign in: {answer.status}")

    @property
    def cookies(self) -> str:
        """As a header's value."""
        return "; ".join(f"{name}={value}" for name, value in self._kept.items())

    def ask(self, path: str, body: bytes | None = None) -> Answer:
        """One request; its cookies are kept."""
        headers = {"Accept-Encoding": "gzip", "Cookie": self.cookies, "Referer": "http://127.0.0.1/"}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        opened = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        opened.request("GET" if body is None else "POST", path, body=body, headers=headers)
        answer = opened.getresponse()
        content = answer.read()
        opened.close()
        for value in answer.headers.get_all("Set-Cookie") or ():
            self._kept |= {name: morsel.value for name, morsel in SimpleCookie(value).items()}
        return Answer(answer.status, {name.lower(): value for name, value in answer.headers.items()}, content)


def main(installation: Installation, users: dict[str, dict[str, str]]) -> None:
    """Print the figures of every page."""
    visitors = {
        role: Visitor(installation.port, users[role]["email"], users[role]["password"])
        for role in sorted({page.role for page in PAGES})
    }
    pages = [page._replace(path=_followed(visitors[page.role], page)) for page in PAGES]
    inside = _inside(installation, users, pages)
    for name, path, role, chart, _ in pages:
        visitor = visitors[role]
        answer = visitor.ask(path) if path else None
        if answer is None or answer.status != 200:
            line(name, f"left out: {answer.status if answer is not None else 'nothing leads there'}")
            continue
        for _ in range(WARMING):
            visitor.ask(path)
        for clients in (1, 8):
            found = _load(installation.port, visitor.cookies, path, clients)
            wrong = f", {found['wrong']:.0f} wrong" if found["wrong"] else ""
            more = f", {inside[name]}" if clients == 1 else f", {found['rate']:.0f}/s"
            line(
                f"{name}, {clients} client{'s' if clients > 1 else ''}",
                f"p50 {found['p50']:.0f}, p95 {found['p95']:.0f} ms{more}{wrong}",
                f"p95 {GOAL_MS} ms" if clients == 1 else "",
            )
        _weigh(name, visitor, answer, goal="" if chart else f"{GOAL_KB} kB")


def _followed(visitor: Visitor, page: Asked) -> str:
    """The page's address, or that of the first page it leads to; '' where there is none."""
    if not page.link:
        return page.path
    content = _MAIN.search(visitor.ask(page.path).text)
    found = re.search(rf'href="(?P<address>{page.link}[^"#]*)"', content[0] if content else "")
    return unescape(found["address"]) if found is not None else ""


def _load(port: int, cookies: str, path: str, clients: int) -> dict[str, float]:
    done = subprocess.run(
        [*(sys.executable, "-m", "benchmarks.load", str(port), cookies, "GET", path), str(clients), str(SECONDS)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _weigh(name: str, visitor: Visitor, answer: Answer, *, goal: str) -> None:
    """The page with its styles and scripts as they come over the line; fonts apart."""
    if "html" not in answer.headers.get("content-type", ""):
        line(f"{name}, weight", f"{len(answer.sent) / 1000:.0f} kB")
        return
    assets, fonts = _assets(visitor, answer.text)
    page = len(answer.sent) / 1000
    line(f"{name}, weight", f"{page:.0f} + {assets:.0f} kB, fonts {fonts:.0f} kB", goal)


def _assets(visitor: Visitor, page: str) -> tuple[float, float]:
    """Kilobytes of styles and scripts, and of the fonts that the styles name."""
    weight = fonts = 0
    for address in sorted({found["address"] for found in _ASSET.finditer(page)}):
        answer = visitor.ask(address)
        weight += len(answer.sent)
        style = address.partition("?")[0]
        if style.endswith(".css"):
            fonts += sum(_weights(visitor, style, _FONT.finditer(answer.text)))
    return weight / 1000, fonts / 1000


def _weights(visitor: Visitor, style: str, found: Iterable[re.Match[str]]) -> Iterable[int]:
    for address in {item["address"] for item in found}:
        answer = visitor.ask(urljoin(style, address))
        yield len(answer.sent) if answer.status == 200 else 0


def _inside(installation: Installation, users: dict[str, dict[str, str]], pages: Iterable[Asked]) -> dict[str, str]:
    """Queries and processor time of each page, in a process of the installation's own, without any server."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.bench_pages", json.dumps([users, [list(page) for page in pages]])],
        cwd=ROOT,
        env=installation.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return found


def look_inside(users: dict[str, dict[str, str]], pages: Iterable[Asked]) -> dict[str, str]:
    """Page name to its queries, and the processor time of an asking: here, and in the database's own process."""
    from django.db import connection

    from headway.kernel.database.write_lock import allow_writes

    clients: dict[str, Client] = {}
    found = {}
    for name, path, role, _, _ in pages:
        if role not in clients:
            clients[role] = Client(headers={"Host": "localhost"})
            clients[role].get("/accounts/login/")  # loads the middleware, which notes when a session begins
            with allow_writes("sign-in of the benchmark"):
                clients[role].login(username=users[role]["email"], password=users[role]["password"])
        clients[role].get(path)
        asked: list[str] = []
        with connection.execute_wrapper(_counting(asked)):
            clients[role].get(path)
        begun = _database_seconds()
        work = [_work(clients[role], path) for _ in range(_ASKINGS)]
        beside = (_database_seconds() - begun) / _ASKINGS
        more = f" + {beside * 1000:.0f}" if beside else ""
        found[name] = f"{len(asked)} queries, {min(work) * 1000:.0f}{more} ms of work"
    return found


def _database_seconds() -> float:
    """Processor time of the PostgreSQL process that serves this one; 0 where the database is in this process."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def _counting(asked: list[str]) -> Callable[..., Any]:
    def count(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append(sql)
        return execute(sql, params, many, context)

    return count


def _work(client: Client, path: str) -> float:
    begun = time.process_time()
    client.get(path)
    return time.process_time() - begun


if __name__ == "__main__":
    django.setup()
    given, wanted = json.loads(sys.argv[1])
    sys.stdout.write(json.dumps(look_inside(given, [Asked(*page) for page in wanted if page[1]])))
