"""Storing a change under a number, in one transaction with the state that it changes."""

from collections.abc import Callable

from msgspec import Struct
from pynamodb.attributes import NumberAttribute
from pynamodb.exceptions import TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactWrite

from chat.storage.changes import Change, put_change
from chat.storage.conversations import next_seq
from chat.storage.database import failed_conditions, first_put, transaction
from chat.storage.numbers import STORE_ATTEMPTS, SequenceExhausted, give_up_number

type Write = Callable[[TransactWrite, int], None]
"""Adds to a transaction what changes under a number."""


def is_older(version: NumberAttribute, seq: int) -> Condition:
    """Require that what a number is stored with was not changed under a higher one.

    Without it, what is stored would differ from what the changes say in the order of their numbers.
    """
    condition: Condition = version.does_not_exist() | (version < seq)
    return condition


class Rejected(Struct, frozen=True):
    """The state does not allow the change: nothing was stored, and the number was given up."""

    seq: int
    failed: list[bool]
    """Which of the writes failed, in the order of `failed_conditions`, without the pointer."""
    error: TransactWriteError


def store_change(change: Change, write: Write) -> int | Rejected:
    """Take a number, and store a change under it together with what `write` adds; the number.

    If a reader has sealed the number, the change takes another one.

    Raises:
        NotAMember: there is no such conversation.
        SequenceExhausted: readers sealed ten numbers in a row.
    """
    for _ in range(STORE_ATTEMPTS):
        seq = next_seq(change.conversation_id)
        rejected = _store(change, seq, write)
        if rejected is None:
            return seq
        if rejected.failed:
            give_up_number(change.conversation_id, seq)
            return rejected
    raise SequenceExhausted


def _store(change: Change, seq: int, write: Write) -> Rejected | None:
    """Store under a number; if that is sealed, no other write counts as failed."""
    try:
        with transaction() as writes:
            put_change(writes, change, seq)
            write(writes, seq)
            pointer = first_put(writes)
    except TransactWriteError as error:
        failed = failed_conditions(error)
        if not any(failed):
            raise
        is_sealed = failed.pop(pointer)
        return Rejected(seq, [] if is_sealed else failed, error)
    return None
