"""Conversations: their state, and the numbering of their messages."""

from collections.abc import Iterable, Sequence
from typing import Any, cast

from msgspec import Struct
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chat.protocol.errors import NotAMember
from chat.protocol.ids import ConversationId
from chat.protocol.server_conversations import Kind
from chat.storage.database import is_condition_failure, table
from chat.storage.tables import ConversationRow


class ConversationState(Struct, frozen=True, kw_only=True):
    conversation_id: ConversationId
    kind: Kind
    title: str | None
    created_at: int
    last_seq: int = 0
    settled_seq: int = 0
    """Each number up to it has its message or change, or will never have one."""
    pushed_seq: int = 0
    """Of a big room: up to here a wake before the last one has pushed."""
    pushed_at: int = 0
    """When the last wake began."""
    last_activity_at: int
    member_count: int = 0
    owner_count: int = 1
    title_version: int = 0
    """The number of the change that gave the title; 0 while it is the first one."""
    pins: frozenset[int] = frozenset()
    """The numbers of the pinned messages, at most 50."""
    slow_seconds: int = 0
    slow_version: int = 0
    """The number of the change that set the slow mode."""


def find_conversation(conversation_id: ConversationId) -> ConversationState | None:
    try:
        row = ConversationRow.get(conversation_id, consistent_read=True)
    except ConversationRow.DoesNotExist:
        return None
    return _state(row)


def find_conversations(
    conversation_ids: Iterable[ConversationId],
) -> dict[ConversationId, ConversationState]:
    """Read up to 100 conversations in one request; those that do not exist are left out."""
    rows = ConversationRow.batch_get(list(conversation_ids), consistent_read=True)
    return {ConversationId(row.conversation_id): _state(row) for row in rows}


def some_conversations(
    after: str | None, most: int
) -> tuple[dict[ConversationId, int], str | None]:
    """Read the last numbers of some conversations, in DynamoDB's order, in one request.

    Returns with them after which conversation to go on, or None at the end.
    """
    start: Any = {"conversation_id": {"S": after}} if after else None
    page = table(ConversationRow).scan(
        attributes_to_get=["conversation_id", "last_seq"],
        exclusive_start_key=start,
        limit=most,
    )
    found = {
        ConversationId(row["conversation_id"]["S"]): int(row["last_seq"]["N"])
        for row in page["Items"]
    }
    last = page.get("LastEvaluatedKey")
    return found, last["conversation_id"]["S"] if last else None


def next_seq(conversation_id: ConversationId, active_at: int | None = None) -> int:
    """Give out the next number of a conversation, which is never given again.

    A message says when it was sent (`active_at`), which moves the conversation up in lists. A
    change does not.

    Raises:
        NotAMember: there is no such conversation.
    """
    row = ConversationRow(conversation_id)
    moves = [ConversationRow.last_activity_at.set(active_at)] if active_at else []
    try:
        row.update(
            actions=[ConversationRow.last_seq.add(1), *moves],
            condition=ConversationRow.conversation_id.exists(),
        )
    except UpdateError as error:
        if is_condition_failure(error):
            raise NotAMember from error
        raise
    return int(row.last_seq)


def move_settled_seq(conversation_id: ConversationId, seq: int) -> None:
    """Note that every number up to this one is settled, unless more is noted already."""
    settled = ConversationRow.settled_seq
    is_less = settled.does_not_exist() | (settled < seq)
    _note(conversation_id, [settled.set(seq)], is_less)


def note_pushed(conversation_id: ConversationId, seq: int, now_ms: int) -> None:
    """Note up to which number a big room had been pushed when its last wake began."""
    actions = [ConversationRow.pushed_seq.set(seq), ConversationRow.pushed_at.set(now_ms)]
    _note(conversation_id, actions)


def _note(
    conversation_id: ConversationId, actions: Sequence[Action], condition: Condition | None = None
) -> None:
    """Update a conversation if it is there and the condition holds."""
    is_there = ConversationRow.conversation_id.exists()
    holds = is_there if condition is None else is_there & condition
    try:
        ConversationRow(conversation_id).update(actions=[*actions], condition=holds)
    except UpdateError as error:
        if not is_condition_failure(error):
            raise


def _state(row: ConversationRow) -> ConversationState:
    return ConversationState(
        conversation_id=ConversationId(row.conversation_id),
        kind=cast("Kind", row.kind),
        title=row.title,
        created_at=int(row.created_at),
        last_seq=int(row.last_seq),
        settled_seq=int(row.settled_seq or 0),
        pushed_seq=int(row.pushed_seq or 0),
        pushed_at=int(row.pushed_at or 0),
        last_activity_at=int(row.last_activity_at),
        member_count=int(row.member_count),
        owner_count=int(row.owner_count or 1),
        title_version=int(row.title_version or 0),
        pins=frozenset(map(int, row.pins or ())),
        slow_seconds=int(row.slow_seconds or 0),
        slow_version=int(row.slow_version or 0),
    )
