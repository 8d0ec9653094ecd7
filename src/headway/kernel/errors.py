"""The five kinds of expected failure. Each area subclasses them with a stable code.

The message says what is wrong, with the value, and what to do. Expected errors are shown, never
logged as errors; unexpected ones are not caught.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class FieldError:
    """One bad input: where it stands and what to do.

    field   input name, dotted for nested values; '' for the whole.
    file, sheet, row, value   set when the input came from a file.
    """

    field: str
    message: str
    file: str = ""
    sheet: str = ""
    row: int | None = None
    value: str = ""

    def as_json(self) -> dict[str, Any]:
        """Only what is set."""
        full = {
            "file": self.file,
            "sheet": self.sheet,
            "row": self.row,
            "field": self.field,
            "value": self.value,
            "message": self.message,
        }
        return {key: value for key, value in full.items() if value not in ("", None) or key in ("field", "message")}


class HeadwayError(Exception):
    """An expected failure with a stable code, an HTTP status and an exit status."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 400
    exit_status: ClassVar[int] = 1
    title: ClassVar[str] = "Not possible"

    def __init__(self, message: str, *, fields: Sequence[FieldError] = (), extra: Mapping[str, Any] | None = None):
        super().__init__(message)
        self.message = message
        self.fields = tuple(fields)
        self.extra = dict(extra or {})

    def as_problem(self) -> dict[str, Any]:
        """RFC 9457 problem details."""
        problem: dict[str, Any] = {
            "type": "about:blank",
            "title": self.title,
            "status": self.status,
            "code": self.code,
            "detail": self.message,
        }
        if self.fields:
            problem["errors"] = [field.as_json() for field in self.fields]
        problem.update(self.extra)
        return problem


class Invalid(HeadwayError):
    """Inputs that break a rule; `fields` name them."""

    code = "invalid"
    status = 422
    exit_status = 2
    title = "Invalid input"


class NotFound(HeadwayError):
    """Absent or hidden: the two give one answer."""

    code = "not_found"
    status = 404
    title = "Not found"


class Denied(HeadwayError):
    """Known and visible, yet this actor may not do this."""

    code = "denied"
    status = 403
    title = "Not allowed"


class SignInRequired(Denied):
    """Nobody is signed in."""

    code = "sign_in_required"
    status = 401
    title = "Sign in"


class PersonRequired(Denied):
    """A token asked for an act that only a person may do in the workspace."""

    code = "person_required"


class Conflict(HeadwayError):
    """The state has moved on, or does not allow this."""

    code = "conflict"
    status = 409
    title = "Conflict"


class Stale(Conflict):
    """The version the change started from is no longer the newest."""

    code = "stale"
    status = 412
    title = "Changed by someone else"


class VersionRequired(Conflict):
    """A change came without the version it started from."""

    code = "version_required"
    status = 428
    title = "Version required"


class Unavailable(HeadwayError):
    """An outside system or the database cannot answer now; trying again may help."""

    code = "unavailable"
    status = 503
    title = "Temporarily unavailable"


class TooMany(HeadwayError):
    """A rate limit was reached."""

    code = "too_many_requests"
    status = 429
    title = "Too many requests"
