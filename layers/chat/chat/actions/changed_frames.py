"""The frames of changes: what changed, with the whole state that it has from then on."""

from msgspec.structs import replace

from chat.protocol.ids import message_id
from chat.protocol.server_frames import Message, MessageChanged, MessageChangedData
from chat.protocol.times import rfc3339
from chat.storage.changes import Change


def part_of(change: Change, seq: int) -> str:
    """Name what a change gives the new value of; a page has each part once."""
    return f"content {change.message_seq}" if change.message_seq else f"number {seq}"


def changed_frame(change: Change, seq: int, message: Message | None) -> MessageChanged:
    """Show what a change was about as it is now, under the change's number.

    Of a message that an operator has erased nothing is left: it is shown as deleted by nobody.
    """
    if message is None:
        return MessageChanged(data=replace(_deleted(change, seq), by=None))
    if message.deleted_at:
        at, by = message.deleted_at, message.deleted_by
        state = replace(_deleted(change, seq), by=by, at=at, deleted_at=at)
    else:
        at = message.edited_at or message.created_at
        state = replace(
            _edited(change, seq, message.content, message.type), at=at, edited_at=message.edited_at
        )
    return MessageChanged(data=replace(state, version=message.version))


def edited_frame(change: Change, seq: int, content: str, type_: str) -> MessageChanged:
    """Show an edit that was just stored under a number."""
    return MessageChanged(data=_edited(change, seq, content, type_))


def deleted_frame(change: Change, seq: int) -> MessageChanged:
    """Show a deletion that was just stored under a number."""
    return MessageChanged(data=_deleted(change, seq))


def _edited(change: Change, seq: int, content: str, type_: str) -> MessageChangedData:
    at = rfc3339(change.at)
    return MessageChangedData(
        conversation_id=change.conversation_id,
        seq=seq,
        message_id=message_id(change.conversation_id, change.message_seq),
        change="edited",
        by=change.by,
        at=at,
        content=content,
        type=type_,
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
        by=change.by,
        at=at,
        content="",
        version=seq,
        deleted_at=at,
    )
