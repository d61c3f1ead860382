"""The frames that the service sends, as the protocol writes them."""

import json
from typing import Any

import pytest

from chat.protocol.encoding import as_reply, encode
from chat.protocol.errors import ErrorCode
from chat.protocol.ids import ClientMessageId, ConversationId, MessageId, UserId, Username
from chat.protocol.server_frames import (
    Ack,
    AuthError,
    AuthRequired,
    AuthRequiredData,
    AuthSuccess,
    AuthSuccessData,
    Connected,
    ConnectedData,
    Conversation,
    ConversationCreated,
    Conversations,
    ConversationsData,
    Error,
    HeartbeatAck,
    HeartbeatAckData,
    HistoryPage,
    HistoryPageData,
    Member,
    MemberRemoved,
    MemberRemovedData,
    Members,
    MembersAdded,
    MembersAddedData,
    MembersData,
    Message,
    MessageEvent,
    Person,
    ReadReceiptEvent,
    ReadReceiptEventData,
    ServerFrame,
    SignedOut,
    SignedOutData,
    TypingEvent,
    TypingEventData,
)

CONVERSATION = ConversationId("c")
ALICE = Person(UserId("u"), Username("alice"))
AT = "2026-11-22T18:19:14.123Z"
MESSAGE = Message(
    message_id=MessageId("c:42"),
    conversation_id=CONVERSATION,
    seq=42,
    user_id=ALICE.user_id,
    username=ALICE.username,
    content="Hello",
    type="text",
    created_at=AT,
    client_message_id=ClientMessageId("m"),
)
MESSAGE_DATA = {
    "message_id": "c:42",
    "conversation_id": "c",
    "seq": 42,
    "user_id": "u",
    "username": "alice",
    "content": "Hello",
    "type": "text",
    "created_at": AT,
    "client_message_id": "m",
}
MEMBER = Member(
    user_id=ALICE.user_id, username=ALICE.username, role="owner", last_read_seq=7, online=True
)
MEMBER_DATA = {
    "user_id": "u",
    "username": "alice",
    "role": "owner",
    "last_read_seq": 7,
    "online": True,
}
SHOWN = Conversation(
    conversation_id=CONVERSATION,
    kind="group",
    title="Lunch",
    role="member",
    last_seq=42,
    last_message=MESSAGE,
    last_activity_at=AT,
    last_read_seq=7,
    unread_count=3,
    created_at=AT,
)
SHOWN_DATA = {
    "conversation_id": "c",
    "kind": "group",
    "title": "Lunch",
    "role": "member",
    "last_seq": 42,
    "last_message": MESSAGE_DATA,
    "last_activity_at": AT,
    "last_read_seq": 7,
    "unread_count": 3,
    "created_at": AT,
}
BARE = Conversation(
    conversation_id=CONVERSATION,
    kind="direct",
    role="owner",
    last_seq=0,
    last_activity_at=AT,
    last_read_seq=0,
    unread_count=0,
    created_at=AT,
)
BARE_DATA = {
    "conversation_id": "c",
    "kind": "direct",
    "role": "owner",
    "last_seq": 0,
    "last_activity_at": AT,
    "last_read_seq": 0,
    "unread_count": 0,
    "created_at": AT,
}
WHO = {"user_id": "u", "username": "alice"}

# Each frame, its `type` and its `data`.
WITH_DATA: list[tuple[ServerFrame, str, dict[str, Any]]] = [
    (
        Connected(data=ConnectedData(heartbeat_seconds=30, protocol=1)),
        "connected",
        {"protocol": 1, "heartbeat_seconds": 30},
    ),
    (AuthRequired(data=AuthRequiredData(30)), "auth_required", {"deadline_seconds": 30}),
    (
        AuthSuccess(data=AuthSuccessData(ALICE.user_id, ALICE.username, "a.b.c", AT)),
        "auth_success",
        WHO | {"token": "a.b.c", "expires_at": AT},
    ),
    (SignedOut(data=SignedOutData("sign_out")), "signed_out", {"reason": "sign_out"}),
    (MessageEvent(data=MESSAGE), "chat_message", MESSAGE_DATA),
    (
        TypingEvent(
            data=TypingEventData(
                CONVERSATION, ALICE.user_id, ALICE.username, is_typing=True, expires_in_seconds=6
            )
        ),
        "typing",
        WHO | {"conversation_id": "c", "is_typing": True, "expires_in_seconds": 6},
    ),
    (
        ReadReceiptEvent(
            data=ReadReceiptEventData(
                conversation_id=CONVERSATION,
                message_id=MESSAGE.message_id,
                seq=42,
                user_id=ALICE.user_id,
                username=ALICE.username,
                read_at=AT,
            )
        ),
        "read_receipt",
        WHO | {"conversation_id": "c", "message_id": "c:42", "seq": 42, "read_at": AT},
    ),
    (
        HistoryPage(data=HistoryPageData(CONVERSATION, [MESSAGE], has_more=True)),
        "history",
        {"conversation_id": "c", "messages": [MESSAGE_DATA], "has_more": True},
    ),
    (ConversationCreated(data=SHOWN), "conversation_created", SHOWN_DATA),
    (
        MembersAdded(data=MembersAddedData(CONVERSATION, [MEMBER], ALICE)),
        "members_added",
        {"conversation_id": "c", "members": [MEMBER_DATA], "by": WHO},
    ),
    (
        MemberRemoved(data=MemberRemovedData(CONVERSATION, UserId("v"), Username("bob"), ALICE)),
        "member_removed",
        {"conversation_id": "c", "user_id": "v", "username": "bob", "by": WHO},
    ),
    (
        Conversations(data=ConversationsData([SHOWN, BARE], "next")),
        "conversations",
        {"items": [SHOWN_DATA, BARE_DATA], "cursor": "next"},
    ),
    (Conversations(data=ConversationsData([])), "conversations", {"items": []}),
    (
        Members(data=MembersData(CONVERSATION, [MEMBER])),
        "members",
        {"conversation_id": "c", "items": [MEMBER_DATA]},
    ),
    (
        HeartbeatAck(data=HeartbeatAckData(AT, {CONVERSATION: 45})),
        "heartbeat_ack",
        {"server_time": AT, "behind": {"c": 45}},
    ),
]

FRAMES: list[tuple[ServerFrame, dict[str, Any]]] = [
    *((frame, {"type": type_, "data": data}) for frame, type_, data in WITH_DATA),
    (Ack(), {"type": "ack"}),
    (
        AuthError(code=ErrorCode.INVALID_CREDENTIALS, message="No."),
        {"type": "auth_error", "code": "invalid_credentials", "message": "No."},
    ),
    (
        Error(code=ErrorCode.NOT_A_MEMBER, message="for a person"),
        {"type": "error", "code": "not_a_member", "message": "for a person"},
    ),
    (
        Error(code=ErrorCode.INTERNAL, message="Sorry.", data={"reference": "x"}),
        {"type": "error", "code": "internal", "message": "Sorry.", "data": {"reference": "x"}},
    ),
]


@pytest.mark.parametrize(("frame", "wire"), FRAMES, ids=lambda each: type(each).__name__)
def test_a_frame_goes_over_the_wire_as_the_protocol_writes_it(
    frame: ServerFrame, wire: dict[str, Any]
) -> None:
    assert json.loads(encode(frame)) == wire


@pytest.mark.parametrize("frame", [frame for frame, _ in FRAMES], ids=lambda f: type(f).__name__)
def test_a_direct_reply_is_the_same_frame_with_the_requests_id(frame: ServerFrame) -> None:
    reply = json.loads(encode(as_reply(frame, "r-1")))

    assert reply == json.loads(encode(frame)) | {"requestId": "r-1"}


def test_without_a_request_id_the_reply_is_the_frame() -> None:
    assert as_reply(Ack(), None) == Ack()


def test_text_goes_over_the_wire_as_utf8() -> None:
    encoded = encode(SignedOutData("Grüße 😀 \u2028"))

    assert encoded == '{"reason":"Grüße 😀 \u2028"}'.encode()


def test_there_is_an_example_of_every_frame() -> None:
    sent = set(ServerFrame.__subclasses__())

    assert {type(frame) for frame, _ in FRAMES} == sent
