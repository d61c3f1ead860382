"""What is stored of one user, to export or to erase.

Finding a user's messages is a scan, as long as the table is large: an operator's request is rare,
and an index for it would cost a write for each message.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from chat.protocol.ids import UserId
from chat.protocol.server_frames import Message
from chat.protocol.times import rfc3339
from chat.storage.conversations import find_conversation
from chat.storage.memberships import Membership, memberships_of
from chat.storage.messages import slot_of
from chat.storage.tables import MessageRow
from cli.admin.accounts import Account


def export(account: Account) -> dict[str, Any]:
    """Collect all that is stored of a user but the password's hash, as JSON values."""
    user_id = account.user.user_id
    return {
        "user": {
            "user_id": user_id,
            "username": account.user.username,
            "created_at": rfc3339(account.created_at),
            "disabled": account.is_disabled,
        },
        "conversations": [_membership(each) for each in memberships_of(user_id)],
        "messages": [msgspec.to_builtins(each) for each in messages_of(user_id)],
    }


def messages_of(user_id: UserId) -> Iterator[Message]:
    """Find every message that a user wrote. Reads the whole table."""
    rows = MessageRow.scan(MessageRow.user_id == user_id, consistent_read=True)
    return (message for row in rows if (message := slot_of(row).message))


def erase_message(message: Message) -> None:
    """Delete a message; its number counts as one that never had a message."""
    MessageRow(message.conversation_id, message.seq, unused=True).save()


def _membership(membership: Membership) -> dict[str, Any]:
    state = find_conversation(membership.conversation_id)
    return {
        "conversation_id": membership.conversation_id,
        "kind": state.kind if state else None,
        "title": state.title if state else None,
        "role": membership.role,
        "joined_at": rfc3339(membership.joined_at),
        "last_read_seq": membership.last_read_seq,
    }
