"""The owner's backend sends frames in users' names, by the same rules as their clients."""

import json
from typing import Any

import pytest

from chat.protocol.backend_calls import MAX_CALL_FRAMES
from chat.protocol.ids import Username
from chat.protocol.limits import MAX_CONTENT_BYTES, MAX_FRAME_BYTES
from chat.runtime.backend import backend_handler
from chat.runtime.routes import OF_A_CONNECTION, ROUTES
from chat.storage.users import find_credential, find_users
from docs.reference.examples import request_of
from testing.backend import Backend, ServedClient
from testing.injection import inject_before
from testing.people import Client, Person
from testing.simulation import Simulation
from testing.sockets import Frame
from tests.unit.runtime.conftest import Invocation, Lines

type Group = tuple[Client, Client, str]

SERVED = sorted(ROUTES.keys() - OF_A_CONNECTION)
FOR_MEMBERS = [
    key
    for key in SERVED
    if {"conversation_id", "message_id"} & set(ROUTES[key].frame.__struct_fields__)
]
HELLO = {"type": "chat_message", "data": {"content": "Hello"}}


@pytest.fixture
def backend(simulation: Simulation) -> Backend:
    return Backend(simulation)


@pytest.fixture
def group(alice: Person, bob: Person) -> Group:
    hers, his = alice.logs_in(), bob.logs_in()
    conversation = hers.creates(bob)
    hers.says("one", to=conversation)
    his.discards_received()
    return hers, his, conversation


def example(type_: str, conversation: str) -> dict[str, Any]:
    """Give the example of a frame, for a conversation of the test."""
    places = {"conversationId": conversation, "messageId": f"{conversation}:1"}
    frame = request_of(type_).frame
    return frame | {name: place for name, place in places.items() if name in frame}


def shape(data: object) -> object:
    """Give the fields of a frame's data, without their values."""
    if isinstance(data, dict):
        return {name: shape(value) for name, value in data.items()}
    return type(data)


# Whose frames, and who gets them.


def test_every_live_connection_of_every_member_gets_the_message(
    backend: Backend, group: Group
) -> None:
    hers, his, conversation = group

    reply = backend.sends(
        "alice", "chat_message", conversationId=conversation, data={"content": "Hi"}
    )

    assert (reply["data"]["username"], reply["data"]["content"]) == ("alice", "Hi")
    assert hers.receives("chat_message") == his.receives("chat_message") == reply["data"]
    history = his.sends("history", conversationId=conversation)
    assert history["data"]["messages"][-1] == reply["data"]


def test_user_without_a_connection_sends(backend: Backend, group: Group, carol: Person) -> None:
    hers, _, conversation = group
    hers.sends("add_members", conversationId=conversation, data={"members": ["carol"]})

    reply = backend.sends(
        "carol", "chat_message", conversationId=conversation, data={"content": "Hi"}
    )

    assert reply["data"]["user_id"] == carol.user.user_id
    assert hers.receives("chat_message")["content"] == "Hi"


def test_a_name_is_the_same_in_any_case(backend: Backend, alice: Person) -> None:
    answer = backend.calls("ALICE")

    assert answer == {
        "user": {"user_id": alice.user.user_id, "username": "alice"},
        "replies": [],
    }


# The same rules.


@pytest.mark.parametrize("type_", FOR_MEMBERS)
def test_user_who_is_no_member_is_rejected(
    backend: Backend, group: Group, carol: Person, type_: str
) -> None:
    hers, his, conversation = group

    reply = backend.sends(carol.user.username, **example(type_, conversation) | {"type_": type_})

    assert (reply["type"], reply["code"]) == ("error", "not_a_member")
    hers.receives_nothing()
    his.receives_nothing()


@pytest.mark.parametrize("type_", SERVED)
def test_a_frame_gets_the_reply_that_a_client_gets(
    backend: Backend, group: Group, bob: Person, type_: str
) -> None:
    hers, _, conversation = group
    other = hers.creates(bob)
    hers.says("one", to=other)
    theirs = hers.sends(**{"type_": type_} | example(type_, other) | {"requestId": "r-1"})

    ours = backend.calls("alice", example(type_, conversation) | {"requestId": "r-1"})["replies"][0]

    assert ours.keys() == theirs.keys()
    for name in ("type", "code", "requestId"):
        assert ours.get(name) == theirs.get(name)
    assert shape(ours.get("data")) == shape(theirs.get("data"))


def test_roles_hold_for_the_user(backend: Backend, group: Group) -> None:
    _, _, conversation = group

    reply = backend.sends("bob", "set_title", conversationId=conversation, data={"title": "Tea"})

    assert reply["code"] == "forbidden"


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (1, "bad_request"),
        ({"data": {}}, "bad_request"),
        ({"type": ["chat_message"]}, "bad_request"),
        ({"type": "dance"}, "unknown_type"),
        ({"type": "authenticate", "data": {"token": "t"}}, "unknown_type"),
        ({"type": "chat_message", "data": {"content": "x"}}, "bad_request"),
        (HELLO | {"conversationId": "c", "data": {"content": "\ud800"}}, "bad_request"),
        (
            HELLO | {"conversationId": "c", "data": {"content": "x" * (MAX_CONTENT_BYTES + 1)}},
            "too_large",
        ),
        (
            HELLO | {"conversationId": "c", "padding": "x" * MAX_FRAME_BYTES},
            "too_large",
        ),
    ],
)
def test_wrong_frame_is_rejected_as_a_clients_is(
    backend: Backend, alice: Person, frame: object, code: str
) -> None:
    replies = backend.calls(alice.user.username, frame)["replies"]

    assert [each["code"] for each in replies] == [code]


def test_letters_of_any_script_count_as_in_a_clients_frame(backend: Backend, group: Group) -> None:
    _, _, conversation = group
    content = "茶" * (MAX_CONTENT_BYTES // 3)

    reply = backend.sends(
        "bob", "chat_message", conversationId=conversation, data={"content": content}
    )

    assert reply["data"]["content"] == content


def test_a_message_sent_again_is_stored_once(backend: Backend, group: Group) -> None:
    hers, _, conversation = group
    frame = HELLO | {"conversationId": conversation, "clientMessageId": "order-17"}

    first, second = (backend.calls("bob", frame)["replies"][0] for _ in range(2))

    assert first == second
    messages = hers.sends("history", conversationId=conversation)["data"]["messages"]
    assert [each["content"] for each in messages] == ["one", "Hello"]


def test_a_message_sent_by_a_client_and_again_by_the_backend_is_stored_once(
    backend: Backend, group: Group
) -> None:
    _, his, conversation = group
    said = his.says("Hello", to=conversation, clientMessageId="order-17")

    reply = backend.calls(
        "bob", HELLO | {"conversationId": conversation, "clientMessageId": "order-17"}
    )["replies"][0]

    assert reply["data"] == said


def test_rates_of_a_connection_do_not_apply(
    simulation: Simulation, backend: Backend, group: Group
) -> None:
    _, _, conversation = group
    simulation.services = simulation.with_limits(messages_per_minute=1, history_per_minute=1)
    frames = [
        HELLO | {"conversationId": conversation},
        {"type": "history", "conversationId": conversation},
    ]

    replies = backend.calls("bob", *frames * 3)["replies"]

    assert {each["type"] for each in replies} == {"chat_message", "history"}


LATER = "2027-01-01T00:00:00.000Z"


def test_muted_user_sends_nothing(backend: Backend, group: Group) -> None:
    hers, _, conversation = group
    muted = {"username": "bob", "until": LATER}
    hers.sends("mute_member", conversationId=conversation, data=muted)

    replies = backend.calls(
        "bob",
        HELLO | {"conversationId": conversation},
        {
            "type": "react",
            "messageId": f"{conversation}:1",
            "data": {"reaction": "👍", "is_on": True},
        },
    )["replies"]

    assert [each["code"] for each in replies] == ["muted", "muted"]


def test_members_wait_in_slow_mode(backend: Backend, group: Group) -> None:
    hers, _, conversation = group
    hers.sends("set_slow_mode", conversationId=conversation, data={"slow_seconds": 60})
    frame = HELLO | {"conversationId": conversation}

    replies = backend.calls("bob", frame, frame)["replies"]

    assert [each.get("code") for each in replies] == [None, "rate_limited"]


def test_banned_user_sends_nothing(backend: Backend, group: Group) -> None:
    hers, _, conversation = group
    hers.sends("ban_member", conversationId=conversation, data={"username": "bob"})

    reply = backend.calls("bob", HELLO | {"conversationId": conversation})["replies"][0]

    assert reply["code"] == "not_a_member"


# Files, which belong to the user in whose name they are uploaded.


@pytest.fixture
def shop(simulation: Simulation, group: Group) -> Client:
    """Give a user of the conversation whose frames the backend sends."""
    _, his, _ = group
    return ServedClient(simulation, his.connection_id, his.user)


def test_backend_uploads_files_and_sends_them_in_its_users_name(shop: Client, group: Group) -> None:
    hers, _, conversation = group
    invoice = shop.uploads(conversation, b"an invoice", name="invoice.pdf")

    sent = shop.shows(invoice, to=conversation)

    assert [each["name"] for each in sent["attachments"]] == ["invoice.pdf"]
    assert hers.receives("chat_message") == sent
    asked = {"attachment_ids": [invoice]}
    [address] = shop.sends("get_attachments", conversationId=conversation, data=asked)["data"][
        "items"
    ]
    assert address["attachment_id"] == invoice


def test_file_that_the_user_uploaded_can_be_sent_by_the_backend(shop: Client, group: Group) -> None:
    _, his, conversation = group

    sent = shop.shows(his.uploads(conversation), to=conversation)

    assert len(sent["attachments"]) == 1


@pytest.mark.parametrize("as_operator", [False, True])
def test_file_of_another_user_is_not_sent(
    backend: Backend, shop: Client, group: Group, *, as_operator: bool
) -> None:
    _, _, conversation = group
    data = {"attachments": [{"attachment_id": shop.uploads(conversation)}]}
    frame = {"type": "chat_message", "conversationId": conversation, "data": data}

    [reply] = backend.calls("alice", frame, as_operator=as_operator)["replies"]

    assert (reply["code"], reply["data"]) == ("bad_request", {"field": "data.attachments"})


def test_operator_sends_files_to_a_conversation_of_others(
    simulation: Simulation, group: Group, carol: Person
) -> None:
    hers, _, conversation = group
    support = ServedClient(simulation, carol.logs_in().connection_id, carol.user)
    support.options = {"as_operator": True}

    sent = support.shows(support.uploads(conversation), to=conversation)
    support.sends("delete_message", messageId=sent["message_id"])

    assert hers.receives("chat_message") == sent
    assert hers.receives("message_changed")["change"] == "deleted"
    assert not list(simulation.files.each_taken())


# Several frames.


def test_frames_are_carried_out_in_order(backend: Backend, group: Group) -> None:
    _, his, conversation = group
    frames = [
        HELLO
        | {
            "conversationId": conversation,
            "data": {"content": str(number)},
            "requestId": f"r{number}",
        }
        for number in range(MAX_CALL_FRAMES)
    ]

    replies = backend.calls("alice", *frames)["replies"]

    numbers = [str(number) for number in range(MAX_CALL_FRAMES)]
    assert [each["data"]["content"] for each in replies] == numbers
    assert [each["requestId"] for each in replies] == [f"r{number}" for number in numbers]
    assert [each["data"]["content"] for each in his.received] == numbers
    assert "requestId" not in his.received[0]


def test_a_frame_that_fails_does_not_keep_the_next_one_from_being_sent(
    backend: Backend, group: Group
) -> None:
    _, _, conversation = group

    replies = backend.calls("alice", {"type": "dance"}, HELLO | {"conversationId": conversation})[
        "replies"
    ]

    assert [each["type"] for each in replies] == ["error", "chat_message"]


def test_a_frame_without_a_direct_reply_is_acknowledged(backend: Backend, group: Group) -> None:
    _, his, conversation = group

    reply = backend.sends("alice", "typing", conversationId=conversation)

    assert reply == {"type": "ack"}
    assert his.receives("typing")["username"] == "alice"


def test_a_fault_is_answered_with_a_reference_and_the_next_frame_is_sent(
    simulation: Simulation, backend: Backend, group: Group
) -> None:
    _, _, conversation = group
    frame = HELLO | {"conversationId": conversation}

    def fail() -> None:
        raise RuntimeError

    with inject_before(simulation, "PutItem", fail):
        replies = backend.calls("alice", frame, frame)["replies"]

    assert [each.get("code") for each in replies] == ["internal", None]
    assert replies[0]["data"] == {"reference": Invocation.aws_request_id}


def test_frames_for_which_no_time_is_left_are_not_carried_out(
    simulation: Simulation, group: Group
) -> None:
    hers, his, conversation = group
    handler = backend_handler(ROUTES, lambda: simulation.services)
    call = {"as": "alice", "frames": [HELLO | {"conversationId": conversation}]}

    reply = handler(call, Invocation(seconds_left=2))["replies"][0]

    assert (reply["code"], reply["data"]) == ("rate_limited", {"retry_after_seconds": 1})
    his.receives_nothing()
    assert len(hers.sends("history", conversationId=conversation)["data"]["messages"]) == 1


# Users.


def test_a_user_is_created_if_the_call_asks_for_that(backend: Backend, group: Group) -> None:
    hers, _, conversation = group

    created = backend.calls("Shop", create_users=True)["user"]

    assert created["username"] == "shop"
    hers.sends("add_members", conversationId=conversation, data={"members": ["shop"]})
    reply = backend.sends(
        "shop", "chat_message", conversationId=conversation, data={"content": "Hi"}
    )
    assert reply["data"]["user_id"] == created["user_id"]


def test_creating_a_user_again_gives_the_same_user(backend: Backend) -> None:
    first, second = (backend.calls("shop", create_users=True)["user"] for _ in range(2))

    assert first == second


def test_two_calls_that_create_a_user_at_once_get_the_same_user(
    simulation: Simulation, backend: Backend
) -> None:
    other: list[Frame] = []

    def create() -> None:
        other.append(backend.calls("shop", create_users=True)["user"])

    with inject_before(simulation, "TransactWriteItems", create):
        created = backend.calls("shop", create_users=True)["user"]

    assert [created] == other


def test_nobody_knows_the_password_of_a_created_user(
    simulation: Simulation, backend: Backend
) -> None:
    backend.calls("shop", create_users=True)
    backend.calls("store", create_users=True)

    shop, store = (find_credential(Username(name)) for name in ("shop", "store"))

    assert shop
    assert store
    assert shop.password_hash.startswith("$argon2id$")
    assert not simulation.services.passwords().is_right("", shop.password_hash)
    assert shop.password_hash != store.password_hash


@pytest.mark.parametrize("name", ["no spaces", "ä", "x" * 64 + "y"])
def test_a_name_that_no_user_can_have_creates_nobody(backend: Backend, name: str) -> None:
    answer = backend.calls(name, create_users=True)

    assert (answer["type"], answer["code"], answer["data"]) == (
        "error",
        "bad_request",
        {"field": "as"},
    )
    assert not find_users([Username(name)])


def test_an_unknown_user_sends_nothing(backend: Backend, group: Group) -> None:
    hers, _, conversation = group

    answer = backend.calls("nobody", HELLO | {"conversationId": conversation})

    assert (answer["code"], answer["data"]) == ("bad_request", {"field": "as"})
    hers.receives_nothing()


# The call.


@pytest.mark.parametrize(
    ("call", "field"),
    [
        ({}, "as"),
        ({"as": "alice"}, "frames"),
        ({"as": 1, "frames": []}, "as"),
        ({"as": "", "frames": []}, "as"),
        ({"as": "alice", "frames": {}}, "frames"),
        ({"as": "alice", "frames": [{}] * (MAX_CALL_FRAMES + 1)}, "frames"),
        ({"as": "alice", "frames": [], "as_operator": "yes"}, "as_operator"),
        ({"as": "alice", "frames": [], "caller": "two\nlines"}, "caller"),
        ({"as": "alice", "frames": [], "as_operater": True}, None),
        ([], None),
        (None, None),
    ],
)
@pytest.mark.usefixtures("alice")
def test_a_call_that_is_wrong_is_answered_with_one_error(
    simulation: Simulation,
    call: Any,  # noqa: ANN401 -- anything
    field: str | None,
) -> None:
    answer = simulation.backend(call, Invocation())

    assert (answer["type"], answer["code"]) == ("error", "bad_request")
    assert answer.get("data") == ({"field": field} if field else None)


def test_a_fault_of_the_call_is_answered_with_a_reference(
    simulation: Simulation, backend: Backend, alice: Person
) -> None:
    def fail() -> None:
        raise RuntimeError

    with inject_before(simulation, "BatchGetItem", fail):
        answer = backend.calls(alice.user.username)

    assert (answer["code"], answer["data"]) == (
        "internal",
        {"reference": Invocation.aws_request_id},
    )


# The log.


def test_each_call_is_logged_with_its_caller(backend: Backend, group: Group, logged: Lines) -> None:
    hers, _, conversation = group

    backend.calls(
        "alice",
        HELLO | {"conversationId": conversation},
        {"type": "Hello?"},
        caller="billing",
        as_operator=True,
    )

    [call] = [line for line in logged() if line["message"] == "called"]
    assert (call["caller"], call["as_operator"]) == ("billing", True)
    assert call["user_id"] == hers.user.user_id
    assert call["routes"] == ["chat_message", "default"]
    assert "Hello" not in json.dumps(logged())


def test_a_rejected_frame_is_logged_with_its_user(
    backend: Backend, group: Group, carol: Person, logged: Lines
) -> None:
    _, _, conversation = group

    backend.calls("carol", HELLO | {"conversationId": conversation})

    [refused] = [line for line in logged() if line["message"] == "refused"]
    assert (refused["user_id"], refused["route"]) == (carol.user.user_id, "chat_message")
    assert refused["code"] == "not_a_member"
