"""A WebSocket client with no more than the doctor needs."""

import json
import time
import uuid
from collections.abc import Iterable
from typing import Any, Self

from websockets.sync.client import ClientConnection, connect

from cli.doctor.findings import CheckFailed

type Frame = dict[str, Any]

TIMEOUT_SECONDS = 30.0
"""For the cold starts of several functions."""


class Client:
    """One connection."""

    def __init__(self, url: str, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._timeout_seconds = timeout_seconds
        self._socket: ClientConnection = connect(url, open_timeout=TIMEOUT_SECONDS)
        self._unread: list[Frame] = []

    def __enter__(self) -> Self:
        self._socket.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._socket.close()

    def request(self, type_: str, **envelope: Any) -> Frame:  # noqa: ANN401 -- a frame's fields
        """Send a frame and wait for its direct reply.

        Raises:
            CheckFailed: the reply is an error, or does not come in time.
        """
        request_id = self._send(type_, **envelope)
        reply = self._wait("requestId", request_id, f"the reply to {type_}")
        if reply["type"] in ("error", "auth_error"):
            raise CheckFailed(
                f"{type_} is rejected with {reply['code']}: {reply['message']}",
                "Look for its reference in the function's log."
                if reply["code"] == "internal"
                else "Deploy again: the doctor sends only what every user may send.",
            )
        return reply

    def request_all(self, types: Iterable[str]) -> set[str]:
        """Send a frame of each type; return the types whose reply does not come in time."""
        unanswered = {self._send(each): each for each in types}
        until = time.monotonic() + self._timeout_seconds
        while unanswered and (frame := self._next(until)) is not None:
            unanswered.pop(frame.get("requestId", ""), None)
        return set(unanswered.values())

    def receive(self, type_: str) -> Frame:
        """Wait for a push of a type.

        Raises:
            CheckFailed: it does not come in time.
        """
        return self._wait("type", type_, f"the push {type_}")

    def _wait(self, field: str, value: str, what: str) -> Frame:
        until = time.monotonic() + self._timeout_seconds
        for frame in self._unread:
            if frame.get(field) == value:
                self._unread.remove(frame)
                return frame
        while (received := self._next(until)) is not None:
            if received.get(field) == value:
                return received
            self._unread.append(received)
        raise CheckFailed(
            f"{what} did not arrive within {self._timeout_seconds:.0f} s",
            "Look at the function's log, its queue, and whether route responses are deployed.",
        )

    def _send(self, type_: str, **envelope: Any) -> str:  # noqa: ANN401 -- a frame's fields
        request_id = uuid.uuid4().hex
        self._socket.send(json.dumps({"type": type_, "requestId": request_id, **envelope}))
        return request_id

    def _next(self, until: float) -> Frame | None:
        """Wait for the next frame. Empty ones are skipped: docs/protocol.md, Frames."""
        while (left := until - time.monotonic()) > 0:
            try:
                text = self._socket.recv(timeout=left)
            except TimeoutError:
                break
            if text:
                frame: Frame = json.loads(text)
                return frame
        return None
