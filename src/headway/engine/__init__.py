"""Calculates: schedules, earned value, forecasts. Plain Python and numpy.

Knows no Django, no file, no clock: an immutable problem goes in, a result comes out.
Every function is pure; dates are local and naive, work is `WorkTime`, money is `Money`.
"""
