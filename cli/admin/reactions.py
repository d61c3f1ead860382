"""A user's reactions, to export, rename or erase. Each reads whole tables."""

from typing import Any

from msgspec import json

from chat.protocol.encoding import rfc3339
from chat.protocol.ids import ConversationId, UserId, Username, message_id
from chat.protocol.server_frames import Person
from chat.protocol.server_messages import Mention
from chat.storage.changes import Change
from chat.storage.messages import encode_mentions
from chat.storage.reaction_summaries import store_summary
from chat.storage.tables import MessageRow, ReactionRow
from chat.storage.users import User

NOBODY = Person(UserId(""), Username(""))
"""Stands where an erased user was named."""


def reactions_of(user_id: UserId) -> list[dict[str, Any]]:
    """List every reaction of a user."""
    return [_exported(row) for row in _rows_of(user_id)]


def rename_reactions(user: User, now_ms: int) -> None:
    """Show a user's reactions under the user's present name. Can be repeated if it was cut off."""
    messages = set()
    for row in _rows_of(user.user_id):
        row.update(actions=[ReactionRow.username.set(user.username)])
        messages.add(_message_of(row))
    _sum_again(messages, Person(user.user_id, user.username), now_ms)


def erase_reactions(user: User, now_ms: int) -> None:
    """Delete a user's reactions and mentions. Can be repeated if it was cut off."""
    # A sum that shows a name without a row is left over from an erasure that was cut off.
    shown = MessageRow.scan(
        MessageRow.reactions.contains(f'"{user.username}"'), consistent_read=True
    )
    messages = {(ConversationId(row.conversation_id), int(row.seq)) for row in shown}
    for row in _rows_of(user.user_id):
        row.delete()
        messages.add(_message_of(row))
    _sum_again(messages, NOBODY, now_ms)
    _erase_mentions(user.user_id)


def _sum_again(messages: set[tuple[ConversationId, int]], by: Person, now_ms: int) -> None:
    for conversation_id, seq in sorted(messages):
        store_summary(
            Change(
                conversation_id=conversation_id, kind="reacted", by=by, at=now_ms, message_seq=seq
            )
        )


def _erase_mentions(user_id: UserId) -> None:
    for row in MessageRow.scan(MessageRow.mentions.contains(f'"{user_id}"'), consistent_read=True):
        mentions = json.decode(row.mentions or "[]", type=list[Mention])
        others = encode_mentions([each for each in mentions if each != user_id])
        is_left = MessageRow.mentions.set(others) if others else MessageRow.mentions.remove()
        row.update(actions=[is_left], condition=MessageRow.mentions == row.mentions)


def _rows_of(user_id: UserId) -> list[ReactionRow]:
    given = ReactionRow.reacted_by.contains(f"#{user_id}#")
    return list(ReactionRow.scan(given, consistent_read=True))


def _message_of(row: ReactionRow) -> tuple[ConversationId, int]:
    return ConversationId(row.conversation_id), int(row.reacted_by.partition("#")[0])


def _exported(row: ReactionRow) -> dict[str, Any]:
    seq, _, reaction = row.reacted_by.split("#", 2)
    return {
        "message_id": message_id(ConversationId(row.conversation_id), int(seq)),
        "reaction": reaction,
        "reacted_at": rfc3339(int(row.reacted_at)),
    }
