"""What the function that notifies has to look at, as a message of its queue."""

from msgspec import Struct

from chat.protocol.ids import ConversationId, UserId


class Notice(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """New messages of a conversation; with `is_withdrawal`, what was read or deleted there.

    It names messages and has no content, so that a queue keeps nothing that was deleted.
    """

    conversation_id: ConversationId
    seqs: tuple[int, ...] = ()
    user_ids: tuple[UserId, ...] = ()
    """Whom it is about. None: all members who registered devices."""
    attempt: int = 0
    """How often push services were too busy for it."""
    is_withdrawal: bool = False
