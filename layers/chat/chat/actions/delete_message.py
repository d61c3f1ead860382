from chat.actions.changed_frames import deleted_frame, message_changed
from chat.actions.message_target import Target, admit_to_message, announce, sent_since
from chat.actions.services import Services
from chat.protocol.client_frames import DeleteMessage
from chat.protocol.errors import Forbidden, NotAMember
from chat.protocol.ids import ConnectionId
from chat.protocol.server_frames import MessageChanged
from chat.storage.changes import Change
from chat.storage.conversations import find_conversation
from chat.storage.database import gather_two
from chat.storage.memberships import find_membership
from chat.storage.message_changes import NotStored, Stored
from chat.storage.message_edits import delete_message as store_deletion


def delete_message(
    frame: DeleteMessage, connection_id: ConnectionId, services: Services
) -> MessageChanged:
    """Delete a message for good, then push that to every other connection.

    Its author may, for some time after sending it; an owner or a moderator of the group always.
    A message that is deleted already is answered as it is, and not pushed again.

    Raises:
        Forbidden: the sender may not.
    """
    target = admit_to_message(frame.message_id, connection_id, services)
    now_ms = services.now_ms()
    change = target.change("deleted", now_ms)
    outcome = store_deletion(change, sent_since(services.limits.delete_seconds, now_ms))
    if isinstance(outcome, NotStored) and outcome.message and not outcome.is_deleted:
        if not services.is_operator:
            _check_moderates(target)
        outcome = store_deletion(change, None, has_reactions=bool(outcome.message.reactions))
    if not isinstance(outcome, Stored):
        return _as_it_is(outcome, change)
    deleted = deleted_frame(change, outcome.seq)
    announce(deleted, target, services)
    return deleted


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
