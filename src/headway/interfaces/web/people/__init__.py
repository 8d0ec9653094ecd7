"""Pages of the house: its settings, clients, access tokens, and accepting an invitation."""
