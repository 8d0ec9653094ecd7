"""The house rules: two doors (commands, queries), access, audit, events, context.

Knows Django, but no business word. Every change goes through `commands.command`, every read
through `queries.query`; what cannot be forgotten lives here, in one place.
"""
