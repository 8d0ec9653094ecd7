"""The business: one Django app per area, all with the same files, on seven floors."""
