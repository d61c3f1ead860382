"""docs/limits.md agrees with the code and the template."""

import pytest

from chat.actions import message_scan
from chat.actions.authenticate import MAX_FAILURES
from chat.actions.conversation_summary import MAX_UNREAD
from chat.actions.find_people import MAX_PEOPLE
from chat.files import bucket
from chat.hooks.before_send import ANSWER_SECONDS
from chat.protocol import (
    client_frames,
    conversation_frames,
    fields,
    file_frames,
    limits,
    message_frames,
    moderation_frames,
    pictures,
    profile_frames,
)
from chat.protocol.backend_calls import MAX_CALL_FRAMES
from chat.push.web_push import TTL_SECONDS
from chat.storage.conversation_changes import MAX_PINS
from chat.storage.devices import MAX_DEVICES
from chat.storage.presence import KEPT_SECONDS
from chat.storage.reactions import MAX_REACTIONS_OF_MESSAGE, MAX_REACTIONS_OF_USER
from chat.storage.ttl import DEVICE_SECONDS, SENT_SECONDS, UPLOAD_SECONDS
from chat.storage.watches import MAX_WATCHERS, MAX_WATCHES
from docs.reference.field_tables import field_tables
from local.gateway.quotas import TimeLimits
from testing.template import PARAMETERS
from tests.unit.docs.pages import DOCS, table

PAGE = DOCS / "limits.md"

FIXED = dict(row[:2] for row in table(PAGE, "limit"))
DEFAULTS = dict(row[:2] for row in table(PAGE, "parameter"))

EXPECTED = {
    "a frame": f"{limits.MAX_FRAME_BYTES:,} bytes",
    "the content of a message": f"{limits.MAX_CONTENT_BYTES:,} bytes",
    "people named to create a conversation": str(conversation_frames.MAX_NAMED_AT_CREATION),
    "people named to be added": str(conversation_frames.MAX_NAMED_MEMBERS),
    "messages, members or conversations in a page": str(fields.MAX_PAGE),
    "conversations in a heartbeat": str(client_frames.MAX_POSITIONS),
    "user ids in `mentions`": str(message_frames.MAX_MENTIONS),
    "a reaction": f"{limits.MAX_REACTION_BYTES} bytes",
    "different reactions to a message": (
        f"{MAX_REACTIONS_OF_MESSAGE}, of one user {MAX_REACTIONS_OF_USER}"
    ),
    "ids in `list_conversations`": str(conversation_frames.MAX_NAMED_CONVERSATIONS),
    "ids in `get_messages`": str(message_frames.MAX_MESSAGE_IDS),
    "attachments of a message": f"{message_frames.MAX_ATTACHMENTS}, each with a thumbnail",
    "ids in `get_attachments`": str(file_frames.MAX_ATTACHMENT_IDS),
    "the name of a file": f"{limits.MAX_FILE_NAME_BYTES} bytes",
    "how long a form uploads": f"{bucket.UPLOAD_SECONDS // 60} minutes",
    "how long a message may take an upload": f"{UPLOAD_SECONDS // 3600} hours",
    "how long an address downloads a file": f"{bucket.DOWNLOAD_SECONDS // 60} minutes",
    "the text of a search": f"{limits.MAX_SEARCH_TEXT} characters",
    "messages found on one page of a search": str(message_scan.MAX_HITS),
    "what one page of a search reads": f"{message_scan.RANGES + 2} MB",
    "pins of a conversation": str(MAX_PINS),
    "the answer of a `BeforeSendFunction`": f"{ANSWER_SECONDS} seconds",
    "frames in a call of the owner's backend": str(MAX_CALL_FRAMES),
    "seconds of slow mode": f"{moderation_frames.MAX_SLOW_SECONDS:,}",
    "the reason of a report": f"{limits.MAX_REASON} characters",
    "devices of a user": str(MAX_DEVICES),
    "how long a device is known": f"{DEVICE_SECONDS // 86_400} days",
    "how long a push service keeps a notification": f"{TTL_SECONDS // 3600} hours",
    "users in `watch_presence`": str(client_frames.MAX_WATCHED_AT_ONCE),
    "users whom a connection watches": f"{MAX_WATCHES}, counted in each conversation",
    "connections that hear of one user": f"{MAX_WATCHERS:,}",
    "how long `last_seen_at` is kept after the last watch": f"{KEPT_SECONDS // 86_400} days",
    "unread messages that are counted": str(MAX_UNREAD),
    "how long a `clientMessageId` is remembered": f"{SENT_SECONDS // 3600} hours",
    "a connection's life": f"{limits.MAX_CONNECTION_SECONDS // 3600} hours",
    "a connection's silence": f"{TimeLimits().idle_seconds / 60:.0f} minutes",
    "the title of a conversation": f"{limits.MAX_TITLE} characters",
    "a display name": f"{limits.MAX_DISPLAY_NAME} characters",
    "a picture": f"{limits.MAX_PICTURE_BYTES:,} bytes",
    "the width and the height of a picture": f"{pictures.MAX_PICTURE_SIDE} pixels",
    "ids in `get_profiles`": str(profile_frames.MAX_PROFILES),
    "people in a reply to `find_people`": str(MAX_PEOPLE),
    "a password": f"{limits.MAX_PASSWORD} characters",
    "failures to authenticate on one connection": str(MAX_FAILURES),
}
SCHEMAS = field_tables().schemas
LENGTHS = {
    "`requestId`, `clientMessageId`": SCHEMAS["ChatMessage"]["properties"]["clientMessageId"],
    "a username": SCHEMAS["RemoveMemberData"]["properties"]["username"],
}
EXPECTED |= {name: f"{field['maxLength']} characters" for name, field in LENGTHS.items()}

LIMITING = ("PerMinute", "PerHour", "PerDay", "PerUser", "PerConversation")


def test_every_fixed_limit_equals_the_code() -> None:
    assert FIXED == EXPECTED


@pytest.mark.parametrize("parameter", DEFAULTS)
def test_parameter_default_equals_the_template(parameter: str) -> None:
    assert DEFAULTS[parameter] == str(PARAMETERS[parameter.strip("`")]["Default"])


def test_every_limiting_parameter_is_listed() -> None:
    named = {parameter.strip("`") for parameter in DEFAULTS}

    limiting = {each for each in PARAMETERS if each.endswith(LIMITING)}

    assert limiting <= named
