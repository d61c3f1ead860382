import pytest

from testing.people import Client, Person
from testing.simulation import Simulation

type Room = tuple[Client, Client, str]


@pytest.fixture
def room(alice: Person, bob: Person) -> Room:
    hers, his = alice.arrives(), bob.arrives()
    conversation = hers.creates(bob)
    his.forgets()
    return hers, his, conversation


def test_typing_is_shown_to_the_other_members_only(room: Room, alice: Person) -> None:
    hers, his, conversation = room
    her_phone = alice.arrives()

    hers.sends_silently("typing", conversationId=conversation, data={"is_typing": True})

    assert his.receives("typing") == {
        "conversation_id": conversation,
        "user_id": "user-alice",
        "username": "alice",
        "is_typing": True,
        "expires_in_seconds": 6,
    }
    her_phone.receives_nothing()


def test_typing_without_data_means_typing(room: Room) -> None:
    hers, his, conversation = room

    hers.sends_silently("typing", conversationId=conversation)

    assert his.receives("typing")["is_typing"] is True


def test_typing_can_end(room: Room) -> None:
    hers, his, conversation = room

    hers.sends_silently("typing", conversationId=conversation, data={"is_typing": False})

    assert his.receives("typing")["is_typing"] is False


def test_typing_with_a_request_id_is_acknowledged(room: Room) -> None:
    hers, _, conversation = room

    reply = hers.sends("typing", conversationId=conversation, requestId="r-1")

    assert reply == {"type": "ack", "requestId": "r-1"}


def test_typing_is_not_relayed_in_a_big_room(simulation: Simulation, room: Room) -> None:
    hers, his, conversation = room
    simulation.services = simulation.with_limits(big_room_connections=1)

    hers.sends_silently("typing", conversationId=conversation)

    his.receives_nothing()


def test_typing_is_relayed_in_a_room_at_the_limit(simulation: Simulation, room: Room) -> None:
    hers, his, conversation = room
    simulation.services = simulation.with_limits(big_room_connections=2)

    hers.sends_silently("typing", conversationId=conversation)

    his.receives("typing")


def test_typing_is_never_stored(simulation: Simulation, room: Room) -> None:
    hers, _, conversation = room
    requests: list[str] = []

    with simulation.steps.telling(
        simulation.dynamodb, before=lambda step: requests.append(step.name)
    ):
        hers.sends_silently("typing", conversationId=conversation)

    assert requests == ["Query", "push"]


def test_someone_outside_types_to_nobody(room: Room, carol: Person) -> None:
    _, his, conversation = room

    carol.arrives().is_refused("not_a_member", "typing", conversationId=conversation)

    his.receives_nothing()


def test_is_typing_must_be_true_or_false(room: Room) -> None:
    hers, _, conversation = room

    refused = hers.is_refused(
        "bad_request", "typing", conversationId=conversation, data={"is_typing": "yes"}
    )

    assert refused["data"] == {"field": "data.is_typing"}
