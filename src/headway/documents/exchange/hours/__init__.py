"""Hours exports of every known time tracker, and of any other table by a mapping.

`records` holds the result and reads an upload through a child process; `reading` does the work
in that child; `sources` knows the trackers' column names. Importing this package loads no parser.
"""

from headway.documents.exchange.hours.records import (
    Difference,
    HoursFile,
    HoursRow,
    Total,
    differences,
    read_staged,
    read_staged_with_text,
    read_upload,
    stage_rows,
)

__all__ = [
    "Difference",
    "HoursFile",
    "HoursRow",
    "Total",
    "differences",
    "read_staged",
    "read_staged_with_text",
    "read_upload",
    "stage_rows",
]
