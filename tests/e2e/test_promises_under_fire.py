"""What the service promises, while everything that can fail does."""

import os
import random
import signal
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from local.stack import Stack
from testing.live.people import Deployment
from tests.e2e.stubborn import Stubborn

SENDERS = 8
MESSAGES_EACH = int(os.environ.get("FIRE_MESSAGES", "12"))
PAUSE_SECONDS = 0.4


def test_nothing_is_lost_doubled_or_told_in_another_order(deployment: Deployment) -> None:
    clients = _people_in_one_room(deployment)
    ended = threading.Event()
    fire = threading.Thread(target=_fire, args=(deployment.stack, ended))
    fire.start()
    try:
        with ThreadPoolExecutor(SENDERS) as threads:
            list(threads.map(_talk, clients))
    finally:
        ended.set()
        fire.join()
        deployment.stack.faults.clear()

    for client in clients:
        client.fills_gaps()
        client.catches_up()

    _check(clients, clients[0].reads_everything())


def _people_in_one_room(deployment: Deployment) -> list[Stubborn]:
    people = [deployment.enrol(f"sender{number}") for number in range(SENDERS)]
    conversation = people[0].arrives().creates(*people[1:])
    return [Stubborn(person, conversation) for person in people]


def _talk(client: Stubborn) -> None:
    for number in range(MESSAGES_EACH):
        client.says(f"{number} of {client.person.user.username}")


def _check(clients: list[Stubborn], stored: dict[int, dict[str, Any]]) -> None:
    acknowledged = {key: m for client in clients for key, m in client.acknowledged.items()}
    by_client_id = [m["client_message_id"] for m in stored.values()]

    assert len(acknowledged) == SENDERS * MESSAGES_EACH
    assert sorted(by_client_id) == sorted(acknowledged), "each is stored, once"
    assert all(stored[m["seq"]] == m for m in acknowledged.values()), "as it was acknowledged"
    assert all(client.seen == stored for client in clients), "and everybody has seen the same"


def _fire(stack: Stack, ended: threading.Event) -> None:
    """Tear connections, lose and refuse pushes, kill functions, until told to end."""
    chance = random.Random(20_261_122)  # noqa: S311 -- a plan that repeats itself
    while not ended.wait(PAUSE_SECONDS):
        match chance.choice(["cut", "lose", "fail", "throttle", "kill", "kill"]):
            case "cut":
                connections = [str(each["connectionId"]) for each in stack.faults.connections()]
                stack.faults.cut(chance.choice(connections)) if connections else None
            case "lose":
                stack.faults.answer("delivered", share=0.3, times=10)
            case "fail":
                stack.faults.answer(500, share=0.3, times=10)
            case "throttle":
                stack.faults.answer(429, share=0.3, times=10)
            case "kill":
                _kill_a_function(stack, chance)


def _kill_a_function(stack: Stack, chance: random.Random) -> None:
    """End one of the emulator's function processes, as Lambda may at any moment."""
    listed = subprocess.run(
        ["ps", "-axo", "pid=,ppid=,args="],  # noqa: S607 -- everywhere it is elsewhere
        capture_output=True,
        text=True,
        check=True,
    )
    rows = (line.split(maxsplit=2) for line in listed.stdout.splitlines())
    emulator = str(stack.emulator.process.pid)
    workers = [
        int(pid)
        for pid, parent, arguments in rows
        if parent == emulator and arguments.endswith("_worker.py")
    ]
    if workers:
        os.kill(chance.choice(workers), signal.SIGKILL)
