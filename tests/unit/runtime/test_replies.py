"""A client that sends a request id gets exactly one direct reply that repeats it."""

import json

import pytest

from chat.protocol.ids import ConnectionId
from chat.runtime.routes import ROUTES
from docs.reference.events import CONNECTIONS
from docs.reference.examples import Example, examples, reply_to_example, request_of
from testing.people import Client, Person
from testing.simulation import Simulation
from testing.sockets import Frame
from tests.integration.runtime.stage import set_up


@pytest.fixture
def staged(simulation: Simulation) -> Simulation:
    """Give the state of affairs that the examples are about."""
    set_up(simulation)
    return simulation


def send(simulation: Simulation, example: Example) -> Frame | None:
    return simulation.send(ConnectionId(CONNECTIONS[example.by]), example.frame)


def direct_replies(simulation: Simulation) -> list[Frame]:
    """Give what was pushed with a request id, as nothing may be."""
    received = simulation.sockets.received.values()
    return [frame for frames in received for frame in frames if "requestId" in frame]


@pytest.mark.parametrize("route", ROUTES)
def test_a_request_gets_the_one_reply_that_the_examples_name_for_it(
    staged: Simulation, route: str
) -> None:
    request, named = request_of(route), reply_to_example(route)

    reply = send(staged, request)

    assert reply is not None
    assert reply["type"] == named.frame["type"], reply
    assert reply["requestId"] == request.frame["requestId"]
    assert direct_replies(staged) == []


@pytest.mark.parametrize("route", ROUTES)
def test_a_reply_has_the_fields_of_its_example(staged: Simulation, route: str) -> None:
    reply = send(staged, request_of(route))

    assert reply is not None
    named = reply_to_example(route).frame
    assert reply.keys() == named.keys()
    assert reply.get("data", {}).keys() >= named.get("data", {}).keys() - {"cursor"}


@pytest.mark.parametrize("example", examples("client"), ids=lambda each: json.dumps(each.frame))
def test_every_example_is_read_by_the_service(staged: Simulation, example: Example) -> None:
    reply = send(staged, example)

    code = (reply or {}).get("code")
    # A token and a cursor are made up.
    assert code in {None, "invalid_token", "bad_request"}
    assert code is None or {"token", "cursor"} & example.frame["data"].keys()


def test_a_frame_of_an_unknown_type_gets_its_one_reply(staged: Simulation) -> None:
    reply = staged.send(ConnectionId(CONNECTIONS["alice"]), {"type": "dance", "requestId": "r-1"})

    assert reply is not None
    assert (reply["type"], reply["requestId"]) == ("error", "r-1")


@pytest.mark.parametrize("type_", ["typing", "read_receipt"])
def test_without_a_request_id_what_has_no_reply_of_its_own_gets_none(
    alice: Person, bob: Person, type_: str
) -> None:
    hers: Client = alice.arrives()
    conversation = hers.creates(bob)
    hers.says("one", to=conversation)

    hers.sends_silently(type_, conversationId=conversation, messageId=f"{conversation}:1")

    hers.receives_nothing()
