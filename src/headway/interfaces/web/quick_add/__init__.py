"""Quick add: one line of plain words becomes a task, risk, issue, decision or hours, once a person has looked at it."""
