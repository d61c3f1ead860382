"""The client of Parley, a chat over one WebSocket.

    async with connect("wss://example.org/ws/chat", token=token) as chat:
        await chat.send("general", "Hello")
        async for message in chat.messages("general"):
            print(f"{message.username}: {message.content}")

README.md shows the rest.
"""

from parley_client.bot import Bot
from parley_client.changes import apply_change
from parley_client.chat import Chat, connect
from parley_client.errors import ParleyError
from parley_client.event_stream import EventStream
from parley_client.followers import Reply
from parley_client.positions import FileStore, PositionStore
from parley_client.records import (
    Attachment,
    Change,
    Conversation,
    ConversationChanged,
    Event,
    Identity,
    Member,
    MemberRemoved,
    MembersAdded,
    Message,
    MessageChanged,
    Page,
    Reaction,
    Reactions,
    User,
)
from parley_client.timing import Timing

__all__ = [
    "Attachment",
    "Bot",
    "Change",
    "Chat",
    "Conversation",
    "ConversationChanged",
    "Event",
    "EventStream",
    "FileStore",
    "Identity",
    "Member",
    "MemberRemoved",
    "MembersAdded",
    "Message",
    "MessageChanged",
    "Page",
    "ParleyError",
    "PositionStore",
    "Reaction",
    "Reactions",
    "Reply",
    "Timing",
    "User",
    "apply_change",
    "connect",
]
