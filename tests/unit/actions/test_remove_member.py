import pytest

from chat.protocol.ids import ConversationId
from chat.storage.connections import sessions_of
from chat.storage.memberships import find_membership
from chat.storage.roster import read_roster
from chat.storage.roster_changes import add_session
from testing.injection import inject_before
from testing.people import Client, Person
from testing.simulation import Simulation

type Room = tuple[Client, Client, Client, str]


@pytest.fixture
def room(alice: Person, bob: Person, carol: Person) -> Room:
    """Give alice, who owns a group, bob and carol, who are members of it."""
    hers, his, theirs = alice.arrives(), bob.arrives(), carol.arrives()
    conversation = hers.creates(bob, carol)
    hers.says("one", to=conversation)
    his.forgets()
    theirs.forgets()
    return hers, his, theirs, conversation


def removes(client: Client, conversation: str, name: str) -> dict[str, object]:
    reply = client.sends("remove_member", conversationId=conversation, data={"username": name})
    assert reply["type"] == "member_removed", reply
    removed: dict[str, object] = reply["data"]
    return removed


def test_the_reply_says_who_was_removed_and_by_whom(room: Room) -> None:
    hers, _, _, conversation = room

    reply = hers.sends(
        "remove_member", conversationId=conversation, data={"username": "bob"}, requestId="r-1"
    )

    assert reply == {
        "type": "member_removed",
        "requestId": "r-1",
        "data": {
            "conversation_id": conversation,
            "user_id": "user-bob",
            "username": "bob",
            "by": {"user_id": "user-alice", "username": "alice"},
        },
    }


def test_every_other_connection_is_told_the_removed_ones_included(
    room: Room, alice: Person, bob: Person
) -> None:
    hers, his, theirs, conversation = room
    others = [his, theirs, alice.arrives(), bob.arrives()]

    told = removes(hers, conversation, "bob")

    assert [each.receives("member_removed") for each in others] == [told] * 4
    hers.receives_nothing()


def test_nothing_said_after_the_reply_reaches_the_removed(room: Room, bob: Person) -> None:
    hers, his, theirs, conversation = room
    tablet = bob.arrives()
    removes(hers, conversation, "bob")
    his.forgets()
    tablet.forgets()

    theirs.says("Is he gone?", to=conversation)
    hers.sends_silently("typing", conversationId=conversation)
    theirs.sends_silently("read_receipt", messageId=f"{conversation}:1")

    his.receives_nothing()
    tablet.receives_nothing()


@pytest.mark.parametrize(
    ("type_", "data"),
    [
        ("chat_message", {"content": "x"}),
        ("typing", {}),
        ("history", {}),
        ("list_members", {}),
        ("leave_conversation", {}),
    ],
)
def test_the_removed_can_do_nothing_there(room: Room, type_: str, data: dict[str, object]) -> None:
    hers, his, _, conversation = room
    removes(hers, conversation, "bob")

    his.is_refused("not_a_member", type_, conversationId=conversation, data=data)


def test_the_removed_learn_nothing_more_of_it(room: Room) -> None:
    hers, his, _, conversation = room
    removes(hers, conversation, "bob")

    ack = his.sends("heartbeat", data={"positions": {conversation: 0}})

    assert ack["data"]["behind"] == {}
    assert his.sends("list_conversations")["data"]["items"] == []
    his.is_refused("not_a_member", "read_receipt", messageId=f"{conversation}:1")


def test_authenticating_again_brings_the_removed_no_nearer(room: Room, bob: Person) -> None:
    hers, _, _, conversation = room
    removes(hers, conversation, "bob")
    tablet = bob.arrives()

    hers.says("Hello", to=conversation)

    tablet.receives_nothing()
    tablet.is_refused("not_a_member", "history", conversationId=conversation)


def test_a_roster_row_written_late_lets_nobody_in(simulation: Simulation, room: Room) -> None:
    hers, his, _, conversation = room
    known = find_membership(his.user.user_id, ConversationId(conversation))
    assert known is not None
    removes(hers, conversation, "bob")
    his.forgets()

    for each in sessions_of(his.user.user_id, simulation.now_ms):
        assert add_session([known], each)

    hers.says("Hello", to=conversation)
    his.receives_nothing()
    his.is_refused(
        "not_a_member", "chat_message", conversationId=conversation, data={"content": "x"}
    )


def test_the_others_stay(room: Room) -> None:
    hers, _, theirs, conversation = room
    removes(hers, conversation, "bob")
    theirs.forgets()

    hers.says("Hello", to=conversation)

    assert theirs.receives("chat_message")["content"] == "Hello"


def test_the_removed_leave_no_row_behind(simulation: Simulation, room: Room) -> None:
    hers, _, theirs, conversation = room

    removes(hers, conversation, "bob")

    roster = read_roster(ConversationId(conversation), simulation.now_ms)
    assert set(roster.entries) == {hers.connection_id, theirs.connection_id}
    assert roster.tombstoned == []


def test_removing_oneself_is_leaving(room: Room) -> None:
    hers, his, theirs, conversation = room

    told = removes(his, conversation, "bob")

    assert told["by"] == {"user_id": "user-bob", "username": "bob"}
    hers.receives("member_removed")
    theirs.receives("member_removed")
    his.is_refused("not_a_member", "history", conversationId=conversation)


def test_an_owner_who_removes_herself_leaves_an_owner_behind(room: Room) -> None:
    hers, his, _, conversation = room

    removes(hers, conversation, "alice")

    [mine] = his.sends("list_conversations")["data"]["items"]
    assert mine["role"] == "owner"


# Who may not.


def test_a_member_who_is_no_owner_removes_nobody(room: Room) -> None:
    hers, his, theirs, conversation = room

    his.is_refused(
        "forbidden", "remove_member", conversationId=conversation, data={"username": "carol"}
    )

    hers.says("All here?", to=conversation)
    assert theirs.receives("chat_message")["content"] == "All here?"


def test_a_member_who_is_no_owner_does_not_remove_the_owner(room: Room) -> None:
    _, his, _, conversation = room

    his.is_refused(
        "forbidden", "remove_member", conversationId=conversation, data={"username": "alice"}
    )


def test_nobody_is_removed_from_a_direct_conversation(room: Room, bob: Person) -> None:
    hers, *_ = room
    conversation = hers.creates(bob, kind="direct")

    hers.is_refused(
        "conflict", "remove_member", conversationId=conversation, data={"username": "bob"}
    )

    assert hers.says("Still here?", to=conversation)["seq"] == 1


def test_somebody_who_is_no_member_cannot_be_removed(simulation: Simulation, room: Room) -> None:
    hers, *_, conversation = room
    simulation.register("dora")

    hers.is_refused(
        "conflict", "remove_member", conversationId=conversation, data={"username": "dora"}
    )


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (None, "data"),
        ({}, "data.username"),
        ({"username": ""}, "data.username"),
        ({"username": ["bob"]}, "data.username"),
        ({"username": "somebody who does not exist"}, "data.username"),
    ],
    ids=str,
)
def test_a_wrong_field_is_named(room: Room, data: object, field: str) -> None:
    hers, *_, conversation = room

    refused = hers.is_refused(
        "bad_request", "remove_member", conversationId=conversation, data=data
    )

    assert refused["data"] == {"field": field}


# At the same time.


def test_an_owner_who_left_meanwhile_removes_nobody(room: Room, alice: Person) -> None:
    hers, _, theirs, conversation = room
    phone = alice.arrives()

    def leave() -> None:
        phone.sends("leave_conversation", conversationId=conversation)

    with inject_before(alice.simulation, "TransactWriteItems", leave):
        hers.is_refused(
            "not_a_member", "remove_member", conversationId=conversation, data={"username": "carol"}
        )

    assert theirs.sends("history", conversationId=conversation)["type"] == "history"


def test_of_two_removals_at_once_one_finds_nobody_left_to_remove(room: Room, alice: Person) -> None:
    hers, his, _, conversation = room
    phone = alice.arrives()

    with inject_before(
        alice.simulation, "TransactWriteItems", lambda: removes(phone, conversation, "bob")
    ):
        hers.is_refused(
            "conflict", "remove_member", conversationId=conversation, data={"username": "bob"}
        )

    his.receives("member_removed")
    his.receives_nothing()


def test_somebody_removed_while_authenticating_is_told_nothing(
    simulation: Simulation, room: Room, bob: Person
) -> None:
    hers, _, _, conversation = room

    with inject_before(simulation, "PutItem", lambda: removes(hers, conversation, "bob")):
        tablet = bob.arrives()

    hers.says("Hello", to=conversation)
    tablet.receives_nothing()
    tablet.is_refused("not_a_member", "history", conversationId=conversation)
