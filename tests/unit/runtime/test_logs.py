"""Messages and credentials are not in logs, metrics, error frames or queues.

Only the frames of big conversations wait in a queue to be pushed.
"""

import logging
from collections.abc import Callable, Iterator
from functools import partial
from io import StringIO
from itertools import count
from typing import Any

import pytest

from chat.protocol.ids import ConnectionId, ConversationId
from chat.push.queue_bodies import QueuedFrame, Shard, encode_shards
from testing.people import Client, Person
from testing.simulation import PASSWORD_OF_ALL, Simulation
from testing.steps import Step
from tests.unit.runtime.output_recorder import OutputRecorder

SAID = "marked-content"
GUESSED = "marked-guess"
EDGE_KEY = "marked-edge-key"
KEYS = ("k" * 32, "c" * 32)
"""The simulation's keys for tokens and cursors."""


@pytest.fixture
def recorder(simulation: Simulation) -> OutputRecorder:
    simulation.services = simulation.with_limits(edge_key=EDGE_KEY, inline_push_limit=1)
    return OutputRecorder(simulation)


@pytest.fixture
def recorded_text(
    recorder: OutputRecorder,
    log: StringIO,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> Callable[[], str]:
    """Give logs, metrics, errors and queued messages, without the frames of big conversations."""
    caplog.set_level(logging.INFO)

    def read() -> str:
        queued = recorder.messages + recorder.shards_without_their_frames
        written = [log.getvalue(), caplog.text, *capsys.readouterr()]
        return "\n".join([*written, *recorder.refusals, *queued])

    return read


@pytest.fixture
def hers(recorder: OutputRecorder, alice: Person, bob: Person) -> Client:  # noqa: ARG001 -- first of all
    bob.logs_in()
    bob.logs_in()
    return alice.logs_in()


def frames_with_secrets(conversation: str, client: Client) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give valid frames of all types that use a table, with all their secrets."""
    said = {"content": SAID}
    yield "authenticate", {"data": {"username": "alice", "password": PASSWORD_OF_ALL}}
    yield "authenticate", {"data": {"token": client.token}}
    yield (
        "chat_message",
        {"conversationId": conversation, "data": said, "clientMessageId": SAID},
    )
    yield "chat_message", {"conversationId": conversation, "data": said}
    yield "typing", {"conversationId": conversation, "requestId": "r"}
    yield "edit_message", {"messageId": f"{conversation}:1", "data": {"content": SAID}}
    yield "delete_message", {"messageId": f"{conversation}:1"}
    yield "read_receipt", {"messageId": f"{conversation}:1", "requestId": "r"}
    yield "history", {"conversationId": conversation}
    yield "heartbeat", {"data": {"positions": {conversation: 0}}}
    group = {"kind": "group", "title": SAID, "members": ["bob"]}
    yield "create_conversation", {"data": group}
    yield "create_conversation", {"data": {"kind": "direct", "members": ["bob"]}}
    yield "list_conversations", {}
    yield "list_members", {"conversationId": conversation}
    who = {"username": "bob"}
    yield "remove_member", {"conversationId": conversation, "requestId": "r", "data": who}
    yield "add_members", {"conversationId": conversation, "data": {"members": ["bob"]}}
    yield "leave_conversation", {"conversationId": conversation}
    yield "sign_out", {}


def create_big_conversation(hers: Client, bob: Person) -> str:
    conversation = hers.creates(bob, title=SAID)
    hers.says(SAID, to=conversation)
    return conversation


def succeed(hers: Client, bob: Person) -> None:
    for type_, frame in frames_with_secrets(create_big_conversation(hers, bob), hers):
        assert hers.sends(type_, **frame)["type"] not in {"error", "auth_error"}


def provoke_errors(hers: Client, bob: Person) -> None:
    conversation = create_big_conversation(hers, bob)
    for frame in (
        {"conversationId": "none", "data": {"content": SAID}},
        {"conversationId": conversation, "data": {"content": SAID * 1_500}},
        {"conversationId": conversation, "data": {"content": [SAID]}},
        {"conversationId": conversation, "data": {"content": "x", "type": SAID.upper()}},
        {"conversationId": [SAID]},
    ):
        assert hers.sends("chat_message", **frame)["type"] == "error"
    for data in (
        {"username": "alice", "password": GUESSED},
        {"username": GUESSED, "password": GUESSED},
        {"token": GUESSED},
        {"token": hers.token + GUESSED},
        {"token": [GUESSED]},
        {"password": GUESSED},
    ):
        assert hers.sends("authenticate", data=data)["type"] == "auth_error"


def send_invalid_frames(hers: Client, _: Person) -> None:
    for text in (SAID, f'["{SAID}"]', f'{{"type":"{SAID}"}}', f'{{"type":"heartbeat","x":"{SAID}'):
        hers.simulation.send(hers.connection_id, text)
    for queue in ("greet", "auth_deadline", "fanout"):
        hers.simulation.consume(queue, f'{{"connection_id":["{SAID}"],"frame":"{SAID}"}}')


def fail(hers: Client, bob: Person) -> None:
    """Let every frame fail at each of its steps in turn."""
    for type_, frame in frames_with_secrets(create_big_conversation(hers, bob), hers):
        asks = partial(hers.sends, type_, **frame)
        steps = next(step for step in count() if not fail_before_step(hers.simulation, step, asks))
        assert steps, type_


def fail_on_connect(hers: Client, _: Person) -> None:
    """Let the connection and queue functions fail, with the proxy's key set."""
    simulation = hers.simulation
    opened = connect_by_proxy(simulation)
    [shard] = encode_shards(
        Shard(ConversationId("r"), [ConnectionId("1")], [QueuedFrame(f'"{SAID}"'.encode())])
    )
    id_ = f'{{"connection_id":"{opened}"}}'
    for happens in (
        lambda: connect_by_proxy(simulation),
        lambda: simulation.consume("greet", id_),
        lambda: simulation.consume("auth_deadline", id_),
        lambda: simulation.consume("fanout", shard),
        lambda: simulation.invoke("$disconnect", hers.connection_id),
    ):
        assert fail_before_step(simulation, 0, happens)


def connect_by_proxy(simulation: Simulation) -> str:
    context = {"routeKey": "$connect", "connectionId": "by-proxy=", "identity": {}}
    context["eventType"] = "CONNECT"
    headers = {"X-Parley-Viewer": "192.0.2.7", "X-Parley-Edge": EDGE_KEY}
    simulation.routes["$connect"]({"requestContext": context, "headers": headers}, Invocation())
    return "by-proxy="


class Invocation:
    """What Lambda hands a handler beside the event."""

    aws_request_id = "5f3c1c1e-7a54-4c5e-9f10-3d5d3e0c8a11"

    def get_remaining_time_in_millis(self) -> int:
        return 10_000


def fail_before_step(simulation: Simulation, at: int, happens: Callable[[], object]) -> bool:
    """Fail just before one of the steps; False if there are fewer."""
    left = at

    def count_down(_: Step) -> None:
        nonlocal left
        left -= 1
        if left == -1:
            raise LookupError("a table is on fire")

    with simulation.steps.observing(simulation.dynamodb, before=count_down):
        happens()
    return left < 0


@pytest.mark.parametrize(
    "happens", [succeed, provoke_errors, send_invalid_frames, fail, fail_on_connect]
)
def test_no_secret_is_logged_replied_or_queued(
    hers: Client,
    bob: Person,
    recorder: OutputRecorder,
    recorded_text: Callable[[], str],
    happens: Callable[[Client, Person], None],
) -> None:
    happens(hers, bob)

    left, shards = recorded_text(), "\n".join(recorder.shards)
    proofs = (GUESSED, PASSWORD_OF_ALL, hers.token, "argon2id", EDGE_KEY, *KEYS)
    for secret in (SAID, SAID.upper(), *proofs):
        assert secret not in left
    for secret in proofs:
        assert secret not in shards


def test_searched_channels_are_not_empty(
    hers: Client, bob: Person, recorder: OutputRecorder, recorded_text: Callable[[], str]
) -> None:
    fail(hers, bob)

    left = recorded_text()
    assert left.count("a table is on fire") >= 50
    assert "_aws" in left
    assert len(recorder.refusals) >= 50
    assert recorder.messages
    assert SAID in "\n".join(recorder.shards)


def test_an_unknown_username_is_not_logged_either(simulation: Simulation, log: StringIO) -> None:
    connection_id = simulation.connect()

    simulation.send(
        connection_id,
        {"type": "authenticate", "data": {"username": PASSWORD_OF_ALL, "password": GUESSED}},
    )

    assert "refused" in log.getvalue()
    assert PASSWORD_OF_ALL not in log.getvalue()
