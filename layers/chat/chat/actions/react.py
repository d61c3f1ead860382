from typing import NoReturn

from chat.actions.authorization import require_still_on
from chat.actions.broadcast import broadcast_to_room, wake_soon
from chat.actions.changed_frames import reacted_frame
from chat.actions.message_content import compose_reaction
from chat.actions.message_target import Target, admit_to_message
from chat.actions.services import Services
from chat.actions.speaking import require_not_muted
from chat.protocol.errors import Conflict, NotAMember
from chat.protocol.ids import ConnectionId
from chat.protocol.message_frames import React
from chat.protocol.server_messages import MessageChanged
from chat.storage.changes import Change
from chat.storage.reaction_summaries import Summed, settled_summary, store_summary
from chat.storage.reactions import (
    MAX_REACTIONS_OF_MESSAGE,
    MAX_REACTIONS_OF_USER,
    ReactionGiven,
    delete_reactions,
    is_too_many,
    put_reaction,
    take_reaction_back,
)
from chat.storage.roster import read_roster, read_roster_for_message

RECENT_MS = 10_000
"""A reaction this old was given before the roster was read, however much two clocks differ."""


def react(frame: React, connection_id: ConnectionId, services: Services) -> MessageChanged:
    """Give a reaction or take it back, then push the sum of all to every other connection.

    If nothing changes, or a later sum is stored meanwhile that has this change too, the reply is
    what the message shows, and nothing is pushed. In a big room nothing is pushed either, unless
    its frames are batched.

    Raises:
        Conflict: the message is deleted, or it or the user has too many different reactions.
        Muted
    """
    reaction = compose_reaction(frame.data.reaction)
    started = services.now_ms()
    target = admit_to_message(frame.message_id, connection_id, services)
    require_not_muted(target.admitted.entry, started)
    change = target.change("reacted", started)
    given = _given(target, reaction, started)
    is_changed = put_reaction(given) if frame.data.is_on else take_reaction_back(given)
    summed = (None if is_changed else settled_summary(change)) or store_summary(change)
    _check_is_there(summed, given)
    if frame.data.is_on and is_too_many(given, summed.given, is_new=is_changed):
        _withdraw(given, target, change, services)
    reacted = reacted_frame(change, summed.shown, reaction=reaction, is_on=frame.data.is_on)
    _announce(reacted, summed, given, target, services)
    return reacted


def _given(target: Target, reaction: str, now_ms: int) -> ReactionGiven:
    return ReactionGiven(
        conversation_id=target.conversation_id,
        message_seq=target.seq,
        by=target.by,
        reaction=reaction,
        reacted_at=now_ms,
    )


def _check_is_there(summed: Summed, given: ReactionGiven) -> None:
    """Leave no reaction to a message that is not there, or no longer."""
    message = summed.message
    if summed.summary or (message and not message.deleted_at):
        return
    delete_reactions(given.conversation_id, given.message_seq)
    if message is None:
        raise NotAMember
    raise Conflict("The message is deleted.")


def _withdraw(given: ReactionGiven, target: Target, change: Change, services: Services) -> NoReturn:
    """Take back a reaction that is too many: somebody may have summed it up meanwhile."""
    take_reaction_back(given)
    summed = store_summary(change)
    _check_is_there(summed, given)
    if summed.summary:
        _announce(reacted_frame(change, summed.summary), summed, given, target, services)
    raise Conflict(
        f"A message has at most {MAX_REACTIONS_OF_MESSAGE} different reactions, "
        f"{MAX_REACTIONS_OF_USER} of one user."
    )


def _announce(
    reacted: MessageChanged,
    summed: Summed,
    given: ReactionGiven,
    target: Target,
    services: Services,
) -> None:
    """Push a sum that was stored, unless the room is big.

    The sum may be newer than the roster, and show what was given after a member was removed. Then
    only the members of now get it.

    Raises:
        NotAMember: the sender is none any more.
    """
    roster = target.admitted.roster
    if target.is_batched:
        _announce_in_batched_room(reacted, summed, target, services)
        return
    is_big = len(roster.entries) > services.limits.big_room_connections
    if summed.summary is None or _may_be_newer(summed, given):
        roster = read_roster(target.conversation_id, services.now_ms())
        require_still_on(roster, target.connection_id, services)
    if summed.summary and not is_big:
        asking, seq = target.connection_id, reacted.data.seq
        broadcast_to_room(reacted, seq, roster, asking, services)


def _announce_in_batched_room(
    reacted: MessageChanged, summed: Summed, target: Target, services: Services
) -> None:
    """Leave a sum to the next wake, and check that the sender may see the reply.

    Raises:
        NotAMember: the sender is none any more.
    """
    if summed.summary:
        wake_soon(target.conversation_id, reacted.data.seq, services)
    conversation_id, asking = target.conversation_id, target.connection_id
    now = read_roster_for_message(conversation_id, asking, services.now_ms())
    require_still_on(now, asking, services)


def _may_be_newer(summed: Summed, given: ReactionGiven) -> bool:
    others = (each for each in summed.given if not each.is_same_as(given))
    return any(each.reacted_at > given.reacted_at - RECENT_MS for each in others)
