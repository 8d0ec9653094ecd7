"""Spans areas: one file per use case that changes several areas at once, or that takes its time."""
