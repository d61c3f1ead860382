"""Every frame that requires a member rejects everyone else."""

import pytest

from chat.protocol.ids import ConversationId
from chat.runtime.routes import ROUTES
from chat.storage.memberships import find_membership
from chat.storage.roster import read_roster
from docs.reference.examples import request_of
from testing.people import Client, Person
from testing.simulation import Simulation
from testing.sockets import Frame

type Group = tuple[Client, Client, str]

# The frames for a conversation, and the others that require a session.
FRAMES = [
    key
    for key, route in ROUTES.items()
    if {"conversation_id", "message_id"} & set(route.frame.__struct_fields__)
]
OTHERS = [key for key in ROUTES if key not in {*FRAMES, "authenticate"}]

each_frame = pytest.mark.parametrize("type_", FRAMES)


@pytest.fixture
def group(alice: Person, bob: Person) -> Group:
    hers, his = alice.logs_in(), bob.logs_in()
    conversation = hers.creates(bob)
    hers.says("one", to=conversation)
    his.discards_received()
    return hers, his, conversation


def request(client: Client, type_: str, conversation: str) -> Frame:
    """Send the example of a frame, for a conversation of the test."""
    places = {"conversationId": conversation, "messageId": f"{conversation}:1"}
    example = request_of(type_).frame
    frame = example | {name: place for name, place in places.items() if name in example}
    return client.sends(type_, **frame | {"requestId": "r-1"})


def is_rejected(reply: Frame, code: str) -> None:
    assert (reply["type"], reply["code"], reply["requestId"]) == ("error", code, "r-1")


@each_frame
def test_unauthenticated_connection_changes_nothing(
    simulation: Simulation, group: Group, type_: str
) -> None:
    hers, his, conversation = group
    stranger = Client(simulation, simulation.connect(), his.user)

    reply = request(stranger, type_, conversation)

    is_rejected(reply, "not_authenticated")
    hers.receives_nothing()
    his.receives_nothing()


@each_frame
def test_expired_session_changes_nothing(
    simulation: Simulation, group: Group, bob: Person, type_: str
) -> None:
    hers, his, conversation = group
    simulation.services = simulation.with_limits(session_seconds=600)
    his_phone = bob.logs_in()
    simulation.advance_time(seconds=600)

    reply = request(his_phone, type_, conversation)

    is_rejected(reply, "auth_expired")
    hers.receives_nothing()
    his.receives_nothing()


@each_frame
def test_outsider_changes_nothing(group: Group, carol: Person, type_: str) -> None:
    hers, his, conversation = group

    reply = request(carol.logs_in(), type_, conversation)

    is_rejected(reply, "not_a_member")
    hers.receives_nothing()
    his.receives_nothing()


@each_frame
def test_missing_conversation_is_reported_like_one_of_others(
    group: Group, carol: Person, type_: str
) -> None:
    _, _, conversation = group
    outsider = carol.logs_in()
    somebody_elses = request(outsider, type_, conversation)

    reply = request(outsider, type_, "no-such-conversation")

    assert reply == somebody_elses


@each_frame
def test_rejected_outsider_is_not_put_on_the_roster(
    simulation: Simulation, group: Group, carol: Person, type_: str
) -> None:
    hers, his, conversation = group
    outsider = carol.logs_in()

    request(outsider, type_, conversation)

    roster = read_roster(ConversationId(conversation), simulation.now_ms)
    assert set(roster.entries) == {hers.connection_id, his.connection_id}
    assert find_membership(outsider.user.user_id, ConversationId(conversation)) is None


@pytest.mark.parametrize("type_", OTHERS)
def test_frames_without_a_conversation_require_a_session(
    simulation: Simulation, type_: str
) -> None:
    reply = simulation.send(simulation.connect(), request_of(type_).frame)

    assert reply is not None
    assert (reply["type"], reply["code"]) == ("error", "not_authenticated")


@pytest.mark.parametrize("type_", OTHERS)
def test_frames_without_a_conversation_require_a_live_session(
    simulation: Simulation, alice: Person, type_: str
) -> None:
    simulation.services = simulation.with_limits(session_seconds=600)
    hers = alice.logs_in()
    simulation.advance_time(seconds=600)

    reply = hers.sends(type_, **request_of(type_).frame)

    assert (reply["type"], reply["code"]) == ("error", "auth_expired")


def test_receipt_for_an_invalid_message_requires_a_session_first(simulation: Simulation) -> None:
    reply = simulation.send(
        simulation.connect(), {"type": "read_receipt", "messageId": "no message"}
    )

    assert reply is not None
    assert reply["code"] == "not_authenticated"


def test_rejected_connection_can_continue(group: Group) -> None:
    hers, his, conversation = group
    hers.is_rejected("not_a_member", "typing", conversationId="no-such-conversation")

    hers.says("two", to=conversation)

    assert his.receives("chat_message")["content"] == "two"


# Requests per minute.

CHARGED = {
    "history": ("history_per_minute", {"conversationId": "c"}),
    "search": ("searches_per_minute", {"conversationId": "c", "data": {"text": "x"}}),
    "get_profiles": ("lists_per_minute", {"data": {"user_ids": ["user-alice"]}}),
    "find_people": ("lists_per_minute", {"data": {"prefix": "a"}}),
    "set_profile": ("changes_per_minute", {"data": {"display_name": "Alice"}}),
    "list_conversations": ("lists_per_minute", {}),
    "list_members": ("lists_per_minute", {"conversationId": "c"}),
    "create_conversation": (
        "changes_per_minute",
        {"data": {"kind": "group", "members": []}},
    ),
    "add_members": (
        "changes_per_minute",
        {"conversationId": "c", "data": {"members": ["alice"]}},
    ),
    "remove_member": ("changes_per_minute", {"conversationId": "c", "data": {"username": "bob"}}),
    "leave_conversation": ("changes_per_minute", {"conversationId": "c"}),
}

each_charged = pytest.mark.parametrize(
    ("type_", "limit", "frame"), [(k, *v) for k, v in CHARGED.items()], ids=CHARGED.keys()
)


@each_charged
def test_connection_is_limited_to_a_number_of_requests_per_minute(
    simulation: Simulation, alice: Person, type_: str, limit: str, frame: Frame
) -> None:
    simulation.services = simulation.with_limits(**{limit: 3})
    hers = alice.logs_in()
    asked = [hers.sends(type_, **frame).get("code") for _ in range(3)]

    refused = hers.is_rejected("rate_limited", type_, **frame)

    assert "rate_limited" not in asked
    # It is 14 seconds past the minute.
    assert refused["data"] == {"retry_after_seconds": 46}


@each_charged
def test_connection_may_ask_again_after_the_reported_wait(
    simulation: Simulation, alice: Person, type_: str, limit: str, frame: Frame
) -> None:
    simulation.services = simulation.with_limits(**{limit: 1})
    hers = alice.logs_in()
    hers.sends(type_, **frame)
    refused = hers.is_rejected("rate_limited", type_, **frame)

    simulation.advance_time(seconds=refused["data"]["retry_after_seconds"])

    assert hers.sends(type_, **frame).get("code") != "rate_limited"


def test_requests_of_one_connection_are_not_counted_for_another(
    simulation: Simulation, alice: Person
) -> None:
    simulation.services = simulation.with_limits(lists_per_minute=1)
    hers, phone = alice.logs_in(), alice.logs_in()
    hers.sends("list_conversations")

    reply = phone.sends("list_conversations")

    assert reply["type"] == "conversations"


def test_separate_limits_are_counted_separately(simulation: Simulation, alice: Person) -> None:
    simulation.services = simulation.with_limits(
        lists_per_minute=1, changes_per_minute=1, history_per_minute=1
    )
    hers = alice.logs_in()
    hers.sends("list_conversations")
    conversation = hers.creates()

    reply = hers.sends("history", conversationId=conversation)

    assert reply["type"] == "history"


def test_message_is_not_counted_as_a_request(simulation: Simulation, group: Group) -> None:
    hers, _, conversation = group
    simulation.services = simulation.with_limits(
        lists_per_minute=1, changes_per_minute=1, history_per_minute=1
    )

    seqs = [hers.says("x", to=conversation)["seq"] for _ in range(5)]

    assert seqs == [2, 3, 4, 5, 6]
