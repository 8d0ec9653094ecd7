"""The scales of the register of risks: kinds, responses, and what chance a level of probability stands for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from enum import Enum


class RiskKind(Enum):
    """Whether what may happen would hurt or help."""

    THREAT = "threat"
    OPPORTUNITY = "opportunity"


class ResponseKind(Enum):
    """What is done about a risk: of threats avoid, mitigate, transfer; of opportunities exploit, enhance, share."""

    AVOID = "avoid"
    MITIGATE = "mitigate"
    TRANSFER = "transfer"
    EXPLOIT = "exploit"
    ENHANCE = "enhance"
    SHARE = "share"
    ACCEPT = "accept"


RESPONSES = {
    RiskKind.THREAT: (ResponseKind.AVOID, ResponseKind.MITIGATE, ResponseKind.TRANSFER, ResponseKind.ACCEPT),
    RiskKind.OPPORTUNITY: (ResponseKind.EXPLOIT, ResponseKind.ENHANCE, ResponseKind.SHARE, ResponseKind.ACCEPT),
}
# Level of probability -> the chance in percent that is taken where none is given: the middle of its span.
CHANCES = {1: Decimal(10), 2: Decimal(30), 3: Decimal(50), 4: Decimal(70), 5: Decimal(90)}
_SPAN = 20  # percent of each level


def level_of(percent: Decimal) -> int:
    """The level of probability that a chance in percent belongs to: to 20 % level 1, to 40 % level 2, and so on."""
    return min(5, max(1, math.ceil(percent / _SPAN)))


def chance_of(percent: Decimal | None, level: int) -> Decimal:
    """The chance in percent that is reckoned with: the given one, else what the level stands for."""
    return CHANCES[level] if percent is None else percent


def mean_of(points: Sequence[Decimal]) -> Decimal | None:
    """The mean of a three-point estimate, (O + 4M + P) / 6; None without one."""
    if not points:
        return None
    low, likely, high = points
    return (low + 4 * likely + high) / 6
