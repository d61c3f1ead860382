import pytest

from chat.actions.membership_removal import PAUSES_SECONDS
from chat.protocol.ids import ConversationId
from chat.storage.memberships import members_page
from chat.storage.tables import ConversationRow
from testing.injection import inject_before
from testing.invariants import rows
from testing.people import Client, Person
from testing.simulation import START_MS, Simulation
from testing.snapshots import stored_tables

type Group = tuple[Client, Client, Client, str]


@pytest.fixture
def group(simulation: Simulation, alice: Person, bob: Person, carol: Person) -> Group:
    """Give a group of alice (owner), carol and bob, who joined in this order."""
    hers, his, theirs = alice.logs_in(), bob.logs_in(), carol.logs_in()
    conversation = hers.creates(carol)
    simulation.advance_time(seconds=1)
    hers.sends("add_members", conversationId=conversation, data={"members": ["bob"]})
    for client in (his, theirs):
        client.discards_received()
    return hers, his, theirs, conversation


def leave_conversation(client: Client, conversation: str) -> dict[str, object]:
    reply = client.sends("leave_conversation", conversationId=conversation)
    assert reply["type"] == "member_removed", reply
    left: dict[str, object] = reply["data"]
    return left


def roles(conversation: str) -> dict[str, str]:
    return {each.username: each.role for each in members_page(ConversationId(conversation))}


def test_leaving_is_reported_as_removal_by_oneself(group: Group) -> None:
    _, his, _, conversation = group

    reply = his.sends("leave_conversation", conversationId=conversation, requestId="r-1")

    assert reply == {
        "type": "member_removed",
        "requestId": "r-1",
        "data": {
            "conversation_id": conversation,
            "seq": 2,
            "user_id": "user-bob",
            "username": "bob",
            "by": {"user_id": "user-bob", "username": "bob"},
        },
    }
    assert roles(conversation) == {"alice": "owner", "carol": "member"}


def test_leaving_notifies_the_others_and_the_users_other_connections(
    group: Group, bob: Person
) -> None:
    hers, his, theirs, conversation = group
    tablet = bob.logs_in()

    event = leave_conversation(his, conversation)

    his.receives_nothing()
    assert [each.receives("member_removed") for each in (hers, theirs, tablet)] == [event] * 3


# The owner.


def test_longest_standing_member_becomes_owner_when_the_owner_leaves(group: Group) -> None:
    hers, _, _, conversation = group

    leave_conversation(hers, conversation)

    assert roles(conversation) == {"carol": "owner", "bob": "member"}


def test_one_of_the_members_added_together_becomes_owner(
    alice: Person, bob: Person, carol: Person
) -> None:
    hers = alice.logs_in()
    conversation = hers.creates(carol, bob)

    leave_conversation(hers, conversation)

    assert sorted(roles(conversation).values()) == ["member", "owner"]


def test_conversation_is_closed_for_good_when_the_last_member_leaves(group: Group) -> None:
    hers, his, theirs, conversation = group
    for client in (hers, theirs, his):
        leave_conversation(client, conversation)

    refused = [
        his.sends("chat_message", conversationId=conversation, data={"content": "x"}),
        his.sends("history", conversationId=conversation),
        his.sends("add_members", conversationId=conversation, data={"members": ["bob"]}),
        his.sends("leave_conversation", conversationId=conversation),
    ]

    assert [each["code"] for each in refused] == ["not_a_member"] * 4
    assert roles(conversation) == {}


# Rejections.


def test_direct_conversation_cannot_be_left(alice: Person, bob: Person) -> None:
    hers = alice.logs_in()
    conversation = hers.creates(bob, kind="direct")

    hers.is_rejected("conflict", "leave_conversation", conversationId=conversation)

    assert len(roles(conversation)) == 2


def test_outsider_learns_nothing_of_a_direct_conversation(
    alice: Person, bob: Person, carol: Person
) -> None:
    conversation = alice.logs_in().creates(bob, kind="direct")

    carol.logs_in().is_rejected("not_a_member", "leave_conversation", conversationId=conversation)


@pytest.mark.parametrize("conversation_id", [None, "", 7, "x" * 129], ids=str)
def test_leaving_requires_a_conversation_id(alice: Person, conversation_id: object) -> None:
    hers = alice.logs_in()

    refused = hers.is_rejected("bad_request", "leave_conversation", conversationId=conversation_id)

    assert refused["data"] == {"field": "conversationId"}


# Concurrency.


def test_successor_who_leaves_at_the_same_time_is_passed_over(
    simulation: Simulation, group: Group
) -> None:
    hers, _, theirs, conversation = group

    with inject_before(
        simulation, "TransactWriteItems", lambda: leave_conversation(theirs, conversation)
    ):
        leave_conversation(hers, conversation)

    assert roles(conversation) == {"bob": "owner"}


def test_conversation_joined_at_the_same_time_is_not_closed(
    simulation: Simulation, alice: Person, bob: Person
) -> None:
    hers, phone, his = alice.logs_in(), alice.logs_in(), bob.logs_in()
    conversation = hers.creates()

    def add() -> None:
        phone.sends("add_members", conversationId=conversation, data={"members": ["bob"]})

    with inject_before(simulation, "TransactWriteItems", add):
        leave_conversation(hers, conversation)

    assert roles(conversation) == {"bob": "owner"}
    assert his.says("All mine", to=conversation)["content"] == "All mine"


def test_leaving_gives_up_with_a_conflict_while_members_keep_changing(
    simulation: Simulation, alice: Person, carol: Person
) -> None:
    hers, theirs = alice.logs_in(), carol.logs_in()
    conversation = hers.creates(carol)

    def join_or_leave() -> None:
        if "carol" in roles(conversation):
            leave_conversation(theirs, conversation)
        else:
            hers.sends("add_members", conversationId=conversation, data={"members": ["carol"]})

    with inject_before(simulation, "TransactWriteItems", join_or_leave, times=len(PAUSES_SECONDS)):
        hers.is_rejected("conflict", "leave_conversation", conversationId=conversation)

    assert roles(conversation)["alice"] == "owner"
    assert tuple(simulation.sleeps) == PAUSES_SECONDS


def test_owner_leaves_a_group_of_thousands_in_few_requests(
    simulation: Simulation, group: Group
) -> None:
    hers, _, _, conversation = group
    crowd = [f"user-{number:05}" for number in range(3_000)]
    for user_id in crowd:
        row = {"user_id": user_id, "conversation_id": conversation, "username": user_id}
        typed = {name: {"S": value} for name, value in (row | {"role": "member"}).items()}
        numbers = {"joined_at": {"N": str(START_MS + 5_000)}, "last_read_seq": {"N": "0"}}
        stored_tables()["MembershipsTable"].put_item(typed | numbers)
    ConversationRow(conversation).update(actions=[ConversationRow.member_count.add(len(crowd))])
    requests: list[str] = []

    with simulation.steps.observing(
        simulation.dynamodb, before=lambda step: requests.append(step.name)
    ):
        reply = hers.sends("leave_conversation", conversationId=conversation)

    assert reply["type"] == "member_removed"
    assert len([each for each in requests if each[0].isupper()]) <= 8
    owners = [row["user_id"] for row in rows("MembershipsTable") if row["role"] == "owner"]
    assert owners == ["user-carol"]
