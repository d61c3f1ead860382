"""The wakes of a big room: at most one in a second pushes what is new.

A row of the roster has the next wake (`wake_until`, while it is to come), the last one
(`woken_at`), how far it pushed (`pushed_seq`), and whether it found the room big (`batched_until`).
"""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from pynamodb.constants import ALL_OLD
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chat.protocol.ids import ConversationId
from chat.storage.database import is_condition_failure, table
from chat.storage.roster import BATCHES
from chat.storage.tables import RosterRow
from chat.storage.ttl import connection_row_expires_at

CLAIM_MS = 5_000
"""How long a claim holds whose wake does not come: several times what a queue takes."""

BATCHED_MS = 60_000
"""How long a room counts as big without another wake."""

LATE_MS = 10_000
"""How long a function runs at most that read before that the room is big."""


class Wake(Struct, frozen=True):
    """What a wake that has begun knows of those before it."""

    pushed_seq: int
    is_next: bool
    """Whether it goes on from there: what came after it was left to this wake."""


def claim_wake(conversation_id: ConversationId, now_ms: int) -> int | None:
    """Claim the next wake, and return when the last one began, 0 if there was none.

    Returns None if another sender has claimed it: it will read what is stored by now.
    """
    wake_until = RosterRow.wake_until
    is_free = wake_until.does_not_exist() | (wake_until <= now_ms)
    former = _update(conversation_id, [wake_until.set(now_ms + CLAIM_MS)], now_ms, is_free)
    return None if former is None else _number(former, "woken_at")


def begin_wake(conversation_id: ConversationId, now_ms: int) -> Wake:
    """Begin a wake: what is stored from now on is left to the next one."""
    begins = [RosterRow.wake_until.remove(), RosterRow.woken_at.set(now_ms)]
    former = _update(conversation_id, begins, now_ms) or {}
    is_batched = _number(former, "batched_until") > now_ms
    was_woken = _number(former, "woken_at") > now_ms - LATE_MS
    return Wake(_number(former, "pushed_seq"), is_batched or was_woken)


def end_wake(
    conversation_id: ConversationId, pushed_seq: int, now_ms: int, *, is_batched: bool
) -> None:
    """Note how far a wake pushed, and whether the room is big; unless another pushed further."""
    until = RosterRow.batched_until
    ends = [
        RosterRow.pushed_seq.set(pushed_seq),
        until.set(now_ms + BATCHED_MS) if is_batched else until.remove(),
    ]
    is_further = RosterRow.pushed_seq.does_not_exist() | (RosterRow.pushed_seq < pushed_seq)
    _update(conversation_id, ends, now_ms, is_further)


def _update(
    conversation_id: ConversationId,
    actions: Sequence[Action],
    now_ms: int,
    condition: Condition | None = None,
) -> dict[str, Any] | None:
    """Update the row, and return what it was; None if the condition does not hold."""
    mark = [
        RosterRow.user_id.set(""),
        RosterRow.username.set(""),
        RosterRow.session_ends_at.set(0),
        RosterRow.expires_at.set(connection_row_expires_at(now_ms)),
    ]
    try:
        answer = table(RosterRow).update_item(
            conversation_id,
            BATCHES,
            actions=[*actions, *mark],
            condition=condition,
            return_values=ALL_OLD,
        )
    except UpdateError as error:
        if is_condition_failure(error):
            return None
        raise
    former: dict[str, Any] = answer.get("Attributes", {})
    return former


def _number(row: dict[str, Any], name: str) -> int:
    return int(row[name]["N"]) if name in row else 0
