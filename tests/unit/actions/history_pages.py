"""Helpers of the tests of `history`."""

import json
from typing import Any

from chat.protocol.ids import ClientMessageId, ConversationId, UserId, Username
from chat.storage.messages import Draft, store_message
from chat.storage.tables import ConversationRow
from testing.people import Client
from testing.simulation import START_MS
from testing.sockets import Frame


def store_messages(conversation: ConversationId, *contents: str) -> None:
    for number, content in enumerate(contents):
        store_message(
            Draft(
                conversation_id=conversation,
                user_id=UserId("user-bob"),
                username=Username("bob"),
                content=content,
                type="text",
                client_message_id=ClientMessageId(f"c-{number}-{content[:8]}"),
                created_at=START_MS,
            )
        )


def take_unused_numbers(conversation: ConversationId, numbers: int = 1) -> None:
    """Take numbers whose messages are never stored."""
    ConversationRow(conversation).update(actions=[ConversationRow.last_seq.add(numbers)])


def page(client: Client, conversation: str, **data: Any) -> Frame:  # noqa: ANN401 -- a frame's fields
    """Request a page with the longest request id; returns its `data`."""
    frame = {
        "type": "history",
        "conversationId": conversation,
        "data": data,
        "requestId": "😀" * 64,
    }
    body = client.simulation.invoke("history", client.connection_id, json.dumps(frame))["body"]
    reply: Frame = json.loads(body)
    assert reply["type"] == "history", reply
    asked: Frame = reply["data"]
    return asked


def seqs(asked: Frame) -> list[int]:
    return [message["seq"] for message in asked["messages"]]
