"""Records to look around in and to measure with: the demo's projects, and a portfolio of any size."""

from __future__ import annotations

from headway.journeys.demo.house import DemoUser
from headway.journeys.demo.large import Large, load_large
from headway.journeys.demo.loading import PROJECT, load_demo

__all__ = ["PROJECT", "DemoUser", "Large", "load_demo", "load_large"]
