"""Small resource-constrained problems, made up and drawn, and their best makespans by trying every order."""

from __future__ import annotations

from itertools import permutations

from hypothesis import strategies as st

from headway.engine.levelling.problem import Activity, Precedence, Problem, finish, makespan


def crew(*durations: int, units: int = 1, **fields: int) -> Problem:
    """Activities without links that all need one unit of a resource."""
    activities = tuple(Activity(duration, (1,), **fields) for duration in durations)
    return Problem(activities, (), ((units,),))


@st.composite
def problems(draw: st.DrawFn, most: int = 6, *, calendars: bool = True, dues: bool = False) -> Problem:
    """Problems with all that a problem may hold: lags, leads, releases, fixed work, changing units, calendars."""
    resources = draw(st.integers(1, 3))
    last = [draw(st.integers(1, 5)) for _ in range(resources)]
    capacities = tuple(
        (*(draw(st.lists(st.integers(0, 5), max_size=4))), units) if draw(st.booleans()) else (units,) for units in last
    )
    patterns = st.lists(st.booleans(), max_size=8).map(tuple)
    worked = tuple(draw(st.lists(patterns, max_size=2))) if calendars else ()
    count = draw(st.integers(1, most))
    activities = []
    for _ in range(count):
        demands = tuple(draw(st.integers(0, units)) for units in last)
        activities.append(
            Activity(
                draw(st.integers(0, 4)),
                demands,
                release=draw(st.integers(0, 4)),
                fixed=draw(st.one_of(st.none(), st.none(), st.integers(0, 5))),
                planned=draw(st.integers(0, 3)),
                priority=draw(st.sampled_from([100, 500, 900])),
                calendar=draw(st.sampled_from([None, *range(len(worked))])),
                due=draw(st.one_of(st.none(), st.integers(-2, 12))) if dues else None,
            )
        )
    pairs = [(before, after) for after in range(count) for before in range(after)]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=5)) if pairs else []
    precedences = tuple(
        Precedence(before, after, draw(st.integers(-3, 3)), draw(st.booleans())) for before, after in chosen
    )
    return Problem(tuple(activities), precedences, capacities, worked)


def best_makespan(problem: Problem) -> int:
    """The shortest makespan over every order of the activities, each as early as it can be placed."""
    return min(
        makespan(problem, starts)
        for order in permutations(range(len(problem.activities)))
        if (starts := _serial(problem, order)) is not None
    )


def _serial(problem: Problem, order: tuple[int, ...]) -> list[int] | None:
    """Starts when placed in this order; None when the order breaks a precedence."""
    starts: dict[int, int] = {}
    used: dict[tuple[int, int], int] = {}
    for index, activity in enumerate(problem.activities):
        if activity.fixed is not None:
            _take(problem, used, index, activity.fixed)
    for index in order:
        into = [p for p in problem.precedences if p.after == index]
        if any(p.before not in starts for p in into):
            return None
        activity = problem.activities[index]
        bounds = [
            p.lag + (starts[p.before] if p.from_start else finish(problem, p.before, starts[p.before])) for p in into
        ]
        at = max([activity.release, *bounds])
        if activity.fixed is not None:
            at = activity.fixed
        else:
            while not _fits(problem, used, index, at):
                at += 1
            _take(problem, used, index, at)
        starts[index] = at
    return [starts[index] for index in range(len(problem.activities))]


def _periods(problem: Problem, index: int, start: int) -> list[int]:
    activity = problem.activities[index]
    worked = problem.calendars[activity.calendar] if activity.calendar is not None else ()
    return [at for at in range(start, finish(problem, index, start)) if at >= len(worked) or worked[at]]


def _fits(problem: Problem, used: dict[tuple[int, int], int], index: int, start: int) -> bool:
    return all(
        not demand or used.get((resource, at), 0) + demand <= units[min(at, len(units) - 1)]
        for at in _periods(problem, index, start)
        for resource, (demand, units) in enumerate(
            zip(problem.activities[index].demands, problem.capacities, strict=True)
        )
    )


def _take(problem: Problem, used: dict[tuple[int, int], int], index: int, start: int) -> None:
    for at in _periods(problem, index, start):
        for resource, demand in enumerate(problem.activities[index].demands):
            used[resource, at] = used.get((resource, at), 0) + demand
