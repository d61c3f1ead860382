import pytest

from chat.protocol.ids import ConversationId
from chat.storage.conversations import next_seq
from testing.people import Client, Person

type Group = tuple[Client, Client, str]


@pytest.fixture
def group(alice: Person, bob: Person) -> Group:
    hers, his = alice.logs_in(), bob.logs_in()
    conversation = hers.creates(bob)
    hers.says("one", to=conversation)
    return hers, his, conversation


def test_heartbeat_returns_the_server_time(alice: Person) -> None:
    hers = alice.logs_in()

    ack = hers.sends("heartbeat", requestId="r-1")

    assert ack == {
        "type": "heartbeat_ack",
        "requestId": "r-1",
        "data": {"server_time": "2026-11-22T18:19:14.123Z", "behind": {}},
    }


def test_heartbeat_names_conversations_with_newer_messages(group: Group) -> None:
    _, his, conversation = group

    ack = his.sends("heartbeat", data={"positions": {conversation: 0}})

    assert ack["data"]["behind"] == {conversation: 1}


def test_heartbeat_omits_conversations_the_client_is_up_to_date_with(
    group: Group,
) -> None:
    _, his, conversation = group

    ack = his.sends("heartbeat", data={"positions": {conversation: 1}})

    assert ack["data"]["behind"] == {}


def test_a_client_that_claims_to_have_seen_more_is_not_behind(group: Group) -> None:
    _, his, conversation = group

    ack = his.sends("heartbeat", data={"positions": {conversation: 2**53 - 1}})

    assert ack["data"]["behind"] == {}


def test_client_catches_up_past_a_number_without_a_message(group: Group) -> None:
    _, his, conversation = group
    next_seq(ConversationId(conversation), his.simulation.now_ms)

    ack = his.sends("heartbeat", data={"positions": {conversation: 1}})

    assert ack["data"]["behind"] == {conversation: 2}
    page = his.sends("history", conversationId=conversation, data={"after_seq": 1})
    assert (page["data"]["messages"], page["data"]["has_more"]) == ([], False)


def test_heartbeat_answers_for_all_its_positions(alice: Person) -> None:
    hers = alice.logs_in()
    conversations = [hers.creates() for _ in range(20)]
    for conversation in conversations:
        hers.says("x", to=conversation)

    ack = hers.sends("heartbeat", data={"positions": dict.fromkeys(conversations, 0)})

    assert ack["data"]["behind"] == dict.fromkeys(conversations, 1)


def test_heartbeat_reveals_nothing_of_conversations_of_others(group: Group, carol: Person) -> None:
    _, _, conversation = group

    ack = carol.logs_in().sends("heartbeat", data={"positions": {conversation: 0, "none": 0}})

    assert ack["data"]["behind"] == {}


@pytest.mark.parametrize(
    "positions",
    [{"c": -1}, {"c": "1"}, {"c": None}, {f"c{n}": 1 for n in range(101)}, []],
    ids=str,
)
def test_positions_out_of_range_are_rejected(alice: Person, positions: object) -> None:
    hers = alice.logs_in()

    refused = hers.is_rejected("bad_request", "heartbeat", data={"positions": positions})

    assert refused["data"]["field"].startswith("data.positions")
