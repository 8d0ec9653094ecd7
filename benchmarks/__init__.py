"""Measurements: what Headway costs and how fast it is, on the machine at hand. `make bench` runs them all."""
