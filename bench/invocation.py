"""CPU of a warm `chat_message`, by the live connections of its room.

`python -m bench.invocation`: the real handler, in a process whose tables and pushes are answered
by others at once, over plain HTTP. Also run as that process. The last line is JSON.
"""

import json
import os
import subprocess
import sys
import time
from contextlib import ExitStack
from statistics import median

from bench.fake_dynamodb import CONVERSATION
from bench.fanout import running

ROOMS = (2, 10, 100, 500)
ROUNDS = 5
FRAMES = {2: 120, 10: 120, 100: 60, 500: 20}
UNLIMITED = {
    f"{what}_PER_MINUTE": "1000000000"
    for what in ("MESSAGES", "TYPING", "RECEIPTS", "HISTORY", "AUTHENTICATIONS", "CHANGES", "LISTS")
}
"""More than anybody may send; and no sample is counted, for which no answer is ready."""


def main() -> None:
    costs = measure()
    for room, cpu in costs.items():
        sys.stdout.write(f"{room:6,} live connections: {cpu:.2f} ms of CPU\n")
    sys.stdout.write(json.dumps({"cpu_ms": costs}) + "\n")


def measure() -> dict[int, float]:
    """Give ms of CPU by room size, medians."""
    return {room: _measure(room) for room in ROOMS}


def _measure(room: int) -> float:
    with ExitStack() as stack:
        dynamodb = stack.enter_context(
            running("bench.fake_dynamodb", {"connections": room, "certificate": ""})
        )
        sink = stack.enter_context(
            running("bench.fanout_sink", {"delay_seconds": 0, "certificate": ""})
        )
        environment = _environment(
            f"http://127.0.0.1:{int(dynamodb.answers.readline())}",
            f"http://127.0.0.1:{int(sink.answers.readline())}/chat",
        )
        ran = subprocess.run(  # noqa: S603 -- this very module
            [sys.executable, "-m", "bench.invocation", str(FRAMES[room])],
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        )
    return float(ran.stdout.splitlines()[-1])


def credentials() -> dict[str, str]:
    """Return variables that every function has, with credentials as long as a role's."""
    return {
        "AWS_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "ASIAEXAMPLEEXAMPLE00",
        "AWS_SECRET_ACCESS_KEY": "s" * 40,
        "AWS_SESSION_TOKEN": "t" * 700,
        "POWERTOOLS_SERVICE_NAME": "bench",
        "POWERTOOLS_METRICS_NAMESPACE": "Bench",
    }


def _environment(dynamodb: str, management: str) -> dict[str, str]:
    return (
        credentials()
        | UNLIMITED
        | {
            "PYTHONPATH": os.pathsep.join([".", "layers/chat"]),
            "AWS_ENDPOINT_URL_DYNAMODB": dynamodb,
            "MANAGEMENT_ENDPOINT": management,
            "ROSTER_TABLE": "roster",
            "CONVERSATIONS_TABLE": "conversations",
            "MESSAGES_TABLE": "messages",
            "SENT_TABLE": "sent",
            "CONNECTIONS_TABLE": "connections",
        }
    )


def run(frames: int) -> None:
    """Handle frames, and print the median of the rounds: ms of CPU a frame."""
    from functions.chat_message.app import handler  # noqa: PLC0415 -- in its own process alone

    costs = []
    for at in range(ROUNDS + 1):
        began = time.process_time()
        for number in range(frames):
            answer = handler(_event(at * frames + number), _Context())
        costs.append((time.process_time() - began) / frames * 1e3)
        if json.loads(answer["body"])["type"] != "chat_message":
            raise RuntimeError(answer)
    sys.stdout.write(f"{median(costs[1:])}\n")


class _Context:
    aws_request_id = "5f3c1c1e-7a54-4c5e-9f10-3d5d3e0c8a11"

    def get_remaining_time_in_millis(self) -> int:
        return 10_000


def _event(number: int) -> dict[str, object]:
    frame = {
        "type": "chat_message",
        "requestId": str(number),
        "conversationId": CONVERSATION,
        "clientMessageId": f"m{number}",
        "data": {"content": "x" * 200},
    }
    context = {"connectionId": "L0SM9cOF000000w=", "routeKey": "chat_message"}
    return {"requestContext": context, "body": json.dumps(frame)}


if __name__ == "__main__":
    if len(sys.argv) > 1:
        run(int(sys.argv[1]))
    else:
        main()
