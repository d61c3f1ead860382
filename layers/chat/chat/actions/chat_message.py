from msgspec import UnsetType
from msgspec.structs import replace

from chat.actions.approval import approved
from chat.actions.attachments import Found, check_attachments, find_attachments, take_files
from chat.actions.authorization import AuthorizedMember, authorize_member
from chat.actions.broadcast import broadcast_to_room, is_batched
from chat.actions.mentions import check_reply, resolve_mentions
from chat.actions.message_content import check_content, check_encoded, fitting_frame
from chat.actions.services import Services
from chat.actions.speaking import require_turn
from chat.protocol.ids import ConnectionId, UserId
from chat.protocol.message_frames import ChatMessage
from chat.protocol.server_messages import Attachment, Mention, Message, MessageEvent
from chat.storage.database import gather_two
from chat.storage.messages import Draft, find_message, find_sent, store_message
from chat.storage.roster import Entry


def chat_message(
    frame: ChatMessage, connection_id: ConnectionId, services: Services
) -> MessageEvent:
    """Store a message, then push it to every other live connection of every member.

    The reply is the sender's copy. A message that was sent before under its `clientMessageId` is
    not stored again: it is answered as it is now, and pushed once more unless it was changed. That
    holds too if the sender was muted meanwhile.

    Raises:
        Muted, SlowMode: the sender has to wait.
        Refused: the owner's function does not let it be sent.
    """
    check_content(frame.data.content, may_be_empty=bool(frame.data.attachments))
    check_reply(frame.data.reply_to, frame.conversation_id)
    authorized, (sent_before, found) = gather_two(
        lambda: authorize_member("messages", frame.conversation_id, connection_id, services),
        lambda: gather_two(
            lambda: _sent_before(frame, services),
            lambda: find_attachments(frame.conversation_id, frame.data.attachments, services),
        ),
    )
    known = sent_before.get(authorized.entry.user_id)
    message = find_message(frame.conversation_id, known) if known else None
    if message is None and not services.is_operator:
        require_turn(frame, authorized, services.now_ms())
    stored = message or _store(frame, authorized, found, services)
    sent = MessageEvent(data=fitting_frame(stored))
    # What was changed since it was sent may be newer than the roster, and is in the log anyway.
    if not sent.data.newest_version:
        broadcast_to_room(sent, sent.data.seq, authorized.roster, connection_id, services)
    return sent


def _sent_before(frame: ChatMessage, services: Services) -> dict[UserId, int]:
    """Find the users who sent this id before; the sender is not known yet."""
    client_id = frame.client_message_id
    if isinstance(client_id, UnsetType):
        return {}
    return find_sent(frame.conversation_id, client_id, services.now_ms())


def _store(
    frame: ChatMessage, authorized: AuthorizedMember, found: Found, services: Services
) -> Message:
    now_ms, sender = services.now_ms(), authorized.entry
    mentions = resolve_mentions(
        frame.data.mentions,
        frame.conversation_id,
        sender.user_id,
        is_operator=services.is_operator,
    )
    attachments = check_attachments(frame.data.attachments, found, sender.user_id, now_ms)
    draft = _draft(frame, sender, mentions, attachments, now_ms)
    check_encoded(draft)
    if is_batched(authorized.roster, services):
        draft = replace(draft, connection_id=sender.connection_id)
    draft = approved(draft, "chat_message", services)
    take_files(found, services)
    return store_message(draft)


def _draft(
    frame: ChatMessage,
    sender: Entry,
    mentions: list[Mention],
    attachments: list[Attachment],
    now_ms: int,
) -> Draft:
    client_id, reply_to = frame.client_message_id, frame.data.reply_to
    return Draft(
        conversation_id=frame.conversation_id,
        user_id=sender.user_id,
        username=sender.username,
        content=frame.data.content,
        type=frame.data.type,
        client_message_id=None if isinstance(client_id, UnsetType) else client_id,
        created_at=now_ms,
        reply_to=None if isinstance(reply_to, UnsetType) else reply_to,
        mentions=mentions,
        attachments=attachments,
    )
