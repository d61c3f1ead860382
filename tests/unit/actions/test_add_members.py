import json

import pytest

from chat.protocol.conversation_frames import MAX_NAMED_MEMBERS
from chat.protocol.ids import ConversationId, UserId, Username
from chat.protocol.limits import MAX_MESSAGE_BYTES
from chat.storage.membership_changes import MAX_ADDED_AT_ONCE
from chat.storage.memberships import members_page
from chat.storage.users import User, create_user
from testing.injection import inject_before
from testing.people import Client, Person
from testing.simulation import Simulation
from testing.sockets import Frame

QUOTE = '"'
"""Twice as long in JSON."""

type Group = tuple[Client, Client, str]


@pytest.fixture
def group(alice: Person, bob: Person) -> Group:
    """Give alice, who owns a group, and bob, who is a member of it."""
    hers, his = alice.logs_in(), bob.logs_in()
    conversation = hers.creates(bob, title="Lunch")
    his.discards_received()
    return hers, his, conversation


def add_members(client: Client, conversation: str, *names: str) -> Frame:
    reply = client.sends("add_members", conversationId=conversation, data={"members": names})
    assert reply["type"] == "members_added", reply
    added: Frame = reply["data"]
    return added


def test_reply_names_the_added_members_and_who_added_them(group: Group, carol: Person) -> None:
    hers, _, conversation = group
    carol.logs_in()

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


def test_members_other_connections_are_notified_of_additions(
    group: Group, alice: Person, carol: Person
) -> None:
    hers, his, conversation = group
    phone, theirs = alice.logs_in(), carol.logs_in()

    event = add_members(hers, conversation, "carol")

    hers.receives_nothing()
    assert his.receives("members_added") == event
    assert phone.receives("members_added") == event
    theirs.discards_received()


def test_every_connection_of_an_added_member_receives_the_conversation(
    group: Group, carol: Person
) -> None:
    hers, _, conversation = group
    said = hers.says("Who is hungry?", to=conversation)
    clients = carol.logs_in(), carol.logs_in()

    add_members(hers, conversation, "carol")

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


def test_earlier_messages_are_not_unread_for_a_returning_member(
    group: Group, carol: Person
) -> None:
    hers, _, conversation = group
    theirs = carol.logs_in()
    hers.says("One", to=conversation)
    add_members(hers, conversation, "carol")
    hers.says("Two", to=conversation)
    hers.sends("remove_member", conversationId=conversation, data={"username": "carol"})
    hers.says("Three", to=conversation)

    event = add_members(hers, conversation, "carol")

    assert event["members"][0]["last_read_seq"] == 7
    [listed] = theirs.sends("list_conversations")["data"]["items"]
    assert (listed["last_read_seq"], listed["unread_count"]) == (7, 0)
    hers.says("Four", to=conversation)
    [listed] = theirs.sends("list_conversations")["data"]["items"]
    assert listed["unread_count"] == 1


def test_user_without_connections_is_added_as_offline(group: Group, carol: Person) -> None:
    hers, _, conversation = group

    event = add_members(hers, conversation, "carol")

    assert event["members"][0]["online"] is False
    later = carol.logs_in()
    hers.says("Welcome", to=conversation)
    assert later.receives("chat_message")["content"] == "Welcome"


def test_added_member_receives_everything_after_the_reply(group: Group, carol: Person) -> None:
    hers, his, conversation = group
    clients = carol.logs_in(), carol.logs_in()
    add_members(hers, conversation, "carol")

    his.says("Hello carol", to=conversation)

    for client in clients:
        client.receives("conversation_created")
        assert client.receives("chat_message")["content"] == "Hello carol"


def test_added_member_can_read_earlier_messages(group: Group, carol: Person) -> None:
    hers, _, conversation = group
    said = hers.says("Before", to=conversation)
    theirs = carol.logs_in()

    add_members(hers, conversation, "carol")

    asked = theirs.sends("history", conversationId=conversation)
    assert asked["data"]["messages"] == [said]


def test_adding_a_member_again_changes_nothing_and_notifies_nobody(group: Group) -> None:
    hers, his, conversation = group
    hers.says("one", to=conversation)
    his.sends_without_reply("read_receipt", messageId=f"{conversation}:1")
    hers.discards_received()
    his.discards_received()

    event = add_members(hers, conversation, "bob", "alice")

    assert event["members"] == []
    his.receives_nothing()
    hers.receives_nothing()
    members = {each.username: each for each in members_page(ConversationId(conversation))}
    assert members[hers.user.username].role == "owner"
    assert members[his.user.username].last_read_seq == 1


def test_only_new_members_are_reported_as_added(group: Group, carol: Person) -> None:
    hers, his, conversation = group
    theirs = carol.logs_in()

    event = add_members(hers, conversation, "bob", "carol", "carol")

    assert [each["username"] for each in event["members"]] == ["carol"]
    his.receives("members_added")
    his.receives_nothing()
    theirs.receives("conversation_created")
    theirs.receives_nothing()


def test_all_members_named_in_a_frame_are_added_at_once(
    simulation: Simulation, group: Group
) -> None:
    hers, _, conversation = group
    names = [simulation.register(f"person{number}").username for number in range(MAX_NAMED_MEMBERS)]

    event = add_members(hers, conversation, *names)

    assert [each["username"] for each in event["members"]] == names
    assert len(members_page(ConversationId(conversation))) == 2 + MAX_NAMED_MEMBERS


def test_largest_frame_fits_one_transaction() -> None:
    assert MAX_NAMED_MEMBERS == MAX_ADDED_AT_ONCE


def test_reply_with_the_longest_usernames_fits_a_frame(
    simulation: Simulation, group: Group
) -> None:
    hers, his, conversation = group
    longest = [f"{number:02}{QUOTE * 62}" for number in range(MAX_NAMED_MEMBERS)]
    for name in longest:
        create_user(User(UserId(name), Username(name)), "hash", simulation.now_ms)

    reply = hers.sends("add_members", conversationId=conversation, data={"members": longest})

    [pushed] = his.received
    assert reply["data"]["members"] == pushed["data"]["members"]
    assert len(json.dumps(pushed).encode()) <= MAX_MESSAGE_BYTES


def test_nobody_is_added_to_a_full_conversation(
    simulation: Simulation, group: Group, carol: Person
) -> None:
    hers, his, conversation = group
    theirs = carol.logs_in()
    simulation.services = simulation.with_limits(members_per_conversation=2)

    refused = hers.is_rejected(
        "conflict", "add_members", conversationId=conversation, data={"members": ["carol"]}
    )

    assert refused["message"] == "A conversation has 2 members at most."
    assert add_members(hers, conversation, "bob")["members"] == []
    his.receives_nothing()
    theirs.receives_nothing()


def test_adding_fails_if_one_user_is_in_too_many_conversations(
    simulation: Simulation, group: Group, carol: Person
) -> None:
    hers, his, conversation = group
    theirs = carol.logs_in()
    theirs.creates()
    daves = Person(simulation, "dave").logs_in()
    simulation.services = simulation.with_limits(conversations_per_user=1)

    refused = hers.is_rejected(
        "conflict", "add_members", conversationId=conversation, data={"members": ["dave", "carol"]}
    )

    assert refused["message"] == "The user 'carol' can be in no more conversations than 1."
    assert len(members_page(ConversationId(conversation))) == 2
    for client in (his, theirs, daves):
        client.receives_nothing()


def test_only_the_owner_adds_members(group: Group, carol: Person) -> None:
    hers, his, conversation = group
    theirs = carol.logs_in()

    his.is_rejected(
        "forbidden", "add_members", conversationId=conversation, data={"members": ["carol"]}
    )

    hers.receives_nothing()
    theirs.receives_nothing()


def test_nobody_is_added_to_a_direct_conversation(
    alice: Person,
    bob: Person,
    carol: Person,  # noqa: ARG001 -- to be there
) -> None:
    hers = alice.logs_in()
    conversation = hers.creates(bob, kind="direct")

    hers.is_rejected(
        "conflict", "add_members", conversationId=conversation, data={"members": ["carol"]}
    )


def test_unknown_user_is_reported_by_position_and_nobody_is_added(
    group: Group, carol: Person
) -> None:
    hers, his, conversation = group
    theirs = carol.logs_in()

    refused = hers.is_rejected(
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
def test_error_names_the_wrong_field(group: Group, data: object, field: str) -> None:
    hers, _, conversation = group

    refused = hers.is_rejected("bad_request", "add_members", conversationId=conversation, data=data)

    assert refused["data"] == {"field": field}


def test_owner_who_left_at_the_same_time_adds_nobody(
    group: Group, alice: Person, carol: Person
) -> None:
    hers, _, conversation = group
    phone, theirs = alice.logs_in(), carol.logs_in()

    def leave() -> None:
        phone.sends("leave_conversation", conversationId=conversation)

    with inject_before(alice.simulation, "TransactWriteItems", leave):
        hers.is_rejected(
            "not_a_member", "add_members", conversationId=conversation, data={"members": ["carol"]}
        )

    theirs.receives_nothing()
