"""CPU and memory of a page of `search` that finds nothing, so that it reads as much as it may.

`python -m bench.search`: the real handler, in a process whose tables are answered by another at
once, over plain HTTP, for a conversation of a hundred thousand messages. Also run as that process.
The last line is JSON.
"""

import json
import os
import resource
import subprocess
import sys
import time
from statistics import median

from bench.fake_dynamodb import CONVERSATION
from bench.fake_messages import CONNECTION, WORDS
from bench.fanout import running

MESSAGES = 100_000
SEARCHED = [
    *((language, 200) for language in WORDS),
    ("German", 30),
    ("German", 1_000),
]
PAGES = 7


def main() -> None:
    measured = [
        {"language": language, "characters": characters, **measure(language, characters)}
        for language, characters in SEARCHED
    ]
    for each in measured:
        sys.stdout.write(
            f"{each['language']:8} {each['characters']:5,} characters:"
            f" {each['numbers']:6,} numbers, {each['cpu_ms']:.0f} ms of CPU,"
            f" {each['memory_mb']:.0f} MB\n"
        )
    sys.stdout.write(json.dumps(measured) + "\n")


def measure(language: str, characters: int) -> dict[str, float]:
    """Give for one page: ms of CPU, how many numbers it covers, and MB that it adds at most."""
    settings = {"messages": MESSAGES, "language": language, "characters": characters}
    with running("bench.fake_messages", settings) as dynamodb:
        ran = subprocess.run(
            [sys.executable, "-m", "bench.search", "run"],
            env=_environment(f"http://127.0.0.1:{int(dynamodb.answers.readline())}"),
            check=True,
            capture_output=True,
            text=True,
        )
    return dict(json.loads(ran.stdout.splitlines()[-1]))


def _environment(dynamodb: str) -> dict[str, str]:
    return {
        "PYTHONPATH": os.pathsep.join([".", "layers/chat"]),
        "AWS_ENDPOINT_URL_DYNAMODB": dynamodb,
        "AWS_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "ASIAEXAMPLEEXAMPLE00",
        "AWS_SECRET_ACCESS_KEY": "s" * 40,
        "AWS_SESSION_TOKEN": "t" * 700,
        "POWERTOOLS_SERVICE_NAME": "bench",
        "POWERTOOLS_METRICS_NAMESPACE": "Bench",
        "CONNECTIONS_TABLE": "connections",
        "MEMBERSHIPS_TABLE": "memberships",
        "CONVERSATIONS_TABLE": "conversations",
        "MESSAGES_TABLE": "messages",
    }


def run() -> None:
    """Ask for the same page several times, and print the median and the most."""
    from functions.search.app import handler  # noqa: PLC0415 -- in its own process alone

    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    costs, reply = [], {}
    for _ in range(PAGES):
        began = time.process_time()
        reply = json.loads(handler(_event(), _Context())["body"])
        costs.append((time.process_time() - began) * 1e3)
    used_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb
    figures = {
        "cpu_ms": median(costs[1:]),
        "numbers": MESSAGES + 1 - reply["data"]["cursor"],
        "memory_mb": used_kb / 1024,
    }
    sys.stdout.write(json.dumps(figures) + "\n")


class _Context:
    aws_request_id = "5f3c1c1e-7a54-4c5e-9f10-3d5d3e0c8a11"

    def get_remaining_time_in_millis(self) -> int:
        return 10_000


def _event() -> dict[str, object]:
    # In every language some messages are folded whole, and none contains it.
    frame = {"type": "search", "conversationId": CONVERSATION, "data": {"text": "ÖЖ語"}}
    context = {"connectionId": CONNECTION, "routeKey": "search"}
    return {"requestContext": context, "body": json.dumps(frame)}


if __name__ == "__main__":
    if len(sys.argv) > 1:
        run()
    else:
        main()
