"""A client that sends a request id gets exactly one direct reply that repeats it."""

import json

import pytest

from chat.protocol.ids import ConnectionId
from chat.runtime.routes import ROUTES
from docs.reference.events import CONNECTIONS
from docs.reference.examples import Example, examples, reply_to_example, request_of
from testing.notified import turn_on_web_push
from testing.people import Client, Person
from testing.simulation import Simulation
from testing.sockets import Frame
from tests.integration.runtime.scenario import set_up


@pytest.fixture
def scenario(simulation: Simulation) -> Simulation:
    """Give the state that the examples assume."""
    set_up(simulation)
    turn_on_web_push(simulation)
    simulation.services = simulation.with_limits(people_directory="true")
    return simulation


def send(simulation: Simulation, example: Example) -> Frame | None:
    return simulation.send(ConnectionId(CONNECTIONS[example.by]), example.frame)


def direct_replies(simulation: Simulation) -> list[Frame]:
    """Give the pushes with a request id, which must not exist."""
    received = simulation.sockets.received.values()
    return [frame for frames in received for frame in frames if "requestId" in frame]


@pytest.mark.parametrize("route", ROUTES)
def test_a_request_gets_the_one_reply_that_the_examples_name_for_it(
    scenario: Simulation, route: str
) -> None:
    request, named = request_of(route), reply_to_example(route)

    reply = send(scenario, request)

    assert reply is not None
    assert reply["type"] == named.frame["type"], reply
    assert reply["requestId"] == request.frame["requestId"]
    assert direct_replies(scenario) == []


@pytest.mark.parametrize("route", ROUTES)
def test_a_reply_has_the_fields_of_its_example(scenario: Simulation, route: str) -> None:
    reply = send(scenario, request_of(route))

    assert reply is not None
    named = reply_to_example(route).frame
    assert reply.keys() == named.keys()
    assert reply.get("data", {}).keys() >= named.get("data", {}).keys() - {"cursor"}


@pytest.mark.parametrize("example", examples("client"), ids=lambda each: json.dumps(each.frame))
def test_every_example_is_read_by_the_service(scenario: Simulation, example: Example) -> None:
    reply = send(scenario, example)

    code = (reply or {}).get("code")
    # Fake token and cursor.
    assert code in {None, "invalid_token", "bad_request"}
    assert code is None or {"token", "cursor"} & example.frame["data"].keys()


def test_a_frame_of_an_unknown_type_gets_its_one_reply(scenario: Simulation) -> None:
    reply = scenario.send(ConnectionId(CONNECTIONS["alice"]), {"type": "dance", "requestId": "r-1"})

    assert reply is not None
    assert (reply["type"], reply["requestId"]) == ("error", "r-1")


@pytest.mark.parametrize("type_", ["typing", "read_receipt"])
def test_frame_without_its_own_reply_gets_none_without_a_request_id(
    alice: Person, bob: Person, type_: str
) -> None:
    hers: Client = alice.logs_in()
    conversation = hers.creates(bob)
    hers.says("one", to=conversation)

    hers.sends_without_reply(type_, conversationId=conversation, messageId=f"{conversation}:1")

    hers.receives_nothing()
