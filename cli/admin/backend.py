"""Frames in a user's name, sent through the function `backend`."""

import json
from collections.abc import Sequence
from itertools import batched
from typing import Any

import boto3
from botocore.config import Config

from chat.protocol.backend_calls import MAX_CALL_FRAMES
from cli.errors import CommandRefused

ONE_TRY = Config(read_timeout=35, retries={"total_max_attempts": 1})
"""Longer than the function runs. A frame that was carried out must not be sent again unasked."""

type Frame = dict[str, Any]


class Backend:
    """Calls the function `backend` of a deployment, of which `function` is the ARN."""

    def __init__(self, session: boto3.Session, function: str) -> None:
        self._lambda = session.client("lambda", config=ONE_TRY)
        self._function = function

    def send(self, user: str, frames: Sequence[object], **options: object) -> list[Frame]:
        """Send frames in a user's name, 25 a call; return the reply to each, in their order.

        The options are those of a call: `as_operator`, `create_users`, `subject`. None is not sent.

        Raises:
            CommandRefused: a call failed, or was rejected as a whole. Calls before it are done.
        """
        given = {name: value for name, value in options.items() if value is not None}
        replies: list[Frame] = []
        for some in batched(frames, MAX_CALL_FRAMES, strict=False):
            call = {"as": user, "frames": some, "caller": "the command parley", **given}
            replies += self._call(call)["replies"]
        return replies

    def _call(self, call: dict[str, object]) -> dict[str, Any]:
        invoked = self._lambda.invoke(FunctionName=self._function, Payload=json.dumps(call))
        answer: dict[str, Any] = json.load(invoked["Payload"])
        if "FunctionError" in invoked:
            raise CommandRefused(f"The function failed: {answer.get('errorMessage', 'no reason')}.")
        if "replies" not in answer:
            raise CommandRefused(answer["message"])
        return answer
