"""What is stored of one user, to export or to erase.

Finding a user's messages and changes is a scan, as long as the tables are large: an operator's
request is rare, and an index for it would cost a write for each message.
"""

from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec.structs import replace
from pynamodb.transactions import TransactWrite

from chat.actions.file_deletion import deleting_files
from chat.actions.services import Services
from chat.protocol.encoding import rfc3339
from chat.protocol.ids import UserId
from chat.protocol.server_messages import Message
from chat.storage.attachments import drop_attachments
from chat.storage.changes import Change, change_row, change_slot
from chat.storage.conversations import find_conversation
from chat.storage.memberships import Membership, memberships_of
from chat.storage.messages import slot_of
from chat.storage.numbered_changes import store_change
from chat.storage.profiles import find_profiles
from chat.storage.reactions import delete_reactions
from chat.storage.tables import ChangeRow, MessageRow
from cli.admin.accounts import Account
from cli.admin.devices import devices_of_user
from cli.admin.files import files_of_user
from cli.admin.moderation import moderation_of
from cli.admin.reactions import NOBODY, reactions_of


def export(account: Account) -> dict[str, Any]:
    """Collect all that is stored of a user but the password's hash, as JSON values."""
    user_id = account.user.user_id
    return {
        "user": {
            "user_id": user_id,
            "username": account.user.username,
            "created_at": rfc3339(account.created_at),
            "disabled": account.is_disabled,
            **_profile(account),
        },
        "conversations": [_membership(each) for each in memberships_of(user_id)],
        "messages": [msgspec.to_builtins(each) for each in messages_of(user_id)],
        "files": files_of_user(user_id),
        "devices": devices_of_user(user_id),
        "reactions": reactions_of(user_id),
        "changes": [_change(each) for each in _changes_of(user_id)],
        **moderation_of(user_id),
    }


def _profile(account: Account) -> dict[str, str]:
    user_id = account.user.user_id
    profile = find_profiles([user_id], pictures=True).get(user_id)
    shown = msgspec.to_builtins(profile) if profile else {}
    return {name: shown[name] for name in ("display_name", "picture") if name in shown}


def messages_of(user_id: UserId) -> Iterator[Message]:
    """Find every message that a user wrote. Reads the whole table."""
    rows = MessageRow.scan(MessageRow.user_id == user_id, consistent_read=True)
    return (message for row in rows if (message := slot_of(row).message))


def erase_message(message: Message, services: Services) -> None:
    """Delete a message, the reactions to it and its files.

    Its number counts as one that never had a message.

    That takes a number as a deletion does, so that clients that have the message hear of it.
    """
    change = Change(
        conversation_id=message.conversation_id,
        kind="deleted",
        by=NOBODY,
        at=services.now_ms(),
        message_seq=message.seq,
    )
    mark = MessageRow(message.conversation_id, message.seq, unused=True)

    def erase(writes: TransactWrite, _: int) -> None:
        drop_attachments(writes, message.conversation_id, message.attachments)
        writes.save(mark)

    with deleting_files(message.conversation_id, message.attachments, services) as files:
        store_change(change, erase)
        files.are_free = True
    delete_reactions(message.conversation_id, message.seq)


def erase_name(user_id: UserId) -> None:
    """Forget that a user changed something, or was added or removed. Reads two whole tables."""
    for row in MessageRow.scan(MessageRow.deleted_by == user_id, consistent_read=True):
        row.update(
            actions=[MessageRow.deleted_by.remove(), MessageRow.deleted_by_username.remove()]
        )
    for each in _changes_of(user_id):
        _put_without(each, user_id)


def _changes_of(user_id: UserId) -> Iterator[ChangeRow]:
    """Find every change that a user made, or that is about the user. Reads the whole table."""
    is_theirs = (ChangeRow.user_id == user_id) | ChangeRow.members.contains(user_id)
    return iter(ChangeRow.scan(is_theirs, consistent_read=True))


def _put_without(row: ChangeRow, user_id: UserId) -> None:
    change = change_slot(row).change
    if change is None:
        return
    members = [NOBODY if each.user_id == user_id else each for each in change.members]
    by = NOBODY if change.by.user_id == user_id else change.by
    change_row(replace(change, by=by, members=members), int(row.seq)).save()


def _change(row: ChangeRow) -> dict[str, Any]:
    changed: dict[str, Any] = msgspec.to_builtins(change_slot(row).change)
    return changed | {"seq": int(row.seq), "at": rfc3339(int(row.changed_at or 0))}


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
