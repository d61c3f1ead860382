import json

import pytest

from chat.protocol.client_frames import MAX_NAMED_MEMBERS
from chat.protocol.ids import ConversationId, UserId, Username
from chat.protocol.limits import MAX_MESSAGE_BYTES
from chat.storage.membership_changes import MAX_ADDED_AT_ONCE
from chat.storage.memberships import members_page
from chat.storage.users import User, create_user
from testing.people import Client, Person
from testing.simulation import Simulation
from testing.sockets import Frame

QUOTE = '"'
"""Twice as long in JSON."""

type Room = tuple[Client, Client, str]


@pytest.fixture
def room(alice: Person, bob: Person) -> Room:
    """Give alice, who owns a group, and bob, who is a member of it."""
    hers, his = alice.arrives(), bob.arrives()
    conversation = hers.creates(bob, title="Lunch")
    his.forgets()
    return hers, his, conversation


def adds(client: Client, conversation: str, *names: str) -> Frame:
    reply = client.sends("add_members", conversationId=conversation, data={"members": names})
    assert reply["type"] == "members_added", reply
    added: Frame = reply["data"]
    return added


def test_the_reply_says_who_came_and_by_whom(room: Room, carol: Person) -> None:
    hers, _, conversation = room
    carol.arrives()

    reply = hers.sends(
        "add_members", conversationId=conversation, data={"members": ["carol"]}, requestId="r-1"
    )

    assert reply == {
        "type": "members_added",
        "requestId": "r-1",
        "data": {
            "conversation_id": conversation,
            "seq": 1,
            "members": [
                {
                    "user_id": "user-carol",
                    "username": "carol",
                    "role": "member",
                    "last_read_seq": 1,
                    "online": True,
                }
            ],
            "by": {"user_id": "user-alice", "username": "alice"},
        },
    }


def test_every_other_connection_of_the_members_is_told_who_came(
    room: Room, alice: Person, carol: Person
) -> None:
    hers, his, conversation = room
    phone, theirs = alice.arrives(), carol.arrives()

    told = adds(hers, conversation, "carol")

    hers.receives_nothing()
    assert his.receives("members_added") == told
    assert phone.receives("members_added") == told
    theirs.forgets()


def test_the_added_are_shown_the_conversation_on_each_of_their_connections(
    room: Room, carol: Person
) -> None:
    hers, _, conversation = room
    said = hers.says("Who is hungry?", to=conversation)
    clients = carol.arrives(), carol.arrives()

    adds(hers, conversation, "carol")

    for client in clients:
        assert client.receives("conversation_created") == {
            "conversation_id": conversation,
            "kind": "group",
            "title": "Lunch",
            "role": "member",
            "last_seq": 2,
            "last_message": said,
            "last_activity_at": "2026-11-22T18:19:14.123Z",
            "last_read_seq": 2,
            "unread_count": 0,
            "mention_count": 0,
            "created_at": "2026-11-22T18:19:14.123Z",
        }
        client.receives_nothing()


def test_a_newcomers_past_is_not_unread_when_coming_back_either(room: Room, carol: Person) -> None:
    hers, _, conversation = room
    theirs = carol.arrives()
    hers.says("One", to=conversation)
    adds(hers, conversation, "carol")
    hers.says("Two", to=conversation)
    hers.sends("remove_member", conversationId=conversation, data={"username": "carol"})
    hers.says("Three", to=conversation)

    told = adds(hers, conversation, "carol")

    assert told["members"][0]["last_read_seq"] == 7
    [listed] = theirs.sends("list_conversations")["data"]["items"]
    assert (listed["last_read_seq"], listed["unread_count"]) == (7, 0)
    hers.says("Four", to=conversation)
    [listed] = theirs.sends("list_conversations")["data"]["items"]
    assert listed["unread_count"] == 1


def test_somebody_who_is_not_there_is_added_offline(room: Room, carol: Person) -> None:
    hers, _, conversation = room

    told = adds(hers, conversation, "carol")

    assert told["members"][0]["online"] is False
    later = carol.arrives()
    hers.says("Welcome", to=conversation)
    assert later.receives("chat_message")["content"] == "Welcome"


def test_all_that_is_said_after_the_reply_reaches_every_connection_of_the_added(
    room: Room, carol: Person
) -> None:
    hers, his, conversation = room
    clients = carol.arrives(), carol.arrives()
    adds(hers, conversation, "carol")

    his.says("Hello carol", to=conversation)

    for client in clients:
        client.receives("conversation_created")
        assert client.receives("chat_message")["content"] == "Hello carol"


def test_the_added_may_read_what_was_said_before(room: Room, carol: Person) -> None:
    hers, _, conversation = room
    said = hers.says("Before", to=conversation)
    theirs = carol.arrives()

    adds(hers, conversation, "carol")

    asked = theirs.sends("history", conversationId=conversation)
    assert asked["data"]["messages"] == [said]


def test_adding_a_member_again_changes_nothing_and_is_told_to_nobody(room: Room) -> None:
    hers, his, conversation = room
    hers.says("one", to=conversation)
    his.sends_silently("read_receipt", messageId=f"{conversation}:1")
    hers.forgets()
    his.forgets()

    told = adds(hers, conversation, "bob", "alice")

    assert told["members"] == []
    his.receives_nothing()
    hers.receives_nothing()
    members = {each.username: each for each in members_page(ConversationId(conversation))}
    assert members[hers.user.username].role == "owner"
    assert members[his.user.username].last_read_seq == 1


def test_of_those_named_only_the_new_ones_came(room: Room, carol: Person) -> None:
    hers, his, conversation = room
    theirs = carol.arrives()

    told = adds(hers, conversation, "bob", "carol", "carol")

    assert [each["username"] for each in told["members"]] == ["carol"]
    his.receives("members_added")
    his.receives_nothing()
    theirs.receives("conversation_created")
    theirs.receives_nothing()


def test_somebody_who_was_removed_can_be_added_again(room: Room) -> None:
    hers, his, conversation = room
    hers.sends("remove_member", conversationId=conversation, data={"username": "bob"})
    his.forgets()

    adds(hers, conversation, "bob")

    his.receives("conversation_created")
    hers.says("Welcome back", to=conversation)
    assert his.receives("chat_message")["content"] == "Welcome back"
    assert his.says("Thanks", to=conversation)["username"] == "bob"


def test_as_many_as_a_frame_names_come_at_once(simulation: Simulation, room: Room) -> None:
    hers, _, conversation = room
    names = [simulation.register(f"person{number}").username for number in range(MAX_NAMED_MEMBERS)]

    told = adds(hers, conversation, *names)

    assert [each["username"] for each in told["members"]] == names
    assert len(members_page(ConversationId(conversation))) == 2 + MAX_NAMED_MEMBERS


def test_one_frame_is_one_transaction() -> None:
    assert MAX_NAMED_MEMBERS == MAX_ADDED_AT_ONCE


def test_the_longest_names_that_one_frame_adds_fit_a_frame(
    simulation: Simulation, room: Room
) -> None:
    hers, his, conversation = room
    longest = [f"{number:02}{QUOTE * 62}" for number in range(MAX_NAMED_MEMBERS)]
    for name in longest:
        create_user(User(UserId(name), Username(name)), "hash", simulation.now_ms)

    reply = hers.sends("add_members", conversationId=conversation, data={"members": longest})

    [pushed] = his.received
    assert reply["data"]["members"] == pushed["data"]["members"]
    assert len(json.dumps(pushed).encode()) <= MAX_MESSAGE_BYTES


def test_a_full_conversation_takes_nobody(
    simulation: Simulation, room: Room, carol: Person
) -> None:
    hers, his, conversation = room
    theirs = carol.arrives()
    simulation.services = simulation.with_limits(members_per_conversation=2)

    refused = hers.is_refused(
        "conflict", "add_members", conversationId=conversation, data={"members": ["carol"]}
    )

    assert refused["message"] == "A conversation has 2 members at most."
    assert adds(hers, conversation, "bob")["members"] == []
    his.receives_nothing()
    theirs.receives_nothing()


def test_nobody_comes_where_one_is_in_as_many_conversations_as_a_user_may_be(
    simulation: Simulation, room: Room, carol: Person
) -> None:
    hers, his, conversation = room
    theirs = carol.arrives()
    theirs.creates()
    daves = Person(simulation, "dave").arrives()
    simulation.services = simulation.with_limits(conversations_per_user=1)

    refused = hers.is_refused(
        "conflict", "add_members", conversationId=conversation, data={"members": ["dave", "carol"]}
    )

    assert refused["message"] == "The user 'carol' can be in no more conversations than 1."
    assert len(members_page(ConversationId(conversation))) == 2
    for client in (his, theirs, daves):
        client.receives_nothing()


def test_a_member_who_is_no_owner_adds_nobody(room: Room, carol: Person) -> None:
    hers, his, conversation = room
    theirs = carol.arrives()

    his.is_refused(
        "forbidden", "add_members", conversationId=conversation, data={"members": ["carol"]}
    )

    hers.receives_nothing()
    theirs.receives_nothing()


def test_nobody_is_added_to_a_direct_conversation(
    alice: Person,
    bob: Person,
    carol: Person,  # noqa: ARG001 -- to be there
) -> None:
    hers = alice.arrives()
    conversation = hers.creates(bob, kind="direct")

    hers.is_refused(
        "conflict", "add_members", conversationId=conversation, data={"members": ["carol"]}
    )


def test_somebody_who_does_not_exist_is_named_by_place_and_nobody_is_added(
    room: Room, carol: Person
) -> None:
    hers, his, conversation = room
    theirs = carol.arrives()

    refused = hers.is_refused(
        "bad_request", "add_members", conversationId=conversation, data={"members": ["carol", "z"]}
    )

    assert refused["data"] == {"field": "data.members[1]"}
    his.receives_nothing()
    theirs.receives_nothing()


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (None, "data"),
        ({}, "data.members"),
        ({"members": []}, "data.members"),
        ({"members": "carol"}, "data.members"),
        ({"members": [None]}, "data.members[0]"),
        ({"members": ["x"] * (MAX_NAMED_MEMBERS + 1)}, "data.members"),
    ],
    ids=lambda each: str(each)[:40],
)
def test_a_wrong_field_is_named(room: Room, data: object, field: str) -> None:
    hers, _, conversation = room

    refused = hers.is_refused("bad_request", "add_members", conversationId=conversation, data=data)

    assert refused["data"] == {"field": field}
