"""The promises about messages hold while connections, pushes and functions fail."""

import os
import random
import signal
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from local.stack import Stack
from testing.live.people import Deployment
from tests.e2e.retrying_client import RetryingClient

SENDERS = 8
MESSAGES_EACH = int(os.environ.get("FAULT_MESSAGES", "12"))
PAUSE_SECONDS = 0.4


def test_no_message_is_lost_repeated_or_reordered_under_faults(deployment: Deployment) -> None:
    clients = _members_of_one_group(deployment)
    ended = threading.Event()
    faults = threading.Thread(target=_cause_faults, args=(deployment.stack, ended))
    faults.start()
    try:
        with ThreadPoolExecutor(SENDERS) as threads:
            list(threads.map(_talk, clients))
    finally:
        ended.set()
        faults.join()
        deployment.stack.faults.clear()

    for client in clients:
        client.fills_gaps()
        client.catches_up()

    _check(clients, clients[0].reads_everything())


def _members_of_one_group(deployment: Deployment) -> list[RetryingClient]:
    people = [deployment.enrol(f"sender{number}") for number in range(SENDERS)]
    conversation = people[0].logs_in().creates(*people[1:])
    return [RetryingClient(person, conversation) for person in people]


def _talk(client: RetryingClient) -> None:
    for number in range(MESSAGES_EACH):
        client.says(f"{number} of {client.person.user.username}")


def _check(clients: list[RetryingClient], stored: dict[int, dict[str, Any]]) -> None:
    acknowledged = {key: m for client in clients for key, m in client.acknowledged.items()}
    by_client_id = [m["client_message_id"] for m in stored.values()]

    assert len(acknowledged) == SENDERS * MESSAGES_EACH
    assert sorted(by_client_id) == sorted(acknowledged), "each message is stored once"
    assert all(stored[m["seq"]] == m for m in acknowledged.values()), (
        "each is stored as it was acknowledged"
    )
    assert all(client.seen == stored for client in clients), (
        "each client has seen the same messages"
    )


def _cause_faults(stack: Stack, ended: threading.Event) -> None:
    """Drop connections, lose and reject pushes, kill functions, until `ended` is set."""
    plan = random.Random(20_261_122)  # noqa: S311 -- the same plan in each run
    while not ended.wait(PAUSE_SECONDS):
        match plan.choice(["cut", "lose", "fail", "throttle", "kill", "kill"]):
            case "cut":
                connections = [str(each["connectionId"]) for each in stack.faults.connections()]
                stack.faults.cut(plan.choice(connections)) if connections else None
            case "lose":
                stack.faults.answer("delivered", share=0.3, times=10)
            case "fail":
                stack.faults.answer(500, share=0.3, times=10)
            case "throttle":
                stack.faults.answer(429, share=0.3, times=10)
            case "kill":
                _kill_a_function(stack, plan)


def _kill_a_function(stack: Stack, plan: random.Random) -> None:
    """End one of the emulator's function processes, as Lambda may do at any time."""
    listed = subprocess.run(
        ["ps", "-axo", "pid=,ppid=,args="],  # noqa: S607 -- its folder differs between systems
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
        os.kill(plan.choice(workers), signal.SIGKILL)
