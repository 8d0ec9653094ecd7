"""`headway AREA VERB --option …`: one command for each use case, its options from the signature.

Not here: running it (`calling.py`), which loads Django.
"""

from __future__ import annotations

import argparse
from typing import Any

from headway.interfaces.cli.lazily import with_django
from headway.interfaces.cli.listing import areas
from headway.interfaces.cli.output import Output

INPUT = "input_"
CREATE_PROJECT = "projects.create"
_METAVARS = {
    "text": "TEXT",
    "integer": "N",
    "number": "N",
    "date": "YYYY-MM-DD",
    "instant": "YYYY-MM-DDTHH:MM",
    "record": "ID",
    "json": "JSON|@FILE",
}
_KEYS = {"project": "KEY", "person": "ID|E-MAIL", "owner": "ID|E-MAIL", "manager": "ID|E-MAIL"}


def add_to(parser: argparse.ArgumentParser, area: str) -> None:
    """Add the verbs of an area."""
    verbs = parser.add_subparsers(metavar="VERB", required=True, parser_class=type(parser))
    for name, verb in areas()[area]["verbs"].items():
        command = verbs.add_parser(
            name,
            help=verb["summary"],
            description=_described(verb),
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        for option in verb["options"]:
            add_option(command, option)
        if verb["use_case"] == CREATE_PROJECT:
            command.add_argument(
                "--calendar",
                metavar="C",
                help="also begin a plan: 'standard', or a country's public holidays, as DE or DE-BY",
            )
        add_common(command, writes=verb["writes"], versioned=verb["versioned"], own=_names(verb))
        command.set_defaults(run=run, verb=verb)


def run(given: argparse.Namespace, out: Output) -> int:
    """Call the use case."""
    if getattr(given, "calendar", None):
        status: int = with_django("headway.interfaces.cli.beginning").begin_project(given, out)
    else:
        status = with_django("headway.interfaces.cli.calling").call(given, out)
    return status


def _described(verb: dict[str, Any]) -> str:
    note = "\n\nOnly a person may do this: not with HEADWAY_TOKEN." if verb["person_only"] else ""
    return f"{verb['about']}{note}"


def _names(verb: dict[str, Any]) -> set[str]:
    return {option["name"] for option in verb["options"]}


def add_common(parser: argparse.ArgumentParser, *, writes: bool, versioned: bool = False, own: set[str]) -> None:
    """What every command of the workspace takes."""
    group = parser.add_argument_group("acting")
    group.add_argument("--as", dest="as_user", metavar="USER", help="act as this person (e-mail); for the data's owner")
    if not writes:
        return
    group.add_argument("--dry-run", action="store_true", help="do all but keep it")
    if "reason" not in own:
        group.add_argument("--reason", default="", help="why, for the audit")
    if versioned:
        group.add_argument("--if-match", type=int, metavar="N", help="only if the record is still at this version")


def add_option(parser: argparse.ArgumentParser, option: dict[str, Any]) -> None:
    """One input as an option."""
    flag = "--" + option["name"].replace("_", "-")
    dest = INPUT + option["name"]
    kind = option["kind"]
    if kind == "secret":
        parser.add_argument(f"{flag}-stdin", dest=dest, action="store_true", help="read it from standard input")
        return
    settings: dict[str, Any] = {"dest": dest, "required": option["required"], "default": None}
    settings["help"] = _help(option)
    if kind == "yes-no":
        parser.add_argument(flag, action=argparse.BooleanOptionalAction, **settings)
        return
    if option.get("many"):
        settings["action"] = "append"
    if kind == "choice":
        settings["choices"] = option["choices"]
    else:
        settings["metavar"] = metavar(option)
    parser.add_argument(flag, **settings)


def metavar(option: dict[str, Any]) -> str:
    """What stands for an option's value in usage and reference."""
    kind: str = option["kind"]
    if kind == "choice":
        return "|".join(map(str, option["choices"]))
    return _KEYS.get(option["name"], _METAVARS[kind]) if kind == "record" else _METAVARS[kind]


def _help(option: dict[str, Any]) -> str:
    parts = []
    if option.get("many"):
        parts.append("may be given more than once")
    if option.get("nullable"):
        parts.append("'none' for none")
    if "default" in option:
        default = option["default"]
        shown = ", ".join(map(str, default)) if isinstance(default, list) else default
        parts.append(f"default: {shown}")
    return "; ".join(parts).replace("%", "%%")
