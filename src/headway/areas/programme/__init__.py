"""Programmes: named groups of projects with one aim, and what ties the plans of projects to each other.

A task waits for a task of another project by a row of its own plan that stands for that task (a placeholder) and has
its dates; when the other plan moves, this one is dated anew. Not here: the row itself, its links and its dates
(schedule), how projects stand (portfolio).
"""
