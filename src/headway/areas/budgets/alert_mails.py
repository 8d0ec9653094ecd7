"""The mail to the client that an alert was drafted with: prepared, changed, approved by a named person, then sent."""

from __future__ import annotations

import hashlib
import json
from datetime import date

from headway.areas.approvals import commands as approvals
from headway.areas.approvals.queries import of_subject
from headway.areas.approvals.types import ApprovalRow, ApprovalState
from headway.areas.budgets.models import AlertMail, BudgetAlert
from headway.areas.budgets.money_types import AlertMailRow, AlertMailState
from headway.areas.budgets.queries import alerts
from headway.areas.comms import commands as comms
from headway.areas.comms.compose import MAX_RECIPIENTS, address
from headway.areas.people.queries import names_and_emails
from headway.areas.people.types import PersonId
from headway.areas.projects.queries import people_with_role
from headway.areas.projects.types import ProjectId
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, FieldError, Invalid, NotFound
from headway.kernel.queries import query
from headway.kernel.schema import Name, Text

MAIL = AlertMail._meta.label
_UNSENT = (AlertMailState.DRAFT.value, AlertMailState.ASKED.value, AlertMailState.REFUSED.value)
_MOST = 200


@query(permission="budgets.mail_client")
def alert_mails(ctx: Context, *, project: ProjectId) -> tuple[AlertMailRow, ...]:
    """The mails that were prepared from alerts of a project's budgets, newest first."""
    rows = AlertMail.visible_to(ctx).filter(budget__project_id=project).select_related("budget").order_by("-id")
    return tuple(_row(row) for row in rows[:_MOST])


@query(permission="budgets.mail_client")
def alert_mail(ctx: Context, *, mail: AlertMail) -> AlertMailRow:
    """One mail to the client about a budget."""
    return _row(mail)


@command(permission="budgets.mail_client")
def prepare_alert_mail(ctx: Context, *, project: ProjectId, alert: int) -> AlertMailRow:
    """Take up the mail that an alert was drafted with, to the client's people on the project. Nothing is sent."""
    told = next((row for row in alerts(ctx, project=project) if row.id == alert), None)
    if told is None:
        raise NotFound("Alert not found.")
    if not told.draft:
        raise Conflict("This alert is about cost: no mail to the client is drafted with it.")
    if told.mail_id is not None:
        raise Conflict("A mail was prepared from this alert already.")
    draft = BudgetAlert.of(told.budget_id).get(pk=alert)
    row = AlertMail.add(
        ctx,
        budget_id=told.budget_id,
        alert=draft,
        recipients=_client_addresses(project),
        subject=draft.subject,
        body=draft.body,
    )
    return _row(row)


def _client_addresses(project_id: int) -> list[str]:
    known = names_and_emails(people_with_role(project_id, ("client",)))
    return sorted(email for _, email in known.values() if email)[:MAX_RECIPIENTS]


@command(permission="budgets.mail_client", changes="mail")
def edit_alert_mail(
    ctx: Context, *, mail: AlertMail, recipients: tuple[str, ...], subject: Name, body: Text
) -> AlertMailRow:
    """Change a mail before it goes. An approval asked for before does not hold for the new words."""
    _not_gone(mail)
    _can_be_mailed(recipients)
    if not body.strip():
        raise Invalid("The mail says nothing.", fields=[FieldError("body", "required")])
    _withdraw(ctx, mail)
    mail.change(
        ctx,
        recipients=list(dict.fromkeys(recipients)),
        subject=" ".join(subject.split()),
        body=body.strip(),
        digest="",
        state=AlertMailState.DRAFT.value,
    )
    return _row(mail)


@command(permission="budgets.mail_client")
def ask_to_send_alert_mail(
    ctx: Context, *, mail: AlertMail, approvers: tuple[PersonId, ...], due: date | None = None
) -> ApprovalRow:
    """Ask for the approval without which the mail does not leave: of exactly its receivers and words."""
    _not_gone(mail)
    _can_be_mailed(tuple(mail.recipients))
    shown = f"To: {', '.join(mail.recipients)}\nSubject: {mail.subject}\n\n{mail.body}"
    digest = hashlib.sha256(json.dumps([shown, mail.pk]).encode()).hexdigest()
    mail.change(ctx, state=AlertMailState.ASKED.value, digest=digest)
    return approvals.ask(
        ctx,
        subject=MAIL,
        subject_id=mail.pk,
        project_id=mail.budget.project_id,
        title=f"Mail to the client: {mail.subject}"[:255],
        shown=shown,
        digest=digest,
        approvers=approvers,
        prepared_by_user=ctx.actor.user_id,
        due=due,
    )


@command(permission="budgets.send_mail", internal="part of deciding an approval", changes="mail")
def note_alert_mail_decided(ctx: Context, *, mail: AlertMail, digest: Name, approved: bool) -> AlertMailRow:
    """Note that a mail was approved, and put it into the outbox; or that it was refused."""
    if mail.digest != digest or mail.state != AlertMailState.ASKED.value:
        raise Conflict("The mail has changed since it was shown. Ask for approval again.")
    if not approved:
        mail.change(ctx, state=AlertMailState.REFUSED.value)
        return _row(mail)
    asked = of_subject(MAIL, mail.pk)
    comms.queue(
        ctx,
        event_key=f"budget-mail:{mail.pk}",
        subject_kind=MAIL,
        subject_id=mail.pk,
        project_id=mail.budget.project_id,
        approval_id=asked.id if asked is not None else None,
        recipients=tuple(mail.recipients),
        subject=mail.subject,
        body=mail.body,
    )
    mail.change(ctx, state=AlertMailState.APPROVED.value)
    return _row(mail)


@command(permission="budgets.send_mail", internal="the outbox's news that the mail went", changes="mail")
def note_alert_mail_sent(ctx: Context, *, mail: AlertMail) -> None:
    """Note that the server has taken the mail."""
    if mail.state == AlertMailState.APPROVED.value:
        mail.change(ctx, state=AlertMailState.SENT.value)


@command(permission="budgets.mail_client", changes="mail")
def drop_alert_mail(ctx: Context, *, mail: AlertMail) -> AlertMailRow:
    """Do not send a mail that has not left; it stays for the record."""
    _not_gone(mail)
    _withdraw(ctx, mail)
    mail.change(ctx, state=AlertMailState.DROPPED.value)
    return _row(mail)


def _not_gone(mail: AlertMail) -> None:
    if mail.state not in _UNSENT:
        raise Conflict(f"This mail is {mail.state} already.")


def _withdraw(ctx: Context, mail: AlertMail) -> None:
    asked = of_subject(MAIL, mail.pk)
    if asked is not None and asked.state is ApprovalState.PENDING:
        approvals.withdraw(ctx, approval=asked.id)


def _can_be_mailed(recipients: tuple[str, ...]) -> None:
    if not 1 <= len(recipients) <= MAX_RECIPIENTS:
        raise Invalid(
            f"{len(recipients)} receivers; name 1 to {MAX_RECIPIENTS}.",
            fields=[FieldError("recipients", f"1 to {MAX_RECIPIENTS}")],
        )
    for one in recipients:
        address(one)


def _row(row: AlertMail) -> AlertMailRow:
    return AlertMailRow(
        row.pk,
        row.alert_id,
        row.budget_id,
        row.budget.name,
        tuple(row.recipients),
        row.subject,
        row.body,
        AlertMailState(row.state),
        row.version,
    )
