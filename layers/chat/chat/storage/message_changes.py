"""Changing a message: the pointer and the new state are stored together, or neither is.

A message is made of parts, each with the number of its last change as its version. A change that
has a lower number than the version of its part has lost: a later one is stored.
"""

from collections.abc import Callable, Sequence
from enum import Enum

from msgspec import Struct
from pynamodb.constants import ALL_OLD
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from chat.protocol.server_messages import Message
from chat.storage.changes import Change
from chat.storage.messages import slot_of
from chat.storage.numbered_changes import Rejected, store_change
from chat.storage.numbers import STORE_ATTEMPTS, SequenceExhausted
from chat.storage.tables import MessageRow

type Actions = Callable[[int], Sequence[Action]]
"""What to write to the message's row, given the number of the change."""

type Also = Callable[[TransactWrite], None]
"""Adds to the transaction what is stored or deleted with the change."""


def nothing_else(_: TransactWrite) -> None:
    """Add nothing."""


class Part(Enum):
    """A part of a message that is replaced as a whole, by the attribute of its version."""

    CONTENT = "version"
    REACTIONS = "reactions_version"

    def version_of(self, message: Message) -> int:
        """Return the number of the part's last change, 0 if it never changed."""
        if self is Part.CONTENT:
            return message.version
        return message.reactions.version if message.reactions else 0


class Stored(Struct, frozen=True):
    seq: int


class NotStored(Struct, frozen=True):
    """The message as it is, which does not allow the change; None if there is no such message."""

    seq: int
    message: Message | None
    part: Part

    @property
    def is_deleted(self) -> bool:
        return bool(self.message and self.message.deleted_at)

    @property
    def is_outdone(self) -> bool:
        """Whether a later change of the part is stored."""
        return bool(self.message and self.part.version_of(self.message) > self.seq)


def change_message(
    change: Change,
    part: Part,
    is_allowed: Condition,
    actions: Actions,
    also: Also = nothing_else,
) -> Stored | NotStored:
    """Take a number for a change of a message, and store it with the new state of its part.

    A deleted message is never changed, nor a part of which a later change is stored meanwhile.

    Raises:
        NotAMember: there is no such conversation.
        SequenceExhausted: readers sealed ten numbers in a row.
    """
    version = Path(part.value)

    def write(writes: TransactWrite, seq: int) -> None:
        also(writes)
        is_there = MessageRow.user_id.exists() & MessageRow.deleted_at.does_not_exist()
        is_latest = version.does_not_exist() | (version < seq)
        writes.update(
            MessageRow(change.conversation_id, change.message_seq),
            actions=[version.set(seq), *actions(seq)],
            condition=is_there & is_allowed & is_latest,
            return_values=ALL_OLD,
        )

    outcome = store_change(change, write)
    if isinstance(outcome, Rejected):
        return NotStored(outcome.seq, _as_it_is(outcome), part)
    return Stored(outcome)


def change_message_at_last(
    change: Change,
    part: Part,
    is_allowed: Condition,
    actions: Actions,
    also: Also = nothing_else,
) -> Stored | NotStored:
    """Change a message as `change_message` does, but win over changes that are stored meanwhile.

    Raises:
        NotAMember: there is no such conversation.
        SequenceExhausted: ten numbers were sealed or outdone.
    """
    for _ in range(STORE_ATTEMPTS):
        outcome = change_message(change, part, is_allowed, actions, also)
        if isinstance(outcome, Stored) or outcome.is_deleted or not outcome.is_outdone:
            return outcome
    raise SequenceExhausted


def _as_it_is(rejected: Rejected) -> Message | None:
    reason = rejected.error.cancellation_reasons[-1]
    item = reason and reason.raw_item
    return slot_of(MessageRow.from_raw_data(item)).message if item else None
