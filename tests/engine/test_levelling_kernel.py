"""The search's parts by themselves: families that stop and join, lists that keep their links."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.levelling_problems import problems
from tests.examples import examples

from headway.engine.levelling import kernel as k
from headway.engine.levelling.problem import Problem
from headway.engine.levelling.tables import tabulate


def stream(individuals: int, family: int) -> tuple[tuple[np.ndarray, ...], np.ndarray]:
    """A population of one activity, and the state of a stream whose first family is full and has stopped."""
    lists, starts = np.zeros((individuals, 1), dtype=np.int64), np.zeros((individuals, 1), dtype=np.int64)
    scores = np.full(individuals, k.UNSCORED, dtype=np.int64)
    scores[:family] = range(30, 30 + family)
    state = np.zeros(k.STATE, dtype=np.int64)
    state[k.SIZE] = state[k.SCORED] = state[k.NEW] = family
    state[k.BEST], state[k.SINCE] = 30, 1_000
    return (lists, starts, scores, np.zeros(k.MOST_WAITING, dtype=np.int64)), state


def told(state: np.ndarray) -> dict[str, int]:
    """What matters of a state: where the family that breeds lies, how many of it are made, and who waits."""
    names = {"first": k.FIRST, "size": k.SIZE, "scored": k.SCORED, "waiting": k.WAITING, "since": k.SINCE}
    return {name: int(state[at]) for name, at in names.items()}


def test_beside_a_family_that_has_stopped_a_new_one_begins() -> None:
    population, state = stream(8, 2)
    k.regroup(population, state)
    assert told(state) == {"first": 2, "size": 2, "scored": 0, "waiting": 1, "since": 0}
    assert state[k.BEST] == k.UNSCORED


def test_two_of_a_size_that_have_stopped_become_one() -> None:
    population, state = stream(8, 2)
    k.regroup(population, state)
    population[2][2:4] = 20, 25
    state[k.SCORED] = 2
    k.regroup(population, state)
    assert told(state) == {"first": 0, "size": 4, "scored": 4, "waiting": 0, "since": 0}
    assert state[k.BEST] == 20


def test_where_no_room_is_left_all_begins_anew_with_the_best() -> None:
    population, state = stream(3, 2)
    population[1][:, 0] = 7, 8, 9
    k.regroup(population, state)
    assert told(state) == {"first": 0, "size": 2, "scored": 1, "waiting": 0, "since": 0}
    assert population[2].tolist() == [30, k.UNSCORED, k.UNSCORED]
    assert (state[k.BEST], population[1][0, 0]) == (30, 7)


@settings(max_examples=examples(60), deadline=None)
@given(problems(8), st.integers(1, 2**30))
def test_a_reshuffled_list_holds_the_same_activities_behind_their_links(problem: Problem, seed: int) -> None:
    tables = tabulate(problem)
    _, _, into, links, out, out_links, *_ = tables.problem
    order, taken, waits, ready, _ = tables.hand()
    order[:] = range(len(order))  # rows stand behind what they depend on
    state = np.zeros(k.STATE, dtype=np.int64)
    state[k.RANDOM] = seed
    k.reshuffle(order, into, links, out, out_links, taken, waits, ready, state)
    place = {int(row): at for at, row in enumerate(order)}
    assert sorted(place) == list(range(len(order)))
    for row, at in place.items():
        assert all(place[int(before)] < at for before in links[into[row] : into[row + 1], 0])


@settings(max_examples=examples(60), deadline=None)
@given(problems(8), st.integers(1, 2**30))
def test_a_child_of_two_lists_holds_the_same_activities_behind_their_links(problem: Problem, seed: int) -> None:
    tables = tabulate(problem)
    count = len(tables.order)
    rows, into, links, energy = tables.problem[0], tables.problem[2], tables.problem[3], tables.problem[11]
    out, out_links = tables.problem[4], tables.problem[5]
    state = np.zeros(k.STATE, dtype=np.int64)
    state[k.RANDOM] = seed
    child, taken, waits, ready, regret = tables.hand()
    parents = [np.zeros(count, dtype=np.int64) for _ in range(2)]
    for parent in parents:
        k.sample(parent, tables.urgency, into, out, out_links, waits, ready, regret, state, False)
    k.cross(parents[0], parents[1], child, taken, energy, rows[:, 1], state)
    assert sorted(child.tolist()) == list(range(count))
    place = {row: at for at, row in enumerate(child.tolist())}
    for row in range(count):
        assert all(place[int(links[link, 0])] < place[row] for link in range(into[row], into[row + 1]))


def test_a_child_gets_the_busiest_of_the_drawn_stretches() -> None:
    count = 40  # no links; the father works hard from his 20th activity to his 30th
    mother, father = np.arange(count)[::-1].copy(), np.arange(count)
    energy = np.where((father >= 20) & (father < 30), 1_000, 1)
    state = np.zeros(k.STATE, dtype=np.int64)
    kept, drawn = 0, 0
    for seed in range(1, 201):
        state[k.RANDOM] = seed * 7_919
        child, taken = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
        k.cross(mother, father, child, taken, energy, father, state)
        kept += child[20:30].tolist() == list(range(20, 30))
        low, high = sorted((k.draw(state, count + 1), k.draw(state, count + 1)))
        drawn += low <= 20 and high >= 30
    assert kept > 1.5 * drawn
