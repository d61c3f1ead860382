"""How a message changes."""

from collections.abc import Iterable
from dataclasses import replace

from parley_client.records import (
    Event,
    Message,
    MessageChanged,
    Reactions,
    User,
)


def apply_change(message: Message, change: MessageChanged) -> Message:
    """Return the message after the change: the same object if the change brings nothing new.

    A message has two parts, its content and its reactions, and each change brings the whole new
    value of one. The part with the higher version counts, so changes may come in any order, any
    number of times. A deletion is final.
    """
    if message.message_id != change.message_id or message.deleted_at:
        return message
    if change.deleted_at:
        return _deleted(message, change)
    if change.reactions:
        return _with_reactions(message, change.reactions)
    return _edited(message, change)


def later_state(one: Message, other: Message) -> Message:
    """Return the later one of two states of a message, part by part."""
    if one.deleted_at:
        return one
    later = other if other.deleted_at or other.version > one.version else one
    reactions = (other if later is one else one).reactions
    return _with_reactions(later, reactions) if reactions else later


def after_events(message: Message, events: Iterable[Event]) -> Message:
    """Return the message after what events say of it."""
    for event in events:
        if isinstance(event, MessageChanged):
            message = apply_change(message, event)
        elif isinstance(event, Message) and event.message_id == message.message_id:
            message = later_state(message, event)
    return message


def changes_of(message: Message) -> list[MessageChanged]:
    """Return the changes that made the message what it is, the last one of each part."""
    changes = []
    if message.version:
        changes.append(_last_edit(message))
    if message.reactions and message.reactions.version:
        changes.append(
            MessageChanged(
                conversation_id=message.conversation_id,
                seq=message.reactions.version,
                message_id=message.message_id,
                change="reacted",
                reactions=message.reactions,
            )
        )
    return changes


def _last_edit(message: Message) -> MessageChanged:
    is_deleted = message.deleted_at is not None
    author = User(message.user_id, message.username)
    return MessageChanged(
        conversation_id=message.conversation_id,
        seq=message.version,
        message_id=message.message_id,
        change="deleted" if is_deleted else "edited",
        by=message.deleted_by if is_deleted else author,
        at=message.deleted_at or message.edited_at,
        content=message.content,
        type=None if is_deleted else message.type,
        mentions=message.mentions,
        version=message.version,
        edited_at=message.edited_at,
        deleted_at=message.deleted_at,
    )


def _edited(message: Message, change: MessageChanged) -> Message:
    if change.version <= message.version:
        return message
    return replace(
        message,
        content=change.content or "",
        type=change.type or message.type,
        mentions=change.mentions,
        version=change.version,
        edited_at=change.edited_at,
    )


def _deleted(message: Message, change: MessageChanged) -> Message:
    """Keep only who wrote the message, and when."""
    return replace(
        message,
        content="",
        mentions=(),
        attachments=(),
        reply_to=None,
        reactions=None,
        version=change.version or message.version,
        edited_at=None,
        deleted_at=change.deleted_at,
        deleted_by=change.by,
    )


def _with_reactions(message: Message, reactions: Reactions) -> Message:
    mine = message.reactions.version if message.reactions else 0
    if message.deleted_at or reactions.version <= mine:
        return message
    return replace(message, reactions=reactions)
