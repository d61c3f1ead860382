"""The message that a frame is about: who may name it, and who hears what became of it."""

from msgspec import Struct

from chat.actions.authorization import AuthorizedMember, authorize_member, require_session
from chat.actions.broadcast import broadcast_to_room, is_batched
from chat.actions.services import Services
from chat.protocol.errors import NotAMember
from chat.protocol.ids import ConnectionId, ConversationId, MessageId, find_message_key
from chat.protocol.server_frames import Person
from chat.protocol.server_messages import MessageChanged
from chat.storage.changes import Change, ChangeKind


class Target(Struct, frozen=True):
    """A message of a conversation that the sender of a frame is a member of. It may not exist."""

    conversation_id: ConversationId
    seq: int
    connection_id: ConnectionId
    admitted: AuthorizedMember
    is_batched: bool
    """Whether what becomes of the message is pushed by the next wake."""

    @property
    def by(self) -> Person:
        return Person(self.admitted.entry.user_id, self.admitted.entry.username)

    def change(self, kind: ChangeKind, now_ms: int) -> Change:
        return Change(
            conversation_id=self.conversation_id,
            kind=kind,
            by=self.by,
            at=now_ms,
            message_seq=self.seq,
            connection_id=self.connection_id if self.is_batched else None,
        )


def admit_to_message(
    message_id: MessageId, connection_id: ConnectionId, services: Services
) -> Target:
    """Let a frame about a message in, as `admit` lets in what is sent to its conversation.

    Raises:
        NotAuthenticated, AuthExpired, NotAMember, RateLimited
    """
    key = find_message_key(message_id)
    if key is None:
        require_session(connection_id, services)
        raise NotAMember
    conversation_id, seq = key
    admitted = authorize_member("messages", conversation_id, connection_id, services)
    is_big = is_batched(admitted.roster, services)
    return Target(conversation_id, seq, connection_id, admitted, is_big)


def announce(changed: MessageChanged, target: Target, services: Services) -> None:
    """Push what became of a message to every live connection but the asking one."""
    roster, asking = target.admitted.roster, target.connection_id
    broadcast_to_room(changed, changed.data.seq, roster, asking, services)


def sent_since(limit_seconds: int, now_ms: int) -> int:
    """Say since when a message was sent that may still be changed; a limit of 0 is none."""
    return now_ms - limit_seconds * 1000 if limit_seconds else 0
