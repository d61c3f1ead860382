from chat.actions.changed_frames import deleted_frame, message_changed
from chat.actions.file_deletion import deleting_files
from chat.actions.message_target import Target, admit_to_message, announce, sent_since
from chat.actions.notification_withdrawal import withdraw_deleted_soon
from chat.actions.services import Services
from chat.protocol.errors import Forbidden, NotAMember
from chat.protocol.ids import ConnectionId
from chat.protocol.message_frames import DeleteMessage
from chat.protocol.server_messages import Message, MessageChanged
from chat.storage.changes import Change
from chat.storage.conversations import find_conversation
from chat.storage.database import gather_two
from chat.storage.memberships import find_membership
from chat.storage.message_changes import NotStored, Stored
from chat.storage.message_edits import delete_message as store_deletion


def delete_message(
    frame: DeleteMessage, connection_id: ConnectionId, services: Services
) -> MessageChanged:
    """Delete a message and its files for good, then push that to every other connection.

    Its author may, for some time after sending it; an owner or a moderator of the group always.
    A message that is deleted already is answered as it is, and not pushed again.

    Raises:
        Forbidden: the sender may not.
    """
    target = admit_to_message(frame.message_id, connection_id, services)
    now_ms = services.now_ms()
    change = target.change("deleted", now_ms)
    since = sent_since(services.limits.delete_seconds, now_ms)
    outcome = store_deletion(change, since)
    message = _left(outcome)
    if message and message.attachments and message.user_id == target.by.user_id:
        outcome = _delete(change, since, message, services)
    if message := _left(outcome):
        if not services.is_operator:
            _check_moderates(target)
        outcome = _delete(change, None, message, services)
    if not isinstance(outcome, Stored):
        return _as_it_is(outcome, change)
    if services.limits.has_web_push:
        withdraw_deleted_soon(change.conversation_id, change.message_seq, services)
    deleted = deleted_frame(change, outcome.seq)
    announce(deleted, target, services)
    return deleted


def _left(outcome: Stored | NotStored) -> Message | None:
    """Give the message if it is there still."""
    return None if isinstance(outcome, Stored) or outcome.is_deleted else outcome.message


def _delete(
    change: Change, since: int | None, message: Message, services: Services
) -> Stored | NotStored:
    with deleting_files(change.conversation_id, message.attachments, services) as files:
        outcome = store_deletion(change, since, message)
        files.are_free = isinstance(outcome, Stored)
    return outcome


def _check_moderates(target: Target) -> None:
    membership, conversation = gather_two(
        lambda: find_membership(target.by.user_id, target.conversation_id),
        lambda: find_conversation(target.conversation_id),
    )
    if membership is None or conversation is None:
        raise NotAMember
    if membership.role == "member" or conversation.kind == "direct":
        raise Forbidden("Only its author, an owner or a moderator may delete a message.")


def _as_it_is(outcome: NotStored, change: Change) -> MessageChanged:
    message = outcome.message
    if message is None:
        raise NotAMember
    return message_changed(change, message.version, message)
