"""An index that follows its table late, as DynamoDB's global indexes may and moto's do not.

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
from tests.world.truth import members_of
from tests.world.world import World


@contextmanager
def late_index(
    world: World, conversation_id: ConversationId, *, queries: int, arrives: Collection[str] = ()
) -> Iterator[None]:
    """Let the next queries of the members' index see who is in a conversation now.

    Of what changes from now on they see what is about the users who are named; once so many queries
    were answered, the index has all.
    """
    before, left = members_of(conversation_id), queries

    def listed() -> list[str]:
        now = members_of(conversation_id)
        return sorted(user for user in before | now if user in (now if user in arrives else before))

    def send(request: Any, **_: object) -> AWSResponse | None:  # noqa: ANN401 -- botocore carries no types
        nonlocal left
        asked = json.loads(request.body)
        if "IndexName" not in asked or not left:
            return None
        left -= 1
        return _answer(request, conversation_id, _page(asked, listed()))

    with _answering(world, send):
        yield


@contextmanager
def _answering(world: World, send: Callable[..., AWSResponse | None]) -> Iterator[None]:
    events: Any = world.dynamodb.meta.events
    # What is answered first counts; moto's own answer is left lying.
    events.register_first("before-send.dynamodb.Query", send)
    try:
        yield
    finally:
        events.unregister("before-send.dynamodb.Query", send)


def _page(asked: dict[str, Any], users: list[str]) -> list[str]:
    _, *after = (value["S"] for value in asked["ExpressionAttributeValues"].values())
    return [user for user in users if not after or user > after[0]][: asked.get("Limit")]


def _answer(request: Any, conversation_id: str, users: list[str]) -> AWSResponse:  # noqa: ANN401 -- as above
    items = [{"conversation_id": {"S": conversation_id}, "user_id": {"S": user}} for user in users]
    answer = {"Items": items, "Count": len(items), "ScannedCount": len(items)}
    return AWSResponse(request.url, 200, HTTPHeaders(), MockRawResponse(json.dumps(answer)))
