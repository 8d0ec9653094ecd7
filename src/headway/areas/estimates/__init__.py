"""Estimates: what a project will take, in hours and money, with its spread, before it is planned or offered.

An estimate (`EST-2`) is a tree of lines with three-point hours or amounts, each with its role and the rate frozen from
the rate cards. Several versions stand side by side; approving one supersedes the one before. Not here: the formulas
(engine), the rate cards (hours), the plan (schedule), the risks that the contingency is computed from (projects).
"""
