"""Who may send something to a conversation now: not who is muted, nor who sent a moment ago."""

from msgspec import UnsetType

from chat.actions.authorization import AuthorizedMember
from chat.protocol.encoding import rfc3339
from chat.protocol.errors import Muted, NotAMember, SlowMode
from chat.protocol.message_frames import ChatMessage
from chat.storage.memberships import find_membership
from chat.storage.moderation import take_turn
from chat.storage.roster import Entry


def require_not_muted(sender: Entry, now_ms: int) -> None:
    """Check that a member is not muted.

    Raises:
        Muted
    """
    if sender.muted_until > now_ms:
        raise Muted(rfc3339(sender.muted_until))


def require_turn(frame: ChatMessage, sender: AuthorizedMember, now_ms: int) -> None:
    """Check that a member may send a new message now; one request if there is slow mode.

    Raises:
        Muted
        SlowMode: the member has to wait.
        NotAMember: the member was removed just now.
    """
    entry, slow_seconds = sender.entry, sender.roster.slow_seconds
    require_not_muted(entry, now_ms)
    client_id = None if isinstance(frame.client_message_id, UnsetType) else frame.client_message_id
    if not slow_seconds or take_turn(
        entry.user_id, frame.conversation_id, client_id, now_ms, slow_seconds
    ):
        return
    member = find_membership(entry.user_id, frame.conversation_id)
    if member is None:
        raise NotAMember
    seconds = max(1, -((now_ms - member.slow_until) // 1000))
    raise SlowMode(seconds, rfc3339(member.slow_until))
