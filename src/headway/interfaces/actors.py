"""Who makes a request: the context for a signed-in person, a token, or nobody."""

from __future__ import annotations

from django.http import HttpRequest

from headway.areas.people import commands as people_commands
from headway.areas.people import queries as people
from headway.interfaces.web.headers import reference_of
from headway.kernel.context import NOBODY, Channel, Context, clock
from headway.kernel.errors import SignInRequired

_BEARER = "Bearer "


def context_of(request: HttpRequest, *, channel: Channel) -> Context:
    """The context of a request: its access token's, else its session's, else nobody's.

    Raises SignInRequired for a token that does not work: it is never quietly ignored.
    """
    if request.headers.get("Authorization"):
        found = people_commands.context_of_token(token_of(request), channel=channel)
        if found is None:
            raise SignInRequired("This access token is unknown, expired or revoked.")
        return _referred(found, request)
    user = getattr(request, "user", None)
    actor = people.actor_behind(user) if user is not None and user.is_authenticated else None
    return _referred(Context(actor=actor or NOBODY, now=clock(), channel=channel), request)


def token_of(request: HttpRequest) -> str:
    """The access token that the request shows; raises SignInRequired for another kind of proof."""
    header = request.headers.get("Authorization", "")
    if not header.startswith(_BEARER):
        raise SignInRequired("Send the access token as 'Authorization: Bearer …'.")
    return header[len(_BEARER) :].strip()


def token_key(request: HttpRequest) -> str:
    """What stands for the token where calls are counted."""
    return people.secret_hash(token_of(request))


def _referred(ctx: Context, request: HttpRequest) -> Context:
    """The reference that the answer's header and the log share also ties together what the request causes."""
    reference = reference_of(request)
    return ctx.but(correlation=reference) if reference else ctx
