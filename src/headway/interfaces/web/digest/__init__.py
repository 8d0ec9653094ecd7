"""The page behind the link of a digest: it shows, a POST stops the mail; nothing else is reachable."""
