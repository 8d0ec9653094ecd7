"""Lets people in: the web workspace, the API, the command line, MCP. No business is decided here."""
