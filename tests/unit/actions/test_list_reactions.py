"""`list_reactions` says who reacted to a message, and how."""

import pytest

from chat.protocol.ids import ConversationId
from testing.injection import inject_before
from testing.people import Client, Person
from testing.simulation import Simulation
from testing.sockets import Frame

type Room = tuple[Client, Client, ConversationId]


@pytest.fixture
def room(alice: Person, bob: Person) -> Room:
    """Give alice and bob in a group, in which alice has sent messages 1 and 2."""
    hers, his = alice.logs_in(), bob.logs_in()
    conversation = ConversationId(hers.creates(bob))
    for content in ("one", "two"):
        hers.says(content, to=conversation)
    return hers, his, conversation


def reacts(client: Client, conversation: str, reaction: str, seq: int = 1) -> None:
    data = {"reaction": reaction, "is_on": True}
    reply = client.sends("react", messageId=f"{conversation}:{seq}", data=data)
    assert reply["type"] == "message_changed", reply


def listed(client: Client, conversation: str, **data: object) -> Frame:
    reply = client.sends("list_reactions", messageId=f"{conversation}:1", data=data)
    assert reply["type"] == "reactions", reply
    page: Frame = reply["data"]
    return page


def test_page_lists_each_user_with_their_reactions_in_their_order(
    room: Room, simulation: Simulation
) -> None:
    hers, his, conversation = room
    for client, reaction in ((his, "👍"), (hers, "🎉"), (his, "🎉")):
        simulation.advance_time(seconds=1)
        reacts(client, conversation, reaction)
    reacts(hers, conversation, "😀", seq=2)

    assert listed(hers, conversation) == {
        "message_id": f"{conversation}:1",
        "items": [
            {"user_id": "user-alice", "username": "alice", "reactions": ["🎉"]},
            {"user_id": "user-bob", "username": "bob", "reactions": ["👍", "🎉"]},
        ],
    }


def test_reactions_to_one_message_are_not_those_to_another_whose_number_begins_alike(
    room: Room,
) -> None:
    hers, his, conversation = room
    for _ in range(10):
        hers.says("more", to=conversation)
    reacts(his, conversation, "👍", seq=11)

    assert listed(hers, conversation)["items"] == []


def test_page_of_one_reaction_lists_only_those_who_gave_it(
    room: Room, simulation: Simulation
) -> None:
    hers, his, conversation = room
    reacts(his, conversation, "👍")
    simulation.advance_time(seconds=1)
    reacts(hers, conversation, "🎉")
    reacts(his, conversation, "🎉")

    [item] = listed(hers, conversation, reaction="👍")["items"]

    assert item == {"user_id": "user-bob", "username": "bob", "reactions": ["👍", "🎉"]}


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_pages_list_each_user_once(room: Room, simulation: Simulation, limit: int) -> None:
    hers, his, conversation = room
    others = [Person(simulation, f"user{number}") for number in range(5)]
    named = {"members": [each.user.username for each in others]}
    hers.sends("add_members", conversationId=conversation, data=named)
    for person in others:
        client = person.logs_in()
        for reaction in ("👍", "🎉", "😀", "1", "2"):
            reacts(client, conversation, reaction)

    found: list[str] = []
    asked: dict[str, object] = {"limit": limit}
    while True:
        page = listed(his, conversation, **asked)
        assert len(page["items"]) <= limit
        assert all(len(each["reactions"]) == 5 for each in page["items"])
        found += [each["username"] for each in page["items"]]
        if "cursor" not in page:
            break
        asked["cursor"] = page["cursor"]

    assert found == [each.user.username for each in others]


def test_cursor_of_another_message_is_rejected(room: Room) -> None:
    hers, his, conversation = room
    reacts(his, conversation, "👍")
    cursor = listed(hers, conversation, limit=1)["cursor"]

    hers.is_rejected(
        "bad_request",
        "list_reactions",
        messageId=f"{conversation}:2",
        data={"cursor": cursor},
    )


def test_deleted_message_has_no_reactions_to_list(room: Room) -> None:
    hers, his, conversation = room
    reacts(his, conversation, "👍")
    hers.sends("delete_message", messageId=f"{conversation}:1")

    assert listed(his, conversation)["items"] == []


@pytest.mark.parametrize("message", ["9", "", "0"])
def test_missing_message_has_no_reactions_to_list(room: Room, message: str) -> None:
    _, his, conversation = room

    his.is_rejected("not_a_member", "list_reactions", messageId=f"{conversation}:{message}")


def test_member_removed_meanwhile_learns_nothing_newer(room: Room, simulation: Simulation) -> None:
    hers, his, conversation = room

    def bob_is_removed_and_alice_reacts() -> None:
        hers.sends("remove_member", conversationId=conversation, data={"username": "bob"})
        reacts(hers, conversation, "🎉")

    with inject_before(simulation, "Query", bob_is_removed_and_alice_reacts):
        his.is_rejected("not_a_member", "list_reactions", messageId=f"{conversation}:1")
