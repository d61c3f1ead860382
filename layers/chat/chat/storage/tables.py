"""The tables' rows as PynamoDB models, and the binding of all of them to one DynamoDB client.

Instants are whole milliseconds since 1970 in attributes that end in `_at`; `expires_at` is in
seconds, as DynamoDB's time to live requires.
"""

from base64 import b64decode

from pynamodb.attributes import (
    Attribute,
    BooleanAttribute,
    NumberAttribute,
    NumberSetAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
)
from pynamodb.constants import BINARY
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection
from pynamodb.models import Model


class UnshapedBinaryAttribute(Attribute[bytes]):
    """Bytes, in answers that botocore has not shaped (`database._skip_response_shaping`)."""

    attr_type = BINARY

    def serialize(self, value: bytes) -> bytes:
        return value

    def deserialize(self, value: str) -> bytes:
        return b64decode(value)


class CredentialRow(Model):
    """Read and written by authenticating and by the operator alone."""

    class Meta:
        table_name = "Credentials"

    username = UnicodeAttribute(hash_key=True)
    user_id = UnicodeAttribute()
    password_hash = UnicodeAttribute()
    token_generation = NumberAttribute(default=0)
    disabled = BooleanAttribute(null=True)


class LoginAttemptRow(Model):
    """Failed logins of a user from a network, by a user alone, or by a network alone."""

    class Meta:
        table_name = "LoginAttempts"

    counted_for = UnicodeAttribute(hash_key=True)
    number = NumberAttribute()
    blocked_until = NumberAttribute()
    expires_at = NumberAttribute()


class UserRow(Model):
    class Meta:
        table_name = "Users"

    username = UnicodeAttribute(hash_key=True)
    user_id = UnicodeAttribute()
    created_at = NumberAttribute()
    conversations = NumberAttribute(null=True)
    inbox = NumberAttribute(null=True)
    identity = UnicodeAttribute(null=True)


class ByUsername(GlobalSecondaryIndex["ProfileRow"]):  # type: ignore[no-untyped-call]  # PynamoDB's
    class Meta:
        index_name = "by_username"
        projection = IncludeProjection(["display_name", "picture_id"])

    username_initial = UnicodeAttribute(hash_key=True)
    username = UnicodeAttribute(range_key=True)


class ByDisplayName(GlobalSecondaryIndex["ProfileRow"]):  # type: ignore[no-untyped-call]  # as above
    """Holds only users who have a display name."""

    class Meta:
        index_name = "by_display_name"
        projection = IncludeProjection(["username", "display_name", "picture_id"])

    name_initial = UnicodeAttribute(hash_key=True)
    folded_name = UnicodeAttribute(range_key=True)


class ProfileRow(Model):
    """How a user is shown, and by which beginnings of names the user is found.

    A hidden user has no beginnings.
    """

    class Meta:
        table_name = "Profiles"

    user_id = UnicodeAttribute(hash_key=True)
    username = UnicodeAttribute()
    username_initial = UnicodeAttribute(null=True)
    display_name = UnicodeAttribute(null=True)
    folded_name = UnicodeAttribute(null=True)
    name_initial = UnicodeAttribute(null=True)
    picture = UnshapedBinaryAttribute(null=True)
    picture_id = UnicodeAttribute(null=True)
    is_hidden = BooleanAttribute(null=True)

    by_username = ByUsername()
    by_display_name = ByDisplayName()


class IdentityRow(Model):
    """Which user an OpenID provider's subject is."""

    class Meta:
        table_name = "Identities"

    identity = UnicodeAttribute(hash_key=True)
    user_id = UnicodeAttribute()
    username = UnicodeAttribute()
    is_being_renamed = BooleanAttribute(null=True)


class ConnectionRow(Model):
    class Meta:
        table_name = "Connections"

    connection_id = UnicodeAttribute(hash_key=True)
    connected_at = NumberAttribute()
    source = UnicodeAttribute(default="")
    user_id = UnicodeAttribute(null=True)
    username = UnicodeAttribute(null=True)
    session_ends_at = NumberAttribute(null=True)
    has_ended = BooleanAttribute(null=True)
    expires_at = NumberAttribute()


class SessionRow(Model):
    class Meta:
        table_name = "Sessions"

    user_id = UnicodeAttribute(hash_key=True)
    connection_id = UnicodeAttribute(range_key=True)
    username = UnicodeAttribute()
    session_ends_at = NumberAttribute()
    has_ended = BooleanAttribute(null=True)
    expires_at = NumberAttribute()


class ConversationRow(Model):
    class Meta:
        table_name = "Conversations"

    conversation_id = UnicodeAttribute(hash_key=True)
    kind = UnicodeAttribute()
    title = UnicodeAttribute(null=True)
    created_at = NumberAttribute()
    last_seq = NumberAttribute(default=0)
    settled_seq = NumberAttribute(null=True)
    last_activity_at = NumberAttribute()
    member_count = NumberAttribute()
    owner_count = NumberAttribute(null=True)
    title_version = NumberAttribute(null=True)
    pins = NumberSetAttribute(null=True)
    pins_version = NumberAttribute(null=True)
    slow_seconds = NumberAttribute(null=True)
    slow_version = NumberAttribute(null=True)


class ByConversation(GlobalSecondaryIndex["MembershipRow"]):  # type: ignore[no-untyped-call]  # PynamoDB's
    """Holds what never changes of a membership, so that moving a read mark is no write of it."""

    class Meta:
        index_name = "by_conversation"
        projection = IncludeProjection(["joined_at"])

    conversation_id = UnicodeAttribute(hash_key=True)
    user_id = UnicodeAttribute(range_key=True)


class MembershipRow(Model):
    class Meta:
        table_name = "Memberships"

    user_id = UnicodeAttribute(hash_key=True)
    conversation_id = UnicodeAttribute(range_key=True)
    username = UnicodeAttribute()
    role = UnicodeAttribute()
    role_version = NumberAttribute(null=True)
    joined_at = NumberAttribute()
    last_read_seq = NumberAttribute(default=0)
    muted_until = NumberAttribute(null=True)
    muted_version = NumberAttribute(null=True)
    slow_until = NumberAttribute(null=True)
    slow_for = UnicodeAttribute(null=True)
    notify_level = UnicodeAttribute(null=True)
    notify_muted_until = NumberAttribute(null=True)

    by_conversation = ByConversation()


class RosterRow(Model):
    """A live connection of a member, which may be throttled or muted.

    Or a mark: a removed member's tombstone, a member's mute, the slow mode of the conversation.
    """

    class Meta:
        table_name = "Roster"

    conversation_id = UnicodeAttribute(hash_key=True)
    connection_id = UnicodeAttribute(range_key=True)
    user_id = UnicodeAttribute()
    username = UnicodeAttribute()
    joined_at = NumberAttribute(null=True)
    session_ends_at = NumberAttribute()
    expires_at = NumberAttribute()
    messages_throttled_until = NumberAttribute(null=True)
    typing_throttled_until = NumberAttribute(null=True)
    receipts_throttled_until = NumberAttribute(null=True)
    muted_until = NumberAttribute(null=True)
    slow_seconds = NumberAttribute(null=True)


class MessageRow(Model):
    """A stored message, or (`unused`) the mark that no message will ever have this number.

    The mark stands for all numbers from `unused_from` on, if that is given.
    """

    class Meta:
        table_name = "Messages"

    conversation_id = UnicodeAttribute(hash_key=True)
    seq = NumberAttribute(range_key=True)
    user_id = UnicodeAttribute(null=True)
    username = UnicodeAttribute(null=True)
    content = UnicodeAttribute(null=True)
    type = UnicodeAttribute(null=True)
    created_at = NumberAttribute(null=True)
    client_message_id = UnicodeAttribute(null=True)
    version = NumberAttribute(null=True)
    edited_at = NumberAttribute(null=True)
    deleted_at = NumberAttribute(null=True)
    deleted_by = UnicodeAttribute(null=True)
    deleted_by_username = UnicodeAttribute(null=True)
    reply_to = UnicodeAttribute(null=True)
    mentions = UnicodeAttribute(null=True)
    reactions = UnicodeAttribute(null=True)
    reactions_version = NumberAttribute(null=True)
    attachments = UnicodeAttribute(null=True)
    unused = BooleanAttribute(null=True)
    unused_from = NumberAttribute(null=True)


class ChangeRow(Model):
    """A pointer to what changed under a number that is no message's, without any content.

    `members` are the users who were added or removed, or who has another role, as JSON.
    `unused` and `unused_from` are as on a `MessageRow`.
    """

    class Meta:
        table_name = "Changes"

    conversation_id = UnicodeAttribute(hash_key=True)
    seq = NumberAttribute(range_key=True)
    kind = UnicodeAttribute(null=True)
    user_id = UnicodeAttribute(null=True)
    username = UnicodeAttribute(null=True)
    changed_at = NumberAttribute(null=True)
    message_seq = NumberAttribute(null=True)
    members = UnicodeAttribute(null=True)
    role = UnicodeAttribute(null=True)
    new_owner_id = UnicodeAttribute(null=True)
    muted_until = NumberAttribute(null=True)
    slow_seconds = NumberAttribute(null=True)
    unused = BooleanAttribute(null=True)
    unused_from = NumberAttribute(null=True)


class ReactionRow(Model):
    """One reaction of one user to one message."""

    class Meta:
        table_name = "Reactions"

    conversation_id = UnicodeAttribute(hash_key=True)
    reacted_by = UnicodeAttribute(range_key=True)
    username = UnicodeAttribute()
    reacted_at = NumberAttribute()


class BanRow(Model):
    """A user who is banned from a conversation, with when the membership that it ended began."""

    class Meta:
        table_name = "Bans"

    conversation_id = UnicodeAttribute(hash_key=True)
    user_id = UnicodeAttribute(range_key=True)
    username = UnicodeAttribute()
    banned_at = NumberAttribute()
    by_user_id = UnicodeAttribute(null=True)
    by_username = UnicodeAttribute(null=True)
    joined_at = NumberAttribute(default=0)


class ReportRow(Model):
    """What a user reported of a message; no content of the message."""

    class Meta:
        table_name = "Reports"

    conversation_id = UnicodeAttribute(hash_key=True)
    reported_by = UnicodeAttribute(range_key=True)
    username = UnicodeAttribute()
    reported_at = NumberAttribute()
    reason = UnicodeAttribute(null=True)


class AttachmentRow(Model):
    """A file that a user uploads, or (`message_seq`) that a message has."""

    class Meta:
        table_name = "Attachments"

    conversation_id = UnicodeAttribute(hash_key=True)
    attachment_id = UnicodeAttribute(range_key=True)
    user_id = UnicodeAttribute()
    name = UnicodeAttribute()
    size = NumberAttribute()
    media_type = UnicodeAttribute()
    message_seq = NumberAttribute(null=True)
    expires_at = NumberAttribute(null=True)


class UploadTotalRow(Model):
    """How much a user uploads in one day, which is counted from 1970."""

    class Meta:
        table_name = "UploadTotals"

    user_id = UnicodeAttribute(hash_key=True)
    day = NumberAttribute(range_key=True)
    uploaded_bytes = NumberAttribute()
    expires_at = NumberAttribute()


class WatcherRow(Model):
    """A connection that watches a user's presence.

    Or whom a connection watches in a conversation (`user_ids`), or what the watchers of a user know
    (`version`). `storage/watchers.py` names the keys.
    """

    class Meta:
        table_name = "Watchers"

    watched = UnicodeAttribute(hash_key=True)
    watcher = UnicodeAttribute(range_key=True)
    user_id = UnicodeAttribute(null=True)
    joined_at = NumberAttribute(null=True)
    watched_joined_at = NumberAttribute(null=True)
    session_ends_at = NumberAttribute(null=True)
    user_ids = UnicodeSetAttribute(null=True)
    version = NumberAttribute(null=True)
    is_settled = BooleanAttribute(null=True)
    is_online = BooleanAttribute(null=True)
    last_seen_at = NumberAttribute(null=True)
    expires_at = NumberAttribute()


class SentRow(Model):
    class Meta:
        table_name = "Sent"

    conversation_id = UnicodeAttribute(hash_key=True)
    sent_by = UnicodeAttribute(range_key=True)
    seq = NumberAttribute()
    expires_at = NumberAttribute()


class DeviceRow(Model):
    """Where notifications are sent to and how they are encrypted for it, of its last user."""

    class Meta:
        table_name = "Devices"

    device_id = UnicodeAttribute(hash_key=True)
    user_id = UnicodeAttribute()
    endpoint = UnicodeAttribute()
    p256dh = UnicodeAttribute()
    auth = UnicodeAttribute()
    registered_at = NumberAttribute()
    expires_at = NumberAttribute()


class DeviceOwnerRow(Model):
    """The devices that a user registered. Another user may have some of them by now."""

    class Meta:
        table_name = "DeviceOwners"

    user_id = UnicodeAttribute(hash_key=True)
    device_ids = UnicodeSetAttribute(null=True)
    expires_at = NumberAttribute()


class NotifiedRow(Model):
    """The notification of a conversation that a device shows: its newest message, and how many."""

    class Meta:
        table_name = "Notified"

    user_id = UnicodeAttribute(hash_key=True)
    shown_on = UnicodeAttribute(range_key=True)
    seq = NumberAttribute()
    number = NumberAttribute()
    expires_at = NumberAttribute()


class ByDue(GlobalSecondaryIndex["RelayRow"]):  # type: ignore[no-untyped-call]  # PynamoDB's
    """Holds only the relays that wait: a row without `due_at` is not in it."""

    class Meta:
        index_name = "by_due"
        projection = IncludeProjection(["waits_since"])

    sink = UnicodeAttribute(hash_key=True)
    due_at = NumberAttribute(range_key=True)


class RelayRow(Model):
    """How far the events of a conversation were sent to a sink.

    Under the conversation `*` there are rows about all of a sink's events, or about the sweep.
    """

    class Meta:
        table_name = "Relays"

    conversation_id = UnicodeAttribute(hash_key=True)
    sink = UnicodeAttribute(range_key=True)
    position = NumberAttribute(null=True)
    run = UnicodeAttribute(null=True)
    lease_ends_at = NumberAttribute(null=True)
    wakes = NumberAttribute(null=True)
    due_at = NumberAttribute(null=True)
    waits_since = NumberAttribute(null=True)
    failures = NumberAttribute(null=True)
    is_replayed = BooleanAttribute(null=True)
    stopped_address = UnicodeAttribute(null=True)
    stopped_at = NumberAttribute(null=True)
    swept_up_to = UnicodeAttribute(null=True)

    by_due = ByDue()
