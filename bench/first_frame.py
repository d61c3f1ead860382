"""What the first `chat_message` of a process costs beside the next ones, and without the process.

`python -m bench.first_frame`: CPU of the built function, over TLS, against a DynamoDB and an
`@connections` that have their answers ready; ten live connections. The last line is JSON.
"""

import json
import sys
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from msgspec import Struct, to_builtins

from bench.built import BUILD, environment, report_of
from bench.fake_dynamodb import CONVERSATION
from bench.fanout import running
from testing.certificates import Authority

ROUNDS = 7
ROOM = 10
RUN = f"""
import time
began = time.process_time()
import app, json
class Context:
    aws_request_id = "r"
    def get_remaining_time_in_millis(self): return 10_000
def event(number):
    frame = {{"type": "chat_message", "requestId": "r", "conversationId": "{CONVERSATION}"}}
    frame |= {{"clientMessageId": f"m{{number}}", "data": {{"content": "x" * 200}}}}
    context = {{"connectionId": "L0SM9cOF000000w=", "routeKey": "chat_message"}}
    return {{"requestContext": context, "body": json.dumps(frame)}}
times = [began, time.process_time()]
for number in range(6):
    reply = json.loads(app.handler(event(number), Context())["body"])
    assert reply["type"] == "chat_message", reply
    times.append(time.process_time())
print(json.dumps([(after - before) * 1e3 for before, after in zip(times, times[1:])]))
"""


class FirstFrame(Struct, frozen=True):
    """CPU in ms, medians."""

    start: float
    first: float
    next: float
    first_trusting_all: float
    """Where all authorities that there are must be read, not Amazon's alone."""


def main() -> None:
    measured = measure()
    sys.stdout.write(
        f"start {measured.start:.0f} ms, first frame {measured.first:.0f} ms, next"
        f" {measured.next:.1f} ms; first frame with all authorities"
        f" {measured.first_trusting_all:.0f} ms\n"
    )
    sys.stdout.write(json.dumps(to_builtins(measured)) + "\n")


def measure() -> FirstFrame:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        authority = Authority(Path(folder))
        certificate = str(authority.issue("localhost"))
        dynamodb = stack.enter_context(
            running("bench.fake_dynamodb", {"connections": ROOM, "certificate": certificate})
        )
        sink = stack.enter_context(
            running("bench.fanout_sink", {"delay_seconds": 0, "certificate": certificate})
        )
        there = {
            "AWS_ENDPOINT_URL_DYNAMODB": f"https://localhost:{int(dynamodb.answers.readline())}",
            "MANAGEMENT_ENDPOINT": f"https://localhost:{int(sink.answers.readline())}/chat",
            # None is counted, for which no answer is ready.
            "MESSAGES_PER_MINUTE": "1000000000",
        }
        few = _bundle(authority, Path(folder), "chat/runtime/amazon_roots.pem", "ChatLayer")
        all_ = _bundle(authority, Path(folder), "botocore/cacert.pem", "DependenciesLayer")
        return _measure(there, few, all_)


def _measure(there: Mapping[str, str], few: str, all_: str) -> FirstFrame:
    ours = environment("ChatMessageFunction") | dict(there)
    rounds = [
        (
            report_of(RUN, ours | {"AWS_CA_BUNDLE": few}),
            report_of(RUN, ours | {"AWS_CA_BUNDLE": all_}),
        )
        for _ in range(ROUNDS)
    ]
    [start, first, *others] = map(median, zip(*(ours for ours, _ in rounds), strict=True))
    return FirstFrame(start, first, median(others), median(other[1] for _, other in rounds))


def _bundle(authority: Authority, folder: Path, path: str, layer: str) -> str:
    """Put the benchmark's own authority beside those of a file."""
    bundle = folder / Path(path).name
    authorities = (BUILD / layer / "python" / path).read_text()
    bundle.write_text(f"{authorities}\n{authority.ca_file.read_text()}")
    return str(bundle)


if __name__ == "__main__":
    main()
