"""Editing and deleting a message: the changes of its content."""

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

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
    change: Change, text: Text, sent_since: int, version: int | None
) -> Stored | NotStored:
    """Replace the content of a message of the editor's own, sent at that time or later.

    With `version`, only if that is still the version of its content.

    Raises:
        NotAMember, SequenceExhausted: as `change_message` does.
    """
    is_allowed = _is_own(change, sent_since)
    if version is not None:
        is_allowed &= _is_version(version)
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


def delete_message(change: Change, sent_since: int | None) -> Stored | NotStored:
    """Delete what a message says and the reactions to it, for good; who wrote it and when stays.

    With `sent_since`, only a message of the deleter's own, sent at that time or later. Takes
    further requests if there are reactions. One that is being stored finds the message deleted.

    Raises:
        NotAMember, SequenceExhausted: as `change_message` does.
    """
    is_allowed = MessageRow.user_id.exists() if sent_since is None else _is_own(change, sent_since)
    has_none = MessageRow.reactions_version.does_not_exist()
    outcome = change_message_at_last(change, Part.CONTENT, is_allowed & has_none, _deletion(change))
    if isinstance(outcome, Stored):
        return outcome
    if outcome.message and outcome.message.reactions:
        outcome = change_message_at_last(change, Part.CONTENT, is_allowed, _deletion(change))
    # An earlier call may have died before this.
    if isinstance(outcome, Stored) or outcome.is_deleted:
        delete_reactions(change.conversation_id, change.message_seq)
    return outcome


def _deletion(change: Change) -> Actions:
    return lambda _: [
        MessageRow.content.remove(),
        MessageRow.mentions.remove(),
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
