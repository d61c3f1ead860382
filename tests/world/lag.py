"""An index that follows its table late, as DynamoDB's global indexes do and moto's do not."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.world.world import World


@contextmanager
def late_index(world: World, conversation_id: str, *, queries: int) -> Iterator[None]:
    """Let the next queries of the members' index see the conversation as it is now."""
    seen = world.dynamodb.query(
        TableName="MembershipsTable",
        IndexName="by_conversation",
        KeyConditionExpression="conversation_id = :it",
        ExpressionAttributeValues={":it": {"S": conversation_id}},
    )["Items"]
    left = queries

    def answer(params: dict[str, Any], context: dict[str, Any], **_: object) -> None:
        nonlocal left
        context["is late"] = "IndexName" in params and left > 0
        left -= "IndexName" in params

    def look_back(parsed: dict[str, Any], context: dict[str, Any], **_: object) -> None:
        if context["is late"]:
            parsed["Items"] = seen

    events = world.dynamodb.meta.events
    events.register("provide-client-params.dynamodb.Query", answer)
    events.register("after-call.dynamodb.Query", look_back)
    try:
        yield
    finally:
        events.unregister("provide-client-params.dynamodb.Query", answer)
        events.unregister("after-call.dynamodb.Query", look_back)
