from msgspec import UnsetType
from msgspec.structs import replace

from chat.actions.approval import approved
from chat.actions.changed_frames import edited_frame, message_changed
from chat.actions.mentions import resolve_mentions
from chat.actions.message_content import check_content, check_encoded, is_encodable
from chat.actions.message_target import Target, admit_to_message, announce, sent_since
from chat.actions.services import Services
from chat.actions.speaking import require_not_muted
from chat.protocol.errors import Conflict, Forbidden, NotAMember, TooLarge, VersionConflict
from chat.protocol.file_frames import MAX_MEDIA_TYPE
from chat.protocol.ids import AttachmentId, ClientMessageId, ConnectionId, message_id
from chat.protocol.limits import MAX_FILE_NAME_BYTES, MAX_JSON_INTEGER, MAX_MESSAGE_BYTES
from chat.protocol.message_frames import (
    MAX_ATTACHMENTS,
    MAX_DURATION_SECONDS,
    MAX_PIXELS,
    EditMessage,
)
from chat.protocol.server_messages import Attachment, Message, MessageChanged
from chat.storage.changes import Change
from chat.storage.message_changes import NotStored, Stored
from chat.storage.message_edits import edit_message as store_edit
from chat.storage.messages import Draft, Text, find_message

LONGEST_ID = ClientMessageId("\x00" * 64)
"""Longer once it is encoded than any that the message may have been sent with."""

LONGEST_ATTACHMENTS = [
    Attachment(
        attachment_id=AttachmentId("0" * 32),
        name='"' * MAX_FILE_NAME_BYTES,
        size=MAX_JSON_INTEGER,
        media_type="x" * MAX_MEDIA_TYPE,
        width=MAX_PIXELS,
        height=MAX_PIXELS,
        duration_seconds=MAX_DURATION_SECONDS - 1e-9,
        thumbnail_id=AttachmentId("0" * 32),
    )
] * MAX_ATTACHMENTS
"""As long as the attachments of a message can be."""


def edit_message(
    frame: EditMessage, connection_id: ConnectionId, services: Services
) -> MessageChanged:
    """Replace the content of the sender's own message, then push it to every other connection.

    If a later edit is stored meanwhile, that one is the reply, and this one is not pushed.

    Raises:
        VersionConflict: it is not at the version that the frame names.
        Conflict: the message is deleted.
        Forbidden: it is another user's, or was sent too long ago.
        BadRequest, TooLarge: it would have neither content nor attachments, or be too long.
        Refused: the owner's function does not let it be sent.
        Muted
    """
    # Whether the message has attachments is known only when it is stored.
    check_content(frame.data.content, may_be_empty=True)
    target = admit_to_message(frame.message_id, connection_id, services)
    now_ms = services.now_ms()
    require_not_muted(target.admitted.entry, now_ms)
    text = _text(frame, target, is_operator=services.is_operator)
    draft = _longest(text, target, now_ms, [])
    check_encoded(draft)
    text = replace(text, content=_approved_content(draft, target, services))
    version = _version(frame)
    change = target.change("edited", now_ms)
    since = sent_since(services.limits.edit_seconds, now_ms)
    needed = _must_have_attachments(text, target, now_ms)
    outcome = store_edit(change, text, since, version, has_attachments=needed)
    if not isinstance(outcome, Stored):
        if outcome.message:
            _check_attachments(outcome.message, change, needed=needed)
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


def _approved_content(draft: Draft, target: Target, services: Services) -> str:
    """Ask the owner's function, if there is one, about the text and the attachments beside it."""
    if services.before_send() is None:
        return draft.content
    message = find_message(target.conversation_id, target.seq)
    attachments = message.attachments if message else []
    return approved(replace(draft, attachments=attachments), "edit_message", services).content


def _must_have_attachments(text: Text, target: Target, now_ms: int) -> bool | None:
    """Say whether the message must have attachments or must have none; None if it may have some.

    It must have some if it says nothing else, and none if they might not fit a frame with its text.
    """
    if not text.content:
        return True
    fits = is_encodable(_longest(text, target, now_ms, LONGEST_ATTACHMENTS))
    return None if fits else False


def _longest(text: Text, target: Target, now_ms: int, attachments: list[Attachment]) -> Draft:
    return Draft(
        conversation_id=target.conversation_id,
        user_id=target.by.user_id,
        username=target.by.username,
        content=text.content,
        type=text.type,
        mentions=text.mentions,
        client_message_id=LONGEST_ID,
        created_at=now_ms,
        reply_to=message_id(target.conversation_id, MAX_JSON_INTEGER),
        attachments=attachments,
    )


def _check_attachments(message: Message, change: Change, *, needed: bool | None) -> None:
    """Check that the author's message has attachments, or has none, as its new text requires."""
    if message.user_id != change.by.user_id or message.deleted_at or needed is None:
        return
    if needed and not message.attachments:
        check_content("", may_be_empty=False)
    if not needed and message.attachments:
        raise TooLarge("The content is too large beside the attachments.", MAX_MESSAGE_BYTES)


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
