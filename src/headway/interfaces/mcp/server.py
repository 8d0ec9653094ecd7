"""The protocol around the tools: the SDK's server, and one exchange of it over HTTP.

The SDK is asynchronous, the use cases are not: each call goes back to the thread that holds the database connection.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from typing import Any

import mcp_types as types
from asgiref.sync import async_to_sync, sync_to_async
from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings

import headway
from headway.interfaces.mcp import tools
from headway.interfaces.mcp.tools import Answer

Call = Callable[[str, dict[str, Any]], Answer]
# Host and origin are looked at before the exchange, by ALLOWED_HOSTS and by `http.py`.
_CHECKED_BEFORE = TransportSecuritySettings(enable_dns_rebinding_protection=False)


def server(call: Call) -> Server[Any]:
    """A server whose tools are run by `call`, which must not raise."""

    async def list_tools(_ctx: Any, _params: types.PaginatedRequestParams | None) -> types.ListToolsResult:
        found = await sync_to_async(tools.listing)()
        return types.ListToolsResult(tools=[types.Tool.model_validate(tool) for tool in found])

    async def call_tool(_ctx: Any, params: types.CallToolRequestParams) -> types.CallToolResult:
        answer = await sync_to_async(call)(params.name, params.arguments or {})
        return types.CallToolResult(
            content=[types.TextContent(type="text", text=answer.text)], is_error=answer.is_error
        )

    return Server(
        "headway",
        version=headway.__version__,
        instructions=tools.INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


def exchange(
    call: Call, *, path: str, headers: list[tuple[bytes, bytes]], body: bytes
) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    """One stateless POST: status, headers and body of the answer. Called from a thread without an event loop."""
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": headers,
        "client": ("", 0),
        "server": ("", None),
        "state": {},
    }
    answer = _Collected()
    async_to_sync(_exchange)(server(call), scope, _Body(body), answer)
    return answer.status, answer.headers, bytes(answer.body)


async def _exchange(app: Server[Any], scope: MutableMapping[str, Any], receive: _Body, send: _Collected) -> None:
    manager = StreamableHTTPSessionManager(app, json_response=True, stateless=True, security_settings=_CHECKED_BEFORE)
    async with manager.run():
        await manager.handle_request(scope, receive, send)


class _Body:
    """The request's body, once; then the client is gone."""

    def __init__(self, body: bytes) -> None:
        self._body: bytes | None = body

    async def __call__(self) -> MutableMapping[str, Any]:
        if self._body is None:
            return {"type": "http.disconnect"}
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}


class _Collected:
    """The answer as the SDK sends it."""

    def __init__(self) -> None:
        self.status = 500
        self.headers: list[tuple[bytes, bytes]] = []
        self.body = bytearray()

    async def __call__(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = list(message.get("headers", []))
        elif message["type"] == "http.response.body":
            self.body.extend(message.get("body", b""))
