"""Requests that get one reply."""

from collections.abc import Mapping
from typing import Any

from parley_client.driver import Driver
from parley_client.engine.engine import check_fits
from parley_client.errors import Frame, ParleyError


class Requester:
    """Sends any frame of the protocol and waits for its reply."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver

    async def request(
        self,
        frame_type: str,
        *,
        conversation_id: str | None = None,
        message_id: str | None = None,
        data: Mapping[str, Any] | None = None,
        is_repeatable: bool = True,
    ) -> dict[str, Any]:
        """Send a frame and return its reply's `data`, for frames that have no method here.

        It waits for a connection, and is asked again on the next one if no answer comes. If it is
        not repeatable, that raises `outcome_unknown` instead. Raises what the service answers, or
        `timeout`.
        """
        frame = frame_of(frame_type, conversation_id, message_id, data)
        check_fits(frame)
        engine = self._driver.engine
        reply = await self._driver.outcome(
            lambda done: engine.call(frame, done, is_repeatable=is_repeatable), engine.cancel
        )
        replied = reply.get("data")
        return replied if isinstance(replied, dict) else {}


def frame_of(
    frame_type: str,
    conversation_id: str | None = None,
    message_id: str | None = None,
    data: Mapping[str, Any] | None = None,
) -> Frame:
    frame: Frame = {"type": frame_type}
    if conversation_id is not None:
        frame["conversationId"] = conversation_id
    if message_id is not None:
        frame["messageId"] = message_id
    if data is not None:
        frame["data"] = {name: value for name, value in data.items() if value is not None}
    return frame


def nonsense(frame_type: str) -> ParleyError:
    return ParleyError("internal", f"The service's reply to {frame_type} makes no sense.")
