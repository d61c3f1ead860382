from msgspec import UnsetType
from msgspec.structs import replace

from chat.actions.approval import approved
from chat.actions.changed_frames import edited_frame, message_changed
from chat.actions.mentions import resolve_mentions
from chat.actions.message_content import check_content, check_encoded
from chat.actions.message_target import Target, admit_to_message, announce, sent_since
from chat.actions.services import Services
from chat.actions.speaking import require_not_muted
from chat.protocol.client_frames import EditMessage
from chat.protocol.errors import Conflict, Forbidden, NotAMember, VersionConflict
from chat.protocol.ids import ClientMessageId, ConnectionId, message_id
from chat.protocol.limits import MAX_JSON_INTEGER
from chat.protocol.server_frames import MessageChanged
from chat.storage.changes import Change
from chat.storage.message_changes import NotStored, Stored
from chat.storage.message_edits import edit_message as store_edit
from chat.storage.messages import Draft, Text

LONGEST_ID = ClientMessageId("\x00" * 64)
"""Longer once it is encoded than any that the message may have been sent with."""


def edit_message(
    frame: EditMessage, connection_id: ConnectionId, services: Services
) -> MessageChanged:
    """Replace the content of the sender's own message, then push it to every other connection.

    If a later edit is stored meanwhile, that one is the reply, and this one is not pushed.

    Raises:
        VersionConflict: it is not at the version that the frame names.
        Conflict: the message is deleted.
        Forbidden: it is another user's, or was sent too long ago.
        Refused: the owner's function does not let it be sent.
        Muted
    """
    check_content(frame.data.content)
    target = admit_to_message(frame.message_id, connection_id, services)
    now_ms = services.now_ms()
    require_not_muted(target.admitted.entry, now_ms)
    text = _text(frame, target, is_operator=services.is_operator)
    draft = approved(_fitting_draft(text, target, now_ms), "edit_message", services)
    text = replace(text, content=draft.content)
    version = _version(frame)
    change = target.change("edited", now_ms)
    since = sent_since(services.limits.edit_seconds, now_ms)
    outcome = store_edit(change, text, since, version)
    if not isinstance(outcome, Stored):
        return _not_edited(outcome, change, version)
    edited = edited_frame(change, outcome.seq, text)
    announce(edited, target, services)
    return edited


def _version(frame: EditMessage) -> int | None:
    version = frame.data.version
    return None if isinstance(version, UnsetType) else version


def _text(frame: EditMessage, target: Target, *, is_operator: bool) -> Text:
    mentions = resolve_mentions(
        frame.data.mentions,
        target.conversation_id,
        target.by.user_id,
        is_operator=is_operator,
    )
    return Text(content=frame.data.content, type=frame.data.type, mentions=mentions)


def _fitting_draft(text: Text, target: Target, now_ms: int) -> Draft:
    draft = Draft(
        conversation_id=target.conversation_id,
        user_id=target.by.user_id,
        username=target.by.username,
        content=text.content,
        type=text.type,
        mentions=text.mentions,
        client_message_id=LONGEST_ID,
        created_at=now_ms,
        reply_to=message_id(target.conversation_id, MAX_JSON_INTEGER),
    )
    check_encoded(draft)
    return draft


def _not_edited(outcome: NotStored, change: Change, version: int | None) -> MessageChanged:
    """Say why the message as it is was not edited; or show it, if a later edit was faster."""
    message = outcome.message
    if message is None:
        raise NotAMember
    if message.user_id != change.by.user_id:
        raise Forbidden("Only its author may edit a message.")
    if message.deleted_at:
        raise Conflict("The message is deleted.")
    if version is not None and version != message.version:
        raise VersionConflict(message.version)
    if not outcome.is_outdone:
        raise Forbidden("The message was sent too long ago to be edited.")
    return message_changed(change, message.version, message)
