"""What the approvals area takes and answers with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Annotated

from headway.kernel.schema import Ref

ApprovalId = Annotated[int, Ref("approvals.Approval")]


class ApprovalState(Enum):
    """Where a request stands."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Vote(Enum):
    """What an approver may say."""

    APPROVE = "approve"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class VoteRow:
    """One approver's answer; `vote` None = not yet."""

    person_id: int
    name: str
    vote: Vote | None
    reason: str
    voted_at: datetime | None


@dataclass(frozen=True, slots=True)
class ApprovalRow:
    """A request for approval. `digest` is the SHA-256 of exactly what was shown."""

    id: int
    project_id: int | None
    subject: str
    subject_id: int
    title: str
    shown: str
    digest: str
    requested_by: str
    requested_at: datetime
    due: date | None
    quorum: int
    state: ApprovalState
    self_approved: bool
    votes: tuple[VoteRow, ...]
    decided_at: datetime | None
    version: int
