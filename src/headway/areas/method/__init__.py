"""How the house runs its projects: templates, gates of the life cycle, checklists, rules, recurring tasks.

Not here: the plan and what is to mend in it (schedule), the registers and the stage itself (projects), the votes
(approvals).
"""
