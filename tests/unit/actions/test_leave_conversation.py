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

type Room = tuple[Client, Client, Client, str]


@pytest.fixture
def room(simulation: Simulation, alice: Person, bob: Person, carol: Person) -> Room:
    """Give alice, who owns a group, carol, who has been in it for longer than bob, and bob."""
    hers, his, theirs = alice.arrives(), bob.arrives(), carol.arrives()
    conversation = hers.creates(carol)
    simulation.passes(seconds=1)
    hers.sends("add_members", conversationId=conversation, data={"members": ["bob"]})
    for client in (his, theirs):
        client.forgets()
    return hers, his, theirs, conversation


def leaves(client: Client, conversation: str) -> dict[str, object]:
    reply = client.sends("leave_conversation", conversationId=conversation)
    assert reply["type"] == "member_removed", reply
    left: dict[str, object] = reply["data"]
    return left


def roles(conversation: str) -> dict[str, str]:
    return {each.username: each.role for each in members_page(ConversationId(conversation))}


def test_whoever_leaves_is_removed_by_themselves(room: Room) -> None:
    _, his, _, conversation = room

    reply = his.sends("leave_conversation", conversationId=conversation, requestId="r-1")

    assert reply == {
        "type": "member_removed",
        "requestId": "r-1",
        "data": {
            "conversation_id": conversation,
            "user_id": "user-bob",
            "username": "bob",
            "by": {"user_id": "user-bob", "username": "bob"},
        },
    }
    assert roles(conversation) == {"alice": "owner", "carol": "member"}


def test_the_others_and_the_leavers_other_connections_are_told(room: Room, bob: Person) -> None:
    hers, his, theirs, conversation = room
    tablet = bob.arrives()

    told = leaves(his, conversation)

    his.receives_nothing()
    assert [each.receives("member_removed") for each in (hers, theirs, tablet)] == [told] * 3


def test_nothing_said_after_the_reply_reaches_who_left(room: Room, bob: Person) -> None:
    hers, his, _, conversation = room
    tablet = bob.arrives()
    leaves(his, conversation)
    tablet.forgets()

    hers.says("Is he gone?", to=conversation)

    his.receives_nothing()
    tablet.receives_nothing()
    his.is_refused("not_a_member", "history", conversationId=conversation)


def test_leaving_twice_is_leaving_once(room: Room) -> None:
    _, his, _, conversation = room
    leaves(his, conversation)

    his.is_refused("not_a_member", "leave_conversation", conversationId=conversation)


# The owner.


def test_when_the_owner_leaves_the_member_of_longest_standing_becomes_owner(room: Room) -> None:
    hers, _, _, conversation = room

    leaves(hers, conversation)

    assert roles(conversation) == {"carol": "owner", "bob": "member"}


def test_the_new_owner_may_do_what_owners_do(room: Room) -> None:
    hers, _, theirs, conversation = room
    leaves(hers, conversation)

    reply = theirs.sends("remove_member", conversationId=conversation, data={"username": "bob"})

    assert reply["type"] == "member_removed"


def test_of_members_of_the_same_standing_one_becomes_owner(
    alice: Person, bob: Person, carol: Person
) -> None:
    hers = alice.arrives()
    conversation = hers.creates(carol, bob)

    leaves(hers, conversation)

    assert sorted(roles(conversation).values()) == ["member", "owner"]


def test_an_owner_who_comes_back_is_a_member(room: Room) -> None:
    hers, _, theirs, conversation = room
    leaves(hers, conversation)

    theirs.sends("add_members", conversationId=conversation, data={"members": ["alice"]})

    assert roles(conversation) == {"carol": "owner", "bob": "member", "alice": "member"}


def test_when_the_last_member_leaves_the_conversation_is_closed_for_good(room: Room) -> None:
    hers, his, theirs, conversation = room
    for client in (hers, theirs, his):
        leaves(client, conversation)

    refused = [
        his.sends("chat_message", conversationId=conversation, data={"content": "x"}),
        his.sends("history", conversationId=conversation),
        his.sends("add_members", conversationId=conversation, data={"members": ["bob"]}),
        his.sends("leave_conversation", conversationId=conversation),
    ]

    assert [each["code"] for each in refused] == ["not_a_member"] * 4
    assert roles(conversation) == {}


# Who may not.


def test_nobody_leaves_a_direct_conversation(alice: Person, bob: Person) -> None:
    hers = alice.arrives()
    conversation = hers.creates(bob, kind="direct")

    hers.is_refused("conflict", "leave_conversation", conversationId=conversation)

    assert len(roles(conversation)) == 2


def test_a_direct_conversation_looks_to_outsiders_like_none(
    alice: Person, bob: Person, carol: Person
) -> None:
    conversation = alice.arrives().creates(bob, kind="direct")

    carol.arrives().is_refused("not_a_member", "leave_conversation", conversationId=conversation)


@pytest.mark.parametrize("conversation_id", [None, "", 7, "x" * 129], ids=str)
def test_the_conversation_must_be_named(alice: Person, conversation_id: object) -> None:
    hers = alice.arrives()

    refused = hers.is_refused("bad_request", "leave_conversation", conversationId=conversation_id)

    assert refused["data"] == {"field": "conversationId"}


# At the same time.


def test_an_heir_who_leaves_meanwhile_is_passed_over(simulation: Simulation, room: Room) -> None:
    hers, _, theirs, conversation = room

    with inject_before(simulation, "TransactWriteItems", lambda: leaves(theirs, conversation)):
        leaves(hers, conversation)

    assert roles(conversation) == {"bob": "owner"}


def test_a_conversation_that_somebody_joins_meanwhile_is_not_closed(
    simulation: Simulation, alice: Person, bob: Person
) -> None:
    hers, phone, his = alice.arrives(), alice.arrives(), bob.arrives()
    conversation = hers.creates()

    def add() -> None:
        phone.sends("add_members", conversationId=conversation, data={"members": ["bob"]})

    with inject_before(simulation, "TransactWriteItems", add):
        leaves(hers, conversation)

    assert roles(conversation) == {"bob": "owner"}
    assert his.says("All mine", to=conversation)["seq"] == 1


def test_whoever_finds_the_members_changing_all_the_time_is_to_try_again(
    simulation: Simulation, alice: Person, carol: Person
) -> None:
    hers, theirs = alice.arrives(), carol.arrives()
    conversation = hers.creates(carol)

    def come_or_go() -> None:
        if "carol" in roles(conversation):
            leaves(theirs, conversation)
        else:
            hers.sends("add_members", conversationId=conversation, data={"members": ["carol"]})

    with inject_before(simulation, "TransactWriteItems", come_or_go, times=len(PAUSES_SECONDS)):
        hers.is_refused("conflict", "leave_conversation", conversationId=conversation)

    assert roles(conversation)["alice"] == "owner"
    assert tuple(simulation.pauses) == PAUSES_SECONDS


def test_when_two_owners_to_be_leave_at_once_nobody_is_left_without_an_owner(
    simulation: Simulation, alice: Person, bob: Person
) -> None:
    hers, his = alice.arrives(), bob.arrives()
    conversation = hers.creates(bob)

    with inject_before(simulation, "TransactWriteItems", lambda: leaves(hers, conversation)):
        leaves(his, conversation)

    assert roles(conversation) == {}
    his.is_refused("not_a_member", "history", conversationId=conversation)


def test_an_owner_hands_on_a_group_of_thousands_in_as_many_requests_as_one_of_three(
    simulation: Simulation, room: Room
) -> None:
    hers, _, _, conversation = room
    crowd = [f"user-{number:05}" for number in range(3_000)]
    for user_id in crowd:
        row = {"user_id": user_id, "conversation_id": conversation, "username": user_id}
        typed = {name: {"S": value} for name, value in (row | {"role": "member"}).items()}
        numbers = {"joined_at": {"N": str(START_MS + 5_000)}, "last_read_seq": {"N": "0"}}
        stored_tables()["MembershipsTable"].put_item(typed | numbers)
    ConversationRow(conversation).update(actions=[ConversationRow.member_count.add(len(crowd))])
    requests: list[str] = []

    with simulation.steps.telling(
        simulation.dynamodb, before=lambda step: requests.append(step.name)
    ):
        reply = hers.sends("leave_conversation", conversationId=conversation)

    assert reply["type"] == "member_removed"
    assert len([each for each in requests if each[0].isupper()]) <= 7
    owners = [row["user_id"] for row in rows("MembershipsTable") if row["role"] == "owner"]
    assert owners == ["user-carol"]
