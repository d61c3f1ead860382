"""From connecting to disconnecting, as a client does that follows the protocol."""

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.frames import CloseCode

from testing.live.people import PASSWORD, Person


def test_a_connection_is_greeted_and_asked_to_authenticate(alice: Person) -> None:
    client = alice.connects()

    greeted, asked = client.receives("connected"), client.receives("auth_required")

    assert greeted["data"].keys() == {"protocol", "heartbeat_seconds"}
    assert greeted["data"]["protocol"] == 1
    assert 0 < asked["data"]["deadline_seconds"] <= 900


def test_two_people_talk(alice: Person, bob: Person) -> None:
    hers, his = alice.logs_in(), bob.logs_in()
    conversation = hers.creates(bob)
    his.receives("conversation_created")

    hello = hers.says("Hello Bob 🙂 ž", to=conversation)
    answer = his.says("Hello Alice", to=conversation)

    assert his.receives("chat_message")["data"] == hello
    assert hers.receives("chat_message")["data"] == answer
    assert (hello["content"], hello["seq"], answer["seq"]) == ("Hello Bob 🙂 ž", 1, 2)


def test_typing_and_read_marks_are_seen(alice: Person, bob: Person) -> None:
    hers, his = alice.logs_in(), bob.logs_in()
    conversation = hers.creates(bob)
    message = hers.says("Hello", to=conversation)

    his.sends_without_waiting("typing", conversationId=conversation)
    his.sends_without_waiting("read_receipt", messageId=message["message_id"])

    assert hers.receives("typing")["data"]["username"] == bob.user.username
    assert hers.receives("read_receipt")["data"]["seq"] == 1


def test_a_client_reconnects_with_its_token_and_catches_up(alice: Person, bob: Person) -> None:
    hers, his = alice.logs_in(), bob.logs_in()
    conversation = hers.creates(bob)
    his.closes()
    missed = hers.says("Are you there?", to=conversation)

    back = bob.logs_in(token=his.token)

    page = back.sends("history", conversationId=conversation, data={"after_seq": 0})
    assert page["data"] == {
        "conversation_id": conversation,
        "messages": [missed],
        "changes": [],
        "has_more": False,
        "up_to": missed["seq"],
    }


def test_changes_reach_members_who_are_there_and_who_were_away(alice: Person, bob: Person) -> None:
    hers, his = alice.logs_in(), bob.logs_in()
    conversation = hers.creates(bob)
    first = hers.says("Hello", to=conversation)
    second = hers.says("A slip", to=conversation)
    his.discards_received()

    edited = hers.sends(
        "edit_message", messageId=first["message_id"], data={"content": "Hello, Bob", "version": 0}
    )
    deleted = hers.sends("delete_message", messageId=second["message_id"])

    assert his.receives("message_changed")["data"] == edited["data"]
    assert his.receives("message_changed")["data"] == deleted["data"]
    missed = his.sends("history", conversationId=conversation, data={"after_seq": 2})["data"]
    assert [change["data"] for change in missed["changes"]] == [edited["data"], deleted["data"]]
    page = his.sends("history", conversationId=conversation)["data"]
    assert [message["content"] for message in page["messages"]] == ["Hello, Bob", ""]


def test_messages_are_found_by_what_they_say_now(alice: Person, bob: Person) -> None:
    hers, his = alice.logs_in(), bob.logs_in()
    conversation = hers.creates(bob)
    found = hers.says("Wo ist die Straße?", to=conversation)
    deleted = hers.says("Straße", to=conversation)
    hers.says("Hello", to=conversation)
    hers.sends("delete_message", messageId=deleted["message_id"])

    data = {"text": "STRASSE"}
    reply = his.sends("search", conversationId=conversation, data=data)

    assert reply["data"] == {"conversation_id": conversation, "messages": [found]}


def test_a_message_that_is_sent_twice_is_stored_once(alice: Person, bob: Person) -> None:
    hers, his = alice.logs_in(), bob.logs_in()
    conversation = hers.creates(bob)
    first = hers.says("once", to=conversation, clientMessageId="m-1")

    again = hers.says("once", to=conversation, clientMessageId="m-1")

    assert again == first
    page = his.sends("history", conversationId=conversation)
    assert page["data"]["messages"] == [first]


def test_members_are_added_and_removed(alice: Person, bob: Person, carol: Person) -> None:
    hers, his, carols = alice.logs_in(), bob.logs_in(), carol.logs_in()
    conversation = hers.creates(bob)
    hers.sends("add_members", conversationId=conversation, data={"members": [carol.user.username]})
    carols.receives("conversation_created")
    hers.sends("remove_member", conversationId=conversation, data={"username": bob.user.username})

    hers.says("Only the two of us now", to=conversation)

    assert carols.receives("chat_message")["data"]["content"] == "Only the two of us now"
    assert his.receives("member_removed")["data"]["username"] == bob.user.username
    his.discards_received()
    his.is_rejected("not_a_member", "history", conversationId=conversation)


def test_signing_out_closes_the_users_other_connections(alice: Person) -> None:
    laptop, phone = alice.logs_in(), alice.logs_in()

    reply = laptop.sends("sign_out")

    assert reply["type"] == "signed_out"
    assert phone.receives("signed_out")["data"] == {"reason": "sign_out"}
    phone.is_closed_by_the_service()
    again = alice.connects().sends("authenticate", data={"token": laptop.token})
    assert again["code"] == "invalid_token"


def test_a_client_that_lost_its_connection_does_not_affect_others(
    alice: Person, bob: Person, carol: Person
) -> None:
    hers, his, carols = alice.logs_in(), bob.logs_in(), carol.logs_in()
    conversation = hers.creates(bob, carol)
    carols.receives("conversation_created")
    his.dies()

    message = hers.says("Anybody left?", to=conversation)

    assert carols.receives("chat_message")["data"] == message


def test_a_client_may_authenticate_before_it_is_asked_to(alice: Person) -> None:
    client = alice.connects()
    proof = {"username": alice.user.username, "password": PASSWORD}

    reply = client.sends("authenticate", data=proof)

    assert reply["type"] == "auth_success"
    client.receives("connected")


def test_a_connection_that_never_authenticates_gets_auth_timeout_and_is_closed(
    alice: Person,
) -> None:
    client = alice.connects()

    told = client.receives("error")

    assert told["code"] == "auth_timeout"
    client.is_closed_by_the_service()


def test_authenticated_connection_outlives_the_deadline(alice: Person, bob: Person) -> None:
    hers = alice.logs_in()
    late = bob.connects()
    late.receives("error")

    ack = hers.sends("heartbeat")

    assert ack["type"] == "heartbeat_ack"


def test_a_close_by_the_client_is_answered(alice: Person) -> None:
    hers = alice.logs_in()

    hers.closes()

    with pytest.raises(ConnectionClosed) as closed:
        hers.socket.recv(timeout=0)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == CloseCode.NORMAL_CLOSURE
