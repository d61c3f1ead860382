"""`get_messages` reads messages by their ids, as they are now."""

import json

import pytest

from chat.protocol.ids import ConversationId
from chat.protocol.limits import MAX_FRAME_BYTES
from testing.injection import inject_before
from testing.people import Client, Person
from testing.simulation import Simulation
from testing.sockets import Frame

type Room = tuple[Client, Client, ConversationId]


@pytest.fixture
def room(alice: Person, bob: Person) -> Room:
    """Give alice and bob in a group, in which alice has sent three messages."""
    hers, his = alice.logs_in(), bob.logs_in()
    conversation = ConversationId(hers.creates(bob))
    for content in ("one", "two", "three"):
        hers.says(content, to=conversation)
    return hers, his, conversation


def gets(client: Client, conversation: str, *seqs: int) -> Frame:
    ids = [f"{conversation}:{seq}" for seq in seqs]
    data = {"message_ids": ids}
    reply = client.sends("get_messages", conversationId=conversation, data=data)
    assert reply["type"] == "messages", reply
    found: Frame = reply["data"]
    return found


def contents(found: Frame) -> list[str]:
    return [each["content"] for each in found["messages"]]


def test_messages_come_as_they_are_now_in_the_order_asked_for(room: Room) -> None:
    hers, his, conversation = room
    hers.sends("edit_message", messageId=f"{conversation}:1", data={"content": "uno"})
    his.sends("react", messageId=f"{conversation}:3", data={"reaction": "👍", "is_on": True})
    hers.sends("delete_message", messageId=f"{conversation}:2")

    found = gets(his, conversation, 3, 1, 2, 3)

    assert found.keys() == {"conversation_id", "messages"}
    assert contents(found) == ["three", "uno", ""]
    assert found["messages"][0]["reactions"]["total"] == 1
    assert "deleted_at" in found["messages"][2]


def test_messages_that_do_not_exist_are_left_out(room: Room) -> None:
    hers, his, conversation = room
    hers.sends("edit_message", messageId=f"{conversation}:1", data={"content": "uno"})

    assert contents(gets(his, conversation, 0, 2, 4, 99)) == ["two"]


def test_ids_of_another_conversation_are_rejected(room: Room, bob: Person) -> None:
    hers, his, conversation = room
    other = hers.creates(bob)
    hers.says("elsewhere", to=other)

    for wrong in (f"{other}:1", "no id", f"{conversation}:x"):
        refusal = his.is_rejected(
            "bad_request",
            "get_messages",
            conversationId=conversation,
            data={"message_ids": [f"{conversation}:1", wrong]},
        )
        assert refusal["data"] == {"field": "data.message_ids"}


def test_messages_that_do_not_fit_one_frame_are_named(room: Room) -> None:
    hers, his, conversation = room
    for _ in range(3):
        hers.says("x" * 12_000, to=conversation)

    data = {"message_ids": [f"{conversation}:{seq}" for seq in (4, 5, 6)]}
    frame = {"type": "get_messages", "conversationId": conversation, "data": data}
    body = his.simulation.invoke("get_messages", his.connection_id, json.dumps(frame))["body"]

    assert len(body.encode()) <= MAX_FRAME_BYTES
    found = json.loads(body)["data"]
    assert [each["seq"] for each in found["messages"]] == [4, 5]
    assert found["left_out"] == [f"{conversation}:6"]


def test_names_of_what_is_left_out_fit_the_frame_too(room: Room) -> None:
    hers, his, conversation = room
    for _ in range(50):
        hers.says("x" * 3_000, to=conversation)

    data = {"message_ids": [f"{conversation}:{seq}" for seq in range(4, 54)]}
    frame = {"type": "get_messages", "conversationId": conversation, "data": data}
    body = his.simulation.invoke("get_messages", his.connection_id, json.dumps(frame))["body"]

    assert len(body.encode()) <= MAX_FRAME_BYTES
    found = json.loads(body)["data"]
    assert len(found["messages"]) + len(found["left_out"]) == 50


@pytest.mark.parametrize("number", [0, 51])
def test_one_to_fifty_messages_are_asked_for_at_once(room: Room, number: int) -> None:
    _, his, conversation = room
    data = {"message_ids": [f"{conversation}:1"] * number}

    his.is_rejected("bad_request", "get_messages", conversationId=conversation, data=data)


@pytest.mark.parametrize("change", ["edit_message", "react", "chat_message"])
def test_member_removed_meanwhile_reads_no_later_state(
    room: Room, simulation: Simulation, change: str
) -> None:
    hers, his, conversation = room
    changes: dict[str, Frame] = {
        "edit_message": {"messageId": f"{conversation}:1", "data": {"content": "secret"}},
        "react": {"messageId": f"{conversation}:1", "data": {"reaction": "👍", "is_on": True}},
        "chat_message": {"conversationId": conversation, "data": {"content": "secret"}},
    }

    def bob_is_removed_and_alice_goes_on() -> None:
        hers.sends("remove_member", conversationId=conversation, data={"username": "bob"})
        hers.sends(change, **changes[change])

    ids = {"message_ids": [f"{conversation}:{seq}" for seq in (1, 2, 3, 4, 5)]}
    with inject_before(simulation, "BatchGetItem", bob_is_removed_and_alice_goes_on):
        reply = his.sends("get_messages", conversationId=conversation, data=ids)

    assert "secret" not in str(reply)
    assert "👍" not in str(reply)
