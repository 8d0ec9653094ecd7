"""The search's inner loops, over plain arrays of whole numbers.

The same functions run as they stand and, given to numba (`headway.engine._compiled.levelling`), as machine code; so
here only whole numbers, + − × ÷, comparisons and bits. What each array holds is told in `tables`.
An individual is a *list*, an order of the activities in which each follows those it depends on; the serial scheme
makes its schedule, double justification shortens that (once to the right, once to the left), and the starts that
come out give the list its new order.
Individuals live in *families*, which breed among themselves (`regroup`).
Sources: Kolisch 1996 (serial scheme, regret-biased sampling); Valls, Ballestín, Quintanilla 2005 (double
justification) and 2008 (crossover at the peaks of one parent); Hartmann 1998 (lists and two points in them); Mahfoud
1995 (a child fights the parent it resembles); Harik and Lobo 1999 (populations that begin small and double).
"""

from __future__ import annotations

from typing import Any

# ruff: noqa: SIM110 - numba knows no generators

# The functions are compiled for numba's own types, so their arguments are arrays of int64 without saying so.
Array = Any

SCHEDULES_A_CHILD = 3  # one as the list says, one to the right, one to the left
_MODULUS = 2_147_483_647
_FACTOR = 48_271
SCORE_STEP = 1 << 30
_LATE = 64  # periods of finish that one period after a due date weighs
_LONGEST = 1 << 31
UNSCORED = (1 << 62) - 1
_NEAR = 5  # a start this close to where it would lengthen the project counts against a schedule
_MOST_MOVES = 3
_STRETCHES = 3  # of which a child gets the busiest
_SHORTEST_STRETCH = 10  # activities; of shorter ones none counts as busy
_MOST_RESHUFFLED = 20  # activities of a list drawn anew, and two
MOST_WAITING = 64  # families; each waits for one of its size, so there are far fewer
_PATIENCE = 100  # children for each individual without a better one, after which a family has stopped

# What the state of a stream holds.
RANDOM = 0
FIRST = 1  # individual of the family that breeds
SIZE = 2  # of that family
SCORED = 3  # how many of them have been made
SINCE = 4  # children since its best became better
BEST = 5  # the score of that one
WAITING = 6  # families that have stopped and wait
MADE = 7  # children, in all families
MET = 8  # whether the target is met
NEW = 9  # individuals of a new family
SHARE = 10  # of ten children so many have one parent, of whose list a stretch is reshuffled
STATE = 11
_MOST_REGRET = 1 << 9  # squared and summed over the ready it stays below the generator's modulus


def draw(state: Array, below: int) -> int:
    """A whole number from 0 to below − 1; the stream's state moves on (Lehmer's generator)."""
    state[RANDOM] = state[RANDOM] * _FACTOR % _MODULUS
    drawn: int = state[RANDOM] % below
    return drawn


# ---- one activity in the room that is left -------------------------------------------------------


def earliest(free: Array, guard: int, demand: int, start: int, duration: int) -> int:
    """The first start from `start` on at which so many periods in a row have room."""
    checked = start
    at = start + duration - 1
    while at >= checked:
        if ((free[at] - demand) & guard) != guard:
            checked = start + duration
            start = at + 1
            at = start + duration - 1
        else:
            at -= 1
    return start


def latest(free: Array, guard: int, demand: int, start: int, duration: int) -> int:
    """The last start up to `start` at which so many periods in a row have room; −1 when there is none."""
    at = start
    end = start + duration
    while at < end:
        if at < 0:
            return -1
        if ((free[at] - demand) & guard) != guard:
            end = start
            start = at - duration
            at = start
        else:
            at += 1
    return start


def has_room(free: Array, guard: Array, demand: Array, at: int) -> bool:
    """Whether every word of resources has room for the demand in one period."""
    for word in range(len(guard)):
        if ((free[word, at] - demand[word]) & guard[word]) != guard[word]:
            return False
    return True


def earliest_worked(free: Array, guard: Array, demand: Array, start: int, duration: int, worked: Array) -> int:
    """As `earliest`, where the activity rests in the periods its calendar does not work."""
    first, left, at = start, duration, start
    while left > 0:
        if worked[at]:
            if not has_room(free, guard, demand, at):
                left = duration
            else:
                if left == duration:
                    first = at
                left -= 1
        at += 1
    return first


def latest_worked(free: Array, guard: Array, demand: Array, end: int, duration: int, worked: Array) -> int:
    """The last start from which so many worked periods with room lead up to `end` at most; −1 when there is none."""
    left, at = duration, end
    while left > 0:
        at -= 1
        if at < 0:
            return -1
        if worked[at]:
            left = left - 1 if has_room(free, guard, demand, at) else duration
    return at


def finish_worked(start: int, duration: int, worked: Array) -> int:
    """The period after the last of so many worked periods from `start` on."""
    at = start
    while duration > 0:
        duration -= worked[at]
        at += 1
    return at


def earliest_in_all(free: Array, guard: Array, demand: Array, start: int, duration: int) -> int:
    """As `earliest`, with room in every word of resources."""
    moved = True
    while moved:
        moved = False
        for word in range(len(guard)):
            found = earliest(free[word], guard[word], demand[word], start, duration)
            moved = moved or found > start
            start = found
    return start


def latest_in_all(free: Array, guard: Array, demand: Array, start: int, duration: int) -> int:
    """As `latest`, with room in every word of resources."""
    moved = True
    while moved:
        moved = False
        for word in range(len(guard)):
            found = latest(free[word], guard[word], demand[word], start, duration)
            moved = moved or found < start
            start = found
    return start


def occupy(free: Array, demand: int, start: int, finish: int) -> None:
    """Take the demand of one word out of every period from start to finish."""
    for at in range(start, finish):
        free[at] -= demand


def occupy_in_all(free: Array, demand: Array, start: int, finish: int) -> None:
    """Take the demand of every word out of every period from start to finish."""
    for word in range(len(demand)):
        occupy(free[word], demand[word], start, finish)


def occupy_worked(free: Array, demand: Array, start: int, finish: int, worked: Array) -> None:
    """Take the demand out of the worked periods from start to finish."""
    for word in range(len(demand)):
        for at in range(start, finish):
            if worked[at]:
                free[word, at] -= demand[word]


def clear(free: Array, base: Array, used: Array) -> None:
    """Give back all room up to the last period used."""
    for word in range(len(base)):
        for at in range(used[0]):
            free[word, at] = base[word, at]


# ---- whole schedules -----------------------------------------------------------------------------


def schedule_left(
    order: Array,
    rows: Array,
    demands: Array,
    into: Array,
    links: Array,
    guard: Array,
    base: Array,
    calendars: Array,
    free: Array,
    start: Array,
    finish: Array,
    used: Array,
) -> int:
    """Place each activity of the order as early as links, release and room allow; returns the makespan."""
    clear(free, base, used)
    single = len(guard) == 1
    first = free[0]
    makespan = 0
    for place in range(len(order)):
        row = order[place]
        duration, calendar = rows[row, 0], rows[row, 2]
        at = rows[row, 1]
        for link in range(into[row], into[row + 1]):
            before = links[link, 0]
            bound = (start[before] if links[link, 2] else finish[before]) + links[link, 1]
            at = max(at, bound)
        if rows[row, 3] >= 0:
            at = rows[row, 3]
            end = finish_worked(at, duration, calendars[calendar]) if calendar >= 0 else at + duration
        elif duration == 0:
            end = at
        elif calendar >= 0:
            at = earliest_worked(free, guard, demands[row], at, duration, calendars[calendar])
            end = finish_worked(at, duration, calendars[calendar])
            occupy_worked(free, demands[row], at, end, calendars[calendar])
        else:
            if single:
                at = earliest(first, guard[0], demands[row, 0], at, duration)
                occupy(first, demands[row, 0], at, at + duration)
            else:
                at = earliest_in_all(free, guard, demands[row], at, duration)
                occupy_in_all(free, demands[row], at, at + duration)
            end = at + duration
        start[row], finish[row] = at, end
        makespan = max(makespan, end)
    used[0] = makespan
    return makespan


def schedule_right(
    order: Array,
    rows: Array,
    demands: Array,
    out: Array,
    links: Array,
    guard: Array,
    base: Array,
    calendars: Array,
    free: Array,
    start: Array,
    finish: Array,
    used: Array,
) -> None:
    """Move each activity of the order as late as its followers, room, due date and makespan allow; fixed ones stand.

    Each can stay where it is, since all before it in the order moved to the right.
    """
    makespan = used[0]
    clear(free, base, used)
    single = len(guard) == 1
    first = free[0]
    for place in range(len(order)):
        row = order[place]
        duration, calendar = rows[row, 0], rows[row, 2]
        if rows[row, 3] >= 0:
            continue
        end, at = min(makespan, max(finish[row], rows[row, 5])), makespan
        for link in range(out[row], out[row + 1]):
            after = links[link, 0]
            if rows[after, 3] >= 0:
                continue
            bound = start[after] - links[link, 1]
            if links[link, 2]:
                at = min(at, bound)
            elif bound < end:
                end = bound
        if duration == 0:
            start[row] = finish[row] = min(at, end)
            continue
        if calendar >= 0:
            worked = calendars[calendar]
            found = latest_worked(free, guard, demands[row], end, duration, worked)
            while found > at:
                end -= 1
                found = latest_worked(free, guard, demands[row], end, duration, worked)
            start[row] = found
            finish[row] = finish_worked(found, duration, worked)
            occupy_worked(free, demands[row], found, finish[row], worked)
            continue
        at = min(at, end - duration)
        if single:
            at = latest(first, guard[0], demands[row, 0], at, duration)
            occupy(first, demands[row, 0], at, at + duration)
        else:
            at = latest_in_all(free, guard, demands[row], at, duration)
            occupy_in_all(free, demands[row], at, at + duration)
        start[row], finish[row] = at, at + duration


def sort_by(key: Array, order: Array, out: Array, low: int, high: int, count: Array, descending: bool) -> None:
    """Write the order sorted by key; equal keys keep their order, descending reverses the whole."""
    last = len(order) - 1
    for at in range(high - low + 2):
        count[at] = 0
    for place in range(last + 1):
        count[key[order[place]] - low + 1] += 1
    for at in range(1, high - low + 2):
        count[at] += count[at - 1]
    for place in range(last + 1):
        row = order[place]
        at = count[key[row] - low]
        count[key[row] - low] += 1
        out[last - at if descending else at] = row


def arrange(order: Array, into: Array, links: Array, start: Array, key: Array, spare: Array, count: Array) -> None:
    """Sort the list by start; what depends on another never comes before it."""
    low = high = start[order[0]]
    for row in range(len(order)):
        value = start[row]
        for link in range(into[row], into[row + 1]):
            before = key[links[link, 0]]
            value = max(value, before)
        key[row] = value
        low = min(low, value)
        high = max(high, value)
    sort_by(key, order, spare, low, high, count, False)
    order[:] = spare


def make(order: Array, problem: Any, room: Any, justify: bool) -> int:
    """The schedule of a list, justified when wanted, is left in start and finish; returns its makespan."""
    rows, demands, into, links, out, out_links, guard, base, calendars, _, _, _ = problem
    free, start, finish, _, spare, count, used = room
    makespan = schedule_left(order, rows, demands, into, links, guard, base, calendars, free, start, finish, used)
    if justify:
        sort_by(finish, order, spare, 0, makespan, count, True)
        schedule_right(spare, rows, demands, out, out_links, guard, base, calendars, free, start, finish, used)
        sort_by(start, order, spare, 0, makespan, count, False)
        makespan = schedule_left(spare, rows, demands, into, links, guard, base, calendars, free, start, finish, used)
    return makespan


def score(makespan: int, problem: Any, start: Array, finish: Array, by_delay: bool) -> int:
    """What the search makes small.

    By makespan, to which each period that something ends after it was due adds many, then by how many starts, and how
    far, stand in the way of a shorter one (start + tail near the makespan); or by weighted delay alone.
    """
    tails, weights = problem[9], problem[10]
    rows = problem[0]
    total = 0
    if by_delay:
        for row in range(len(start)):
            total += weights[row] * (start[row] - rows[row, 4])
        return total
    late = 0
    for row in range(len(start)):
        if finish[row] > rows[row, 5]:
            late += finish[row] - rows[row, 5]
        near = start[row] + tails[row] - makespan + _NEAR
        if near > 0:
            total += near * near
    return min(makespan + _LATE * late, _LONGEST) * SCORE_STEP + total


# ---- lists ---------------------------------------------------------------------------------------


def sample(
    order: Array,
    urgency: Array,
    into: Array,
    out: Array,
    out_links: Array,
    waits: Array,
    ready: Array,
    regret: Array,
    state: Array,
    greedy: bool,
) -> None:
    """A list by urgency, the small number first: strictly, or drawn with the square of the regret as weight."""
    count = 0
    for row in range(len(order)):
        waits[row] = into[row + 1] - into[row]
        if waits[row] == 0:
            ready[count] = row
            count += 1
    for place in range(len(order)):
        chosen = 0
        if greedy:
            for other in range(1, count):
                if urgency[ready[other]] < urgency[ready[chosen]]:
                    chosen = other
        else:
            worst = urgency[ready[0]]
            for other in range(1, count):
                worst = max(worst, urgency[ready[other]])
            total = 0
            for other in range(count):
                share = min(worst - urgency[ready[other]] + 1, _MOST_REGRET)
                regret[other] = share * share
                total += regret[other]
            left = draw(state, total)
            while left >= regret[chosen]:
                left -= regret[chosen]
                chosen += 1
        row = ready[chosen]
        order[place] = row
        count -= 1
        ready[chosen] = ready[count]
        for link in range(out[row], out[row + 1]):
            after = out_links[link, 0]
            waits[after] -= 1
            if waits[after] == 0:
                ready[count] = after
                count += 1


def cross(mother: Array, father: Array, child: Array, taken: Array, energy: Array, starts: Array, state: Array) -> None:
    """A busy stretch as it stands in the father's list; what he has before it and after it in the mother's order.

    Of three drawn stretches it is that with the most work for its length in the father's schedule.
    starts  of that schedule.
    """
    count = len(child)
    first = last = 0
    busiest = -1
    for _ in range(_STRETCHES):
        low, high = draw(state, count + 1), draw(state, count + 1)
        if low > high:
            low, high = high, low
        busy = 0
        if high - low >= _SHORTEST_STRETCH:
            for place in range(low, high):
                busy += energy[father[place]]
            busy //= max(1, starts[father[high - 1]] - starts[father[low]] + 1)
        if busy > busiest:
            busiest, first, last = busy, low, high
    for row in range(count):
        taken[row] = 0
    for place in range(first):
        taken[father[place]] = 1
    for place in range(first, last):
        taken[father[place]] = 2
        child[place] = father[place]
    before, after = 0, last
    for place in range(count):
        row = mother[place]
        if taken[row] == 1:
            child[before] = row
            before += 1
        elif taken[row] == 0:
            child[after] = row
            after += 1


def follows(into: Array, links: Array, before: int, after: int) -> bool:
    """Whether `after` depends on `before` directly."""
    for link in range(into[after], into[after + 1]):
        if links[link, 0] == before:
            return True
    return False


def shift(order: Array, into: Array, links: Array, state: Array) -> None:
    """Move up to three activities to another place between those they depend on and those that depend on them."""
    for _ in range(draw(state, _MOST_MOVES + 1)):
        place = draw(state, len(order))
        row = order[place]
        first = last = place
        while first > 0 and not follows(into, links, order[first - 1], row):
            first -= 1
        while last < len(order) - 1 and not follows(into, links, row, order[last + 1]):
            last += 1
        target = first + draw(state, last - first + 1)
        while place > target:
            order[place] = order[place - 1]
            place -= 1
        while place < target:
            order[place] = order[place + 1]
            place += 1
        order[target] = row


def reshuffle(
    order: Array,
    into: Array,
    links: Array,
    out: Array,
    out_links: Array,
    taken: Array,
    waits: Array,
    ready: Array,
    state: Array,
) -> None:
    """Put a stretch of a list into another order, drawn among what waits for nothing else in it."""
    first = draw(state, len(order))
    last = min(len(order), first + 2 + draw(state, _MOST_RESHUFFLED))
    for row in range(len(order)):
        taken[row] = 0
    for place in range(first, last):
        taken[order[place]] = 1
    count = 0
    for place in range(first, last):
        row = order[place]
        waits[row] = 0
        for link in range(into[row], into[row + 1]):
            waits[row] += taken[links[link, 0]]
        if waits[row] == 0:
            ready[count] = row
            count += 1
    for place in range(first, last):
        chosen = draw(state, count)
        row = ready[chosen]
        order[place] = row
        count -= 1
        ready[chosen] = ready[count]
        for link in range(out[row], out[row + 1]):
            after = out_links[link, 0]
            waits[after] -= taken[after]
            if taken[after] == 1 and waits[after] == 0:
                ready[count] = after
                count += 1


def better_of_two(scores: Array, state: Array) -> int:
    """The better of two drawn individuals of the family."""
    one, other = one_of(state), one_of(state)
    return other if scores[other] < scores[one] else one


def one_of(state: Array) -> int:
    """A drawn individual of the family."""
    return int(state[FIRST] + draw(state, state[SIZE]))


def distance(one: Array, other: Array) -> int:
    """How far two schedules lie apart: the sum of the distances of their starts."""
    total = 0
    for row in range(len(one)):
        apart = one[row] - other[row]
        total += apart if apart > 0 else -apart
    return total


# ---- the families --------------------------------------------------------------------------------


def regroup(population: Any, state: Array) -> None:
    """A family has stopped: it joins the one before it where that is as large, else a new one begins beside it.

    So there are families of one size, of twice and of four times it …, each with what two smaller ones found. Where no
    room is left, all begins anew with the best individual.
    """
    lists, starts, scores, waiting = population
    size, depth = state[SIZE], state[WAITING]
    state[SINCE], state[BEST] = 0, UNSCORED
    if depth > 0 and waiting[depth - 1] == size:
        state[FIRST] -= size
        state[SIZE] = state[SCORED] = 2 * size
        state[WAITING] = depth - 1
        for at in range(state[FIRST], state[FIRST] + state[SIZE]):
            state[BEST] = min(state[BEST], scores[at])
        return
    following = state[FIRST] + size
    if following + state[NEW] <= len(scores):
        waiting[depth] = size
        state[FIRST], state[SIZE], state[SCORED], state[WAITING] = following, state[NEW], 0, depth + 1
        return
    best = 0
    for at in range(len(scores)):
        if scores[at] < scores[best]:
            best = at
    lists[0, :], starts[0, :] = lists[best], starts[best]
    state[BEST] = scores[best]
    scores[:] = UNSCORED
    scores[0] = state[BEST]
    state[FIRST], state[SIZE], state[SCORED], state[WAITING] = 0, state[NEW], 1, 0


def evolve(
    problem: Any,
    room: Any,
    population: Any,
    hand: Any,
    state: Array,
    urgency: Array,
    children: int,
    target: int,
    by_delay: bool,
) -> None:
    """Make so many more children, fewer when one's score is no more than the target.

    A family fills up first, one sampled individual each. By delay lists are not justified: that moves work late.
    population  lists, starts and scores of the individuals, sizes of the families that wait. state  see above.
    """
    into, links, out, out_links, energy = problem[2], problem[3], problem[4], problem[5], problem[11]
    start, key, spare, count = room[1], room[3], room[4], room[5]
    lists, starts, scores, _ = population
    child, taken, waits, ready, regret = hand
    for _ in range(children):
        state[MADE] += 1
        if state[SINCE] > _PATIENCE * state[SIZE]:
            regroup(population, state)
        place = state[FIRST] + state[SCORED]
        one = two = -1
        if state[SCORED] < state[SIZE]:
            sample(child, urgency, into, out, out_links, waits, ready, regret, state, state[MADE] == 1)
            state[SCORED] += 1
        elif draw(state, 10) < state[SHARE]:
            one = two = better_of_two(scores, state)
            child[:] = lists[one]
            reshuffle(child, into, links, out, out_links, taken, waits, ready, state)
        else:
            one, two = better_of_two(scores, state), better_of_two(scores, state)
            cross(lists[one], lists[two], child, taken, energy, starts[two], state)
            shift(child, into, links, state)
        makespan = make(child, problem, room, not by_delay)
        value = score(makespan, problem, start, room[2], by_delay)
        if one >= 0:
            state[SINCE] += 1
            if value > scores[one] and value > scores[two]:
                continue
            place = one if distance(starts[one], start) <= distance(starts[two], start) else two
            if value > scores[place]:
                continue
        if value < state[BEST]:
            state[BEST], state[SINCE] = value, 0
        arrange(child, into, links, start, key, spare, count)
        lists[place, :] = child
        starts[place, :] = start
        scores[place] = value
        if value <= target:
            state[MET] = 1
            break
