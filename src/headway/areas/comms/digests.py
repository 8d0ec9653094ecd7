"""Mails of notices: who gets one when, by which rule, and making it. One a person and day; nothing in quiet hours.

A digest tells of what stood unread in the inbox when the receiver's working day began and no mail has told of yet; an
urgent notice goes by itself within working hours, at most three mails a day. Who wants no mail gets neither. Who may
no longer see a record reads nothing of it: a mail is made with its receiver's rights, in the moment in which it goes
into the outbox.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Min, Q, QuerySet

from headway.areas.comms.commands import queue
from headway.areas.comms.digest_text import DigestText, Line, written
from headway.areas.comms.models import Mail, Notice
from headway.areas.comms.queries import seen_rows
from headway.areas.comms.quiet import WorkingTime
from headway.areas.comms.settings import LINK_PATH, chosen_of, link_token, settings_row, working_times
from headway.areas.comms.types import Digest, MailRule, NoMail, NoticeRow, PlannedMail, WeekOfMails
from headway.areas.desk.providers import project_source
from headway.areas.people.queries import actor_of, inside_accounts, own_zone_and_spelling
from headway.areas.people.types import PersonId
from headway.kernel import ports, settings
from headway.kernel.among import among_ids
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.queries import query

URGENT_A_DAY = 3
_PERSON = "people.Person"
_MOST_READ = 500  # notices of one mail that are looked at; those beyond are counted with the rest
_WEEK = 7
Account = tuple[int, str, str, int]  # person, name, address, user
_RULES = {Digest.WEEKLY: MailRule.WEEKLY, Digest.DAILY: MailRule.DAILY}


def due(now: datetime) -> Iterator[tuple[int, MailRule, datetime]]:
    """Who is to get a mail of notices now: person, rule, and the instant up to which notices count. For the job."""
    waiting = _waiting(now)
    accounts = [one for one in inside_accounts() if one[2] and one[0] in waiting]
    people = [one[0] for one in accounts]
    times, chosen, gone = working_times(people, now.date()), chosen_of(people), _gone(people, now)
    house = own_zone_and_spelling()[0]
    for person in people:
        mine, waits = times[person], waiting[person]
        if not mine.is_working(now):
            continue
        digest, day = settings_row(chosen.get(person), house).digest, mine.day_of(now)
        begun, wanted = mine.begins(day), _is_digest_day(mine, digest, day)
        if wanted and waits.since <= begun and _digest_key(person, day) not in gone:
            yield person, _RULES[digest], begun
        if waits.urgent and digest is not Digest.NONE and _urgent_key(person, day, URGENT_A_DAY) not in gone:
            yield person, MailRule.URGENT, now


@dataclass(frozen=True, slots=True)
class _Waits:
    """Unread notices of a person that no mail has told of: how many, how many urgent ones, since when the oldest."""

    every: int
    urgent: int
    since: datetime


def _waiting(now: datetime) -> Mapping[int, _Waits]:
    rows = _unmailed(now).order_by().values("person_id")
    counted = rows.annotate(every=Count("pk"), pressing=Count("pk", filter=Q(urgent=True)), since=Min("shown_at"))
    return {row["person_id"]: _Waits(row["every"], row["pressing"], row["since"]) for row in counted}


def _gone(people: Collection[int], now: datetime) -> set[str]:
    """Keys of the mails of notices that these persons got of late."""
    rows = Mail.unscoped(reason="one mail an event").filter(
        among_ids("subject_id", people), subject_kind=_PERSON, created_at__gt=now - timedelta(days=2)
    )
    return set(rows.values_list("event_key", flat=True))


def _unmailed(upto: datetime) -> QuerySet[Notice]:
    rows = Notice.unscoped(reason="what a mail would tell; it is made with its receiver's rights")
    return rows.filter(read_at=None, archived_at=None, mailed_at=None, shown_at__lte=upto)


def _is_digest_day(mine: WorkingTime, digest: Digest, day: date) -> bool:
    if digest is Digest.WEEKLY:
        return mine.first_of_week(day) == day
    return digest is Digest.DAILY and mine.works_on(day)


@command(permission="comms.deliver", internal="the job that sends mails of notices", idempotent=True)
def send_notices(ctx: Context, *, person: PersonId, rule: MailRule, upto: datetime) -> int | None:
    """Put one mail of a person's notices into the outbox; gives its id, None where nothing is to be told.

    upto  notices that came later wait. Asked for again on the same day, a digest is not made twice.
    """
    account = next((one for one in inside_accounts() if one[0] == person), None)
    actor = actor_of(account[3]) if account is not None else None
    if account is None or actor is None or not account[2]:
        return None
    day = working_times([person], ctx.now.date())[person].day_of(ctx.now)
    key = _free_key(person, rule, day, _gone([person], ctx.now))
    if key is None:
        return None
    rows = _unmailed(upto).filter(person_id=person).order_by("-shown_at", "-id")
    if rule is MailRule.URGENT:
        rows = rows.filter(urgent=True)
    items = list(rows[:_MOST_READ])
    receiver = ctx.but(actor=actor)
    told = seen_rows(receiver, items)
    more = rows.count() - len(items)
    _unmailed(upto).filter(among_ids("pk", rows.values_list("pk", flat=True))).update(mailed_at=ctx.now)
    if not told:  # nothing of it may be seen any more
        return None
    text = _text(receiver, account, rule, told, more=more)
    mail = queue(
        ctx,
        event_key=key,
        subject_kind=_PERSON,
        subject_id=person,
        project_id=None,
        approval_id=None,
        recipients=(account[2],),
        subject=text.subject,
        body=text.body,
        html=text.html,
        headers=text.headers,
    )
    return mail.id


def _free_key(person: int, rule: MailRule, day: date, gone: Collection[str]) -> str | None:
    """The mail's key, unique in the outbox: one digest a day, so many urgent mails; None when those have gone."""
    digest = _digest_key(person, day)
    urgent = (_urgent_key(person, day, number) for number in range(1, URGENT_A_DAY + 1))
    return next((key for key in (urgent if rule is MailRule.URGENT else (digest,)) if key not in gone), None)


def _digest_key(person: int, day: date) -> str:
    return f"system:digest:{person}:{day}"


def _urgent_key(person: int, day: date, number: int) -> str:
    return f"system:urgent:{person}:{day}:{number}"


def _text(receiver: Context, account: Account, rule: MailRule, told: Collection[NoticeRow], *, more: int) -> DigestText:
    labels = project_source().labels(receiver, {row.project_id for row in told if row.project_id is not None})
    base = settings.read().base_url.rstrip("/")
    lines = [
        Line(
            row.reason,
            labels[row.project_id].name if row.project_id is not None and row.project_id in labels else "",
            row.text,
            row.more,
            row.by,
            f"{base}/go/{row.about_kind}/{row.about_id}",
        )
        for row in told
    ]
    return written(
        lines,
        name=account[1],
        rule=rule,
        more=more,
        inbox=f"{base}/inbox/",
        choose=f"{base}/settings/notices/",
        stop=base + LINK_PATH.format(token=link_token(account[0])),
    )


# --- looking ahead ----------------------------------------------------------------------------


@query(permission="comms.foresee")
def week_of_mails(ctx: Context) -> WeekOfMails:
    """What mails of notices would go out in the seven days from now, to whom, by which rule; and who gets none."""
    waiting = _waiting(ctx.now)
    accounts = inside_accounts()
    people = [one[0] for one in accounts]
    times, chosen = working_times(people, ctx.now.date()), chosen_of(people)
    house = own_zone_and_spelling()[0]
    mails: list[PlannedMail] = []
    without: list[NoMail] = []
    for person, name, address, _ in accounts:
        said = settings_row(chosen.get(person), house)
        waits = waiting.get(person, _Waits(0, 0, ctx.now))
        mine = list(_planned(times[person], said.digest, ctx.now, waits)) if address else []
        mails += [PlannedMail(person, name, address, rule, at, said.zone_now, lines) for rule, at, lines in mine]
        if not mine:
            without.append(NoMail(person, name, _why_not(times[person], said.digest, address, ctx.now)))
    order = sorted(mails, key=lambda one: (one.at, one.name, one.person_id))
    return WeekOfMails(tuple(order), tuple(without), ports.service("mail") is not None)


def _planned(
    mine: WorkingTime, digest: Digest, now: datetime, waits: _Waits
) -> Iterator[tuple[MailRule, datetime, int]]:
    """The mails of one person: rule, instant, and how many notices wait for it now; the first digest takes them all."""
    end = now + timedelta(days=_WEEK)
    urgent_at = mine.next_time(now) if waits.urgent and digest is not Digest.NONE else None
    if urgent_at is not None and urgent_at < end:
        yield MailRule.URGENT, urgent_at, waits.urgent
    first = mine.day_of(now)
    lines = waits.every - waits.urgent
    for day in (first + timedelta(days=count) for count in range(_WEEK + 1)):
        if _is_digest_day(mine, digest, day) and now <= mine.begins(day) < end:
            yield _RULES[digest], mine.begins(day), lines
            lines = 0


def _why_not(mine: WorkingTime, digest: Digest, address: str, now: datetime) -> str:
    if not address:
        return "no mail address is known"
    if digest is Digest.NONE:
        return "wants no mail"
    if mine.away is not None and mine.away[1] >= mine.day_of(now):
        return "is away"
    return "has no working day in these seven"
