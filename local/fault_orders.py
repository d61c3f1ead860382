"""What a test says to the front's `/_faults`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from local.plain_http import ask


@dataclass(frozen=True, slots=True)
class FaultOrders:
    """Orders faults from the front at `port`, which must have been started with `--faults`."""

    port: int

    def answer(
        self,
        answer: int | Literal["hang", "delivered"],
        connection_id: str = "*",
        *,
        share: float = 1,
        times: int | None = None,
    ) -> None:
        """Have posts to a connection, or to all, answered so instead of being delivered.

        An int is an HTTP status, "hang" no answer at all, "delivered" 200 although the push is
        lost. Only a `share` of the posts are hit, and at most `times` of them.
        """
        fault = {"answer": answer, "share": share, "times": times}
        self._ask("POST", {"connectionId": connection_id, **fault})

    def cut(self, connection_id: str = "*") -> None:
        """Break a connection, or all, off without a close frame."""
        self._ask("POST", {"connectionId": connection_id, "cut": True})

    def clear(self) -> None:
        """Have no more faults."""
        self._ask("DELETE")

    def connections(self) -> list[dict[str, object]]:
        """List who is connected: `connectionId`, and what GetConnection tells."""
        listed: list[dict[str, object]] = json.loads(self._ask("GET"))["connections"]
        return listed

    def _ask(self, method: str, order: Mapping[str, object] | None = None) -> bytes:
        return ask(method, self.port, "/_faults", json.dumps(order).encode() if order else None)
