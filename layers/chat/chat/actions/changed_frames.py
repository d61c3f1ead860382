"""The frames of changes: what changed, with the whole state that it has from then on."""

from typing import cast

from msgspec.structs import replace

from chat.protocol.encoding import rfc3339
from chat.protocol.ids import message_id
from chat.protocol.server_conversations import (
    Changed,
    ConversationChange,
    ConversationChanged,
    ConversationChangedData,
    Member,
    MemberRemoved,
    MemberRemovedData,
    MembersAdded,
    MembersAddedData,
)
from chat.protocol.server_messages import Message, MessageChanged, MessageChangedData, Reactions
from chat.storage.changes import Change
from chat.storage.messages import Text


def part_of(change: Change, seq: int, message: Message | None) -> str:
    """Name what a change gives the new value of; a page has each part once.

    Of a message that is deleted there is only one part.
    """
    match change.kind:
        case "edited" | "deleted" | "reacted":
            is_there = message and not message.deleted_at
            part = "reactions" if is_there and change.kind == "reacted" else "content"
            return f"{part} {change.message_seq}"
        case "renamed" | "slow_mode":
            return change.kind
        case "pinned" | "unpinned":
            return f"pin {change.message_seq}"
        case "role" | "muted" | "unmuted":
            part = "role" if change.kind == "role" else "mute"
            return f"{part} {change.members[0].user_id}"
        case _:
            return f"number {seq}"


def changed_frame(
    change: Change, seq: int, message: Message | None, title: str | None = None
) -> Changed:
    """Show what a change was about as it is now, under the change's number.

    `message` is the message that was changed, as it is now, and `title` the conversation's.
    """
    match change.kind:
        case "edited" | "deleted":
            return message_changed(change, seq, message)
        case "reacted":
            return _reacted(change, seq, message)
        case "members_added":
            return _members_added(change, seq)
        case "member_removed" | "member_banned":
            return member_removed(change, seq)
        case _:
            return conversation_changed(change, seq, title)


def conversation_changed(change: Change, seq: int, title: str | None = None) -> ConversationChanged:
    """Show a change of a conversation; `title` is its title after a change of that."""
    member = change.members[0] if change.members else None
    conversation_id = change.conversation_id
    return ConversationChanged(
        data=ConversationChangedData(
            conversation_id=conversation_id,
            seq=seq,
            change=cast("ConversationChange", change.kind),
            by=change.by,
            at=rfc3339(change.at),
            title=title if change.kind == "renamed" else None,
            message_id=message_id(conversation_id, change.message_seq)
            if change.message_seq
            else None,
            user_id=member.user_id if member else None,
            username=member.username if member else None,
            role=change.role,
            muted_until=rfc3339(change.muted_until) if change.muted_until else None,
            slow_seconds=change.slow_seconds,
        )
    )


def message_changed(change: Change, seq: int, message: Message | None) -> MessageChanged:
    """Show the content of a message as it is now.

    Of a message that an operator has erased nothing is left: it is shown as deleted by nobody.
    """
    if message is None:
        return MessageChanged(data=replace(_deleted(change, seq), by=None))
    if message.deleted_at:
        at, by = message.deleted_at, message.deleted_by
        state = replace(_deleted(change, seq), by=by, at=at, deleted_at=at)
    else:
        at = message.edited_at or message.created_at
        text = Text(content=message.content, type=message.type, mentions=message.mentions)
        state = replace(_edited(change, seq, text), at=at, edited_at=message.edited_at)
    return MessageChanged(data=replace(state, version=message.version))


def edited_frame(change: Change, seq: int, text: Text) -> MessageChanged:
    """Show an edit that was just stored under a number."""
    return MessageChanged(data=_edited(change, seq, text))


def deleted_frame(change: Change, seq: int) -> MessageChanged:
    """Show a deletion that was just stored under a number."""
    return MessageChanged(data=_deleted(change, seq))


def reacted_frame(
    change: Change, reactions: Reactions, *, reaction: str | None = None, is_on: bool | None = None
) -> MessageChanged:
    """Show the reactions to a message, and which one was given or taken back."""
    reacted = _changed_reactions(change, reactions.version, reactions)
    return MessageChanged(data=replace(reacted, reaction=reaction, is_on=is_on))


def _reacted(change: Change, seq: int, message: Message | None) -> MessageChanged:
    if message is None or message.deleted_at:
        return message_changed(change, seq, message)
    reactions = message.reactions or Reactions(0, 0, [])
    return MessageChanged(data=_changed_reactions(change, seq, reactions))


def _changed_reactions(change: Change, seq: int, reactions: Reactions) -> MessageChangedData:
    return MessageChangedData(
        conversation_id=change.conversation_id,
        seq=seq,
        message_id=message_id(change.conversation_id, change.message_seq),
        change="reacted",
        by=change.by,
        at=rfc3339(change.at),
        reactions=reactions,
    )


def _edited(change: Change, seq: int, text: Text) -> MessageChangedData:
    at = rfc3339(change.at)
    return MessageChangedData(
        conversation_id=change.conversation_id,
        seq=seq,
        message_id=message_id(change.conversation_id, change.message_seq),
        change="edited",
        by=change.by,
        at=at,
        content=text.content,
        type=text.type,
        mentions=text.mentions,
        version=seq,
        edited_at=at,
    )


def _deleted(change: Change, seq: int) -> MessageChangedData:
    at = rfc3339(change.at)
    return MessageChangedData(
        conversation_id=change.conversation_id,
        seq=seq,
        message_id=message_id(change.conversation_id, change.message_seq),
        change="deleted",
        by=change.by if change.by.user_id else None,
        at=at,
        content="",
        version=seq,
        deleted_at=at,
    )


def _members_added(change: Change, seq: int) -> MembersAdded:
    """Show who was added, as they were then: whether they are online is not known of that time."""
    members = [
        Member(user_id=each.user_id, username=each.username, role="member", last_read_seq=seq)
        for each in change.members
    ]
    return MembersAdded(
        data=MembersAddedData(
            conversation_id=change.conversation_id, seq=seq, members=members, by=change.by
        )
    )


def member_removed(change: Change, seq: int) -> MemberRemoved:
    """Show who is out of a conversation."""
    [gone] = change.members
    return MemberRemoved(
        data=MemberRemovedData(
            conversation_id=change.conversation_id,
            seq=seq,
            user_id=gone.user_id,
            username=gone.username,
            by=change.by,
            new_owner_id=change.new_owner_id,
            is_banned=change.kind == "member_banned",
        )
    )
