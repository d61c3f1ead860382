"""Whoever asks with a request id gets exactly one direct reply that repeats it."""

from typing import Any

import pytest

from testing.people import Client, Person
from testing.simulation import PASSWORD_OF_ALL

# Each frame that asks for something, and the reply that the protocol names for it.
FRAMES: dict[str, tuple[dict[str, Any], str]] = {
    "authenticate": ({"data": {"username": "alice", "password": PASSWORD_OF_ALL}}, "auth_success"),
    "chat_message": ({"data": {"content": "x"}}, "chat_message"),
    "typing": ({}, "ack"),
    "read_receipt": ({"messageId": "{}:1"}, "ack"),
    "history": ({}, "history"),
    "heartbeat": ({}, "heartbeat_ack"),
    "create_conversation": ({"data": {"kind": "group", "members": []}}, "conversation_created"),
    "add_members": ({"data": {"members": ["carol"]}}, "members_added"),
    "remove_member": ({"data": {"username": "bob"}}, "member_removed"),
    "leave_conversation": ({}, "member_removed"),
    "list_conversations": ({}, "conversations"),
    "list_members": ({}, "members"),
    "sign_out": ({}, "signed_out"),
    "dance": ({}, "error"),
}


@pytest.fixture
def hers(alice: Person, bob: Person, carol: Person) -> Client:
    """Give alice, in the conversation that is created second; bob and carol are there too."""
    for other in (bob, carol):
        other.arrives()
    return alice.arrives()


@pytest.mark.parametrize(("type_", "asked"), FRAMES.items(), ids=FRAMES.keys())
def test_a_request_gets_the_one_reply_that_is_named_for_it(
    hers: Client, bob: Person, type_: str, asked: tuple[dict[str, Any], str]
) -> None:
    conversation = hers.creates(bob)
    hers.says("one", to=conversation)
    fields, named = asked
    frame = {"conversationId": conversation, **fields, "requestId": "r-1"}
    if "messageId" in fields:
        frame["messageId"] = fields["messageId"].format(conversation)

    reply = hers.sends(type_, **frame)

    assert (reply["type"], reply["requestId"]) == (named, "r-1")
    assert not [pushed for pushed in hers.received if "requestId" in pushed]


@pytest.mark.parametrize("type_", ["typing", "read_receipt"])
def test_without_a_request_id_what_has_no_reply_of_its_own_gets_none(
    hers: Client, bob: Person, type_: str
) -> None:
    conversation = hers.creates(bob)
    hers.says("one", to=conversation)

    hers.sends_silently(type_, conversationId=conversation, messageId=f"{conversation}:1")

    hers.receives_nothing()


def test_every_route_that_replies_is_asked(hers: Client) -> None:
    replying = {route for route in hers.simulation.routes if not route.startswith("$")}

    assert FRAMES.keys() - {"dance"} == replying
