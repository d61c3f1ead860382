"""A client as the guide describes it, in as few words as the doctor needs."""

import json
import time
import uuid
from collections.abc import Iterable
from typing import Any, Self

from websockets.sync.client import ClientConnection, connect

from cli.doctor.findings import Wrong

type Frame = dict[str, Any]

PATIENCE_SECONDS = 30.0
"""For functions that have not run yet, some of them at the same time."""


class Visitor:
    """One WebSocket."""

    def __init__(self, url: str, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._patience_seconds = patience_seconds
        self._socket: ClientConnection = connect(url, open_timeout=PATIENCE_SECONDS)
        self._kept: list[Frame] = []

    def __enter__(self) -> Self:
        self._socket.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._socket.close()

    def ask(self, type_: str, **envelope: Any) -> Frame:  # noqa: ANN401 -- a frame's fields
        """Send a frame and wait for its direct reply.

        Raises:
            Wrong: it is refused, or does not come.
        """
        request_id = self._send(type_, **envelope)
        reply = self._wait("requestId", request_id, f"the reply to {type_}")
        if reply["type"] in ("error", "auth_error"):
            raise Wrong(
                f"{type_} is refused with {reply['code']}: {reply['message']}",
                "Look for its reference in the function's log."
                if reply["code"] == "internal"
                else "Deploy again: what the doctor does is in its rights.",
            )
        return reply

    def ask_all(self, types: Iterable[str]) -> set[str]:
        """Send a frame of each type, and name those whose reply does not come."""
        unanswered = {self._send(each): each for each in types}
        until = time.monotonic() + self._patience_seconds
        while unanswered and (came := self._next(until)) is not None:
            unanswered.pop(came.get("requestId", ""), None)
        return set(unanswered.values())

    def hear(self, type_: str) -> Frame:
        """Wait for a push of a type.

        Raises:
            Wrong: it does not come.
        """
        return self._wait("type", type_, f"the push {type_}")

    def _wait(self, field: str, value: str, what: str) -> Frame:
        until = time.monotonic() + self._patience_seconds
        for frame in self._kept:
            if frame.get(field) == value:
                self._kept.remove(frame)
                return frame
        while (came := self._next(until)) is not None:
            if came.get(field) == value:
                return came
            self._kept.append(came)
        raise Wrong(
            f"{what} did not come within {self._patience_seconds:.0f} s",
            "Look at the function's log, its queue, and whether route responses are deployed.",
        )

    def _send(self, type_: str, **envelope: Any) -> str:  # noqa: ANN401 -- a frame's fields
        request_id = uuid.uuid4().hex
        self._socket.send(json.dumps({"type": type_, "requestId": request_id, **envelope}))
        return request_id

    def _next(self, until: float) -> Frame | None:
        """Wait for the next frame; an empty one says nothing: docs/protocol.md, Frames."""
        while (left := until - time.monotonic()) > 0:
            try:
                text = self._socket.recv(timeout=left)
            except TimeoutError:
                break
            if text:
                frame: Frame = json.loads(text)
                return frame
        return None
