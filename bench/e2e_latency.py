"""Latency on the local stack: what a user waits for, and how it grows.

`python -m bench.e2e_latency` measures end to end first, over WebSockets and the deployed functions.
Then it runs the functions' code in this process, on the stack's tables, with an `@connections` that
answers after 15 ms. Every time includes the emulator's own. The last line is JSON.
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from bench.fanout import running
from bench.in_process_functions import Functions
from local.options import Options
from local.stack import Stack
from testing.live.people import Client, Deployment

MESSAGES = 40
ROOMS = (2, 10, 100, 1_000)
BIG_ROOM = 10_000
CONVERSATIONS = (1, 50, 500)
CONNECTIONS = (10, 1_000, 10_000)
SENDS = 7

type Results = dict[str, Any]


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        Stack(Options.for_tests(Path(folder)), say) as stack,
    ):
        results = measure(Deployment(stack))
    say(json.dumps(results))


def measure(deployment: Deployment) -> Results:
    with deployment.person("alice") as alice, deployment.person("bob") as bob:
        hers, his = alice.logs_in(), bob.logs_in()
        group = hers.creates(bob)
        results = end_to_end(hers, his, group)
        results["authenticate_ms"] = {
            count: authenticating(deployment, count) for count in CONVERSATIONS
        }
        say(f"authenticate with so many conversations, ms: {results['authenticate_ms']}")
        with running("bench.fanout_sink", {"delay_seconds": 0.015, "certificate": ""}) as sink:
            endpoint = f"http://127.0.0.1:{int(sink.answers.readline())}/chat"
            functions = Functions(deployment, endpoint, deployment.connection_id_of(hers), group)
            results |= in_process(functions)
    return results


def end_to_end(hers: Client, his: Client, group: str) -> Results:
    """Time messages between two connected users: to the reply, and to the push."""
    replied, received = [], []
    for number in range(MESSAGES + 5):
        began = time.perf_counter()
        hers.says(f"message {number}", to=group)
        replied.append((time.perf_counter() - began) * 1e3)
        his.receives("chat_message")
        received.append((time.perf_counter() - began) * 1e3)
    results = {"reply_ms": _spread(replied[5:]), "delivery_ms": _spread(received[5:])}
    say(f"end to end, ms: {results}")
    return results


def authenticating(deployment: Deployment, conversations: int) -> float:
    """Time `authenticate` with a token, for a member of that many conversations."""
    with deployment.person("carol") as carol:
        token = carol.logs_in().token
        Functions.fill_memberships(deployment, carol.user, conversations)
        times = []
        for _ in range(3):
            client = carol.connects()
            client.receives("connected")
            times.append(_ms(lambda c=client: c.sends("authenticate", data={"token": token})))  # type: ignore[misc]  # bound now
            client.closes()
    return round(median(times), 1)


def in_process(functions: Functions) -> Results:
    results: Results = {"room_ms": {}, "big_room": {}, "sample_ms": {}, "ours_ms": {}}
    filled = 2
    for room in ROOMS:
        functions.fill_conversation(filled, room)
        filled = room
        results["room_ms"][room] = round(median(_ms(functions.send) for _ in range(SENDS)), 1)
        functions.drop_shards()
    say(f"chat_message's function by live connections, ms: {results['room_ms']}")

    functions.fill_conversation(filled, BIG_ROOM)
    results["big_room"] = functions.send_to_big_room()
    say(f"a room of {BIG_ROOM:,}: {results['big_room']}")

    functions.empty_room()
    filled = 0
    for connections in CONNECTIONS:
        functions.fill_connections(filled, connections)
        filled = connections
        results["ours_ms"][connections] = round(median(_ms(functions.send) for _ in range(3)), 1)
        results["sample_ms"][connections] = round(
            median(_ms(functions.send_as_aws_sample) for _ in range(3)), 1
        )
    say(
        f"by connections in all, ms: ours {results['ours_ms']}, {results['sample_ms']} the sample's"
    )
    return results


def _ms(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1e3


def _spread(times: list[float]) -> dict[str, float]:
    return {"median": round(median(times), 1), "p95": round(quantiles(times, n=20)[-1], 1)}


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
