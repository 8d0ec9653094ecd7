"""Pages of hours over all projects: my week, the timer, the team's hours, single entries."""
