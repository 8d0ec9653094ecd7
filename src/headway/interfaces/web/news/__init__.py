"""The page behind a mailed link: news of the tasks it names, told without signing in; nothing else is reachable."""
