"""Pages of the method: templates, gates, rules, checklists, recurring tasks."""
