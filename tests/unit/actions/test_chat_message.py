import pytest

from chat.protocol.limits import MAX_CONTENT_BYTES
from chat.push.post import Outcome
from testing.invariants import rows
from testing.people import Client, Person
from testing.simulation import Simulation
from testing.snapshots import stored_tables


@pytest.fixture
def group(alice: Person, bob: Person) -> tuple[Client, Client, str]:
    hers, his = alice.logs_in(), bob.logs_in()
    conversation = hers.creates(bob)
    his.discards_received()
    return hers, his, conversation


type Group = tuple[Client, Client, str]


def test_a_message_reaches_every_connection_of_every_member(group: Group, bob: Person) -> None:
    hers, his, conversation = group
    his_phone = bob.logs_in()

    stored = hers.says("Hello", to=conversation)

    assert his.receives("chat_message") == stored
    assert his_phone.receives("chat_message") == stored


def test_sending_connection_gets_its_message_only_as_the_reply(group: Group, alice: Person) -> None:
    hers, _, conversation = group
    her_phone = alice.logs_in()

    stored = hers.says("Hello", to=conversation)

    hers.receives_nothing()
    assert her_phone.receives("chat_message") == stored


def test_message_carries_author_content_time_and_conversation(group: Group) -> None:
    hers, _, conversation = group

    stored = hers.says("Hello", to=conversation, clientMessageId="c-1")

    assert stored == {
        "message_id": f"{conversation}:1",
        "conversation_id": conversation,
        "seq": 1,
        "user_id": "user-alice",
        "username": "alice",
        "content": "Hello",
        "type": "text",
        "created_at": "2026-11-22T18:19:14.123Z",
        "client_message_id": "c-1",
    }


def test_only_the_reply_repeats_the_request_id(group: Group) -> None:
    hers, his, conversation = group

    reply = hers.sends(
        "chat_message", conversationId=conversation, data={"content": "x"}, requestId="r-1"
    )

    assert reply["requestId"] == "r-1"
    assert "requestId" not in his.received[0]


def test_message_type_is_relayed_unchanged(group: Group) -> None:
    hers, his, conversation = group

    hers.sends(
        "chat_message", conversationId=conversation, data={"content": "x", "type": "a.card_2-b"}
    )

    assert his.receives("chat_message")["type"] == "a.card_2-b"


def test_a_resent_message_is_stored_once_and_pushed_again(group: Group) -> None:
    hers, his, conversation = group
    first = hers.says("Hello", to=conversation, clientMessageId="c-1")

    again = hers.says("Hello?", to=conversation, clientMessageId="c-1")

    assert again == first
    assert [his.receives("chat_message"), his.receives("chat_message")] == [first, first]
    page = hers.sends("history", conversationId=conversation)
    assert page["data"]["messages"] == [first]


def test_a_resent_message_takes_no_number_and_writes_nothing(
    simulation: Simulation, group: Group
) -> None:
    hers, _, conversation = group
    first = hers.says("Hello", to=conversation, clientMessageId="m-1")
    stored = {name: rows(name) for name in stored_tables()}
    requests: list[str] = []

    with simulation.steps.observing(
        simulation.dynamodb, before=lambda step: requests.append(step.name)
    ):
        for _ in range(3):
            assert hers.says("Hello", to=conversation, clientMessageId="m-1") == first

    assert {name: rows(name) for name in stored_tables()} == stored
    assert set(requests) == {"Query", "GetItem", "push"}


def test_client_message_ids_of_two_users_do_not_clash(group: Group) -> None:
    hers, his, conversation = group
    hers.says("Hello", to=conversation, clientMessageId="c-1")

    other = his.says("Hi", to=conversation, clientMessageId="c-1")

    assert other["content"] == "Hi"


def test_client_message_ids_of_two_conversations_do_not_clash(group: Group, bob: Person) -> None:
    hers, _, conversation = group
    hers.says("Hello", to=conversation, clientMessageId="c-1")
    elsewhere = hers.creates(bob)

    other = hers.says("Hello there", to=elsewhere, clientMessageId="c-1")

    assert (other["conversation_id"], other["content"]) == (elsewhere, "Hello there")


def test_longest_content_is_delivered_unchanged(group: Group) -> None:
    hers, his, conversation = group
    content = "€" * (MAX_CONTENT_BYTES // 3)

    hers.says(content, to=conversation)

    assert his.receives("chat_message")["content"] == content


def test_content_over_the_limit_is_rejected_and_not_stored(group: Group) -> None:
    hers, his, conversation = group

    refused = hers.is_rejected(
        "too_large",
        "chat_message",
        conversationId=conversation,
        data={"content": "x" * (MAX_CONTENT_BYTES + 1)},
    )

    assert refused["data"] == {"limit_bytes": MAX_CONTENT_BYTES}
    his.receives_nothing()
    assert hers.sends("history", conversationId=conversation)["data"]["messages"] == []


def test_content_that_exceeds_a_frame_once_encoded_is_rejected(
    simulation: Simulation, group: Group
) -> None:
    hers, _, conversation = group
    # A control character is one byte of UTF-8 and six bytes of JSON.
    frame = '{"type":"chat_message","conversationId":"%s","data":{"content":"%s"}}'
    text = frame % (conversation, "\\u0001" * 5_300)

    reply = simulation.send(hers.connection_id, text)

    assert reply is not None
    assert reply["code"] == "too_large"


@pytest.mark.parametrize(
    ("frame", "field"),
    [
        ({"data": {"content": "x"}}, "conversationId"),
        ({"conversationId": 7, "data": {"content": "x"}}, "conversationId"),
        ({"conversationId": "", "data": {"content": "x"}}, "conversationId"),
        ({"conversationId": "c"}, "data"),
        ({"conversationId": "c", "data": {}}, "data.content"),
        ({"conversationId": "c", "data": {"content": ""}}, "data.content"),
        ({"conversationId": "c", "data": {"content": None}}, "data.content"),
        ({"conversationId": "c", "data": {"content": "x", "type": "Text"}}, "data.type"),
        ({"conversationId": "c", "data": {"content": "x", "type": "text\n"}}, "data.type"),
        (
            {"conversationId": "c", "data": {"content": "x"}, "clientMessageId": ""},
            "clientMessageId",
        ),
        (
            {"conversationId": "c", "data": {"content": "x"}, "clientMessageId": "x" * 65},
            "clientMessageId",
        ),
    ],
)
def test_error_names_the_wrong_field(group: Group, frame: dict[str, object], field: str) -> None:
    hers, _, _ = group

    refused = hers.is_rejected("bad_request", "chat_message", **frame)

    assert refused["data"] == {"field": field}


def test_expired_session_receives_nothing(
    simulation: Simulation, alice: Person, bob: Person
) -> None:
    hers = alice.logs_in()
    simulation.services = simulation.with_limits(session_seconds=600)
    his = bob.logs_in()
    conversation = hers.creates(bob)
    his.discards_received()
    simulation.advance_time(seconds=600)

    hers.says("x", to=conversation)

    his.receives_nothing()


def test_missing_roster_row_of_a_member_is_restored(simulation: Simulation, group: Group) -> None:
    hers, his, conversation = group
    simulation.sockets.fault = lambda each: Outcome.GONE if each == his.connection_id else None
    hers.says("the push that takes his row away", to=conversation)
    simulation.sockets.fault = lambda _: None

    his.says("still here", to=conversation)

    hers.says("welcome back", to=conversation)
    assert his.receives("chat_message")["content"] == "welcome back"
