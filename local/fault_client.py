"""The client of the gateway's `/_faults`, with which a test orders faults."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.request import ProxyHandler, Request, build_opener

_TIMEOUT_SECONDS = 30.0
# No proxy that is set for other addresses.
_HTTP = build_opener(ProxyHandler({}))


@dataclass(frozen=True, slots=True)
class FaultClient:
    """Orders faults from the gateway at `port`, which must have been started with `--faults`.

    Each method raises `OSError` if the gateway does not answer, or rejects the order.
    """

    port: int

    def answer(
        self,
        answer: int | Literal["hang", "delivered"],
        connection_id: str = "*",
        *,
        share: float = 1,
        times: int | None = None,
    ) -> None:
        """Answer posts to a connection, or to all connections, instead of delivering them.

        An int is an HTTP status, "hang" no answer at all, "delivered" 200 although the push is
        lost. The fault applies to a `share` of the posts, and at most `times` times.
        """
        fault = {"answer": answer, "share": share, "times": times}
        self._request("POST", {"connectionId": connection_id, **fault})

    def cut(self, connection_id: str = "*") -> None:
        """Drop a connection, or all, without a close frame."""
        self._request("POST", {"connectionId": connection_id, "cut": True})

    def clear(self) -> None:
        """End all faults."""
        self._request("DELETE")

    def connections(self) -> list[dict[str, object]]:
        """List the open connections: `connectionId`, and what GetConnection returns."""
        listed: list[dict[str, object]] = json.loads(self._request("GET"))["connections"]
        return listed

    def _request(self, method: str, order: Mapping[str, object] | None = None) -> bytes:
        body = json.dumps(order).encode() if order else None
        request = Request(f"http://127.0.0.1:{self.port}/_faults", body, method=method)
        with _HTTP.open(request, timeout=_TIMEOUT_SECONDS) as response:
            content: bytes = response.read()
        return content
