"""The only place that knows everyone: settings, addresses, and the processes that serve."""
