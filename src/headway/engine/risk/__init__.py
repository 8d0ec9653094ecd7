"""Monte Carlo simulation: when a plan will end, with which probability, and what drives that.

`simulate` is the public function; `RiskEvent`, `Spread`, `History` and `Shape` are its inputs, `Simulation` its answer.
The method is told in docs/explanation/simulation.md. Inside: `distributions`, `draws` (random numbers by counter),
`passes` (the schedule over many runs), `columns` (a plan for compiled code), `figures`.
"""

from headway.engine.risk.distributions import Constant, Empirical, LogNormal, Pert, Shape, Triangular, Uniform
from headway.engine.risk.figures import Share, share_of
from headway.engine.risk.simulation import (
    Calculation,
    DateOutlook,
    FinishPercentile,
    History,
    Influence,
    RiskEvent,
    Simulation,
    Spread,
    TaskOutlook,
    simulate,
)

__all__ = [
    "Calculation",
    "Constant",
    "DateOutlook",
    "Empirical",
    "FinishPercentile",
    "History",
    "Influence",
    "LogNormal",
    "Pert",
    "RiskEvent",
    "Shape",
    "Share",
    "Simulation",
    "Spread",
    "TaskOutlook",
    "Triangular",
    "Uniform",
    "share_of",
    "simulate",
]
