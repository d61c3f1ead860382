"""Changing a message: the pointer and the new state are stored together, or neither is.

A message is made of parts, each with the number of its last change as its version. A change that
has a lower number than its part has lost: a later one is stored.
"""

from collections.abc import Callable, Sequence

from msgspec import Struct
from pynamodb.constants import ALL_OLD
from pynamodb.exceptions import TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chat.protocol.server_frames import Message
from chat.storage.changes import Change, put_change
from chat.storage.conversations import next_seq
from chat.storage.database import failed_conditions, transaction
from chat.storage.messages import slot_of
from chat.storage.numbers import STORE_ATTEMPTS, SequenceExhausted, give_up_number
from chat.storage.tables import MessageRow

type Actions = Callable[[int], Sequence[Action]]
"""What to write to the message's row, given the number of the change."""


class Stored(Struct, frozen=True):
    seq: int


class NotStored(Struct, frozen=True):
    """The message as it is, which does not allow the change; None if there is no such message."""

    seq: int
    message: Message | None

    @property
    def is_outdone(self) -> bool:
        """Whether a later change of the content is stored."""
        return bool(self.message and self.message.version > self.seq)

    @property
    def is_deleted(self) -> bool:
        return bool(self.message and self.message.deleted_at)


def change_message(
    change: Change, is_allowed: Condition, actions: Actions, *, must_win: bool = False
) -> Stored | NotStored:
    """Take a number for a change of a message's content, and store it with the new state.

    A deleted message is never changed. If a later change of the content is stored meanwhile, this
    one is not stored; with `must_win` it takes another number instead.

    Raises:
        NotAMember: there is no such conversation.
        SequenceExhausted: readers sealed ten numbers in a row, or later changes came ten times.
    """
    for _ in range(STORE_ATTEMPTS):
        seq = next_seq(change.conversation_id)
        try:
            return _store(change, seq, is_allowed, actions(seq))
        except TransactWriteError as error:
            refused = failed_conditions(error)
            if not any(refused):
                raise
            if refused[0]:
                continue  # a reader sealed this number
            outcome = NotStored(seq, _as_it_is(error))
        give_up_number(change.conversation_id, seq)
        if not (must_win and outcome.is_outdone and not outcome.is_deleted):
            return outcome
    raise SequenceExhausted


def _store(change: Change, seq: int, is_allowed: Condition, actions: Sequence[Action]) -> Stored:
    version = MessageRow.version
    is_there = MessageRow.user_id.exists() & MessageRow.deleted_at.does_not_exist()
    is_latest = version.does_not_exist() | (version < seq)
    with transaction() as writes:
        put_change(writes, change, seq)
        writes.update(
            MessageRow(change.conversation_id, change.message_seq),
            actions=[version.set(seq), *actions],
            condition=is_there & is_allowed & is_latest,
            return_values=ALL_OLD,
        )
    return Stored(seq)


def _as_it_is(error: TransactWriteError) -> Message | None:
    reason = error.cancellation_reasons[-1]
    item = reason and reason.raw_item
    return slot_of(MessageRow.from_raw_data(item)).message if item else None
