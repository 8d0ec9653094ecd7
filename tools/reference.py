"""The reference pages of the API and the command line, as Markdown, from their descriptions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from headway.interfaces.cli.generated import metavar
from headway.interfaces.cli.main import COMMANDS

_API = """\
# REST API

Made from the use cases by `python -m tools.snapshots`; a test compares it. The same for programs stands at
`/api/v1/openapi.json` (OpenAPI 3.1), and to look around in at `/api/v1/docs`.

- Every address begins with `/api/v1`. Show an access token as `Authorization: Bearer …` (`headway token create` makes
  one), or come with the workspace's session and its CSRF token.
- A project is named by its key or its id, a person by e-mail or id.
- Bodies are JSON objects (`application/json`, at most 2 MB). Unknown keys, doubled keys and repeated parameters are
  refused.
- A record with a version carries it as `ETag`; what changes such a record wants it back as `If-Match`: 428 without,
  412 when there is a newer version.
- Writes take `Idempotency-Key` (the same key and body: done once, answered alike) and `?dry_run=true` (all but kept).
- Lists with `next` go on with `?cursor=…`; `limit` is 1 to 200.
- Every error is `application/problem+json` (RFC 9457) with a stable `code`: 400, 401, 403, 404 (absent and hidden
  alike), 405, 409, 412, 422 (`errors` names the fields), 428, 429 (with `Retry-After`), 503.
- A token has scopes (`read`, `write`, `AREA:read`, `AREA:write`) and may be limited to projects. What is marked
  **person** wants a person in the workspace: a token is refused with `person_required`.
- A token may ask 6000 reads and 3000 writes a minute (settings `HEADWAY_TOKEN_READS`, `HEADWAY_TOKEN_WRITES`).
"""

_COMMAND_LINE = """\
# Command line

Made from the use cases by `python -m tools.snapshots`; a test compares it.

Every command takes `--json`: one JSON document on standard output and nothing else there. Exit 0 done, 1 refused or
failed, 2 wrong usage or bad input. An error is one message on standard error, with `--json` also a problem object
(RFC 9457) on standard output.

**As whom.** With `HEADWAY_TOKEN` set, as that token's user, on its scopes. Else `--as E-MAIL`, else the first
administrator; both only for the owner of the data folder, and the audit keeps the operating-system user beside the
person. What wants a person (approving, sending, deleting for good, roles, tokens) is refused to a token.

## Commands

| command | what it does |
|---|---|
"""

_AFTER = """\

- `headway import plan|hours FILE --project KEY [--create] [--dry-run] [--mapping M] [--set name=value]` takes all of a
  file or nothing. JSON: `batch`, `applied`, `create`, `update`, `unchanged`, `missing`, `questions`, `errors`, and
  `preview` with all else that was found. An open question or an error ends with exit 2 and nothing written; `--set`
  or the mapping file answers. The same file again changes nothing. `headway import undo BATCH` takes it back.
- `headway report KIND --project KEY --format F [--as-of D] [--client-copy] [--snapshot N] -o FILE` freezes a snapshot
  (or reuses one), writes the file as a draft and checks every statement in it; a failed check is exit 1 and no file.
  `headway report list` names the kinds and formats.
- `headway projects create … --calendar C` also begins a plan: `standard`, or less a country's holidays (`DE`, `DE-BY`).
- `headway user add NAME --email E --role R --password-stdin`, `headway user passwd E-MAIL`, `headway user list`.
- `headway token create --user E-MAIL --scope read,write [--project KEY] [--expires …]` shows the token once.
- `headway mcp` gives the use cases as tools to an agent on this machine; it acts with `HEADWAY_TOKEN` or refuses.
- Secrets are read from standard input, one line each, never from an argument.

## Generated from the use cases

`headway AREA VERB --option …`. Lists are given by repeating the option; values with parts as JSON, or `@file`. Writes
take `--dry-run` and `--reason`, changes of versioned records `--if-match N`.
"""


def api(document: dict[str, Any]) -> str:
    """docs/reference/api.md."""
    return _API + "".join(_api_areas(document))


def _api_areas(document: dict[str, Any]) -> Iterator[str]:
    areas: dict[str, list[tuple[str, str, dict[str, Any]]]] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            areas.setdefault(operation["tags"][0], []).append((method.upper(), path, operation))
    for area in sorted(areas):
        yield f"\n## {area.capitalize()}\n\n| address | what it does | inputs |\n|---|---|---|\n"
        for method, path, operation in areas[area]:
            person = " **person**" if "A person must do this" in operation.get("description", "") else ""
            yield f"| `{method} {path}` | {operation['summary']}{person} | {_api_inputs(operation)} |\n"


def _api_inputs(operation: dict[str, Any]) -> str:
    """Inputs that are not in the address; the optional ones in brackets."""
    found = [
        (item["name"], item["required"])
        for item in operation["parameters"]
        if item["in"] == "query" and item["name"] != "dry_run"
    ]
    for media in operation.get("requestBody", {}).get("content", {}).values():
        wanted = media["schema"].get("required", [])
        found += [(name, name in wanted) for name in media["schema"]["properties"]]
    return ", ".join(f"`{name}`" if required else f"[`{name}`]" for name, required in found)


def command_line(areas: dict[str, Any]) -> str:
    """docs/reference/command-line.md."""
    rows = "".join(f"| `headway {name}` | {about} |\n" for name, (_, about) in COMMANDS.items())
    return _COMMAND_LINE + rows + _AFTER + "".join(_command_areas(areas))


def _command_areas(areas: dict[str, Any]) -> Iterator[str]:
    for area, row in areas.items():
        yield f"\n### headway {area}\n\n{row['about']}.\n\n| verb | what it does | options |\n|---|---|---|\n"
        for verb, said in row["verbs"].items():
            person = " **person**" if said["person_only"] else ""
            options = " ".join(_option(option) for option in said["options"])
            yield f"| `{verb}` | {said['summary']}{person} | {options} |\n"


def _option(option: dict[str, Any]) -> str:
    name = "--" + option["name"].replace("_", "-")
    if option["kind"] == "secret":
        text = f"{name}-stdin"
    elif option["kind"] == "yes-no":
        text = f"{name}"
    else:
        text = f"{name} {metavar(option)}{' …' if option.get('many') else ''}"
    text = text.replace("|", "\\|")
    return f"`{text}`" if option["required"] else f"[`{text}`]"
