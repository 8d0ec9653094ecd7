"""How a person wants to be told: digest, working hours, leave, silent reasons; and when they may be written to."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from django.core import signing
from pydantic import Field

from headway.areas.comms.models import NoticeSettings
from headway.areas.comms.quiet import USUAL_DAYS, USUAL_END, USUAL_START, WorkingTime
from headway.areas.comms.types import DIRECT, Clock, Digest, DigestByLink, NoticeReason, NoticeSettingsRow
from headway.areas.people.away import away_days
from headway.areas.people.queries import holidays_from, names_of, own_zone_and_spelling
from headway.kernel.among import among_ids
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, FieldError, Invalid, NotFound, Stale
from headway.kernel.queries import query
from headway.kernel.schema import Secret, ShortText

Weekday = Annotated[int, Field(ge=1, le=7)]
LINK_PATH = "/digest/{token}/"
_NO_LINK = "This link does not exist. Open it exactly as the mail gives it."


@query(permission="comms.own_notices")
def notice_settings(ctx: Context) -> NoticeSettingsRow:
    """How one is told: which digest, when one works, on leave from when to when, of what not at all."""
    return settings_row(NoticeSettings.visible_to(ctx).first())


@command(permission="comms.own_notices", idempotent=True)
def set_notices(
    ctx: Context,
    *,
    digest: Digest | None = None,
    zone: ShortText | None = None,
    work_days: Annotated[tuple[Weekday, ...], Field(min_length=1, max_length=7)] | None = None,
    starts: Clock | None = None,
    ends: Clock | None = None,
    away_from: date | None = None,
    away_until: date | None = None,
    back: bool = False,
    silent: tuple[NoticeReason, ...] | None = None,
    version: int | None = None,
) -> NoticeSettingsRow:
    """Set how one is told; what is not given stays as it is.

    zone       one's time zone, as Europe/Berlin; '' = the house's.
    work_days  1 = Monday to 7. starts, ends: of one's working day, as 09:00.
    away_from, away_until  first and last day of a leave: no mail comes before its end. back: no leave any more.
    silent     reasons that one is not told of.
    version    of the settings that a change starts from: refused where they are newer; 0 = none were set.
    """
    if ctx.actor.person_id is None:
        raise Conflict("You are not entered as a person, so nobody is told of anything.")
    row = NoticeSettings.hold(NoticeSettings.visible_to(ctx)).first()
    before = settings_row(row)
    if version is not None and version != before.version:
        raise Stale(
            f"Your settings of notices are at version {before.version}; your change started from {version}.",
            extra={"current_version": before.version},
        )
    if zone and zone not in available_timezones():
        raise Invalid(
            f"No time zone is known as '{zone}'. Give one such as Europe/Berlin.",
            fields=[FieldError("zone", "such as Europe/Berlin", value=zone)],
        )
    leave = (None, None) if back else (away_from or before.away_from, away_until or before.away_until)
    begins, over = starts or before.starts, ends or before.ends
    _fit(begins, over, *leave, silent or ())
    values = {
        "digest": (digest or before.digest).value,
        "zone": before.zone if zone is None else zone,
        "work_days": sorted(set(before.work_days if work_days is None else work_days)),
        "starts": begins,
        "ends": over,
        "away_from": leave[0],
        "away_until": leave[1],
        "silent": sorted(reason.value for reason in (before.silent if silent is None else set(silent))),
    }
    if row is None:
        row = NoticeSettings.add(ctx, person_id=ctx.actor.person_id, **values)
    else:
        row.change(ctx, **values)
    return settings_row(row)


def _fit(starts: str, ends: str, first: date | None, last: date | None, silent: Collection[NoticeReason]) -> None:
    if starts >= ends:
        raise Invalid(
            f"A working day from {starts} to {ends} has no hours. Let it end after it starts.",
            fields=[FieldError("ends", f"later than {starts}", value=ends)],
        )
    if (first is None) != (last is None):
        missing = "away_until" if last is None else "away_from"
        raise Invalid(
            "Give both days of a leave, the first and the last.", fields=[FieldError(missing, "the other day")]
        )
    if first is not None and last is not None and not first <= last <= first + timedelta(days=366):
        raise Invalid(
            f"A leave from {first} to {last} is not one. Let it end on its first day or after, within a year.",
            fields=[FieldError("away_until", "on the first day or after, within a year", value=str(last))],
        )
    direct = sorted(reason.value for reason in silent if reason in DIRECT)
    if direct:
        raise Invalid(
            f"Where somebody turns to you ({', '.join(direct)}), you are always told. Leave these out.",
            fields=[FieldError("silent", f"without {', '.join(direct)}")],
        )


def settings_row(row: NoticeSettings | None, house: str = "") -> NoticeSettingsRow:
    """`house`: its time zone, where the caller has read it."""
    house = house or own_zone_and_spelling()[0]
    if row is None:
        return NoticeSettingsRow(
            Digest.WEEKLY, "", house, tuple(sorted(USUAL_DAYS)), f"{USUAL_START:%H:%M}", f"{USUAL_END:%H:%M}",
            None, None, (), 0,
        )  # fmt: skip
    return NoticeSettingsRow(
        Digest(row.digest),
        row.zone,
        row.zone or house,
        tuple(row.work_days),
        row.starts,
        row.ends,
        row.away_from,
        row.away_until,
        tuple(NoticeReason(reason) for reason in row.silent),
        row.version,
    )


# --- by the link of a digest ------------------------------------------------------------------


@query(permission="comms.digest_by_link", internal="the page behind the link of a digest, whose signature is the proof")
def digest_by_link(ctx: Context, *, token: Secret) -> DigestByLink:
    """Whose digest a link stops, and how often it comes."""
    return _by_link(_person_of(token))


@command(
    permission="comms.digest_by_link", internal="the page behind the link of a digest, whose signature is the proof"
)
def set_digest_by_link(ctx: Context, *, token: Secret, digest: Digest) -> DigestByLink:
    """Stop the digest, or have it again, by the link in it."""
    person = _person_of(token)
    rows = NoticeSettings.unscoped(reason="the link proves the right").filter(person_id=person)
    row = NoticeSettings.hold(rows).first()
    if row is not None:
        row.change(ctx, digest=digest.value)
    elif digest is not Digest.WEEKLY:
        usual_ = settings_row(None)
        NoticeSettings.add(
            ctx,
            person_id=person,
            digest=digest.value,
            work_days=list(usual_.work_days),
            starts=usual_.starts,
            ends=usual_.ends,
        )
    return _by_link(person)


def _by_link(person: int) -> DigestByLink:
    rows = NoticeSettings.unscoped(reason="the link proves the right").filter(person_id=person)
    return DigestByLink(names_of([person]).get(person, ""), settings_row(rows.first()).digest)


def link_token(person_id: int) -> str:
    """What the link in a person's digest carries: who it is, signed for this purpose alone."""
    return _signer().sign(str(person_id))


def _person_of(token: str) -> int:
    try:
        return int(_signer().unsign(token))
    except signing.BadSignature:
        raise NotFound(_NO_LINK) from None


def _signer() -> signing.Signer:
    return signing.Signer(sep=".", salt="headway.comms.digest")


# --- for the pages; the caller has passed a door -----------------------------------------------


def house_zone() -> str:
    """The zone of whoever has set none."""
    return own_zone_and_spelling()[0]


def next_digest(ctx: Context) -> datetime | None:
    """When the next digest of the person who asks would come, on their clock; None = none within a year."""
    mine = working_time(ctx)
    weekly = settings_row(NoticeSettings.visible_to(ctx).first()).digest is Digest.WEEKLY
    days = (day for day in mine.working_days(mine.day_of(ctx.now)) if not weekly or mine.first_of_week(day) == day)
    begins = next((begins for day in days if (begins := mine.begins(day)) >= ctx.now), None)
    return begins.astimezone(mine.zone) if begins is not None else None


# --- working time; the caller has passed a door ------------------------------------------------


def working_time(ctx: Context) -> WorkingTime:
    """When the person who asks may be written to."""
    me = ctx.actor.person_id or 0
    return working_times([me], ctx.now.date())[me]


def working_times(person_ids: Iterable[int], day: date) -> dict[int, WorkingTime]:
    """When some persons may be written to, from about a day on; four queries."""
    those = sorted(set(person_ids))
    rows = chosen_of(those)
    off = frozenset(one for one, _ in holidays_from(day - timedelta(days=8)))
    away = away_days(those, day - timedelta(days=8), day + timedelta(days=400))
    house = own_zone_and_spelling()[0]
    return {
        person: _working_time(
            settings_row(rows.get(person), house),
            off | {one for one, part in away.get(person, {}).items() if part == 1},
        )
        for person in those
    }


def chosen_of(person_ids: Collection[int]) -> dict[int, NoticeSettings]:
    """The settings of those who have set something."""
    rows = NoticeSettings.unscoped(reason="how those who are told want it").filter(among_ids("person_id", person_ids))
    return {row.person_id: row for row in rows}


def _working_time(said: NoticeSettingsRow, off: frozenset[date]) -> WorkingTime:
    leave = (said.away_from, said.away_until) if said.away_from and said.away_until else None
    return WorkingTime(
        ZoneInfo(said.zone_now),
        frozenset(said.work_days),
        time.fromisoformat(said.starts),
        time.fromisoformat(said.ends),
        off,
        leave,
    )


# --- what is due, for the areas above ----------------------------------------------------------


def next_house_day(day: date) -> date:
    """The first day after a day on which the house works."""
    off = {one for one, _ in holidays_from(day)}
    ahead = (day + timedelta(days=count) for count in range(1, 60))
    return next(one for one in ahead if one.isoweekday() in USUAL_DAYS and one not in off)


def due_key(kind: str, record: int, due: date, day: date) -> str:
    """The key of what is told once of a record's day: that it comes, that it is there, that it has passed."""
    stage = "late" if due < day else "today" if due == day else "ahead"
    return f"due:{kind}:{record}:{due}:{stage}"
