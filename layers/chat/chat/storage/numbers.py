"""What becomes of a number of a conversation that nothing was stored under.

A number is given out before its message or its change is stored, so for a moment, or for ever after
a crash, nothing stands under it. A message is stored in one table and a change in another. So a gap
is a number that is in neither, and a reader seals it in both at once. From then on nothing can be
stored under it, and its writer takes another number.
"""

from pynamodb.exceptions import PutError, TransactWriteError

from chat.protocol.ids import ConversationId
from chat.storage.database import failed_conditions, is_condition_failure, transaction
from chat.storage.tables import ChangeRow, MessageRow

STORE_ATTEMPTS = 10
"""How many numbers a message or a change takes, if readers seal one after another."""


class SequenceExhausted(RuntimeError):
    """Readers sealed every number that this writer took before it could store something."""


def seal_gap(conversation_id: ConversationId, seq: int) -> bool:
    """Settle that a number stays unused; False if a message or a change has it by now."""
    try:
        with transaction() as writes:
            for model in (MessageRow, ChangeRow):
                is_free = model.seq.does_not_exist() | model.unused.exists()
                writes.save(model(conversation_id, seq, unused=True), condition=is_free)
    except TransactWriteError as error:
        if any(failed_conditions(error)):
            return False
        raise
    return True


def give_up_number(conversation_id: ConversationId, seq: int) -> None:
    """Mark a number that this writer took and does not need.

    Nobody else writes under it, so a mark in one of the tables is enough.
    """
    is_free = MessageRow.seq.does_not_exist() | MessageRow.unused.exists()
    try:
        MessageRow(conversation_id, seq, unused=True).save(condition=is_free)
    except PutError as error:
        if not is_condition_failure(error):
            raise
