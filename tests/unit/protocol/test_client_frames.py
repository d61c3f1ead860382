"""The frames of the protocol's examples, and the range of every field."""

import json
from typing import Any

import pytest
from msgspec import UNSET

from chat.protocol.client_frames import MAX_POSITIONS, Authenticate, ClientFrame, Heartbeat, SignOut
from chat.protocol.conversation_frames import (
    MAX_NAMED_AT_CREATION,
    MAX_NAMED_MEMBERS,
    AddMembers,
    CreateConversation,
    LeaveConversation,
    ListConversations,
    ListMembers,
    RemoveMember,
)
from chat.protocol.decoding import decode
from chat.protocol.errors import BadRequest
from chat.protocol.limits import MAX_JSON_INTEGER
from chat.protocol.message_frames import (
    ChatMessage,
    DeleteMessage,
    EditMessage,
    History,
    ReadReceipt,
    Typing,
)
from chat.runtime.routes import ROUTES
from docs.reference.examples import Example, examples


@pytest.mark.parametrize("example", examples("client"), ids=lambda each: json.dumps(each.frame))
@pytest.mark.parametrize("request_id", [{}, {"requestId": "r-1"}], ids=["bare", "request"])
def test_every_example_is_read_with_a_request_id_and_without(
    example: Example, request_id: dict[str, str]
) -> None:
    frame = {name: value for name, value in example.frame.items() if name != "requestId"}

    read_frame = decode(json.dumps(frame | request_id), ROUTES[frame["type"]].frame)

    assert read_frame.request_id == request_id.get("requestId", UNSET)


def test_every_frame_has_a_docstring_and_an_example_that_asks_for_a_reply() -> None:
    asked = {each.frame["type"] for each in examples("client") if "requestId" in each.frame}

    assert asked == ROUTES.keys()
    assert [key for key, route in ROUTES.items() if not route.frame.__doc__] == []


def read[F: ClientFrame](kind: type[F], **fields: Any) -> F:  # noqa: ANN401 -- a frame's fields
    return decode(json.dumps(fields), kind)


def is_rejected(kind: type[ClientFrame], **fields: Any) -> None:  # noqa: ANN401 -- as above
    with pytest.raises(BadRequest):
        read(kind, **fields)


def test_missing_fields_have_the_protocols_defaults() -> None:
    assert read(ChatMessage, conversationId="c", data={"content": "x"}).data.type == "text"
    assert read(Typing, conversationId="c").data.is_typing is True
    assert read(History, conversationId="c").data.limit == 50
    assert read(ListConversations).data.limit == 50
    assert read(ListMembers, conversationId="c").data.limit == 50
    assert read(Heartbeat).data.positions == {}


@pytest.mark.parametrize("name", ["a", "text", "x.y", "x-y_z.9", "a" * 32])
def test_a_messages_type_may_be_any_short_name(name: str) -> None:
    assert read(ChatMessage, conversationId="c", data={"content": "x", "type": name})


@pytest.mark.parametrize("name", ["", "A", "1a", "_a", "a b", "a/b", "ä", "a" * 33, "a\n"])
def test_other_message_types_are_rejected(name: str) -> None:
    is_rejected(ChatMessage, conversationId="c", data={"content": "x", "type": name})


@pytest.mark.parametrize("length", [1, 64])
def test_a_client_message_id_is_1_to_64_characters(length: int) -> None:
    assert read(
        ChatMessage, conversationId="c", data={"content": "x"}, clientMessageId="😀" * length
    )


@pytest.mark.parametrize("length", [0, 65])
def test_client_message_id_of_another_length_is_rejected(length: int) -> None:
    is_rejected(
        ChatMessage, conversationId="c", data={"content": "x"}, clientMessageId="x" * length
    )


@pytest.mark.parametrize("limit", [1, 50, 100])
@pytest.mark.parametrize("kind", [History, ListMembers, ListConversations])
def test_a_page_has_1_to_100_items(kind: type[ClientFrame], limit: int) -> None:
    assert read(kind, conversationId="c", data={"limit": limit})


@pytest.mark.parametrize("limit", [0, -1, 101, 50.5, "50", None, True])
@pytest.mark.parametrize("kind", [History, ListMembers, ListConversations])
def test_page_of_another_size_is_rejected(kind: type[ClientFrame], limit: object) -> None:
    is_rejected(kind, conversationId="c", data={"limit": limit})


@pytest.mark.parametrize("field", ["after_seq", "before_seq"])
@pytest.mark.parametrize("seq", [0, 1, MAX_JSON_INTEGER])
def test_sequence_number_may_be_any_exact_json_integer(field: str, seq: int) -> None:
    assert read(History, conversationId="c", data={field: seq})


@pytest.mark.parametrize("version", [-1, MAX_JSON_INTEGER + 1, 0.5, "1", None, False])
def test_a_version_is_a_sequence_number_or_0(version: object) -> None:
    is_rejected(EditMessage, messageId="c:42", data={"content": "x", "version": version})


@pytest.mark.parametrize("field", ["after_seq", "before_seq"])
@pytest.mark.parametrize("seq", [-1, MAX_JSON_INTEGER + 1, 10**30, 0.5, "1", None, False])
def test_other_sequence_numbers_are_rejected(field: str, seq: object) -> None:
    is_rejected(History, conversationId="c", data={field: seq})


def test_a_heartbeat_carries_at_most_a_hundred_positions() -> None:
    positions = {f"c{number}": number for number in range(MAX_POSITIONS + 1)}

    is_rejected(Heartbeat, data={"positions": positions})

    positions.popitem()
    assert len(read(Heartbeat, data={"positions": positions}).data.positions) == 100


@pytest.mark.parametrize("value", ["true", 1, 0, None, []])
def test_typing_is_true_or_false(value: object) -> None:
    is_rejected(Typing, conversationId="c", data={"is_typing": value})


@pytest.mark.parametrize("kind", ["group", "direct"])
def test_a_conversation_has_one_of_two_kinds(kind: str) -> None:
    assert read(CreateConversation, data={"kind": kind, "members": []}).data.kind == kind


def test_frame_names_no_more_members_than_one_transaction_takes() -> None:
    founders = ["x"] * (MAX_NAMED_AT_CREATION + 1)
    added = ["x"] * (MAX_NAMED_MEMBERS + 1)

    is_rejected(CreateConversation, data={"kind": "group", "members": founders})
    is_rejected(AddMembers, conversationId="c", data={"members": added})


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (Authenticate, {"data": {"token": "x" * 8193}}),
        (Authenticate, {"data": {"username": "x" * 65, "password": "x"}}),
        (Authenticate, {"data": {"username": "x", "password": "x" * 1025}}),
        (LeaveConversation, {"conversationId": "x" * 129}),
        (ReadReceipt, {"messageId": "x" * 161}),
        (ReadReceipt, {"messageId": ""}),
        (DeleteMessage, {"messageId": "x" * 161}),
        (EditMessage, {"messageId": "x" * 161, "data": {"content": "x"}}),
        (RemoveMember, {"conversationId": "c", "data": {"username": "x" * 65}}),
        (ListMembers, {"conversationId": "c", "data": {"cursor": "x" * 2049}}),
        (CreateConversation, {"data": {"kind": "group", "members": [], "title": "x" * 513}}),
        (SignOut, {"requestId": "x" * 65}),
    ],
    ids=lambda each: str(each)[:60],
)
def test_text_over_its_limit_is_rejected(
    kind: type[ClientFrame], fields: dict[str, object]
) -> None:
    is_rejected(kind, **fields)
