"""Storing on a message the sum of its reactions' rows.

A writer changes its row, then takes a number, then reads the rows and stores their sum, unless one
with a higher number is stored. So the sum with the highest number was read after every row whose
writer took a lower one, and it has them all.
"""

from collections.abc import Sequence

from msgspec import Struct, json
from pynamodb.expressions.update import Action

from chat.protocol.ids import ConversationId
from chat.protocol.server_messages import Message, Reactions
from chat.storage.changes import Change, all_changes_after
from chat.storage.conversations import find_conversation
from chat.storage.message_changes import NotStored, Part, change_message
from chat.storage.message_pages import taken_numbers
from chat.storage.messages import find_message
from chat.storage.reactions import ReactionGiven, find_reactions, summary_of
from chat.storage.tables import MessageRow

NUMBERS_LOOKED_AT = 1_000
"""Among how many numbers one without a message or change is looked for."""


class Summed(Struct, frozen=True, kw_only=True):
    """The reactions to a message once a change of them is done with."""

    given: list[ReactionGiven]
    message: Message | None = None
    """The message as it is, if this change did not store the sum; None also if there is none."""
    summary: Reactions | None = None
    """The sum that this change stored."""

    @property
    def shown(self) -> Reactions:
        """What the message shows."""
        return self.summary or (self.message and self.message.reactions) or Reactions(0, 0, [])


def store_summary(change: Change) -> Summed:
    """Take a number for a change of a message's reactions, and store their sum under it.

    If a sum with a higher number is stored, it has this change too. A deleted message gets none.

    Raises:
        NotAMember: there is no such conversation.
        SequenceExhausted: readers sealed ten numbers in a row.
    """
    given: list[ReactionGiven] = []
    summary = Reactions(0, 0, [])

    def sum_up(seq: int) -> Sequence[Action]:
        nonlocal summary
        given[:] = find_reactions(change.conversation_id, change.message_seq)
        summary = summary_of(given, seq)
        return [MessageRow.reactions.set(json.encode(summary).decode())]

    outcome = change_message(change, Part.REACTIONS, MessageRow.user_id.exists(), sum_up)
    if isinstance(outcome, NotStored):
        return Summed(given=given, message=outcome.message)
    return Summed(given=given, summary=summary)


def settled_summary(change: Change) -> Summed | None:
    """Find the reactions to a message if what it shows is their sum, and stays it.

    None if a writer may be about to store another sum, or died before it stored this one.
    """
    conversation_id, seq = change.conversation_id, change.message_seq
    if not _is_settled(conversation_id, seq):
        return None
    given = find_reactions(conversation_id, seq)
    message = find_message(conversation_id, seq)
    if message is None or message.deleted_at:
        return Summed(given=given, message=message)
    found = Summed(given=given, message=message)
    return found if found.shown == summary_of(given, found.shown.version) else None


def _is_settled(conversation_id: ConversationId, seq: int) -> bool:
    """Tell whether every number above one that is given out by now has its message or change."""
    state = find_conversation(conversation_id)
    if state is None:
        return True
    first, last = max(state.settled_seq, seq) + 1, state.last_seq
    if last - first >= NUMBERS_LOOKED_AT:
        return False
    missing = set(range(first, last + 1))
    for slot in all_changes_after(conversation_id, first - 1, last).slots:
        missing.difference_update(range(slot.first, slot.seq + 1))
    if missing:
        missing.difference_update(*_taken(conversation_id, missing))
    return not missing


def _taken(conversation_id: ConversationId, missing: set[int]) -> list[range]:
    slots = taken_numbers(conversation_id, min(missing), max(missing))
    return [range(slot.first, slot.seq + 1) for slot in slots]
