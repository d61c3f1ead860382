from msgspec import UnsetType

from chat.actions.authorization import require_membership, require_session_within_rate
from chat.actions.message_content import fitting_frame
from chat.actions.paging import fitting
from chat.actions.services import Services
from chat.protocol.errors import BadRequest
from chat.protocol.ids import ConnectionId, find_message_key
from chat.protocol.message_frames import GetMessages
from chat.protocol.server_messages import Messages, MessagesData
from chat.storage.conversations import ConversationState, find_conversation
from chat.storage.database import gather_two
from chat.storage.messages import find_messages


def get_messages(frame: GetMessages, connection_id: ConnectionId, services: Services) -> Messages:
    """Return messages of a conversation as they are now, in the order of their ids in the frame.

    Those that do not exist are left out. Of the pinned messages those that are deleted are, too;
    the newest comes first. `left_out` names those that do not fit one frame.

    It shows nothing newer than the conversation was before the membership was looked at, so that a
    member who is removed meanwhile reads nothing of what is sent or changed afterwards.

    Raises:
        BadRequest: an id is of another conversation, or there are none.
    """
    session, conversation = gather_two(
        lambda: require_session_within_rate("history", connection_id, services),
        lambda: find_conversation(frame.conversation_id),
    )
    last_seq = conversation.last_seq if conversation else 0
    seqs = _pinned(conversation) if frame.data.pinned else _named(frame)
    _, messages = gather_two(
        lambda: require_membership(session, frame.conversation_id),
        lambda: find_messages(frame.conversation_id, [seq for seq in seqs if seq <= last_seq]),
    )
    _check_ids(frame)
    if any(each.newest_version > last_seq for each in messages.values()):
        # Such a state may have come after the membership ended.
        require_membership(session, frame.conversation_id)
    found = [
        fitting_frame(messages[seq])
        for seq in seqs
        if seq in messages and not (frame.data.pinned and messages[seq].deleted_at)
    ]
    ids = [each.message_id for each in found]
    shown = fitting(found, beside=ids)
    return Messages(data=MessagesData(frame.conversation_id, shown, ids[len(shown) :]))


def _pinned(conversation: ConversationState | None) -> list[int]:
    return sorted(conversation.pins, reverse=True) if conversation else []


def _named(frame: GetMessages) -> list[int]:
    keys = map(find_message_key, frame.data.message_ids or ())
    return list(dict.fromkeys(key[1] for key in keys if key))


def _check_ids(frame: GetMessages) -> None:
    """Reject a frame that names no messages of the conversation, if its sender is a member.

    Others learn that they are no members.
    """
    ids = frame.data.message_ids
    if isinstance(ids, UnsetType) != frame.data.pinned:
        raise BadRequest("Name messages, or ask for those that are pinned.", "data.message_ids")
    keys = map(find_message_key, ids or ())
    if any(key is None or key[0] != frame.conversation_id for key in keys):
        raise BadRequest("An id is of no message of this conversation.", "data.message_ids")
