"""The two databases: how they are opened, queued for, locked against stray writes, and addressed.

`headway.kernel.database.sqlite` and `headway.kernel.database.postgresql` are Django engines. What
stands beside them is shared: the build check, the kind of disk, the writers' queue, the write lock.
"""
