"""Documents that somebody receives: frozen snapshots, versions with their files, approval, sending."""
