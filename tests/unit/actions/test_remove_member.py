import pytest

from chat.protocol.ids import ConversationId
from chat.storage.roster import read_roster
from testing.injection import inject_before
from testing.people import Client, Person
from testing.simulation import Simulation

type Group = tuple[Client, Client, Client, str]


@pytest.fixture
def group(alice: Person, bob: Person, carol: Person) -> Group:
    """Give alice, who owns a group, bob and carol, who are members of it."""
    hers, his, theirs = alice.logs_in(), bob.logs_in(), carol.logs_in()
    conversation = hers.creates(bob, carol)
    hers.says("one", to=conversation)
    his.discards_received()
    theirs.discards_received()
    return hers, his, theirs, conversation


def remove_member(client: Client, conversation: str, name: str) -> dict[str, object]:
    reply = client.sends("remove_member", conversationId=conversation, data={"username": name})
    assert reply["type"] == "member_removed", reply
    removed: dict[str, object] = reply["data"]
    return removed


def test_reply_names_the_removed_member_and_the_remover(group: Group) -> None:
    hers, _, _, conversation = group

    reply = hers.sends(
        "remove_member", conversationId=conversation, data={"username": "bob"}, requestId="r-1"
    )

    assert reply == {
        "type": "member_removed",
        "requestId": "r-1",
        "data": {
            "conversation_id": conversation,
            "seq": 2,
            "user_id": "user-bob",
            "username": "bob",
            "by": {"user_id": "user-alice", "username": "alice"},
        },
    }


def test_every_other_connection_is_notified_of_a_removal(
    group: Group, alice: Person, bob: Person
) -> None:
    hers, his, theirs, conversation = group
    others = [his, theirs, alice.logs_in(), bob.logs_in()]

    event = remove_member(hers, conversation, "bob")

    assert [each.receives("member_removed") for each in others] == [event] * 4
    hers.receives_nothing()


def test_removed_member_receives_nothing(group: Group, bob: Person) -> None:
    hers, his, theirs, conversation = group
    tablet = bob.logs_in()
    remove_member(hers, conversation, "bob")
    his.discards_received()
    tablet.discards_received()

    theirs.says("Is he gone?", to=conversation)
    hers.sends_without_reply("typing", conversationId=conversation)
    theirs.sends_without_reply("read_receipt", messageId=f"{conversation}:1")

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
def test_removed_member_is_rejected_as_an_outsider(
    group: Group, type_: str, data: dict[str, object]
) -> None:
    hers, his, _, conversation = group
    remove_member(hers, conversation, "bob")

    his.is_rejected("not_a_member", type_, conversationId=conversation, data=data)


def test_removed_member_cannot_read_the_conversation(group: Group) -> None:
    hers, his, _, conversation = group
    remove_member(hers, conversation, "bob")

    ack = his.sends("heartbeat", data={"positions": {conversation: 0}})

    assert ack["data"]["behind"] == {}
    assert his.sends("list_conversations")["data"]["items"] == []
    his.is_rejected("not_a_member", "read_receipt", messageId=f"{conversation}:1")


def test_removed_member_leaves_no_roster_row(simulation: Simulation, group: Group) -> None:
    hers, _, theirs, conversation = group

    remove_member(hers, conversation, "bob")

    roster = read_roster(ConversationId(conversation), simulation.now_ms)
    assert set(roster.entries) == {hers.connection_id, theirs.connection_id}
    assert roster.tombstoned == []


def test_removing_oneself_equals_leaving(group: Group) -> None:
    hers, his, theirs, conversation = group

    event = remove_member(his, conversation, "bob")

    assert event["by"] == {"user_id": "user-bob", "username": "bob"}
    hers.receives("member_removed")
    theirs.receives("member_removed")
    his.is_rejected("not_a_member", "history", conversationId=conversation)


def test_owner_who_removes_herself_is_succeeded(group: Group) -> None:
    hers, his, _, conversation = group

    remove_member(hers, conversation, "alice")

    [mine] = his.sends("list_conversations")["data"]["items"]
    assert mine["role"] == "owner"


# Rejections.


def test_only_the_owner_removes_members(group: Group) -> None:
    hers, his, theirs, conversation = group

    his.is_rejected(
        "forbidden", "remove_member", conversationId=conversation, data={"username": "carol"}
    )

    hers.says("All here?", to=conversation)
    assert theirs.receives("chat_message")["content"] == "All here?"


def test_member_cannot_remove_the_owner(group: Group) -> None:
    _, his, _, conversation = group

    his.is_rejected(
        "forbidden", "remove_member", conversationId=conversation, data={"username": "alice"}
    )


def test_member_of_a_direct_conversation_cannot_be_removed(group: Group, bob: Person) -> None:
    hers, *_ = group
    conversation = hers.creates(bob, kind="direct")

    hers.is_rejected(
        "conflict", "remove_member", conversationId=conversation, data={"username": "bob"}
    )

    assert hers.says("Still here?", to=conversation)["seq"] == 1


def test_outsider_cannot_be_removed(simulation: Simulation, group: Group) -> None:
    hers, *_, conversation = group
    simulation.register("dora")

    hers.is_rejected(
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
def test_error_names_the_wrong_field(group: Group, data: object, field: str) -> None:
    hers, *_, conversation = group

    refused = hers.is_rejected(
        "bad_request", "remove_member", conversationId=conversation, data=data
    )

    assert refused["data"] == {"field": field}


# Concurrency.


def test_owner_who_left_at_the_same_time_removes_nobody(group: Group, alice: Person) -> None:
    hers, _, theirs, conversation = group
    phone = alice.logs_in()

    def leave() -> None:
        phone.sends("leave_conversation", conversationId=conversation)

    with inject_before(alice.simulation, "TransactWriteItems", leave):
        hers.is_rejected(
            "not_a_member", "remove_member", conversationId=conversation, data={"username": "carol"}
        )

    assert theirs.sends("history", conversationId=conversation)["type"] == "history"
