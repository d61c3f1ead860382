"""Each route leads to one function, and there to the action that takes its frame."""

import json
from typing import Any, get_type_hints

import pytest

from chat.actions.services import Services
from chat.protocol.client_frames import ClientFrame, SignOut
from chat.protocol.ids import ConnectionId
from chat.protocol.message_frames import ReadReceipt, Typing
from chat.protocol.server_frames import ServerFrame
from chat.runtime.routes import (
    BACKEND,
    GATEWAY_ROUTES,
    QUEUES,
    RELAY,
    ROUTES,
    Route,
    handler_of,
    routes,
)
from testing.people import Client, Person
from testing.simulation import Simulation
from testing.template import REPOSITORY
from tests.unit.runtime.conftest import Invocation

FUNCTIONS = {path.parent.name for path in REPOSITORY.glob("functions/*/app.py")}
# Secrets Manager, the owner's backend and streams call them: no route or queue leads there.
BESIDES = {"rotate_signing_key", BACKEND, RELAY}

each_route = pytest.mark.parametrize(("key", "route"), ROUTES.items(), ids=ROUTES)


def event(frame: dict[str, Any], connection_id: ConnectionId) -> dict[str, Any]:
    context = {"routeKey": frame["type"], "connectionId": connection_id}
    return {"requestContext": context, "body": json.dumps(frame)}


def test_every_frame_of_a_client_has_a_route() -> None:
    # Other tests may make frames of their own.
    frames = {each for each in ClientFrame.__subclasses__() if each.__module__.startswith("chat.")}

    assert {route.frame for route in ROUTES.values()} == frames


def test_every_function_is_behind_a_route_or_a_queue() -> None:
    behind_routes = {route.function for route in ROUTES.values()}

    assert behind_routes | {*GATEWAY_ROUTES.values(), *QUEUES} | BESIDES == FUNCTIONS


@each_route
def test_an_action_takes_the_frame_of_its_route_and_gives_a_reply_or_none(
    key: str, route: Route
) -> None:
    takes = get_type_hints(route.load_action())

    reply = takes.pop("return")
    assert list(takes.values()) == [route.frame, ConnectionId, Services], key
    assert reply is type(None) or issubclass(reply, ServerFrame)


@pytest.mark.parametrize("function", sorted(FUNCTIONS - {"default", "rotate_signing_key"}))
def test_a_function_starts_under_the_name_of_its_folder(function: str) -> None:
    code = (REPOSITORY / f"functions/{function}/app.py").read_text()

    assert f'\nhandler = start("{function}")\n' in code


def test_a_function_that_no_route_leads_to_has_no_handler(services: Services) -> None:
    with pytest.raises(LookupError):
        handler_of("no_such_function", lambda: services)


# One function that serves two routes, and one that serves a third.
SHARED = routes(
    [Typing, ReadReceipt, SignOut],
    functions={"typing": "attend", "read_receipt": "attend"},
    modules={"typing": "typing", "read_receipt": "read_receipt"},
)


@pytest.fixture
def room(alice: Person, bob: Person) -> tuple[Client, Client, str]:
    hers, his = alice.logs_in(), bob.logs_in()
    conversation = hers.creates(bob)
    hers.says("one", to=conversation)
    his.discards_received()
    return hers, his, conversation


def test_actions_are_in_the_module_of_their_function_unless_another_is_named() -> None:
    listed = routes([Typing, SignOut], functions={"typing": "attend"})

    assert [route.module for route in listed.values()] == ["attend", "sign_out"]


def test_a_function_of_several_routes_chooses_the_action_by_the_route_key(
    simulation: Simulation, room: tuple[Client, Client, str]
) -> None:
    hers, his, conversation = room
    handler = handler_of("attend", lambda: simulation.services, SHARED)

    for frame in (
        {"type": "typing", "conversationId": conversation},
        {"type": "read_receipt", "messageId": f"{conversation}:1"},
    ):
        handler(event(frame, hers.connection_id), Invocation())

    assert [each["type"] for each in his.received] == ["typing", "read_receipt"]


def test_each_route_of_a_function_reads_its_own_frame(
    simulation: Simulation, room: tuple[Client, Client, str]
) -> None:
    hers, _, conversation = room
    handler = handler_of("attend", lambda: simulation.services, SHARED)

    answer = handler(
        event({"type": "read_receipt", "conversationId": conversation}, hers.connection_id),
        Invocation(),
    )

    reply = json.loads(answer["body"])
    assert (reply["code"], reply["data"]) == ("bad_request", {"field": "messageId"})


def test_function_answers_a_route_of_another_function_as_an_unknown_type(
    simulation: Simulation, room: tuple[Client, Client, str]
) -> None:
    hers, _, _ = room
    handler = handler_of("attend", lambda: simulation.services, SHARED)

    answer = handler(
        event({"type": "sign_out", "requestId": "r"}, hers.connection_id), Invocation()
    )

    reply = json.loads(answer["body"])
    assert (reply["code"], reply["requestId"]) == ("unknown_type", "r")
