"""An index that lags behind its table, as DynamoDB's global indexes may and moto's do not.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html says that changes arrive
eventually, and promises no order among those of different items.
"""

import json
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from moto.core.botocore_stubber import MockRawResponse

from chat.protocol.ids import ConversationId
from testing.invariants import rows
from testing.simulation import Simulation


@contextmanager
def late_index(
    simulation: Simulation,
    conversation_id: ConversationId,
    *,
    queries: int,
    visible_users: Collection[str] = (),
) -> Iterator[None]:
    """Let the next queries of the members' index see the members of this moment.

    Of later changes they see only those of `visible_users`. After so many queries the index is
    current.
    """
    before, left = standing_in(conversation_id), queries

    def listed() -> dict[str, int]:
        now = standing_in(conversation_id)
        seen = {user: (now if user in visible_users else before) for user in sorted(before | now)}
        return {user: source[user] for user, source in seen.items() if user in source}

    def send(request: Any, **_: object) -> AWSResponse | None:  # noqa: ANN401 -- botocore carries no types
        nonlocal left
        asked = json.loads(request.body)
        if "IndexName" not in asked or not left:
            return None
        left -= 1
        return _answer(request, conversation_id, _page(asked, listed()))

    with _answering(simulation, send):
        yield


@contextmanager
def _answering(simulation: Simulation, send: Callable[..., AWSResponse | None]) -> Iterator[None]:
    events: Any = simulation.dynamodb.meta.events
    # The first answer counts; moto's own is ignored.
    events.register_first("before-send.dynamodb.Query", send)
    try:
        yield
    finally:
        events.unregister("before-send.dynamodb.Query", send)


def standing_in(conversation_id: ConversationId) -> dict[str, int]:
    """Read from the table when each member joined."""
    found = rows("MembershipsTable")
    return {r["user_id"]: r["joined_at"] for r in found if r["conversation_id"] == conversation_id}


def _page(asked: dict[str, Any], users: dict[str, int]) -> list[tuple[str, int]]:
    _, *after = (value["S"] for value in asked["ExpressionAttributeValues"].values())
    listed = [(user, at) for user, at in users.items() if not after or user > after[0]]
    return listed[: asked.get("Limit")]


def _answer(
    request: Any,  # noqa: ANN401 -- as above
    conversation_id: str,
    users: list[tuple[str, int]],
) -> AWSResponse:
    items = [
        {
            "conversation_id": {"S": conversation_id},
            "user_id": {"S": user},
            "joined_at": {"N": str(at)},
        }
        for user, at in users
    ]
    answer = {"Items": items, "Count": len(items), "ScannedCount": len(items)}
    return AWSResponse(request.url, 200, HTTPHeaders(), MockRawResponse(json.dumps(answer)))
