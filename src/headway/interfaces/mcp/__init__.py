"""MCP: each use case as a tool, over standard input or HTTP, on an access token's rights alone."""
