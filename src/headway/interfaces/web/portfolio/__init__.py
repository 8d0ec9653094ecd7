"""The portfolio's pages: the grid of all projects, saved views, the timeline, where figures come from."""
