"""The use cases that every door offers. Importing this module registers those of the journeys."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from typing import Any

from headway.journeys import (
    baselines,
    bring_file,
    check_table,
    collecting,
    estimating,
    finding,
    housekeeping,
    impact,
    import_samples,
    imports,
    levelling,
    month_check,
    month_close,
    month_pack,
    reports,
    risk_forecast,
)
from headway.kernel.registry import UseCase, all_use_cases, use_case

JOURNEYS = (
    baselines,
    bring_file,
    check_table,
    collecting,
    estimating,
    finding,
    housekeeping,
    impact,
    import_samples,
    imports,
    levelling,
    month_check,
    month_close,
    month_pack,
    reports,
    risk_forecast,
)


def offered() -> Iterator[UseCase[Any]]:
    """All that are not internal, by name."""
    return (case for case in all_use_cases() if not case.internal)


def registered(name: str) -> UseCase[Any]:
    """One by name; KeyError when there is none."""
    return use_case(name)


def about_area(case: UseCase[Any]) -> str:
    """What the area of a use case is, in a line."""
    name = case.function.__module__
    home = sys.modules[name.rsplit(".", 1)[0] if ".areas." in name else name]
    return (inspect.getdoc(home) or "").splitlines()[0].rstrip(".")
