"""The REST API: a hand-ordered table of addresses over the registry of use cases."""
