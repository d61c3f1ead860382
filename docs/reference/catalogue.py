"""The frames in the order in which a reader meets them, and what their types cannot say."""

from dataclasses import dataclass
from importlib import import_module
from typing import get_type_hints

from chat.protocol.client_frames import (
    AddMembers,
    Authenticate,
    ChatMessage,
    ClientFrame,
    CreateConversation,
    Heartbeat,
    History,
    LeaveConversation,
    ListConversations,
    ListMembers,
    ReadReceipt,
    RemoveMember,
    SignOut,
    Typing,
)
from chat.protocol.server_frames import (
    Ack,
    AuthError,
    AuthRequired,
    AuthSuccess,
    Connected,
    ConversationCreated,
    Conversations,
    Error,
    HeartbeatAck,
    HistoryPage,
    MemberRemoved,
    Members,
    MembersAdded,
    MessageEvent,
    ReadReceiptEvent,
    ServerFrame,
    SignedOut,
    TypingEvent,
)

type Frame = type[ClientFrame | ServerFrame]

CLIENT_FRAMES: dict[type[ClientFrame], str] = {
    Authenticate: "Says who this is, by a password or by a token.",
    SignOut: "Ends every session of the user, on all devices.",
    ChatMessage: "Sends a message to a conversation.",
    Typing: "Tells the others that the user is typing, or no longer is.",
    ReadReceipt: "Marks everything up to a message as read.",
    History: "Asks for messages after a number, before one, or the newest.",
    CreateConversation: "Begins a conversation; a direct one that is there already is given back.",
    AddMembers: "Brings people into a group.",
    RemoveMember: "Puts somebody out of a group.",
    LeaveConversation: "Leaves a group.",
    ListConversations: "Asks for the user's conversations.",
    ListMembers: "Asks who is in a conversation.",
    Heartbeat: "Says that the client is there, and how far it has read along.",
}


@dataclass(frozen=True, slots=True)
class Told:
    summary: str
    pushed_to: str | None = None
    """Whom it is pushed to; None for what is only ever a direct reply."""


SERVER_FRAMES: dict[type[ServerFrame], Told] = {
    Connected: Told("The connection is open and can be pushed to.", "a new connection"),
    AuthRequired: Told(
        "The client has to authenticate by a deadline.",
        "a new connection that is not authenticated yet",
    ),
    AuthSuccess: Told("Who the client is now, and the token to come back with."),
    AuthError: Told("Authenticating was refused."),
    SignedOut: Told("The user's sessions were ended.", "every connection of the user"),
    MessageEvent: Told(
        "A message that is stored. To its sender it is the acknowledgement.",
        "every other live connection of every member",
    ),
    TypingEvent: Told(
        "Somebody is typing, or no longer is.", "every live connection of the other members"
    ),
    ReadReceiptEvent: Told(
        "Somebody has read everything up to a message.",
        "every other live connection of every member",
    ),
    HistoryPage: Told("Messages, ascending by `seq`."),
    ConversationCreated: Told(
        "A conversation that the user is in from now on.",
        "every other live connection of those who are in it now",
    ),
    MembersAdded: Told(
        "People who are in the conversation from now on.",
        "every other live connection of every member",
    ),
    MemberRemoved: Told(
        "Somebody who was put out of the conversation, or left it.",
        "every other live connection of every member, and of the one who is out",
    ),
    Conversations: Told("A page of the user's conversations, latest activity first."),
    Members: Told("A page of a conversation's members."),
    HeartbeatAck: Told("What time it is, and which conversations have moved on."),
    Ack: Told("The frame was carried out. Sent only where there was a `requestId`."),
    Error: Told("A frame was refused, or failed.", "a connection that missed its deadline"),
}


def type_of(frame: Frame) -> str:
    """Give the `type` that a frame has on the wire."""
    if issubclass(frame, ClientFrame):
        return frame.type_name
    return str(frame.__struct_config__.tag)


def reply_to(frame: type[ClientFrame]) -> type[ServerFrame]:
    """Give the direct reply to a frame: what its action returns, `ack` where that is nothing."""
    action = getattr(import_module(f"chat.actions.{frame.type_name}"), frame.type_name)
    returned = get_type_hints(action)["return"]
    reply: type[ServerFrame] = Ack if returned is type(None) else returned
    return reply


def refusals_of(frame: type[ClientFrame]) -> list[type[ServerFrame]]:
    """Give the frames that a client may get in place of the reply."""
    return [AuthError, Error] if frame is Authenticate else [Error]
