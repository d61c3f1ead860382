import pytest

from testing.people import Client, Person
from testing.simulation import Simulation

type Group = tuple[Client, Client, str]


@pytest.fixture
def group(alice: Person, bob: Person) -> Group:
    hers, his = alice.logs_in(), bob.logs_in()
    conversation = hers.creates(bob)
    his.discards_received()
    return hers, his, conversation


def test_typing_is_shown_to_the_other_members_only(group: Group, alice: Person) -> None:
    hers, his, conversation = group
    her_phone = alice.logs_in()

    hers.sends_without_reply("typing", conversationId=conversation, data={"is_typing": True})

    assert his.receives("typing") == {
        "conversation_id": conversation,
        "user_id": "user-alice",
        "username": "alice",
        "is_typing": True,
        "expires_in_seconds": 6,
    }
    her_phone.receives_nothing()


def test_typing_without_data_means_typing(group: Group) -> None:
    hers, his, conversation = group

    hers.sends_without_reply("typing", conversationId=conversation)

    assert his.receives("typing")["is_typing"] is True


def test_typing_can_end(group: Group) -> None:
    hers, his, conversation = group

    hers.sends_without_reply("typing", conversationId=conversation, data={"is_typing": False})

    assert his.receives("typing")["is_typing"] is False


def test_typing_with_a_request_id_is_acknowledged(group: Group) -> None:
    hers, _, conversation = group

    reply = hers.sends("typing", conversationId=conversation, requestId="r-1")

    assert reply == {"type": "ack", "requestId": "r-1"}


def test_typing_is_not_relayed_in_a_big_conversation(simulation: Simulation, group: Group) -> None:
    hers, his, conversation = group
    simulation.services = simulation.with_limits(big_room_connections=1)

    hers.sends_without_reply("typing", conversationId=conversation)

    his.receives_nothing()


def test_typing_is_relayed_in_a_conversation_at_the_limit(
    simulation: Simulation, group: Group
) -> None:
    hers, his, conversation = group
    simulation.services = simulation.with_limits(big_room_connections=2)

    hers.sends_without_reply("typing", conversationId=conversation)

    his.receives("typing")


def test_typing_is_never_stored(simulation: Simulation, group: Group) -> None:
    hers, _, conversation = group
    requests: list[str] = []

    with simulation.steps.observing(
        simulation.dynamodb, before=lambda step: requests.append(step.name)
    ):
        hers.sends_without_reply("typing", conversationId=conversation)

    assert requests == ["Query", "push"]


def test_is_typing_must_be_true_or_false(group: Group) -> None:
    hers, _, conversation = group

    refused = hers.is_rejected(
        "bad_request", "typing", conversationId=conversation, data={"is_typing": "yes"}
    )

    assert refused["data"] == {"field": "data.is_typing"}
