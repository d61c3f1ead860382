"""The frames that are measured, and the conversations in which they are sent."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from copy import replace
from typing import Any, NamedTuple

from bench.frame_costs.recording import Event, Recorded, record
from chat.auth.passwords import Passwords
from chat.protocol.ids import ConnectionId, ConversationId, UserId, Username
from chat.push.queue_bodies import QueuedFrame, Shard, encode_connection, encode_shards
from chat.runtime.routes import GATEWAY_ROUTES, ROUTES
from chat.storage.users import User, create_user
from testing.people import Client, Person
from testing.simulation import PASSWORD_OF_ALL, Simulation
from testing.stored import (
    fill_conversation,
    fill_members,
    fill_memberships,
    fill_messages,
    group_of_two,
    running_simulation,
)

ROOMS = (2, 10, 100, 1_000)
BIG = 10_000
CONVERSATIONS = 20
PAGE = 50
CONNECTIONS_A_SHARD = 500
CONTENT = "x" * 200
FRAME = QueuedFrame(b'{"x":"' + b"x" * 342 + b'"}')


class Scene(NamedTuple):
    """A measured frame: its name, the live connections of its room, its function."""

    name: str
    room: int
    function: str
    recorded: Recorded


def scenes() -> Iterator[Scene]:
    """Record every measured frame."""
    for room in ROOMS:
        yield from scenes_in_a_room(room)
    yield from scenes_of_coming()
    yield from _shard()
    yield from _leaving()


def scenes_in_a_room(size: int) -> Iterator[Scene]:
    with running_simulation() as simulation:
        alice, room = _room(simulation, size)
        frames: Mapping[str, dict[str, Any]] = {
            "chat_message": {
                "conversationId": room,
                "clientMessageId": "8f14e45fceea167a",
                "data": {"content": CONTENT},
            },
            "typing": {"conversationId": room},
            "read_receipt": {"messageId": f"{room}:{PAGE}"},
            "history": {"conversationId": room},
            "heartbeat": {"data": {"positions": {room: PAGE}}},
        }
        for name, frame in frames.items():
            yield _frame(simulation, alice.connection_id, name, frame, size)


def scenes_of_coming() -> Iterator[Scene]:
    """Connect, get the greeting, authenticate in two ways, and go."""
    with running_simulation() as simulation:
        _set_clock(simulation)
        alice = Person(simulation, "alice")
        fill_memberships(alice.user, CONVERSATIONS)
        token = alice.logs_in().token
        context = {"eventType": "CONNECT", "identity": {"sourceIp": "192.0.2.1"}}
        yield _gateway(simulation, "$connect", {"requestContext": context, "headers": {}}, 1)
        fresh = simulation.connect()
        yield _queued(simulation, "greet", encode_connection(fresh), 1)
        yield _frame(simulation, fresh, "authenticate", {"data": {"token": token}}, CONVERSATIONS)
        yield _queued(simulation, "auth_deadline", encode_connection(fresh), 1)
        context = {"eventType": "DISCONNECT", "connectionId": fresh, "identity": {}}
        yield _gateway(simulation, "$disconnect", {"requestContext": context}, CONVERSATIONS)
        yield _by_password(simulation)


def _by_password(simulation: Simulation) -> Scene:
    user = User(UserId("user-dora"), Username("dora"))
    create_user(user, Passwords().hash(PASSWORD_OF_ALL), simulation.now_ms)
    simulation.services = replace(simulation.services, passwords=Passwords)
    proof = {"data": {"username": "dora", "password": PASSWORD_OF_ALL}}
    scene = _frame(simulation, simulation.connect(), "authenticate", proof, 0)
    return scene._replace(name="authenticate by password")


def _shard() -> Iterator[Scene]:
    with running_simulation() as simulation:
        alice, room = _room(simulation, CONNECTIONS_A_SHARD)
        ids = sorted(simulation.sockets.open - {alice.connection_id})
        [body] = encode_shards(Shard(ConversationId(room), ids, [FRAME]))
        yield _queued(simulation, "fanout", body, CONNECTIONS_A_SHARD)


def _leaving() -> Iterator[Scene]:
    with running_simulation() as simulation:
        alice, room = _room(simulation, BIG)
        fill_members(simulation, room, BIG)
        frame = {"conversationId": room}
        yield _frame(simulation, alice.connection_id, "leave_conversation", frame, BIG)


def _room(simulation: Simulation, size: int) -> tuple[Client, str]:
    _set_clock(simulation)
    alice, room = group_of_two(simulation)
    fill_messages(room, [CONTENT] * PAGE, simulation.now_ms)
    fill_conversation(simulation, room, size)
    return alice, room


def _set_clock(simulation: Simulation) -> None:
    """Record at the present time: the measured process has the machine's clock."""
    simulation.now_ms = time.time_ns() // 1_000_000


def _frame(
    simulation: Simulation, sender: ConnectionId, name: str, frame: dict[str, Any], room: int
) -> Scene:
    body = json.dumps({"type": name, "requestId": "r", **frame})
    context = {"routeKey": name, "connectionId": sender, "identity": {}, "eventType": "MESSAGE"}
    event: Event = {"requestContext": context, "body": body}
    recorded = record(simulation, simulation.routes[name], event)
    return Scene(name, room, ROUTES[name].function, recorded)


def _gateway(simulation: Simulation, route: str, event: Event, room: int) -> Scene:
    context = {"routeKey": route, "connectionId": "connection0=", **event["requestContext"]}
    recorded = record(simulation, simulation.routes[route], event | {"requestContext": context})
    return Scene(route, room, GATEWAY_ROUTES[route], recorded)


def _queued(simulation: Simulation, queue: str, body: str, room: int) -> Scene:
    event: Event = {"Records": [{"messageId": "1", "body": body}]}
    handle: Callable[..., Any] = simulation.consumers[queue]
    return Scene(queue, room, queue, record(simulation, handle, event))
