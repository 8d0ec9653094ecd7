"""Who must agree, and whether they did: requests, votes with reasons, bound to a hash of what was shown."""
