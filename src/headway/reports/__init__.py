"""SAYS IT: one file per report, from a frozen snapshot to a document tree.

A report reads nothing but its snapshot, so that every format and every later print says the same. Not here:
the queries that fill a snapshot, the writers of the formats, and who may see or send a report.
"""
