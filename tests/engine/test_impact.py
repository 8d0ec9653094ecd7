"""Scores of impact: the edges of reach and colour, residual score, the risk of a change of IT."""

from __future__ import annotations

from decimal import Decimal

import pytest

from headway.engine.impact import ImpactColour, RiskBand, colour_of, it_risk, reach_band, reach_percent, score


@pytest.mark.parametrize(
    ("percent", "band"),
    [("0", 1), ("9.99", 1), ("10", 2), ("29.99", 2), ("30", 3), ("69.99", 3), ("70", 4), ("100", 4)],
)
def test_bands_of_reach_begin_at_10_30_and_70_percent(percent: str, band: int) -> None:
    assert reach_band(Decimal(percent)) == band


def test_forty_of_a_hundred_and_twenty_who_need_training_is_amber_and_green_once_trained() -> None:
    share = reach_percent(40, 120)
    before, after = score(2, share), score(1, share)
    assert (before.band, before.score, before.colour) == (3, 6, ImpactColour.AMBER)
    assert (after.band, after.score, after.colour) == (3, 3, ImpactColour.GREEN)


@pytest.mark.parametrize(
    ("severity", "percent", "points", "colour"),
    [
        (4, 30, 12, ImpactColour.RED),
        (2, 30, 6, ImpactColour.AMBER),
        (4, 100, 16, ImpactColour.RED),
        (0, 100, 0, ImpactColour.GREEN),
        (0, 5, 0, ImpactColour.GREEN),
        (1, 70, 4, ImpactColour.GREEN),
    ],
)
def test_score_is_severity_times_band(severity: int, percent: int, points: int, colour: ImpactColour) -> None:
    found = score(severity, Decimal(percent))
    assert (found.score, found.colour) == (points, colour)


def test_colours_change_at_6_and_12() -> None:
    assert [colour_of(points) for points in (5, 6, 11, 12)] == [
        ImpactColour.GREEN,
        ImpactColour.AMBER,
        ImpactColour.AMBER,
        ImpactColour.RED,
    ]


@pytest.mark.parametrize(
    ("probability", "impact", "tested", "first", "band"),
    [
        (2, 5, False, False, RiskBand.LOW),
        (3, 4, False, False, RiskBand.MEDIUM),
        (4, 5, False, False, RiskBand.HIGH),
        (3, 4, True, False, RiskBand.LOW),
        (3, 4, False, True, RiskBand.HIGH),
        (1, 1, True, False, RiskBand.LOW),
        (5, 5, False, True, RiskBand.HIGH),
        (4, 5, True, True, RiskBand.HIGH),
    ],
)
def test_risk_of_a_change_of_it(probability: int, impact: int, tested: bool, first: bool, band: RiskBand) -> None:
    assert it_risk(probability, impact, rollback_tested=tested, first_time=first) is band


def test_what_is_no_share_is_refused() -> None:
    with pytest.raises(ValueError, match="nobody"):
        reach_percent(0, 0)
    with pytest.raises(ValueError, match="41 of 40"):
        reach_percent(41, 40)
    with pytest.raises(ValueError, match="0 to 100"):
        reach_band(Decimal(101))
    with pytest.raises(ValueError, match="0 to 4"):
        score(5, Decimal(50))
    with pytest.raises(ValueError, match="1 to 5"):
        it_risk(0, 3, rollback_tested=False, first_time=False)
