"""What a conversation is in the end, and what its clients have to show."""

from collections.abc import Sequence
from typing import Any

from parley_client.changes import apply_change
from parley_client.reading import message_of
from parley_client.records import Event, Message, MessageChanged

from testing.people import Client


def stored_messages(reader: Client, conversation_id: str) -> dict[int, Message]:
    """Read the whole conversation, on a connection of its own, by their numbers."""
    found: dict[int, Message] = {}
    after, has_more = 0, True
    while has_more:
        asked = {"after_seq": after, "limit": 100}
        page: Any = reader.sends("history", conversationId=conversation_id, data=asked)["data"]
        found |= {each["seq"]: message_of(each) for each in page["messages"]}
        after, has_more = page["up_to"], page["has_more"]
    return found


def shown(events: Sequence[Event]) -> dict[int, Message]:
    """Return what a program has that applied every event."""
    messages: dict[int, Message] = {}
    for event in events:
        if isinstance(event, Message):
            messages[event.seq] = event
        elif isinstance(event, MessageChanged):
            target = int(event.message_id.rpartition(":")[2])
            if target in messages:
                messages[target] = apply_change(messages[target], event)
    return messages


def check_shown(events: Sequence[Event], stored: dict[int, Message], *, after: int | None) -> None:
    """Check that the events came in order, once and without holes, and make the state there is."""
    numbers = [each.seq or 0 for each in events]
    assert numbers == sorted(set(numbers)), "each comes once and in order"
    first = after + 1 if after is not None else min(numbers, default=0)
    if numbers or after is not None:
        expected = {seq: message for seq, message in stored.items() if seq >= first}
        assert shown(events) == expected, "the events make the state there is"
