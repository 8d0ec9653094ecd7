"""What the flat columns of a laid-out plan hold: the places of values within a row, and the codes they use.

Each table is one flat run of whole numbers, row after row; a value of row r is found at r × width + its name below.
Instants and amounts are tenths of a minute. A node is a row's own place in the order (2 × row) or the inlet of a
summary (2 × row + 1), which carries what bounds all leaves below it.
"""

from __future__ import annotations

Ints = list[int]  # or, for compiled code, an array of whole numbers

FAR_PAST = -(10**15)  # also: no such date
FAR_FUTURE = 10**15

# Kinds of links.
FS, SS, FF, SF = 0, 1, 2, 3

# Constraints; a type that needs a date and has none counts as ASAP.
ASAP, ALAP, MSO, MFO, SNET, SNLT, FNET, FNLT = 0, 1, 2, 3, 4, 5, 6, 7

# Flags of a row.
SUMMARY = 1
PLACED = 2  # dates stand as given: manual tasks and placeholders
TYPED = 4  # placed, and at least one date is known
STARTED = 8
FINISHED = 16
EXTERNAL = 32
MANUAL = 64
HONOURED = 128  # hard dates beat links
OWN_END = 256  # without successors it ends with itself (multiple critical paths)
FROM_FINISH = 512  # of a project scheduled from its finish

# What set a date.
BY_PROJECT, BY_LINK, BY_CONSTRAINT, BY_CALENDAR, BY_DELAY, BY_RESOURCE, BY_ACTUAL, BY_HAND = 0, 1, 2, 3, 4, 5, 6, 7
BY_CHILD, BY_DURATION, BY_ASSIGNMENT, BY_DEADLINE = 8, 9, 10, 11

# A row: a task. TASK_AXIS = task calendar, else the project's; SLACK_AXIS the same, but the clock for elapsed tasks.
UID, FLAGS, CONSTRAINT, CONSTRAINT_AT, DEADLINE, DELAY = 0, 1, 2, 3, 4, 5
ACTUAL_START, ACTUAL_FINISH, TYPED_START, TYPED_FINISH = 6, 7, 8, 9
AXIS, TASK_AXIS, SLACK_AXIS, DURATION, LENGTH, REMAINING = 10, 11, 12, 13, 14, 15
FIRST_PART, PARTS, PARENT, FIRST_CHILD, NEXT_CHILD = 16, 17, 18, 19, 20
FIRST_IN, FIRST_OUT, PROJECT = 21, 22, 23  # FIRST_IN, FIRST_OUT: places of links, -1 = none
ROW = 24

# A link; NEXT_IN and NEXT_OUT are the places of the next links of the same successor and predecessor.
# LAG_SHARE: the lag as a share of what a summary before it lasts, which the passes find out; 0 = it stands in LAG.
PREDECESSOR, SUCCESSOR, KIND, LAG, LAG_AXIS, NEXT_IN, NEXT_OUT, LAG_SHARE = 0, 1, 2, 3, 4, 5, 6, 7
LINK = 8
WHOLE_SHARE = 100_000  # LAG_SHARE is in thousandths of a percent

# A part: one assignment of a task whose assignments differ.
PART_AXIS, PART_LENGTH, PART_DELAY, PART_ELAPSED_DELAY, PART_REMAINING = 0, 1, 2, 3, 4
PART = 5

# A project.
PROJECT_START, PROJECT_FINISH, DIRECTION = 0, 1, 2
PROJECT_WIDTH = 3
FROM_START = 0  # DIRECTION; anything else: from the finish

# The dates of a row and what set them; *_TIE are places of links, of summaries' CAUSE_TIE the first child's row.
ES, EF, LS, LF = 0, 1, 2, 3
ALLOWED = 4  # the finish the links allow, where a hard date lies before it
CAUSE, CAUSE_TIE, CAUSE_AT, FINISH_CAUSE, FINISH_TIE = 5, 6, 7, 8, 9
INLET, INLET_CAUSE, INLET_TIE, INLET_AT, OUTLET, OUTLET_TIE = 10, 11, 12, 13, 14, 15
COMPLETE = 16  # of a summary: all its leaves
PIN_START, PIN_FINISH = 17, 18  # dates held from the first pair of passes (ALAP; from the finish: ASAP)
TOTAL_SLACK, FREE_SLACK, START_SLACK, FINISH_SLACK = 19, 20, 21, 22
LATE_CAUSE, LATE_TIE = 23, 24
FORCED_LATE = 25  # from the finish: the late start the links allow, where a date holds the task after it
DATE = 26

# Work periods of an axis (`clock`): a head per axis, then periods of start, end and work before.
ROUND_THE_CLOCK = 0
LOW, HIGH, TOTAL, BY_TIME, BY_WORK = 1, 2, 3, 4, 5
HEAD = 6
PERIOD = 3
TIME_BITS, WORK_BITS = 14, 12  # finders: one entry per 2**14 tenths of the clock, 2**12 tenths of work
