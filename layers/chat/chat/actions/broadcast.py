"""Broadcasts: the fan-out of one frame, and what follows from each push's outcome."""

from collections import Counter
from collections.abc import Sequence

from chat.actions.services import Services
from chat.protocol.encoding import encode
from chat.protocol.ids import ConnectionId, ConversationId
from chat.protocol.server_frames import ServerFrame
from chat.push.limits import INLINE, Allowance
from chat.push.post import Outcome
from chat.storage.roster import Roster
from chat.storage.roster_changes import delete_entries
from chat.storage.wakes import claim_wake

WAKE_SECONDS = 1
"""How long what is sent to a big room waits at most for the next wake."""


def is_batched(roster: Roster, services: Services) -> bool:
    """Tell whether a room is so big that its frames wait for the next wake."""
    return roster.is_batched or len(roster.entries) > services.limits.batch_room_connections


def broadcast_to_room(
    frame: ServerFrame, seq: int, roster: Roster, asking: ConnectionId | None, services: Services
) -> None:
    """Push what is stored under a number to every connection of a room but the asking one.

    In a big room that is left to the next wake.
    """
    if is_batched(roster, services):
        wake_soon(roster.conversation_id, seq, services)
    else:
        broadcast(frame, roster.conversation_id, roster.without(asking), services)


def wake_soon(conversation_id: ConversationId, seq: int, services: Services) -> None:
    """Have what is new in a big room pushed, up to this number at least, within a second."""
    from chat.push.queue_bodies import Wake  # noqa: PLC0415 -- only big rooms need it

    now_ms = services.now_ms()
    last_at = claim_wake(conversation_id, now_ms)
    if last_at is not None:
        delay_seconds = WAKE_SECONDS if now_ms - last_at < WAKE_SECONDS * 1000 else 0
        services.publisher().publish_wake(Wake(conversation_id, seq), delay_seconds)


def broadcast(
    frame: ServerFrame,
    conversation_id: ConversationId,
    connection_ids: Sequence[ConnectionId],
    services: Services,
) -> None:
    """Push a frame to connections of a conversation, and take those off its roster that are gone.

    A push that fails is not made up for here: the heartbeat heals it. Above the inline limit the
    pushes are handed to a queue, so that the sender's function does not run for all of them.
    """
    if len(connection_ids) > services.limits.inline_push_limit:
        from chat.push.queue_bodies import QueuedFrame  # noqa: PLC0415 -- as above

        frames = [QueuedFrame(encode(frame))]
        services.publisher().publish_shards(conversation_id, connection_ids, frames)
    elif connection_ids:
        broadcast_now(encode(frame), conversation_id, connection_ids, services)


def broadcast_now(
    encoded: bytes,
    conversation_id: ConversationId,
    connection_ids: Sequence[ConnectionId],
    services: Services,
    allowance: Allowance = INLINE,
) -> dict[ConnectionId, Outcome]:
    outcomes = services.push().push(connection_ids, encoded, allowance)
    for outcome, number in Counter(outcomes.values()).items():
        services.add_metric(f"Push{outcome.name.title()}", number)
    delete_entries([conversation_id], [each for each in outcomes if outcomes[each] is Outcome.GONE])
    return outcomes
