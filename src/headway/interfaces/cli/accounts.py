"""`headway user add|passwd|list` and `headway token create`: short forms over the use cases of people.

Passwords come from standard input, never from an argument that other people on the machine could read.
"""

from __future__ import annotations

import argparse

from headway.interfaces.cli.generated import add_common
from headway.interfaces.cli.lazily import with_django
from headway.interfaces.cli.listing import areas
from headway.interfaces.cli.output import Output


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add the verbs of `user` or of `token`."""
    verbs = parser.add_subparsers(metavar="VERB", required=True, parser_class=type(parser))
    if parser.prog.split()[-1] == "user":
        _user(verbs)
    else:
        _token(verbs)


def _user(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    roles = next(
        option["choices"] for option in areas()["people"]["verbs"]["add-user"]["options"] if option["name"] == "role"
    )
    add = verbs.add_parser("add", help="add a person who can sign in", allow_abbrev=False)
    add.add_argument("name", metavar="NAME")
    add.add_argument("--email", required=True, metavar="E")
    add.add_argument("--role", required=True, choices=roles)
    add.add_argument(
        "--organisation", metavar="ID", help="the client organisation they belong to; for the first: its name"
    )
    add.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    passwd = verbs.add_parser("passwd", help="give a user a new password", allow_abbrev=False)
    passwd.add_argument("email", metavar="E-MAIL")
    passwd.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    listed = verbs.add_parser("list", help="list those who can sign in", allow_abbrev=False)
    for command, writes in ((add, True), (passwd, True), (listed, False)):
        add_common(command, writes=writes, own=set())
    add.set_defaults(run=_run, account="add_user")
    passwd.set_defaults(run=_run, account="set_password")
    listed.set_defaults(run=_run, account="list_users")


def _token(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    create = verbs.add_parser("create", help="make an access token; it is shown once", allow_abbrev=False)
    create.add_argument("--user", required=True, metavar="E-MAIL", help="whose rights it has")
    create.add_argument(
        "--scope",
        required=True,
        action="append",
        metavar="S",
        help="read, write, AREA:read or AREA:write; several by comma, or given more than once",
    )
    create.add_argument("--name", default="command line", metavar="TEXT", help="what it is for")
    create.add_argument("--project", action="append", metavar="KEY", help="only for this project; may be repeated")
    create.add_argument("--expires", metavar="YYYY-MM-DDTHH:MM", help="when it ends (default: never)")
    add_common(create, writes=True, own=set())
    create.set_defaults(run=_run, account="make_token")


def _run(given: argparse.Namespace, out: Output) -> int:
    module = with_django("headway.interfaces.cli.signing_in")
    status: int = getattr(module, given.account)(given, out)
    return status
