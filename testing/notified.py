"""Members with devices, who are notified of what they do not read in time."""

import json
from collections.abc import Iterable

import msgspec

from chat.push.notices import Notice
from testing.devices import endpoint, subscription
from testing.people import Client
from testing.simulation import Invocation, Simulation


def turn_on_web_push(simulation: Simulation) -> None:
    simulation.services = simulation.with_limits(web_push="true")


def registers(client: Client, name: str) -> str:
    """Register a device; returns its address."""
    data = {"kind": "web_push", "subscription": subscription(name)}
    reply = client.sends("register_device", data=data)
    assert reply["type"] == "device_registered", reply
    return endpoint(name)


def notices_of(messages: Iterable[dict[str, object]]) -> Notice:
    """Give the notice that is queued when messages of one conversation are stored."""
    stored = list(messages)
    seqs = tuple(int(str(each["seq"])) for each in stored)
    return Notice(conversation_id=str(stored[0]["conversation_id"]), seqs=seqs)  # type: ignore[arg-type]  # of a frame


def streams(simulation: Simulation, *messages: dict[str, object]) -> None:
    """Have the stream of the table bring messages to the function."""
    records = [
        {
            "eventSource": "aws:dynamodb",
            "dynamodb": {
                "Keys": {
                    "conversation_id": {"S": each["conversation_id"]},
                    "seq": {"N": str(each["seq"])},
                }
            },
        }
        for each in messages
    ]
    answer = simulation.consumers["notify"]({"Records": records}, Invocation())
    assert answer == {"batchItemFailures": []}


def works_off(simulation: Simulation) -> None:
    """Deliver what is in the queue, whatever its delay, and what follows from it, once each."""
    waiting, simulation.queues.notices = simulation.queues.notices, []
    for notice, _ in waiting:
        handles(simulation, notice)


def handles(simulation: Simulation, notice: Notice) -> None:
    body = json.dumps(msgspec.to_builtins(notice))
    answer = simulation.consume("notify", body)
    assert answer == {"batchItemFailures": []}, answer


def is_notified_of(simulation: Simulation, *messages: dict[str, object]) -> None:
    """Have messages go the whole way: over the stream and the queue."""
    streams(simulation, *messages)
    works_off(simulation)
