import pytest

from chat.protocol.limits import MAX_CONTENT_BYTES
from chat.push.outcome import Outcome
from testing.invariants import rows
from testing.people import Client, Person
from testing.simulation import Simulation
from testing.snapshots import stored_tables


@pytest.fixture
def room(alice: Person, bob: Person) -> tuple[Client, Client, str]:
    hers, his = alice.arrives(), bob.arrives()
    conversation = hers.creates(bob)
    his.forgets()
    return hers, his, conversation


type Room = tuple[Client, Client, str]


def test_a_message_reaches_every_connection_of_every_member(room: Room, bob: Person) -> None:
    hers, his, conversation = room
    his_phone = bob.arrives()

    stored = hers.says("Hello", to=conversation)

    assert his.receives("chat_message") == stored
    assert his_phone.receives("chat_message") == stored


def test_the_reply_is_the_senders_only_copy(room: Room, alice: Person) -> None:
    hers, _, conversation = room
    her_phone = alice.arrives()

    stored = hers.says("Hello", to=conversation)

    hers.receives_nothing()
    assert her_phone.receives("chat_message") == stored


def test_a_message_says_who_wrote_what_when_and_where(room: Room) -> None:
    hers, _, conversation = room

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


def test_only_the_reply_repeats_the_request_id(room: Room) -> None:
    hers, his, conversation = room

    reply = hers.sends(
        "chat_message", conversationId=conversation, data={"content": "x"}, requestId="r-1"
    )

    assert reply["requestId"] == "r-1"
    assert "requestId" not in his.received[0]


def test_the_type_is_relayed_as_it_is(room: Room) -> None:
    hers, his, conversation = room

    hers.sends(
        "chat_message", conversationId=conversation, data={"content": "x", "type": "a.card_2-b"}
    )

    assert his.receives("chat_message")["type"] == "a.card_2-b"


def test_numbers_rise_by_conversation(room: Room) -> None:
    hers, his, conversation = room

    seqs = [each.says("x", to=conversation)["seq"] for each in (hers, his, hers)]

    assert seqs == [1, 2, 3]


def test_a_resent_message_is_stored_once_and_pushed_again(room: Room) -> None:
    hers, his, conversation = room
    first = hers.says("Hello", to=conversation, clientMessageId="c-1")

    again = hers.says("Hello?", to=conversation, clientMessageId="c-1")

    assert again == first
    assert [his.receives("chat_message"), his.receives("chat_message")] == [first, first]
    page = hers.sends("history", conversationId=conversation)
    assert page["data"]["messages"] == [first]


def test_a_resent_message_takes_no_number_and_writes_nothing(
    simulation: Simulation, room: Room
) -> None:
    hers, _, conversation = room
    first = hers.says("Hello", to=conversation, clientMessageId="m-1")
    stored = {name: rows(name) for name in stored_tables()}
    requests: list[str] = []

    with simulation.steps.telling(
        simulation.dynamodb, before=lambda step: requests.append(step.name)
    ):
        for _ in range(3):
            assert hers.says("Hello", to=conversation, clientMessageId="m-1") == first

    assert {name: rows(name) for name in stored_tables()} == stored
    assert set(requests) == {"Query", "GetItem", "push"}


def test_a_client_message_id_is_the_users_own(room: Room) -> None:
    hers, his, conversation = room
    hers.says("Hello", to=conversation, clientMessageId="c-1")

    other = his.says("Hi", to=conversation, clientMessageId="c-1")

    assert other["content"] == "Hi"


def test_a_client_message_id_is_the_conversations_own(room: Room, bob: Person) -> None:
    hers, _, conversation = room
    hers.says("Hello", to=conversation, clientMessageId="c-1")
    elsewhere = hers.creates(bob)

    other = hers.says("Hello there", to=elsewhere, clientMessageId="c-1")

    assert (other["conversation_id"], other["content"]) == (elsewhere, "Hello there")


def test_a_client_message_id_may_be_used_again_after_a_day(
    simulation: Simulation, room: Room
) -> None:
    hers, _, conversation = room
    hers.says("Hello", to=conversation, clientMessageId="c-1")
    simulation.passes(seconds=24 * 60 * 60)
    back = Client(simulation, simulation.connect(), hers.user)
    back.sends(
        "authenticate",
        data={"username": "alice", "password": "correct horse battery staple"},
    )

    later = back.says("Good morning", to=conversation, clientMessageId="c-1")

    assert later["content"] == "Good morning"


def test_content_of_the_greatest_length_arrives_whole(room: Room) -> None:
    hers, his, conversation = room
    content = "€" * (MAX_CONTENT_BYTES // 3)

    hers.says(content, to=conversation)

    assert his.receives("chat_message")["content"] == content


def test_content_over_the_limit_is_too_large_and_stores_nothing(room: Room) -> None:
    hers, his, conversation = room

    refused = hers.is_refused(
        "too_large",
        "chat_message",
        conversationId=conversation,
        data={"content": "x" * (MAX_CONTENT_BYTES + 1)},
    )

    assert refused["data"] == {"limit_bytes": MAX_CONTENT_BYTES}
    his.receives_nothing()
    assert hers.sends("history", conversationId=conversation)["data"]["messages"] == []


def test_content_that_grows_over_a_frame_when_encoded_is_too_large(
    simulation: Simulation, room: Room
) -> None:
    hers, _, conversation = room
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
def test_a_wrong_field_is_named(room: Room, frame: dict[str, object], field: str) -> None:
    hers, _, _ = room

    refused = hers.is_refused("bad_request", "chat_message", **frame)

    assert refused["data"] == {"field": field}


def test_someone_outside_is_not_a_member(room: Room, carol: Person) -> None:
    _, his, conversation = room
    outsider = carol.arrives()

    outsider.is_refused(
        "not_a_member", "chat_message", conversationId=conversation, data={"content": "x"}
    )

    his.receives_nothing()


def test_a_conversation_that_does_not_exist_looks_like_somebody_elses(alice: Person) -> None:
    hers = alice.arrives()

    hers.is_refused("not_a_member", "chat_message", conversationId="none", data={"content": "x"})


def test_an_unauthenticated_connection_is_told_so(simulation: Simulation, room: Room) -> None:
    _, _, conversation = room
    frame = {"type": "chat_message", "conversationId": conversation, "data": {"content": "x"}}

    reply = simulation.send(simulation.connect(), frame)

    assert reply is not None
    assert reply["code"] == "not_authenticated"


def test_a_session_that_ran_out_asks_to_authenticate_again(
    simulation: Simulation, room: Room, alice: Person
) -> None:
    _, _, conversation = room
    simulation.services = simulation.with_limits(session_seconds=600)
    hers = alice.arrives()
    simulation.passes(seconds=600)

    refused = hers.sends("chat_message", conversationId=conversation, data={"content": "x"})

    assert refused["code"] == "auth_expired"


def test_nothing_is_pushed_to_a_session_that_ran_out(
    simulation: Simulation, alice: Person, bob: Person
) -> None:
    hers = alice.arrives()
    simulation.services = simulation.with_limits(session_seconds=600)
    his = bob.arrives()
    conversation = hers.creates(bob)
    his.forgets()
    simulation.passes(seconds=600)

    hers.says("x", to=conversation)

    his.receives_nothing()


def test_a_gone_connection_loses_its_row_and_nothing_else(
    simulation: Simulation, room: Room, bob: Person
) -> None:
    hers, his, conversation = room
    his_phone = bob.arrives()
    his.closes(announced=False)

    hers.says("one", to=conversation)
    hers.says("two", to=conversation)

    assert [his_phone.receives("chat_message")["content"] for _ in "12"] == ["one", "two"]
    assert simulation.counted["PushGone"] == 1


@pytest.mark.parametrize("outcome", [Outcome.SLOW, Outcome.FAILED])
def test_a_push_that_fails_keeps_its_row(
    simulation: Simulation, room: Room, outcome: Outcome
) -> None:
    hers, his, conversation = room
    simulation.sockets.fault = lambda each: outcome if each == his.connection_id else None
    hers.says("lost", to=conversation)
    simulation.sockets.fault = lambda _: None

    hers.says("found", to=conversation)

    assert his.receives("chat_message")["content"] == "found"


def test_a_member_missing_from_the_roster_is_put_there(simulation: Simulation, room: Room) -> None:
    hers, his, conversation = room
    simulation.sockets.fault = lambda each: Outcome.GONE if each == his.connection_id else None
    hers.says("the push that takes his row away", to=conversation)
    simulation.sockets.fault = lambda _: None

    his.says("still here", to=conversation)

    hers.says("welcome back", to=conversation)
    assert his.receives("chat_message")["content"] == "welcome back"
