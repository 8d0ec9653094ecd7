"""Reaches out: one folder per outside system, each providing a port that an area declared."""
