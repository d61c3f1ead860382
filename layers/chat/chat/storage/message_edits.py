"""Editing and deleting a message: the changes of its content."""

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chat.protocol.server_messages import Message
from chat.storage.attachments import drop_attachments
from chat.storage.changes import Change
from chat.storage.message_changes import (
    Actions,
    NotStored,
    Part,
    Stored,
    change_message,
    change_message_at_last,
)
from chat.storage.messages import Text, encode_mentions
from chat.storage.reactions import delete_reactions
from chat.storage.tables import MessageRow


def edit_message(
    change: Change,
    text: Text,
    sent_since: int,
    version: int | None,
    *,
    has_attachments: bool | None = None,
) -> Stored | NotStored:
    """Replace the content of a message of the editor's own, sent at that time or later.

    With `version`, only if that is still the version of its content. With `has_attachments`, only
    if it has attachments, or has none.

    Raises:
        NotAMember, SequenceExhausted: as `change_message` does.
    """
    is_allowed = _is_own(change, sent_since)
    if version is not None:
        is_allowed &= _is_version(version)
    if has_attachments is not None:
        attachments = MessageRow.attachments
        is_allowed &= attachments.exists() if has_attachments else attachments.does_not_exist()
    return change_message(
        change,
        Part.CONTENT,
        is_allowed,
        lambda _: [
            MessageRow.content.set(text.content),
            MessageRow.type.set(text.type),
            _mentions(text),
            MessageRow.edited_at.set(change.at),
        ],
    )


def delete_message(
    change: Change, sent_since: int | None, known: Message | None = None
) -> Stored | NotStored:
    """Delete what a message says, its attachments and the reactions to it, for good.

    Who wrote it and when stays. With `sent_since`, only a message of the deleter's own, sent at
    that time or later. A message with attachments is deleted only if the caller has read it
    (`known`), since their files have to be deleted too. Takes further requests if there are
    reactions; knowing of them saves some. A reaction that is being stored finds the message
    deleted.

    Raises:
        NotAMember, SequenceExhausted: as `change_message` does.
    """
    is_allowed = MessageRow.user_id.exists() if sent_since is None else _is_own(change, sent_since)
    has_none = MessageRow.reactions_version.does_not_exist()
    has_reactions = bool(known and known.reactions)
    outcome = None if has_reactions else _delete(change, is_allowed & has_none, known)
    if isinstance(outcome, Stored):
        return outcome
    if outcome is None or _failed_for_reactions(outcome, change, sent_since):
        outcome = _delete(change, is_allowed, known)
    # An earlier call may have died before this.
    if isinstance(outcome, Stored) or outcome.is_deleted:
        delete_reactions(change.conversation_id, change.message_seq)
    return outcome


def _failed_for_reactions(outcome: NotStored, change: Change, sent_since: int | None) -> bool:
    message = outcome.message
    is_allowed = message and (sent_since is None or message.user_id == change.by.user_id)
    return bool(message and message.reactions and is_allowed)


def _delete(change: Change, is_allowed: Condition, known: Message | None) -> Stored | NotStored:
    attachments = known.attachments if known else []
    # They never change, so those that the caller has read are all that there are.
    if not attachments:
        is_allowed &= MessageRow.attachments.does_not_exist()
    return change_message_at_last(
        change,
        Part.CONTENT,
        is_allowed,
        _deletion(change),
        lambda writes: drop_attachments(writes, change.conversation_id, attachments),
    )


def _deletion(change: Change) -> Actions:
    return lambda _: [
        MessageRow.content.remove(),
        MessageRow.mentions.remove(),
        MessageRow.attachments.remove(),
        MessageRow.reply_to.remove(),
        MessageRow.reactions.remove(),
        MessageRow.reactions_version.remove(),
        MessageRow.edited_at.remove(),
        MessageRow.deleted_at.set(change.at),
        MessageRow.deleted_by.set(change.by.user_id),
        MessageRow.deleted_by_username.set(change.by.username),
    ]


def _mentions(text: Text) -> Action:
    encoded = encode_mentions(text.mentions)
    return MessageRow.mentions.set(encoded) if encoded else MessageRow.mentions.remove()


def _is_own(change: Change, sent_since: int) -> Condition:
    is_author = MessageRow.user_id == change.by.user_id
    is_own: Condition = is_author & (MessageRow.created_at >= sent_since)
    return is_own


def _is_version(version: int) -> Condition:
    version_now = MessageRow.version
    is_it: Condition = version_now == version if version else version_now.does_not_exist()
    return is_it
